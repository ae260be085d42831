/* Many accounts and sessions at a time, in any engine. */
#include "fixture.h"

enum { MANY = 250 };

static struct user *
new_users(struct fixture *f, size_t count)
{
	struct user	*users = arena_alloc(f->arena,
	    count * sizeof(*users));
	size_t		 i;

	assert_non_null(users);
	for (i = 0; i < count; i++) {
		users[i] = new_user(f);
		users[i].legacy_token = i % 2 == 0 ? NULL : "a.b.c";
	}
	return users;
}

static void
assert_results(const struct store_result *results, size_t count,
    enum err err)
{
	size_t i;

	for (i = 0; i < count; i++)
		assert_int_equal(results[i].err, err);
}

static void
many_accounts_are_inserted_at_once(void **state)
{
	struct fixture		*f = *state;
	struct user		*users = new_users(f, MANY), found;
	struct store_result	 results[MANY];
	size_t			 i;

	memset(results, 0xa5, sizeof(results));
	assert_ok(store_user_insert_many(f->store, users, MANY, results));
	assert_results(results, MANY, OK);
	for (i = 0; i < MANY; i++) {
		found = stored_user(f, &users[i].id);
		assert_same_user(&users[i], &found);
	}
	assert_ok(store_user_insert_many(f->store, users, 0, NULL));
}

static void
what_is_inserted_again_is_told_by_its_id_and_stays(void **state)
{
	struct fixture		*f = *state;
	struct user		*users = new_users(f, MANY), found;
	struct user		 other = inserted_user(f), old = users[0];
	struct store_result	 results[MANY];
	size_t			 i;

	assert_ok(store_user_insert_many(f->store, users, 120, results));
	/* Its id is there, whatever else of it is somebody's. */
	users[0].username = other.username;
	users[1].full_name = "Another Name";
	assert_ok(store_user_insert_many(f->store, users, MANY, results));
	assert_results(results, 120, E_EXISTS);
	assert_results(results + 120, MANY - 120, OK);
	for (i = 0; i < 120; i++)
		assert_int_equal(results[i].taken, 0);
	found = stored_user(f, &users[0].id);
	assert_same_user(&old, &found);
	assert_string_equal(stored_user(f, &users[1].id).full_name,
	    "Some Body");
}

static void
of_many_only_those_whose_names_are_taken_fail(void **state)
{
	struct fixture		*f = *state;
	struct user		*users = new_users(f, 6), found;
	struct user		 other = inserted_user(f);
	struct store_result	 results[6];
	static const size_t	 good[] = { 0, 2, 5 };
	size_t			 i;

	users[1].username = other.username;
	users[3].email = other.email;
	users[4].username = users[2].username;
	assert_ok(store_user_insert_many(f->store, users, 6, results));
	assert_int_equal(results[1].err, E_EXISTS);
	assert_int_equal(results[1].taken, USER_USERNAME);
	assert_int_equal(results[3].err, E_EXISTS);
	assert_int_equal(results[3].taken, USER_EMAIL);
	assert_int_equal(results[4].err, E_EXISTS);
	assert_int_equal(results[4].taken, USER_USERNAME);
	for (i = 0; i < NELEMS(good); i++) {
		assert_ok(results[good[i]].err);
		found = stored_user(f, &users[good[i]].id);
		assert_same_user(&users[good[i]], &found);
	}
	assert_int_equal(store_user_by_id(f->store, f->arena, &users[4].id,
	    &found), E_NOT_FOUND);
}

static void
many_sessions_are_inserted_as_they_are(void **state)
{
	struct fixture		*f = *state;
	struct user		 user = inserted_user(f);
	struct session		 rows[MANY], found, moved;
	struct store_result	 results[MANY];
	size_t			 i;

	for (i = 0; i < MANY; i++) {
		rows[i] = new_session(&user);
		rows[i].counter = (int64_t)i;
	}
	assert_ok(store_session_insert_many(f->store, rows, 100, results));
	assert_results(results, 100, OK);
	moved = rows[0];
	moved.counter = 77;
	assert_ok(store_session_swap(f->store, 0, &moved));

	assert_ok(store_session_insert_many(f->store, rows, MANY, results));
	assert_results(results, 100, E_EXISTS);
	assert_results(results + 100, MANY - 100, OK);
	for (i = 1; i < MANY; i++) {
		found = stored_session(f, &rows[i].id);
		assert_same_session(&rows[i], &found);
	}
	found = stored_session(f, &rows[0].id);
	assert_same_session(&moved, &found);
}

