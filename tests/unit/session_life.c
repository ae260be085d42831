/*
 * What a session's life hangs on, each by itself, and what is left of it: in
 * the log, in the store, when the store fails.
 */
#include "base/log.h"
#include "account/session.h"
#include "account/user.h"
#include "store/engine.h"
#include "fixture.h"

static char lines[2048];

static void
keep_line(void *_ UNUSED, const char *line, size_t size)
{
	const size_t n = strlen(lines);

	assert_true(size < sizeof(lines) - n);
	memcpy(lines + n, line, size);
	lines[n + size] = '\0';
}

static int
set_up(void **state)
{
	*lines = '\0';
	log_sink(keep_line, NULL);
	return fixture_setup(state);
}

static int
tear_down(void **state)
{
	log_sink(NULL, NULL);
	return fixture_teardown(state);
}

static char *
open_session(struct fixture *f)
{
	struct tokens	 tokens;
	char		*copy;

	assert_int_equal(session_open(&f->ctx, &f->user, &tokens), OK);
	copy = strdup(tokens.refresh);
	assert_non_null(copy);
	return copy;
}

/* The newest session of the account. */
static struct session
newest(struct fixture *f)
{
	struct session	list[4];
	size_t		count;

	assert_int_equal(store_session_list(f->store, f->ctx.arena,
	    &f->user.id, f->ctx.now, NELEMS(list), list, &count), OK);
	assert_true(count > 0);
	return list[0];
}

static void
a_session_is_alive_while_nothing_speaks_against_it(void **state)
{
	const struct user	user = { .epoch = 3 };
	const struct session	session = { .epoch = 3, .idle_at = 100,
	    .expires_at = 100 };
	struct user		other_user = user;
	struct session		other = session;

	(void)state;
	assert_true(session_is_alive(&session, &user, 99));
	assert_false(session_is_alive(&session, &user, 100));
	other.idle_at = 101;
	assert_false(session_is_alive(&other, &user, 100));
	other = session;
	other.expires_at = 101;
	assert_false(session_is_alive(&other, &user, 100));
	other = session;
	other.ended_at = 1;
	assert_false(session_is_alive(&other, &user, 50));
	other = session;
	other.epoch = 2;
	assert_false(session_is_alive(&other, &user, 50));
	other_user.disabled = true;
	assert_false(session_is_alive(&session, &other_user, 50));
}

static void
a_proof_is_good_for_its_counter_only_every_byte_of_it(void **state)
{
	struct fixture	*f = *state;
	char		*good = open_session(f), *forged;
	struct claims	 claims;
	struct tokens	 tokens;
	int		 i;

	for (i = 0; i < 6; i++) {
		assert_int_equal(token_read(&f->ctx, TOKEN_REFRESH, good,
		    &claims), OK);
		claims.counter += INT64_C(1) << (8 * i);
		assert_int_equal(token_make(&f->ctx, TOKEN_REFRESH, &claims,
		    &forged), OK);
		assert_int_equal(session_refresh(&f->ctx, forged, &tokens),
		    E_TOKEN);
	}
	free(good);
}

static void
a_proof_is_good_for_its_session_only_nonce_or_not(void **state)
{
	struct fixture	*f = *state;
	char		*good = open_session(f), *forged;
	struct session	 twin = newest(f);
	struct claims	 claims;
	struct tokens	 tokens;

	assert_int_equal(id_make(T0, &twin.id), OK);
	assert_int_equal(store_session_insert(f->store, &twin), OK);
	assert_int_equal(token_read(&f->ctx, TOKEN_REFRESH, good, &claims),
	    OK);
	claims.session = twin.id;
	assert_int_equal(token_make(&f->ctx, TOKEN_REFRESH, &claims,
	    &forged), OK);
	assert_int_equal(session_refresh(&f->ctx, forged, &tokens), E_TOKEN);
	free(good);
}

static void
the_same_tokens_again_expire_at_the_same_time(void **state)
{
	struct fixture	*f = *state;
	char		*token = open_session(f);
	struct tokens	 first, again;

	fixture_at(f, T0 + SECONDS(60));
	assert_int_equal(session_refresh(&f->ctx, token, &first), OK);
	fixture_at(f, T0 + SECONDS(65));
	assert_int_equal(session_refresh(&f->ctx, token, &again), OK);
	assert_int_equal(again.access_expires_at, first.access_expires_at);
	assert_int_equal(again.access_expires_at, T0 + SECONDS(60) +
	    MINUTES(15));
	assert_int_equal(again.refresh_expires_at, first.refresh_expires_at);
	free(token);
}

static void
what_ended_long_ago_is_gone_what_ended_lately_is_not(void **state)
{
	struct fixture	*f = *state;
	char		*first = open_session(f), *other;
	const struct session session = newest(f);
	struct tokens	 tokens;

	assert_int_equal(session_end(&f->ctx, &session, "logout"), OK);
	fixture_at(f, T0 + HOURS(23));
	other = open_session(f);
	assert_int_equal(session_refresh(&f->ctx, first, &tokens),
	    E_SESSION_ENDED);
	free(other);
	fixture_at(f, T0 + HOURS(25));
	other = open_session(f);
	assert_int_equal(session_refresh(&f->ctx, first, &tokens), E_TOKEN);
	free(other);
	free(first);
}

