/* How often a password may be tried, at moved times. */
#include "account/authenticate.h"
#include "account/session.h"
#include "account/throttle.h"
#include "account/user.h"
#include "base/log.h"
#include "store/engine.h"
#include "fixture.h"

enum { LOCK = 100 };

static int
set_up(void **state)
{
	struct fixture *f;

	(void)fixture_setup(state);
	log_level(LOG_WARN);
	f = *state;
	f->conf.throttle = true;
	return 0;
}

/* One login at `now`, from this address, with a device's proof or NULL. */
static enum err
try(struct fixture *f, int64_t now, const char *address, const char *name,
    const char *password, const char *device)
{
	char		*kept = device != NULL ? strdup(device) : NULL;
	struct user	*user;
	enum err	 err;

	fixture_at(f, now);
	f->ctx.address = address;
	err = users_authenticate(&f->ctx, name, password, kept, &user);
	free(kept);
	return err;
}

/* Each attempt from a net of its own. */
static enum err
try_elsewhere(struct fixture *f, int64_t now, const char *name,
    const char *password)
{
	static unsigned	n;
	char		address[32];

	(void)snprintf(address, sizeof(address), "10.%u.%u.1", n / 256 % 256,
	    n % 256);
	n++;
	return try(f, now, address, name, password, NULL);
}

static int64_t
wait_of(const struct fixture *f)
{
	return f->ctx.retry_after;
}

static void
five_attempts_are_free_and_then_the_waits_double(void **state)
{
	static const int64_t waits[] = { 1, 2, 4, 8, 16, 32, 64, 128, 256,
	    512, 900, 900, 900 };
	struct fixture	*f = *state;
	int64_t		 now = T0;
	size_t		 i;

	for (i = 0; i < 4; i++)
		assert_int_equal(try_elsewhere(f, now, "alice", "wrong"),
		    E_CREDENTIALS);
	for (i = 0; i < NELEMS(waits); i++) {
		assert_int_equal(try_elsewhere(f, now, "alice", "wrong"),
		    E_CREDENTIALS);
		assert_int_equal(try_elsewhere(f, now, "alice",
		    FIXTURE_PASSWORD), E_THROTTLED);
		assert_int_equal(wait_of(f), SECONDS(waits[i]));
		now += SECONDS(waits[i]) - 1;
		assert_int_equal(try_elsewhere(f, now, "alice", "wrong"),
		    E_THROTTLED);
		assert_int_equal(wait_of(f), 1);
		now += 1;
	}
}

/* Attempt by attempt: whoever counts answers learns nothing about a name. */
static void
an_unknown_name_is_throttled_as_a_known_one_is(void **state)
{
	struct fixture	*f = *state;
	int64_t		 now = T0, wait;
	enum err	 err;
	int		 i;

	for (i = 0; i < 400; i++) {
		err = try_elsewhere(f, now, "alice", "wrong");
		wait = wait_of(f);
		assert_true(err == E_CREDENTIALS || err == E_THROTTLED);
		assert_int_equal(try_elsewhere(f, now, "nobody", "wrong"),
		    err);
		assert_int_equal(wait_of(f), wait);
		/* Also through the lock of the account. */
		now += i % 3 == 2 ? MINUTES(16) : 300;
	}
}

static void
every_spelling_of_a_name_is_that_name(void **state)
{
	static const char *const names[] = { "ren\xc3\xa9", " ren\xc3\xa9",
	    "REN\xc3\x89", "rene\xcc\x81", "\tRene\xcc\x81 \xe3\x80\x80" };
	struct fixture	*f = *state;
	size_t		 i;

	for (i = 0; i < NELEMS(names); i++)
		assert_int_equal(try_elsewhere(f, T0, names[i], "wrong"),
		    E_CREDENTIALS);
	for (i = 0; i < NELEMS(names); i++)
		assert_int_equal(try_elsewhere(f, T0, names[i], "wrong"),
		    E_THROTTLED);
	assert_int_equal(try_elsewhere(f, T0, "rene", "wrong"),
	    E_CREDENTIALS);
}

static void
a_success_forgives_the_account_by_all_its_names(void **state)
{
	struct fixture	*f = *state;
	int		 round, i;

	for (round = 0; round < 30; round++) {
		for (i = 0; i < 4; i++) {
			assert_int_equal(try_elsewhere(f, T0, "alice",
			    "wrong"), E_CREDENTIALS);
			assert_int_equal(try_elsewhere(f, T0,
			    "alice@example.org", "wrong"), E_CREDENTIALS);
		}
		assert_int_equal(try_elsewhere(f, T0, "Alice",
		    FIXTURE_PASSWORD), OK);
	}
}

