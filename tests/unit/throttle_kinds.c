/* How often one registers, or proves the current password. */
#include "account/authenticate.h"
#include "account/throttle.h"
#include "fixture.h"
#include "base/log.h"

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

/* Registering ------------------------------------------------------------ */

static enum err
registers(struct fixture *f, int64_t now, const char *address)
{
	fixture_at(f, now);
	f->ctx.address = address;
	return throttle_registration(&f->ctx);
}

static void
a_net_registers_5_at_once_and_then_one_every_12_minutes(void **state)
{
	struct fixture	*f = *state;
	int64_t		 now = T0;
	int		 i;

	for (i = 0; i < 5; i++)
		assert_int_equal(registers(f, now, "192.0.2.7"), OK);
	for (i = 0; i < 3; i++) {
		assert_int_equal(registers(f, now, "192.0.2.7"),
		    E_THROTTLED);
		assert_int_equal(f->ctx.retry_after, MINUTES(12));
		assert_string_equal(f->ctx.note,
		    "too soon for its registration");
		now += MINUTES(12);
		assert_int_equal(registers(f, now - 1, "192.0.2.7"),
		    E_THROTTLED);
		assert_int_equal(f->ctx.retry_after, 1);
		assert_int_equal(registers(f, now, "192.0.2.7"), OK);
	}
	/* An hour later all five are there again. */
	now += HOURS(1);
	for (i = 0; i < 5; i++)
		assert_int_equal(registers(f, now, "192.0.2.7"), OK);
	assert_int_equal(registers(f, now, "192.0.2.7"), E_THROTTLED);
}

static void
what_a_net_is_does_not_depend_on_what_it_does(void **state)
{
	static const struct {
		const char	*one, *same, *other;
	} nets[] = {
		{ "192.0.2.7", "192.0.2.254", "192.0.3.7" },
		{ "2001:db8:1:2::7", "2001:db8:1:2:ffff::1",
		    "2001:db8:1:3::7" },
		{ "::ffff:198.51.100.1", "198.51.100.9", "198.51.101.1" },
		{ "unix:", "unix:", "" },
	};
	struct fixture	*f = *state;
	size_t		 i;
	int		 n;

	for (i = 0; i < NELEMS(nets); i++) {
		for (n = 0; n < 5; n++)
			assert_int_equal(registers(f, T0, nets[i].one), OK);
		assert_int_equal(registers(f, T0, nets[i].same),
		    E_THROTTLED);
		assert_int_equal(registers(f, T0, nets[i].other), OK);
	}
}

static enum err
log_in(struct fixture *f, int64_t now, const char *address,
    const char *password)
{
	struct user *user;

	fixture_at(f, now);
	f->ctx.address = address;
	return users_authenticate(&f->ctx, "alice", password, NULL, &user);
}

static void
registrations_and_logins_are_counted_apart(void **state)
{
	struct fixture	*f = *state;
	int		 i;

	for (i = 0; i < 6; i++)
		assert_int_equal(registers(f, T0, "192.0.2.7"),
		    i < 5 ? OK : E_THROTTLED);
	for (i = 0; i < 20; i++)
		assert_int_equal(log_in(f, T0, "192.0.2.7",
		    FIXTURE_PASSWORD), OK);
	/* Nor does a login forgive them. */
	assert_int_equal(registers(f, T0, "192.0.2.7"), E_THROTTLED);
}

/* Proving ---------------------------------------------------------------- */

/* A proof at `now` that is wrong. */
static enum err
proves(struct fixture *f, int64_t now)
{
	struct attempt attempt;

	fixture_at(f, now);
	return attempt_begin_proof(&f->ctx, &f->user, &attempt);
}

