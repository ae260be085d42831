/*
 * The guard around libjwt, and the claims.
 *
 * The numbers in the comments are the seven points that every token passes:
 *
 *  1.	two dots and base64url, not longer than TOKEN_MAX
 *  2.	a header that we wrote
 *  3.	the key of that header, and it is one
 *  4.	a signature by HS256, with that key
 *  5.	each claim of the table once, of its type, and no other
 *  6.	alive, for this use, from us and for us
 *  7.	ids in lower-case hex
 *
 * None of them may go because another seems to imply it: each is there for
 * something that libjwt has been seen to let through.
 */
#include <jwt.h>

#include "base/base.h"
#include "base/err.h"
#include "base/arena.h"
#include "base/conf.h"
#include "base/crypto.h"
#include "base/id.h"
#include "base/json.h"
#include "base/ctx.h"
#include "base/log.h"
#include "account/token.h"

enum {
	KEY_MIN = 32,			/* bytes (RFC 7518 section 3.2) */
	SIGNATURE_LENGTH = 43,		/* 32 bytes in base64url */
	AHEAD_MAX = 60,			/* seconds that clocks may differ */
	ID_LENGTH = ID_HEX_SIZE - 1,
};

/* libjwt takes its integers as long: 32 bits of it would end in 2038. */
_Static_assert(sizeof(long) >= sizeof(int64_t), "long holds a time");

enum claim { USER, SESSION, USE, ISSUER, AUDIENCE, ISSUED_AT, EXPIRES_AT,
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

static const char base64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "abcdefghijklmnopqrstuvwxyz0123456789-_";

/* A key, and the one header that a token signed with it may have. */
struct signer {
	const struct conf_key	*key;
	const char		*header;
};

struct ring {
	struct signer	*signer;	/* the first signs */
	size_t		 count;
};

struct keyring {
	struct arena	*arena;		/* of the keyring itself */
	struct ring	 ring[TOKEN__MAX];
};

struct piece {
	const char	*text;
	size_t		 length;
};

struct parts {
	struct piece	header, payload, signature;
};

/* Keys ------------------------------------------------------------------- */

/* 3: without a key, or with a negative length, libjwt takes any signature. */
static bool
is_usable(const struct conf_key *key)
{
	return key->bytes != NULL &&
	    key->size >= KEY_MIN && key->size <= INT_MAX;
}

/* The kid goes into the header as it is: nothing in it needs escaping. */
static enum err
signer_make(struct arena *arena, const struct conf_key *key,
    struct signer *out)
{
	const char	*json;
	size_t		 length;

	length = strnlen(key->kid, sizeof(key->kid));
	if (length == 0 || length == sizeof(key->kid) ||
	    strspn(key->kid, base64url) != length || !is_usable(key)) {
		log_error("a key of the tokens is missing or too short");
		return E_CONFIG;
	}

	json = arena_printf(arena,
	    "{\"alg\":\"HS256\",\"kid\":\"%s\",\"typ\":\"JWT\"}", key->kid);
	if (json == NULL || (out->header =
	    base64url_encode(arena, json, strlen(json))) == NULL)
		return E_INTERNAL;
	out->key = key;
	return OK;
}

static enum err
ring_make(struct arena *arena, const struct conf_keys *keys,
    struct ring *out)
{
	enum err	err;
	size_t		i;

