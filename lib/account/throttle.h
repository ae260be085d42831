/*
 * How often a password may be tried (NIST SP 800-63B-4 section 3.2.2), and
 * what else costs this host much and a stranger little.
 *
 * An attempt is counted in the store before its password is looked at, so
 * that no number of processes lets one through that one process would not.
 * What is counted:
 *
 *  -	by the client's net, a /24 or /64: 20 attempts at once, then one every
 *	30 s;
 *  -	by name, whether there is such an account or not: 5 attempts free, then
 *	1 s between them, 2 s, 4 s and so on up to 15 minutes;
 *  -	by account: 100 failures in a row lock it for 24 hours.  It then refuses
 *	the right password in the manner of a wrong one;
 *  -	by trusted device (device.h) instead of all three, in the manner of a
 *	name: the owner gets in whatever strangers do.
 *
 *  -	by account, in the manner of a name: the current password, where
 *	somebody who is logged in must prove it;
 *  -	by net: 5 registrations at once, then one every 12 minutes;
 *  -	by account: 30 uploads at once, then one every 2 minutes.
 *
 * A success forgives the failures of the account and of its device, never
 * those of the net.  Keys are MACs: the store learns no names or addresses.
 * With `throttle = off` nothing is counted.
 */
#ifndef DARBAN_THROTTLE_H
#define DARBAN_THROTTLE_H

#include "base/ctx.h"
#include "store/store.h"

enum throttle {
	THROTTLE_NET,
	THROTTLE_NAME,
	THROTTLE_ACCOUNT,
	THROTTLE_DEVICE,
	THROTTLE_UPLOAD,
	THROTTLE_REGISTRATION,
	THROTTLE_PROOF,
	THROTTLE__MAX
};

struct throttle_key {
	enum throttle	what;
	unsigned char	bytes[THROTTLE_KEY_SIZE];
};

enum { ATTEMPT_KEYS = 3 };

/* One attempt, and the keys that it was counted under. */
struct attempt {
	struct throttle_key	taken[ATTEMPT_KEYS];
	size_t			count;
	bool			is_locked;	/* no password will do */
	enum throttle		refused_by;	/* where it came too soon */
};

/*
 * Counts an attempt to log in by `name`, which means `user` (NULL: nobody),
 * from a device that shows `device` (NULL: nothing).  E_THROTTLED: it comes
 * too soon, nothing was counted, and `ctx->retry_after` says how long to
 * wait; E_UNAVAILABLE, E_INTERNAL: nothing was counted.
 */
enum err	attempt_begin(struct ctx *ctx, const char *name,
		    const struct user *user, const char *device,
		    struct attempt *out) NODISCARD;

/*
 * The same of an attempt to prove the current password of `user`, who is
 * logged in.
 */
enum err	attempt_begin_proof(struct ctx *ctx, const struct user *user,
		    struct attempt *out) NODISCARD;

/*
 * Counts what succeeds as well: a registration from where the client is, an
 * upload of the account.  E_THROTTLED and `ctx->retry_after` as above;
 * E_UNAVAILABLE, E_INTERNAL.
 */
enum err	throttle_registration(struct ctx *ctx) NODISCARD;
enum err	throttle_upload(struct ctx *ctx, const struct user *user)
		    NODISCARD;

/* It was none: no password was looked at.  What fails stays counted. */
void		attempt_cancel(struct ctx *ctx,
		    const struct attempt *attempt);

/* It succeeded.  What cannot be forgiven now is by the next success. */
void		attempt_succeed(struct ctx *ctx,
		    const struct attempt *attempt, const struct user *user);

/*
 * Forgives the failures of the account and of its names, as an administrator
 * may: it is open at once.  E_UNAVAILABLE, E_INTERNAL.
 */
enum err	throttle_unlock(struct ctx *ctx, const struct user *user)
		    NODISCARD;

/* What an administrator is told. */
struct throttle_report {
	int64_t	failures;	/* of the account, in a row */
	int64_t	locked_until;	/* or 0 */
	int64_t	delayed_until;	/* one of its names, or 0 */
};

/* E_UNAVAILABLE, E_INTERNAL. */
enum err	throttle_report(struct ctx *ctx, const struct user *user,
		    struct throttle_report *out) NODISCARD;

#endif
