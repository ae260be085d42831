/*
 * The corpus of json_corpus.h, and what a changed byte makes of it: whatever
 * is accepted comes out again as JSON, in valid UTF-8.
 */
#include "base/ctx.h"
#include "base/json.h"
#include "base/text.h"
#include "http/request.h"
#include "exchange.h"
#include "json_corpus.h"

enum { TEXT_MAX = 512 };

struct corpus {
	struct arena	*arena;
	struct ctx	 ctx;
	struct request	 req;
};

static int
set_up(void **state)
{
	struct corpus *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	assert_non_null(c->arena = arena_new());
	*state = c;
	return 0;
}

static int
tear_down(void **state)
{
	struct corpus *c = *state;

	arena_free(c->arena);
	free(c);
	return 0;
}

/* Parses a copy of exactly this size, so that a sanitizer sees its end. */
static enum err
parse(struct corpus *c, const char *text, size_t size, struct json **out)
{
	char *copy = arena_alloc(c->arena, size);

	assert_non_null(copy);
	memcpy(copy, text, size);
	return json_parse(c->arena, copy, size, out);
}

/* What a value looks like when it is printed, which must be valid UTF-8. */
static const char *
printed(struct corpus *c, const struct json *value)
{
	const char *text = json_print(c->arena, value);

	assert_non_null(text);
	assert_true(text_is_valid(text, strlen(text)));
	return text;
}

/* Whatever is accepted comes out as something that is accepted again. */
static enum err
check(struct corpus *c, const char *text, size_t size)
{
	struct json	*const untouched = (struct json *)c;
	struct json	*value = untouched;
	const char	*once;
	enum err	 err;

	if ((err = parse(c, text, size, &value)) == OK) {
		once = printed(c, value);
		assert_int_equal(parse(c, once, strlen(once), &value), OK);
		assert_string_equal(printed(c, value), once);
	} else {
		assert_int_equal(err, E_MALFORMED);
		assert_ptr_equal(value, untouched);
	}
	assert_false(arena_failed(c->arena));
	arena_wipe(c->arena);
	return err;
}

static void
what_is_nearly_json_is_refused(void **state)
{
	size_t i;

	for (i = 0; i < NELEMS(refused); i++)
		if (check(*state, refused[i].text, refused[i].size) == OK)
			fail_msg("accepted: %s", refused[i].name);
}

static void
json_is_accepted_with_its_value(void **state)
{
	struct corpus	*c = *state;
	struct json	*value;
	size_t		 i;

	for (i = 0; i < NELEMS(accepted); i++) {
		if (parse(c, accepted[i].text, accepted[i].size, &value) != OK)
			fail_msg("refused: %s", accepted[i].name);
		if (strcmp(printed(c, value), accepted[i].printed) != 0)
			fail_msg("%s: %s", accepted[i].name,
			    printed(c, value));
		assert_int_equal(check(c, accepted[i].text,
		    accepted[i].size), OK);
	}
}

/* `text` so often, between `before` and `after`. */
static enum err
check_repeated(struct corpus *c, const char *before, const char *text,
    size_t times, const char *after)
{
	const size_t	 length = strlen(text), head = strlen(before);
	char		*all, *p;
	enum err	 err;

	p = all = malloc(head + length * times + strlen(after));
	assert_non_null(all);
	memcpy(p, before, head);
	for (p += head; times > 0; times--, p += length)
		memcpy(p, text, length);
	memcpy(p, after, strlen(after));
	err = check(c, all, (size_t)(p - all) + strlen(after));
	free(all);
	return err;
}

/* RFC 8259 section 9 leaves depth and range to who reads. */
static void
what_the_standard_leaves_open_is_survived(void **state)
{
	static const char	*const texts[] = {
		"1e400", "-1e400", "1e999", "1e99999999999999999999", "1e-999",
		"1.7e308", "5e-324", "9007199254740993",
		"18446744073709551616", "-9223372036854775809", "[1e400]",
		"0.1000000000000000055511151231257827021181583404541015625",
		"0.30000000000000004", "1.0e+0000000000000000000000000000001",
	};
	static const char	*const nested[] = {
		"[", "{\"a\":", "[[]", "[{\"a\":", "[1,", "[\n", "]", "}",
	};
	static const size_t	 times[] = { 33, 63, 999, 1000, 1001, 4096,
				    100000 };
	size_t			 i, j;

	for (i = 0; i < NELEMS(texts); i++)
		(void)check(*state, texts[i], strlen(texts[i]));
	for (j = 0; j < NELEMS(times); j++) {
		for (i = 0; i < NELEMS(nested); i++)
			(void)check_repeated(*state, "", nested[i], times[j],
			    "");
		(void)check_repeated(*state, "[", "1", times[j], "]");
		(void)check_repeated(*state, "[-0.", "1", times[j], "]");
		(void)check_repeated(*state, "[1e", "0", times[j], "1]");
		(void)check_repeated(*state, "[1e-", "9", times[j], "]");
	}
}

