/* What new names and passwords must be. */
#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "base/arena.h"
#include "base/conf.h"
#include "base/id.h"
#include "base/ctx.h"
#include "store/store.h"
#include "account/password.h"
#include "account/policy.h"

/* Last, because its fail() is a macro. */
#include <cmocka.h>

/*
 * U+00E9 with one code point and with two; U+1F600; U+00A0; U+200B; and the
 * joiners U+200C and U+200D.
 */
#define E_NFC	"\xc3\xa9"
#define E_NFD	"e\xcc\x81"
#define FACE	"\xf0\x9f\x98\x80"
#define NBSP	"\xc2\xa0"
#define ZWSP	"\xe2\x80\x8b"
#define ZWNJ	"\xe2\x80\x8c"
#define ZWJ	"\xe2\x80\x8d"

static struct arena *arena;

static int
setup(void **state)
{
	(void)state;
	arena = arena_new();
	return arena == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static char *
repeat(const char *text, size_t count)
{
	char	*all = arena_alloc(arena, count * strlen(text) + 1);
	size_t	 i;

	for (i = 0; i < count; i++)
		memcpy(all + i * strlen(text), text, strlen(text));
	return all;
}

/* A value and what is wrong with it, or NULL. */
struct judgement {
	const char *value, *problem;
};

static void
assert_judged(const char *(*problem)(const char *),
    const struct judgement *cases, size_t count)
{
	const char	*found;
	size_t		 i;

	for (i = 0; i < count; i++) {
		found = problem(cases[i].value);
		if (found == NULL || cases[i].problem == NULL ?
		    found != cases[i].problem :
		    strcmp(found, cases[i].problem) != 0)
			fail_msg("case %zu, %s: %s", i, cases[i].value, found);
	}
}

static void
a_username_is_stored_trimmed_in_lower_case_and_nfc(void **state)
{
	(void)state;
	assert_string_equal(clean_username(arena, "anna"), "anna");
	assert_string_equal(clean_username(arena, " \t" NBSP "Anna\r\n"),
	    "anna");
	assert_string_equal(clean_username(arena, "RENE\xcc\x81"),
	    "ren" E_NFC);
	assert_string_equal(clean_username(arena, "\xc3\x84nne"),
	    "\xc3\xa4nne");
	assert_string_equal(clean_username(arena, "a  b"), "a  b");
	assert_string_equal(clean_username(arena, " \n "), "");
	assert_null(clean_username(arena, NULL));
}

static void
an_address_is_stored_trimmed_and_in_lower_case(void **state)
{
	(void)state;
	assert_string_equal(clean_email(arena, " Anna@Example.ORG\n"),
	    "anna@example.org");
	/* It is looked up as it was typed, and so it keeps its form. */
	assert_string_equal(clean_email(arena, "Ren" E_NFD "@example.org"),
	    "ren" E_NFD "@example.org");
	assert_null(clean_email(arena, NULL));
}

static void
a_full_name_is_stored_trimmed_and_in_nfc(void **state)
{
	(void)state;
	assert_string_equal(clean_full_name(arena, " Ren" E_NFD "  M. "),
	    "Ren" E_NFC "  M.");
	assert_null(clean_full_name(arena, NULL));
}

static void
a_username_is_1_to_64_code_points_without_space_or_at(void **state)
{
	const struct judgement cases[] = {
		{ "a", NULL },
		{ "anna", NULL },
		{ "o'brien-1_x.y", NULL },
		{ "\xe6\xbc\xa2\xe5\xad\x97", NULL },
		{ FACE, NULL },
		{ "$ne", NULL },
		{ repeat("x", 64), NULL },
		{ repeat(FACE, 64), NULL },
		{ repeat("x", 65), "is longer than 64 characters" },
		{ repeat(FACE, 65), "is longer than 64 characters" },
		{ NULL, "is empty" },
		{ "", "is empty" },
		{ "a b", "contains white space" },
		{ "a\tb", "contains white space" },
		{ "a\nb", "contains white space" },
		{ "a" NBSP "b", "contains white space" },
		{ "a\xe2\x80\xa8" "b", "contains white space" },
		{ "a\x01" "b", "contains control characters" },
		{ "a\x7f", "contains control characters" },
		{ "a" ZWSP "b", "contains control characters" },
		{ "\xe2\x80\xae" "anna", "contains control characters" },
		{ "anna@example.org", "contains an @" },
		{ "@", "contains an @" },
	};

	(void)state;
	assert_judged(username_problem, cases, NELEMS(cases));
}

/* Two accounts that look alike would be one too many. */
static void
what_is_not_drawn_is_no_part_of_a_username_or_address(void **state)
{
	const char *const control = "contains control characters";
	const char *const wrong = "is not an e-mail address";
	const struct judgement usernames[] = {
		{ "an" ZWJ "na", control },
		{ "an" ZWNJ "na", control },
		{ "anna" ZWJ, control },
		{ ZWNJ "anna", control },
		{ FACE ZWJ FACE, control },
		{ "anna\uFE0F", control },	/* a variation selector */
		{ "an\U000E0100na", control },
		{ "anna\u3164", control },	/* fillers of Hangul */
		{ "an\u1160na", control },
		{ "an\u034Fna", control },	/* a grapheme joiner */
	};
	const struct judgement addresses[] = {
		{ "an" ZWJ "na@example.org", wrong },
		{ "anna@exam" ZWNJ "ple.org", wrong },
		{ "anna" ZWNJ "@example.org", wrong },
		{ "anna\uFE0F@example.org", wrong },
		{ "anna@exam\u3164ple.org", wrong },
	};

	(void)state;
	assert_judged(username_problem, usernames, NELEMS(usernames));
	assert_judged(email_problem, addresses, NELEMS(addresses));
}

static void
an_address_has_one_at_with_something_on_both_sides(void **state)
{
	const char *const wrong = "is not an e-mail address";
	const struct judgement cases[] = {
		{ "a@b", NULL },
		{ "anna@example.org", NULL },
		{ "anna+tag@sub.example.org", NULL },
		{ "ren" E_NFC "@example.org", NULL },
		{ "\"quoted\"@example.org", NULL },
		{ NULL, "is empty" },
		{ "", "is empty" },
		{ "@", wrong },
		{ "a@", wrong },
		{ "@b", wrong },
		{ "ab", wrong },
		{ "a@b@c", wrong },
		{ "a@@b", wrong },
		{ "a@b@", wrong },
		{ "@a@b", wrong },
		{ "a b@c", wrong },
		{ "a@b c", wrong },
		{ "a@b\n", wrong },
		{ "a" NBSP "@b", wrong },
		{ "a\x01@b", wrong },
		{ "a@b\x7f", wrong },
		{ "a" ZWSP "@b", wrong },
	};

	(void)state;
	assert_judged(email_problem, cases, NELEMS(cases));
}

static void
an_address_is_at_most_254_bytes(void **state)
{
	const char *const too_long = "is longer than 254 bytes";
	const struct judgement cases[] = {
		{ arena_printf(arena, "%s@b", repeat("x", 252)), NULL },
		{ arena_printf(arena, "%s@b", repeat("x", 253)), too_long },
		{ arena_printf(arena, "%s@b", repeat(E_NFC, 126)), NULL },
		{ arena_printf(arena, "%s@b", repeat(E_NFC, 127)), too_long },
	};

	(void)state;
	assert_judged(email_problem, cases, NELEMS(cases));
}

static void
a_full_name_is_1_to_128_code_points_without_control(void **state)
{
	const struct judgement cases[] = {
		{ "A", NULL },
		{ "Anna M\xc3\xbcller", NULL },
		{ "a@b", NULL },
		{ "Ren" E_NFC NBSP "M.", NULL },
		{ "\xd9\x85\xdb\x8c" ZWNJ "\xd8\xb1\xd9\x88", NULL },
		{ "\xe0\xa4\x95\xe0\xa5\x8d" ZWJ "\xe0\xa4\xb7", NULL },
		{ FACE ZWJ FACE, NULL },
		{ "a" ZWSP "b", "contains control characters" },
		{ repeat("x", 128), NULL },
		{ repeat(FACE, 128), NULL },
		{ repeat("x", 129), "is longer than 128 characters" },
		{ repeat(FACE, 129), "is longer than 128 characters" },
		{ NULL, "is empty" },
		{ "", "is empty" },
		{ "a\tb", "contains control characters" },
		{ "a\nb", "contains control characters" },
		{ "a\x1b[31mb", "contains control characters" },
		{ "a\xe2\x80\xa8" "b", "contains control characters" },
		{ "\xe2\x80\xae" "a", "contains control characters" },
	};

	(void)state;
	assert_judged(full_name_problem, cases, NELEMS(cases));
}

/* Passwords -------------------------------------------------------------- */

static const struct conf usual = { .password_min = 8 };

static const struct user anna = {
	.username = "anna.m" E_NFC "ller",
	.email = "longlocal@Example.org",
	.full_name = "Anna M" E_NFC "ller",
};

static const char *
problem_of(const struct conf *conf, const struct user *user,
    const char *password)
{
	struct ctx	 ctx = { .arena = arena, .conf = conf };
	const char	*problem = "untouched";

	return password_problem(&ctx, user, password, &problem) == OK ?
	    problem : "could not be checked";
}

static void
assert_password(const struct conf *conf, const char *password,
    const char *problem)
{
	const char *found = problem_of(conf, &anna, password);

	if (problem == NULL)
		assert_null(found);
	else {
		assert_non_null(found);
		assert_string_equal(found, problem);
	}
}

static void
a_password_has_at_least_password_min_code_points(void **state)
{
	static const struct conf fifteen = { .password_min = 15 };

	(void)state;
	assert_password(&usual, "", "is too short");
	assert_password(&usual, "1234567", "is too short");
	assert_password(&usual, "1234567.", NULL);
	assert_password(&usual, repeat(FACE, 7), "is too short");
	assert_password(&usual, repeat(FACE, 8), NULL);
	assert_password(&usual, "        ", NULL);
	assert_password(&fifteen, "12345678901234", "is too short");
	assert_password(&fifteen, "1234567890.2345", NULL);
}

static void
a_password_has_at_most_256_code_points_and_1024_bytes(void **state)
{
	(void)state;
	assert_password(&usual, repeat("x", 256), NULL);
	assert_password(&usual, repeat("x", 257), "is too long");
	assert_password(&usual, repeat(FACE, 256), NULL);
	assert_password(&usual, repeat(FACE, 257), "is too long");
	assert_password(&usual, repeat("x", 1025), "is too long");
	assert_password(&usual, repeat("x", 20 << 20), "is too long");
}

static void
a_password_needs_no_special_characters(void **state)
{
	(void)state;
	assert_password(&usual, "correct horse battery staple", NULL);
	assert_password(&usual, "abcabdabe", NULL);
	assert_password(&usual, "\x01\x02\x03\x04\x05\x06\x07\x08", NULL);
	assert_password(&usual, "@@@@@@@@", NULL);
}

static void
a_password_is_not_one_of_the_users_own_names(void **state)
{
	static const char own[] = "is one of your own names";

	(void)state;
	assert_password(&usual, "anna.m" E_NFC "ller", own);
	assert_password(&usual, "ANNA.M\xc3\x89LLER", own);
	assert_password(&usual, "anna m" E_NFC "ller", own);
	assert_password(&usual, "longlocal@example.org", own);
	assert_password(&usual, "LongLocal@Example.ORG", own);
	assert_password(&usual, "longlocal", own);
	assert_password(&usual, "LONGLOCAL", own);

	/* Nor in another spelling; in its parts it is. */
	assert_password(&usual, "anna.mE\xcc\x81ller", own);
	assert_password(&usual, "anna.m" E_NFC "ller1", NULL);
	assert_password(&usual, "longlocal@", NULL);
	assert_password(&usual, "@example.org", NULL);
	assert_password(&usual, "annam" E_NFC "ller", NULL);
}

/* An old record's names may be in any form, or missing. */
static void
names_of_an_old_record_count_as_well(void **state)
{
	const struct user	old = { .username = "RENE\xcc\x81-MEYER",
				    .full_name = "I\xcc\x87stanbul" };
	const struct user	empty = { .username = "", .email = "@",
				    .full_name = "" };
	const struct user	none = { 0 };

	(void)state;
	assert_non_null(problem_of(&usual, &old, "ren" E_NFC "-meyer"));
	assert_non_null(problem_of(&usual, &old, "\xc4\xb0stanbul"));
	assert_null(problem_of(&usual, &empty, "good enough"));
	assert_null(problem_of(&usual, &none, "good enough"));
}

/* Allocations until one fails; 0: none does. */
static volatile long countdown;

__attribute__((visibility("default"))) void *
calloc(size_t count, size_t size)
{
	void	*(*real)(size_t, size_t);
	void	*symbol;

	if (countdown > 0) {
		countdown--;
		if (countdown == 0)
			return NULL;
	}
	symbol = dlsym(RTLD_NEXT, "calloc");
	memcpy(&real, &symbol, sizeof(real));
	return real(count, size);
}

static void
a_password_that_could_not_be_checked_is_refused(void **state)
{
	const char	*found;
	bool		 has_failed = true;
	long		 k;

	(void)state;
	for (k = 1; has_failed; k++) {
		arena_wipe(arena);
		countdown = k;
		found = problem_of(&usual, &anna, "LONGLOCAL");
		has_failed = countdown == 0;
		countdown = 0;
		assert_non_null(found);
	}
	has_failed = true;
	for (k = 1; has_failed; k++) {
		arena_wipe(arena);
		countdown = k;
		found = problem_of(&usual, &anna, "good enough");
		has_failed = countdown == 0;
		countdown = 0;
		if (has_failed)
			assert_non_null(found);
	}
	assert_null(found);
}

/* At login --------------------------------------------------------------- */

static void
at_login_a_name_is_only_too_long_beyond_1024_bytes(void **state)
{
	const struct judgement cases[] = {
		{ "", NULL },
		{ " a@b\tc\x01 ", NULL },
		{ repeat("x", 1024), NULL },
		{ repeat("x", 1025), "is too long" },
		{ repeat(FACE, 257), "is too long" },
	};

	(void)state;
	assert_judged(login_name_problem, cases, NELEMS(cases));
}

static void
at_login_a_password_is_1_to_1024_bytes(void **state)
{
	const struct judgement cases[] = {
		{ "", "is empty" },
		{ "x", NULL },
		{ " ", NULL },
		{ repeat("x", 1024), NULL },
		{ repeat("x", 1025), "is too long" },
		{ repeat(FACE, 257), "is too long" },
	};

	(void)state;
	assert_judged(login_password_problem, cases, NELEMS(cases));
}

static void
any_text_is_any_text(void **state)
{
	(void)state;
	assert_null(any_text(""));
	assert_null(any_text("\x01"));
	assert_null(any_text(repeat("x", 16 * 1024)));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_username_is_stored_trimmed_in_lower_case_and_nfc),
		TEST(an_address_is_stored_trimmed_and_in_lower_case),
		TEST(a_full_name_is_stored_trimmed_and_in_nfc),
		TEST(a_username_is_1_to_64_code_points_without_space_or_at),
		TEST(what_is_not_drawn_is_no_part_of_a_username_or_address),
		TEST(an_address_has_one_at_with_something_on_both_sides),
		TEST(an_address_is_at_most_254_bytes),
		TEST(a_full_name_is_1_to_128_code_points_without_control),
		TEST(a_password_has_at_least_password_min_code_points),
		TEST(a_password_has_at_most_256_code_points_and_1024_bytes),
		TEST(a_password_needs_no_special_characters),
		TEST(a_password_is_not_one_of_the_users_own_names),
		TEST(names_of_an_old_record_count_as_well),
		TEST(a_password_that_could_not_be_checked_is_refused),
		TEST(at_login_a_name_is_only_too_long_beyond_1024_bytes),
		TEST(at_login_a_password_is_1_to_1024_bytes),
		TEST(any_text_is_any_text),
	};

	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
