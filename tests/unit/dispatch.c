/*
 * One request through all the checks: which of two faults is told, what a
 * failure owes its client, and what is left in the log.
 */
#include "base/log.h"
#include "account/app.h"
#include "account/session.h"
#include "http/endpoint.h"
#include "exchange.h"
#include "fixture.h"

#define JSON	"application/json"
#define INVALID	"WWW-Authenticate: Bearer error=\"invalid_token\"\r\n"

struct site {
	struct fixture	*f;
	struct exchange	*x;
	struct app	 app;
	struct tokens	 tokens;	/* of a session that is alive */
	char		 log[4096];
	char		 conf[96];	/* the path, where nothing stands */
};

static const struct field fields[] = {
	{ "refreshToken", NULL, OPTIONAL },
	{ 0 }
};

static void
keep_line(void *arg, const char *line, size_t size)
{
	struct site	*s = arg;
	const size_t	 n = strlen(s->log);

	assert_true(size < sizeof(s->log) - n);
	memcpy(s->log + n, line, size);
	s->log[n + size] = '\0';
}

static int
set_up(void **state)
{
	struct site *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	log_sink(keep_line, s);
	(void)fixture_setup((void **)&s->f);
	fixture_at(s->f, clock_now());
	assert_int_equal(session_open(&s->f->ctx, &s->f->user, &s->tokens),
	    OK);
	(void)snprintf(s->conf, sizeof(s->conf), "%s/darban.conf",
	    s->f->directory);
	/* As if that configuration had been read from there. */
	s->app = (struct app){
		.path = s->conf,
		.conf = &s->f->conf,
		.keys = s->f->keys,
		.store = s->f->store,
		.mode = STORE_SERVE,
	};
	conf_stamp(s->conf, &s->app.stamp);
	s->x = exchange_new();
	*state = s;
	return 0;
}

static int
tear_down(void **state)
{
	struct site *s = *state;

	log_sink(NULL, NULL);
	exchange_free(s->x);
	(void)fixture_teardown((void **)&s->f);
	free(s);
	return 0;
}

/* Another request, of this method. */
static struct exchange *
asks(struct site *s, const char *method)
{
	exchange_free(s->x);
	s->x = exchange_new();
	*s->log = '\0';
	exchange_add(s->x, "DARBAN_CONF", s->conf);
	exchange_add(s->x, "REQUEST_METHOD", method);
	return s->x;
}

/* A header field that holds a token behind this text. */
static void
add_token(struct exchange *x, const char *name, const char *scheme,
    const char *token)
{
	char value[2048];

	(void)snprintf(value, sizeof(value), "%s%s", scheme, token);
	exchange_add(x, name, value);
}

static enum err
works(struct ctx *ctx, const struct request *req, struct response *res)
{
	assert_non_null(ctx->address);
	assert_non_null(ctx->user_agent);
	response_header(res, "X-Method", req->method == METHOD_PUT ?
	    "PUT" : req->method == METHOD_DELETE ? "DELETE" : "other");
	return OK;
}

static enum err
fails(struct ctx *ctx, const struct request *_ UNUSED, struct response *res)
{
	response_header(res, "Set-Cookie", "token=secret");
	ctx_note(ctx, "the note");
	return E_UNAVAILABLE;
}

static enum err
revokes(struct ctx *ctx, const struct request *_ UNUSED,
    struct response *res)
{
	response_header(res, "Set-Cookie", "token=secret");
	ctx->drop_cookies = true;
	return E_REUSE;
}

static enum err
runs_out(struct ctx *ctx, const struct request *_ UNUSED,
    struct response *res)
{
	/* Even where there was to be nothing. */
	res->status = 204;
	response_header(res, "Set-Cookie", "token=secret");
	assert_null(arena_alloc(ctx->arena, SIZE_MAX / 2));
	return OK;
}

static enum err
is_wrong(struct ctx *_ UNUSED, const struct request *_2 UNUSED,
    struct response *_3 UNUSED)
{
	return E_CREDENTIALS;
}

static enum err
is_over(struct ctx *_ UNUSED, const struct request *_2 UNUSED,
    struct response *_3 UNUSED)
{
	return E_SESSION_ENDED;
}

static enum err
breaks(struct ctx *_ UNUSED, const struct request *_2 UNUSED,
    struct response *_3 UNUSED)
{
	return E_INTERNAL;
}

