/* The configuration: its file, its lines, its defaults. */
#include "conf_file.h"

static void
check_numbers(const struct conf *conf)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	assert_int_equal(conf->access_ttl, 15 * 60 * 1000);
	assert_int_equal(conf->refresh_ttl, 10 * 86400000LL);
	assert_int_equal(conf->session_ttl, 90 * 86400000LL);
	assert_int_equal(conf->refresh_grace, 30000);
	assert_int_equal(conf->max_sessions, 20);
	assert_int_equal(conf->password_min, 8);
	assert_int_equal(conf->hash_memory, 19 * 1024 * 1024);
	assert_int_equal(conf->hash_passes, 2);
	assert_int_equal(conf->hash_slots, n < 1 ? 1 : n > 1024 ? 1024 : n);
	assert_int_equal(conf->login_floor, 0);
	assert_int_equal(conf->avatar_max_bytes, 5 * 1024 * 1024);
	assert_int_equal(conf->avatar_size, 512);
	assert_int_equal(conf->legacy_until, 0);
}

static void
check_words(const struct conf *conf)
{
	assert_true(conf->session_check);
	assert_int_equal(conf->cookie_same_site, SAME_SITE_STRICT);
	assert_true(conf->body_tokens);
	assert_false(conf->registration_open);
	assert_true(conf->throttle);
	assert_true(conf->sandbox_required);
	assert_int_equal(conf->log, LOG_INFO);
	assert_int_equal(conf->compat, COMPAT_NONE);
}

static void
check_texts(const struct conf *conf)
{
	check_path(conf->store, "sqlite:", "darban.db");
	check_path(conf->avatar_dir, "", "avatars");
	check_path(conf->run_dir, "", "run");
	assert_string_equal(conf->issuer, "darban");
	assert_string_equal(conf->audience, "darban");
	assert_null(conf->origin);
	assert_int_equal(conf->allowed_origins.count, 0);
	assert_string_equal(conf->cookie_prefix, "__Host-");
	assert_string_equal(conf->cookie_path, "/");
	assert_null(conf->password_blocklist);
	assert_int_equal(conf->trusted_proxies.count, 0);
	assert_string_equal(conf->avatar_url, "/avatars/");
	assert_string_equal(conf->avatar_default, "");
	assert_null(conf->log_file);
}

static void
three_keys_are_enough_and_the_rest_has_defaults(void **state)
{
	struct conf *conf = load_alone(REQUIRED);

	(void)state;
	assert_loaded(conf);
	check_numbers(conf);
	check_words(conf);
	check_texts(conf);
	conf_free(conf);
}

static size_t
read_sample(char *text, size_t size)
{
	FILE	*file;
	size_t	 length;

	if ((file = fopen("conf/darban.conf", "r")) == NULL)
		fail_msg("run this in the project's directory");
	length = fread(text, 1, size - 1, file);
	text[length] = '\0';
	fclose(file);
	return length;
}

static void
the_sample_file_lists_every_setting_with_its_default(void **state)
{
	const char	*value;
	char		 text[16384], *line, *rest, *equals;
	bool		 listed[CONF_SETTINGS] = { false };
	size_t		 i;

	(void)state;
	read_sample(text, sizeof(text));
	for (rest = text; (line = strsep(&rest, "\n")) != NULL;) {
		if (*line == '\0' || strncmp(line, "# ", 2) == 0 ||
		    strcmp(line, "#") == 0 || strncmp(line, "#\t", 2) == 0)
			continue;
		assert_non_null(equals = strstr(line, " ="));
		*equals = '\0';
		value = equals + 2 + strspn(equals + 2, " ");
		i = conf_setting_index(line + (*line == '#'));
		if (i == CONF_SETTINGS || listed[i])
			fail_msg("not a setting, or twice: %s", line);
		listed[i] = true;
		assert_int_equal(*line == '#',
		    conf_settings[i].standard != NULL);
		if (*line == '#')
			assert_string_equal(value, conf_settings[i].standard);
	}
	for (i = 0; i < CONF_SETTINGS; i++)
		if (!listed[i])
			fail_msg("not listed: %s", conf_settings[i].name);
}

static void
the_sample_file_is_refused_for_its_placeholders_alone(void **state)
{
	char	text[16384];
	size_t	size = read_sample(text, sizeof(text));
	size_t	i;

	(void)state;
	assert_null(load_bytes(text, size));
	assert_int_equal(told_count, 3);
	for (i = 0; i < told_count; i++) {
		assert_non_null(strstr(told[i], "placeholder"));
		assert_non_null(strstr(told[i], "openssl rand -base64 32"));
	}
}

