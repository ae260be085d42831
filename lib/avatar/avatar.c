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

enum err
picture_publish(struct ctx *ctx, const void *bytes, size_t size,
    const char *type, const char **address)
{
	struct picture	picture;
	enum err	err;

	if ((err = picture_make(ctx, bytes, size, type, &picture)) != OK)
		return err;
	return gallery_add(ctx, &picture, address);
}

void
picture_withdraw(struct ctx *ctx, enum err err, const char *address)
{
	const bool is_uncertain = err == E_UNAVAILABLE || err == E_INTERNAL;

	if (address != NULL && !is_uncertain)
		gallery_remove(ctx, address);
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
	/* The same where the store had done what it called stale. */
	if (strcmp(old, address) != 0)
		gallery_remove(ctx, old);
	user_note(ctx, user, field == USER_AVATAR ? "avatar changed" :
	    "cover image changed");
	return OK;
}

enum err
user_set_picture(struct ctx *ctx, struct user *user, unsigned field,
    const void *bytes, size_t size, const char *type)
{
	const char	*address;
	enum err	 err;

	if ((err = throttle_upload(ctx, user)) != OK ||
	    (err = picture_publish(ctx, bytes, size, type, &address)) != OK)
		return err;
	if ((err = replace(ctx, user, field, address)) != OK)
		picture_withdraw(ctx, err, address);
	return err;
}

enum err
user_clear_picture(struct ctx *ctx, struct user *user, unsigned field)
{
	return replace(ctx, user, field, field == USER_AVATAR ?
	    ctx->conf->avatar_default : "");
}
