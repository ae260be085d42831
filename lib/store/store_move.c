/* The verbs that move a whole store; see store.c for the others. */
#include "base/base.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/id.h"
#include "store/engine.h"
#include "store/store.h"

enum err
store_user_insert_many(struct store *store, const struct user *users,
    size_t count, struct store_result *results)
{
	if (store_is_late(store))
		return E_UNAVAILABLE;
	return store->engine->user_insert_many(store, users, count, results);
}

enum err
store_session_insert_many(struct store *store,
    const struct session *sessions, size_t count,
    struct store_result *results)
{
	if (store_is_late(store))
		return E_UNAVAILABLE;
	return store->engine->session_insert_many(store, sessions, count,
	    results);
}

enum err
store_session_list_after(struct store *store, struct arena *arena,
    const struct id *after, int64_t now, size_t limit, struct session *out,
    size_t *count)
{
	assert(limit <= SIZE_MAX / sizeof(*out));
	if (store_is_late(store))
		return E_UNAVAILABLE;
	return store->engine->session_list_after(store, arena, after, now,
	    limit, out, count);
}

enum err
store_count(struct store *store, int64_t *users, int64_t *sessions)
{
	if (store_is_late(store))
		return E_UNAVAILABLE;
	return store->engine->count(store, users, sessions);
}
