/* Eight processes at once, in any engine: see STORE in fixture.h. */
#include "race.h"

enum { ROUNDS = 200, ENDINGS = 60, ATTEMPTS = 25, BURST = 77 };

struct arrangement {
	pthread_barrier_t	*barrier;
	struct user		 user;
	struct id		 id[ROUNDS];
	_Atomic int		 won[ROUNDS];
	_Atomic bool		 has_ended[ROUNDS];
	_Atomic int64_t		 count;
	unsigned char		 key[THROTTLE_KEY_SIZE];
};

static struct arrangement *
arrange(struct fixture *f)
{
	struct arrangement	*a = shared(sizeof(*a));
	int			 i;

	a->barrier = new_barrier();
	a->user = inserted_user(f);
	for (i = 0; i < ROUNDS; i++)
		a->id[i] = new_id();
	memcpy(a->key, a->id[0].b, ID_SIZE);
	return a;
}

static void
assert_one_winner_each(const struct arrangement *a, int rounds)
{
	int i;

	for (i = 0; i < rounds; i++)
		assert_int_equal(a->won[i], 1);
}

static void
meet(struct arrangement *a)
{
	(void)pthread_barrier_wait(a->barrier);
}

/* Every other round is about the username, the others about the address. */
static void
insert_the_same_name(struct fixture *f, int _ UNUSED, void *arg)
{
	struct arrangement	*a = arg;
	struct user		 user;
	char			 name[64], hex[ID_HEX_SIZE];
	unsigned		 taken, expected;
	enum err		 err;
	int			 i;

	for (i = 0; i < ENDINGS; i++) {
		user = new_user(f);
		id_hex(&a->id[i], hex);
		(void)snprintf(name, sizeof(name), "race-%s", hex);
		expected = i % 2 == 0 ? USER_USERNAME : USER_EMAIL;
		if (expected == USER_USERNAME)
			user.username = name;
		else
			user.email = name;
		taken = 0;
		meet(a);
		err = store_user_insert(f->store, &user, &taken);
		must(err == OK || (err == E_EXISTS && taken == expected));
		a->won[i] += err == OK;
	}
}

static void
a_name_has_one_winner(void **state)
{
	struct fixture		*f = *state;
	struct arrangement	*a = arrange(f);

	race(f, insert_the_same_name, a);
	assert_one_winner_each(a, ENDINGS);
}

static void
swap_the_same_session(struct fixture *f, int who, void *arg)
{
	struct arrangement	*a = arg;
	struct session		 next = { .id = a->id[0], .idle_at = T0 };
	enum err		 err;
	int			 i;

	for (i = 0; i < ROUNDS; i++) {
		next.counter = i + 1;
		next.rotated_at = who;
		meet(a);
		err = store_session_swap(f->store, i, &next);
		must(err == OK || err == E_STALE);
		a->won[i] += err == OK;
	}
}

static void
a_swap_has_one_winner(void **state)
{
	struct fixture		*f = *state;
	struct arrangement	*a = arrange(f);
	struct session		 session = new_session(&a->user);

	session.id = a->id[0];
	session.counter = 0;
	assert_ok(store_session_insert(f->store, &session));
	race(f, swap_the_same_session, a);
	assert_one_winner_each(a, ROUNDS);
	assert_int_equal(stored_session(f, &session.id).counter, ROUNDS);
}

/* What had ended when we began must not be swapped by us any more. */
static void
keep_swapping(struct fixture *f, struct arrangement *a, int i)
{
	struct session	row;
	bool		had_ended;
	enum err	err;

	do {
		had_ended = a->has_ended[i];
		must(store_session_find(f->store, f->arena, &a->id[i],
		    &row) == OK);
		row.counter++;
		err = store_session_swap(f->store, row.counter - 1, &row);
		must(err == E_STALE || (err == OK && !had_ended));
		arena_wipe(f->arena);
	} while (!had_ended);
}

static void
swap_or_end(struct fixture *f, int who, void *arg)
{
	struct arrangement	*a = arg;
	int			 i;

	for (i = 0; i < ENDINGS; i++) {
		meet(a);
		if (who != i % RACERS) {
			keep_swapping(f, a, i);
			continue;
		}
		usleep((useconds_t)i * 50);
		must(store_session_end(f->store, &a->id[i], "end",
		    T0) == OK);
		a->has_ended[i] = true;
	}
}

static void
a_session_once_ended_never_comes_back(void **state)
{
	struct fixture		*f = *state;
	struct arrangement	*a = arrange(f);
	struct session		 session = new_session(&a->user);
	int			 i;

	for (i = 0; i < ENDINGS; i++) {
		session.id = a->id[i];
		assert_ok(store_session_insert(f->store, &session));
	}
	race(f, swap_or_end, a);
	for (i = 0; i < ENDINGS; i++)
		assert_int_equal(stored_session(f, &a->id[i]).ended_at, T0);
}

