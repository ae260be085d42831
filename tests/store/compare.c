/*
 * The same verbs with the same arguments, in a random order that a seed
 * determines, on an SQLite file and on the store that STORE names: every
 * result is the same.  SEED=NUMBER repeats a run.
 */
#include <time.h>

#include "fixture.h"

enum { ACCOUNTS = 6, SESSIONS = 10, KEYS = 4, STEPS = 2500 };

struct pair {
	struct fixture	*f;		/* its store is STORE's */
	struct store	*other;		/* SQLite */
	struct user	 user[ACCOUNTS];
	struct session	 session[SESSIONS];
	unsigned char	 key[KEYS][THROTTLE_KEY_SIZE];
	uint64_t	 state;
	int		 step;
};

/* xorshift64*: the same numbers everywhere. */
static unsigned
any(struct pair *p, unsigned below)
{
	p->state ^= p->state >> 12;
	p->state ^= p->state << 25;
	p->state ^= p->state >> 27;
	return (unsigned)((p->state * UINT64_C(0x2545f4914f6cdd1d)) >> 33) %
	    below;
}

static const char *
any_name(struct pair *p, const char *suffix)
{
	return arena_printf(p->f->arena, "%s-%u%s",
	    p->user[0].username, any(p, 2 * ACCOUNTS), suffix);
}

static int64_t
any_time(struct pair *p)
{
	return T0 + p->step * 20 + any(p, 100);
}

static const char *
any_address(struct pair *p)
{
	return any(p, 2) == 0 ? "" : "https://example.org/a.jpg";
}

static void
any_values(struct pair *p, struct user *user)
{
	static const char *const hashes[] = { "hash 1", "hash 2", "hash 3" };

	user->username = any_name(p, "");
	user->email = any_name(p, "@example.org");
	user->full_name = any(p, 4) == 0 ? NULL : any_name(p, " Body");
	user->avatar = any_address(p);
	user->password = hashes[any(p, NELEMS(hashes))];
	user->disabled = any(p, 4) == 0;
	user->updated_at = any_time(p);
}

#define both(result, a, b) do { \
	const enum err both_a = (a), both_b = (b); \
	if (both_a != both_b) \
		fail_msg("step %d, %s: %d here, %d in SQLite", p->step, \
		    __func__, both_a, both_b); \
	result = both_a; \
} while (0)

static const char *
any_token(struct pair *p)
{
	return any(p, 2) == 0 ? "a.b.c" : "d.e.f";
}

static void
insert_account(struct pair *p)
{
	const unsigned	i = any(p, ACCOUNTS);
	unsigned	a = 77, b = 77;
	struct user	user = p->user[i];
	enum err	err;

	any_values(p, &user);
	user.created_at = user.updated_at;
	user.version = (int64_t)any(p, 3) - 1;
	user.legacy_token = any(p, 3) == 0 ? NULL : any_token(p);
	both(err, store_user_insert(p->f->store, &user, &a),
	    store_user_insert(p->other, &user, &b));
	assert_int_equal(a, b);
	(void)err;
}

static void
find_account(struct pair *p)
{
	const unsigned	i = any(p, ACCOUNTS);
	struct user	a, b;
	enum err	err;

	both(err, store_user_by_id(p->f->store, p->f->arena, &p->user[i].id,
	    &a), store_user_by_id(p->other, p->f->arena, &p->user[i].id,
	    &b));
	if (err == OK)
		assert_same_user(&b, &a);
}

static void
log_in(struct pair *p)
{
	const struct login_names names = {
		any(p, 4) == 0 ? NULL : any_name(p, ""),
		any(p, 4) == 0 ? NULL : any_name(p, ""),
		any(p, 4) == 0 ? NULL : any_name(p, "@example.org"),
		any(p, 4) == 0 ? NULL : any_name(p, "@example.org"),
	};
	struct user	a, b;
	enum err	err;

	both(err, store_user_by_login(p->f->store, p->f->arena, &names, &a),
	    store_user_by_login(p->other, p->f->arena, &names, &b));
	if (err == OK)
		assert_same_user(&b, &a);
}

static void
update_account(struct pair *p)
{
	struct user	 user = p->user[any(p, ACCOUNTS)];
	const unsigned	 fields = any(p, 256);
	const struct user_expected expected = {
		.password = any(p, 2) == 0 ? NULL : "hash 1",
		.avatar = any(p, 4) != 0 ? NULL : any_address(p),
		.cover_image = any(p, 4) != 0 ? NULL : any_address(p),
	};
	unsigned	 a = 77, b = 77;
	enum err	 err;

	any_values(p, &user);
	both(err, store_user_update(p->f->store, &user, fields, &expected,
	    true, &a), store_user_update(p->other, &user, fields, &expected,
	    true, &b));
	assert_int_equal(a, b);
	(void)err;
}

