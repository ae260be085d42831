/* Passwords that everybody tries first. */
#include "account/authenticate.h"
#include "account/blocklist.h"
#include "account/policy.h"
#include "base/log.h"
#include "fixture.h"

#define KNOWN	"is one that everybody tries first"

static const char *
problem_of(struct fixture *f, const char *password)
{
	const char *problem;

	assert_int_equal(password_problem(&f->ctx, &f->user, password,
	    &problem), OK);
	return problem;
}

static bool
is_known(struct fixture *f, const char *password)
{
	const char *problem = problem_of(f, password);

	if (problem != NULL)
		assert_string_equal(problem, KNOWN);
	return problem != NULL;
}

static void
every_entry_of_the_list_is_refused_in_any_case(void **state)
{
	struct fixture	*f = *state;
	FILE		*list = fopen("lib/account/blocklist.txt", "r");
	char		 line[64], *c;
	size_t		 count;

	assert_non_null(list);
	for (count = 0; fgets(line, sizeof(line), list) != NULL; count++) {
		line[strcspn(line, "\n")] = '\0';
		if (!is_known(f, line))
			fail_msg("%s is allowed", line);
		for (c = line; *c != '\0'; c++)
			if (*c >= 'a' && *c <= 'z' && (c - line) % 2 == 0)
				*c = (char)(*c - 'a' + 'A');
		if (!is_known(f, line))
			fail_msg("%s is allowed", line);
		arena_wipe(f->ctx.arena);
	}
	(void)fclose(list);
	/* NIST SP 800-63B-4 and OWASP ASVS 6.2.4 ask for some thousands. */
	assert_true(count >= 3000);
}

static void
it_is_the_whole_password_that_counts(void **state)
{
	static const char *const good[] = { "password.", "xpassword",
	    "passwor d", "iloveyou2much", "\npassword", "password\n",
	    "1234567890.", "ertyuiop", "qwertyuiopqwertyuiopqwerty" };
	struct fixture	*f = *state;
	size_t		 i;

	for (i = 0; i < NELEMS(good); i++)
		assert_null(problem_of(f, good[i]));
}

static void
it_is_told_which_member_and_why(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(user_set_password(&f->ctx, &f->user, "password",
	    "Sunshine"),
	    E_MEMBER);
	assert_string_equal(f->ctx.member_errors->field, "password");
	assert_string_equal(f->ctx.member_errors->message, KNOWN);
	assert_int_equal(f->user.changed, 0);
}

static void
write_list(struct fixture *f, char *path, const char *text)
{
	FILE *list;

	(void)snprintf(path, 96, "%s/list", f->directory);
	assert_non_null(list = fopen(path, "w"));
	assert_true(fputs(text, list) >= 0);
	assert_int_equal(fclose(list), 0);
	f->conf.password_blocklist = path;
}

static void
a_list_of_ones_own_stands_in_for_it(void **state)
{
	struct fixture	*f = *state;
	char		 path[96];

	write_list(f, path, "tr0ub4dor&3\r\nAcme-2026\n\nren\xc3\xa9"
	    "-ren\xc3\xa9\n# no comment\nthe last one");
	assert_true(is_known(f, "Tr0ub4dor&3"));
	assert_true(is_known(f, "acme-2026"));
	assert_true(is_known(f, "REN\xc3\x89-rene\xcc\x81"));
	assert_true(is_known(f, "# no comment"));
	assert_true(is_known(f, "the last one"));
	assert_false(is_known(f, "the last"));
	assert_false(is_known(f, "password"));
}

static void
a_list_that_cannot_be_read_allows_nothing(void **state)
{
	struct fixture	*f = *state;
	const char	*problem = "untouched";
	char		 nowhere[] = "/nonexistent/list";

	log_file("/dev/null");
	f->conf.password_blocklist = nowhere;
	assert_int_equal(password_problem(&f->ctx, &f->user, "good enough",
	    &problem), E_CONFIG);
	assert_int_equal(user_set_password(&f->ctx, &f->user, "password",
	    "good enough"),
	    E_CONFIG);
	assert_int_equal(f->user.changed, 0);

	f->conf.password_blocklist = f->directory;
	assert_int_equal(password_problem(&f->ctx, &f->user, "good enough",
	    &problem), E_CONFIG);
	log_file(NULL);
	f->conf.password_blocklist = NULL;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, \
	fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_entry_of_the_list_is_refused_in_any_case),
		TEST(it_is_the_whole_password_that_counts),
		TEST(it_is_told_which_member_and_why),
		TEST(a_list_of_ones_own_stands_in_for_it),
		TEST(a_list_that_cannot_be_read_allows_nothing),
	};

	return cmocka_run_group_tests_name("blocklist", tests, NULL, NULL);
}
