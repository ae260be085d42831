/* Ids, and the clock whose seconds they begin with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/id.h"

static void
an_id_is_24_hex_digits(void **_ UNUSED)
{
	static const char lower[] = "0123456789abcdef00ff7f80";
	char text[ID_HEX_SIZE];
	struct id id;

	assert_true(id_parse(lower, &id));
	assert_int_equal(id.b[0], 0x01);
	assert_int_equal(id.b[5], 0xAB);
	assert_int_equal(id.b[11], 0x80);
	id_hex(&id, text);
	assert_string_equal(text, lower);
}

static void
upper_case_is_read_and_lower_case_written(void **_ UNUSED)
{
	char text[ID_HEX_SIZE];
	struct id id;

	assert_true(id_parse("0123456789ABCDEFabcdefAF", &id));
	id_hex(&id, text);
	assert_string_equal(text, "0123456789abcdefabcdefaf");
}

static void
an_operator_is_not_an_id(void **_ UNUSED)
{
	static const char *const texts[] = {
		"",
		"0",
		"{\"$ne\":null}",
		"[object Object]",
		"0123456789abcdef0123456",	/* 23 */
		"0123456789abcdef012345678",	/* 25 */
		"0123456789abcdef0123456789abcdef0123456789abcdef",
		"0123456789abcdef0123456g",
		"0123456789abcdef0123456:",
		"0123456789abcdef0123456/",
		"0123456789abcdef0123456@",
		"0123456789abcdef0123456`",
		"0123456789abcdef0123456G",
		"G123456789abcdef01234567",
		" 123456789abcdef01234567",
		"0123456789abcdef0123456 ",
		"0123456789abcdef01234567\n",
		"0123456789abcdef01234567 ",
		"0x23456789abcdef01234567",
		"+123456789abcdef01234567",
		"-123456789abcdef01234567",
		"012345678\x80" "abcdef01234567",
		"\xEF\xBC\x90" "123456789abcdef012345",	/* full width 0 */
		"ObjectId(\"0123456789abcdef01234567\")",
	};
	struct id id, untouched;
	size_t i;

	memset(&id, 0x5A, sizeof(id));
	untouched = id;
	for (i = 0; i < NELEMS(texts); i++) {
		if (id_parse(texts[i], &id))
			fail_msg("taken for an id: \"%s\"", texts[i]);
		assert_memory_equal(&id, &untouched, sizeof(id));
	}
	assert_false(id_parse(NULL, &id));
}

static void
an_id_begins_with_the_second_it_was_made(void **_ UNUSED)
{
	char text[ID_HEX_SIZE];
	struct id id;

	assert_int_equal(id_make(INT64_C(1769903999999), &id), OK);
	id_hex(&id, text);
	text[8] = '\0';
	assert_string_equal(text, "697e977f");	/* 1769903999 */
}

static void
no_two_ids_are_the_same(void **_ UNUSED)
{
	enum { COUNT = 500 };
	struct id id[COUNT];
	size_t i, j;

	for (i = 0; i < COUNT; i++) {
		assert_int_equal(id_make(SECONDS(1), &id[i]), OK);
		assert_true(id_equal(&id[i], &id[i]));
		for (j = 0; j < i; j++)
			assert_false(id_equal(&id[i], &id[j]));
	}
}

/* Would a byte of the random part never change, these would be fewer. */
static void
each_random_byte_takes_many_values(void **_ UNUSED)
{
	bool seen[ID_SIZE][256] = { { false } };
	struct id id;
	size_t i, j, values;

	for (i = 0; i < 1000; i++) {
		assert_int_equal(id_make(0, &id), OK);
		for (j = 0; j < ID_SIZE; j++)
			seen[j][id.b[j]] = true;
	}
	for (j = 4; j < ID_SIZE; j++) {
		for (values = i = 0; i < 256; i++)
			values += seen[j][i];
		assert_true(values > 200);
	}
}

static void
ids_that_differ_in_one_bit_are_not_equal(void **_ UNUSED)
{
	struct id a, b;
	size_t bit;

	assert_true(id_parse("0123456789abcdef00ff7f80", &a));
	for (bit = 0; bit < 8 * ID_SIZE; bit++) {
		b = a;
		b.b[bit / 8] ^= (unsigned char)(1 << bit % 8);
		assert_false(id_equal(&a, &b));
	}
	b = a;
	assert_true(id_equal(&a, &b));
}

static void
a_time_is_written_as_javascript_does(void **_ UNUSED)
{
	static const struct {
		int64_t		 time;
		const char	*text;
	} rows[] = {
		{ 0, "1970-01-01T00:00:00.000Z" },
		{ 1, "1970-01-01T00:00:00.001Z" },
		{ -1, "1969-12-31T23:59:59.999Z" },
		{ -1000, "1969-12-31T23:59:59.000Z" },
		{ INT64_C(951782400000), "2000-02-29T00:00:00.000Z" },
		{ INT64_C(1769903999999), "2026-01-31T23:59:59.999Z" },
		{ INT64_C(-62135596800000), "0001-01-01T00:00:00.000Z" },
		{ INT64_C(-62167219200000), "0000-01-01T00:00:00.000Z" },
		{ INT64_C(-62167219200001), "0000-01-01T00:00:00.000Z" },
		{ INT64_MIN, "0000-01-01T00:00:00.000Z" },
		{ INT64_C(253402300799999), "9999-12-31T23:59:59.999Z" },
		{ INT64_C(253402300800000), "9999-12-31T23:59:59.999Z" },
		{ INT64_MAX, "9999-12-31T23:59:59.999Z" },
	};
	char text[CLOCK_ISO_SIZE];
	size_t i;

	for (i = 0; i < NELEMS(rows); i++) {
		clock_iso(rows[i].time, text);
		assert_string_equal(text, rows[i].text);
	}
}

static void
the_clock_stands_still_where_it_was_set(void **_ UNUSED)
{
	int64_t monotonic = clock_monotonic();

	clock_set(DAYS(2) + HOURS(3) + MINUTES(4) + SECONDS(5) + 6);
	assert_int_equal(clock_now(), 183845006);
	assert_int_equal(clock_now(), 183845006);
	assert_true(clock_monotonic() >= monotonic);
	assert_true(clock_monotonic() != clock_now());

	clock_set(0);
	/* Nobody runs this before 2026 nor after 9999. */
	assert_true(clock_now() > INT64_C(1767225600000));
	assert_true(clock_now() < INT64_C(253402300800000));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_id_is_24_hex_digits),
		cmocka_unit_test(upper_case_is_read_and_lower_case_written),
		cmocka_unit_test(an_operator_is_not_an_id),
		cmocka_unit_test(an_id_begins_with_the_second_it_was_made),
		cmocka_unit_test(no_two_ids_are_the_same),
		cmocka_unit_test(each_random_byte_takes_many_values),
		cmocka_unit_test(ids_that_differ_in_one_bit_are_not_equal),
		cmocka_unit_test(a_time_is_written_as_javascript_does),
		cmocka_unit_test(the_clock_stands_still_where_it_was_set),
	};

	return cmocka_run_group_tests_name("id", tests, NULL, NULL);
}