static void
forget_token(struct pair *p)
{
	const struct id	*id = &p->user[any(p, ACCOUNTS)].id;
	const int64_t	 now = any_time(p);
	const char	*token = any_token(p);
	int64_t		 a = -1, b = -1;
	enum err	 err;

	if (any(p, 3) != 0)
		both(err, store_user_take_legacy(p->f->store, id, token, now),
		    store_user_take_legacy(p->other, id, token, now));
	else
		both(err, store_user_drop_legacy(p->f->store, id, now, &a),
		    store_user_drop_legacy(p->other, id, now, &b));
	assert_true(a == b);
	(void)err;
}

static void
remove_account(struct pair *p)
{
	const struct id	*id = &p->user[any(p, ACCOUNTS)].id;
	enum err	 err;

	if (any(p, 3) != 0)
		return;
	both(err, store_user_remove(p->f->store, id),
	    store_user_remove(p->other, id));
	(void)err;
}

static void
list_accounts(struct pair *p)
{
	const struct id	*after = &p->user[any(p, ACCOUNTS)].id;
	const size_t	 limit = any(p, ACCOUNTS);
	struct user	 a[ACCOUNTS], b[ACCOUNTS];
	size_t		 i, n, m;
	enum err	 err;

	both(err, store_user_list_after(p->f->store, p->f->arena, after,
	    limit, a, &n), store_user_list_after(p->other, p->f->arena,
	    after, limit, b, &m));
	assert_int_equal(err, OK);
	assert_int_equal(n, m);
	for (i = 0; i < n; i++) {
		assert_same_user(&b[i], &a[i]);
		assert_same_text(b[i].legacy_token, a[i].legacy_token);
	}
}

static struct session
any_session(struct pair *p)
{
	struct session session = p->session[any(p, SESSIONS)];

	session.epoch = any(p, 3);
	session.counter = any(p, 4);
	session.created_at = session.rotated_at = any_time(p);
	session.idle_at = any_time(p);
	session.expires_at = session.idle_at + any(p, 1000);
	return session;
}

/* A row of a session whose account is gone is gone in SQLite only. */
static void
open_session(struct pair *p)
{
	struct session	session = any_session(p);
	struct user	user;
	enum err	err;

	if (store_user_by_id(p->other, p->f->arena, &session.user,
	    &user) != OK)
		return;
	both(err, store_session_insert(p->f->store, &session),
	    store_session_insert(p->other, &session));
	(void)err;
}

static void
find_session(struct pair *p)
{
	const struct id	*id = &p->session[any(p, SESSIONS)].id;
	struct session	 a, b;
	enum err	 err;

	both(err, store_session_find(p->f->store, p->f->arena, id, &a),
	    store_session_find(p->other, p->f->arena, id, &b));
	if (err == OK)
		assert_same_session(&b, &a);
}

static void
ask_profile(struct pair *p)
{
	const unsigned	i = any(p, ACCOUNTS), j = any(p, SESSIONS);
	struct session	a, b;
	struct user	ua, ub;
	enum err	err;

	both(err, store_profile(p->f->store, p->f->arena, &p->user[i].id,
	    &p->session[j].id, &ua, &a), store_profile(p->other, p->f->arena,
	    &p->user[i].id, &p->session[j].id, &ub, &b));
	if (err == OK) {
		assert_same_user(&ub, &ua);
		assert_same_session(&b, &a);
	}
}

static void
swap_session(struct pair *p)
{
	struct session	next = any_session(p);
	const int64_t	expected = any(p, 4);
	enum err	err;

	both(err, store_session_swap(p->f->store, expected, &next),
	    store_session_swap(p->other, expected, &next));
	(void)err;
}

static void
keep_session(struct pair *p)
{
	const struct id	*id = &p->session[any(p, SESSIONS)].id;
	const int64_t	 epoch = any(p, 3);
	enum err	 err;

	both(err, store_session_keep(p->f->store, id, epoch),
	    store_session_keep(p->other, id, epoch));
	(void)err;
}

static void
end_session(struct pair *p)
{
	const struct id	*id = &p->session[any(p, SESSIONS)].id;
	const int64_t	 now = any_time(p);
	enum err	 err;

	both(err, store_session_end(p->f->store, id, "end", now),
	    store_session_end(p->other, id, "end", now));
	(void)err;
}

