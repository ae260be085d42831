/*
 * Sessions: the six steps of a refresh, limits, races.  The clock is
 * ctx->now; nothing here waits.
 */
#include <sys/mman.h>
#include <sys/wait.h>

#include "account/session.h"
#include "account/user.h"
#include "store/engine.h"
#include "fixture.h"

/* A token that outlives the arena. */
struct copy {
	char access[TOKEN_MAX + 1];
	char refresh[TOKEN_MAX + 1];
};

static void
keep(const struct tokens *tokens, struct copy *out)
{
	(void)snprintf(out->access, sizeof(out->access), "%s",
	    tokens->access);
	(void)snprintf(out->refresh, sizeof(out->refresh), "%s",
	    tokens->refresh);
}

static void
open_at(struct fixture *f, int64_t now, struct copy *out)
{
	struct tokens tokens;

	fixture_at(f, now);
	assert_int_equal(session_open(&f->ctx, &f->user, &tokens), OK);
	keep(&tokens, out);
}

static enum err
refresh_at(struct fixture *f, int64_t now, const char *token,
    struct copy *out)
{
	struct tokens	tokens;
	enum err	err;

	fixture_at(f, now);
	if ((err = session_refresh(&f->ctx, token, &tokens)) == OK)
		keep(&tokens, out);
	return err;
}

static enum err
who_at(struct fixture *f, int64_t now, const char *access)
{
	struct session	*session;
	struct user	*user;

	fixture_at(f, now);
	return session_authenticate(&f->ctx, access, &user, &session);
}

/* The only session of the account that is alive at `now`. */
static struct session
row_at(struct fixture *f, int64_t now)
{
	struct session	list[8];
	size_t		count;

	assert_int_equal(store_session_list(f->store, f->ctx.arena,
	    &f->user.id, now, NELEMS(list), list, &count), OK);
	assert_int_equal(count, 1);
	return list[0];
}

static void
put_row_back(struct fixture *f, const struct session *old, int64_t counter)
{
	assert_int_equal(store_session_swap(f->store, counter, old), OK);
}

static void
a_token_is_traded_for_its_successor(void **state)
{
	struct fixture	*f = *state;
	struct copy	 a, b;

	open_at(f, T0, &a);
	assert_int_equal(who_at(f, T0, a.access), OK);
	assert_int_equal(refresh_at(f, T0 + MINUTES(5), a.refresh, &b), OK);
	assert_string_not_equal(a.refresh, b.refresh);
	assert_string_not_equal(a.access, b.access);
	assert_int_equal(who_at(f, T0 + MINUTES(19), b.access), OK);
	assert_int_equal(who_at(f, T0 + MINUTES(20), b.access), E_TOKEN);
	assert_int_equal(row_at(f, T0 + MINUTES(5)).counter, 2);
}

static void
the_predecessor_gets_the_same_successor_within_the_grace(void **state)
{
	struct fixture	*f = *state;
	struct copy	 a, b, again;
	struct session	 before, after;

	open_at(f, T0, &a);
	assert_int_equal(refresh_at(f, T0 + MINUTES(1), a.refresh, &b), OK);
	before = row_at(f, T0 + MINUTES(1));
	assert_int_equal(refresh_at(f, T0 + MINUTES(1) + SECONDS(30),
	    a.refresh, &again), OK);
	assert_string_equal(b.refresh, again.refresh);
	assert_string_equal(b.access, again.access);
	after = row_at(f, T0 + MINUTES(1));
	assert_int_equal(before.counter, after.counter);
	assert_int_equal(before.rotated_at, after.rotated_at);
}

static void
a_clock_set_back_does_not_make_a_retry_a_reuse(void **state)
{
	struct fixture	*f = *state;
	struct copy	 a, b, again;

	open_at(f, T0, &a);
	assert_int_equal(refresh_at(f, T0 + MINUTES(5), a.refresh, &b), OK);
	assert_int_equal(refresh_at(f, T0 + MINUTES(4) + SECONDS(30),
	    a.refresh, &again), OK);
	assert_string_equal(b.refresh, again.refresh);
}

