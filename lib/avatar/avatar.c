#include "base/base.h"
#include "base/err.h"
#include "base/conf.h"
#include "base/ctx.h"
#include "store/store.h"
#include "account/throttle.h"
#include "account/user.h"
#include "avatar/avatar.h"
#include "avatar/gallery.h"
#include "avatar/picture.h"

/*
 * Whether the write came to nothing, for certain: a store that was away in
 * the middle may have done it, and then the files are wanted.
 */
static bool
is_refused(enum err err)
{
	return err == E_STALE || err == E_NOT_FOUND || err == E_EXISTS;
}

/* Writes the address, and removes the files of the one that it replaced. */
static enum err
replace(struct ctx *ctx, struct user *user, unsigned field,
    const char *address)
{
	const char	*old;
	enum err	 err;

	err = user_swap_picture(ctx, user, field, address, &old);
	/* Somebody was quicker, a second tab say: the later one stays. */
	if (err == E_STALE)
		err = user_swap_picture(ctx, user, field, address, &old);
	if (err != OK)
		return err;
	gallery_remove(ctx, old);
	user_note(ctx, user, field == USER_AVATAR ? "avatar changed" :
	    "cover image changed");
	return OK;
}

enum err
user_set_picture(struct ctx *ctx, struct user *user, unsigned field,
    const void *bytes, size_t size, const char *type)
{
	struct picture	 picture;
	const char	*address;
	enum err	 err;

	if ((err = throttle_upload(ctx, user)) != OK ||
	    (err = picture_make(ctx, bytes, size, type, &picture)) != OK ||
	    (err = gallery_add(ctx, &picture, &address)) != OK)
		return err;
	if ((err = replace(ctx, user, field, address)) != OK &&
	    is_refused(err))
		gallery_remove(ctx, address);
	return err;
}

enum err
user_clear_picture(struct ctx *ctx, struct user *user, unsigned field)
{
	return replace(ctx, user, field, field == USER_AVATAR ?
	    ctx->conf->avatar_default : "");
}
