#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"
#include "base/arena.h"
#include "base/text.h"

#define BYTES(s)	(s), sizeof(s) - 1

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

static void
utf8_is_text(void **_ UNUSED)
{
	static const struct {
		const char	*bytes;
		size_t		 size, length;
	} rows[] = {
		{ BYTES(""), 0 },
		{ BYTES("a"), 1 },
		{ BYTES("\x01\x7F"), 2 },
		{ BYTES("\xC2\x80"), 1 },		/* U+0080 */
		{ BYTES("\xDF\xBF"), 1 },		/* U+07FF */
		{ BYTES("\xE0\xA0\x80"), 1 },		/* U+0800 */
		{ BYTES("\xED\x9F\xBF"), 1 },		/* U+D7FF */
		{ BYTES("\xEE\x80\x80"), 1 },		/* U+E000 */
		{ BYTES("\xEF\xBB\xBF"), 1 },		/* U+FEFF */
		{ BYTES("\xEF\xBF\xBD"), 1 },		/* U+FFFD */
		{ BYTES("\xEF\xBF\xBF"), 1 },		/* U+FFFF */
		{ BYTES("\xF0\x90\x80\x80"), 1 },	/* U+10000 */
		{ BYTES("\xF4\x8F\xBF\xBF"), 1 },	/* U+10FFFF */
		{ BYTES("d\xC3\xA4rb\xC3\xA4n"), 6 },
		{ BYTES("\xE0\xA4\xA6\xE0\xA4\xB0"), 2 },
		{ BYTES("a\xF0\x9F\x9A\xAA" "b"), 3 },
	};
	size_t i;

	for (i = 0; i < NELEMS(rows); i++) {
		if (!text_is_valid(rows[i].bytes, rows[i].size))
			fail_msg("row %zu is not taken for text", i);
		assert_int_equal(text_length(rows[i].bytes), rows[i].length);
	}
}

static const struct {
	const char	*bytes;
	size_t		 size;
} invalid[] = {
	/* NUL, raw and in two bytes */
	{ BYTES("\0") }, { BYTES("a\0") }, { BYTES("\0a") },
	{ BYTES("a\0b") }, { BYTES("\xC3\xA4\0") },
	{ BYTES("\xC0\x80") },
	/* what only continues, alone */
	{ BYTES("\x80") }, { BYTES("\xBF") }, { BYTES("a\x80") },
	{ BYTES("\xC3\xA4\xA4") }, { BYTES("\x80\x80\x80") },
	/* bytes that are in no UTF-8 */
	{ BYTES("\xC0\xAF") }, { BYTES("\xC1\xBF") },
	{ BYTES("\xF5\x80\x80\x80") }, { BYTES("\xF8\x88\x80\x80") },
	{ BYTES("\xFC\x84\x80\x80") }, { BYTES("\xFE") },
	{ BYTES("\xFF") }, { BYTES("\xFF\xFE" "a") },
	/* longer than need be */
	{ BYTES("\xC1\x81") }, { BYTES("\xE0\x80\xAF") },
	{ BYTES("\xE0\x9F\xBF") }, { BYTES("\xF0\x80\x80\xAF") },
	{ BYTES("\xF0\x8F\xBF\xBF") }, { BYTES("\xE0\x80\x80") },
	{ BYTES("\xF8\x80\x80\x80\xAF") },
	{ BYTES("\xFC\x80\x80\x80\x80\xAF") },
	/* surrogates, alone and in pairs */
	{ BYTES("\xED\xA0\x80") }, { BYTES("\xED\xAF\xBF") },
	{ BYTES("\xED\xB0\x80") }, { BYTES("\xED\xBF\xBF") },
	{ BYTES("\xED\xA0\xBD\xED\xB8\x80") },
	/* beyond U+10FFFF */
	{ BYTES("\xF4\x90\x80\x80") }, { BYTES("\xF7\xBF\xBF\xBF") },
	/* cut */
	{ BYTES("\xC3") }, { BYTES("a\xC3") }, { BYTES("\xE2\x82") },
	{ BYTES("\xE2") }, { BYTES("\xF0\x9F\x9A") },
	{ BYTES("\xF0\x9F") }, { BYTES("\xF0") },
	{ BYTES("\xC3" "a") }, { BYTES("\xE2\x82" "a") },
	{ BYTES("\xE2" "aa") }, { BYTES("\xF0\x9F\x9A" "a") },
	{ BYTES("\xC3\xC3\xA4") }, { BYTES("\xE2\xC3\xA4") },
	/* other encodings */
	{ BYTES("d\xE4rb\xE4n") }, { BYTES("d\0a\0") },
};

