/*
 * Refresh tokens that an earlier system issued (`compat = chai`): an
 * application in Express, Mongoose and jsonwebtoken, which kept one per
 * account, as it is, in `refreshToken`.  Until `legacy_until` each is good
 * once, for a session of ours, so that the day of the move logs nobody out.
 * Its access tokens are not taken: they name no session, so nothing could end
 * them.
 */
#ifndef DARBAN_LEGACY_H
#define DARBAN_LEGACY_H

#include "account/session.h"

/* The key that signed them, among those that sign ours. */
#define LEGACY_KID	"chai"

/* Whether it has the form of one, and such tokens are taken at all. */
bool		legacy_is_token(const struct ctx *ctx, const char *token);

/*
 * Trades it for a session.  E_TOKEN: not signed by the refresh key of the name
 * LEGACY_KID, expired, of nobody or of a disabled account, or not the one
 * that the account has (any more): nothing changes; else as session_open.
 */
enum err	legacy_exchange(struct ctx *ctx, const char *token,
		    struct tokens *out) NODISCARD;

/*
 * Forgets the token of an account that logs out: it would be good for another
 * session.  Nothing where such tokens are not taken.  E_UNAVAILABLE,
 * E_INTERNAL.
 */
enum err	legacy_forget(struct ctx *ctx, const struct user *user)
		    NODISCARD;

#endif
