/*
 * The guard around libjwt.
 *
 * Seven points, which every token passes; the comments here, in keyring.c and
 * in claims.c are numbered as they are:
 *
 *  1.	two dots and base64url, not longer than TOKEN_MAX	here
 *  2.	a header that we wrote					keyring.c
 *  3.	the key of that header, and it is one			keyring.c
 *  4.	a signature by HS256, with that key			here
 *  5.	each claim of the table once, of its type, and no other	claims.c
 *  6.	alive, for this use, from us and for us			claims.c
 *  7.	ids in lower-case hex					claims.c
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
#include "base/json.h"
#include "base/ctx.h"
#include "account/claims.h"
#include "account/keyring.h"
#include "account/piece.h"
#include "account/token.h"

enum { SIGNATURE_LENGTH = 43 };		/* 32 bytes in base64url */

/* libjwt takes its integers as long: 32 bits of it would end in 2038. */
_Static_assert(sizeof(long) >= sizeof(int64_t), "long holds a time");

struct parts {
	struct piece	header, payload, signature;
};

/* Reading ---------------------------------------------------------------- */

static bool
take_piece(const char **at, char end, struct piece *out)
{
	out->text = *at;
	out->length = strspn(*at, BASE64URL);
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
 * Whether the signature is good after all.  libjwt also says that a token is
 * invalid where libjansson found no memory to read it: then it is this host
 * that has failed, and nobody is told that the token is no good.
 */
static bool
is_signed(struct arena *arena, const struct conf_key *key,
    const struct parts *parts)
{
	const char	*text = parts->header.text;
	const char	*signature;
	unsigned char	 mac[MAC_SIZE];

	if (crypto_mac(key->bytes, key->size, text,
	    (size_t)(parts->signature.text - 1 - text), mac) != OK)
		return true;
	signature = base64url_encode(arena, mac, sizeof(mac));
	return signature == NULL || crypto_equal(signature,
	    parts->signature.text, SIGNATURE_LENGTH);
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

	if (!key_is_usable(signer->key))
		return E_CONFIG;
	error = jwt_decode(&jwt, token, signer->key->bytes,
	    (int)signer->key->size);
	if (error != 0)
		return error == ENOMEM ? E_INTERNAL : E_TOKEN;
	algorithm = jwt_get_alg(jwt);
	jwt_free(jwt);
	return algorithm == JWT_ALG_HS256 ? OK : E_INTERNAL;
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
	    (signer = keyring_find(ctx->keys, use, &parts.header)) == NULL)
		return E_TOKEN;
	err = verify(signer, token);
	if (err == E_TOKEN && is_signed(ctx->arena, signer->key, &parts) &&
	    claims_read(ctx, use, &parts.payload, &claims) != E_TOKEN)
		return E_INTERNAL;
	if (err != OK ||
	    (err = claims_read(ctx, use, &parts.payload, &claims)) != OK)
		return err;
	*out = claims;
	return OK;
}

/* Making ----------------------------------------------------------------- */

static bool
put_claim(jwt_t *jwt, const struct claim *claim)
{
	return claim->type == JSON_TEXT ?
	    jwt_add_grant(jwt, claim->name, claim->text) == 0 :
	    jwt_add_grant_int(jwt, claim->name, claim->number) == 0;
}

static bool
put_claims(struct ctx *ctx, enum token_use use, const struct claims *claims,
    jwt_t *jwt)
{
	struct claim_list	list;
	size_t			i;

	if (claims_list(ctx, use, claims, &list) != OK)
		return false;
	for (i = 0; i < list.count; i++)
		if (!put_claim(jwt, &list.claim[i]))
			return false;
	return true;
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
	if (!split(token, &parts) ||
	    !signer_has_header(signer, &parts.header) ||
	    (copy = arena_strdup(arena, token)) == NULL)
		return E_INTERNAL;
	*out = copy;
	return OK;
}

static enum err
sign(struct ctx *ctx, enum token_use use, const struct claims *claims,
    char **out)
{
	const struct signer	*signer = keyring_first(ctx->keys, use);
	const struct conf_key	*key = signer->key;
	char			*token = NULL;
	jwt_t			*jwt;
	enum err		 err = E_INTERNAL;

	if (!key_is_usable(key))
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
