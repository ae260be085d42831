#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/log.h"

enum { LONGEST = 1024 };	/* a line, as log.h says */

static char directory[] = "/tmp/darban-log-XXXXXX";

/* What went to the sink, and what is in a file. */
static char sunk[64 * 1024], filed[1024 * 1024];

static void
keep(void *arg, const char *line, size_t size)
{
	size_t length = strlen(sunk);

	assert_ptr_equal(arg, directory);
	assert_true(length + size < sizeof(sunk));
	memcpy(sunk + length, line, size);
	sunk[length + size] = '\0';
}

static int
set_up(void **_ UNUSED)
{
	sunk[0] = '\0';
	clock_set(INT64_C(1769903999999));
	log_program("login");
	log_address("192.0.2.7");
	log_level(LOG_INFO);
	log_sink(keep, directory);
	memcpy(directory + strlen(directory) - 6, "XXXXXX", 6);
	return mkdtemp(directory) == NULL;
}

static int
remove_entry(const char *path, const struct stat *_ UNUSED, int _2 UNUSED,
    struct FTW *_3 UNUSED)
{
	return remove(path);
}

static int
tear_down(void **_ UNUSED)
{
	log_file(NULL);
	log_sink(NULL, NULL);
	clock_set(0);
	return nftw(directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* A path in the directory, good until the next call. */
static const char *
in_directory(const char *name)
{
	static char path[2][sizeof(directory) + 32];
	static int next;

	next = !next;
	snprintf(path[next], sizeof(path[next]), "%s/%s", directory, name);
	return path[next];
}

static const char *
contents(const char *name)
{
	size_t size;
	FILE *file;

	file = fopen(in_directory(name), "re");
	assert_non_null(file);
	size = fread(filed, 1, sizeof(filed) - 1, file);
	fclose(file);
	filed[size] = '\0';
	return filed;
}

/* The whole line that has this text at its end. */
static const char *
line_of(const char *text)
{
	static char line[2 * LONGEST];

	snprintf(line, sizeof(line),
	    "2026-01-31T23:59:59.999Z login[%d] info 192.0.2.7 %s\n",
	    (int)getpid(), text);
	return line;
}

static void
an_event_is_one_line(void **_ UNUSED)
{
	log_info("user %s logged in, %d%%", "darban", 100);
	assert_string_equal(sunk, line_of("user darban logged in, 100%"));
}

static void
who_has_no_address_has_a_dash(void **_ UNUSED)
{
	log_address(NULL);
	log_info("started");
	assert_non_null(strstr(sunk, "] info - started\n"));
	log_address("");
	log_info("stopped");
	assert_non_null(strstr(sunk, "] info - stopped\n"));
}

static void
what_is_above_the_level_is_left_out(void **_ UNUSED)
{
	static const char *const all[LOG__MAX] = { " error 192.0.2.7 E\n",
	    " warn 192.0.2.7 W\n", " info 192.0.2.7 I\n",
	    " debug 192.0.2.7 D\n" };
	enum log_level level, i;

	for (level = LOG_ERROR; level < LOG__MAX; level++) {
		sunk[0] = '\0';
		log_level(level);
		log_error("E");
		log_warn("W");
		log_info("I");
		log_debug("D");
		for (i = LOG_ERROR; i < LOG__MAX; i++)
			assert_int_equal(strstr(sunk, all[i]) != NULL,
			    i <= level);
	}
}

static void
nobody_writes_a_line_of_his_own(void **_ UNUSED)
{
	static const char *const rows[][2] = {
		{ "a\nb", "a\\x0Ab" },
		{ "a\r\n2026", "a\\x0D\\x0A2026" },
		{ "\x1B[31m", "\\x1B[31m" },
		{ "\t\x01\x1F\x7F", "\\x09\\x01\\x1F\\x7F" },
		{ "\xC3\xA4 \xF0\x9F\x9A\xAA~", "\xC3\xA4 \xF0\x9F\x9A\xAA~" },
		{ "\xC2\x85\xC2\x9B", "\\xC2\\x85\\xC2\\x9B" },	/* C1 */
		{ "\x80\xBF\xFF\xFE", "\\x80\\xBF\\xFF\\xFE" },
		{ "\xE4rger", "\\xE4rger" },
		{ "\xC0\x8A", "\\xC0\\x8A" },		/* overlong newline */
		{ "\xED\xA0\x80", "\\xED\\xA0\\x80" },	/* surrogate */
		{ "\xF4\x90\x80\x80", "\\xF4\\x90\\x80\\x80" },
		{ "\xC3", "\\xC3" },
		{ "\xE2\x82", "\\xE2\\x82" },
		{ "\xF0\x9F\x9A", "\\xF0\\x9F\\x9A" },
		{ "\xF0\x9F\x9A\n", "\\xF0\\x9F\\x9A\\x0A" },
		{ "\xE2\x80\xA8", "\\xE2\\x80\\xA8" },	/* line separator */
		{ "\xE2\x80\xAE", "\\xE2\\x80\\xAE" },	/* right to left */
		{ "\xE2\x80\x8B", "\\xE2\\x80\\x8B" },	/* no width */
		{ "\xE2\x80\x8E", "\\xE2\\x80\\x8E" },	/* left to right */
		{ "\xE2\x80\x8C\xE2\x80\x8D",		/* joiners are text */
		    "\xE2\x80\x8C\xE2\x80\x8D" },
		{ "%s%n\\", "%s%n\\" },
		{ "", "" },
	};
	size_t i;

	for (i = 0; i < NELEMS(rows); i++) {
		sunk[0] = '\0';
		log_info("%s", rows[i][0]);
		assert_string_equal(sunk, line_of(rows[i][1]));
	}
	sunk[0] = '\0';
	log_address("192.0.2.7\nforged");
	log_info("x");
	assert_non_null(strstr(sunk, " info 192.0.2.7\\x0Aforged x\n"));
}

/* The text is longer by one character at each turn, through the limit. */
static void
a_long_line_is_cut_at_a_character(void **_ UNUSED)
{
	static const char *const characters[][2] = { { "x", "x" },
	    { "\xC3\xA4", "\xC3\xA4" }, { "\n", "\\x0A" },
	    { "\xF0\x9F\x9A\xAA", "\xF0\x9F\x9A\xAA" } };
	const size_t head = strlen(line_of("")) - 1;
	char text[4 * 1100 + 1];
	size_t i, n, written, fits;

	for (i = 0; i < NELEMS(characters); i++) {
		written = strlen(characters[i][1]);
		fits = (LONGEST - head - strlen("...\n")) / written;
		for (text[0] = '\0', n = 0; n < 1100; n++) {
			sunk[0] = '\0';
			log_info("%s", text);
			assert_in_range(strlen(sunk), 1, LONGEST);
			assert_int_equal(strlen(sunk), head + (n <= fits ?
			    n * written + 1 : fits * written + 4));
			assert_int_equal(strstr(sunk, "...\n") != NULL,
			    n > fits);
			snprintf(text + n * strlen(characters[i][0]), 5, "%s",
			    characters[i][0]);
		}
	}
}

static void
a_file_is_private_and_appended_to(void **_ UNUSED)
{
	const size_t size = strlen(line_of("one"));
	struct stat st;

	log_file(in_directory("log"));
	log_info("one");
	assert_string_equal(contents("log"), line_of("one"));
	assert_int_equal(stat(in_directory("log"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);

	log_file(NULL);
	log_file(in_directory("log"));
	log_info("two");
	assert_memory_equal(contents("log"), line_of("one"), size);
	assert_string_equal(filed + size, line_of("two"));

	/* Emptied by others while it is open, as logrotate's copytruncate. */
	assert_int_equal(truncate(in_directory("log"), 0), 0);
	log_info("three");
	assert_string_equal(contents("log"), line_of("three"));
	assert_string_equal(sunk, "");
}

static void
the_path_is_copied_and_nothing_ends_the_file(void **_ UNUSED)
{
	char path[sizeof(directory) + 8];

	snprintf(path, sizeof(path), "%s/log", directory);
	log_file(path);
	memset(path, 'x', sizeof(path) - 1);
	log_info("filed");
	log_file("");
	log_info("sunk");
	assert_string_equal(contents("log"), line_of("filed"));
	assert_string_equal(sunk, line_of("sunk"));
}

static void
a_rotated_file_is_left_alone(void **_ UNUSED)
{
	log_file(in_directory("log"));
	log_info("one");
	assert_int_equal(rename(in_directory("log"), in_directory("log.1")),
	    0);
	log_info("two");
	assert_string_equal(contents("log.1"), line_of("one"));
	assert_string_equal(contents("log"), line_of("two"));

	/* And another file may have come to stand there meanwhile. */
	assert_int_equal(rename(in_directory("log"), in_directory("log.2")),
	    0);
	fclose(fopen(in_directory("log"), "we"));
	log_info("three");
	assert_string_equal(contents("log.2"), line_of("two"));
	assert_string_equal(contents("log"), line_of("three"));
}

static void
another_path_is_another_file(void **_ UNUSED)
{
	log_file(in_directory("a"));
	log_info("one");
	log_file(in_directory("b"));
	log_info("two");
	assert_string_equal(contents("a"), line_of("one"));
	assert_string_equal(contents("b"), line_of("two"));
}

static void
what_no_file_takes_goes_to_the_sink(void **_ UNUSED)
{
	static char too_long[2 * PATH_MAX];
	const char *paths[] = { in_directory("missing/log"), directory,
	    "/dev/full", too_long };
	size_t i;

	memset(too_long, 'x', sizeof(too_long) - 1);
	for (i = 0; i < NELEMS(paths); i++) {
		sunk[0] = '\0';
		log_file(in_directory("log"));
		log_file(paths[i]);
		log_info("one");
		assert_string_equal(sunk, line_of("one"));
	}
}

static void
a_pipe_without_a_reader_stops_nobody(void **_ UNUSED)
{
	assert_int_equal(mkfifo(in_directory("pipe"), 0600), 0);
	log_file(in_directory("pipe"));
	log_info("one");
	assert_string_equal(sunk, line_of("one"));
}

static void
a_directory_that_comes_back_is_used_again(void **_ UNUSED)
{
	log_file(in_directory("later/log"));
	log_info("one");
	assert_int_equal(mkdir(in_directory("later"), 0700), 0);
	log_info("two");
	assert_string_equal(sunk, line_of("one"));
	assert_string_equal(contents("later/log"), line_of("two"));
}

static void
without_a_sink_lines_go_to_standard_error(void **_ UNUSED)
{
	char text[LONGEST + 1] = "";
	int ends[2], saved;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	saved = dup(STDERR_FILENO);
	dup2(ends[1], STDERR_FILENO);
	log_sink(NULL, NULL);
	log_info("one");
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(ends[1]);
	assert_true(read(ends[0], text, LONGEST) > 0);
	close(ends[0]);
	assert_string_equal(text, line_of("one"));
}

static void
errno_is_left_as_it_was(void **_ UNUSED)
{
	log_file(in_directory("missing/log"));
	errno = EDOM;
	log_info("one");
	assert_int_equal(errno, EDOM);
	assert_string_equal(sunk, line_of("one"));
}

static void
lines_of_several_processes_do_not_mix(void **_ UNUSED)
{
	enum { PROCESSES = 4, LINES = 200, WIDTH = 900 };
	char text[WIDTH + 1] = "", *line, *end;
	int i, j, status, count = 0;
	pid_t pid[PROCESSES];

	log_file(in_directory("log"));
	for (i = 0; i < PROCESSES; i++) {
		if ((pid[i] = fork()) != 0)
			continue;
		memset(text, 'a' + i, WIDTH);
		for (j = 0; j < LINES; j++)
			log_info("%s", text);
		_exit(0);
	}
	for (i = 0; i < PROCESSES; i++) {
		assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
		assert_int_equal(status, 0);
	}
	contents("log");
	for (line = filed; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		count++;
		assert_memory_equal(line, "2026-01-31T", 11);
		assert_true(end - line > WIDTH);
		for (i = 1; i < WIDTH; i++)
			assert_int_equal(end[-1], end[-1 - i]);
	}
	assert_int_equal(count, PROCESSES * LINES);
	assert_string_equal(sunk, "");
}

#define WITH_LOG(f)	cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_LOG(an_event_is_one_line),
		WITH_LOG(who_has_no_address_has_a_dash),
		WITH_LOG(what_is_above_the_level_is_left_out),
		WITH_LOG(nobody_writes_a_line_of_his_own),
		WITH_LOG(a_long_line_is_cut_at_a_character),
		WITH_LOG(a_file_is_private_and_appended_to),
		WITH_LOG(the_path_is_copied_and_nothing_ends_the_file),
		WITH_LOG(a_rotated_file_is_left_alone),
		WITH_LOG(another_path_is_another_file),
		WITH_LOG(what_no_file_takes_goes_to_the_sink),
		WITH_LOG(a_pipe_without_a_reader_stops_nobody),
		WITH_LOG(a_directory_that_comes_back_is_used_again),
		WITH_LOG(without_a_sink_lines_go_to_standard_error),
		WITH_LOG(errno_is_left_as_it_was),
		WITH_LOG(lines_of_several_processes_do_not_mix),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
