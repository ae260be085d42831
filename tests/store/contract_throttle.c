/* Throttling at moved times, in any engine: see STORE in fixture.h. */
#include "fixture.h"

static const struct throttle_rule bucket = { .burst = 3, .interval = 1000 };

static const struct throttle_rule closing = { .free = 3, .delay = 1000,
    .delay_max = 5000 };

static const struct throttle_rule locking = { .lock_after = 3,
    .lock_for = HOURS(24) };

/* A key that nobody has used. */
static void
new_key(unsigned char key[THROTTLE_KEY_SIZE])
{
	struct id id = new_id();

	memset(key, 0, THROTTLE_KEY_SIZE);
	memcpy(key, id.b, sizeof(id.b));
}

static void
assert_goes(struct fixture *f, const unsigned char *key,
    const struct throttle_rule *rule, int64_t now)
{
	int64_t wait = -77;

	assert_ok(store_throttle_take(f->store, key, rule, now, &wait));
	assert_int_equal(wait, -77);
}

static void
assert_waits(struct fixture *f, const unsigned char *key,
    const struct throttle_rule *rule, int64_t now, int64_t expected)
{
	int64_t wait = -77;

	assert_int_equal(store_throttle_take(f->store, key, rule, now,
	    &wait), E_STALE);
	assert_true(wait == expected);
}

static void
a_bucket_lets_a_burst_through_and_then_one_every_interval(void **state)
{
	struct fixture	*f = *state;
	unsigned char	 key[THROTTLE_KEY_SIZE];
	int		 i;

	new_key(key);
	for (i = 0; i < 3; i++)
		assert_goes(f, key, &bucket, T0);
	assert_waits(f, key, &bucket, T0, 1000);
	assert_waits(f, key, &bucket, T0 + 999, 1);
	assert_goes(f, key, &bucket, T0 + 1000);
	assert_waits(f, key, &bucket, T0 + 1000, 1000);
	assert_waits(f, key, &bucket, T0 + 1500, 500);
	assert_goes(f, key, &bucket, T0 + 3000);
	assert_goes(f, key, &bucket, T0 + 3000);
	assert_waits(f, key, &bucket, T0 + 3000, 1000);
}

static void
a_bucket_never_holds_more_than_its_burst(void **state)
{
	struct fixture	*f = *state;
	unsigned char	 key[THROTTLE_KEY_SIZE];
	int		 round, i;

	new_key(key);
	for (round = 0; round < 3; round++) {
		for (i = 0; i < 3; i++)
			assert_goes(f, key, &bucket, T0 + round * DAYS(1));
		assert_waits(f, key, &bucket, T0 + round * DAYS(1), 1000);
	}
}

static void
the_last_free_failure_closes_and_each_more_twice_as_long(void **state)
{
	struct fixture	*f = *state;
	unsigned char	 key[THROTTLE_KEY_SIZE];

	new_key(key);
	assert_goes(f, key, &closing, T0);
	assert_goes(f, key, &closing, T0);
	assert_goes(f, key, &closing, T0);
	assert_waits(f, key, &closing, T0, 1000);
	assert_waits(f, key, &closing, T0 + 999, 1);
	assert_goes(f, key, &closing, T0 + 1000);
	assert_waits(f, key, &closing, T0 + 1000, 2000);
	assert_goes(f, key, &closing, T0 + 3000);
	assert_waits(f, key, &closing, T0 + 3000, 4000);
	assert_goes(f, key, &closing, T0 + 7000);
	assert_waits(f, key, &closing, T0 + 7000, 5000);
	assert_goes(f, key, &closing, T0 + HOURS(1));
	assert_waits(f, key, &closing, T0 + HOURS(1), 5000);
}

static void
many_failures_close_for_the_longest_time_and_no_longer(void **state)
{
	struct fixture	*f = *state;
	unsigned char	 key[THROTTLE_KEY_SIZE];
	int64_t		 now = T0;
	int		 i;

	new_key(key);
	for (i = 0; i < 150; i++) {
		assert_goes(f, key, &closing, now);
		now += 5000;
	}
	assert_waits(f, key, &closing, now - 1, 1);
}

