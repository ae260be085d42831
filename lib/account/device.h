/*
 * Trusted devices (NIST SP 800-63B-4 section 3.2.2): whoever has logged in is
 * told so by a cookie, and what strangers do to the name cannot lock them
 * out.  The cookie is no credential: all it gives is a bucket of attempts of
 * its own.
 */
#ifndef DARBAN_DEVICE_H
#define DARBAN_DEVICE_H

#include "base/ctx.h"
#include "base/id.h"
#include "store/store.h"

/*
 * What the device on which this session of `user` lives may show for a year
 * from its last rotation, unless the account's epoch moves before.  The same
 * row always makes the same text.  It lives in the arena.  E_INTERNAL.
 */
enum err	device_make(struct ctx *ctx, const struct user *user,
		    const struct session *session, char **out) NODISCARD;

/* When that is over, in milliseconds. */
int64_t		device_expires_at(const struct session *session);

/*
 * Whether `text` (which may be NULL) was made for a device of this account
 * and still holds; if so, `*out` is the one device that it speaks of.
 */
bool		device_read(struct ctx *ctx, const struct user *user,
		    const char *text, struct id *out) NODISCARD;

#endif