static void
what_ended_already_may_end_again(void **state)
{
	struct fixture	*f = *state;
	struct session	 session = { 0 };

	assert_int_equal(id_make(T0, &session.id), OK);
	assert_int_equal(session_end(&f->ctx, &session, "logout"), OK);
	/* Nothing happened, so nothing is told. */
	assert_null(strstr(lines, "ended"));
}

static void
the_log_tells_what_happens_to_sessions(void **state)
{
	struct fixture	*f = *state;
	char		*token = open_session(f);
	const struct session before = newest(f);
	struct session	 row;
	struct tokens	 tokens;
	int64_t		 count;

	assert_non_null(strstr(lines, "info"));
	assert_non_null(strstr(lines, "session opened user="));
	assert_null(strstr(lines, token));

	assert_int_equal(session_refresh(&f->ctx, token, &tokens), OK);
	assert_null(strstr(lines, "lost rotation"));
	row = newest(f);
	assert_int_equal(store_session_swap(f->store, row.counter, &before),
	    OK);
	assert_int_equal(session_refresh(&f->ctx, tokens.refresh, &tokens),
	    OK);
	assert_non_null(strstr(lines, "a lost rotation was made good user="));

	assert_int_equal(session_end(&f->ctx, &row, "logout"), OK);
	assert_non_null(strstr(lines, "session ended (logout) user="));
	assert_int_equal(session_end_all(&f->ctx, &f->user, "password",
	    &count), OK);
	assert_non_null(strstr(lines, "all sessions ended (password) user="));
	free(token);
}

static enum err
purge_fails(struct store *_ UNUSED, int64_t _2 UNUSED)
{
	return E_UNAVAILABLE;
}

static void
a_login_does_not_fail_because_nobody_could_tidy_up(void **state)
{
	struct fixture		*f = *state;
	const struct engine	*real = f->store->engine;
	struct engine		 engine = *real;

	engine.session_purge = purge_fails;
	f->store->engine = &engine;
	free(open_session(f));
	f->store->engine = real;
	assert_non_null(strstr(lines, " warn "));
}

/*
 * A tab refreshes while another changes the password: the account has its new
 * epoch, and the session that is kept will have it in a moment.
 */
static void
a_refresh_during_a_new_password_leaves_the_cookies(void **state)
{
	struct fixture	*f = *state;
	char		*refresh = open_session(f);
	struct claims	 claims;
	struct tokens	 tokens;
	struct user	 user = f->user;
	unsigned	 taken;
	int64_t		 count;

	assert_int_equal(token_read(&f->ctx, TOKEN_REFRESH, refresh,
	    &claims), OK);
	assert_int_equal(store_user_update(f->store, &user, USER_EPOCH, NULL,
	    false, &taken), OK);
	assert_int_equal(session_refresh(&f->ctx, refresh, &tokens),
	    E_SESSION_ENDED);
	assert_false(f->ctx.drop_cookies);

	assert_int_equal(store_session_keep(f->store, &claims.session,
	    user.epoch), OK);
	assert_int_equal(session_refresh(&f->ctx, refresh, &tokens), OK);
	free(refresh);

	/* What is not kept is over, and so is all of a disabled account. */
	f->user.epoch++;
	refresh = open_session(f);
	fixture_at(f, T0);
	assert_int_equal(store_session_end_all(f->store, &user.id, NULL,
	    "password", T0, &count), OK);
	assert_int_equal(session_refresh(&f->ctx, refresh, &tokens),
	    E_SESSION_ENDED);
	assert_true(f->ctx.drop_cookies);
	free(refresh);
	refresh = open_session(f);
	user_set_disabled(&user, true);
	assert_int_equal(user_save(&f->ctx, &user, SAVE_UNVALIDATED), OK);
	fixture_at(f, T0);
	assert_int_equal(session_refresh(&f->ctx, refresh, &tokens),
	    E_SESSION_ENDED);
	assert_true(f->ctx.drop_cookies);
	free(refresh);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_session_is_alive_while_nothing_speaks_against_it),
		TEST(a_proof_is_good_for_its_counter_only_every_byte_of_it),
		TEST(a_proof_is_good_for_its_session_only_nonce_or_not),
		TEST(the_same_tokens_again_expire_at_the_same_time),
		TEST(what_ended_long_ago_is_gone_what_ended_lately_is_not),
		TEST(what_ended_already_may_end_again),
		TEST(the_log_tells_what_happens_to_sessions),
		TEST(a_login_does_not_fail_because_nobody_could_tidy_up),
		TEST(a_refresh_during_a_new_password_leaves_the_cookies),
	};

	return cmocka_run_group_tests_name("session_life", tests, NULL, NULL);
}
