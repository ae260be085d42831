#include "base/base.h"
#include "base/err.h"
#include "base/arena.h"
#include "base/conf.h"
#include "base/crypto.h"
#include "base/id.h"
#include "base/json.h"
#include "base/ctx.h"
#include "account/claims.h"
#include "account/piece.h"
#include "account/token.h"

enum {
	AHEAD_MAX = 60,			/* seconds that clocks may differ */
	ID_LENGTH = ID_HEX_SIZE - 1,
};

enum claim_index { USER, SESSION, USE, ISSUER, AUDIENCE, ISSUED_AT, EXPIRES_AT,
	COUNTER, PROOF, USERNAME, EMAIL, FULL_NAME, CLAIM__MAX };

enum presence { NEVER, OPTIONAL, REQUIRED };

/* Every claim there is, and whether it stands in an access, a refresh token. */
static const struct {
	const char	*name;
	enum json_type	 type;
	enum presence	 in[TOKEN__MAX];
} claim_table[CLAIM__MAX] = {
	[USER]	     = { "_id",       JSON_TEXT,   { REQUIRED, REQUIRED } },
	[SESSION]    = { "sid",       JSON_TEXT,   { REQUIRED, REQUIRED } },
	[USE]	     = { "token_use", JSON_TEXT,   { REQUIRED, REQUIRED } },
	[ISSUER]     = { "iss",	      JSON_TEXT,   { REQUIRED, REQUIRED } },
	[AUDIENCE]   = { "aud",	      JSON_TEXT,   { REQUIRED, REQUIRED } },
	[ISSUED_AT]  = { "iat",	      JSON_NUMBER, { REQUIRED, REQUIRED } },
	[EXPIRES_AT] = { "exp",	      JSON_NUMBER, { REQUIRED, REQUIRED } },
	[COUNTER]    = { "n",	      JSON_NUMBER, { NEVER,    REQUIRED } },
	[PROOF]	     = { "proof",     JSON_TEXT,   { NEVER,    REQUIRED } },
	[USERNAME]   = { "username",  JSON_TEXT,   { OPTIONAL, NEVER } },
	[EMAIL]	     = { "email",     JSON_TEXT,   { OPTIONAL, NEVER } },
	[FULL_NAME]  = { "fullName",  JSON_TEXT,   { OPTIONAL, NEVER } },
};

static const char *const use_names[TOKEN__MAX] = {
	[TOKEN_ACCESS] = "access",
	[TOKEN_REFRESH] = "refresh",
};

_Static_assert((int)CLAIM__MAX == CLAIM_LIST_MAX, "a list holds every claim");

/* Reading ---------------------------------------------------------------- */

/* What is no base64 is no token. */
static enum err
decode(struct arena *arena, const struct piece *piece, unsigned char **out,
    size_t *size)
{
	enum err err;

	err = base64_decode(arena, piece->text, piece->length, out, size);
	return err == E_MALFORMED ? E_TOKEN : err;
}

/* 5: read again, strictly, once libjwt has verified it. */
static enum err
parse(struct arena *arena, const struct piece *payload,
    const struct json **out)
{
	unsigned char	*text;
	struct json	*object;
	size_t		 size;
	enum err	 err;

	if ((err = decode(arena, payload, &text, &size)) != OK)
		return err;
	if ((err = json_parse(arena, (const char *)text, size,
	    &object)) != OK)
		return err == E_MALFORMED ? E_TOKEN : err;
	if (json_type(object) != JSON_OBJECT)
		return E_TOKEN;
	*out = object;
	return OK;
}

/*
 * 5: libjwt believes the last of two claims of one name, and takes a text for
 * the number 0.  Here each is known, of its type, there once, and none that
 * must be there is missing.
 */
static bool
collect(const struct json *object, enum token_use use,
    const struct json *found[CLAIM__MAX])
{
	const struct json	*member;
	enum presence		 presence;
	int			 i;

	for (member = json_first(object); member != NULL;
	    member = json_next(member)) {
		for (i = 0; i < CLAIM__MAX; i++)
			if (strcmp(json_name(member), claim_table[i].name) == 0)
				break;
		if (i == CLAIM__MAX || found[i] != NULL ||
		    json_type(member) != claim_table[i].type)
			return false;
		found[i] = member;
	}

	for (i = 0; i < CLAIM__MAX; i++) {
		presence = claim_table[i].in[use];
		if ((presence == REQUIRED && found[i] == NULL) ||
		    (presence == NEVER && found[i] != NULL))
			return false;
	}
	return true;
}

