/* Values: found, read, built and printed.  json_corpus.c says what is JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"

static int
set_up(void **state)
{
	return (*state = arena_new()) == NULL;
}

static int
tear_down(void **state)
{
	arena_free(*state);
	return 0;
}

/* Parses a copy of exactly this size, so that a sanitizer sees its end. */
static enum err
parse(struct arena *arena, const char *text, size_t size, struct json **out)
{
	char *copy;

	copy = arena_alloc(arena, size);
	assert_non_null(copy);
	memcpy(copy, text, size);
	return json_parse(arena, copy, size, out);
}

static const struct json *
parsed(struct arena *arena, const char *text)
{
	struct json *value;

	assert_int_equal(parse(arena, text, strlen(text), &value), OK);
	return value;
}

static void
members_are_found_by_their_exact_name(void **state)
{
	const struct json *object;

	object = parsed(*state, "{\"Name\":1,\"name\":\"a\",\"nam\":2,"
	    "\"name\":\"b\",\"\":3,\"\\u006ea\":4,\"[\":[{\"x\":0}]}");
	assert_string_equal(json_text(json_member(object, "name")), "a");
	assert_string_equal(json_name(json_member(object, "na")), "na");
	assert_int_equal(json_type(json_member(object, "")), JSON_NUMBER);
	assert_null(json_member(object, "NAME"));
	assert_null(json_member(object, "names"));
	assert_null(json_member(object, "x"));
	assert_null(json_member(json_member(object, "["), "x"));
	assert_null(json_member(json_member(object, "name"), "a"));
}

static void
doubled_names_are_kept_in_their_order(void **state)
{
	static const char *const names[] = { "a", "b", "a", "a" };
	const struct json *member;
	size_t i = 0;

	member = json_first(parsed(*state,
	    "{\"a\":0,\"b\":1,\"a\":2,\"\\u0061\":3}"));
	for (; member != NULL; member = json_next(member), i++) {
		int64_t number;

		assert_true(i < NELEMS(names));
		assert_string_equal(json_name(member), names[i]);
		assert_true(json_integer(member, &number));
		assert_int_equal(number, i);
	}
	assert_int_equal(i, NELEMS(names));
	assert_null(json_first(parsed(*state, "{}")));
	assert_null(json_first(parsed(*state, "[]")));
}

static void
values_have_the_type_they_are_written_as(void **state)
{
	static const enum json_type types[] = { JSON_NULL, JSON_BOOL,
	    JSON_BOOL, JSON_NUMBER, JSON_TEXT, JSON_ARRAY, JSON_OBJECT };
	const struct json *value;
	size_t i;

	value = json_first(parsed(*state,
	    "[null,true,false,1,\"true\",[1],{\"a\":1}]"));
	for (i = 0; i < NELEMS(types); i++, value = json_next(value)) {
		assert_int_equal(json_type(value), types[i]);
		if (types[i] == JSON_BOOL)
			assert_int_equal(json_bool(value), i == 1);
	}
	assert_null(value);
}

static void
escapes_become_characters(void **state)
{
	assert_string_equal(json_text(parsed(*state,
	    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\uD83D\\uDEAA\\u0001"
	    "\\\\u0000\"")),
	    "\"\\/\b\f\n\r\t\xC3\xA4\xF0\x9F\x9A\xAA\x01\\u0000");
	assert_string_equal(json_text(parsed(*state, "\"\"")), "");
}

static void
an_integer_is_a_number_that_a_double_holds(void **state)
{
	static const struct {
		const char	*text;
		int64_t		 number;
	} rows[] = {
		{ "0", 0 }, { "-0", 0 }, { "1", 1 }, { "-1", -1 },
		{ "2147483648", INT64_C(2147483648) }, { "1.0", 1 },
		{ "1769903999999", INT64_C(1769903999999) }, { "1e3", 1000 },
		{ "-2147483649", INT64_C(-2147483649) }, { "1.5e1", 15 },
		{ "9007199254740991", INT64_C(9007199254740991) },
		{ "-9007199254740991", INT64_C(-9007199254740991) },
	};
	static const char *const others[] = { "0.5", "-1.5", "1e-3",
	    "9007199254740992", "9007199254740993", "-9007199254740993",
	    "9223372036854775807", "9223372036854775808", "1e19", "1e400",
	    "-1e400", "18446744073709551617", "\"1\"", "null", "true", "[1]" };
	int64_t number;
	size_t i;

	for (i = 0; i < NELEMS(rows); i++) {
		assert_true(json_integer(parsed(*state, rows[i].text),
		    &number));
		assert_true(number == rows[i].number);
	}
	number = 77;
	for (i = 0; i < NELEMS(others); i++) {
		if (json_integer(parsed(*state, others[i]), &number))
			fail_msg("taken for an integer: %s", others[i]);
		assert_int_equal(number, 77);
	}
}