static void
the_predecessor_after_the_grace_is_reuse(void **state)
{
	struct fixture	*f = *state;
	struct copy	 a, b, c;

	open_at(f, T0, &a);
	assert_int_equal(refresh_at(f, T0 + MINUTES(1), a.refresh, &b), OK);
	assert_int_equal(refresh_at(f, T0 + MINUTES(1) + SECONDS(30) + 1,
	    a.refresh, &c), E_REUSE);
	assert_true(f->ctx.drop_cookies);
	assert_int_equal(refresh_at(f, T0 + MINUTES(2), b.refresh, &c),
	    E_SESSION_ENDED);
	assert_int_equal(who_at(f, T0 + MINUTES(2), b.access),
	    E_SESSION_ENDED);
}

static void
reuse_of_an_older_token_ends_the_session_grace_or_not(void **state)
{
	struct fixture	*f = *state;
	struct copy	 a, b, c, d;

	open_at(f, T0, &a);
	assert_int_equal(refresh_at(f, T0 + 1, a.refresh, &b), OK);
	assert_int_equal(refresh_at(f, T0 + 2, b.refresh, &c), OK);
	assert_int_equal(refresh_at(f, T0 + 3, a.refresh, &d), E_REUSE);
	assert_int_equal(refresh_at(f, T0 + 4, c.refresh, &d),
	    E_SESSION_ENDED);
	assert_true(f->ctx.drop_cookies);
	assert_int_equal(who_at(f, T0 + 4, c.access), E_SESSION_ENDED);
}

static enum err
no_end(struct store *_ UNUSED, const struct id *_2 UNUSED,
    const char *_3 UNUSED, int64_t _4 UNUSED)
{
	return E_UNAVAILABLE;
}

static void
a_reuse_that_could_not_end_the_session_does_not_say_so(void **state)
{
	struct fixture		*f = *state;
	const struct engine	*real = f->store->engine;
	struct engine		 broken = *real;
	struct copy		 t0, t1, t2, unused;

	open_at(f, T0, &t0);
	assert_int_equal(refresh_at(f, T0, t0.refresh, &t1), OK);
	assert_int_equal(refresh_at(f, T0, t1.refresh, &t2), OK);
	broken.session_end = no_end;
	f->store->engine = &broken;
	assert_int_equal(refresh_at(f, T0, t0.refresh, &unused),
	    E_UNAVAILABLE);
	assert_false(f->ctx.drop_cookies);
	assert_null(f->ctx.note);
	f->store->engine = real;
	assert_int_equal(refresh_at(f, T0, t0.refresh, &unused), E_REUSE);
	assert_int_equal(refresh_at(f, T0, t2.refresh, &unused),
	    E_SESSION_ENDED);
}

static void
a_forged_token_ends_nothing(void **state)
{
	struct fixture	*f = *state;
	char		 forged[TOKEN_MAX + 1];
	struct copy	 a, b, c;
	size_t		 i, bit;

	open_at(f, T0, &a);
	assert_int_equal(refresh_at(f, T0 + 1, a.refresh, &b), OK);
	for (i = 0; i < strlen(b.refresh); i++) {
		for (bit = 0; bit < 8; bit++) {
			(void)snprintf(forged, sizeof(forged), "%s",
			    b.refresh);
			forged[i] = (char)(forged[i] ^ (1 << bit));
			assert_int_equal(refresh_at(f, T0 + 2, forged, &c),
			    E_TOKEN);
			assert_false(f->ctx.drop_cookies);
		}
	}
	assert_int_equal(refresh_at(f, T0 + 3, b.refresh, &c), OK);
}

/* Signed by the right key, but the row says otherwise. */
static void
a_leaked_key_alone_makes_no_token(void **state)
{
	struct fixture	*f = *state;
	struct session	 row;
	struct claims	 claims;
	struct copy	 a, b;
	char		*token, kept[TOKEN_MAX + 1];

	open_at(f, T0, &a);
	row = row_at(f, T0);
	claims = (struct claims){ .user = row.user, .session = row.id,
	    .issued_at = T0 / 1000, .expires_at = T0 / 1000 + 1000,
	    .counter = 1 };
	assert_int_equal(token_make(&f->ctx, TOKEN_REFRESH, &claims,
	    &token), OK);
	(void)snprintf(kept, sizeof(kept), "%s", token);
	assert_int_equal(refresh_at(f, T0 + 1, kept, &b), E_TOKEN);
	assert_false(f->ctx.drop_cookies);
	assert_int_equal(refresh_at(f, T0 + 1, a.refresh, &b), OK);
}