static enum err
tells(struct ctx *ctx, const struct request *_ UNUSED,
    struct response *_2 UNUSED)
{
	ctx_note(ctx, "the note");
	return OK;
}

/* The answer of an endpoint with these methods and this access. */
static const char *
answer_of(struct site *s, unsigned methods, enum access access,
    enum err (*handler)(struct ctx *ctx, const struct request *req,
    struct response *res))
{
	const struct endpoint table[] = {
		{
			.methods  = methods,
			.access   = access,
			.max_body = 24,
			.fields   = fields,
			.handler  = handler,
		},
		{ 0 }
	};
	struct ctx ctx = { .arena = s->f->ctx.arena };

	s->x->size = 0;
	dispatch(&s->app, table, &s->x->transport, &ctx);
	return s->x->answer;
}

static enum err
throttles(struct ctx *ctx, const struct request *_ UNUSED,
    struct response *_2 UNUSED)
{
	ctx->retry_after = 1001;
	return E_THROTTLED;
}

static const char *
post(struct site *s, enum access access)
{
	return answer_of(s, METHOD_POST, access, works);
}

static void
assert_there(const char *answer, const char *text)
{
	if (strstr(answer, text) == NULL)
		fail_msg("no %s in %s", text, answer);
}

static void
assert_not_there(const char *answer, const char *text)
{
	if (strstr(answer, text) != NULL)
		fail_msg("%s in %s", text, answer);
}

static void
a_broken_configuration_is_told_before_everything(void **state)
{
	struct site	*s = *state;
	struct app	 fresh = { .mode = STORE_SERVE };

	s->app = fresh;
	exchange_add(asks(s, "PURGE"), "PATH_INFO", "/x");
	exchange_add(s->x, "CONTENT_LENGTH", "x");
	assert_there(post(s, ANYONE), "Status: 503 ");
	assert_there(s->x->answer, "Retry-After: 2\r\n");
	assert_there(s->log, "error");
	app_close(&s->app);
}

static void
a_path_behind_the_name_is_told_before_the_method(void **state)
{
	struct site *s = *state;

	exchange_add(asks(s, "PURGE"), "PATH_INFO", "/x");
	assert_there(post(s, ANYONE), "Status: 404 ");
	assert_not_there(s->x->answer, "Allow");
}

static void
a_method_is_told_before_the_headers_syntax(void **state)
{
	struct site *s = *state;

	exchange_add(asks(s, "GET"), "CONTENT_LENGTH", "x");
	assert_there(post(s, ANYONE), "Status: 405 ");
	exchange_add(asks(s, "PURGE"), "CONTENT_LENGTH", "x");
	assert_there(post(s, ANYONE), "Status: 501 ");
	exchange_add(asks(s, "OPTIONS"), "CONTENT_LENGTH", "x");
	assert_there(post(s, ANYONE), "Status: 204 ");
	exchange_add(asks(s, "POST"), "CONTENT_LENGTH", "x");
	exchange_add(s->x, "HTTP_COOKIE", "__Host-accessToken=a,b");
	assert_there(post(s, ANYONE), "malformed_request");
}

static void
ambiguous_cookies_are_told_before_length_and_type(void **state)
{
	struct site *s = *state;

	exchange_body(asks(s, "POST"), "text/plain",
	    "this is longer than 24 bytes");
	exchange_add(s->x, "HTTP_COOKIE", "__Host-refreshToken=a,b");
	assert_there(post(s, ANYONE), "ambiguous_credentials");
}

static void
length_and_type_are_told_before_the_credential(void **state)
{
	struct site *s = *state;

	exchange_body(asks(s, "POST"), "text/plain",
	    "this is longer than 24 bytes");
	assert_there(post(s, ACCESS_TOKEN), "Status: 413 ");
	exchange_body(asks(s, "POST"), "text/plain", "x");
	assert_there(post(s, ACCESS_TOKEN), "Status: 415 ");
	assert_int_equal(s->x->left, 1);
}

