/*
 * A store to try verbs on: the one that the environment variable STORE names,
 * else a fresh SQLite file in a directory of its own.  Records have names of
 * their own, because somebody's store may not be empty.  What is logged is
 * kept, and a test that did not ask for it fails.
 */
#ifndef TEST_STORE_FIXTURE_H
#define TEST_STORE_FIXTURE_H

#include "base/base.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/id.h"
#include "base/log.h"
#include "store/store.h"

/* Last, because its fail() is a macro. */
#include <setjmp.h>
#include <cmocka.h>

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, \
	fixture_teardown)

#define assert_ok(err) assert_int_equal(err, OK)

/*
 * 2100-01-01T00:00:00Z: an engine that forgets by itself what is over, by its
 * own clock, takes nothing away from under a test.
 */
static const int64_t T0 = INT64_C(4102444800000);

struct fixture {
	char		 directory[64];
	char		 path[96];	/* of the file where it is SQLite's */
	char		 uri[512];
	struct store	*store;
	struct arena	*arena;
};

static char	said[8192];		/* every line logged */

static inline void
keep_line(void *_ UNUSED, const char *line, size_t size)
{
	const size_t end = strlen(said);

	if (end + size < sizeof(said))
		memcpy(said + end, line, size);
}

/* Something of this kind has been logged; it is forgotten. */
static inline void
assert_said(const char *text)
{
	if (strstr(said, text) == NULL)
		fail_msg("'%s' should have been logged, not '%s'", text,
		    said);
	memset(said, 0, sizeof(said));
}

static inline void
assert_said_nothing(void)
{
	if (*said != '\0')
		fail_msg("nobody asked for: %s", said);
}

static inline void
fixture_open(struct fixture *f, enum store_mode mode)
{
	assert_ok(store_open(f->uri, mode, &f->store));
}

static inline int
fixture_setup(void **state)
{
	struct fixture	*f = calloc(1, sizeof(*f));
	const char	*tmp = getenv("TMPDIR"), *uri = getenv("STORE");

	assert_non_null(f);
	(void)snprintf(f->directory, sizeof(f->directory),
	    "%.40s/darban.XXXXXX", tmp != NULL ? tmp : "/tmp");
	assert_non_null(mkdtemp(f->directory));
	(void)snprintf(f->path, sizeof(f->path), "%s/darban.db",
	    f->directory);
	if (uri != NULL && *uri != '\0')
		(void)snprintf(f->uri, sizeof(f->uri), "%s", uri);
	else
		(void)snprintf(f->uri, sizeof(f->uri), "sqlite:%s", f->path);

	memset(said, 0, sizeof(said));
	log_sink(keep_line, NULL);
	fixture_open(f, STORE_CREATE);
	assert_non_null(f->arena = arena_new());
	*state = f;
	return 0;
}

static inline int
fixture_teardown(void **state)
{
	struct fixture	*f = *state;
	char		 command[128];

	store_close(f->store);
	arena_free(f->arena);
	(void)snprintf(command, sizeof(command), "rm -rf '%s'",
	    f->directory);
	assert_int_equal(system(command), 0);
	free(f);
	assert_said_nothing();
	return 0;
}

static inline bool
is_mongodb(const struct fixture *f)
{
	return strncmp(f->uri, "mongodb", 7) == 0;
}

/*
 * The last and the first time that this store can hold: any number, but the
 * server that tests start knows only the years 1 to 9999.
 */
static inline void
limits_of_time(struct fixture *f, int64_t *first, int64_t *last)
{
	const char *engine;

	assert_ok(store_describe(f->store, f->arena, &engine));
	*first = INT64_MIN;
	*last = INT64_MAX;
	if (strstr(engine, "SecantusDB") != NULL) {
		*first = INT64_C(-62135596800000);
		*last = INT64_C(253402300799999);
	}
}

static inline struct id
new_id(void)
{
	struct id id;

	assert_ok(id_make(T0, &id));
	return id;
}

