/* What outlives a request: read again when it changes, and only then. */
#include "base/log.h"
#include "base/clock.h"
#include "account/app.h"
#include "store/engine.h"
#include "conf_file.h"

static char	uri[2][96];
static size_t	complaints;

static void
count_line(void *_ UNUSED, const char *line, size_t size)
{
	if (memmem(line, size, " error ", 7) != NULL)
		complaints++;
}

/* A configuration with the first or the second store, and one line more. */
static void
configure(int store, const char *more)
{
	char	text[1024];
	int	n;

	n = snprintf(text, sizeof(text), "%sstore = %s\n%s\n", REQUIRED,
	    uri[store], more);
	write_bytes(text, (size_t)n);
}

static void
assert_stores(const struct app *app, int store)
{
	assert_non_null(app->conf);
	assert_string_equal(app->conf->store, uri[store]);
}

static int
set_up(void **state)
{
	struct store	*store;
	int		 i;

	if (*path == '\0')
		assert_int_equal(make_directory(state), 0);
	for (i = 0; i < 2; i++) {
		(void)snprintf(uri[i], sizeof(uri[i]), "sqlite:%s/%d.db",
		    directory, i);
		assert_int_equal(store_open(uri[i], STORE_CREATE, &store),
		    OK);
		store_close(store);
	}
	complaints = 0;
	log_sink(count_line, NULL);
	return 0;
}

static int
clean_up(void **_ UNUSED)
{
	char command[64];

	log_sink(NULL, NULL);
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", directory);
	return system(command);
}

static void
a_configuration_is_read_again_when_it_has_changed(void **_ UNUSED)
{
	struct app	 app = { .mode = STORE_SERVE };
	struct ctx	 ctx = { 0 };
	const struct conf *before;

	configure(0, "");
	assert_int_equal(app_prepare(&app, path, &ctx), OK);
	assert_stores(&app, 0);
	assert_ptr_equal(ctx.conf, app.conf);
	assert_ptr_equal(ctx.keys, app.keys);
	assert_ptr_equal(ctx.store, app.store);
	before = app.conf;
	assert_int_equal(app_prepare(&app, path, &ctx), OK);
	assert_ptr_equal(app.conf, before);

	configure(1, "# and the store is another");
	assert_int_equal(app_prepare(&app, path, &ctx), OK);
	assert_stores(&app, 1);
	/* The store is the one that is configured now. */
	assert_int_equal(store_ping(app.store), OK);
	assert_int_equal(unlink(uri[0] + strlen("sqlite:")), 0);
	assert_int_equal(app_prepare(&app, path, &ctx), OK);
	app_close(&app);
	assert_null(app.conf);
	assert_null(app.store);
}

static void
another_path_is_another_configuration(void **_ UNUSED)
{
	struct app	app = { .mode = STORE_SERVE };
	struct ctx	ctx = { 0 };
	char		other[80];

	configure(0, "");
	assert_int_equal(app_prepare(&app, path, &ctx), OK);
	/* The same file by another name is not the same configuration. */
	(void)snprintf(other, sizeof(other), "%s/./darban.conf", directory);
	assert_int_equal(app_prepare(&app, other, &ctx), OK);
	assert_string_equal(app.path, other);
	app_close(&app);
}

static void
a_broken_configuration_is_told_once_and_looked_at_again(
    void **_ UNUSED)
{
	struct app	app = { .mode = STORE_SERVE };
	struct ctx	ctx = { 0 };

	configure(0, "nonsense = yes");
	assert_int_equal(app_prepare(&app, path, &ctx), E_CONFIG);
	assert_int_equal(complaints, 1);
	assert_int_equal(app_prepare(&app, path, &ctx), E_CONFIG);
	assert_int_equal(complaints, 1);
	assert_null(ctx.conf);
	/* Eleven seconds later. */
	app.read_at -= 11000;
	assert_int_equal(app_prepare(&app, path, &ctx), E_CONFIG);
	assert_int_equal(complaints, 2);
	configure(0, "");
	assert_int_equal(app_prepare(&app, path, &ctx), OK);
	app_close(&app);
}

static void
a_store_that_is_away_leaves_the_configuration_at_hand(void **_ UNUSED)
{
	struct app	app = { .mode = STORE_SERVE };
	struct ctx	ctx = { 0 };

	configure(0, "");
	assert_int_equal(unlink(uri[0] + strlen("sqlite:")), 0);
	assert_int_equal(app_prepare(&app, path, &ctx), E_UNAVAILABLE);
	assert_non_null(ctx.conf);
	assert_ptr_equal(ctx.conf, app.conf);
	assert_ptr_equal(ctx.keys, app.keys);
	assert_null(ctx.store);
	app_close(&app);
}

static void
the_configuration_says_what_is_logged_and_where(void **_ UNUSED)
{
	struct app	app = { .mode = STORE_SERVE };
	struct ctx	ctx = { 0 };
	char		setting[128];

	configure(0, "log = error");
	assert_int_equal(app_prepare(&app, path, &ctx), OK);
	log_info("not an error of ours");
	assert_int_equal(complaints, 0);
	log_error("this is one");
	assert_int_equal(complaints, 1);
	(void)snprintf(setting, sizeof(setting), "log_file = %s/log",
	    directory);
	configure(0, setting);
	assert_int_equal(app_prepare(&app, path, &ctx), OK);
	log_error("this is one in the file");
	assert_int_equal(complaints, 1);
	app_close(&app);
	log_error("the file went with its configuration");
	assert_int_equal(complaints, 2);
}

static void
a_request_has_its_time_a_command_all_of_it(void **_ UNUSED)
{
	struct app	server = { .mode = STORE_SERVE };
	struct app	command = { .mode = STORE_CREATE };
	struct ctx	ctx = { .deadline = clock_monotonic() + REQUEST_TIME };

	configure(0, "");
	assert_int_equal(app_prepare(&server, path, &ctx), OK);
	assert_int_equal(ctx.store->deadline, ctx.deadline - STORE_TIME);
	ctx.deadline = 0;
	assert_int_equal(app_prepare(&command, path, &ctx), OK);
	assert_int_equal(ctx.store->deadline, 0);
	app_close(&command);
	app_close(&server);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_configuration_is_read_again_when_it_has_changed),
		TEST(another_path_is_another_configuration),
		TEST(a_broken_configuration_is_told_once_and_looked_at_again),
		TEST(a_store_that_is_away_leaves_the_configuration_at_hand),
		TEST(a_request_has_its_time_a_command_all_of_it),
		TEST(the_configuration_says_what_is_logged_and_where),
	};

	return cmocka_run_group_tests_name("app", tests, NULL, clean_up);
}