static void
the_sample_file_uncommented_says_the_defaults(void **state)
{
	struct conf	*conf;
	char		 text[16384], all[16384], *line, *rest;
	size_t		 size;

	(void)state;
	read_sample(text, sizeof(text));
	size = (size_t)snprintf(all, sizeof(all), "%s", REQUIRED);
	for (rest = text; (line = strsep(&rest, "\n")) != NULL;)
		if (*line == '#' && line[1] >= 'a' && line[1] <= 'z')
			size += (size_t)snprintf(all + size,
			    sizeof(all) - size, "%s\n", line + 1);
	conf = load_bytes(all, size);
	assert_loaded(conf);
	check_numbers(conf);
	check_words(conf);
	check_texts(conf);
	conf_free(conf);
}

/* ---- the file ---- */

static void
a_file_that_is_not_there_is_one_error(void **state)
{
	(void)state;
	unlink(path);
	assert_refused(load_file(path), 0, strerror(ENOENT));
}

static void
a_directory_that_is_not_there_is_one_error(void **state)
{
	(void)state;
	told_count = 0;
	assert_null(load_file("/nonexistent/darban.conf"));
	assert_int_equal(told_count, 1);
	assert_non_null(strstr(told[0], strerror(ENOENT)));
}

static void
only_a_regular_file_is_read(void **state)
{
	(void)state;
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_refused(load_file(path), 0, "regular");
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_refused(load_file(path), 0, "regular");
	assert_int_equal(unlink(path), 0);
}

static void
a_file_that_others_may_read_or_its_group_write_is_an_error(void **state)
{
	static const mode_t	good[] = { 0600, 0400, 0640, 0440, 0750, 0641 };
	static const mode_t	bad[] = { 0620, 0660, 0604, 0602, 0644, 0666 };
	struct conf		*conf;
	size_t			 i;

	(void)state;
	write_bytes(REQUIRED, strlen(REQUIRED));
	for (i = 0; i < NELEMS(good); i++) {
		assert_int_equal(chmod(path, good[i]), 0);
		conf = load_file(path);
		assert_loaded(conf);
		conf_free(conf);
	}
	for (i = 0; i < NELEMS(bad); i++) {
		assert_int_equal(chmod(path, bad[i]), 0);
		assert_refused(load_file(path), 0, "chmod 600");
	}
}

static void
a_file_has_at_most_64_KiB(void **state)
{
	static char	 text[65537];
	struct conf	*conf;

	(void)state;
	memset(text, '\n', sizeof(text));
	memcpy(text, REQUIRED, strlen(REQUIRED));
	conf = load_bytes(text, 65536);
	assert_loaded(conf);
	conf_free(conf);
	assert_refused(load_bytes(text, 65537), 0, "larger than 65536");
}

static void
an_empty_file_lacks_what_is_required(void **state)
{
	(void)state;
	assert_null(load_alone(""));
	assert_int_equal(told_count, 3);
	assert_told(0, 0, "access_keys is required");
	assert_told(1, 0, "refresh_keys is required");
	assert_told(2, 0, "secret is required");
}

static void
each_required_setting_is_missed(void **state)
{
	(void)state;
	assert_refused(load_alone(REFRESH "secret=" SECRET), 0, "access_keys");
	assert_refused(load_alone(ACCESS "secret=" SECRET), 0, "refresh_keys");
	assert_refused(load_alone(ACCESS REFRESH), 0, "secret is required");
}

/* ---- lines ---- */

static void
an_unknown_name_is_an_error_with_its_line(void **state)
{
	(void)state;
	assert_refused(load("\n# two\nacess_ttl = 15m"), 3, "no setting");
	assert_refused(load("Store = sqlite:x"), 1, "no setting");
	assert_refused(load("stor = sqlite:x"), 1, "no setting");
	assert_refused(load("= sqlite:x"), 1, "no setting");
	assert_refused(load("store x = sqlite:x"), 1, "no setting");
}

static void
a_doubled_name_is_an_error_even_with_the_same_value(void **state)
{
	(void)state;
	assert_refused(load("issuer = a\n\nissuer = a"), 3,
	    "issuer stands in line 1 already");
	assert_refused(load("\n" ACCESS), 4, "access_keys stands in line 2");
}

static void
a_line_without_equals_is_an_error(void **state)
{
	(void)state;
	assert_refused(load("throttle"), 1, "`=` is missing");
	assert_refused(load("throttle on"), 1, "`=` is missing");
	assert_refused(load("hunter2hunter2hunter2"), 1, "`=` is missing");
}