/* The answer of one that takes a picture. */
static const char *
put_picture(struct site *s)
{
	static const struct file_field	files[] = {
		{ "avatar", REQUIRED }, { 0 }
	};
	const struct endpoint		table[] = {
		{
			.methods = METHOD_PUT,
			.access  = ACCESS_TOKEN,
			.files   = files,
			.handler = works,
		},
		{ 0 }
	};
	struct ctx			ctx = { .arena = s->f->ctx.arena };

	s->x->size = 0;
	dispatch(&s->app, table, &s->x->transport, &ctx);
	return s->x->answer;
}

static void
a_picture_is_read_only_where_it_may_be_taken(void **state)
{
	struct site *s = *state;

	s->f->conf.avatar_max_bytes = 24;
	exchange_body(asks(s, "PUT"), "text/html",
	    "this is longer than 24 bytes");
	assert_there(put_picture(s), "Status: 413 ");
	assert_int_equal(s->x->left, 28);
	exchange_body(asks(s, "PUT"), "text/html", "x");
	assert_there(put_picture(s), "Status: 415 ");
	exchange_body(asks(s, "PUT"), "image/png", "x");
	assert_there(put_picture(s), "Status: 401 ");
	exchange_body(asks(s, "PUT"), "multipart/form-data", "x");
	assert_there(put_picture(s), "Status: 401 ");
	assert_int_equal(s->x->left, 1);

	exchange_body(asks(s, "PUT"), "multipart/form-data", "x");
	add_token(s->x, "HTTP_AUTHORIZATION", "Bearer ", s->tokens.access);
	assert_there(put_picture(s), "malformed_request");
	exchange_body(asks(s, "PUT"), "image/png", "");
	add_token(s->x, "HTTP_AUTHORIZATION", "Bearer ", s->tokens.access);
	assert_there(put_picture(s), "missing_member");
	assert_there(s->x->answer, "\"field\":\"avatar\"");
	s->f->conf.avatar_max_bytes = 1000;
	exchange_body(asks(s, "PUT"), "multipart/form-data; boundary=B",
	    "--B\r\nContent-Disposition: form-data; name=x\r\n\r\n\r\n"
	    "--B--");
	add_token(s->x, "HTTP_AUTHORIZATION", "Bearer ", s->tokens.access);
	assert_there(put_picture(s), "missing_member");
	exchange_body(asks(s, "PUT"), "image/png", "x");
	add_token(s->x, "HTTP_AUTHORIZATION", "Bearer ", s->tokens.access);
	assert_there(put_picture(s), "Status: 200 ");
}

static void
a_body_is_read_only_for_who_may(void **state)
{
	struct site *s = *state;

	exchange_body(asks(s, "POST"), JSON, "{");
	assert_there(post(s, ACCESS_TOKEN), "Status: 401 ");
	assert_int_equal(s->x->left, 1);
	exchange_body(asks(s, "POST"), JSON, "{");
	add_token(s->x, "HTTP_AUTHORIZATION", "Bearer ", s->tokens.access);
	assert_there(post(s, ACCESS_TOKEN), "Status: 400 ");
	assert_int_equal(s->x->left, 0);
}

static void
a_body_that_may_hold_the_token_is_judged_first(void **state)
{
	struct site *s = *state;

	exchange_body(asks(s, "POST"), JSON, "{");
	assert_there(post(s, REFRESH_TOKEN), "Status: 400 ");
	exchange_body(asks(s, "POST"), JSON, "{\"x\":1}");
	assert_there(post(s, REFRESH_TOKEN), "unauthenticated");
	exchange_body(asks(s, "POST"), JSON, "{\"x\":1}");
	assert_there(post(s, EITHER_TOKEN), "unauthenticated");
	/* An access token is none of the kind that is wanted. */
	add_token(asks(s, "POST"), "HTTP_AUTHORIZATION", "Bearer ",
	    s->tokens.access);
	assert_there(post(s, REFRESH_TOKEN), "unauthenticated");
	assert_there(post(s, EITHER_TOKEN), "Status: 200 ");
}