static void
end_all_of_them(struct fixture *f, int who, void *arg)
{
	struct arrangement	*a = arg;
	int64_t			 count;

	meet(a);
	must(store_session_end_all(f->store, &a->user.id, NULL, "all",
	    T0 + who, &count) == OK);
	a->count += count;
}

static void
a_session_is_ended_by_one_of_them(void **state)
{
	struct fixture		*f = *state;
	struct arrangement	*a = arrange(f);
	int			 i;

	for (i = 0; i < 20; i++)
		(void)inserted_session(f, &a->user);
	race(f, end_all_of_them, a);
	assert_int_equal(a->count, 20);
}

static void
take_what_there_is(struct fixture *f, int _ UNUSED, void *arg)
{
	const struct throttle_rule	 rule = { .burst = BURST,
	    .interval = 1000 };
	struct arrangement		*a = arg;
	int64_t				 wait;
	enum err			 err;
	int				 i;

	meet(a);
	for (i = 0; i < ATTEMPTS; i++) {
		err = store_throttle_take(f->store, a->key, &rule, T0,
		    &wait);
		must(err == OK || (err == E_STALE && wait == 1000));
		a->count += err == OK;
	}
}

static void
attempts_are_counted_exactly(void **state)
{
	struct fixture		*f = *state;
	struct arrangement	*a = arrange(f);

	race(f, take_what_there_is, a);
	assert_int_equal(a->count, BURST);
}

static void
take_and_give_back(struct fixture *f, int _ UNUSED, void *arg)
{
	const struct throttle_rule	 rule = { .burst = 1000,
	    .interval = 1000, .lock_after = 1000, .lock_for = 1 };
	struct arrangement		*a = arg;
	int64_t				 wait;
	int				 i;

	meet(a);
	for (i = 0; i < 2 * ATTEMPTS; i++) {
		must(store_throttle_take(f->store, a->key, &rule, T0,
		    &wait) == OK);
		if (i % 2 == 0)
			must(store_throttle_give_back(f->store, a->key,
			    &rule) == OK);
	}
}

/* Then 8 times ATTEMPTS of 1000 are taken, and nothing else is lost. */
static void
what_is_given_back_is_counted_exactly(void **state)
{
	const struct throttle_rule	 rule = { .burst = 1000,
	    .interval = 1000 };
	struct fixture			*f = *state;
	struct arrangement		*a = arrange(f);
	int64_t				 wait;
	int				 left = 0;

	race(f, take_and_give_back, a);
	while (store_throttle_take(f->store, a->key, &rule, T0, &wait) == OK)
		left++;
	assert_int_equal(left, 1000 - RACERS * ATTEMPTS);
}

static void
rehash(struct fixture *f, int who, void *arg)
{
	struct arrangement	*a = arg;
	struct user		 user = a->user;
	char			 before[32], after[32];
	unsigned		 taken;
	enum err		 err;
	int			 i;

	for (i = 0; i < ENDINGS; i++) {
		(void)snprintf(before, sizeof(before), "hash %d", i);
		(void)snprintf(after, sizeof(after), "hash %d", i + 1);
		user.password = after;
		user.updated_at = T0 + who;
		meet(a);
		err = store_user_update(f->store, &user,
		    USER_PASSWORD | USER_EPOCH,
		    &(struct user_expected){ .password = before }, false,
		    &taken);
		must(err == OK || err == E_STALE);
		a->won[i] += err == OK;
	}
}

static void
a_rehash_has_one_winner_and_raises_the_epoch_once(void **state)
{
	struct fixture		*f = *state;
	struct arrangement	*a = arrange(f);
	struct user		 user = new_user(f);

	user.password = "hash 0";
	insert_user(f, &user);
	a->user.id = user.id;
	race(f, rehash, a);
	assert_one_winner_each(a, ENDINGS);
	assert_int_equal(stored_user(f, &user.id).epoch, ENDINGS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_name_has_one_winner),
		TEST(a_swap_has_one_winner),
		TEST(a_session_once_ended_never_comes_back),
		TEST(a_session_is_ended_by_one_of_them),
		TEST(attempts_are_counted_exactly),
		TEST(what_is_given_back_is_counted_exactly),
		TEST(a_rehash_has_one_winner_and_raises_the_epoch_once),
	};

	return cmocka_run_group_tests_name("store contract: races", tests,
	    NULL, NULL);
}