static void
a_line_has_at_most_4096_bytes(void **state)
{
	static char	 text[4098];
	struct conf	*conf;

	(void)state;
	memset(text, 'x', sizeof(text));
	text[0] = '#';
	text[4096] = '\0';
	conf = load(text);
	assert_loaded(conf);
	conf_free(conf);
	text[4096] = 'x';
	text[4097] = '\0';
	assert_refused(load(text), 1, "longer than 4096");
}

static void
what_is_not_text_is_an_error_with_its_line(void **state)
{
	(void)state;
	assert_refused(load("issuer = \xff"), 1, "UTF-8");
	assert_refused(load("\nissuer = \xc0\xaf"), 2, "UTF-8");
	assert_refused(load("# \xed\xa0\x80"), 1, "UTF-8");
	assert_refused(load("issuer = a\x1b[2J"), 1, "control");
	assert_refused(load("issuer = a\x7f"), 1, "control");
	assert_refused(load("issuer = a\rb"), 1, "control");
	assert_refused(load("issuer = a\r\r"), 1, "control");
	assert_refused(load_bytes("#\0\n" REQUIRED,
	    3 + strlen(REQUIRED)), 1, "UTF-8");
	assert_text("issuer = d\xc3\xa4rb\xc3\xa4n", issuer,
	    "d\xc3\xa4rb\xc3\xa4n");
}

static void
blanks_around_names_and_values_do_not_count(void **state)
{
	(void)state;
	assert_text(" \t issuer \t= \t the one \t ", issuer, "the one");
	assert_text("issuer=one", issuer, "one");
	assert_text("issuer = a=b", issuer, "a=b");
	take(" \t \n\n  # a comment\n\t#another");
}

static void
a_hash_begins_a_comment_only_at_the_start_of_a_line(void **state)
{
	(void)state;
	assert_text("issuer = a#b # c", issuer, "a#b # c");
	refuse("throttle = on # always");
	take("#throttle = perhaps");
}

static void
lines_may_end_as_on_windows(void **state)
{
	struct conf *conf = load_alone("\xef\xbb\xbfissuer = one\r\n\r\n"
	    "#\r\nthrottle = off\r\n" REQUIRED);

	(void)state;
	assert_loaded(conf);
	assert_string_equal(conf->issuer, "one");
	assert_false(conf->throttle);
	conf_free(conf);
}

static void
the_last_line_needs_no_newline(void **state)
{
	struct conf *conf = load_alone(REQUIRED "throttle = off");

	(void)state;
	assert_loaded(conf);
	assert_false(conf->throttle);
	conf_free(conf);
	assert_refused(load_alone(REQUIRED "throttle = o"), 4, "throttle");
}

static void
all_errors_are_told_at_once(void **state)
{
	static const char text[] = "nonsense\n"
	    "access_ttl = 3\n"
	    "no_such = 1\n"
	    "access_keys = a:text:short b:base64:*** c\n"
	    "throttle = maybe\n"
	    "refresh_grace = 5m\n"
	    "refresh_ttl = 3d\n"
	    "session_ttl = 2d\n"
	    "issuer = \xff\n"
	    "throttle = on";

	(void)state;
	write_bytes(text, strlen(text));
	assert_int_equal(chmod(path, 0644), 0);
	assert_null(load_file(path));
	assert_told(0, 0, "chmod");
	assert_told(1, 1, "missing");
	assert_told(2, 2, "access_ttl");
	assert_told(3, 3, "no setting");
	assert_told(4, 4, "access_keys: key 1 is shorter");
	assert_told(5, 4, "access_keys: key 2 is not base64");
	assert_told(6, 4, "access_keys: key 3 must be");
	assert_told(7, 5, "throttle");
	assert_told(8, 9, "UTF-8");
	assert_told(9, 10, "already");
	assert_told(10, 0, "refresh_keys is required");
	assert_told(11, 0, "secret is required");
	assert_told(12, 8, "refresh_ttl must not be longer");
	assert_int_equal(told_count, 13);
}

static void
an_error_is_one_line_whatever_the_file_is_called(void **state)
{
	(void)state;
	assert_null(load_file("/tmp/dar\nban\x7f.conf"));
	assert_int_equal(told_count, 1);
	assert_non_null(strstr(told[0], "/tmp/dar?ban?.conf: "));
}

/* ---- the stamp ---- */