static void
from_so_many_failures_on_a_key_is_locked(void **state)
{
	struct fixture		*f = *state;
	unsigned char		 key[THROTTLE_KEY_SIZE];
	struct throttle_rule	 both = closing;

	new_key(key);
	assert_goes(f, key, &locking, T0);
	assert_goes(f, key, &locking, T0);
	assert_goes(f, key, &locking, T0);
	assert_waits(f, key, &locking, T0, HOURS(24));
	assert_waits(f, key, &locking, T0 + HOURS(24) - 1, 1);
	assert_goes(f, key, &locking, T0 + HOURS(24));
	assert_waits(f, key, &locking, T0 + HOURS(24), HOURS(24));

	/* With a delay as well the longer one counts. */
	new_key(key);
	both.lock_after = 4;
	both.lock_for = 1500;
	assert_goes(f, key, &both, T0);
	assert_goes(f, key, &both, T0);
	assert_goes(f, key, &both, T0);
	assert_waits(f, key, &both, T0, 1000);
	assert_goes(f, key, &both, T0 + 1000);
	assert_waits(f, key, &both, T0 + 1000, 2000);
	both.lock_for = 9000;
	assert_goes(f, key, &both, T0 + 3000);
	assert_waits(f, key, &both, T0 + 3000, 9000);
}

static void
a_rule_of_zeros_lets_everything_through(void **state)
{
	static const struct throttle_rule none = { .interval = 1000,
	    .delay_max = 1000, .lock_for = 1000 };
	struct fixture	*f = *state;
	unsigned char	 key[THROTTLE_KEY_SIZE];
	int		 i;

	new_key(key);
	for (i = 0; i < 20; i++)
		assert_goes(f, key, &none, T0);
}

static void
bucket_and_failures_both_have_to_agree(void **state)
{
	struct fixture		*f = *state;
	unsigned char		 key[THROTTLE_KEY_SIZE];
	struct throttle_rule	 rule = closing;

	rule.burst = 3;
	rule.interval = 2500;
	new_key(key);
	assert_goes(f, key, &rule, T0);
	assert_goes(f, key, &rule, T0);
	assert_goes(f, key, &rule, T0);
	assert_waits(f, key, &rule, T0, 2500);
	assert_goes(f, key, &rule, T0 + 2500);
	assert_waits(f, key, &rule, T0 + 2500, 2500);
	assert_goes(f, key, &rule, T0 + 5000);
	assert_waits(f, key, &rule, T0 + 5000, 4000);
}

static void
an_attempt_that_was_none_gives_everything_back(void **state)
{
	struct fixture	*f = *state;
	unsigned char	 key[THROTTLE_KEY_SIZE];
	int		 i;

	new_key(key);
	for (i = 0; i < 20; i++) {
		assert_goes(f, key, &bucket, T0);
		assert_ok(store_throttle_give_back(f->store, key, &bucket));
	}
	for (i = 0; i < 3; i++)
		assert_goes(f, key, &bucket, T0);
	assert_waits(f, key, &bucket, T0, 1000);

	/* One failure remains of these, and then two more lock. */
	new_key(key);
	assert_goes(f, key, &locking, T0);
	for (i = 0; i < 20; i++) {
		assert_goes(f, key, &locking, T0);
		assert_ok(store_throttle_give_back(f->store, key, &locking));
	}
	assert_goes(f, key, &locking, T0);
	assert_goes(f, key, &locking, T0);
	assert_waits(f, key, &locking, T0, HOURS(24));
	assert_ok(store_throttle_give_back(f->store, key, &locking));
	assert_goes(f, key, &locking, T0);
}

static void
nobody_gives_back_more_than_there_was(void **state)
{
	struct fixture	*f = *state;
	unsigned char	 key[THROTTLE_KEY_SIZE];
	int		 i;

	new_key(key);
	assert_ok(store_throttle_give_back(f->store, key, &bucket));
	assert_ok(store_throttle_give_back(f->store, key, &locking));
	assert_goes(f, key, &bucket, T0);
	for (i = 0; i < 9; i++)
		assert_ok(store_throttle_give_back(f->store, key, &bucket));
	for (i = 0; i < 3; i++)
		assert_goes(f, key, &bucket, T0);
	assert_waits(f, key, &bucket, T0, 1000);

	new_key(key);
	assert_goes(f, key, &locking, T0);
	for (i = 0; i < 9; i++)
		assert_ok(store_throttle_give_back(f->store, key, &locking));
	for (i = 0; i < 3; i++)
		assert_goes(f, key, &locking, T0);
	assert_waits(f, key, &locking, T0, HOURS(24));
}