static void
a_session_belongs_to_its_user_only(void **state)
{
	struct fixture	*f = *state;
	struct session	 row;
	struct claims	 claims;
	struct user	 other = f->user;
	struct copy	 a;
	unsigned	 taken;
	char		*token;

	open_at(f, T0, &a);
	row = row_at(f, T0);
	other.username = "mallory";
	other.email = "mallory@example.org";
	assert_int_equal(id_make(T0, &other.id), OK);
	assert_int_equal(store_user_insert(f->store, &other, &taken), OK);
	claims = (struct claims){ .user = other.id, .session = row.id,
	    .issued_at = T0 / 1000, .expires_at = T0 / 1000 + 1000 };
	assert_int_equal(token_make(&f->ctx, TOKEN_ACCESS, &claims,
	    &token), OK);
	(void)snprintf(a.access, sizeof(a.access), "%s", token);
	assert_int_equal(who_at(f, T0, a.access), E_TOKEN);
}

static void
a_lost_rotation_is_made_good_from_the_token(void **state)
{
	struct fixture	*f = *state;
	struct session	 old;
	struct copy	 a, b, c, d;

	open_at(f, T0, &a);
	old = row_at(f, T0);
	assert_int_equal(refresh_at(f, T0 + HOURS(1), a.refresh, &b), OK);
	assert_int_equal(refresh_at(f, T0 + HOURS(2), b.refresh, &c), OK);
	put_row_back(f, &old, 3);
	assert_int_equal(refresh_at(f, T0 + HOURS(3), c.refresh, &d), OK);
	assert_int_equal(row_at(f, T0 + HOURS(3)).counter, 4);
	assert_int_equal(refresh_at(f, T0 + HOURS(4), c.refresh, &d),
	    E_REUSE);
}

static void
after_a_lost_swap_older_then_newer_lead_to_one_successor(void **state)
{
	struct fixture	*f = *state;
	struct session	 old;
	struct copy	 a, b, c, d;

	open_at(f, T0, &a);
	old = row_at(f, T0);
	assert_int_equal(refresh_at(f, T0 + HOURS(1), a.refresh, &b), OK);
	put_row_back(f, &old, 2);
	assert_int_equal(refresh_at(f, T0 + HOURS(2), a.refresh, &c), OK);
	assert_int_equal(refresh_at(f, T0 + HOURS(2) + SECONDS(10),
	    b.refresh, &d), OK);
	assert_int_equal(row_at(f, T0 + HOURS(2)).counter, 3);
	assert_int_equal(refresh_at(f, T0 + HOURS(2) + SECONDS(20),
	    c.refresh, &a), OK);
	assert_string_equal(a.refresh, d.refresh);
}

static void
after_a_lost_swap_newer_then_older_is_reuse(void **state)
{
	struct fixture	*f = *state;
	struct session	 old;
	struct copy	 a, b, c, d;

	open_at(f, T0, &a);
	old = row_at(f, T0);
	assert_int_equal(refresh_at(f, T0 + HOURS(1), a.refresh, &b), OK);
	put_row_back(f, &old, 2);
	assert_int_equal(refresh_at(f, T0 + HOURS(2), b.refresh, &c), OK);
	assert_int_equal(refresh_at(f, T0 + HOURS(2) + 1, a.refresh, &d),
	    E_REUSE);
	assert_int_equal(refresh_at(f, T0 + HOURS(2) + 2, c.refresh, &d),
	    E_SESSION_ENDED);
}

