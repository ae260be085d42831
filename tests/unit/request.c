/* What was asked, as servers hand it over and strangers send it. */
#include "base/ctx.h"
#include "http/request.h"
#include "exchange.h"

#define JSON "application/json"
#define FORM "application/x-www-form-urlencoded"

enum { NAME, EMAIL, PASSWORD, FLAG };

struct asked {
	struct exchange	*exchange;
	struct ctx	 ctx;
	struct request	 req;
};

static const char *
problem(const char *text)
{
	return strcmp(text, "bad") == 0 ? "is bad" : NULL;
}

static const struct field fields[] = {
	[NAME]     = { "name",     problem, ONE_OF },
	[EMAIL]    = { "email",    problem, ONE_OF },
	[PASSWORD] = { "password", problem, REQUIRED },
	[FLAG]     = { "flag",     NULL,    OPTIONAL },
	{ 0 }
};

static int
set_up(void **state)
{
	struct asked *a = calloc(1, sizeof(*a));

	assert_non_null(a);
	a->ctx.arena = arena_new();
	assert_non_null(a->ctx.arena);
	a->exchange = exchange_new();
	a->req.transport = &a->exchange->transport;
	*state = a;
	return 0;
}

static int
tear_down(void **state)
{
	struct asked *a = *state;

	exchange_free(a->exchange);
	arena_free(a->ctx.arena);
	free(a);
	return 0;
}

/* Forgets what was asked before. */
static void
again(struct asked *a)
{
	exchange_free(a->exchange);
	a->exchange = exchange_new();
	a->req = (struct request){ .transport = &a->exchange->transport };
	a->ctx = (struct ctx){ .arena = a->ctx.arena };
}

static enum err
read_body(struct asked *a, const char *type, const char *body)
{
	again(a);
	exchange_body(a->exchange, type, body);
	assert_int_equal(request_start(&a->req), OK);
	return request_read_body(&a->ctx, &a->req);
}

static enum err
bind(struct asked *a, const char *type, const char *body)
{
	assert_int_equal(read_body(a, type, body), OK);
	return request_bind(&a->ctx, &a->req, fields);
}

/* The failure is about these members, in this order. */
static void
assert_errors(const struct asked *a, const char *first, const char *second)
{
	const struct member_error *error = a->ctx.member_errors;

	assert_non_null(error);
	assert_string_equal(error->field, first);
	error = error->next;
	if (second != NULL) {
		assert_non_null(error);
		assert_string_equal(error->field, second);
		error = error->next;
	}
	assert_null(error);
}

static void
an_empty_variable_is_as_good_as_none(void **state)
{
	struct asked *a = *state;

	exchange_add(a->exchange, "REMOTE_ADDR", "");
	exchange_add(a->exchange, "PATH_INFO", "/x");
	assert_null(request_variable(&a->req, "REMOTE_ADDR"));
	assert_null(request_variable(&a->req, "HTTP_COOKIE"));
	assert_string_equal(request_variable(&a->req, "PATH_INFO"), "/x");
}

static void
a_name_that_only_begins_alike_is_another(void **state)
{
	struct asked *a = *state;

	exchange_add(a->exchange, "HTTP_COOKIE2", "x");
	exchange_add(a->exchange, "REDIRECT_HTTP_COOKIE", "x");
	assert_null(request_variable(&a->req, "HTTP_COOKIE"));
	assert_null(request_variable(&a->req, "TTP_COOKIE2"));
}

static void
a_header_that_decides_is_there_once(void **state)
{
	struct asked	*a = *state;
	const char	*value = "untouched";

	exchange_add(a->exchange, "HTTP_ORIGIN", "");
	assert_int_equal(request_header(&a->req, "HTTP_ORIGIN", &value), OK);
	assert_null(value);
	exchange_add(a->exchange, "HTTP_COOKIE", "a=b");
	assert_int_equal(request_header(&a->req, "HTTP_COOKIE", &value), OK);
	assert_string_equal(value, "a=b");

	exchange_add(a->exchange, "HTTP_ORIGIN", "https://example.org");
	assert_int_equal(request_header(&a->req, "HTTP_ORIGIN", &value),
	    E_MALFORMED);
	exchange_add(a->exchange, "HTTP_COOKIE", "a=b");
	assert_int_equal(request_header(&a->req, "HTTP_COOKIE", &value),
	    E_MALFORMED);
	assert_string_equal(value, "a=b");
}