static void
forgiving_forgets_the_failures_and_not_the_bucket(void **state)
{
	struct fixture		*f = *state;
	unsigned char		 key[THROTTLE_KEY_SIZE];
	struct throttle_rule	 rule = locking;

	new_key(key);
	assert_ok(store_throttle_forgive(f->store, key));
	rule.burst = 4;
	rule.interval = 1000;
	assert_goes(f, key, &rule, T0);
	assert_goes(f, key, &rule, T0);
	assert_goes(f, key, &rule, T0);
	assert_waits(f, key, &rule, T0, HOURS(24));
	assert_ok(store_throttle_forgive(f->store, key));
	assert_goes(f, key, &rule, T0);
	assert_waits(f, key, &rule, T0, 1000);
	assert_goes(f, key, &rule, T0 + 1000);
	assert_goes(f, key, &rule, T0 + 2000);
	assert_waits(f, key, &rule, T0 + 2000, HOURS(24));
}

static void
a_refused_attempt_costs_nothing(void **state)
{
	struct fixture	*f = *state;
	unsigned char	 key[THROTTLE_KEY_SIZE];
	int		 i;

	new_key(key);
	for (i = 0; i < 3; i++)
		assert_goes(f, key, &closing, T0);
	for (i = 0; i < 50; i++)
		assert_waits(f, key, &closing, T0 + i, 1000 - i);
	assert_goes(f, key, &closing, T0 + 1000);
	assert_waits(f, key, &closing, T0 + 1000, 2000);
}

static void
thirty_days_after_the_last_failure_a_key_is_forgotten(void **state)
{
	struct fixture	*f = *state;
	unsigned char	 key[THROTTLE_KEY_SIZE];
	int		 i;

	new_key(key);
	for (i = 0; i < 3; i++)
		assert_goes(f, key, &closing, T0);
	assert_goes(f, key, &closing, T0 + DAYS(30) - 1);
	assert_waits(f, key, &closing, T0 + DAYS(30) - 1, 2000);
	assert_goes(f, key, &closing, T0 + DAYS(60) - 2);
	assert_waits(f, key, &closing, T0 + DAYS(60) - 2, 4000);

	for (i = 0; i < 3; i++)
		assert_goes(f, key, &closing, T0 + DAYS(90) - 2);
	assert_waits(f, key, &closing, T0 + DAYS(90) - 2, 1000);
}

static void
a_forgotten_key_is_open_whatever_it_was(void **state)
{
	static const struct throttle_rule long_rule = { .burst = 1,
	    .interval = DAYS(70), .lock_after = 1, .lock_for = DAYS(60) };
	struct fixture	*f = *state;
	unsigned char	 key[THROTTLE_KEY_SIZE];

	new_key(key);
	assert_goes(f, key, &long_rule, T0);
	assert_waits(f, key, &long_rule, T0 + DAYS(30) - 1, DAYS(40) + 1);
	assert_goes(f, key, &long_rule, T0 + DAYS(30));
	assert_waits(f, key, &long_rule, T0 + DAYS(30), DAYS(70));
}

static void
a_clock_that_was_set_back_waits_and_recovers(void **state)
{
	struct fixture	*f = *state;
	unsigned char	 key[THROTTLE_KEY_SIZE];
	int		 i;

	new_key(key);
	for (i = 0; i < 3; i++)
		assert_goes(f, key, &bucket, T0);
	assert_waits(f, key, &bucket, T0 - 5000, 6000);
	assert_goes(f, key, &bucket, T0 + 1000);
}

