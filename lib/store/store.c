#include "base/base.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/id.h"
#include "base/log.h"
#include "store/engine.h"
#include "store/store.h"

enum {
	USER_ALL = USER_USERNAME | USER_EMAIL | USER_FULL_NAME |
	    USER_AVATAR | USER_COVER_IMAGE | USER_PASSWORD | USER_DISABLED |
	    USER_EPOCH,
};

/* No time and no sum of times of a throttle comes near what overflows. */
static const int64_t TIME_MAX = INT64_C(1) << 52;

static enum err
open_sqlite(const char *uri, enum store_mode mode, struct store **out)
{
	return sqlite_open(strchr(uri, ':') + 1, mode, out);
}

/* One that has no version is another name for the one above it. */
static const struct {
	const char	*scheme;
	enum err	(*open)(const char *, enum store_mode,
			    struct store **);
	const char	*(*version)(void);
} engines[] = {
	{ "sqlite", open_sqlite, sqlite_version },
	{ "mongodb", mongo_open, mongo_version },
	{ "mongodb+srv", mongo_open, NULL },
};

const char *
store_engine(size_t i, const char **version)
{
	const char *found;

	if (i >= NELEMS(engines) || engines[i].version == NULL ||
	    (found = engines[i].version()) == NULL)
		return NULL;
	*version = found;
	return engines[i].scheme;
}

enum err
store_open(const char *uri, enum store_mode mode, struct store **out)
{
	size_t i, length;

	for (i = 0; i < NELEMS(engines); i++) {
		length = strlen(engines[i].scheme);
		if (strncmp(uri, engines[i].scheme, length) == 0 &&
		    uri[length] == ':')
			return engines[i].open(uri, mode, out);
	}
	/* What follows a scheme may hold a password. */
	log_error("store: begins with no known scheme (sqlite:, mongodb:)");
	return E_CONFIG;
}

void
store_close(struct store *store)
{
	if (store != NULL)
		store->engine->close(store);
}

enum err
store_begin(struct store *store, int64_t deadline)
{
	enum err err;

	assert(deadline >= 0);
	store->deadline = deadline;
	/* One that is not there takes no verb until it is found again. */
	if ((err = store->engine->begin(store)) != OK)
		store->deadline = 1;
	return err;
}

bool
store_is_late(const struct store *store)
{
	if (store->deadline == 0 || clock_monotonic() < store->deadline)
		return false;
	log_error("store: out of reach or out of time");
	return true;
}

static bool
has_texts(const struct user *user)
{
	return user->avatar != NULL && user->cover_image != NULL &&
	    user->password != NULL &&
	    (user->watch_history != NULL || user->watch_count == 0);
}

static bool
is_sane(const struct throttle_rule *rule)
{
	return rule->burst >= 0 && rule->interval >= 0 &&
	    (rule->burst == 0 || rule->interval <= TIME_MAX / rule->burst) &&
	    rule->delay >= 0 && rule->free >= (rule->delay > 0) &&
	    rule->delay_max >= rule->delay && rule->delay_max <= TIME_MAX &&
	    rule->lock_after >= 0 && rule->lock_for >= 0 &&
	    rule->lock_for <= TIME_MAX;
}

enum err
store_user_insert(struct store *store, const struct user *user,
    unsigned *taken)
{
	assert(has_texts(user));
	if (store_is_late(store))
		return E_UNAVAILABLE;
	return store->engine->user_insert(store, user, taken);
}

enum err
store_user_by_login(struct store *store, struct arena *arena,
    const struct login_names *names, struct user *out)
{
	if (store_is_late(store))
		return E_UNAVAILABLE;
	return store->engine->user_by_login(store, arena, names, out);
}

enum err
store_user_by_id(struct store *store, struct arena *arena,
    const struct id *id, struct user *out)
{
	assert(id != NULL);
	if (store_is_late(store))
		return E_UNAVAILABLE;
	return store->engine->user_by_id(store, arena, id, out);
}

enum err
store_user_update(struct store *store, const struct user *user,
    unsigned fields, const struct user_expected *expected, bool validated,
    unsigned *taken)
{
	assert((fields & ~(unsigned)USER_ALL) == 0 && has_texts(user));
	if (store_is_late(store))
		return E_UNAVAILABLE;
	return store->engine->user_update(store, user, fields, expected,
	    validated, taken);
}

enum err
store_user_take_legacy(struct store *store, const struct id *id,
    const char *token, int64_t now)
{
	assert(id != NULL && token != NULL);
	if (store_is_late(store))
		return E_UNAVAILABLE;
	return store->engine->user_take_legacy(store, id, token, now);
}

enum err
store_user_drop_legacy(struct store *store, const struct id *id, int64_t now,
    int64_t *count)
{
	if (store_is_late(store))
		return E_UNAVAILABLE;
	return store->engine->user_drop_legacy(store, id, now, count);
}