static void
a_net_has_20_attempts_at_once_and_then_one_every_30_s(void **state)
{
	static const struct {
		const char *first, *same, *other;
	} rows[] = {
		{ "192.0.2.7", "192.0.2.255", "192.0.3.7" },
		{ "::ffff:198.51.100.7", "198.51.100.8", "198.51.101.7" },
		{ "2001:db8:1:2::7", "2001:db8:1:2:ffff::1",
		    "2001:db8:1:3::7" },
		{ "fe80::7%eth0", "fe80::8%eth0", "fe80:0:0:1::7%eth0" },
		{ "", "", "192.0.4.1" },
		{ "unix:", "unix:", "" },
	};
	struct fixture	*f = *state;
	char		 name[32];
	size_t		 row;
	int		 i;

	for (row = 0; row < NELEMS(rows); row++) {
		/* "" has been used up by the row before it. */
		const int64_t now = T0 + DAYS((int64_t)row);

		for (i = 0; i < 20; i++) {
			(void)snprintf(name, sizeof(name), "nobody%d", i);
			assert_int_equal(try(f, now, rows[row].first, name,
			    "wrong", NULL), E_CREDENTIALS);
		}
		assert_int_equal(try(f, now, rows[row].same, "x", "wrong",
		    NULL), E_THROTTLED);
		assert_int_equal(wait_of(f), SECONDS(30));
		assert_int_equal(try(f, now, rows[row].other, "y", "wrong",
		    NULL), E_CREDENTIALS);
		assert_int_equal(try(f, now + SECONDS(30), rows[row].same,
		    "z", "wrong", NULL), E_CREDENTIALS);
		assert_int_equal(try(f, now + SECONDS(30), rows[row].first,
		    "z", "wrong", NULL), E_THROTTLED);
	}
}

static void
what_a_name_refuses_costs_the_net_nothing(void **state)
{
	struct fixture	*f = *state;
	int		 i;

	for (i = 0; i < 5; i++)
		assert_int_equal(try(f, T0, "192.0.2.7", "alice", "wrong",
		    NULL), E_CREDENTIALS);
	for (i = 0; i < 50; i++)
		assert_int_equal(try(f, T0, "192.0.2.7", "alice", "wrong",
		    NULL), E_THROTTLED);
	for (i = 0; i < 15; i++)
		assert_int_equal(try(f, T0, "192.0.2.7", i % 5 == 0 ? "a" :
		    i % 5 == 1 ? "b" : i % 5 == 2 ? "c" : i % 5 == 3 ? "d" :
		    "e", "wrong", NULL), E_CREDENTIALS);
	assert_int_equal(try(f, T0, "192.0.2.7", "f", "wrong", NULL),
	    E_THROTTLED);
}

static void
a_success_costs_the_net_nothing_and_forgives_it_nothing(void **state)
{
	struct fixture	*f = *state;
	char		 name[32];
	int		 i;

	for (i = 0; i < 60; i++)
		assert_int_equal(try(f, T0, "192.0.2.7", "alice",
		    FIXTURE_PASSWORD, NULL), OK);
	for (i = 0; i < 19; i++) {
		(void)snprintf(name, sizeof(name), "nobody%d", i);
		assert_int_equal(try(f, T0, "192.0.2.7", name, "wrong",
		    NULL), E_CREDENTIALS);
		assert_int_equal(try(f, T0, "192.0.2.7", "alice",
		    FIXTURE_PASSWORD, NULL), OK);
	}
	assert_int_equal(try(f, T0, "192.0.2.7", "nobody", "wrong", NULL),
	    E_CREDENTIALS);
	assert_int_equal(try(f, T0, "192.0.2.7", "alice", FIXTURE_PASSWORD,
	    NULL), E_THROTTLED);
}

/* By both names, waiting as long as it takes; the time after the last. */
static int64_t
fail_until_locked(struct fixture *f)
{
	int64_t	now = T0;
	int	i;

	for (i = 0; i < LOCK; i++) {
		assert_int_equal(try_elsewhere(f, now, i % 2 == 0 ? "alice" :
		    "alice@example.org", "wrong"), E_CREDENTIALS);
		now += MINUTES(8);
	}
	return now;
}