static void
a_bad_credential_is_told_alone_and_before_bad_members(void **state)
{
	struct site *s = *state;

	exchange_body(asks(s, "POST"), JSON, "{\"x\":1}");
	exchange_add(s->x, "HTTP_COOKIE", "__Host-refreshToken=x.y.z");
	assert_there(post(s, REFRESH_TOKEN), "invalid_token");
	assert_there(s->x->answer, INVALID);
	assert_there(s->x->answer, "\"errors\":[]");
	exchange_body(asks(s, "POST"), JSON, "{\"x\":1}");
	add_token(s->x, "HTTP_COOKIE", "__Host-refreshToken=",
	    s->tokens.refresh);
	assert_there(post(s, REFRESH_TOKEN), "Status: 422 ");
	assert_there(s->x->answer, "\"field\":\"x\"");
	/* A token of the wrong type is there, and is a bad member. */
	exchange_body(asks(s, "POST"), JSON, "{\"refreshToken\":1}");
	assert_there(post(s, REFRESH_TOKEN), "Status: 422 ");
}

static void
an_endpoint_has_its_own_limit(void **state)
{
	struct site *s = *state;

	exchange_body(asks(s, "POST"), JSON, "{                      }");
	assert_there(post(s, ANYONE), "Status: 200 ");
	exchange_body(asks(s, "POST"), JSON, "{                       }");
	assert_there(post(s, ANYONE), "Status: 413 ");
}

static void
each_method_has_its_row_and_allow_lists_them_all(void **state)
{
	const struct endpoint table[] = {
		{ .methods = METHOD_GET, .handler = fails },
		{ .methods = METHOD_PUT | METHOD_PATCH, .handler = works },
		{ .methods = METHOD_POST, .handler = is_wrong },
		{ .methods = METHOD_DELETE, .handler = works },
		{ 0 }
	};
	static const struct {
		const char *method, *there;
	} rows[] = {
		{ "GET", "Status: 503 " }, { "PUT", "X-Method: PUT" },
		{ "POST", "Status: 401 " }, { "DELETE", "X-Method: DELETE" },
		{ "OPTIONS", "\r\nAllow: GET, HEAD, POST, PUT, PATCH, "
		    "DELETE, OPTIONS\r\n" },
	};
	struct site	*s = *state;
	struct ctx	 ctx;
	size_t		 i;

	for (i = 0; i < NELEMS(rows); i++) {
		(void)asks(s, rows[i].method);
		ctx = (struct ctx){ .arena = s->f->ctx.arena };
		dispatch(&s->app, table, &s->x->transport, &ctx);
		assert_there(s->x->answer, rows[i].there);
	}
	(void)asks(s, "PATCH");
	assert_there(answer_of(s, METHOD_DELETE, ANYONE, works),
	    "\r\nAllow: DELETE, OPTIONS\r\n");
	assert_there(s->x->answer, "Status: 405 ");
}

static void
head_is_get_without_content_failures_too(void **state)
{
	struct site *s = *state;

	(void)asks(s, "HEAD");
	assert_there(answer_of(s, METHOD_GET, ANYONE, works),
	    "Status: 200 OK\r\nContent-Length: 58\r\n");
	assert_not_there(s->x->answer, "{");
	assert_there(answer_of(s, METHOD_GET, ACCESS_TOKEN, works),
	    "Status: 401 ");
	assert_not_there(s->x->answer, "{");
	assert_there(post(s, ANYONE), "Status: 405 ");
	assert_not_there(s->x->answer, "{");
}

static void
nobody_reads_what_comes_with_a_get(void **state)
{
	struct site *s = *state;

	exchange_body(asks(s, "GET"), "text/plain",
	    "this is longer than 24 bytes");
	assert_there(answer_of(s, METHOD_GET, ANYONE, works),
	    "Status: 200 ");
	assert_int_equal(s->x->left, 28);
	exchange_body(asks(s, "GET"), JSON, "{");
	assert_there(answer_of(s, METHOD_GET, ANYONE, works),
	    "Status: 200 ");
	assert_int_equal(s->x->left, 1);
}

static void
a_failure_sends_nothing_that_was_prepared(void **state)
{
	struct site *s = *state;

	(void)asks(s, "POST");
	assert_there(answer_of(s, METHOD_POST, ANYONE, fails),
	    "Status: 503 ");
	assert_there(s->x->answer, "\r\nRetry-After: 2\r\n");
	assert_not_there(s->x->answer, "secret");
	assert_not_there(s->x->answer, "the note");
	assert_not_there(s->x->answer, "WWW-Authenticate");
	assert_there(s->log, "POST 503 unavailable: the note\n");
}

