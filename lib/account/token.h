/*
 * Access and refresh tokens: JWTs (RFC 7519), HS256, as RFC 8725 asks.
 *
 * libjwt 1.10 says yes too often: without a key it takes any signature, it
 * believes the token about the algorithm, it looks at no claim, it takes the
 * last of two claims of one name.  So every token passes seven points before
 * anybody believes a word of it; token.c numbers them.
 */
#ifndef DARBAN_TOKEN_H
#define DARBAN_TOKEN_H

#include "base/conf.h"
#include "base/crypto.h"
#include "base/ctx.h"
#include "base/id.h"

enum { TOKEN_MAX = 2048 };	/* bytes of a token */

enum token_use { TOKEN_ACCESS, TOKEN_REFRESH, TOKEN__MAX };

/* What a token claims; the texts may be NULL.  What was read is the arena's. */
struct claims {
	struct id	 user;		/* _id */
	struct id	 session;	/* sid */
	int64_t		 issued_at;	/* iat, seconds */
	int64_t		 expires_at;	/* exp, seconds */
	const char	*username;	/* access token only */
	const char	*email;
	const char	*full_name;
	int64_t		 counter;	/* n, refresh token only */
	unsigned char	 proof[MAC_SIZE];	/* refresh token only */
};

struct keyring;

/*
 * The keys of `conf`, ready for use; `conf` must outlive them.  E_CONFIG: a
 * key is missing or short; E_INTERNAL.
 */
enum err	keyring_new(const struct conf *conf, struct keyring **out)
		    NODISCARD;
void		keyring_free(struct keyring *keys);	/* NULL is nothing */

/*
 * Signs the claims with the first key of that use.  Where they would make an
 * access token longer than TOKEN_MAX, the full name, then username and email
 * are left out.  The token lives in the arena.  E_CONFIG, E_INTERNAL.
 */
enum err	token_make(struct ctx *ctx, enum token_use use,
		    const struct claims *claims, char **out) NODISCARD;

/*
 * Believes a token of that use, or not: E_TOKEN for whatever is wrong with
 * it.  E_CONFIG: there is no key to judge it; E_INTERNAL: no memory.
 */
enum err	token_read(struct ctx *ctx, enum token_use use,
		    const char *token, struct claims *out) NODISCARD;

#endif