static void
a_session_of_nobody_among_many_is_dead_and_no_error(void **state)
{
	struct fixture		*f = *state;
	struct user		 user = inserted_user(f), nobody = new_user(f);
	struct user		 found;
	struct session		 rows[2] = { new_session(&nobody),
	    new_session(&user) }, row;
	struct store_result	 results[2];

	assert_ok(store_session_insert_many(f->store, rows, 2, results));
	assert_results(results, 2, OK);
	assert_int_equal(store_profile(f->store, f->arena, &nobody.id,
	    &rows[0].id, &found, &row), E_NOT_FOUND);
	row = stored_session(f, &rows[1].id);
	assert_same_session(&rows[1], &row);
}

static void
everybodys_sessions_are_listed_in_the_order_of_their_ids(void **state)
{
	struct fixture	*f = *state;
	struct user	 user[2] = { inserted_user(f), inserted_user(f) };
	struct id	 start = new_id();
	struct session	 row[6], page[4];
	size_t		 count;
	int		 i;

	start.b[ID_SIZE - 1] = 0;
	for (i = 5; i >= 0; i--) {
		row[i] = new_session(&user[i % 2]);
		row[i].id = start;
		row[i].id.b[ID_SIZE - 1] = (unsigned char)(i * 40 + 1);
		if (i == 1)
			row[i].idle_at = T0 + 5;
		if (i == 2)
			row[i].expires_at = T0 + 5;
		assert_ok(store_session_insert(f->store, &row[i]));
	}
	assert_ok(store_session_end(f->store, &row[4].id, "end", T0));

	assert_ok(store_session_list_after(f->store, f->arena, &start,
	    T0 + 4, 2, page, &count));
	assert_int_equal(count, 2);
	assert_same_session(&row[0], &page[0]);
	assert_same_session(&row[1], &page[1]);
	assert_ok(store_session_list_after(f->store, f->arena, &start,
	    T0 + 5, 2, page, &count));
	assert_int_equal(count, 2);
	assert_same_session(&row[0], &page[0]);
	assert_same_session(&row[3], &page[1]);
	assert_ok(store_session_list_after(f->store, f->arena, &row[3].id,
	    T0 + 5, 1, page, &count));
	assert_int_equal(count, 1);
	assert_same_session(&row[5], &page[0]);
	assert_ok(store_session_list_after(f->store, f->arena, NULL, T0, 0,
	    page, &count));
	assert_int_equal(count, 0);
}

static void
accounts_and_sessions_are_counted(void **state)
{
	struct fixture	*f = *state;
	int64_t		 users, sessions, users_after, sessions_after;
	struct user	 user;

	assert_ok(store_count(f->store, &users, &sessions));
	user = inserted_user(f);
	(void)inserted_session(f, &user);
	(void)inserted_session(f, &user);
	assert_ok(store_count(f->store, &users_after, &sessions_after));
	assert_true(users_after == users + 1);
	assert_true(sessions_after == sessions + 2);
}

static void
no_verb_that_moves_begins_after_its_deadline(void **state)
{
	struct fixture		*f = *state;
	struct user		 user = new_user(f);
	struct session		 row = new_session(&user);
	struct store_result	 result = { .taken = 77 };
	int64_t			 users = 77, sessions = 77;
	size_t			 count = 77;

	assert_ok(store_begin(f->store, clock_monotonic()));
	assert_int_equal(store_user_insert_many(f->store, &user, 1, &result),
	    E_UNAVAILABLE);
	assert_int_equal(store_session_insert_many(f->store, &row, 1,
	    &result), E_UNAVAILABLE);
	assert_int_equal(store_session_list_after(f->store, f->arena, NULL,
	    T0, 1, &row, &count), E_UNAVAILABLE);
	assert_int_equal(store_count(f->store, &users, &sessions),
	    E_UNAVAILABLE);
	assert_said("out of time");
	assert_int_equal(result.taken, 77);
	assert_true(count == 77 && users == 77 && sessions == 77);
	assert_ok(store_begin(f->store, 0));
	assert_int_equal(store_user_by_id(f->store, f->arena, &user.id,
	    &user), E_NOT_FOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(many_accounts_are_inserted_at_once),
		TEST(what_is_inserted_again_is_told_by_its_id_and_stays),
		TEST(of_many_only_those_whose_names_are_taken_fail),
		TEST(many_sessions_are_inserted_as_they_are),
		TEST(a_session_of_nobody_among_many_is_dead_and_no_error),
		TEST(everybodys_sessions_are_listed_in_the_order_of_their_ids),
		TEST(accounts_and_sessions_are_counted),
		TEST(no_verb_that_moves_begins_after_its_deadline),
	};

	return cmocka_run_group_tests_name("store contract: moving", tests,
	    NULL, NULL);
}
