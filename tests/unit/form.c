/* Form bodies, good and broken. */
#include "base/base.h"
#include "http/form.h"

#include <setjmp.h>
#include <cmocka.h>

static enum err
parse(struct arena *arena, const char *text, struct member **out)
{
	return form_parse(arena, text, strlen(text), out);
}

static void
pairs_are_decoded_in_their_order(void **_ UNUSED)
{
	static const struct {
		const char *name, *text;
	} want[] = {
		{ "a", "1 2" }, { "b", "+&=" }, { "c", "" }, { "d", "" },
		{ "", "e" }, { "f", "x=y" }, { "\xc3\xa9", "\xe2\x82\xac" },
		{ "a", "again" },
	};
	struct arena	*arena = arena_new();
	struct member	*member;
	size_t		 i;

	assert_int_equal(parse(arena, "a=1+2&b=%2B%26%3d&c=&d&&=e&f=x=y&"
	    "%C3%A9=%e2%82%ac&a=again&", &member), OK);
	for (i = 0; i < NELEMS(want); i++, member = member->next) {
		assert_non_null(member);
		assert_string_equal(member->name, want[i].name);
		assert_string_equal(member->text, want[i].text);
		assert_int_equal(member->type, JSON_TEXT);
		assert_true(member->from_form);
	}
	assert_null(member);
	arena_free(arena);
}

static void
a_form_without_pairs_is_empty(void **_ UNUSED)
{
	struct arena	*arena = arena_new();
	struct member	*member;

	assert_int_equal(parse(arena, "", &member), OK);
	assert_null(member);
	assert_int_equal(parse(arena, "&&&", &member), OK);
	assert_null(member);
	arena_free(arena);
}

static void
what_is_broken_is_refused(void **_ UNUSED)
{
	static const char *const broken[] = {
		"a=%", "a=%4", "a=%zz", "a=%4g", "%=a", "a=1&b=%0",
		"a=%00", "%00=a", "a=%ff", "a=%c3", "a=%c3&b=%a9",
		"a=%ed%a0%80", "a=%c0%80", "a=% 1",
	};
	struct arena	*arena = arena_new();
	struct member	*member;
	size_t		 i;

	for (i = 0; i < NELEMS(broken); i++)
		assert_int_equal(parse(arena, broken[i], &member),
		    E_MALFORMED);
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs_are_decoded_in_their_order),
		cmocka_unit_test(a_form_without_pairs_is_empty),
		cmocka_unit_test(what_is_broken_is_refused),
	};

	return cmocka_run_group_tests_name("form", tests, NULL, NULL);
}
