/* Deadlines, in any engine: see STORE in fixture.h. */
#include "fixture.h"

static void
assert_late(enum err err)
{
	assert_int_equal(err, E_UNAVAILABLE);
	assert_said("out of time");
}

static void
no_verb_of_accounts_begins_after_its_deadline(void **state)
{
	struct fixture			*f = *state;
	struct user			 user = inserted_user(f), other;
	struct user			 found, before;
	const struct login_names	 names = { user.username, NULL, NULL,
	    NULL };
	unsigned			 taken = 77;
	size_t				 count = 77;
	int64_t				 dropped = 77;

	memset(&found, 0xa5, sizeof(found));
	before = found;
	other = new_user(f);
	assert_ok(store_begin(f->store, clock_monotonic()));
	assert_late(store_user_insert(f->store, &other, &taken));
	assert_late(store_user_by_login(f->store, f->arena, &names, &found));
	assert_late(store_user_by_id(f->store, f->arena, &user.id, &found));
	assert_late(store_user_update(f->store, &user, USER_EPOCH, NULL,
	    false, &taken));
	assert_late(store_user_take_legacy(f->store, &user.id, "x", T0));
	assert_late(store_user_drop_legacy(f->store, NULL, T0, &dropped));
	assert_late(store_user_list_after(f->store, f->arena, NULL, 1,
	    &found, &count));
	assert_late(store_user_remove(f->store, &user.id));
	assert_memory_equal(&found, &before, sizeof(found));
	assert_int_equal(taken, 77);
	assert_int_equal(count, 77);
	assert_int_equal(dropped, 77);

	assert_ok(store_begin(f->store, 0));
	found = stored_user(f, &user.id);
	assert_same_user(&user, &found);
}

static void
no_verb_of_sessions_begins_after_its_deadline(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f), found;
	struct session	 session = inserted_session(f, &user), row, before;
	struct session	 other = new_session(&user);
	int64_t		 ended = 77;
	size_t		 count = 77;

	memset(&row, 0xa5, sizeof(row));
	before = row;
	assert_ok(store_begin(f->store, clock_monotonic()));
	assert_late(store_profile(f->store, f->arena, &user.id, &session.id,
	    &found, &row));
	assert_late(store_session_insert(f->store, &other));
	assert_late(store_session_find(f->store, f->arena, &session.id,
	    &row));
	assert_late(store_session_swap(f->store, 1, &other));
	assert_late(store_session_keep(f->store, &session.id, session.epoch));
	assert_late(store_session_end(f->store, &session.id, "x", T0));
	assert_late(store_session_end_all(f->store, &user.id, NULL, "x", T0,
	    &ended));
	assert_late(store_session_list(f->store, f->arena, &user.id, T0, 1,
	    &row, &count));
	assert_late(store_session_purge(f->store, INT64_MAX));
	assert_memory_equal(&row, &before, sizeof(row));
	assert_int_equal(ended, 77);
	assert_int_equal(count, 77);

	assert_ok(store_begin(f->store, 0));
	row = stored_session(f, &session.id);
	assert_same_session(&session, &row);
}

static void
no_other_verb_begins_after_its_deadline(void **state)
{
	const struct throttle_rule	 rule = { .burst = 1,
	    .interval = 1000 };
	struct fixture			*f = *state;
	unsigned char			 key[THROTTLE_KEY_SIZE] = { 0 };
	struct id			 id = new_id();
	int64_t				 wait = 77;
	const char			*text = "untouched";

	memcpy(key, id.b, sizeof(id.b));
	assert_ok(store_begin(f->store, clock_monotonic()));
	assert_late(store_throttle_take(f->store, key, &rule, T0, &wait));
	assert_late(store_throttle_give_back(f->store, key, &rule));
	assert_late(store_throttle_forgive(f->store, key));
	assert_late(store_ping(f->store));
	assert_late(store_describe(f->store, f->arena, &text));
	assert_late(store_backup(f->store, f->path, NULL));
	assert_int_equal(wait, 77);
	assert_string_equal(text, "untouched");

	assert_ok(store_begin(f->store, 0));
	assert_ok(store_throttle_take(f->store, key, &rule, T0, &wait));
}

static void
before_its_deadline_every_verb_begins(void **state)
{
	struct fixture *f = *state;

	assert_ok(store_begin(f->store, clock_monotonic() + MINUTES(1)));
	assert_ok(store_ping(f->store));
	assert_ok(store_begin(f->store, clock_monotonic() + 1));
	usleep(2000);
	assert_late(store_ping(f->store));
	assert_ok(store_begin(f->store, 0));
	assert_ok(store_ping(f->store));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_verb_of_accounts_begins_after_its_deadline),
		TEST(no_verb_of_sessions_begins_after_its_deadline),
		TEST(no_other_verb_begins_after_its_deadline),
		TEST(before_its_deadline_every_verb_begins),
	};

	return cmocka_run_group_tests_name("store contract: deadlines",
	    tests, NULL, NULL);
}