enum err
store_user_list_after(struct store *store, struct arena *arena,
    const struct id *after, size_t limit, struct user *out, size_t *count)
{
	assert(limit <= SIZE_MAX / sizeof(*out));
	if (store_is_late(store))
		return E_UNAVAILABLE;
	return store->engine->user_list_after(store, arena, after, limit,
	    out, count);
}

enum err
store_user_remove(struct store *store, const struct id *id)
{
	assert(id != NULL);
	if (store_is_late(store))
		return E_UNAVAILABLE;
	return store->engine->user_remove(store, id);
}

enum err
store_profile(struct store *store, struct arena *arena,
    const struct id *user, const struct id *session, struct user *user_out,
    struct session *session_out)
{
	assert(user != NULL && session != NULL);
	if (store_is_late(store))
		return E_UNAVAILABLE;
	return store->engine->profile(store, arena, user, session, user_out,
	    session_out);
}

enum err
store_session_insert(struct store *store, const struct session *session)
{
	assert(session->user_agent != NULL && session->ip != NULL);
	assert(strlen(session->user_agent) <= USER_AGENT_MAX);
	if (store_is_late(store))
		return E_UNAVAILABLE;
	return store->engine->session_insert(store, session);
}

enum err
store_session_find(struct store *store, struct arena *arena,
    const struct id *id, struct session *out)
{
	assert(id != NULL);
	if (store_is_late(store))
		return E_UNAVAILABLE;
	return store->engine->session_find(store, arena, id, out);
}

enum err
store_session_swap(struct store *store, int64_t expected,
    const struct session *next)
{
	if (store_is_late(store))
		return E_UNAVAILABLE;
	return store->engine->session_swap(store, expected, next);
}

enum err
store_session_keep(struct store *store, const struct id *id, int64_t epoch)
{
	assert(id != NULL);
	if (store_is_late(store))
		return E_UNAVAILABLE;
	return store->engine->session_keep(store, id, epoch);
}

enum err
store_session_end(struct store *store, const struct id *id,
    const char *reason, int64_t now)
{
	assert(id != NULL && reason != NULL && now > 0);
	if (store_is_late(store))
		return E_UNAVAILABLE;
	return store->engine->session_end(store, id, reason, now);
}

enum err
store_session_end_all(struct store *store, const struct id *user,
    const struct id *except, const char *reason, int64_t now, int64_t *count)
{
	assert(reason != NULL && now > 0);
	if (store_is_late(store))
		return E_UNAVAILABLE;
	return store->engine->session_end_all(store, user, except, reason,
	    now, count);
}

enum err
store_session_list(struct store *store, struct arena *arena,
    const struct id *user, int64_t now, size_t limit, struct session *out,
    size_t *count)
{
	assert(user != NULL);
	assert(limit <= SIZE_MAX / sizeof(*out));
	if (store_is_late(store))
		return E_UNAVAILABLE;
	return store->engine->session_list(store, arena, user, now, limit,
	    out, count);
}

enum err
store_session_purge(struct store *store, int64_t before)
{
	if (store_is_late(store))
		return E_UNAVAILABLE;
	return store->engine->session_purge(store, before);
}

enum err
store_throttle_take(struct store *store,
    const unsigned char key[THROTTLE_KEY_SIZE],
    const struct throttle_rule *rule, int64_t now, int64_t *wait)
{
	assert(is_sane(rule) && now >= 0 && now <= TIME_MAX);
	if (store_is_late(store))
		return E_UNAVAILABLE;
	return store->engine->throttle_take(store, key, rule, now, wait);
}

enum err
store_throttle_give_back(struct store *store,
    const unsigned char key[THROTTLE_KEY_SIZE],
    const struct throttle_rule *rule)
{
	assert(is_sane(rule));
	if (store_is_late(store))
		return E_UNAVAILABLE;
	return store->engine->throttle_give_back(store, key, rule);
}

enum err
store_throttle_forgive(struct store *store,
    const unsigned char key[THROTTLE_KEY_SIZE])
{
	if (store_is_late(store))
		return E_UNAVAILABLE;
	return store->engine->throttle_forgive(store, key);
}

enum err
store_throttle_find(struct store *store,
    const unsigned char key[THROTTLE_KEY_SIZE], int64_t now,
    struct throttle_state *out)
{
	if (store_is_late(store))
		return E_UNAVAILABLE;
	return store->engine->throttle_find(store, key, now, out);
}

enum err
store_ping(struct store *store)
{
	if (store_is_late(store))
		return E_UNAVAILABLE;
	return store->engine->ping(store);
}

enum err
store_describe(struct store *store, struct arena *arena, const char **out)
{
	if (store_is_late(store))
		return E_UNAVAILABLE;
	return store->engine->describe(store, arena, out);
}

enum err
store_backup(struct store *store, const char *path,
    void (*progress)(int done, int total))
{
	if (store_is_late(store))
		return E_UNAVAILABLE;
	return store->engine->backup(store, path, progress);
}