static void
end_sessions(struct pair *p)
{
	const struct id	*user = &p->user[any(p, ACCOUNTS)].id;
	const struct id	*except = any(p, 2) == 0 ? NULL :
	    &p->session[any(p, SESSIONS)].id;
	const int64_t	 now = any_time(p);
	int64_t		 a, b;
	enum err	 err;

	both(err, store_session_end_all(p->f->store, user, except, "all",
	    now, &a), store_session_end_all(p->other, user, except, "all",
	    now, &b));
	assert_int_equal(err, OK);
	assert_true(a == b);
}

static void
list_sessions(struct pair *p)
{
	const struct id	*user = &p->user[any(p, ACCOUNTS)].id;
	const size_t	 limit = any(p, SESSIONS);
	const int64_t	 now = any_time(p);
	struct session	 a[SESSIONS], b[SESSIONS];
	size_t		 i, n, m;
	enum err	 err;

	both(err, store_session_list(p->f->store, p->f->arena, user, now,
	    limit, a, &n), store_session_list(p->other, p->f->arena, user,
	    now, limit, b, &m));
	assert_int_equal(err, OK);
	assert_int_equal(n, m);
	for (i = 0; i < n; i++)
		assert_same_session(&b[i], &a[i]);
}

static void
throttle(struct pair *p)
{
	static const struct throttle_rule rules[] = {
		{ .burst = 3, .interval = 500 },
		{ .free = 2, .delay = 100, .delay_max = 3000 },
		{ .burst = 5, .interval = 90, .free = 3, .delay = 50,
		    .delay_max = 900, .lock_after = 6, .lock_for = 5000 },
	};
	const struct throttle_rule	*rule = &rules[any(p,
	    NELEMS(rules))];
	const unsigned char		*key = p->key[any(p, KEYS)];
	const int64_t			 now = any_time(p);
	int64_t				 a = -1, b = -1;
	struct throttle_state		 sa, sb;
	enum err			 err;

	switch (any(p, 6)) {
	case 0:
		both(err, store_throttle_give_back(p->f->store, key, rule),
		    store_throttle_give_back(p->other, key, rule));
		break;
	case 1:
		both(err, store_throttle_forgive(p->f->store, key),
		    store_throttle_forgive(p->other, key));
		break;
	case 2:
		both(err, store_throttle_find(p->f->store, key, now, &sa),
		    store_throttle_find(p->other, key, now, &sb));
		assert_true(sa.failures == sb.failures &&
		    sa.until == sb.until);
		break;
	default:
		both(err, store_throttle_take(p->f->store, key, rule, now,
		    &a), store_throttle_take(p->other, key, rule, now, &b));
		assert_true(a == b);
		break;
	}
	(void)err;
}

static void
begin(struct pair *p, struct fixture *f)
{
	char	uri[128];
	size_t	i;

	p->f = f;
	(void)snprintf(uri, sizeof(uri), "sqlite:%s/other.db", f->directory);
	assert_ok(store_open(uri, STORE_CREATE, &p->other));
	for (i = 0; i < ACCOUNTS; i++)
		p->user[i] = new_user(f);
	for (i = 0; i < SESSIONS; i++)
		p->session[i] = new_session(&p->user[i % ACCOUNTS]);
	for (i = 0; i < KEYS; i++)
		memcpy(p->key[i], p->session[i].id.b, ID_SIZE);
}

static void
both_stores_say_the_same_to_everything(void **state)
{
	static void (*const verbs[])(struct pair *) = { insert_account,
	    find_account, log_in, update_account, remove_account,
	    list_accounts, open_session, find_session, ask_profile,
	    swap_session, keep_session, end_session, end_sessions,
	    list_sessions,
	    forget_token, throttle, throttle, throttle };
	const char	*seed = getenv("SEED");
	struct pair	 p = { .state = 0 };

	begin(&p, *state);
	p.state = seed != NULL && *seed != '\0' ?
	    strtoull(seed, NULL, 10) : (uint64_t)time(NULL);
	p.state = p.state * 2 + 1;
	(void)printf("# SEED=%" PRIu64 "\n", p.state / 2);
	for (p.step = 0; p.step < STEPS; p.step++)
		verbs[any(&p, NELEMS(verbs))](&p);
	store_close(p.other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(both_stores_say_the_same_to_everything),
	};

	return cmocka_run_group_tests_name("two stores, one contract", tests,
	    NULL, NULL);
}
