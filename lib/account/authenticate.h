/*
 * Who knows the password.  At most `hash_slots` hashes are computed at a time
 * on this host; an unknown name costs the same as a wrong password.
 */
#ifndef DARBAN_AUTHENTICATE_H
#define DARBAN_AUTHENTICATE_H

#include "base/ctx.h"
#include "store/store.h"

/*
 * The account of `name` (see users_find_by_login), where `password` is its
 * password and it is neither disabled nor locked, else E_CREDENTIALS,
 * whichever it was.  `device` is what the device shows (see device.h), or
 * NULL.  A hash of an earlier system is replaced on the way.  A failure is
 * not told before `login_floor` has passed, or twice that where `password` is
 * not in NFC.  E_THROTTLED (see throttle.h), E_BUSY, E_UNAVAILABLE,
 * E_INTERNAL.
 */
enum err	users_authenticate(struct ctx *ctx, const char *name,
		    const char *password, const char *device,
		    struct user **out) NODISCARD;

/* E_BUSY, E_UNAVAILABLE, E_INTERNAL; `*correct` is the answer where OK. */
enum err	user_is_password_correct(struct ctx *ctx,
		    const struct user *user, const char *password,
		    bool *correct) NODISCARD;

/*
 * Sees that a new password is as policy.h wants it.  E_MEMBER names the
 * member `field`; E_CONFIG, E_INTERNAL.
 */
enum err	user_check_password(struct ctx *ctx, const struct user *user,
		    const char *field, const char *password) NODISCARD;

/*
 * Hashes `password` (in NFC) into the instance and raises its epoch;
 * user_save writes both at once, and every session opened before is dead.
 * Errors as of user_check_password; E_BUSY, E_UNAVAILABLE.
 */
enum err	user_set_password(struct ctx *ctx, struct user *user,
		    const char *field, const char *password) NODISCARD;

#endif
