/* Sessions and the profile, in any engine: see STORE in fixture.h. */
#include "fixture.h"

static void
a_session_comes_back_as_it_was_written(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f);
	struct session	 session[3], found;
	char		 agent[USER_AGENT_MAX + 1];
	size_t		 i;

	memset(agent, 'x', sizeof(agent) - 1);
	agent[sizeof(agent) - 1] = '\0';
	for (i = 0; i < NELEMS(session); i++)
		session[i] = new_session(&user);
	session[1].ended_at = T0 + 5;
	session[1].end_reason = "it's \"over\"";
	session[1].user_agent = agent;
	session[1].ip = "";
	session[2].epoch = session[2].counter = INT64_MAX;
	limits_of_time(f, &session[2].created_at, &session[2].expires_at);
	session[2].rotated_at = session[2].created_at;
	session[2].idle_at = session[2].expires_at;
	session[2].user_agent = "";
	session[2].ip = "2001:db8:ffff:ffff:ffff:ffff:255.255.255.255";
	memset(session[2].nonce, 0, sizeof(session[2].nonce));

	for (i = 0; i < NELEMS(session); i++) {
		assert_ok(store_session_insert(f->store, &session[i]));
		found = stored_session(f, &session[i].id);
		assert_same_session(&session[i], &found);
	}
}

static void
an_id_is_one_sessions(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f), other = inserted_user(f);
	struct session	 session = inserted_session(f, &user), again, found;

	again = new_session(&other);
	again.id = session.id;
	assert_int_equal(store_session_insert(f->store, &again), E_EXISTS);
	found = stored_session(f, &session.id);
	assert_same_session(&session, &found);
}

static void
a_session_of_a_removed_account_is_born_dead(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f), found;
	struct session	 session = new_session(&user), row;

	assert_ok(store_user_remove(f->store, &user.id));
	assert_ok(store_session_insert(f->store, &session));
	assert_int_equal(store_profile(f->store, f->arena, &user.id,
	    &session.id, &found, &row), E_NOT_FOUND);
}

static void
the_profile_is_the_account_with_its_session(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = new_user(f), found;
	struct session	 session, row;
	const struct id	 history[] = { new_id() };

	user.watch_history = history;
	user.watch_count = 1;
	insert_user(f, &user);
	(void)inserted_session(f, &user);
	session = inserted_session(f, &user);
	assert_ok(store_profile(f->store, f->arena, &user.id, &session.id,
	    &found, &row));
	assert_same_user(&user, &found);
	assert_same_session(&session, &row);
}

static void
who_is_alive_is_not_for_the_store_to_say(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = new_user(f), found;
	struct session	 session, row;

	user.disabled = true;
	user.epoch = 3;
	insert_user(f, &user);
	session = new_session(&user);
	session.epoch = 2;
	session.idle_at = session.expires_at = T0 + 1;
	session.ended_at = T0 + 2;
	session.end_reason = "test";
	assert_ok(store_session_insert(f->store, &session));
	assert_ok(store_profile(f->store, f->arena, &user.id, &session.id,
	    &found, &row));
	assert_same_user(&user, &found);
	assert_same_session(&session, &row);
}

static void
what_does_not_belong_together_is_not_found(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f), other = inserted_user(f);
	struct session	 session = inserted_session(f, &user), row, was;
	struct user	 found, before;
	struct id	 nobody = new_id();
	const struct id	*const pairs[][2] = {
		{ &other.id, &session.id }, { &user.id, &nobody },
		{ &nobody, &session.id }, { &session.id, &user.id },
		{ &user.id, &user.id }, { &session.id, &session.id },
	};
	size_t		 i;

	memset(&found, 0xa5, sizeof(found));
	memset(&row, 0xa5, sizeof(row));
	before = found;
	was = row;
	for (i = 0; i < NELEMS(pairs); i++)
		assert_int_equal(store_profile(f->store, f->arena,
		    pairs[i][0], pairs[i][1], &found, &row), E_NOT_FOUND);
	assert_int_equal(store_session_find(f->store, f->arena, &nobody,
	    &row), E_NOT_FOUND);
	assert_memory_equal(&found, &before, sizeof(found));
	assert_memory_equal(&row, &was, sizeof(row));
}

