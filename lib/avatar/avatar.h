/*
 * The pictures of an account: `field` is USER_AVATAR or USER_COVER_IMAGE.
 *
 * The order of the steps lets a crash at any point leave the old picture or
 * the new one: the files are on the disk before the record names them, and
 * those of the old one go after it does not any more.
 */
#ifndef DARBAN_AVATAR_H
#define DARBAN_AVATAR_H

#include "base/ctx.h"
#include "store/store.h"

/*
 * Makes the files of a picture that no account has yet, and their address.
 * Errors as of picture_make and gallery_add.
 */
enum err	picture_publish(struct ctx *ctx, const void *bytes,
		    size_t size, const char *type, const char **address)
		    NODISCARD;

/*
 * After `err` of the write that was to make `address` (NULL is nothing) an
 * account's: removes the files, unless a store that went away may have
 * written it.  What is left over then is collected.
 */
void		picture_withdraw(struct ctx *ctx, enum err err,
		    const char *address);

/*
 * Makes `size` bytes, declared to be of `type` (see picture_make), the
 * picture of the account, in the record as in the instance.  At most 60 an
 * hour per account: E_THROTTLED.  E_STALE: others kept changing it meanwhile;
 * E_NOT_FOUND: the account is gone; else as picture_make and gallery_add.
 */
enum err	user_set_picture(struct ctx *ctx, struct user *user,
		    unsigned field, const void *bytes, size_t size,
		    const char *type) NODISCARD;

/*
 * Takes it away; one that is not there is OK.  What then stands in the record
 * is "", or for USER_AVATAR `avatar_default`.  E_STALE, E_NOT_FOUND,
 * E_UNAVAILABLE, E_INTERNAL.
 */
enum err	user_clear_picture(struct ctx *ctx, struct user *user,
		    unsigned field) NODISCARD;

#endif