static void
the_idle_limit_slides_with_each_refresh(void **state)
{
	struct fixture	*f = *state;
	struct copy	 a, b, c;

	open_at(f, T0, &a);
	assert_int_equal(refresh_at(f, T0 + DAYS(10), a.refresh, &b),
	    E_TOKEN);
	assert_int_equal(refresh_at(f, T0 + DAYS(10) - 1000, a.refresh, &b),
	    OK);
	assert_int_equal(refresh_at(f, T0 + DAYS(20) - 2000, b.refresh, &c),
	    OK);
}

static void
the_absolute_limit_holds_against_sliding(void **state)
{
	struct fixture	*f = *state;
	struct copy	 a, b;
	int64_t		 now;

	open_at(f, T0, &a);
	for (now = T0 + DAYS(9); now < T0 + DAYS(90); now += DAYS(9)) {
		assert_int_equal(refresh_at(f, now, a.refresh, &b), OK);
		a = b;
	}
	assert_int_equal(refresh_at(f, T0 + DAYS(90) - 1000, a.refresh, &b),
	    OK);
	assert_int_equal(who_at(f, T0 + DAYS(90) - 1, b.access), OK);
	assert_int_equal(who_at(f, T0 + DAYS(90), b.access),
	    E_SESSION_ENDED);
	assert_int_equal(refresh_at(f, T0 + DAYS(90), b.refresh, &a),
	    E_TOKEN);
}

static void
the_oldest_session_gives_way(void **state)
{
	struct fixture	*f = *state;
	struct copy	 s[5];
	size_t		 i;

	for (i = 0; i < NELEMS(s); i++)
		open_at(f, T0 + (int64_t)i, &s[i]);
	for (i = 0; i < NELEMS(s); i++)
		assert_int_equal(who_at(f, T0 + 10, s[i].access),
		    i < 2 ? E_SESSION_ENDED : OK);
}

/* Another host's clock may be ahead, and ids of one moment have no order. */
static void
the_session_just_opened_never_gives_way(void **state)
{
	struct fixture	*f = *state;
	struct copy	 ahead, fresh;

	f->conf.max_sessions = 1;
	open_at(f, T0 + SECONDS(2), &ahead);
	open_at(f, T0, &fresh);
	assert_int_equal(who_at(f, T0, fresh.access), OK);
	assert_int_equal(who_at(f, T0, ahead.access), E_SESSION_ENDED);
}

static void
what_a_client_calls_itself_is_cut_and_made_printable(void **state)
{
	struct fixture	*f = *state;
	char		 agent[400];
	struct tokens	 tokens;
	struct session	 row;

	memset(agent, 'a', sizeof(agent) - 1);
	agent[sizeof(agent) - 1] = '\0';
	memcpy(agent, "x\xff\n\xe2\x82\xac", 6);
	memcpy(agent + 119, "\xc3\xa9", 2);
	fixture_at(f, T0);
	f->ctx.user_agent = agent;
	f->ctx.address = "an address that is longer than any address can be";
	assert_int_equal(session_open(&f->ctx, &f->user, &tokens), OK);
	row = row_at(f, T0);
	assert_int_equal(strlen(row.user_agent), 120);
	assert_memory_equal(row.user_agent, "x??\xe2\x82\xac", 6);
	assert_string_equal(row.user_agent + 118, "a?");
	assert_int_equal(strlen(row.ip), IP_MAX);
}

static void
an_ended_session_is_dead_at_once(void **state)
{
	struct fixture	*f = *state;
	struct session	 row;
	struct copy	 a, b;

	open_at(f, T0, &a);
	row = row_at(f, T0);
	assert_int_equal(session_end(&f->ctx, &row, "logout"), OK);
	assert_int_equal(who_at(f, T0, a.access), E_SESSION_ENDED);
	assert_int_equal(refresh_at(f, T0, a.refresh, &b), E_SESSION_ENDED);
	assert_true(f->ctx.drop_cookies);
}

