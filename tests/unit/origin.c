/*
 * Requests from other sites: every method, Origin, Sec-Fetch-Site and type of
 * body against a table.
 */
#include "base/log.h"
#include "account/app.h"
#include "account/session.h"
#include "http/endpoint.h"
#include "exchange.h"
#include "fixture.h"

#define BODY	"{\"everywhere\":true}"

struct site {
	struct fixture	*f;
	struct app	 app;
	struct tokens	 tokens;
	char		 conf[96];
	bool		 was_handled;
};

static struct site *the_site;

static const struct field fields[] = {
	{ "everywhere", NULL, OPTIONAL },
	{ 0 }
};

static enum err
handles(struct ctx *_ UNUSED, const struct request *_2 UNUSED,
    struct response *_3 UNUSED)
{
	the_site->was_handled = true;
	return OK;
}

static void
drop_line(void *_ UNUSED, const char *_2 UNUSED, size_t _3 UNUSED)
{
}

static char allowed[] = "https://app.example.net";
static char *allowed_list[] = { allowed };

static int
set_up(void **state)
{
	struct site *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	log_sink(drop_line, NULL);
	(void)fixture_setup((void **)&s->f);
	s->f->conf.allowed_origins.item = allowed_list;
	s->f->conf.allowed_origins.count = 1;
	fixture_at(s->f, clock_now());
	assert_int_equal(session_open(&s->f->ctx, &s->f->user, &s->tokens),
	    OK);
	(void)snprintf(s->conf, sizeof(s->conf), "%s/darban.conf",
	    s->f->directory);
	s->app = (struct app){ .path = s->conf, .conf = &s->f->conf,
	    .keys = s->f->keys, .store = s->f->store, .mode = STORE_SERVE };
	conf_stamp(s->conf, &s->app.stamp);
	*state = the_site = s;
	return 0;
}

static int
tear_down(void **state)
{
	struct site *s = *state;

	log_sink(NULL, NULL);
	(void)fixture_teardown((void **)&s->f);
	free(s);
	return 0;
}

static struct exchange *
ask(struct site *s, const char *method, const char *origin,
    const char *fetch_site)
{
	struct exchange *x = exchange_new();

	exchange_add(x, "DARBAN_CONF", s->conf);
	exchange_add(x, "REQUEST_METHOD", method);
	exchange_add(x, "HTTP_HOST", "example.org");
	if (origin != NULL)
		exchange_add(x, "HTTP_ORIGIN", origin);
	if (fetch_site != NULL)
		exchange_add(x, "HTTP_SEC_FETCH_SITE", fetch_site);
	return x;
}

static void
answer(struct site *s, struct exchange *x, enum access access)
{
	const struct endpoint table[] = {
		{
			.methods  = METHOD_GET | METHOD_POST | METHOD_PUT |
			    METHOD_PATCH | METHOD_DELETE,
			.access   = access,
			.max_body = 64,
			.fields   = fields,
			.handler  = handles,
		},
		{ 0 }
	};
	struct ctx ctx = { .arena = s->f->ctx.arena };

	s->was_handled = false;
	dispatch(&s->app, table, &x->transport, &ctx);
	if (!s->was_handled && strstr(x->answer, "Status: 403 ") != NULL)
		assert_non_null(strstr(x->answer, "\"code\":\"cross_site\""));
}

static bool
is_refused(const struct exchange *x)
{
	return strstr(x->answer, "Status: 403 ") != NULL;
}

static const char *const methods[] = {
	"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE",
};
enum { SAFE_METHODS = 3 };

static const char *const fetch_sites[] = {
	NULL, "same-origin", "none", "same-site", "cross-site", "Same-Origin",
};

static const char *const types[] = {
	"application/json", "application/x-www-form-urlencoded", "text/plain",
};

/* For each of fetch_sites: + passes, - is refused. */
static const struct {
	const char *origin, *verdict;
} origins[] = {
	{ NULL,				  "+++---" },
	{ "http://example.org",		  "+++---" },
	{ "http://example.org:80",	  "+++---" },
	{ "https://example.org",	  "+++---" },
	{ "https://example.org:443",	  "+++---" },
	{ "http://EXAMPLE.org",		  "+++---" },
	{ "null",			  "-++---" },
	{ "http://",			  "-++---" },
	{ "example.org",		  "-++---" },
	{ "http://example",		  "-++---" },
	{ "ftp://example.org",		  "-++---" },
	{ "http://example.org:8080",	  "-++---" },
	{ "http://example.org:443",	  "-++---" },
	{ "http://example.org.evil",	  "-++---" },
	{ "http://evil.example.org",	  "-++---" },
	{ "https://app.example.net",	  "++++++" },
	{ "https://app.example.net:444",  "-++---" },
	{ "http://app.example.net",	  "-++---" },
	{ "https://APP.example.net",	  "-++---" },
};

static void
check_case(struct site *s, size_t m, size_t o, size_t f, size_t t)
{
	struct exchange	*x;
	size_t		 left;
	bool		 want;

	x = ask(s, methods[m], origins[o].origin, fetch_sites[f]);
	exchange_body(x, types[t], t == 1 ? "everywhere=true" : BODY);
	left = x->left;
	want = m >= SAFE_METHODS && origins[o].verdict[f] == '-';
	answer(s, x, ANYONE);
	if (is_refused(x) != want)
		fail_msg("%s %s %s: %s", methods[m], origins[o].origin,
		    fetch_sites[f], x->answer);
	if (want) {
		assert_false(s->was_handled);
		assert_int_equal(x->left, left);
	}
	exchange_free(x);
}

