/* The token that an earlier system gave an account, in any engine. */
#include "race.h"

static const char token[] = "eyJhbGciOiJIUzI1NiJ9.e30.c2ln";

static struct user
with_token(struct fixture *f, const char *text)
{
	struct user user = new_user(f);

	user.legacy_token = text;
	insert_user(f, &user);
	return user;
}

/* As the list has it: nothing else hands the token out. */
static struct user
listed_user(struct fixture *f, const struct id *id)
{
	struct id	before = *id;
	struct user	user;
	size_t		i, count;

	for (i = ID_SIZE; before.b[--i]-- == 0;)
		assert_true(i > 0);
	assert_ok(store_user_list_after(f->store, f->arena, &before, 1,
	    &user, &count));
	assert_int_equal(count, 1);
	assert_memory_equal(&user.id, id, sizeof(*id));
	return user;
}

static void
assert_token(struct fixture *f, const struct id *id, const char *expected)
{
	assert_same_text(expected, listed_user(f, id).legacy_token);
}

static void
a_legacy_token_is_listed_as_it_was_written(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = with_token(f, token), found;

	found = listed_user(f, &user.id);
	assert_same_user(&user, &found);
	assert_token(f, &user.id, token);
	user = with_token(f, NULL);
	assert_token(f, &user.id, NULL);
	user = with_token(f, "");
	assert_token(f, &user.id, "");
}

static void
what_answers_requests_is_handed_no_legacy_token(void **state)
{
	struct fixture		*f = *state;
	struct user		 user = with_token(f, token), found;
	struct session		 session = inserted_session(f, &user), row;
	const struct login_names names = { .username = user.username };

	assert_null(stored_user(f, &user.id).legacy_token);
	assert_ok(store_user_by_login(f->store, f->arena, &names, &found));
	assert_null(found.legacy_token);
	assert_ok(store_profile(f->store, f->arena, &user.id, &session.id,
	    &found, &row));
	assert_null(found.legacy_token);
}

static void
a_legacy_token_is_taken_once_and_nothing_else_changes(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = with_token(f, token), found;

	assert_ok(store_user_take_legacy(f->store, &user.id, token, T0 + 9));
	user.updated_at = T0 + 9;
	found = listed_user(f, &user.id);
	assert_same_user(&user, &found);
	assert_null(found.legacy_token);
	assert_int_equal(store_user_take_legacy(f->store, &user.id, token,
	    T0 + 10), E_STALE);
	found = stored_user(f, &user.id);
	assert_same_user(&user, &found);
}

static void
another_token_than_the_accounts_is_stale(void **state)
{
	static const char *const others[] = { "", "eyJhbGciOiJIUzI1NiJ9",
	    "eyJhbGciOiJIUzI1NiJ9.e30.c2lnX", "EYJHBGCIOIJIUZI1NIJ9.E30.C2LN",
	    "\xff", "%", "$regex" };
	struct fixture	*f = *state;
	struct user	 user = with_token(f, token), other, found;
	struct id	 nobody = new_id();
	size_t		 i;

	for (i = 0; i < NELEMS(others); i++)
		assert_int_equal(store_user_take_legacy(f->store, &user.id,
		    others[i], T0 + 9), E_STALE);
	other = with_token(f, "another");
	assert_int_equal(store_user_take_legacy(f->store, &other.id, token,
	    T0 + 9), E_STALE);
	other = with_token(f, NULL);
	assert_int_equal(store_user_take_legacy(f->store, &other.id, "",
	    T0 + 9), E_STALE);
	assert_int_equal(store_user_take_legacy(f->store, &nobody, token,
	    T0 + 9), E_STALE);

	assert_token(f, &user.id, token);
	found = stored_user(f, &user.id);
	assert_same_user(&user, &found);
}

static void
a_raised_epoch_forgets_the_legacy_token_in_the_same_write(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = with_token(f, token);
	unsigned	 taken;

	assert_ok(store_user_update(f->store, &user, USER_AVATAR |
	    USER_PASSWORD | USER_DISABLED, NULL, false, &taken));
	assert_token(f, &user.id, token);
	assert_int_equal(store_user_update(f->store, &user,
	    USER_PASSWORD | USER_EPOCH,
	    &(struct user_expected){ .password = "not that hash" }, false,
	    &taken),
	    E_STALE);
	assert_token(f, &user.id, token);
	assert_ok(store_user_update(f->store, &user,
	    USER_DISABLED | USER_EPOCH, NULL, false, &taken));
	assert_token(f, &user.id, NULL);

	/* Where a name is taken away, too. */
	user = with_token(f, token);
	user.full_name = NULL;
	assert_ok(store_user_update(f->store, &user,
	    USER_FULL_NAME | USER_EPOCH, NULL, false, &taken));
	assert_token(f, &user.id, NULL);
	assert_null(stored_user(f, &user.id).full_name);
}

static void
legacy_tokens_are_dropped_of_one_or_of_everybody(void **state)
{
	struct fixture	*f = *state;
	struct user	 first = with_token(f, token);
	struct user	 second = with_token(f, token);
	struct user	 none = with_token(f, NULL), found;
	struct id	 nobody = new_id();
	int64_t		 count = 77;

	assert_ok(store_user_drop_legacy(f->store, &first.id, T0 + 5,
	    &count));
	assert_true(count == 1);
	assert_token(f, &first.id, NULL);
	assert_token(f, &second.id, token);
	first.updated_at = T0 + 5;
	found = stored_user(f, &first.id);
	assert_same_user(&first, &found);
	assert_ok(store_user_drop_legacy(f->store, &first.id, T0 + 6,
	    &count));
	assert_true(count == 0);
	assert_ok(store_user_drop_legacy(f->store, &nobody, T0 + 6, &count));
	assert_true(count == 0);

	assert_ok(store_user_drop_legacy(f->store, NULL, T0 + 7, &count));
	assert_true(count >= 1);
	assert_token(f, &second.id, NULL);
	found = stored_user(f, &none.id);
	assert_same_user(&none, &found);
	assert_ok(store_user_drop_legacy(f->store, NULL, T0 + 8, &count));
	assert_true(count == 0);
}

struct prize {
	pthread_barrier_t	*barrier;
	struct id		 id;
	_Atomic int		 won;
};

static void
take_it(struct fixture *f, int who, void *arg)
{
	struct prize	*prize = arg;
	enum err	 err;

	(void)pthread_barrier_wait(prize->barrier);
	err = store_user_take_legacy(f->store, &prize->id, token, T0 + who);
	must(err == OK || err == E_STALE);
	prize->won += err == OK;
}

static void
of_many_who_bring_a_legacy_token_one_gets_it(void **state)
{
	struct fixture	*f = *state;
	struct prize	*prize = shared(sizeof(*prize));
	int		 i;

	prize->barrier = new_barrier();
	for (i = 0; i < 8; i++) {
		prize->id = with_token(f, token).id;
		prize->won = 0;
		race(f, take_it, prize);
		assert_int_equal(prize->won, 1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_legacy_token_is_listed_as_it_was_written),
		TEST(what_answers_requests_is_handed_no_legacy_token),
		TEST(a_legacy_token_is_taken_once_and_nothing_else_changes),
		TEST(another_token_than_the_accounts_is_stale),
		TEST(a_raised_epoch_forgets_the_legacy_token_in_the_same_write),
		TEST(legacy_tokens_are_dropped_of_one_or_of_everybody),
		TEST(of_many_who_bring_a_legacy_token_one_gets_it),
	};

	return cmocka_run_group_tests_name("store contract: legacy tokens",
	    tests, NULL, NULL);
}