static void
disabling_a_user_ends_every_session_for_good(void **state)
{
	struct fixture	*f = *state;
	struct copy	 a, b;

	open_at(f, T0, &a);
	open_at(f, T0 + 1, &b);
	user_set_disabled(&f->user, true);
	assert_int_equal(user_save(&f->ctx, &f->user, SAVE_UNVALIDATED), OK);
	assert_int_equal(who_at(f, T0 + 2, a.access), E_SESSION_ENDED);
	assert_int_equal(refresh_at(f, T0 + 2, b.refresh, &b),
	    E_SESSION_ENDED);
	user_set_disabled(&f->user, false);
	assert_int_equal(user_save(&f->ctx, &f->user, SAVE_UNVALIDATED), OK);
	assert_int_equal(who_at(f, T0 + 3, a.access), E_SESSION_ENDED);

	/* One that is opened now is of the new epoch. */
	f->user.epoch++;
	open_at(f, T0 + 3, &a);
	assert_int_equal(who_at(f, T0 + 3, a.access), OK);
	assert_int_equal(refresh_at(f, T0 + 3, a.refresh, &a), OK);
}

/* A login that read the account before its epoch rose comes too late. */
static void
a_session_opened_with_an_old_epoch_is_born_dead(void **state)
{
	struct fixture	*f = *state;
	struct user	 before = f->user;
	struct tokens	 tokens;
	struct copy	 a;

	fixture_at(f, T0);
	user_set_disabled(&f->user, true);
	assert_int_equal(user_save(&f->ctx, &f->user, SAVE_UNVALIDATED), OK);
	user_set_disabled(&f->user, false);
	assert_int_equal(user_save(&f->ctx, &f->user, SAVE_UNVALIDATED), OK);
	assert_int_equal(session_open(&f->ctx, &before, &tokens), OK);
	keep(&tokens, &a);
	assert_int_equal(who_at(f, T0, a.access), E_SESSION_ENDED);
}

static void
trust_says_how_old_a_refresh_token_may_be(void **state)
{
	struct fixture	*f = *state;
	struct session	*session;
	struct user	*user;
	struct copy	 a, b;

	open_at(f, T0, &a);
	assert_int_equal(refresh_at(f, T0 + MINUTES(1), a.refresh, &b), OK);

	fixture_at(f, T0 + MINUTES(1) + SECONDS(30));
	assert_int_equal(session_of_refresh_token(&f->ctx, a.refresh,
	    SESSION_CURRENT, &user, &session), OK);
	fixture_at(f, T0 + MINUTES(2));
	assert_int_equal(session_of_refresh_token(&f->ctx, a.refresh,
	    SESSION_CURRENT, &user, &session), E_TOKEN);
	assert_int_equal(session_of_refresh_token(&f->ctx, a.refresh,
	    SESSION_ANY_ISSUED, &user, &session), OK);
	assert_int_equal(session_of_refresh_token(&f->ctx, b.refresh,
	    SESSION_CURRENT, &user, &session), OK);
	assert_int_equal(who_at(f, T0 + MINUTES(2), b.access), OK);
}

static void
without_session_check_a_token_is_good_until_it_expires(void **state)
{
	struct fixture	*f = *state;
	struct session	 row;
	struct copy	 a;

	open_at(f, T0, &a);
	row = row_at(f, T0);
	assert_int_equal(session_end(&f->ctx, &row, "logout"), OK);
	f->conf.session_check = false;
	assert_int_equal(who_at(f, T0 + MINUTES(14), a.access), OK);
	assert_int_equal(who_at(f, T0 + MINUTES(15), a.access), E_TOKEN);
	user_set_disabled(&f->user, true);
	assert_int_equal(user_save(&f->ctx, &f->user, SAVE_UNVALIDATED), OK);
	assert_int_equal(who_at(f, T0 + MINUTES(1), a.access),
	    E_SESSION_ENDED);
	assert_int_equal(store_user_remove(f->store, &f->user.id), OK);
	assert_int_equal(who_at(f, T0 + MINUTES(1), a.access), E_TOKEN);
}

static const struct engine *real_engine;

/* Somebody else is faster, once, and long ago as this host's clock goes. */
static enum err
lose_the_race(struct store *store, int64_t expected,
    const struct session *next)
{
	struct session theirs = *next;

	store->engine = real_engine;
	theirs.rotated_at -= HOURS(1);
	if (store_session_swap(store, expected, &theirs) != OK)
		return E_INTERNAL;
	return store_session_swap(store, expected, next);
}