static void
a_swap_writes_counter_and_two_times(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f), other = inserted_user(f);
	struct session	 session = inserted_session(f, &user), next, found;

	next = new_session(&other);
	next.id = session.id;
	next.counter = 7;
	next.rotated_at = T0 + 1000;
	next.idle_at = T0 + DAYS(11);
	next.expires_at = next.created_at = 1;
	next.nonce[0] = 99;
	next.ended_at = 4;
	next.end_reason = next.user_agent = next.ip = "no";
	assert_ok(store_session_swap(f->store, 1, &next));

	session.counter = next.counter;
	session.rotated_at = next.rotated_at;
	session.idle_at = next.idle_at;
	found = stored_session(f, &session.id);
	assert_same_session(&session, &found);
}

static void
a_swap_from_another_counter_changes_nothing(void **state)
{
	static const int64_t counters[] = { 0, 2, -1, INT64_MAX, INT64_MIN };
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f);
	struct session	 session = inserted_session(f, &user), next, found;
	size_t		 i;

	next = session;
	next.counter = 3;
	next.rotated_at = next.idle_at = 9;
	for (i = 0; i < NELEMS(counters); i++)
		assert_int_equal(store_session_swap(f->store, counters[i],
		    &next), E_STALE);
	found = stored_session(f, &session.id);
	assert_same_session(&session, &found);

	next.id = new_id();
	assert_int_equal(store_session_swap(f->store, 1, &next), E_STALE);
}

static void
a_session_is_kept_from_its_epoch_to_the_next_only(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f);
	struct session	 session = inserted_session(f, &user), found;
	struct session	 other = inserted_session(f, &user);
	struct id	 nobody = new_id();

	assert_int_equal(store_session_keep(f->store, &session.id,
	    session.epoch + 1), E_STALE);
	assert_ok(store_session_keep(f->store, &session.id, session.epoch));
	assert_int_equal(store_session_keep(f->store, &session.id,
	    session.epoch), E_STALE);
	session.epoch++;
	found = stored_session(f, &session.id);
	assert_same_session(&session, &found);
	found = stored_session(f, &other.id);
	assert_same_session(&other, &found);

	assert_ok(store_session_end(f->store, &other.id, "logout", T0));
	assert_int_equal(store_session_keep(f->store, &other.id,
	    other.epoch), E_STALE);
	assert_int_equal(store_session_keep(f->store, &nobody, 0), E_STALE);
}

static void
an_ended_session_is_not_swapped_and_ends_once(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f);
	struct session	 session = inserted_session(f, &user), next, found;
	struct id	 nobody = new_id();

	assert_ok(store_session_end(f->store, &session.id, "logout", T0 + 3));
	assert_ok(store_session_end(f->store, &session.id, "reuse", T0 + 4));
	next = session;
	next.counter = 2;
	assert_int_equal(store_session_swap(f->store, 1, &next), E_STALE);

	session.ended_at = T0 + 3;
	session.end_reason = "logout";
	found = stored_session(f, &session.id);
	assert_same_session(&session, &found);
	assert_int_equal(store_session_end(f->store, &nobody, "x", T0),
	    E_NOT_FOUND);
}

static void
all_sessions_of_one_account_end_but_one(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f), other = inserted_user(f);
	struct session	 session[5], foreign = inserted_session(f, &other);
	int64_t		 count = 77;
	size_t		 i;

	for (i = 0; i < NELEMS(session); i++)
		session[i] = inserted_session(f, &user);
	assert_ok(store_session_end(f->store, &session[4].id, "x", T0 + 1));

	assert_ok(store_session_end_all(f->store, &user.id, &session[2].id,
	    "all", T0 + 2, &count));
	assert_int_equal(count, 3);
	assert_int_equal(stored_session(f, &session[0].id).ended_at, T0 + 2);
	assert_string_equal(stored_session(f, &session[3].id).end_reason,
	    "all");
	assert_int_equal(stored_session(f, &session[2].id).ended_at, 0);
	assert_int_equal(stored_session(f, &session[4].id).ended_at, T0 + 1);
	assert_int_equal(stored_session(f, &foreign.id).ended_at, 0);

	assert_ok(store_session_end_all(f->store, &user.id, NULL, "all",
	    T0 + 3, &count));
	assert_int_equal(count, 1);
	assert_ok(store_session_end_all(f->store, &user.id, NULL, "all",
	    T0 + 4, &count));
	assert_int_equal(count, 0);
}