static void
what_is_long_and_not_deep_is_accepted(void **state)
{
	assert_int_equal(check_repeated(*state, "[", "[],", 10000, "1]"),
	    OK);
	assert_int_equal(check_repeated(*state, "[", "{\"a\":[[]]},", 10000,
	    "1]"), OK);
	assert_int_equal(check_repeated(*state, "\"", "[", 100000, "\""), OK);
	assert_int_equal(check_repeated(*state, "\"", "\\uD83D\\uDEAA", 10000,
	    "\""), OK);
	assert_int_equal(check_repeated(*state, "[", " ", 100000, "]"), OK);
}

static const char *const documents[] = {
	"{\"username\":\"alice\",\"password\":\"correct horse battery\"}",
	"{\"everywhere\":true,\"refreshToken\":\"a.b.c\"}",
	"{ \"a\" : [ 1 , -2.5e+3 , null , true , false , { } , [ ] ] }",
	"[\"\\u00e4\\uD83D\\uDEAA\\n\\\\\\\"\xC3\xA4\xF0\x9F\x9A\xAA\"]",
	"\"\\\"a\\\"\"",
	TIMES_32("[") TIMES_32("]"),
};

static void
what_was_cut_is_refused_wherever_it_was(void **state)
{
	size_t i, size;

	for (i = 0; i < NELEMS(documents); i++) {
		for (size = 0; size < strlen(documents[i]); size++)
			if (check(*state, documents[i], size) == OK)
				fail_msg("accepted: %.*s", (int)size,
				    documents[i]);
		assert_int_equal(check(*state, documents[i], size), OK);
	}
}

static void
any_byte_in_the_place_of_any_other_is_survived(void **state)
{
	char	text[TEXT_MAX];
	size_t	i, j, size;
	int	byte;

	for (i = 0; i < NELEMS(documents); i++) {
		size = strlen(documents[i]);
		assert_true(size <= sizeof(text));
		for (j = 0; j < size; j++) {
			memcpy(text, documents[i], size);
			for (byte = 0; byte <= UCHAR_MAX; byte++) {
				text[j] = (char)byte;
				(void)check(*state, text, size);
			}
		}
	}
}

static void
a_changed_byte_is_refused_or_means_something(void **state)
{
	static const char	bytes[] = "\0\"\\[]{},:0-.eu \n\xFF\xC3";
	char			text[TEXT_MAX];
	size_t			i, j, k;

	for (i = 0; i < NELEMS(accepted); i++) {
		assert_true(accepted[i].size <= sizeof(text));
		for (j = 0; j < accepted[i].size; j++) {
			memcpy(text, accepted[i].text, accepted[i].size);
			(void)check(*state, text, j);
			for (k = 0; k < sizeof(bytes) - 1; k++) {
				text[j] = bytes[k];
				(void)check(*state, text, accepted[i].size);
			}
		}
	}
}

/* The text as the body of a request. */
static enum err
read_body(struct corpus *c, const char *text, size_t size)
{
	struct exchange	*x = exchange_new();
	enum err	 err;

	c->ctx = (struct ctx){ .arena = c->arena };
	c->req = (struct request){
		.transport = &x->transport,
		.content_type = "application/json",
		.content_length = size,
	};
	x->body = text;
	x->left = size;
	err = request_read_body(&c->ctx, &c->req);
	assert_int_equal(x->left, 0);
	exchange_free(x);
	return err;
}

static void
a_body_that_is_not_json_or_no_object_is_refused(void **state)
{
	struct corpus	*c = *state;
	enum err	 want;
	size_t		 i;

	/* No byte at all is no body, which is another matter. */
	for (i = 0; i < NELEMS(refused); i++)
		if (refused[i].size > 0 && read_body(c, refused[i].text,
		    refused[i].size) != E_MALFORMED)
			fail_msg("accepted: %s", refused[i].name);
	for (i = 0; i < NELEMS(accepted); i++) {
		want = *accepted[i].printed == '{' ? OK : E_MALFORMED;
		if (read_body(c, accepted[i].text, accepted[i].size) != want)
			fail_msg("not %d: %s", want, accepted[i].name);
		if (want != OK)
			assert_null(c->req.members);
	}
}