/* Whoever comes back to the second must not be told to wait again. */
static void
a_wait_is_told_in_whole_seconds_that_suffice(void **state)
{
	struct site *s = *state;

	(void)asks(s, "POST");
	assert_there(answer_of(s, METHOD_POST, ANYONE, throttles),
	    "Status: 429 Too Many Requests\r\n");
	assert_there(s->x->answer, "\r\nRetry-After: 2\r\n");
	assert_there(s->x->answer, "\"code\":\"too_many_attempts\"");
}

static void
a_revoked_session_takes_its_cookies_with_it(void **state)
{
	struct site *s = *state;

	(void)asks(s, "POST");
	assert_there(answer_of(s, METHOD_POST, ANYONE, revokes),
	    INVALID);
	assert_there(s->x->answer, "\r\nSet-Cookie: __Host-accessToken=; "
	    "Path=/; Max-Age=0; HttpOnly; Secure; ");
	assert_there(s->x->answer, "\r\nSet-Cookie: __Host-refreshToken=; "
	    "Path=/; Max-Age=0; HttpOnly; Secure; ");
	assert_not_there(s->x->answer, "secret");
}

static void
an_internal_error_is_nothing_to_come_back_for(void **state)
{
	struct site *s = *state;

	(void)asks(s, "POST");
	assert_there(answer_of(s, METHOD_POST, ANYONE, breaks),
	    "Status: 500 ");
	assert_not_there(s->x->answer, "Retry-After");
	*s->log = '\0';
	assert_there(answer_of(s, METHOD_POST, ANYONE, runs_out),
	    "Status: 500 ");
	assert_there(s->x->answer, "\"code\":\"internal\"");
	assert_not_there(s->x->answer, "secret");
	assert_not_there(s->x->answer, "Retry-After");
	assert_there(s->log, " error ");
	assert_there(s->log, "POST 500 internal\n");
}

static void
a_token_of_the_past_is_a_bad_one_a_wrong_password_is_none(void **state)
{
	struct site *s = *state;

	(void)asks(s, "POST");
	assert_there(answer_of(s, METHOD_POST, ANYONE, is_over), INVALID);
	assert_there(answer_of(s, METHOD_POST, ANYONE, is_wrong),
	    "\r\nWWW-Authenticate: Bearer\r\n");
	assert_not_there(s->x->answer, "Set-Cookie");
}

static void
the_access_token_comes_by_cookie_or_bearer(void **state)
{
	static const struct {
		const char *name, *scheme;
		bool is_taken;
	} rows[] = {
		{ "HTTP_COOKIE", "__Host-accessToken=", true },
		{ "HTTP_AUTHORIZATION", "Bearer ", true },
		{ "HTTP_AUTHORIZATION", "bEARER   ", true },
		{ "HTTP_AUTHORIZATION", "Bearer", false },
		{ "HTTP_AUTHORIZATION", "Bearer:", false },
		{ "HTTP_AUTHORIZATION", "Basic ", false },
		{ "REDIRECT_HTTP_AUTHORIZATION", "Bearer ", true },
		{ "HTTP_COOKIE", "__Host-refreshToken=", false },
		{ "QUERY_STRING", "accessToken=", false },
	};
	struct site	*s = *state;
	size_t		 i;

	for (i = 0; i < NELEMS(rows); i++) {
		add_token(asks(s, "POST"), rows[i].name, rows[i].scheme,
		    s->tokens.access);
		assert_there(post(s, ACCESS_TOKEN), rows[i].is_taken ?
		    "Status: 200 " : "unauthenticated");
	}
	/* What the server shows is not overruled by what a rule hid. */
	add_token(asks(s, "POST"), "REDIRECT_HTTP_AUTHORIZATION", "Bearer ",
	    s->tokens.access);
	exchange_add(s->x, "HTTP_AUTHORIZATION", "Bearer x.y.z");
	assert_there(post(s, ACCESS_TOKEN), "invalid_token");
}

static void
two_headers_that_decide_are_malformed_not_chosen_from(void **state)
{
	struct site *s = *state;

	add_token(asks(s, "POST"), "HTTP_AUTHORIZATION", "Bearer ",
	    s->tokens.access);
	exchange_add(s->x, "HTTP_AUTHORIZATION", "Bearer x.y.z");
	assert_there(post(s, ACCESS_TOKEN), "malformed_request");
	add_token(asks(s, "POST"), "HTTP_COOKIE", "__Host-accessToken=",
	    s->tokens.access);
	exchange_add(s->x, "HTTP_COOKIE", "a=b");
	assert_there(post(s, ACCESS_TOKEN), "malformed_request");
}

