/*
 * The three writes of a new password: the account, the session that is kept,
 * the ends of the others.  Whatever comes between them, nobody is let in who
 * should be out.
 */
#include "base/log.h"
#include "account/authenticate.h"
#include "account/proof.h"
#include "account/session.h"
#include "account/user.h"
#include "account/users.h"
#include "store/engine.h"
#include "fixture.h"

#define NEW_PASSWORD "staple of a horse"

static void
drop_line(void *_ UNUSED, const char *_2 UNUSED, size_t _3 UNUSED)
{
}

static int
set_up(void **state)
{
	log_sink(drop_line, NULL);
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
	char		*access;

	fixture_at(f, T0);
	assert_int_equal(session_open(&f->ctx, &f->user, &tokens), OK);
	access = strdup(tokens.access);
	assert_non_null(access);
	return access;
}

static enum err
who(struct fixture *f, const char *access)
{
	struct session	*session;
	struct user	*user;

	fixture_at(f, T0);
	return session_authenticate(&f->ctx, access, &user, &session);
}

/* Changes the password in the session of this token. */
static enum err
change(struct fixture *f, const char *access, const char *new)
{
	struct session	*session;
	struct user	*user;

	fixture_at(f, T0);
	assert_int_equal(session_authenticate(&f->ctx, access, &user,
	    &session), OK);
	return user_change_password(&f->ctx, user, session, FIXTURE_PASSWORD,
	    new);
}

static enum err
log_in(struct fixture *f, const char *password)
{
	struct user *user;

	fixture_at(f, T0);
	return users_authenticate(&f->ctx, "alice", password, NULL, &user);
}

static enum err
fail_keep(struct store *_ UNUSED, const struct id *_2 UNUSED,
    int64_t _3 UNUSED)
{
	return E_UNAVAILABLE;
}

static enum err
fail_end_all(struct store *_ UNUSED, const struct id *_2 UNUSED,
    const struct id *_3 UNUSED, const char *_4 UNUSED, int64_t _5 UNUSED,
    int64_t *_6 UNUSED)
{
	return E_UNAVAILABLE;
}

/* With both writes, with one, with none. */
static void
whatever_is_cut_off_the_others_are_out(void **state)
{
	struct fixture		*f = *state;
	const struct engine	*real = f->store->engine;
	struct engine		 engine = *real;
	char			*mine, *other;
	int			 cut;

	/* All are of one moment, so that any could be the oldest. */
	f->conf.max_sessions = 20;
	for (cut = 0; cut < 4; cut++) {
		mine = open_session(f);
		other = open_session(f);
		engine.session_keep = cut & 1 ? fail_keep :
		    real->session_keep;
		engine.session_end_all = cut & 2 ? fail_end_all :
		    real->session_end_all;
		f->store->engine = &engine;
		assert_int_equal(change(f, mine, NEW_PASSWORD), OK);
		f->store->engine = real;
		assert_int_equal(who(f, other), E_SESSION_ENDED);
		assert_int_equal(who(f, mine), cut & 1 ? E_SESSION_ENDED :
		    OK);
		assert_int_equal(log_in(f, FIXTURE_PASSWORD), E_CREDENTIALS);
		assert_int_equal(log_in(f, NEW_PASSWORD), OK);

		/* As it was, for the next; the epoch goes on. */
		f->user.epoch++;
		assert_int_equal(store_user_update(f->store, &f->user,
		    USER_PASSWORD, NULL, false, &(unsigned){ 0 }), OK);
		free(mine);
		free(other);
	}
}

static struct fixture	*owner;
static const struct engine *real_engine;

/* Before this change is written, its owner has made one elsewhere. */
static enum err
come_second(struct store *store, const struct user *user, unsigned fields,
    const struct user_expected *expected, bool validated, unsigned *taken)
{
	struct user	changed = owner->user;
	unsigned	unused;

	store->engine = real_engine;
	assert_int_equal(user_set_password(&owner->ctx, &changed, "password",
	    "the owner's password"), OK);
	assert_int_equal(store_user_update(store, &changed, changed.changed,
	    NULL, false, &unused), OK);
	return store_user_update(store, user, fields, expected, validated,
	    taken);
}

static void
who_proved_a_password_that_is_old_by_now_changes_nothing(void **state)
{
	struct fixture	*f = *state;
	struct engine	 engine = *f->store->engine;
	char		*access = open_session(f);

	owner = f;
	real_engine = f->store->engine;
	engine.user_update = come_second;
	f->store->engine = &engine;
	assert_int_equal(change(f, access, NEW_PASSWORD), E_STALE);
	assert_int_equal(log_in(f, NEW_PASSWORD), E_CREDENTIALS);
	assert_int_equal(log_in(f, "the owner's password"), OK);
	assert_int_equal(who(f, access), E_SESSION_ENDED);
	free(access);
}

/* Disabled a moment after the password was written: nothing is kept. */
static enum err
disable_first(struct store *store, const struct id *id, int64_t epoch)
{
	struct user	disabled = owner->user;
	unsigned	unused;

	store->engine = real_engine;
	user_set_disabled(&disabled, true);
	assert_int_equal(store_user_update(store, &disabled,
	    disabled.changed, NULL, false, &unused), OK);
	user_set_disabled(&disabled, false);
	assert_int_equal(store_user_update(store, &disabled, USER_DISABLED,
	    NULL, false, &unused), OK);
	return store_session_keep(store, id, epoch);
}

static void
a_session_of_an_account_disabled_meanwhile_is_not_kept(void **state)
{
	struct fixture	*f = *state;
	struct engine	 engine = *f->store->engine;
	char		*access = open_session(f);

	owner = f;
	real_engine = f->store->engine;
	engine.session_keep = disable_first;
	f->store->engine = &engine;
	assert_int_equal(change(f, access, NEW_PASSWORD), OK);
	assert_int_equal(who(f, access), E_SESSION_ENDED);
	free(access);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(whatever_is_cut_off_the_others_are_out),
		TEST(who_proved_a_password_that_is_old_by_now_changes_nothing),
		TEST(a_session_of_an_account_disabled_meanwhile_is_not_kept),
	};

	return cmocka_run_group_tests_name("proof", tests, NULL, NULL);
}
