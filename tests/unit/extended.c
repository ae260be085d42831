/* Extended JSON: ids, times and numbers, in each spelling. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/extended.h"
#include "base/json.h"

static struct arena *arena;

static const struct json *
value(const char *text)
{
	struct json *parsed;

	assert_int_equal(json_parse(arena, text, strlen(text), &parsed), OK);
	return parsed;
}

static int
setup(void **_ UNUSED)
{
	return (arena = arena_new()) == NULL;
}

static int
teardown(void **_ UNUSED)
{
	arena_free(arena);
	return 0;
}

#define HEX "0123456789abcdef01234567"

static void
an_id_is_wrapped_or_plain(void **_ UNUSED)
{
	static const char *const bad[] = { "7", "null", "{}", "[]", "\"\"",
	    "\"0123456789abcdef0123456z\"", "{\"$oid\":7}",
	    "{\"$oid\":\"0123\"}", "{\"oid\":\"" HEX "\"}",
	    "{\"$oid\":\"" HEX "\",\"$oid\":\"" HEX "\"}",
	    "{\"$oid\":\"" HEX "\",\"a\":1}", "[\"" HEX "\"]",
	    "{\"$oid\":{\"$oid\":\"" HEX "\"}}" };
	struct id	 id;
	char		 hex[ID_HEX_SIZE];
	size_t		 i;

	assert_true(extended_id(value("{\"$oid\":\"" HEX "\"}"), &id));
	id_hex(&id, hex);
	assert_string_equal(hex, HEX);
	memset(&id, 0, sizeof(id));
	assert_true(extended_id(value("\"" HEX "\""), &id));
	id_hex(&id, hex);
	assert_string_equal(hex, HEX);
	for (i = 0; i < NELEMS(bad); i++)
		if (extended_id(value(bad[i]), &id))
			fail_msg("%s is no id", bad[i]);
}

static void
a_number_is_whole_in_any_wrapping(void **_ UNUSED)
{
	static const struct {
		const char	*text;
		int64_t		 number;
	} good[] = {
		{ "0", 0 }, { "-7", -7 }, { "7.0", 7 },
		{ "{\"$numberInt\":\"2147483647\"}", INT32_MAX },
		{ "{\"$numberLong\":\"-9223372036854775808\"}", INT64_MIN },
		{ "{\"$numberLong\":\"9223372036854775807\"}", INT64_MAX },
		{ "{\"$numberDouble\":\"3.0\"}", 3 },
		{ "{\"$numberDouble\":\"-3\"}", -3 },
	};
	static const char *const bad[] = { "0.5", "1e300", "\"7\"", "true",
	    "{\"$numberInt\":7}", "{\"$numberInt\":\"\"}",
	    "{\"$numberInt\":\"-\"}", "{\"$numberInt\":\" 7\"}",
	    "{\"$numberInt\":\"+7\"}", "{\"$numberInt\":\"7x\"}",
	    "{\"$numberLong\":\"9223372036854775808\"}",
	    "{\"$numberLong\":\"0x7\"}", "{\"$numberDouble\":\"NaN\"}",
	    "{\"$numberDouble\":\"0.5\"}", "{\"$numberDouble\":\"1e3\"}",
	    "{\"$numberDouble\":\"1111111111111111111111111\"}",
	    "{\"$numberInt\":\"7\",\"a\":1}" };
	int64_t		number = 77;
	size_t		i;

	for (i = 0; i < NELEMS(good); i++) {
		assert_true(extended_number(value(good[i].text), &number));
		assert_true(number == good[i].number);
	}
	number = 77;
	for (i = 0; i < NELEMS(bad); i++)
		if (extended_number(value(bad[i]), &number))
			fail_msg("%s is no whole number", bad[i]);
	assert_true(number == 77);
}

static void
a_time_is_wrapped_or_plain(void **_ UNUSED)
{
	static const char *const same[] = {
		"{\"$date\":\"2024-02-29T12:00:00.5Z\"}",
		"\"2024-02-29T12:00:00.500Z\"",
		"{\"$date\":{\"$numberLong\":\"1709208000500\"}}",
		"{\"$date\":1709208000500}",
	};
	static const char *const bad[] = { "1709208000500", "null",
	    "{\"$date\":null}", "{\"$date\":\"yesterday\"}",
	    "{\"$date\":{\"$oid\":\"" HEX "\"}}", "{\"$date\":0.5}" };
	int64_t		time;
	size_t		i;

	for (i = 0; i < NELEMS(same); i++) {
		time = 0;
		assert_true(extended_time(value(same[i]), &time));
		assert_true(time == INT64_C(1709208000500));
	}
	for (i = 0; i < NELEMS(bad); i++)
		if (extended_time(value(bad[i]), &time))
			fail_msg("%s is no time", bad[i]);
}

static void
a_day_that_there_is_not_is_no_time(void **_ UNUSED)
{
	static const struct {
		const char	*text;
		int64_t		 time;
	} good[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1970-01-01T00:00:00.001999999Z", 1 },
		{ "1969-12-31T23:59:59.999Z", -1 },
		{ "1970-01-01T02:00:00+02:00", 0 },
		{ "1969-12-31T22:30:00.007-0130", 7 },
		{ "9999-12-31T23:59:59.999Z", INT64_C(253402300799999) },
		{ "0000-01-01T00:00:00Z", INT64_C(-62167219200000) },
	};
	static const char *const bad[] = { "", "2024", "2024-02-29",
	    "2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z",
	    "2024-00-01T00:00:00Z", "2024-01-32T00:00:00Z",
	    "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z",
	    "2024-01-01T00:00:60Z", "2024-01-01T00:00:00",
	    "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00.1234567890Z",
	    "2024-01-01T00:00:00+24:00", "2024-01-01T00:00:00+02:60",
	    "2024-01-01T00:00:00Zx", "2024-01-01 00:00:00Z",
	    "2024-1-01T00:00:00Z", "-024-01-01T00:00:00Z",
	    "+2024-01-01T00:00:00Z", " 2024-01-01T00:00:00Z" };
	int64_t		time = 77;
	size_t		i;

	for (i = 0; i < NELEMS(good); i++) {
		assert_true(clock_parse(good[i].text, &time));
		assert_true(time == good[i].time);
	}
	time = 77;
	for (i = 0; i < NELEMS(bad); i++)
		if (clock_parse(bad[i], &time))
			fail_msg("%s is no time", bad[i]);
	assert_true(time == 77);
}

static void
assert_written(const char *expected, int64_t time, int64_t number)
{
	struct json	*object = json_new_object(arena);
	char		*text;
	int64_t		 found;

	extended_add_time(arena, object, "t", time);
	extended_add_number(arena, object, "n", number);
	assert_non_null(text = json_print(arena, object));
	assert_string_equal(text, expected);
	assert_true(extended_time(json_member(value(text), "t"), &found));
	assert_true(found == time);
	assert_true(extended_number(json_member(value(text), "n"), &found));
	assert_true(found == number);
}

static void
what_is_written_is_read_again(void **_ UNUSED)
{
	assert_written("{\"t\":{\"$date\":\"1970-01-01T00:00:00.000Z\"},"
	    "\"n\":0}", 0, 0);
	assert_written("{\"t\":{\"$date\":\"9999-12-31T23:59:59.999Z\"},"
	    "\"n\":9007199254740991}", INT64_C(253402300799999),
	    (INT64_C(1) << 53) - 1);
	assert_written("{\"t\":{\"$date\":{\"$numberLong\":"
	    "\"253402300800000\"}},\"n\":{\"$numberLong\":"
	    "\"9007199254740992\"}}", INT64_C(253402300800000),
	    INT64_C(1) << 53);
	assert_written("{\"t\":{\"$date\":{\"$numberLong\":\"-1\"}},"
	    "\"n\":{\"$numberLong\":\"-9223372036854775808\"}}", -1,
	    INT64_MIN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_id_is_wrapped_or_plain),
		TEST(a_number_is_whole_in_any_wrapping),
		TEST(a_time_is_wrapped_or_plain),
		TEST(a_day_that_there_is_not_is_no_time),
		TEST(what_is_written_is_read_again),
	};

	return cmocka_run_group_tests_name("extended JSON", tests, NULL,
	    NULL);
}