static void
methods_are_known_by_their_exact_names(void **state)
{
	static const struct {
		const char	*name;
		unsigned	 method;
	} rows[] = {
		{ "GET", METHOD_GET }, { "HEAD", METHOD_HEAD },
		{ "POST", METHOD_POST }, { "PUT", METHOD_PUT },
		{ "PATCH", METHOD_PATCH }, { "DELETE", METHOD_DELETE },
		{ "OPTIONS", METHOD_OPTIONS },
		{ "get", 0 }, { "Post", 0 }, { "POST ", 0 }, { "PURGE", 0 },
		{ "", 0 },
	};
	struct asked	*a = *state;
	size_t		 i;

	assert_int_equal(request_start(&a->req), OK);
	assert_int_equal(a->req.method, 0);
	for (i = 0; i < NELEMS(rows); i++) {
		again(a);
		exchange_add(a->exchange, "REQUEST_METHOD", rows[i].name);
		assert_int_equal(request_start(&a->req), OK);
		assert_int_equal(a->req.method, rows[i].method);
	}
}

static void
a_length_is_digits_that_fit(void **state)
{
	static const char *const bad[] = {
		"-1", "+1", " 1", "1 ", "1/", "1:", "0x10", "1e3", "5,5",
		"18446744073709551616", "18446744073709551632",
		"99999999999999999999999",
	};
	struct asked	*a = *state;
	size_t		 i;

	for (i = 0; i < NELEMS(bad); i++) {
		again(a);
		exchange_add(a->exchange, "CONTENT_LENGTH", bad[i]);
		assert_int_equal(request_start(&a->req), E_MALFORMED);
		assert_int_equal(a->req.content_length, 0);
	}
	again(a);
	exchange_add(a->exchange, "CONTENT_LENGTH", "016384");
	assert_int_equal(request_start(&a->req), OK);
	assert_int_equal(a->req.content_length, 16384);
}

static void
a_body_in_chunks_without_a_length_could_be_cut(void **state)
{
	struct asked *a = *state;

	exchange_add(a->exchange, "HTTP_TRANSFER_ENCODING", "chunked");
	assert_int_equal(request_start(&a->req), E_MALFORMED);
	/* Where the server knows the length, it has put the body together. */
	exchange_add(a->exchange, "CONTENT_LENGTH", "2");
	assert_int_equal(request_start(&a->req), OK);
	assert_int_equal(a->req.content_length, 2);
}

static void
types_are_taken_with_the_only_charset_that_there_is(void **state)
{
	static const struct {
		const char	*type;
		enum err	 err;
	} rows[] = {
		{ JSON, OK }, { FORM, OK }, { "Application/JSON", OK },
		{ JSON " ", OK }, { JSON ";", OK }, { JSON " ; ", OK },
		{ JSON ";charset=utf-8", OK },
		{ JSON " \t; charset=UTF-8", OK },
		{ FORM "; Charset=\"utf-8\"", OK },
		{ JSON "; charset=latin1", E_MEDIA_TYPE },
		{ JSON "; charset=utf-8; a=b", E_MEDIA_TYPE },
		{ JSON "; charset=", E_MEDIA_TYPE },
		{ JSON "; boundary=x", E_MEDIA_TYPE },
		{ JSON "p", E_MEDIA_TYPE }, { JSON ",", E_MEDIA_TYPE },
		{ JSON " utf-8", E_MEDIA_TYPE },
		{ "text/plain", E_MEDIA_TYPE }, { "", E_MEDIA_TYPE },
		{ "multipart/form-data; boundary=x", E_MEDIA_TYPE },
	};
	struct asked	*a = *state;
	size_t		 i;

	for (i = 0; i < NELEMS(rows); i++) {
		again(a);
		exchange_body(a->exchange, rows[i].type, "{}");
		assert_int_equal(request_start(&a->req), OK);
		assert_int_equal(request_check_body(&a->req, 2), rows[i].err);
	}
}