/* An account that is nobody else's, not yet inserted. */
static inline struct user
new_user(struct fixture *f)
{
	struct user	user = { .id = new_id() };
	char		hex[ID_HEX_SIZE];

	id_hex(&user.id, hex);
	user.username = arena_printf(f->arena, "user-%s", hex);
	user.email = arena_printf(f->arena, "%s@example.org", hex);
	user.full_name = "Some Body";
	user.avatar = "https://example.org/a.jpg";
	user.cover_image = "";
	user.password = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA";
	user.created_at = T0;
	user.updated_at = T0 + 1;
	user.version = -1;
	return user;
}

static inline void
insert_user(struct fixture *f, const struct user *user)
{
	unsigned taken = 77;

	assert_ok(store_user_insert(f->store, user, &taken));
	assert_int_equal(taken, 77);
}

static inline struct user
inserted_user(struct fixture *f)
{
	struct user user = new_user(f);

	insert_user(f, &user);
	return user;
}

/* The account as the store has it. */
static inline struct user
stored_user(struct fixture *f, const struct id *id)
{
	struct user user;

	assert_ok(store_user_by_id(f->store, f->arena, id, &user));
	return user;
}

static inline void
assert_same_text(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		assert_ptr_equal(a, b);
	else
		assert_string_equal(a, b);
}

static inline void
assert_same_user(const struct user *a, const struct user *b)
{
	assert_memory_equal(&a->id, &b->id, sizeof(a->id));
	assert_same_text(a->username, b->username);
	assert_same_text(a->email, b->email);
	assert_same_text(a->full_name, b->full_name);
	assert_same_text(a->avatar, b->avatar);
	assert_same_text(a->cover_image, b->cover_image);
	assert_same_text(a->password, b->password);
	assert_int_equal(a->watch_count, b->watch_count);
	if (a->watch_count > 0)
		assert_memory_equal(a->watch_history, b->watch_history,
		    a->watch_count * sizeof(*a->watch_history));
	assert_true(a->created_at == b->created_at);
	assert_true(a->updated_at == b->updated_at);
	assert_true(a->version == b->version);
	assert_true(a->epoch == b->epoch);
	assert_int_equal(a->disabled, b->disabled);
	assert_int_equal(b->changed, 0);
}

static inline struct session
new_session(const struct user *user)
{
	return (struct session){
		.id = new_id(),
		.user = user->id,
		.epoch = user->epoch,
		.counter = 1,
		.nonce = { 0, 1, 2, 0xff, '\'', 0, 7 },
		.created_at = T0,
		.rotated_at = T0,
		.idle_at = T0 + DAYS(10),
		.expires_at = T0 + DAYS(90),
		.user_agent = "Mozilla/5.0",
		.ip = "192.0.2.7",
	};
}

static inline struct session
inserted_session(struct fixture *f, const struct user *user)
{
	struct session session = new_session(user);

	assert_ok(store_session_insert(f->store, &session));
	return session;
}

static inline struct session
stored_session(struct fixture *f, const struct id *id)
{
	struct session session;

	assert_ok(store_session_find(f->store, f->arena, id, &session));
	return session;
}

static inline void
assert_same_session(const struct session *a, const struct session *b)
{
	assert_memory_equal(&a->id, &b->id, sizeof(a->id));
	assert_memory_equal(&a->user, &b->user, sizeof(a->user));
	assert_true(a->epoch == b->epoch);
	assert_true(a->counter == b->counter);
	assert_memory_equal(a->nonce, b->nonce, sizeof(a->nonce));
	assert_true(a->created_at == b->created_at);
	assert_true(a->rotated_at == b->rotated_at);
	assert_true(a->idle_at == b->idle_at);
	assert_true(a->expires_at == b->expires_at);
	assert_true(a->ended_at == b->ended_at);
	assert_same_text(a->end_reason, b->end_reason);
	assert_same_text(a->user_agent, b->user_agent);
	assert_same_text(a->ip, b->ip);
}

#endif