static const char *
no_problem(const char *_ UNUSED)
{
	return NULL;
}

static const struct field fields[] = {
	{ "name",       no_problem, OPTIONAL },
	{ "everywhere", NULL,       OPTIONAL },
	{ 0 }
};

/* What is wrong is told of the member of this name. */
static void
assert_member_refused(struct corpus *c, const char *text, const char *name)
{
	if (read_body(c, text, strlen(text)) != OK ||
	    request_bind(&c->ctx, &c->req, fields) != E_MEMBER)
		fail_msg("accepted: %s", text);
	assert_non_null(c->ctx.member_errors);
	assert_string_equal(c->ctx.member_errors->field, name);
	assert_null(c->ctx.member_errors->next);
}

static void
a_doubled_member_is_refused_however_it_is_written(void **state)
{
	static const char *const texts[] = {
		"{\"name\":\"a\",\"name\":\"b\"}",
		"{\"name\":\"a\",\"name\":\"a\"}",
		"{\"name\":\"a\",\"everywhere\":true,\"name\":\"b\"}",
		"{\"name\":\"a\",\"n\\u0061me\":\"b\"}",
		"{\"\\u006e\\u0061\\u006d\\u0065\":\"a\",\"name\":\"b\"}",
		"{\"name\":\"\",\"name\":\"b\"}",
		"{\"name\":\"a\",\"name\":null}",
		"{\"name\":\"a\",\"name\":{}}",
	};
	size_t i;

	for (i = 0; i < NELEMS(texts); i++)
		assert_member_refused(*state, texts[i], "name");
	assert_member_refused(*state,
	    "{\"everywhere\":false,\"everywhere\":true}", "everywhere");
}

static void
a_member_of_a_name_that_nobody_declared_is_refused(void **state)
{
	static const char *const names[] = {
		"", " ", "Name", "NAME", "name ", " name", "nam", "names",
		"name.first", "name[]", "name[$ne]", "$where", "$ne",
		"__proto__", "constructor", "_id", "\xC3\xB1""ame",
		"n\xCC\x83""ame", "\xEF\xBB\xBFname", "name\xE2\x80\x8B",
		"n\xD0\xB0me",
	};
	char	text[96];
	size_t	i;

	for (i = 0; i < NELEMS(names); i++) {
		(void)snprintf(text, sizeof(text), "{\"%s\":\"a\"}", names[i]);
		assert_member_refused(*state, text, names[i]);
		(void)snprintf(text, sizeof(text),
		    "{\"name\":\"a\",\"%s\":null}", names[i]);
		assert_member_refused(*state, text, names[i]);
	}
}

static void
a_member_of_another_type_is_refused(void **state)
{
	static const char *const others[] = {
		"null", "0", "1", "-1.5", "1e400", "[]", "[\"a\"]", "[true]",
		"{}", "{\"name\":\"a\"}", "{\"$ne\":null}", "{\"$gt\":\"\"}",
		"{\"$regex\":\".*\"}", "{\"$where\":\"1\"}",
		"{\"$in\":[\"a\"]}", "{\"$not\":{\"$eq\":1}}",
		"{\"toString\":\"a\"}",
	};
	char	text[96];
	size_t	i;

	for (i = 0; i < NELEMS(others); i++) {
		(void)snprintf(text, sizeof(text), "{\"name\":%s}", others[i]);
		assert_member_refused(*state, text, "name");
		(void)snprintf(text, sizeof(text), "{\"everywhere\":%s}",
		    others[i]);
		assert_member_refused(*state, text, "everywhere");
	}
	assert_member_refused(*state, "{\"name\":true}", "name");
	assert_member_refused(*state, "{\"everywhere\":\"true\"}",
	    "everywhere");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_nearly_json_is_refused),
		TEST(json_is_accepted_with_its_value),
		TEST(what_the_standard_leaves_open_is_survived),
		TEST(what_is_long_and_not_deep_is_accepted),
		TEST(what_was_cut_is_refused_wherever_it_was),
		TEST(any_byte_in_the_place_of_any_other_is_survived),
		TEST(a_changed_byte_is_refused_or_means_something),
		TEST(a_body_that_is_not_json_or_no_object_is_refused),
		TEST(a_doubled_member_is_refused_however_it_is_written),
		TEST(a_member_of_a_name_that_nobody_declared_is_refused),
		TEST(a_member_of_another_type_is_refused),
	};

	return cmocka_run_group_tests_name("JSON corpus", tests, NULL, NULL);
}
