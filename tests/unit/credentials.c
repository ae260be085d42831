/* Which of the tokens that came with a request speaks. */
#include "base/log.h"
#include "http/credentials.h"
#include "fixture.h"

struct visit {
	struct fixture	*f;
	struct request	 req;
	struct tokens	 one, two;	/* of two sessions */
};

static int
set_up(void **state)
{
	struct visit *v = calloc(1, sizeof(*v));

	assert_non_null(v);
	(void)fixture_setup((void **)&v->f);
	assert_int_equal(session_open(&v->f->ctx, &v->f->user, &v->one), OK);
	assert_int_equal(session_open(&v->f->ctx, &v->f->user, &v->two), OK);
	*state = v;
	return 0;
}

static int
tear_down(void **state)
{
	struct visit *v = *state;

	(void)fixture_teardown((void **)&v->f);
	free(v);
	return 0;
}

static struct session *
session_of(struct visit *v, const struct tokens *tokens)
{
	struct session	*session;
	struct user	*user;

	assert_int_equal(session_authenticate(&v->f->ctx, tokens->access,
	    &user, &session), OK);
	return session;
}

static bool
is_alive(struct visit *v, const struct tokens *tokens)
{
	struct session	*session;
	struct user	*user;

	return session_authenticate(&v->f->ctx, tokens->access, &user,
	    &session) == OK;
}

/* An older refresh token of the second session than its predecessor. */
static char *
older_token(struct visit *v)
{
	char		*older = v->two.refresh;
	struct tokens	 next;

	assert_int_equal(session_refresh(&v->f->ctx, older, &next), OK);
	assert_int_equal(session_refresh(&v->f->ctx, next.refresh, &v->two),
	    OK);
	return older;
}

static void
one_that_is_not_good_contradicts_nothing(void **state)
{
	struct visit	*v = *state;
	struct session	*session;
	struct user	*user;

	v->req.cookies[COOKIE_ACCESS] = v->one.access;
	v->req.bearer = "x.y.z";
	assert_int_equal(credentials_access(&v->f->ctx, &v->req, &user,
	    &session), OK);
	v->req.bearer = v->two.access;
	assert_int_equal(credentials_access(&v->f->ctx, &v->req, &user,
	    &session), E_AMBIGUOUS);
	/* The cookie speaks, be it good or bad. */
	v->req.cookies[COOKIE_ACCESS] = "x.y.z";
	assert_int_equal(credentials_access(&v->f->ctx, &v->req, &user,
	    &session), E_TOKEN);
}

static void
an_ended_access_token_leaves_the_word_to_the_other(void **state)
{
	struct visit	*v = *state;
	struct session	*session = session_of(v, &v->one);
	struct user	*user;

	assert_int_equal(session_end(&v->f->ctx, session, "logout"), OK);
	v->req.cookies[COOKIE_ACCESS] = v->one.access;
	assert_int_equal(credentials_either(&v->f->ctx, &v->req, NULL,
	    SESSION_CURRENT, &user, &session), E_SESSION_ENDED);
	assert_int_equal(credentials_either(&v->f->ctx, &v->req,
	    v->two.refresh, SESSION_CURRENT, &user, &session), OK);
	assert_true(id_equal(&session->id, &session_of(v, &v->two)->id));
}

static void
an_older_refresh_token_is_judged_good_by_a_look_alone(void **state)
{
	struct visit *v = *state;

	v->req.cookies[COOKIE_REFRESH] = older_token(v);
	assert_int_equal(credentials_judge(&v->f->ctx, &v->req,
	    REFRESH_TOKEN), OK);
	assert_int_equal(credentials_judge(&v->f->ctx, &v->req,
	    EITHER_TOKEN), OK);
	assert_true(is_alive(v, &v->two));
	v->req.cookies[COOKIE_REFRESH] = "x.y.z";
	assert_int_equal(credentials_judge(&v->f->ctx, &v->req,
	    REFRESH_TOKEN), E_TOKEN);
	assert_int_equal(credentials_judge(&v->f->ctx, &v->req, ANYONE), OK);
}

static void
a_login_ends_the_session_of_its_cookies_only(void **state)
{
	struct visit *v = *state;

	v->req.bearer = v->one.access;
	assert_int_equal(credentials_end_previous(&v->f->ctx, &v->req), OK);
	assert_true(is_alive(v, &v->one));
	v->req.cookies[COOKIE_ACCESS] = v->two.access;
	assert_int_equal(credentials_end_previous(&v->f->ctx, &v->req), OK);
	assert_true(is_alive(v, &v->one));
	assert_false(is_alive(v, &v->two));
}

static void
a_login_minds_no_cookies_that_are_dead(void **state)
{
	struct visit *v = *state;

	v->req.cookies[COOKIE_REFRESH] = "x.y.z";
	assert_int_equal(credentials_end_previous(&v->f->ctx, &v->req), OK);
	assert_int_equal(session_end(&v->f->ctx, session_of(v, &v->two),
	    "logout"), OK);
	v->req.cookies[COOKIE_REFRESH] = v->two.refresh;
	assert_int_equal(credentials_end_previous(&v->f->ctx, &v->req), OK);
	/* Its new cookies are not to be expired with the old session. */
	assert_false(v->f->ctx.drop_cookies);
}

/* The answer sets this cookie: name, value, attributes. */
static void
assert_cookie(const struct header *header, const char *name,
    const char *token, const char *rest)
{
	const char *value = header->value;

	assert_string_equal(header->name, "Set-Cookie");
	assert_memory_equal(value, name, strlen(name));
	value += strlen(name);
	assert_memory_equal(value, token, strlen(token));
	assert_memory_equal(value + strlen(token), rest, strlen(rest));
}

static void
a_cookie_lives_as_long_as_its_token_in_seconds(void **state)
{
	struct visit	*v = *state;
	struct response	 res;

	response_start(&res, v->f->ctx.arena);
	v->f->ctx.now += SECONDS(10);
	credentials_send(&v->f->ctx, &v->one, &res);
	assert_cookie(res.headers, "__Host-accessToken=", v->one.access,
	    "; Path=/; Max-Age=890; ");
	assert_cookie(res.headers->next, "__Host-refreshToken=",
	    v->one.refresh, "; Path=/; Max-Age=863990; ");
	assert_null(res.headers->next->next);
	response_start(&res, v->f->ctx.arena);
	credentials_expire(&v->f->ctx, &res);
	assert_cookie(res.headers, "__Host-accessToken=", "",
	    "; Path=/; Max-Age=0; ");
	assert_cookie(res.headers->next, "__Host-refreshToken=", "",
	    "; Path=/; Max-Age=0; ");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_that_is_not_good_contradicts_nothing),
		TEST(an_ended_access_token_leaves_the_word_to_the_other),
		TEST(an_older_refresh_token_is_judged_good_by_a_look_alone),
		TEST(a_login_ends_the_session_of_its_cookies_only),
		TEST(a_login_minds_no_cookies_that_are_dead),
		TEST(a_cookie_lives_as_long_as_its_token_in_seconds),
	};

	log_level(LOG_ERROR);
	return cmocka_run_group_tests_name("credentials", tests, NULL, NULL);
}