/* Else a key that was used in a wrong year is closed until that year. */
static void
a_key_of_a_clock_that_was_days_ahead_is_as_good_as_new(void **state)
{
	static const struct throttle_rule *const rules[] = { &bucket,
	    &closing, &locking };
	struct fixture		*f = *state;
	struct throttle_state	 stands;
	unsigned char		 key[THROTTLE_KEY_SIZE];
	size_t			 rule;
	int			 i;

	for (rule = 0; rule < NELEMS(rules); rule++) {
		new_key(key);
		for (i = 0; i < 3; i++)
			assert_goes(f, key, rules[rule], T0 + DAYS(1));
		assert_ok(store_throttle_find(f->store, key, T0, &stands));
		assert_int_equal(stands.failures, 3);
		assert_waits(f, key, rules[rule], T0, DAYS(1) +
		    (rule == 2 ? HOURS(24) : 1000));
		assert_ok(store_throttle_find(f->store, key, T0 - 1,
		    &stands));
		assert_true(stands.failures == 0 && stands.until == 0);
		for (i = 0; i < 3; i++)
			assert_goes(f, key, rules[rule], T0 - 1);
		assert_waits(f, key, rules[rule], T0 - 1,
		    rule == 2 ? HOURS(24) : 1000);
	}
}

static void
one_key_is_not_another(void **state)
{
	struct fixture	*f = *state;
	unsigned char	 key[THROTTLE_KEY_SIZE], other[THROTTLE_KEY_SIZE];
	int		 i;

	new_key(key);
	memcpy(other, key, sizeof(other));
	other[THROTTLE_KEY_SIZE - 1] ^= 1;
	for (i = 0; i < 3; i++)
		assert_goes(f, key, &bucket, T0);
	assert_waits(f, key, &bucket, T0, 1000);
	assert_goes(f, other, &bucket, T0);
	assert_ok(store_throttle_forgive(f->store, other));
	assert_ok(store_throttle_give_back(f->store, other, &bucket));
	assert_waits(f, key, &bucket, T0, 1000);
}

static void
a_key_says_how_it_stands(void **state)
{
	struct fixture		*f = *state;
	struct throttle_state	 stands = { -1, -1 };
	unsigned char		 key[THROTTLE_KEY_SIZE];
	int			 i;

	new_key(key);
	assert_ok(store_throttle_find(f->store, key, T0, &stands));
	assert_true(stands.failures == 0 && stands.until == 0);
	for (i = 0; i < 3; i++)
		assert_goes(f, key, &closing, T0);
	assert_ok(store_throttle_find(f->store, key, T0 + 999, &stands));
	assert_true(stands.failures == 3 && stands.until == T0 + 1000);
	assert_ok(store_throttle_find(f->store, key, T0 + 1000, &stands));
	assert_true(stands.failures == 3 && stands.until == 0);
	assert_ok(store_throttle_find(f->store, key, T0 + DAYS(30),
	    &stands));
	assert_true(stands.failures == 0 && stands.until == 0);
	/* Counted by a clock that was days ahead, it means nothing. */
	assert_ok(store_throttle_find(f->store, key, T0 - DAYS(2),
	    &stands));
	assert_true(stands.failures == 0 && stands.until == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_bucket_lets_a_burst_through_and_then_one_every_interval),
		TEST(a_bucket_never_holds_more_than_its_burst),
		TEST(the_last_free_failure_closes_and_each_more_twice_as_long),
		TEST(many_failures_close_for_the_longest_time_and_no_longer),
		TEST(from_so_many_failures_on_a_key_is_locked),
		TEST(a_rule_of_zeros_lets_everything_through),
		TEST(bucket_and_failures_both_have_to_agree),
		TEST(an_attempt_that_was_none_gives_everything_back),
		TEST(nobody_gives_back_more_than_there_was),
		TEST(forgiving_forgets_the_failures_and_not_the_bucket),
		TEST(a_refused_attempt_costs_nothing),
		TEST(thirty_days_after_the_last_failure_a_key_is_forgotten),
		TEST(a_forgotten_key_is_open_whatever_it_was),
		TEST(a_clock_that_was_set_back_waits_and_recovers),
		TEST(a_key_of_a_clock_that_was_days_ahead_is_as_good_as_new),
		TEST(one_key_is_not_another),
		TEST(a_key_says_how_it_stands),
	};

	return cmocka_run_group_tests_name("store contract: throttle", tests,
	    NULL, NULL);
}