static void
only_the_server_says_where_the_configuration_is(void **state)
{
	struct site *s = *state;

	/* Each before the next; the broken one would be a 503. */
	assert_int_equal(setenv("DARBAN_CONF", "/nonexistent", 1), 0);
	(void)asks(s, "POST");
	exchange_add(s->x, "REDIRECT_DARBAN_CONF", "/nonexistent");
	exchange_add(s->x, "HTTP_DARBAN_CONF", "/nonexistent");
	assert_there(post(s, ANYONE), "Status: 200 ");
	s->x->environment[0][0] = 'X';
	free(s->x->environment[2]);
	assert_true(asprintf(&s->x->environment[2],
	    "REDIRECT_DARBAN_CONF=%s", s->conf) > 0);
	assert_there(post(s, ANYONE), "Status: 200 ");
	s->x->environment[2][0] = 'X';
	assert_int_equal(setenv("DARBAN_CONF", s->conf, 1), 0);
	assert_there(post(s, ANYONE), "Status: 200 ");
	assert_int_equal(unsetenv("DARBAN_CONF"), 0);
}

static void
the_log_names_the_client_of_this_request_only(void **state)
{
	struct site *s = *state;

	exchange_add(asks(s, "POST"), "REMOTE_ADDR", "192.0.2.9");
	assert_there(answer_of(s, METHOD_POST, ANYONE, fails),
	    "Status: 503 ");
	assert_there(s->log, " error 192.0.2.9 POST 503 ");
	*s->log = '\0';
	log_info("afterwards");
	assert_there(s->log, " info - afterwards\n");
	(void)asks(s, "POST");
	assert_there(post(s, ACCESS_TOKEN), "Status: 401 ");
	assert_there(s->log, " info - POST 401 unauthenticated\n");
	/* A method that nobody knows is no error of ours. */
	(void)asks(s, "PURGE");
	assert_there(post(s, ANYONE), "Status: 501 ");
	assert_there(s->log, " info - PURGE 501 method_unknown\n");
}

static void
a_success_is_logged_only_where_it_has_a_note(void **state)
{
	struct site *s = *state;

	(void)asks(s, "POST");
	assert_there(post(s, ANYONE), "Status: 200 ");
	assert_string_equal(s->log, "");
	assert_there(answer_of(s, METHOD_POST, ANYONE, tells),
	    "Status: 200 ");
	assert_there(s->log, " info - POST 200 ok: the note\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_broken_configuration_is_told_before_everything),
		TEST(a_path_behind_the_name_is_told_before_the_method),
		TEST(a_method_is_told_before_the_headers_syntax),
		TEST(ambiguous_cookies_are_told_before_length_and_type),
		TEST(length_and_type_are_told_before_the_credential),
		TEST(a_body_is_read_only_for_who_may),
		TEST(a_picture_is_read_only_where_it_may_be_taken),
		TEST(a_body_that_may_hold_the_token_is_judged_first),
		TEST(a_bad_credential_is_told_alone_and_before_bad_members),
		TEST(an_endpoint_has_its_own_limit),
		TEST(each_method_has_its_row_and_allow_lists_them_all),
		TEST(head_is_get_without_content_failures_too),
		TEST(nobody_reads_what_comes_with_a_get),
		TEST(a_failure_sends_nothing_that_was_prepared),
		TEST(a_wait_is_told_in_whole_seconds_that_suffice),
		TEST(a_revoked_session_takes_its_cookies_with_it),
		TEST(an_internal_error_is_nothing_to_come_back_for),
		TEST(a_token_of_the_past_is_a_bad_one_a_wrong_password_is_none),
		TEST(the_access_token_comes_by_cookie_or_bearer),
		TEST(two_headers_that_decide_are_malformed_not_chosen_from),
		TEST(only_the_server_says_where_the_configuration_is),
		TEST(the_log_names_the_client_of_this_request_only),
		TEST(a_success_is_logged_only_where_it_has_a_note),
	};

	return cmocka_run_group_tests_name("dispatch", tests, NULL, NULL);
}