static void
a_body_may_be_as_long_as_its_limit_and_no_longer(void **state)
{
	struct asked *a = *state;

	exchange_body(a->exchange, JSON, "{  }");
	assert_int_equal(request_start(&a->req), OK);
	assert_int_equal(request_check_body(&a->req, 4), OK);
	assert_int_equal(request_check_body(&a->req, 3), E_TOO_LARGE);
	/* The length is told before the type. */
	a->req.content_type = NULL;
	assert_int_equal(request_check_body(&a->req, 3), E_TOO_LARGE);
	assert_int_equal(request_check_body(&a->req, 4), E_MEDIA_TYPE);
}

static void
no_body_needs_no_type_and_has_no_members(void **state)
{
	struct asked *a = *state;

	assert_int_equal(request_start(&a->req), OK);
	assert_int_equal(request_check_body(&a->req, 0), OK);
	assert_int_equal(request_read_body(&a->ctx, &a->req), OK);
	assert_null(a->req.members);
	/* A type alone is no body. */
	a->req.content_type = "text/plain";
	assert_int_equal(request_check_body(&a->req, 0), OK);
}

static void
a_body_that_was_cut_is_no_body_whatever_is_left_of_it(void **state)
{
	struct asked *a = *state;

	exchange_add(a->exchange, "CONTENT_TYPE", JSON);
	exchange_add(a->exchange, "CONTENT_LENGTH", "3");
	a->exchange->body = "{}";
	a->exchange->left = 2;
	assert_int_equal(request_start(&a->req), OK);
	assert_int_equal(request_read_body(&a->ctx, &a->req), E_MALFORMED);
	assert_non_null(strstr(a->ctx.message, "shorter"));
	assert_null(a->req.members);
}

static void
what_is_not_well_formed_is_named_by_its_type(void **state)
{
	struct asked *a = *state;

	assert_int_equal(read_body(a, JSON, "[]"), E_MALFORMED);
	assert_non_null(strstr(a->ctx.message, "JSON"));
	assert_int_equal(read_body(a, JSON, "{\"a\":\"\xff\"}"),
	    E_MALFORMED);
	assert_int_equal(read_body(a, FORM, "a=%zz"), E_MALFORMED);
	assert_non_null(strstr(a->ctx.message, "form"));
	assert_int_equal(read_body(a, FORM, "a=\xff"), E_MALFORMED);
}

static void
members_are_bound_to_their_fields(void **state)
{
	struct asked *a = *state;

	assert_int_equal(bind(a, JSON, "{\"flag\":true,\"password\":\"p\","
	    "\"name\":\"n\"}"), OK);
	assert_string_equal(request_field(&a->req, NAME), "n");
	assert_string_equal(request_field(&a->req, PASSWORD), "p");
	assert_null(request_field(&a->req, EMAIL));
	assert_true(request_flag(&a->req, FLAG));
}

static void
whatever_is_missing_is_told_before_what_is_wrong(void **state)
{
	struct asked *a = *state;

	assert_int_equal(bind(a, JSON, "{}"), E_INPUT);
	assert_errors(a, "password", "name");
	assert_int_equal(bind(a, JSON, "{\"email\":\"bad\",\"x\":1}"),
	    E_INPUT);
	assert_errors(a, "password", NULL);
	assert_int_equal(bind(a, JSON, "{\"password\":\"p\"}"), E_INPUT);
	assert_errors(a, "name", NULL);
}

static void
a_blank_one_of_several_is_absent_other_blanks_are_not(void **state)
{
	struct asked *a = *state;

	assert_int_equal(bind(a, JSON, "{\"name\":\" \",\"email\":\"e\","
	    "\"password\":\" \"}"), OK);
	assert_null(request_field(&a->req, NAME));
	assert_string_equal(request_field(&a->req, EMAIL), "e");
	assert_string_equal(request_field(&a->req, PASSWORD), " ");
	assert_int_equal(bind(a, JSON, "{\"name\":\"\",\"email\":\"\\t\","
	    "\"password\":\"p\"}"), E_INPUT);
	assert_errors(a, "name", NULL);
}