static void
what_is_built_is_printed_in_its_order(void **state)
{
	struct json *object, *inner, *array, *late;
	int64_t number;

	late = json_new_object(*state);
	object = json_new_object(*state);
	json_add_text(*state, object, "text", "a\"\\\n\x01\xC3\xA4");
	json_add_bool(*state, object, "yes", true);
	json_add_bool(*state, object, "no", false);
	json_add_null(*state, object, "nothing");
	json_add_integer(*state, object, "least", INT64_MIN);
	json_add_integer(*state, object, "most", INT64_MAX);
	json_add_integer(*state, object, "exact", INT64_C(9007199254740991));
	inner = json_add_object(*state, object, "object");
	array = json_add_array(*state, object, "array");
	json_append_text(*state, array, "x");
	json_add_integer(*state, json_append_object(*state, array), "n", -7);
	json_add_text(*state, inner, "key \"1\"", "");
	json_put(*state, object, "late", late);
	json_add_array(*state, late, "empty");
	assert_string_equal(json_print(*state, object),
	    "{\"text\":\"a\\\"\\\\\\n\\u0001\xC3\xA4\",\"yes\":true,"
	    "\"no\":false,\"nothing\":null,\"least\":-9223372036854775808,"
	    "\"most\":9223372036854775807,\"exact\":9007199254740991,"
	    "\"object\":{\"key \\\"1\\\"\":\"\"},\"array\":[\"x\",{\"n\":-7}],"
	    "\"late\":{\"empty\":[]}}");
	assert_true(json_integer(json_member(object, "exact"), &number));
	assert_true(number == INT64_C(9007199254740991));
}

static void
texts_are_copied(void **state)
{
	char name[] = "name", text[] = "text";
	struct json *object;

	object = json_new_object(*state);
	json_add_text(*state, object, name, text);
	name[0] = text[0] = 'X';
	assert_string_equal(json_print(*state, object), "{\"name\":\"text\"}");
}

static void
a_null_parent_or_value_is_nothing(void **state)
{
	struct json *object = json_new_object(*state);

	json_add_text(*state, NULL, "a", "b");
	json_add_text(*state, object, "a", NULL);
	json_add_bool(*state, NULL, "a", true);
	json_add_integer(*state, NULL, "a", 1);
	json_add_null(*state, NULL, "a");
	json_append_text(*state, NULL, "a");
	json_put(*state, NULL, "a", object);
	json_put(*state, object, "a", NULL);
	assert_null(json_add_object(*state, NULL, "a"));
	assert_null(json_add_array(*state, NULL, "a"));
	assert_null(json_append_object(*state, NULL));
	assert_null(json_print(*state, NULL));
	assert_string_equal(json_print(*state, object), "{}");
}

static void
a_value_that_may_lack_a_part_is_not_printed(void **state)
{
	struct json *object = json_new_object(*state);

	assert_null(arena_alloc(*state, SIZE_MAX));
	assert_null(json_print(*state, object));
}

/* Larger than the buffer with which cJSON begins, and than a block. */
static void
long_text_is_printed_whole(void **state)
{
	enum { SIZE = 100000 };
	struct json *object = json_new_object(*state);
	char *text, *printed;

	text = arena_alloc(*state, SIZE + 1);
	assert_non_null(text);
	memset(text, 'x', SIZE);
	json_add_text(*state, object, "a", text);
	json_add_integer(*state, object, "b", 1);
	printed = json_print(*state, object);
	assert_int_equal(strlen(printed), SIZE + strlen("{'a':'','b':1}"));
	assert_string_equal(json_text(json_member(parsed(*state, printed),
	    "a")), text);
}

#define WITH_ARENA(f)	cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_ARENA(members_are_found_by_their_exact_name),
		WITH_ARENA(doubled_names_are_kept_in_their_order),
		WITH_ARENA(values_have_the_type_they_are_written_as),
		WITH_ARENA(escapes_become_characters),
		WITH_ARENA(an_integer_is_a_number_that_a_double_holds),
		WITH_ARENA(what_is_built_is_printed_in_its_order),
		WITH_ARENA(texts_are_copied),
		WITH_ARENA(a_null_parent_or_value_is_nothing),
		WITH_ARENA(a_value_that_may_lack_a_part_is_not_printed),
		WITH_ARENA(long_text_is_printed_whole),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