	if (keys->key == NULL || keys->count == 0) {
		log_error("there is no key for the tokens");
		return E_CONFIG;
	}
	out->signer = arena_alloc(arena, keys->count * sizeof(*out->signer));
	if (out->signer == NULL)
		return E_INTERNAL;
	out->count = keys->count;
	for (i = 0; i < keys->count; i++)
		if ((err = signer_make(arena, &keys->key[i],
		    &out->signer[i])) != OK)
			return err;
	return OK;
}

enum err
keyring_new(const struct conf *conf, struct keyring **out)
{
	struct keyring	*keys;
	struct arena	*arena;
	enum err	 err = E_INTERNAL;

	if ((arena = arena_new()) == NULL)
		return E_INTERNAL;
	if ((keys = arena_alloc(arena, sizeof(*keys))) == NULL ||
	    (err = ring_make(arena, &conf->access_keys,
	    &keys->ring[TOKEN_ACCESS])) != OK ||
	    (err = ring_make(arena, &conf->refresh_keys,
	    &keys->ring[TOKEN_REFRESH])) != OK) {
		arena_free(arena);
		return err;
	}
	keys->arena = arena;
	*out = keys;
	return OK;
}

void
keyring_free(struct keyring *keys)
{
	if (keys != NULL)
		arena_free(keys->arena);
}

/* Reading ---------------------------------------------------------------- */

static bool
take_piece(const char **at, char end, struct piece *out)
{
	out->text = *at;
	out->length = strspn(*at, base64url);
	*at += out->length;
	return out->length > 0 && *(*at)++ == end;
}

/*
 * 1: short, because libjwt decodes on the stack; two dots; no empty part, for
 * which libjwt writes behind its buffer; no character but base64url's; a
 * signature of the one length that HS256 has.
 */
static bool
split(const char *token, struct parts *out)
{
	if (strnlen(token, TOKEN_MAX + 1) > TOKEN_MAX)
		return false;
	return take_piece(&token, '.', &out->header) &&
	    take_piece(&token, '.', &out->payload) &&
	    take_piece(&token, '\0', &out->signature) &&
	    out->signature.length == SIGNATURE_LENGTH;
}

/*
 * 2: the header is one of ours, byte for byte, so that nobody but us chooses
 * an algorithm, and no header is parsed that an attacker wrote.
 */
static bool
is_header(const struct signer *signer, const struct piece *header)
{
	return strlen(signer->header) == header->length &&
	    memcmp(signer->header, header->text, header->length) == 0;
}

static const struct signer *
ring_signer(const struct ring *ring, const struct piece *header)
{
	size_t i;

	for (i = 0; i < ring->count; i++)
		if (is_header(&ring->signer[i], header))
			return &ring->signer[i];
	return NULL;
}

/*
 * 3 and 4: libjwt compares signatures as text and in constant time, so the
 * two bits that base64 leaves unused at the end are compared as well.  Where
 * it finds no memory for the key it reports success, having looked at
 * nothing; only the algorithm, which is then none, gives that away.
 */
static enum err
verify(const struct signer *signer, const char *token)
{
	jwt_t		*jwt;
	jwt_alg_t	 algorithm;
	int		 error;

	if (!is_usable(signer->key))
		return E_CONFIG;
	error = jwt_decode(&jwt, token, signer->key->bytes,
	    (int)signer->key->size);
	if (error != 0)
		return error == ENOMEM ? E_INTERNAL : E_TOKEN;
	algorithm = jwt_get_alg(jwt);
	jwt_free(jwt);
	return algorithm == JWT_ALG_HS256 ? OK : E_INTERNAL;
}

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

	if (strspn(text, base64url) != piece.length)
		return E_TOKEN;
	if ((err = decode(arena, &piece, &bytes, &size)) != OK)
		return err;
	if (size != MAC_SIZE)
		return E_TOKEN;
	memcpy(out, bytes, MAC_SIZE);
	return OK;
}