static void
a_hundred_failures_in_a_row_lock_the_account_for_a_day(void **state)
{
	struct fixture	*f = *state;
	const int64_t	 last = fail_until_locked(f) - MINUTES(8);

	/* Both names are open; the answer is a wrong password's. */
	assert_int_equal(try_elsewhere(f, last + HOURS(23), "alice",
	    FIXTURE_PASSWORD), E_CREDENTIALS);
	assert_non_null(strstr(f->ctx.note, "locked"));
	assert_null(f->ctx.message);
	assert_int_equal(f->ctx.retry_after, 0);
	assert_int_equal(try_elsewhere(f, last + HOURS(24) - 1,
	    "alice@example.org", FIXTURE_PASSWORD), E_CREDENTIALS);
	assert_int_equal(try_elsewhere(f, last + HOURS(25),
	    "alice@example.org", FIXTURE_PASSWORD), OK);
	assert_int_equal(try_elsewhere(f, last + HOURS(25), "alice",
	    FIXTURE_PASSWORD), OK);
}

static void
after_a_day_one_more_failure_locks_it_again(void **state)
{
	struct fixture	*f = *state;
	const int64_t	 next = fail_until_locked(f) + HOURS(24);

	assert_int_equal(try_elsewhere(f, next, "alice", "wrong"),
	    E_CREDENTIALS);
	assert_int_equal(try_elsewhere(f, next + HOURS(23), "alice",
	    FIXTURE_PASSWORD), E_CREDENTIALS);
}

static void
a_locked_account_keeps_its_old_hash(void **state)
{
	struct fixture	*f = *state;
	struct user	 user;
	int64_t		 now;

	f->conf.hash_passes = 2;
	now = fail_until_locked(f);
	assert_int_equal(try_elsewhere(f, now + HOURS(1), "alice",
	    FIXTURE_PASSWORD), E_CREDENTIALS);
	assert_int_equal(store_user_by_id(f->store, f->ctx.arena,
	    &f->user.id, &user), OK);
	assert_string_equal(user.password, f->user.password);
}

/* What a device has that logged in at `now`, to be freed. */
static char *
trusted_device(struct fixture *f, int64_t now)
{
	struct tokens tokens;

	fixture_at(f, now);
	assert_int_equal(session_open(&f->ctx, &f->user, &tokens), OK);
	assert_non_null(tokens.device);
	return strdup(tokens.device);
}

static void
a_stranger_cannot_lock_the_owners_device_out(void **state)
{
	struct fixture	*f = *state;
	char		*device = trusted_device(f, T0);
	int64_t		 now;
	int		 i;

	for (i = 0; i < 30; i++)
		(void)try(f, T0, "192.0.2.7", "alice", "wrong", NULL);
	assert_int_equal(try(f, T0, "192.0.2.7", "alice", FIXTURE_PASSWORD,
	    NULL), E_THROTTLED);
	assert_int_equal(try(f, T0, "192.0.2.7", "alice", FIXTURE_PASSWORD,
	    device), OK);

	/* That forgave the account, and a locked one is open again too. */
	now = fail_until_locked(f) + MINUTES(20);
	assert_int_equal(try_elsewhere(f, now, "alice", FIXTURE_PASSWORD),
	    E_CREDENTIALS);
	assert_int_equal(try(f, now, "192.0.2.7", "alice", FIXTURE_PASSWORD,
	    device), OK);
	assert_int_equal(try_elsewhere(f, now, "alice", FIXTURE_PASSWORD),
	    OK);
	free(device);
}

static void
a_device_has_a_bucket_of_its_own(void **state)
{
	struct fixture	*f = *state;
	char		*device = trusted_device(f, T0);
	char		*other = trusted_device(f, T0);
	int		 i;

	for (i = 0; i < 5; i++)
		assert_int_equal(try(f, T0, "192.0.2.7", "alice", "wrong",
		    device), E_CREDENTIALS);
	assert_int_equal(try(f, T0, "198.51.100.7", "alice@example.org",
	    FIXTURE_PASSWORD, device), E_THROTTLED);
	assert_int_equal(wait_of(f), SECONDS(1));
	assert_int_equal(try(f, T0, "192.0.2.7", "alice", "wrong", other),
	    E_CREDENTIALS);

	/* Neither name nor net nor account has heard of these. */
	for (i = 0; i < 4; i++)
		assert_int_equal(try(f, T0, "192.0.2.7", "alice", "wrong",
		    NULL), E_CREDENTIALS);
	assert_int_equal(try(f, T0 + SECONDS(1), "192.0.2.7", "alice",
	    FIXTURE_PASSWORD, device), OK);
	for (i = 0; i < 5; i++)
		assert_int_equal(try(f, T0 + SECONDS(1), "192.0.2.7",
		    "alice", "wrong", device), E_CREDENTIALS);
	free(other);
	free(device);
}