static void
five_proofs_are_free_and_then_the_waits_double(void **state)
{
	static const int64_t waits[] = { 1, 2, 4, 8, 16, 32, 64, 128, 256,
	    512, 900, 900 };
	struct fixture	*f = *state;
	int64_t		 now = T0;
	size_t		 i;

	for (i = 0; i < 4; i++)
		assert_int_equal(proves(f, now), OK);
	for (i = 0; i < NELEMS(waits); i++) {
		assert_int_equal(proves(f, now), OK);
		assert_int_equal(proves(f, now), E_THROTTLED);
		assert_int_equal(f->ctx.retry_after, SECONDS(waits[i]));
		assert_non_null(strstr(f->ctx.note,
		    "too soon for its proof user="));
		now += SECONDS(waits[i]);
		assert_int_equal(proves(f, now - 1), E_THROTTLED);
		assert_int_equal(f->ctx.retry_after, 1);
	}
}

static void
a_proof_that_succeeds_forgives_those_before(void **state)
{
	struct fixture	*f = *state;
	struct attempt	 attempt;
	int		 round, i;

	for (round = 0; round < 3; round++) {
		for (i = 0; i < 4; i++)
			assert_int_equal(proves(f, T0), OK);
		fixture_at(f, T0);
		assert_int_equal(attempt_begin_proof(&f->ctx, &f->user,
		    &attempt), OK);
		attempt_succeed(&f->ctx, &attempt, &f->user);
	}
}

static void
a_proof_that_was_none_is_given_back(void **state)
{
	struct fixture	*f = *state;
	struct attempt	 attempt;
	int		 i;

	for (i = 0; i < 20; i++) {
		fixture_at(f, T0);
		assert_int_equal(attempt_begin_proof(&f->ctx, &f->user,
		    &attempt), OK);
		attempt_cancel(&f->ctx, &attempt);
	}
	for (i = 0; i < 6; i++)
		assert_int_equal(proves(f, T0), i < 5 ? OK : E_THROTTLED);
}

static void
proofs_are_the_accounts_and_no_logins(void **state)
{
	struct fixture	*f = *state;
	int		 i;

	for (i = 0; i < 6; i++)
		assert_int_equal(proves(f, T0), i < 5 ? OK : E_THROTTLED);
	/* From wherever it comes. */
	f->ctx.address = "198.51.100.1";
	assert_int_equal(proves(f, T0), E_THROTTLED);
	/* Somebody who holds a session cannot lock the owner out. */
	assert_int_equal(log_in(f, T0, "192.0.2.7", FIXTURE_PASSWORD), OK);
	assert_int_equal(proves(f, T0), E_THROTTLED);
	f->user.id.b[0] ^= 1;
	assert_int_equal(proves(f, T0), OK);
	f->user.id.b[0] ^= 1;
	/* Nor strangers who fail to log in keep the owner from proving. */
	for (i = 0; i < 5; i++)
		assert_int_equal(log_in(f, T0 + HOURS(1), "192.0.2.7",
		    "wrong"), E_CREDENTIALS);
	assert_int_equal(proves(f, T0 + HOURS(1)), OK);
}

static void
switched_off_nothing_of_it_is_counted(void **state)
{
	struct fixture	*f = *state;
	int		 i;

	f->conf.throttle = false;
	for (i = 0; i < 50; i++) {
		assert_int_equal(registers(f, T0, "192.0.2.7"), OK);
		assert_int_equal(proves(f, T0), OK);
	}
	f->conf.throttle = true;
	assert_int_equal(registers(f, T0, "192.0.2.7"), OK);
	assert_int_equal(proves(f, T0), OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, \
		    fixture_teardown)
		TEST(a_net_registers_5_at_once_and_then_one_every_12_minutes),
		TEST(what_a_net_is_does_not_depend_on_what_it_does),
		TEST(registrations_and_logins_are_counted_apart),
		TEST(five_proofs_are_free_and_then_the_waits_double),
		TEST(a_proof_that_succeeds_forgives_those_before),
		TEST(a_proof_that_was_none_is_given_back),
		TEST(proofs_are_the_accounts_and_no_logins),
		TEST(switched_off_nothing_of_it_is_counted),
	};

	return cmocka_run_group_tests_name("throttle_kinds", tests, NULL,
	    NULL);
}