static void
what_is_not_utf8_is_not_text(void **_ UNUSED)
{
	size_t i;

	for (i = 0; i < NELEMS(invalid); i++)
		if (text_is_valid(invalid[i].bytes, invalid[i].size))
			fail_msg("row %zu is taken for text", i);
}

/* A heap copy, so that a sanitizer sees a read behind the end. */
static void
a_cut_character_is_not_read_past_its_end(void **state)
{
	static const char door[] = "\xF0\x9F\x9A\xAA";
	char *copy;
	size_t size;

	for (size = 1; size < 4; size++) {
		copy = arena_alloc(*state, size);
		assert_non_null(copy);
		memcpy(copy, door, size);
		assert_false(text_is_valid(copy, size));
		assert_false(text_is_valid(door, size));
	}
	assert_true(text_is_valid(door, 4));
}

static const char *const spaces[] = {
	"\t", "\n", "\v", "\f", "\r", " ", "\xC2\x85", "\xC2\xA0",
	"\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81", "\xE2\x80\x82",
	"\xE2\x80\x83", "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86",
	"\xE2\x80\x87", "\xE2\x80\x88", "\xE2\x80\x89", "\xE2\x80\x8A",
	"\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F",
	"\xE3\x80\x80", "\xEF\xBB\xBF",
};

static void
every_white_space_is_seen_and_trimmed(void **state)
{
	const char *text;
	size_t i;

	for (i = 0; i < NELEMS(spaces); i++) {
		text = arena_printf(*state, "a%sb", spaces[i]);
		assert_true(text_has_space(text));
		assert_string_equal(text_trim(*state, text), text);

		text = arena_printf(*state, "%s%s\xC3\xA4%sb%s", spaces[i],
		    spaces[0], spaces[i], spaces[i]);
		assert_string_equal(text_trim(*state, text),
		    arena_printf(*state, "\xC3\xA4%sb", spaces[i]));
		assert_string_equal(text_trim(*state, spaces[i]), "");
	}
	assert_string_equal(text_trim(*state, ""), "");
	assert_string_equal(text_trim(*state, "a"), "a");
}

static void
what_looks_empty_is_not_always_space(void **state)
{
	static const char *const texts[] = {
		"", "a", "_", "\x1F", "\x7F", "\xC2\x84", "\xC2\xAD",
		"\xE1\xA0\x8E",		/* U+180E, until Unicode 6.3 */
		"\xE2\x80\x8B",		/* U+200B, zero width space */
		"\xE2\x81\xA0",		/* U+2060, word joiner */
		"\xE2\xA0\x80",		/* U+2800, empty Braille pattern */
		"\xE3\x85\xA4",		/* U+3164, Hangul filler */
	};
	size_t i;

	for (i = 0; i < NELEMS(texts); i++) {
		assert_false(text_has_space(texts[i]));
		assert_string_equal(text_trim(*state, texts[i]), texts[i]);
	}
}

static void
control_characters_are_seen_anywhere(void **state)
{
	static const char *const controls[] = {
		"\x01", "\x08", "\t", "\n", "\r", "\x1B", "\x1F", "\x7F",
		"\xC2\x80", "\xC2\x85", "\xC2\x9F", "\xC2\xAD",
		"\xE2\x80\x8B", "\xE2\x80\x8E", "\xE2\x81\xA0",
		"\xE2\x80\xAA", "\xE2\x80\xAE", "\xE2\x81\xA6",
		"\xE2\x80\xA8", "\xE2\x80\xA9", "\xEF\xBB\xBF",
		"\xF3\xA0\x80\x81",
	};
	size_t i;

	for (i = 0; i < NELEMS(controls); i++) {
		assert_true(text_has_control(controls[i]));
		assert_true(text_has_control(arena_printf(*state, "\xC3\xA4%s",
		    controls[i])));
		assert_true(text_has_control(arena_printf(*state, "%sa",
		    controls[i])));
	}
	assert_false(text_has_control(""));
	assert_false(text_has_control(" ~\xC2\xA0\xE3\x80\x80\xC3\xA4"));
	assert_false(text_has_control("\xF0\x9F\x9A\xAA\xEF\xBF\xBD"));
}