static void
a_stamp_changes_with_content_mode_and_file(void **state)
{
	struct conf_stamp	before, after, none = { 0 };
	char			other[80];

	(void)state;
	write_bytes("a", 1);
	conf_stamp(path, &before);
	conf_stamp(path, &after);
	assert_true(before.is_there);
	assert_true(conf_stamp_equal(&before, &after));
	assert_false(conf_stamp_equal(&before, &none));

	/* The clock of the file system ticks every few milliseconds. */
	usleep(20000);
	assert_int_equal(chmod(path, 0640), 0);
	conf_stamp(path, &after);
	assert_false(conf_stamp_equal(&before, &after));

	/* The same bytes under the same name, by rename. */
	before = after;
	snprintf(other, sizeof(other), "%s.new", path);
	assert_int_equal(rename(path, other), 0);
	conf_stamp(path, &after);
	assert_true(conf_stamp_equal(&none, &after));
	write_bytes("a", 1);
	assert_int_equal(chmod(path, 0640), 0);
	conf_stamp(path, &after);
	assert_false(conf_stamp_equal(&before, &after));
	assert_int_equal(unlink(other), 0);
}

static void
a_stamp_says_what_stat_says(void **state)
{
	struct conf_stamp	stamp;
	struct stat		status;

	(void)state;
	write_bytes("abc", 3);
	assert_int_equal(stat(path, &status), 0);
	conf_stamp(path, &stamp);
	assert_true(stamp.is_there);
	assert_int_equal(stamp.device, status.st_dev);
	assert_int_equal(stamp.inode, status.st_ino);
	assert_int_equal(stamp.size, 3);
	assert_int_equal(stamp.changed_s, status.st_ctim.tv_sec);
	assert_int_equal(stamp.changed_ns, status.st_ctim.tv_nsec);
}

static void
each_part_of_a_stamp_counts(void **state)
{
	const struct conf_stamp	all = { true, 1, 2, 3, 4, 5 };
	const struct conf_stamp	others[] = {
		{ false, 1, 2, 3, 4, 5 }, { true, 0, 2, 3, 4, 5 },
		{ true, 1, 0, 3, 4, 5 }, { true, 1, 2, 0, 4, 5 },
		{ true, 1, 2, 3, 0, 5 }, { true, 1, 2, 3, 4, 0 },
	};
	size_t			i;

	(void)state;
	for (i = 0; i < NELEMS(others); i++)
		assert_false(conf_stamp_equal(&all, &others[i]));
}

static void
freeing_nothing_is_nothing(void **state)
{
	(void)state;
	conf_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    three_keys_are_enough_and_the_rest_has_defaults),
		cmocka_unit_test(
		    the_sample_file_lists_every_setting_with_its_default),
		cmocka_unit_test(
		    the_sample_file_is_refused_for_its_placeholders_alone),
		cmocka_unit_test(the_sample_file_uncommented_says_the_defaults),
		cmocka_unit_test(a_file_that_is_not_there_is_one_error),
		cmocka_unit_test(a_directory_that_is_not_there_is_one_error),
		cmocka_unit_test(only_a_regular_file_is_read),
		cmocka_unit_test(
		    a_file_that_others_may_read_or_its_group_write_is_an_error),
		cmocka_unit_test(a_file_has_at_most_64_KiB),
		cmocka_unit_test(an_empty_file_lacks_what_is_required),
		cmocka_unit_test(each_required_setting_is_missed),
		cmocka_unit_test(an_unknown_name_is_an_error_with_its_line),
		cmocka_unit_test(
		    a_doubled_name_is_an_error_even_with_the_same_value),
		cmocka_unit_test(a_line_without_equals_is_an_error),
		cmocka_unit_test(a_line_has_at_most_4096_bytes),
		cmocka_unit_test(what_is_not_text_is_an_error_with_its_line),
		cmocka_unit_test(blanks_around_names_and_values_do_not_count),
		cmocka_unit_test(
		    a_hash_begins_a_comment_only_at_the_start_of_a_line),
		cmocka_unit_test(lines_may_end_as_on_windows),
		cmocka_unit_test(the_last_line_needs_no_newline),
		cmocka_unit_test(all_errors_are_told_at_once),
		cmocka_unit_test(
		    an_error_is_one_line_whatever_the_file_is_called),
		cmocka_unit_test(a_stamp_changes_with_content_mode_and_file),
		cmocka_unit_test(a_stamp_says_what_stat_says),
		cmocka_unit_test(each_part_of_a_stamp_counts),
		cmocka_unit_test(freeing_nothing_is_nothing),
	};

	return cmocka_run_group_tests_name("conf", tests,
	    make_directory, remove_directory);
}