static void
a_device_of_another_account_is_none(void **state)
{
	struct fixture	*f = *state;
	char		*device = trusted_device(f, T0);
	int		 i;

	for (i = 0; i < 5; i++)
		assert_int_equal(try(f, T0, "192.0.2.7", "bob", "wrong",
		    device), E_CREDENTIALS);
	assert_int_equal(try(f, T0, "192.0.2.8", "bob", "wrong", device),
	    E_THROTTLED);
	free(device);
}

static enum err
no_take(struct store *_ UNUSED, const unsigned char *_2 UNUSED,
    const struct throttle_rule *_3 UNUSED, int64_t _4 UNUSED,
    int64_t *_5 UNUSED)
{
	return E_UNAVAILABLE;
}

static void
what_cannot_be_counted_is_not_tried(void **state)
{
	struct fixture		*f = *state;
	const struct engine	*real = f->store->engine;
	struct engine		 broken = *real;

	broken.throttle_take = no_take;
	f->store->engine = &broken;
	assert_int_equal(try(f, T0, "192.0.2.7", "alice", FIXTURE_PASSWORD,
	    NULL), E_UNAVAILABLE);
	f->store->engine = real;

	f->conf.secret_size = (size_t)INT_MAX + 1;
	assert_int_equal(try(f, T0, "192.0.2.7", "alice", FIXTURE_PASSWORD,
	    NULL), E_INTERNAL);
}

static void
an_attempt_that_got_no_hash_was_none(void **state)
{
	struct fixture	*f = *state;
	char		 run_dir[] = "/nonexistent";
	int		 i;

	f->conf.run_dir = run_dir;
	log_level(LOG_ERROR);
	log_file("/dev/null");
	for (i = 0; i < 30; i++)
		assert_int_equal(try(f, T0, "192.0.2.7", "alice", "wrong",
		    NULL), E_UNAVAILABLE);
	log_file(NULL);
	log_level(LOG_WARN);
	f->conf.run_dir = f->directory;
	for (i = 0; i < 5; i++)
		assert_int_equal(try(f, T0, "192.0.2.7", "alice", "wrong",
		    NULL), E_CREDENTIALS);
	assert_int_equal(try(f, T0, "192.0.2.7", "alice", "wrong", NULL),
	    E_THROTTLED);
}

static void
switched_off_nothing_is_counted(void **state)
{
	struct fixture	*f = *state;
	struct tokens	 tokens;
	int		 i;

	f->conf.throttle = false;
	for (i = 0; i < 150; i++)
		assert_int_equal(try(f, T0, "192.0.2.7", "alice", "wrong",
		    NULL), E_CREDENTIALS);
	assert_int_equal(session_open(&f->ctx, &f->user, &tokens), OK);
	assert_null(tokens.device);
	f->conf.throttle = true;
	assert_int_equal(try(f, T0, "192.0.2.7", "alice", FIXTURE_PASSWORD,
	    NULL), OK);
}

static void
an_administrator_sees_and_unlocks(void **state)
{
	struct fixture		*f = *state;
	struct throttle_report	 report = { -1, -1, -1 };
	const int64_t		 last = fail_until_locked(f) - MINUTES(8);

	fixture_at(f, last + 1);
	assert_int_equal(throttle_report(&f->ctx, &f->user, &report), OK);
	assert_int_equal(report.failures, LOCK);
	assert_int_equal(report.locked_until, last + HOURS(24));
	assert_int_equal(report.delayed_until, last + MINUTES(15));
	assert_int_equal(throttle_unlock(&f->ctx, &f->user), OK);
	assert_int_equal(throttle_report(&f->ctx, &f->user, &report), OK);
	assert_int_equal(report.failures, 0);
	assert_int_equal(report.locked_until, 0);
	assert_int_equal(report.delayed_until, 0);
	assert_int_equal(try_elsewhere(f, last + 1, "alice",
	    FIXTURE_PASSWORD), OK);
}

static void
the_lock_of_one_account_is_not_anothers(void **state)
{
	struct fixture	*f = *state;
	struct user	 other = f->user;
	unsigned	 taken;
	int64_t		 now;

	/* The nearest id there is. */
	other.id.b[ID_SIZE - 1] ^= 1;
	other.username = "bob";
	other.email = "bob@example.org";
	assert_int_equal(store_user_insert(f->store, &other, &taken), OK);
	now = fail_until_locked(f);
	assert_int_equal(try_elsewhere(f, now, "bob", FIXTURE_PASSWORD), OK);
	assert_int_equal(try_elsewhere(f, now, "alice", FIXTURE_PASSWORD),
	    E_CREDENTIALS);
}

