/*
 * Tokens on their way in and out: cookies, the Authorization header, and the
 * member `refreshToken`.  Tokens in a URL are not looked at.
 */
#ifndef DARBAN_CREDENTIALS_H
#define DARBAN_CREDENTIALS_H

#include "account/session.h"
#include "http/request.h"
#include "http/response.h"

/*
 * Finds what the headers present, without judging it.  E_MALFORMED: a header
 * that decides is there twice; E_AMBIGUOUS: a cookie of ours is; E_INTERNAL.
 */
enum err	credentials_find(struct ctx *ctx, struct request *req)
		    NODISCARD;

/* Whether a refresh token is presented, by a cookie or in the body. */
bool		credentials_have_refresh(const struct request *req);
bool		credentials_have_access(const struct request *req);

/*
 * The account and live session of the access token: of the cookie, else of
 * the Bearer.  With `session_check` off it may have ended where the method
 * only reads.  E_UNAUTHENTICATED: none; E_AMBIGUOUS: two, of different
 * sessions; else as session_authenticate.
 */
enum err	credentials_access(struct ctx *ctx, const struct request *req,
		    struct user **user, struct session **session) NODISCARD;

/*
 * The refresh token presented: the cookie, else `from_body` (which may be
 * NULL).  E_UNAUTHENTICATED, E_AMBIGUOUS as above; E_CONFIG, E_INTERNAL.
 */
enum err	credentials_refresh(struct ctx *ctx,
		    const struct request *req, const char *from_body,
		    const char **out) NODISCARD;

/*
 * Whoever may end a session: the access token where it is good and its
 * session lives, else the refresh token, of which `trust` says how old it may
 * be.  Errors as credentials_access and session_of_refresh_token.
 */
enum err	credentials_either(struct ctx *ctx, const struct request *req,
		    const char *from_body, enum session_trust trust,
		    struct user **user, struct session **session) NODISCARD;

/*
 * Judges what was presented to an endpoint of this access, and changes
 * nothing: for a request that is wrong in other ways too, where a bad
 * credential is told first.  E_UNAUTHENTICATED: nothing that can be judged.
 */
enum err	credentials_judge(struct ctx *ctx, const struct request *req,
		    enum access access) NODISCARD;

/*
 * Ends the session whose cookies came with a login: a browser holds one
 * session at a time.  Cookies that name none are nothing.  E_CONFIG,
 * E_UNAVAILABLE, E_INTERNAL.
 */
enum err	credentials_end_previous(struct ctx *ctx,
		    const struct request *req) NODISCARD;

/*
 * Both tokens as cookies, and with `body_tokens` in the answer's data; and
 * the cookie of a trusted device.
 */
void		credentials_send(struct ctx *ctx, const struct tokens *tokens,
		    struct response *res);

/*
 * The cookie of a trusted device alone, once the account's epoch has moved.
 * E_INTERNAL.
 */
enum err	credentials_send_device(struct ctx *ctx,
		    const struct request *req, struct response *res)
		    NODISCARD;

/* Expires the cookies of both tokens; the device stays a trusted one. */
void		credentials_expire(struct ctx *ctx, struct response *res);

#endif
