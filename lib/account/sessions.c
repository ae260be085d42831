#include "base/base.h"
#include "base/err.h"
#include "base/arena.h"
#include "base/ctx.h"
#include "base/id.h"
#include "store/store.h"
#include "account/session.h"
#include "account/sessions.h"

/* The upper limit of max_sessions; a login ends what is beyond it. */
enum { SESSIONS_MAX = 1000 };

/*
 * The store's list knows the limits, not the account: sessions of an earlier
 * epoch are dead, though nobody may have ended them yet.
 */
enum err
sessions_list(struct ctx *ctx, const struct user *user, struct session **out,
    size_t *count)
{
	struct session	*list;
	size_t		 found = 0, live = 0, i;
	enum err	 err;

	list = arena_alloc(ctx->arena, SESSIONS_MAX * sizeof(*list));
	if (list == NULL)
		return E_INTERNAL;
	err = store_session_list(ctx->store, ctx->arena, &user->id, ctx->now,
	    SESSIONS_MAX, list, &found);
	if (err != OK)
		return err;

	for (i = 0; i < found; i++)
		if (session_is_alive(&list[i], user, ctx->now))
			list[live++] = list[i];
	*out = list;
	*count = live;
	return OK;
}

int64_t
session_expires_at(const struct session *session)
{
	return session->idle_at < session->expires_at ? session->idle_at :
	    session->expires_at;
}

enum err
sessions_end_one(struct ctx *ctx, const struct user *user, const char *id)
{
	struct session	session;
	struct id	cast;
	enum err	err;

	if (!id_parse(id, &cast))
		return E_NOT_FOUND;
	if ((err = store_session_find(ctx->store, ctx->arena, &cast,
	    &session)) != OK)
		return err;
	if (!id_equal(&session.user, &user->id) ||
	    !session_is_alive(&session, user, ctx->now))
		return E_NOT_FOUND;
	return session_end(ctx, &session, "device");
}
