/*
 * Sessions, one a device, and the rotation of their refresh tokens.
 *
 * The row is the refresh token: the one that is good now carries the row's
 * counter, is issued at its rotated_at, expires at its idle_at, and proves
 * with an HMAC under the row's nonce that it is of this row.  A leaked
 * database alone makes no token, nor does a leaked key alone.
 */
#ifndef DARBAN_SESSION_H
#define DARBAN_SESSION_H

#include "base/ctx.h"
#include "store/store.h"

/*
 * The two tokens of a session as it stands, what makes its device a trusted
 * one (device.h; NULL with `throttle = off`), and when they die (ms).
 */
struct tokens {
	char	*access;
	char	*refresh;
	char	*device;
	int64_t	 access_expires_at;
	int64_t	 refresh_expires_at;
	int64_t	 device_expires_at;
};

/*
 * Not ended, within both limits, of an account that is not disabled and whose
 * epoch is the session's.
 */
bool		session_is_alive(const struct session *session,
		    const struct user *user, int64_t now);

/*
 * A new session of `user`, and its tokens.  Where the account then has more
 * than `max_sessions`, the oldest are ended, or by the next login where that
 * fails.  E_CONFIG, E_UNAVAILABLE, E_INTERNAL.
 */
enum err	session_open(struct ctx *ctx, const struct user *user,
		    struct tokens *out) NODISCARD;

/*
 * The account and the session that an access token names, which must exist
 * and belong together.  The session is alive; with `session_check` off it may
 * have ended, and only an account that is disabled is refused.  E_TOKEN: not
 * a token, or it names nothing; E_SESSION_ENDED; E_UNAVAILABLE, E_INTERNAL.
 */
enum err	session_authenticate(struct ctx *ctx, const char *access,
		    struct user **user, struct session **session) NODISCARD;

/*
 * Trades a refresh token for its successor (RFC 9700 section 4.14):
 *
 *  1.	E_TOKEN: it is not genuine.  Nothing changes; a forged token never
 *	ends a session.
 *  2.	E_SESSION_ENDED: the session is over; cookies may go, unless a new
 *	password is being set that may keep it.
 *  3.	It is the current one: swapped for its successor.
 *  4.	It is the predecessor of the current one, replaced at most
 *	`refresh_grace` ago: the same successor again, and no write.
 *  5.	E_REUSE: it is older.  The session is ended; cookies may go.
 *  6.	It is newer than the row, so the row was lost (a power cut, a restored
 *	backup) and not the token: the row moves to its successor.
 *
 * Who loses a race reads the row again and goes on from 2.  E_UNAVAILABLE,
 * E_INTERNAL: nothing was decided and the cookies stay.
 */
enum err	session_refresh(struct ctx *ctx, const char *refresh,
		    struct tokens *out) NODISCARD;

/* Which tokens of a session speak for it. */
enum session_trust {
	SESSION_ANY_ISSUED,	/* any refresh token that we issued */
	SESSION_CURRENT,	/* the current one; in grace its predecessor */
};

/*
 * The session that a genuine refresh token names, and its account, without
 * rotation.  E_TOKEN: not genuine, or older than `trust` wants;
 * E_SESSION_ENDED; E_UNAVAILABLE, E_INTERNAL.
 */
enum err	session_of_refresh_token(struct ctx *ctx, const char *refresh,
		    enum session_trust trust, struct user **user,
		    struct session **session) NODISCARD;

/*
 * Ends it now; `reason` is a word for the log and the list.  One that is gone
 * or has ended already is OK.  E_UNAVAILABLE, E_INTERNAL.
 */
enum err	session_end(struct ctx *ctx, const struct session *session,
		    const char *reason) NODISCARD;

/*
 * Ends all sessions of the account; `*count` is how many were not ended yet.
 * E_UNAVAILABLE, E_INTERNAL.
 */
enum err	session_end_all(struct ctx *ctx, const struct user *user,
		    const char *reason, int64_t *count) NODISCARD;

#endif