/* Of an earlier system, without an address. */
static void
an_account_of_one_name_is_forgiven_by_that(void **state)
{
	struct fixture	*f = *state;
	unsigned	 taken;
	int		 round, i;

	f->user.email = NULL;
	assert_int_equal(store_user_update(f->store, &f->user, USER_EMAIL,
	    NULL, false, &taken), OK);
	for (round = 0; round < 3; round++) {
		for (i = 0; i < 4; i++)
			assert_int_equal(try_elsewhere(f, T0, "alice",
			    "wrong"), E_CREDENTIALS);
		assert_int_equal(try_elsewhere(f, T0, "alice",
		    FIXTURE_PASSWORD), OK);
	}
	assert_int_equal(throttle_unlock(&f->ctx, &f->user), OK);
}

static void
a_delay_of_either_name_is_reported(void **state)
{
	static const char *const names[] = { "alice", "alice@example.org" };
	struct throttle_report	 report;
	struct fixture		*f = *state;
	size_t			 i;
	int			 n;

	for (i = 0; i < NELEMS(names); i++) {
		for (n = 0; n < 5; n++)
			assert_int_equal(try_elsewhere(f, T0, names[i],
			    "wrong"), E_CREDENTIALS);
		assert_int_equal(throttle_report(&f->ctx, &f->user,
		    &report), OK);
		assert_int_equal(report.delayed_until, T0 + SECONDS(1));
		assert_int_equal(throttle_unlock(&f->ctx, &f->user), OK);
	}
}

static void
what_was_counted_stays_while_it_is_switched_off(void **state)
{
	struct fixture	*f = *state;
	int		 i;

	for (i = 0; i < 5; i++)
		assert_int_equal(try_elsewhere(f, T0, "alice", "wrong"),
		    E_CREDENTIALS);
	f->conf.throttle = false;
	assert_int_equal(try_elsewhere(f, T0, "alice", FIXTURE_PASSWORD),
	    OK);
	f->conf.throttle = true;
	assert_int_equal(try_elsewhere(f, T0, "alice", FIXTURE_PASSWORD),
	    E_THROTTLED);
}

static void
the_log_says_what_came_too_soon(void **state)
{
	struct fixture	*f = *state;
	char		 hex[ID_HEX_SIZE];
	int		 i;

	id_hex(&f->user.id, hex);
	for (i = 0; i < 6; i++)
		(void)try_elsewhere(f, T0, "alice", "wrong");
	assert_non_null(strstr(f->ctx.note, "too soon for its name"));
	assert_non_null(strstr(f->ctx.note, hex));
	for (i = 0; i < 6; i++)
		(void)try_elsewhere(f, T0, "nobody", "wrong");
	assert_string_equal(f->ctx.note, "too soon for its name");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, \
	fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(five_attempts_are_free_and_then_the_waits_double),
		TEST(an_unknown_name_is_throttled_as_a_known_one_is),
		TEST(every_spelling_of_a_name_is_that_name),
		TEST(a_success_forgives_the_account_by_all_its_names),
		TEST(a_net_has_20_attempts_at_once_and_then_one_every_30_s),
		TEST(what_a_name_refuses_costs_the_net_nothing),
		TEST(a_success_costs_the_net_nothing_and_forgives_it_nothing),
		TEST(a_hundred_failures_in_a_row_lock_the_account_for_a_day),
		TEST(after_a_day_one_more_failure_locks_it_again),
		TEST(a_locked_account_keeps_its_old_hash),
		TEST(a_stranger_cannot_lock_the_owners_device_out),
		TEST(a_device_has_a_bucket_of_its_own),
		TEST(a_device_of_another_account_is_none),
		TEST(what_cannot_be_counted_is_not_tried),
		TEST(an_attempt_that_got_no_hash_was_none),
		TEST(switched_off_nothing_is_counted),
		TEST(an_administrator_sees_and_unlocks),
		TEST(the_lock_of_one_account_is_not_anothers),
		TEST(an_account_of_one_name_is_forgiven_by_that),
		TEST(a_delay_of_either_name_is_reported),
		TEST(what_was_counted_stays_while_it_is_switched_off),
		TEST(the_log_says_what_came_too_soon),
	};

	return cmocka_run_group_tests_name("throttle", tests, NULL, NULL);
}