/* A Persian word, a Hindi one, a family, and the two alone. */
static void
joiners_are_no_control_characters(void **state)
{
	static const char *const joined[] = {
		"\xD9\x85\xDB\x8C\xE2\x80\x8C\xD8\xB1\xD9\x88\xD8\xAF",
		"\xE0\xA4\x95\xE0\xA5\x8D\xE2\x80\x8D\xE0\xA4\xB7",
		"\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7",
		"\xE2\x80\x8C", "\xE2\x80\x8D",
	};
	static const char *const drawn[] = {
		"", "a", "\xCC\x81", "\xE3\x80\x80", "\xF0\x9F\x91\xA9",
	};
	static const char *const ignorable[] = {
		"\xE2\x80\x8B", "\xE2\x80\x8E", "\xE2\x81\xA0",
		"\xEF\xBB\xBF", "\xC2\xAD",	/* a soft hyphen */
		"\xE3\x85\xA4", "\xE1\x85\xA0",	/* fillers of Hangul */
		"\xEF\xB8\x8F", "\xF3\xA0\x84\x80",	/* selectors */
		"\xCD\x8F",			/* a grapheme joiner */
	};
	const char *text;
	size_t i;

	for (i = 0; i < NELEMS(joined); i++) {
		text = arena_printf(*state, "a%sb", joined[i]);
		assert_false(text_has_control(text));
		assert_false(text_has_space(text));
		assert_true(text_has_ignorable(text));
		assert_true(text_has_ignorable(joined[i]));
		/* What stands beside one is seen as before. */
		assert_true(text_has_control(arena_printf(*state,
		    "%s\xE2\x80\xAE", joined[i])));
	}
	for (i = 0; i < NELEMS(ignorable); i++)
		assert_true(text_has_ignorable(arena_printf(*state, "a%sb",
		    ignorable[i])));
	for (i = 0; i < NELEMS(drawn); i++)
		assert_false(text_has_ignorable(drawn[i]));
}

static void
lower_case_goes_code_point_by_code_point(void **state)
{
	static const char *const pairs[][2] = {
		{ "", "" },
		{ "DarBan_42 [@`{", "darban_42 [@`{" },
		{ "\xC3\x84\xC3\x96\xC3\x9F", "\xC3\xA4\xC3\xB6\xC3\x9F" },
		{ "\xCE\xA3\xCE\xA3", "\xCF\x83\xCF\x83" },
		{ "\xD0\x94\xD0\x92", "\xD0\xB4\xD0\xB2" },
		{ "\xF0\x90\x90\x80", "\xF0\x90\x90\xA8" },	/* Deseret */
		{ "\xE2\x84\xAA", "k" },		/* the Kelvin sign */
		{ "\xE3\x83\x89", "\xE3\x83\x89" },
		{ "\xE0\xA4\xA6", "\xE0\xA4\xA6" },
		/* U+023A is the one that grows. */
		{ "\xC8\xBA\xC8\xBA\xC8\xBA\xC8\xBA\xC8\xBA",
		    "\xE2\xB1\xA5\xE2\xB1\xA5\xE2\xB1\xA5\xE2\xB1\xA5"
		    "\xE2\xB1\xA5" },
	};
	size_t i;

	for (i = 0; i < NELEMS(pairs); i++)
		assert_string_equal(text_lower(*state, pairs[i][0]),
		    pairs[i][1]);
}

static void
two_spellings_have_one_normal_form(void **state)
{
	static const char *const pairs[][2] = {
		{ "plain ASCII ~", "plain ASCII ~" },
		{ "a\xCC\x88", "\xC3\xA4" },
		{ "A\xCC\x8A", "\xC3\x85" },
		{ "\xE2\x84\xAB", "\xC3\x85" },		/* Angstrom sign */
		{ "o\xCC\x83\xCC\x81", "\xE1\xB9\x8D" },
		{ "q\xCC\x87\xCC\xA3", "q\xCC\xA3\xCC\x87" },	/* order */
		{ "s\xCC\x87\xCC\xA3", "\xE1\xB9\xA9" },
		{ "\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB", "\xED\x95\x9C" },
		{ "\xE3\x81\x8B\xE3\x82\x99", "\xE3\x81\x8C" },
		/* excluded from composition */
		{ "\xE0\xA4\x95\xE0\xA4\xBC", "\xE0\xA4\x95\xE0\xA4\xBC" },
		{ "\xE0\xA5\x98", "\xE0\xA4\x95\xE0\xA4\xBC" },
		/* canonical, not compatible: ligature and full width stay */
		{ "\xEF\xAC\x81", "\xEF\xAC\x81" },
		{ "\xEF\xBC\xA1", "\xEF\xBC\xA1" },
	};
	const char *once;
	size_t i;

	for (i = 0; i < NELEMS(pairs); i++) {
		once = text_nfc(*state, pairs[i][0]);
		assert_string_equal(once, pairs[i][1]);
		assert_string_equal(text_nfc(*state, once), once);
	}
	assert_string_equal(text_nfc(*state, ""), "");
}

