#include "base/base.h"
#include "base/err.h"
#include "base/arena.h"
#include "base/id.h"
#include "base/conf.h"
#include "base/ctx.h"
#include "base/text.h"
#include "store/store.h"
#include "account/authenticate.h"
#include "account/user.h"
#include "account/users.h"

enum err
users_find_by_id(struct ctx *ctx, const char *id, struct user **out)
{
	struct user	*user;
	struct id	 cast;
	enum err	 err;

	if (!id_parse(id, &cast))
		return E_BAD_ID;
	if ((user = arena_alloc(ctx->arena, sizeof(*user))) == NULL)
		return E_INTERNAL;

	err = store_user_by_id(ctx->store, ctx->arena, &cast, user);
	if (err == OK)
		*out = user;
	return err;
}

enum err
users_find_by_login(struct ctx *ctx, const char *name, struct user **out)
{
	struct arena		*arena = ctx->arena;
	struct login_names	 names;
	struct user		*user;
	enum err		 err;

	names.email = text_trim(arena, name);
	names.email_lower = text_lower(arena, names.email);
	names.username = names.email_lower;
	names.username_nfc = text_nfc(arena, names.username);
	user = arena_alloc(arena, sizeof(*user));
	if (arena_failed(arena))
		return E_INTERNAL;

	err = store_user_by_login(ctx->store, arena, &names, user);
	if (err == OK)
		*out = user;
	return err;
}

enum err
users_insert(struct ctx *ctx, struct user *user, const char *password)
{
	unsigned	taken = 0;
	enum err	err;

	if ((err = user_validate(ctx, user, USER_NAMES)) != OK ||
	    (err = user_set_password(ctx, user, "password",
	    password)) != OK ||
	    (err = id_make(ctx->now, &user->id)) != OK)
		return err;

	if (user->avatar == NULL)
		user->avatar = ctx->conf->avatar_default;
	if (user->cover_image == NULL)
		user->cover_image = "";
	user->created_at = user->updated_at = ctx->now;
	user->version = -1;
	user->epoch = 0;
	user->changed = 0;

	err = store_user_insert(ctx->store, user, &taken);
	return err == E_EXISTS ? user_taken(ctx, taken) : err;
}