static void
every_case_is_as_the_table_says(void **state)
{
	size_t m, o, f, t, count = 0;

	for (m = 0; m < NELEMS(methods); m++)
		for (o = 0; o < NELEMS(origins); o++)
			for (f = 0; f < NELEMS(fetch_sites); f++)
				for (t = 0; t < NELEMS(types); t++) {
					check_case(*state, m, o, f, t);
					count++;
				}
	assert_true(count >= 1400);
}

static bool
refuses(struct site *s, const char *origin, const char *name,
    const char *value)
{
	struct exchange	*x = ask(s, "POST", origin, NULL);
	bool		 result;

	if (name != NULL)
		exchange_add(x, name, value);
	answer(s, x, ANYONE);
	result = is_refused(x);
	exchange_free(x);
	return result;
}

static void
the_configured_origin_stands_for_the_host(void **state)
{
	struct site	*s = *state;
	char		 own[] = "https://www.example.com";

	s->f->conf.origin = own;
	assert_false(refuses(s, own, NULL, NULL));
	assert_true(refuses(s, "https://example.org", NULL, NULL));
	assert_true(refuses(s, "http://www.example.com", NULL, NULL));
	s->f->conf.origin = NULL;
}

static void
over_https_an_origin_of_http_is_another_site(void **state)
{
	struct site *s = *state;

	assert_true(refuses(s, "http://example.org", "HTTPS", "on"));
	assert_false(refuses(s, "https://example.org", "HTTPS", "on"));
	assert_false(refuses(s, "http://example.org", "HTTPS", "off"));
}

static void
without_a_host_no_origin_is_its_own(void **state)
{
	struct site	*s = *state;
	struct exchange	*x = ask(s, "POST", "http://example.org", NULL);

	/* An empty one is none. */
	x->environment[2][strlen("HTTP_HOST=")] = '\0';
	answer(s, x, ANYONE);
	assert_true(is_refused(x));
	exchange_free(x);
}

static bool
refuses_token(struct site *s, enum access access, const char *cookie)
{
	struct exchange	*x = ask(s, "POST", "https://evil.example", NULL);
	char		 value[2048];
	bool		 result;

	(void)snprintf(value, sizeof(value), "Bearer %s", s->tokens.access);
	exchange_add(x, "HTTP_AUTHORIZATION", value);
	if (cookie != NULL)
		exchange_add(x, "HTTP_COOKIE", cookie);
	answer(s, x, access);
	result = is_refused(x);
	assert_int_equal(result, !s->was_handled);
	exchange_free(x);
	return result;
}

static void
a_bearer_without_a_cookie_of_ours_needs_no_gate(void **state)
{
	struct site *s = *state;

	assert_false(refuses_token(s, ACCESS_TOKEN, NULL));
	assert_false(refuses_token(s, EITHER_TOKEN, "a=b"));
	assert_true(refuses_token(s, ACCESS_TOKEN, "__Host-accessToken=x"));
	assert_true(refuses_token(s, ACCESS_TOKEN, "__Host-refreshToken=x"));
	assert_true(refuses_token(s, EITHER_TOKEN, "__Host-accessToken=x"));
	assert_true(refuses_token(s, EITHER_TOKEN, "__Host-refreshToken=x"));
	assert_true(refuses_token(s, ANYONE, NULL));
	assert_true(refuses_token(s, REFRESH_TOKEN, NULL));
}

static void
a_header_that_decides_and_is_there_twice_is_malformed(void **state)
{
	struct site	*s = *state;
	struct exchange	*x;

	x = ask(s, "POST", "http://example.org", "none");
	exchange_add(x, "HTTP_ORIGIN", "http://example.org");
	answer(s, x, ANYONE);
	assert_non_null(strstr(x->answer, "Status: 400 "));
	exchange_free(x);
	x = ask(s, "POST", "http://example.org", "none");
	exchange_add(x, "HTTP_SEC_FETCH_SITE", "none");
	answer(s, x, ANYONE);
	assert_non_null(strstr(x->answer, "Status: 400 "));
	exchange_free(x);
}

static void
an_allowed_origin_may_read_every_answer_and_no_other_may(void **state)
{
	static const char	*const asked[] = { "GET", "POST", "OPTIONS",
				    "PURGE" };
	struct site		*s = *state;
	struct exchange		*x;
	size_t			 i;

	for (i = 0; i < NELEMS(asked); i++) {
		x = ask(s, asked[i], allowed, "cross-site");
		answer(s, x, i == 1 ? ACCESS_TOKEN : ANYONE);
		assert_non_null(strstr(x->answer, "\r\nAccess-Control-Allow-"
		    "Origin: https://app.example.net\r\n"));
		assert_non_null(strstr(x->answer, "\r\nAccess-Control-Allow-"
		    "Credentials: true\r\n"));
		assert_int_equal(strstr(x->answer, "Allow-Methods: GET, HEAD, "
		    "POST, PUT, PATCH, DELETE, OPTIONS\r\n") != NULL, i == 2);
		assert_int_equal(strstr(x->answer, "Allow-Headers: "
		    "content-type, authorization\r\n") != NULL, i == 2);
		exchange_free(x);
		x = ask(s, asked[i], "https://evil.example", "same-origin");
		answer(s, x, ANYONE);
		assert_null(strstr(x->answer, "Access-Control"));
		exchange_free(x);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_case_is_as_the_table_says),
		TEST(the_configured_origin_stands_for_the_host),
		TEST(over_https_an_origin_of_http_is_another_site),
		TEST(without_a_host_no_origin_is_its_own),
		TEST(a_bearer_without_a_cookie_of_ours_needs_no_gate),
		TEST(a_header_that_decides_and_is_there_twice_is_malformed),
		TEST(an_allowed_origin_may_read_every_answer_and_no_other_may),
	};

	return cmocka_run_group_tests_name("origin", tests, NULL, NULL);
}