static void
every_member_that_is_wrong_is_named(void **state)
{
	struct asked *a = *state;

	assert_int_equal(bind(a, JSON, "{\"name\":\"bad\",\"more\":1,"
	    "\"password\":\"p\"}"), E_MEMBER);
	assert_errors(a, "name", "more");
	/* A good one after it makes nothing good. */
	assert_int_equal(bind(a, JSON, "{\"name\":\"n\",\"name\":\"m\","
	    "\"password\":\"p\"}"), E_MEMBER);
	assert_errors(a, "name", NULL);
	assert_int_equal(bind(a, JSON, "{\"name\":1,\"password\":\"p\"}"),
	    E_MEMBER);
	assert_errors(a, "name", NULL);
}

static void
who_takes_nothing_takes_no_member(void **state)
{
	struct asked *a = *state;

	assert_int_equal(read_body(a, JSON, "{\"a\":1}"), OK);
	assert_int_equal(request_bind(&a->ctx, &a->req, NULL), E_MEMBER);
	assert_int_equal(read_body(a, JSON, "{}"), OK);
	assert_int_equal(request_bind(&a->ctx, &a->req, NULL), OK);
}

static void
a_flag_is_true_only_where_it_says_so(void **state)
{
	static const struct {
		const char	*type, *body;
		enum err	 err;
		bool		 flag;
	} rows[] = {
		{ JSON, "{\"name\":\"n\",\"password\":\"p\"", OK, false },
		{ JSON, "{\"flag\":true,", OK, true },
		{ JSON, "{\"flag\":false,", OK, false },
		{ JSON, "{\"flag\":\"true\",", E_MEMBER, false },
		{ JSON, "{\"flag\":1,", E_MEMBER, false },
		{ JSON, "{\"flag\":null,", E_MEMBER, false },
		{ FORM, "flag=true", OK, true },
		{ FORM, "flag=false", OK, false },
		{ FORM, "flag=TRUE", E_MEMBER, false },
		{ FORM, "flag=", E_MEMBER, false },
	};
	struct asked	*a = *state;
	char		 body[96];
	size_t		 i;

	for (i = 0; i < NELEMS(rows); i++) {
		(void)snprintf(body, sizeof(body), "%s%s", rows[i].body,
		    i == 0 ? "}" : strcmp(rows[i].type, FORM) == 0 ?
		    "&name=n&password=p" :
		    "\"name\":\"n\",\"password\":\"p\"}");
		assert_int_equal(bind(a, rows[i].type, body), rows[i].err);
		assert_int_equal(request_flag(&a->req, FLAG), rows[i].flag);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_empty_variable_is_as_good_as_none),
		TEST(a_name_that_only_begins_alike_is_another),
		TEST(a_header_that_decides_is_there_once),
		TEST(methods_are_known_by_their_exact_names),
		TEST(a_length_is_digits_that_fit),
		TEST(a_body_in_chunks_without_a_length_could_be_cut),
		TEST(types_are_taken_with_the_only_charset_that_there_is),
		TEST(a_body_may_be_as_long_as_its_limit_and_no_longer),
		TEST(no_body_needs_no_type_and_has_no_members),
		TEST(a_body_that_was_cut_is_no_body_whatever_is_left_of_it),
		TEST(what_is_not_well_formed_is_named_by_its_type),
		TEST(members_are_bound_to_their_fields),
		TEST(whatever_is_missing_is_told_before_what_is_wrong),
		TEST(a_blank_one_of_several_is_absent_other_blanks_are_not),
		TEST(every_member_that_is_wrong_is_named),
		TEST(who_takes_nothing_takes_no_member),
		TEST(a_flag_is_true_only_where_it_says_so),
	};

	return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}