/* One code point becomes three here: U+1D160, a musical eighth note. */
static void
a_normal_form_may_be_longer(void **state)
{
	char text[4 * 100 + 1] = "";
	const char *normal;
	size_t i;

	for (i = 0; i < 100; i++)
		memcpy(text + 4 * i, "\xF0\x9D\x85\xA0", 4);
	normal = text_nfc(*state, text);
	assert_int_equal(text_length(normal), 300);
	assert_true(text_is_valid(normal, strlen(normal)));
}

static void
every_code_point_survives(void **state)
{
	char text[8], *other;
	uint32_t c;

	for (c = 0x10000; c < 0x110000; c += 0x101) {
		snprintf(text, sizeof(text), "%c%c%c%c.", (int)(0xF0 | c >> 18),
		    (int)(0x80 | (c >> 12 & 63)), (int)(0x80 | (c >> 6 & 63)),
		    (int)(0x80 | (c & 63)));
		assert_true(text_is_valid(text, 5));
		assert_int_equal(text_length(text), 2);
		other = text_lower(*state, text_trim(*state, text));
		other = text_nfc(*state, other);
		assert_true(text_is_valid(other, strlen(other)));
		assert_true(text_length(other) >= 2);
		arena_wipe(*state);
	}
}

static void
no_text_stays_no_text(void **state)
{
	assert_null(text_trim(*state, NULL));
	assert_null(text_lower(*state, NULL));
	assert_null(text_nfc(*state, NULL));
	assert_false(arena_failed(*state));
}

#define WITH_ARENA(f)	cmocka_unit_test_setup_teardown(f, set_up, tear_down)

static void
an_excerpt_is_valid_text_of_so_many_bytes(void **_ UNUSED)
{
	static const struct {
		const char	*bytes;
		size_t		 max;
		const char	*text;
	} rows[] = {
		{ "", 10, "" }, { "abc", 0, "" }, { "abc", 2, "ab" },
		{ "abc", 3, "abc" }, { "abc", 99, "abc" },
		{ "a\xc3\xa9", 3, "a\xc3\xa9" }, { "a\xc3\xa9", 2, "a?" },
		{ "\xff\xfe", 9, "??" }, { "a\nb\x7f", 9, "a?b?" },
		{ "\xe2\x80\xae" "x", 9, "?x" }, { "\xed\xa0\x80", 9, "???" },
	};
	struct arena *arena = arena_new();
	size_t i;

	for (i = 0; i < NELEMS(rows); i++)
		assert_string_equal(text_excerpt(arena, rows[i].bytes,
		    rows[i].max), rows[i].text);
	assert_null(text_excerpt(arena, NULL, 9));
	arena_free(arena);
}

static void
blank_is_nothing_but_white_space(void **_ UNUSED)
{
	assert_true(text_is_blank(""));
	assert_true(text_is_blank(" \t\r\n\xc2\xa0\xe3\x80\x80"));
	assert_false(text_is_blank(" a "));
	assert_false(text_is_blank("\xe2\x80\x8d"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_excerpt_is_valid_text_of_so_many_bytes),
		cmocka_unit_test(blank_is_nothing_but_white_space),
		cmocka_unit_test(utf8_is_text),
		cmocka_unit_test(what_is_not_utf8_is_not_text),
		WITH_ARENA(a_cut_character_is_not_read_past_its_end),
		WITH_ARENA(every_white_space_is_seen_and_trimmed),
		WITH_ARENA(what_looks_empty_is_not_always_space),
		WITH_ARENA(control_characters_are_seen_anywhere),
		WITH_ARENA(joiners_are_no_control_characters),
		WITH_ARENA(lower_case_goes_code_point_by_code_point),
		WITH_ARENA(two_spellings_have_one_normal_form),
		WITH_ARENA(a_normal_form_may_be_longer),
		WITH_ARENA(every_code_point_survives),
		WITH_ARENA(no_text_stays_no_text),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