/* 5, 6 and 7: the claims of a payload whose signature is good. */
static enum err
take_claims(struct ctx *ctx, enum token_use use, const struct piece *payload,
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

enum err
token_read(struct ctx *ctx, enum token_use use, const char *token,
    struct claims *out)
{
	const struct signer	*signer;
	struct claims		 claims = { 0 };
	struct parts		 parts;
	enum err		 err;

	assert(use < TOKEN__MAX);
	if (ctx->keys == NULL)
		return E_CONFIG;
	if (!split(token, &parts) ||
	    (signer = ring_signer(&ctx->keys->ring[use],
	    &parts.header)) == NULL)
		return E_TOKEN;
	if ((err = verify(signer, token)) != OK ||
	    (err = take_claims(ctx, use, &parts.payload, &claims)) != OK)
		return err;
	*out = claims;
	return OK;
}

/* Making ----------------------------------------------------------------- */

static bool
put_text(jwt_t *jwt, enum claim claim, const char *text)
{
	return jwt_add_grant(jwt, claim_table[claim].name, text) == 0;
}

static bool
put_integer(jwt_t *jwt, enum claim claim, int64_t value)
{
	return jwt_add_grant_int(jwt, claim_table[claim].name, value) == 0;
}

/* A NULL name is one that the account does not have. */
static bool
put_names(jwt_t *jwt, const struct claims *claims)
{
	return (claims->username == NULL ||
	    put_text(jwt, USERNAME, claims->username)) &&
	    (claims->email == NULL || put_text(jwt, EMAIL, claims->email)) &&
	    (claims->full_name == NULL ||
	    put_text(jwt, FULL_NAME, claims->full_name));
}

static bool
put_claims(struct ctx *ctx, enum token_use use, const struct claims *claims,
    jwt_t *jwt)
{
	char	user[ID_HEX_SIZE], session[ID_HEX_SIZE];

	id_hex(&claims->user, user);
	id_hex(&claims->session, session);
	if (!put_text(jwt, USER, user) ||
	    !put_text(jwt, SESSION, session) ||
	    !put_text(jwt, USE, use_names[use]) ||
	    !put_text(jwt, ISSUER, ctx->conf->issuer) ||
	    !put_text(jwt, AUDIENCE, ctx->conf->audience) ||
	    !put_integer(jwt, ISSUED_AT, claims->issued_at) ||
	    !put_integer(jwt, EXPIRES_AT, claims->expires_at))
		return false;
	if (use == TOKEN_ACCESS)
		return put_names(jwt, claims);
	return put_integer(jwt, COUNTER, claims->counter) &&
	    put_text(jwt, PROOF, base64url_encode(ctx->arena, claims->proof,
	    MAC_SIZE));
}

/*
 * Where OpenSSL fails libjwt signs with nothing and reports success: what does
 * not look like a token of this key is none.  E_TOO_LARGE: beyond TOKEN_MAX.
 */
static enum err
take_token(struct arena *arena, const struct signer *signer,
    const char *token, char **out)
{
	struct parts	 parts;
	char		*copy;

	if (strlen(token) > TOKEN_MAX)
		return E_TOO_LARGE;
	if (!split(token, &parts) || !is_header(signer, &parts.header) ||
	    (copy = arena_strdup(arena, token)) == NULL)
		return E_INTERNAL;
	*out = copy;
	return OK;
}

static enum err
sign(struct ctx *ctx, enum token_use use, const struct claims *claims,
    char **out)
{
	const struct signer	*signer = &ctx->keys->ring[use].signer[0];
	const struct conf_key	*key = signer->key;
	char			*token = NULL;
	jwt_t			*jwt;
	enum err		 err = E_INTERNAL;

	if (!is_usable(key))
		return E_CONFIG;
	if (jwt_new(&jwt) != 0)
		return E_INTERNAL;
	if (jwt_set_alg(jwt, JWT_ALG_HS256, key->bytes,
	    (int)key->size) == 0 &&
	    jwt_add_header(jwt, "kid", key->kid) == 0 &&
	    put_claims(ctx, use, claims, jwt) &&
	    (token = jwt_encode_str(jwt)) != NULL) {
		err = take_token(ctx->arena, signer, token, out);
		crypto_wipe(token, strlen(token));
	}
	free(token);
	jwt_free(jwt);
	return err;
}

/* libjwt encodes on the stack, and an old record's names may be of any size. */
static bool
has_short_names(const struct claims *claims)
{
	const char *const	names[] = { claims->username, claims->email,
				    claims->full_name };
	size_t			i;

	for (i = 0; i < NELEMS(names); i++)
		if (names[i] != NULL &&
		    strnlen(names[i], TOKEN_MAX) == TOKEN_MAX)
			return false;
	return true;
}

/* False where there was no name left to leave out. */
static bool
drop_names(struct claims *claims)
{
	if (claims->full_name != NULL) {
		claims->full_name = NULL;
		return true;
	}
	if (claims->username == NULL && claims->email == NULL)
		return false;
	claims->username = claims->email = NULL;
	return true;
}

enum err
token_make(struct ctx *ctx, enum token_use use, const struct claims *claims,
    char **out)
{
	struct claims	fitting = *claims;
	enum err	err;

	assert(use < TOKEN__MAX);
	if (ctx->keys == NULL)
		return E_CONFIG;
	do {
		err = E_TOO_LARGE;
		if (has_short_names(&fitting))
			err = sign(ctx, use, &fitting, out);
	} while (err == E_TOO_LARGE && drop_names(&fitting));

	/* Issuer and audience alone are too long. */
	return err == E_TOO_LARGE ? E_CONFIG : err;
}
