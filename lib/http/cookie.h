/* Cookies (RFC 6265bis): read from the request, written to the answer. */
#ifndef DARBAN_COOKIE_H
#define DARBAN_COOKIE_H

#include "base/conf.h"
#include "base/ctx.h"

/* Of ours; their names stand behind the configured prefix. */
enum cookie { COOKIE_ACCESS, COOKIE_REFRESH, COOKIE_DEVICE, COOKIE__MAX };

/*
 * The values of our cookies in a Cookie header (which may be NULL); NULL for
 * one that is not there, empty or the word `undefined`.  Names are compared
 * exactly: `__HOST-` is not `__Host-`.  E_AMBIGUOUS: one is there twice, or
 * behind a comma, as Apache joins two headers.  What other cookies look like
 * is nobody's business.  E_INTERNAL.
 */
enum err	 cookies_find(struct ctx *ctx, const char *header,
		    const char *out[COOKIE__MAX]) NODISCARD;

/*
 * With `compat = chai` the value of the cookie in which the earlier system
 * kept its refresh token, without a prefix; NULL where it is absent, or where
 * its name is that of ours, or where two of them differ.
 */
const char	*cookie_legacy(struct ctx *ctx, const char *header);

/*
 * The value of a Set-Cookie header for the cookie: HttpOnly and Secure, so
 * that only the server changes it; it expires in `age` seconds, at once where
 * `value` is NULL.  NULL without memory.
 */
const char	*cookie_make(struct ctx *ctx, enum cookie cookie,
		    const char *value, int64_t age);

/* The same to expire one of the earlier system's; NULL where there is none. */
const char	*cookie_expire_legacy(struct ctx *ctx, enum cookie cookie);

#endif
