/* What lies beside a program, and whose it may be. */
#include "base/beside.h"
#include "pretender.h"

/* Last, because its fail() is a macro. */
#include <setjmp.h>
#include <cmocka.h>

static const char *const places[] = { "", "near/", "near/../far/" };

/* A path beside the program. */
static const char *
beside(const char *name)
{
	static char	path[PATH_MAX];
	const int	length = (int)(strrchr(pretender_path, '/') + 1 -
	    pretender_path);

	(void)snprintf(path, sizeof(path), "%.*s%s", length, pretender_path,
	    name);
	return path;
}

static void
put(const char *name)
{
	const int fd = open(beside(name), O_WRONLY | O_CREAT | O_EXCL, 0600);

	assert_true(fd != -1);
	assert_int_equal(close(fd), 0);
}

static int
set_up(void **_ UNUSED)
{
	return mkdir(beside("near"), 0700) != 0 ||
	    mkdir(beside("far"), 0700) != 0;
}

static int
tear_down(void **_ UNUSED)
{
	(void)unlink(beside("tool"));
	(void)unlink(beside("near/tool"));
	(void)unlink(beside("far/tool"));
	return rmdir(beside("near")) != 0 || rmdir(beside("far")) != 0;
}

static void
assert_found(const char *path)
{
	char out[PATH_MAX];

	assert_true(beside_find(places, NELEMS(places), "tool", out));
	assert_string_equal(out, beside(path));
}

static void
the_first_place_that_has_it_is_the_one(void **_ UNUSED)
{
	char out[PATH_MAX];

	assert_false(beside_find(places, NELEMS(places), "tool", out));
	put("far/tool");
	assert_found("near/../far/tool");
	put("near/tool");
	assert_found("near/tool");
	put("tool");
	assert_found("tool");
	assert_true(beside_find(places + 1, 2, "tool", out));
	assert_string_equal(out, beside("near/tool"));
	assert_false(beside_find(places, 0, "tool", out));
}

/* /tmp is everybody's. */
static void
what_a_stranger_has_put_there_is_passed_over(void **_ UNUSED)
{
	char out[PATH_MAX];

	if (getuid() != 0) {
		print_message("# skipped: only root gives things away\n");
		return;
	}
	put("tool");
	put("far/tool");
	assert_int_equal(chown(beside("tool"), 65534, 65534), 0);
	assert_found("near/../far/tool");
	assert_int_equal(chown(beside("far/tool"), 65534, 65534), 0);
	assert_false(beside_find(places, NELEMS(places), "tool", out));
	/* To a program of the stranger's it is its own. */
	assert_int_equal(chown(beside("test"), 65534, 65534), 0);
	assert_found("tool");
	/* And root's is everybody's. */
	assert_int_equal(chown(beside("tool"), 0, 0), 0);
	assert_found("tool");
	assert_int_equal(chown(beside("test"), 0, 0), 0);
}

static void
a_name_that_is_too_long_is_nowhere(void **_ UNUSED)
{
	static char	name[PATH_MAX + 1];
	char		out[PATH_MAX];

	memset(name, 'x', sizeof(name) - 1);
	assert_false(beside_find(places, NELEMS(places), name, out));
}

/* As when a new version was installed while it runs. */
static void
a_program_that_was_replaced_knows_where_it_lay(void **_ UNUSED)
{
	put("near/tool");
	assert_int_equal(unlink(beside("test")), 0);
	assert_found("near/tool");
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(the_first_place_that_has_it_is_the_one),
		TEST(what_a_stranger_has_put_there_is_passed_over),
		TEST(a_name_that_is_too_long_is_nowhere),
		TEST(a_program_that_was_replaced_knows_where_it_lay),
	};
	int status;

	if (pretender_main(argc, argv, &status))
		return status;
	return cmocka_run_group_tests_name("beside", tests, NULL, NULL);
}
