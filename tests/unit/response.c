/* What is answered, byte for byte. */
#include "http/response.h"
#include "exchange.h"

struct answered {
	struct exchange	*exchange;
	struct ctx	 ctx;
	struct response	 res;
};

static int
set_up(void **state)
{
	struct answered *a = calloc(1, sizeof(*a));

	assert_non_null(a);
	a->ctx.arena = arena_new();
	assert_non_null(a->ctx.arena);
	a->exchange = exchange_new();
	response_start(&a->res, a->ctx.arena);
	*state = a;
	return 0;
}

static int
tear_down(void **state)
{
	struct answered *a = *state;

	exchange_free(a->exchange);
	arena_free(a->ctx.arena);
	free(a);
	return 0;
}

static const char *
send(struct answered *a, enum err err, bool with_body)
{
	a->exchange->size = 0;
	response_send(&a->ctx, &a->res, err, with_body,
	    &a->exchange->transport);
	return a->exchange->answer;
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

/* More than the machine has: the arena remembers that it failed. */
static void
exhaust(struct answered *a)
{
	assert_null(arena_alloc(a->ctx.arena, SIZE_MAX / 2));
	assert_true(arena_failed(a->ctx.arena));
}

static void
a_success_is_a_whole_answer(void **state)
{
	struct answered *a = *state;

	a->res.status = 201;
	json_add_text(a->ctx.arena, response_object(&a->res, "user"), "a",
	    "b");
	response_message(&a->res, "Done");
	assert_string_equal(send(a, OK, true),
	    "Status: 201 Created\r\n"
	    "Content-Length: 76\r\n"
	    "Content-Type: application/json; charset=utf-8\r\n"
	    "Cache-Control: no-store\r\n"
	    "X-Content-Type-Options: nosniff\r\n"
	    "Referrer-Policy: no-referrer\r\n"
	    "Content-Security-Policy: "
	    "default-src 'none'; frame-ancestors 'none'\r\n"
	    "Vary: Origin\r\n"
	    "\r\n"
	    "{\"statusCode\":201,\"data\":{\"user\":{\"a\":\"b\"}},"
	    "\"message\":\"Done\",\"success\":true}");
}

static void
a_success_that_says_nothing_is_empty_and_ok(void **state)
{
	assert_there(send(*state, OK, true), "\r\n\r\n{\"statusCode\":200,"
	    "\"data\":{},\"message\":\"OK\",\"success\":true}");
}

static void
a_failure_is_a_whole_answer_whatever_was_prepared(void **state)
{
	struct answered *a = *state;

	a->res.status = 201;
	json_add_text(a->ctx.arena, response_data(&a->res), "secret", "x");
	assert_there(send(a, E_CREDENTIALS, true),
	    "Status: 401 Unauthorized\r\n");
	assert_there(a->exchange->answer, "\r\n\r\n{\"statusCode\":401,"
	    "\"data\":null,\"message\":\"Invalid user credentials\","
	    "\"success\":false,\"errors\":[],"
	    "\"code\":\"invalid_credentials\"}");
}

static void
a_failure_says_what_is_wrong_with_which_member(void **state)
{
	struct answered	*a = *state;
	enum err	 err;

	err = fail_member(&a->ctx, E_MEMBER, "email", "is not an address");
	assert_there(send(a, err, true), "\"errors\":[{\"field\":\"email\","
	    "\"message\":\"is not an address\"}]");
	err = (fail)(&a->ctx, E_MALFORMED, "The body is cut");
	assert_there(send(a, err, true), "\"message\":\"The body is cut\"");
}

static void
every_error_has_a_phrase(void **state)
{
	struct answered	*a = *state;
	unsigned	 err;

	for (err = OK; err < E__MAX; err++)
		assert_not_there(send(a, (enum err)err, true), "Unknown");
}

static void
head_is_told_the_length_that_get_has(void **state)
{
	struct answered	*a = *state;
	const char	*answer = send(a, OK, false);

	assert_there(answer, "Content-Length: 58\r\n");
	assert_there(answer, "Vary: Origin\r\n\r\n");
	assert_not_there(answer, "{");
	answer = send(a, E_TOKEN, false);
	assert_there(answer, "Status: 401 ");
	assert_not_there(answer, "{");
}

static void
no_content_has_no_length_either(void **state)
{
	struct answered	*a = *state;
	const char	*answer;

	a->res.status = 204;
	answer = send(a, OK, true);
	assert_there(answer, "Status: 204 No Content\r\n");
	assert_there(answer, "Vary: Origin\r\n\r\n");
	assert_not_there(answer, "Content-Length");
	assert_not_there(answer, "{");
}

static void
headers_are_sent_in_order_if_they_have_a_value(void **state)
{
	struct answered *a = *state;

	response_header(&a->res, "Set-Cookie", "a=1");
	response_header(&a->res, "X-Nothing", NULL);
	response_header(&a->res, "Set-Cookie", "b=2");
	response_header(&a->res, "Allow", "GET");
	assert_there(send(a, OK, true), "\r\nSet-Cookie: a=1\r\n"
	    "Set-Cookie: b=2\r\nAllow: GET\r\n\r\n{");
	assert_not_there(a->exchange->answer, "X-Nothing");
}

static void
without_memory_nothing_that_was_prepared_is_sent(void **state)
{
	static const char body[] = "\r\n\r\n{\"statusCode\":500,"
	    "\"data\":null,\"message\":\"Internal error\","
	    "\"success\":false,\"errors\":[],\"code\":\"internal\"}";
	struct answered *a = *state;

	response_header(&a->res, "Set-Cookie", "a=1");
	json_add_text(a->ctx.arena, response_data(&a->res), "a", "b");
	exhaust(a);
	assert_there(send(a, OK, true), "Status: 500 Internal Server Error");
	assert_there(a->exchange->answer, body);
	assert_there(a->exchange->answer, "Content-Length: 103\r\n");
	assert_not_there(a->exchange->answer, "Set-Cookie");
	/* A failure that was to be told is no better off. */
	assert_there(send(a, E_TOKEN, true), body);
	assert_not_there(a->exchange->answer, "401");
	/* Nor is an answer without a body, where a header may be missing. */
	a->res.status = 204;
	assert_there(send(a, OK, true), body);
	assert_not_there(a->exchange->answer, "204");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_success_is_a_whole_answer),
		TEST(a_success_that_says_nothing_is_empty_and_ok),
		TEST(a_failure_is_a_whole_answer_whatever_was_prepared),
		TEST(a_failure_says_what_is_wrong_with_which_member),
		TEST(every_error_has_a_phrase),
		TEST(head_is_told_the_length_that_get_has),
		TEST(no_content_has_no_length_either),
		TEST(headers_are_sent_in_order_if_they_have_a_value),
		TEST(without_memory_nothing_that_was_prepared_is_sent),
	};

	return cmocka_run_group_tests_name("response", tests, NULL, NULL);
}