/* 6: for this use, from us, to us. */
static bool
is_for_us(const struct conf *conf, enum token_use use,
    const struct json *const found[CLAIM__MAX])
{
	return strcmp(json_text(found[USE]), use_names[use]) == 0 &&
	    strcmp(json_text(found[ISSUER]), conf->issuer) == 0 &&
	    strcmp(json_text(found[AUDIENCE]), conf->audience) == 0;
}

/* 6: whole seconds, as they stand in the token. */
static bool
is_in_time(const struct claims *claims, int64_t now)
{
	return claims->expires_at > now &&
	    claims->expires_at > claims->issued_at &&
	    claims->issued_at <= now + AHEAD_MAX;
}

/* 7: lower case only, which id_parse does not insist on. */
static bool
take_id(const struct json *claim, struct id *out)
{
	const char *text = json_text(claim);

	return strspn(text, "0123456789abcdef") == ID_LENGTH &&
	    id_parse(text, out);
}

static const char *
take_name(const struct json *claim)
{
	return claim == NULL ? NULL : json_text(claim);
}

/* As we write it, while base64_decode takes padding and another alphabet. */
static enum err
take_proof(struct arena *arena, const struct json *claim,
    unsigned char out[MAC_SIZE])
{
	const char		*text = json_text(claim);
	const struct piece	 piece = { text, strlen(text) };
	unsigned char		*bytes;
	size_t			 size;
	enum err		 err;

	if (strspn(text, BASE64URL) != piece.length)
		return E_TOKEN;
	if ((err = decode(arena, &piece, &bytes, &size)) != OK)
		return err;
	if (size != MAC_SIZE)
		return E_TOKEN;
	memcpy(out, bytes, MAC_SIZE);
	return OK;
}

enum err
claims_read(struct ctx *ctx, enum token_use use, const struct piece *payload,
    struct claims *out)
{
	const struct json	*found[CLAIM__MAX] = { NULL };
	const struct json	*object;
	enum err		 err;

	if ((err = parse(ctx->arena, payload, &object)) != OK)
		return err;
	if (!collect(object, use, found) ||
	    !is_for_us(ctx->conf, use, found) ||
	    !take_id(found[USER], &out->user) ||
	    !take_id(found[SESSION], &out->session) ||
	    !json_integer(found[ISSUED_AT], &out->issued_at) ||
	    !json_integer(found[EXPIRES_AT], &out->expires_at) ||
	    !is_in_time(out, ctx->now / 1000))
		return E_TOKEN;

	out->username = take_name(found[USERNAME]);
	out->email = take_name(found[EMAIL]);
	out->full_name = take_name(found[FULL_NAME]);
	if (use == TOKEN_ACCESS)
		return OK;
	if (!json_integer(found[COUNTER], &out->counter) || out->counter < 0)
		return E_TOKEN;
	return take_proof(ctx->arena, found[PROOF], out->proof);
}

/* Writing ---------------------------------------------------------------- */

static void
list_text(struct claim_list *list, enum claim_index claim, const char *text)
{
	list->claim[list->count++] = (struct claim){
		.name = claim_table[claim].name,
		.type = JSON_TEXT,
		.text = text,
	};
}

static void
list_number(struct claim_list *list, enum claim_index claim, int64_t number)
{
	list->claim[list->count++] = (struct claim){
		.name = claim_table[claim].name,
		.type = JSON_NUMBER,
		.number = number,
	};
}

/* A NULL name is one that the account does not have. */
static void
list_name(struct claim_list *list, enum claim_index claim, const char *name)
{
	if (name != NULL)
		list_text(list, claim, name);
}

enum err
claims_list(struct ctx *ctx, enum token_use use, const struct claims *claims,
    struct claim_list *out)
{
	const char *proof;

	out->count = 0;
	id_hex(&claims->user, out->user);
	id_hex(&claims->session, out->session);
	list_text(out, USER, out->user);
	list_text(out, SESSION, out->session);
	list_text(out, USE, use_names[use]);
	list_text(out, ISSUER, ctx->conf->issuer);
	list_text(out, AUDIENCE, ctx->conf->audience);
	list_number(out, ISSUED_AT, claims->issued_at);
	list_number(out, EXPIRES_AT, claims->expires_at);
	if (use == TOKEN_ACCESS) {
		list_name(out, USERNAME, claims->username);
		list_name(out, EMAIL, claims->email);
		list_name(out, FULL_NAME, claims->full_name);
		return OK;
	}

	list_number(out, COUNTER, claims->counter);
	proof = base64url_encode(ctx->arena, claims->proof, MAC_SIZE);
	list_text(out, PROOF, proof);
	return proof != NULL ? OK : E_INTERNAL;
}