static void
all_sessions_of_everybody_end_but_one(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f), other = inserted_user(f);
	struct session	 a = inserted_session(f, &user);
	struct session	 b = inserted_session(f, &other);
	struct session	 c = inserted_session(f, &other);
	int64_t		 count = 0;

	assert_ok(store_session_end_all(f->store, NULL, &c.id, "all", T0,
	    &count));
	assert_true(count >= 2);
	assert_int_equal(stored_session(f, &a.id).ended_at, T0);
	assert_int_equal(stored_session(f, &b.id).ended_at, T0);
	assert_int_equal(stored_session(f, &c.id).ended_at, 0);
	assert_ok(store_session_end_all(f->store, NULL, NULL, "all", T0,
	    &count));
	assert_true(count >= 1);
	assert_int_equal(stored_session(f, &c.id).ended_at, T0);
}

static void
the_newest_sessions_are_listed_first(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f), other = inserted_user(f);
	struct session	 session[4], list[5];
	size_t		 i, count = 77;

	(void)inserted_session(f, &other);
	for (i = 0; i < NELEMS(session); i++) {
		session[i] = new_session(&user);
		session[i].id = session[0].id;
		session[i].id.b[ID_SIZE - 1] = (unsigned char)(3 - i);
		session[i].created_at = T0 + (i < 2 ? 10 : 5);
		assert_ok(store_session_insert(f->store, &session[i]));
	}
	assert_ok(store_session_list(f->store, f->arena, &user.id, T0, 5,
	    list, &count));
	assert_int_equal(count, 4);
	for (i = 0; i < count; i++)
		assert_same_session(&session[i], &list[i]);
	assert_ok(store_session_list(f->store, f->arena, &user.id, T0, 2,
	    list, &count));
	assert_int_equal(count, 2);
	assert_same_session(&session[1], &list[1]);
	assert_ok(store_session_list(f->store, f->arena, &user.id, T0, 0,
	    list, &count));
	assert_int_equal(count, 0);
}

static void
a_session_that_ended_or_expired_is_not_listed(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f);
	struct session	 session[4], list[5];
	size_t		 i, count;

	for (i = 0; i < NELEMS(session); i++) {
		session[i] = new_session(&user);
		session[i].idle_at = T0 + (i == 1 ? 100 : 101);
		session[i].expires_at = T0 + (i == 2 ? 100 : 101);
		assert_ok(store_session_insert(f->store, &session[i]));
	}
	assert_ok(store_session_end(f->store, &session[3].id, "x", T0));
	assert_ok(store_session_list(f->store, f->arena, &user.id, T0 + 99,
	    5, list, &count));
	assert_int_equal(count, 3);
	assert_ok(store_session_list(f->store, f->arena, &user.id, T0 + 100,
	    5, list, &count));
	assert_int_equal(count, 1);
	assert_same_session(&session[0], &list[0]);
	assert_ok(store_session_list(f->store, f->arena, &user.id, T0 + 101,
	    5, list, &count));
	assert_int_equal(count, 0);
}

static void
a_purge_leaves_what_is_not_over(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f);
	struct session	 alive = inserted_session(f, &user), ended, found;

	ended = inserted_session(f, &user);
	assert_ok(store_session_end(f->store, &ended.id, "x", T0));
	assert_ok(store_session_purge(f->store, T0));
	found = stored_session(f, &alive.id);
	assert_same_session(&alive, &found);
	(void)stored_session(f, &ended.id);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_session_comes_back_as_it_was_written),
		TEST(an_id_is_one_sessions),
		TEST(a_session_of_a_removed_account_is_born_dead),
		TEST(the_profile_is_the_account_with_its_session),
		TEST(who_is_alive_is_not_for_the_store_to_say),
		TEST(what_does_not_belong_together_is_not_found),
		TEST(a_swap_writes_counter_and_two_times),
		TEST(a_swap_from_another_counter_changes_nothing),
		TEST(a_session_is_kept_from_its_epoch_to_the_next_only),
		TEST(an_ended_session_is_not_swapped_and_ends_once),
		TEST(all_sessions_of_one_account_end_but_one),
		TEST(all_sessions_of_everybody_end_but_one),
		TEST(the_newest_sessions_are_listed_first),
		TEST(a_session_that_ended_or_expired_is_not_listed),
		TEST(a_purge_leaves_what_is_not_over),
	};

	return cmocka_run_group_tests_name("store contract: sessions", tests,
	    NULL, NULL);
}
