#include "base/base.h"
#include "base/err.h"
#include "base/arena.h"
#include "base/conf.h"
#include "base/crypto.h"
#include "base/ctx.h"
#include "base/id.h"
#include "base/json.h"
#include "store/store.h"
#include "account/legacy.h"
#include "account/session.h"
#include "account/token.h"
#include "account/user.h"

/* {"alg":"HS256","typ":"JWT"} as jsonwebtoken writes it; ours have a kid. */
static const char header[] = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.";

bool
legacy_is_token(const struct ctx *ctx, const char *token)
{
	return ctx->conf->compat == COMPAT_CHAI &&
	    ctx->now < ctx->conf->legacy_until &&
	    strncmp(token, header, strlen(header)) == 0;
}

static const struct conf_key *
find_key(const struct conf_keys *keys)
{
	size_t i;

	for (i = 0; i < keys->count; i++)
		if (strcmp(keys->key[i].kid, LEGACY_KID) == 0)
			return &keys->key[i];
	return NULL;
}

/* The signature is compared as text: one value has one spelling. */
static enum err
verify(struct ctx *ctx, const char *token, const char *dot)
{
	const struct conf_key	*key = find_key(&ctx->conf->refresh_keys);
	unsigned char		 mac[MAC_SIZE];
	const char		*good;
	enum err		 err;

	if (key == NULL)
		return E_TOKEN;
	if ((err = crypto_mac(key->bytes, key->size, token,
	    (size_t)(dot - token), mac)) != OK)
		return err;
	if ((good = base64url_encode(ctx->arena, mac, MAC_SIZE)) == NULL)
		return E_INTERNAL;
	return strlen(dot + 1) == strlen(good) &&
	    crypto_equal(dot + 1, good, strlen(good)) ? OK : E_TOKEN;
}

/* { "_id", "iat", "exp" }, each once, and nothing else. */
static enum err
read_claims(struct ctx *ctx, const char *payload, size_t size, struct id *out)
{
	const struct json	*id, *issued, *expires, *member;
	struct json		*claims;
	unsigned char		*bytes;
	int64_t			 issued_at, expires_at;
	size_t			 length, count = 0;

	if (base64_decode(ctx->arena, payload, size, &bytes, &length) != OK ||
	    json_parse(ctx->arena, (const char *)bytes, length,
	    &claims) != OK || json_type(claims) != JSON_OBJECT)
		return arena_failed(ctx->arena) ? E_INTERNAL : E_TOKEN;

	for (member = json_first(claims); member != NULL;
	    member = json_next(member))
		count++;
	id = json_member(claims, "_id");
	issued = json_member(claims, "iat");
	expires = json_member(claims, "exp");
	if (count != 3 || id == NULL || issued == NULL || expires == NULL ||
	    json_type(id) != JSON_TEXT || !id_parse(json_text(id), out) ||
	    json_type(issued) != JSON_NUMBER ||
	    json_type(expires) != JSON_NUMBER ||
	    !json_integer(issued, &issued_at) ||
	    !json_integer(expires, &expires_at) ||
	    expires_at <= ctx->now / 1000)
		return E_TOKEN;
	return OK;
}

static enum err
read_token(struct ctx *ctx, const char *token, struct id *out)
{
	const char	*payload = token + strlen(header);
	const char	*dot = strchr(payload, '.');
	enum err	 err;

	if (dot == NULL || strlen(token) > TOKEN_MAX)
		return E_TOKEN;
	if ((err = verify(ctx, token, dot)) != OK)
		return err;
	return read_claims(ctx, payload, (size_t)(dot - payload), out);
}

/*
 * Taken first, so that it is good once whoever races; where no session can be
 * opened then, its owner logs in.
 */
enum err
legacy_exchange(struct ctx *ctx, const char *token, struct tokens *out)
{
	struct user	*user;
	struct id	 id;
	enum err	 err;

	if ((user = arena_alloc(ctx->arena, sizeof(*user))) == NULL)
		return E_INTERNAL;
	if ((err = read_token(ctx, token, &id)) != OK)
		return err;
	err = store_user_by_id(ctx->store, ctx->arena, &id, user);
	if (err == E_NOT_FOUND || (err == OK && user->disabled))
		return E_TOKEN;
	if (err != OK)
		return err;
	err = store_user_take_legacy(ctx->store, &id, token, ctx->now);
	if (err == E_STALE || err == E_NOT_FOUND)
		return E_TOKEN;
	if (err != OK)
		return err;
	user_note(ctx, user, "token of an earlier system exchanged");
	return session_open(ctx, user, out);
}

enum err
legacy_forget(struct ctx *ctx, const struct user *user)
{
	int64_t count;

	if (ctx->conf->compat != COMPAT_CHAI)
		return OK;
	return store_user_drop_legacy(ctx->store, &user->id, ctx->now,
	    &count);
}