static void
a_lost_race_is_no_reuse_whatever_the_grace(void **state)
{
	struct fixture	*f = *state;
	struct engine	 engine = *f->store->engine;
	struct copy	 a, b, c;

	f->conf.refresh_grace = 0;
	open_at(f, T0, &a);
	real_engine = f->store->engine;
	engine.session_swap = lose_the_race;
	f->store->engine = &engine;
	assert_int_equal(refresh_at(f, T0 + HOURS(2), a.refresh, &b), OK);
	assert_false(f->ctx.drop_cookies);
	assert_int_equal(row_at(f, T0 + HOURS(2)).counter, 2);
	assert_int_equal(refresh_at(f, T0 + HOURS(3), b.refresh, &c), OK);
	assert_int_equal(refresh_at(f, T0 + HOURS(3) + 1, b.refresh, &c),
	    E_REUSE);
}

enum { RACERS = 8, ROUNDS = 20 };

/* Each racer opens the store itself, as a process of its own would. */
static int
race(struct fixture *f, const char *token, struct copy *out)
{
	struct tokens tokens;

	if (store_open(f->uri, STORE_SERVE, &f->ctx.store) != OK ||
	    session_refresh(&f->ctx, token, &tokens) != OK)
		return 1;
	keep(&tokens, out);
	return 0;
}

static void
processes_that_refresh_at_once_get_one_successor(void **state)
{
	struct fixture	*f = *state;
	struct copy	 a, *won;
	int		 status, round, i;
	pid_t		 pids[RACERS];

	won = mmap(NULL, sizeof(*won) * RACERS, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(won, MAP_FAILED);
	open_at(f, T0, &a);
	for (round = 1; round <= ROUNDS; round++) {
		fixture_at(f, T0 + HOURS(round));
		for (i = 0; i < RACERS; i++) {
			if ((pids[i] = fork()) == 0)
				_exit(race(f, a.refresh, &won[i]));
			assert_true(pids[i] > 0);
		}
		for (i = 0; i < RACERS; i++) {
			assert_int_equal(waitpid(pids[i], &status, 0),
			    pids[i]);
			assert_int_equal(status, 0);
		}
		for (i = 1; i < RACERS; i++)
			assert_memory_equal(&won[0], &won[i],
			    sizeof(won[0]));
		assert_int_equal(row_at(f, T0 + HOURS(round)).counter,
		    round + 1);
		a = won[0];
	}
	(void)munmap(won, sizeof(*won) * RACERS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, \
	fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_token_is_traded_for_its_successor),
		TEST(the_predecessor_gets_the_same_successor_within_the_grace),
		TEST(a_clock_set_back_does_not_make_a_retry_a_reuse),
		TEST(the_predecessor_after_the_grace_is_reuse),
		TEST(reuse_of_an_older_token_ends_the_session_grace_or_not),
		TEST(a_reuse_that_could_not_end_the_session_does_not_say_so),
		TEST(a_forged_token_ends_nothing),
		TEST(a_leaked_key_alone_makes_no_token),
		TEST(a_session_belongs_to_its_user_only),
		TEST(a_lost_rotation_is_made_good_from_the_token),
		TEST(after_a_lost_swap_older_then_newer_lead_to_one_successor),
		TEST(after_a_lost_swap_newer_then_older_is_reuse),
		TEST(the_idle_limit_slides_with_each_refresh),
		TEST(the_absolute_limit_holds_against_sliding),
		TEST(the_oldest_session_gives_way),
		TEST(the_session_just_opened_never_gives_way),
		TEST(what_a_client_calls_itself_is_cut_and_made_printable),
		TEST(an_ended_session_is_dead_at_once),
		TEST(disabling_a_user_ends_every_session_for_good),
		TEST(a_session_opened_with_an_old_epoch_is_born_dead),
		TEST(trust_says_how_old_a_refresh_token_may_be),
		TEST(without_session_check_a_token_is_good_until_it_expires),
		TEST(a_lost_race_is_no_reuse_whatever_the_grace),
		TEST(processes_that_refresh_at_once_get_one_successor),
	};

	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
