/*
 * Writes a configuration file into a directory of the test program's own, and
 * remembers what conf_load complained about.
 */
#ifndef DARBAN_TESTS_CONF_FILE_H
#define DARBAN_TESTS_CONF_FILE_H

#include <sys/stat.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"
#include "base/conf.h"
#include "base/conf_value.h"
#include "base/log.h"

/* "hunter2" is what nobody may ever read in a message; KEY_B begins so too. */
#define KEY_A	"a:text:hunter2-is-what-nobody-may-read!!"
#define KEY_B	"b:base64:aHVudGVyMmh1bnRlcjJodW50ZXIyaHVudGVyMmh1bnRlcjI="
#define SECRET	"text:hunter2-of-the-throttle-and-devices"
#define ACCESS	"access_keys = " KEY_A "\n"
#define REFRESH	"refresh_keys = " KEY_B "\n"
#define REQUIRED ACCESS REFRESH "secret = " SECRET "\n"

static char	directory[] = "/tmp/darban-conf-XXXXXX";
static char	path[64];
static char	told[64][512];
static size_t	told_count;

static inline int
make_directory(void **state)
{
	(void)state;
	if (mkdtemp(directory) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/darban.conf", directory);
	return 0;
}

static inline int
remove_directory(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(directory);
}

static inline void
write_bytes(const char *bytes, size_t size)
{
	FILE *file;

	unlink(path);
	assert_non_null(file = fopen(path, "w"));
	assert_int_equal(fchmod(fileno(file), 0600), 0);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static inline void
remember(void *arg, const char *line)
{
	assert_ptr_equal(arg, told);
	assert_true(told_count < NELEMS(told));
	assert_null(strchr(line, '\n'));
	/* Every test is a test of this. */
	assert_null(strstr(line, "hunter2"));
	snprintf(told[told_count++], sizeof(told[0]), "%s", line);
}

/* What stands at `file` now; all its errors are in `told`. */
static inline struct conf *
load_file(const char *file)
{
	struct conf *conf;

	told_count = 0;
	conf = conf_load(file, remember, told);
	assert_int_equal(conf == NULL, told_count > 0);
	return conf;
}

static inline struct conf *
load_bytes(const char *bytes, size_t size)
{
	write_bytes(bytes, size);
	return load_file(path);
}

/* `text`, which has line 1, and behind it the required settings. */
static inline struct conf *
load(const char *text)
{
	char	all[8192];
	int	n;

	n = snprintf(all, sizeof(all), "%s\n%s", text, REQUIRED);
	assert_true(n > 0 && (size_t)n < sizeof(all));
	return load_bytes(all, (size_t)n);
}

static inline struct conf *
load_alone(const char *text)
{
	return load_bytes(text, strlen(text));
}

/* Whether complaint `i` is "FILE:LINE: ...text..."; line 0 is none. */
static inline bool
is_told(size_t i, size_t line, const char *text)
{
	char start[128];

	if (line == 0)
		snprintf(start, sizeof(start), "%s: ", path);
	else
		snprintf(start, sizeof(start), "%s:%zu: ", path, line);
	return i < told_count && strncmp(told[i], start, strlen(start)) == 0 &&
	    strstr(told[i] + strlen(start), text) != NULL;
}

#define assert_told(i, line, text) do {					\
	if (!is_told(i, line, text))					\
		fail_msg("told \"%s\", not \"%zu: %s\"",		\
		    (i) < told_count ? told[i] : "nothing",		\
		    (size_t)(line), text);				\
} while (0)

/* `conf` is NULL because of one error. */
#define assert_refused(conf, line, text) do {				\
	assert_null(conf);						\
	assert_told(0, line, text);					\
	if (told_count != 1)						\
		fail_msg("also told: %s", told[1]);			\
} while (0)

#define assert_loaded(conf) do {					\
	if ((conf) == NULL)						\
		fail_msg("told: %s", told[0]);				\
} while (0)

/* The settings in `text` are taken. */
static inline void
take(const char *text)
{
	struct conf *conf = load(text);

	if (conf == NULL)
		fail_msg("%s: told %s", text, told[0]);
	conf_free(conf);
}

/* The setting in `text`, one line, has one error, which is about it. */
static inline void
refuse(const char *text)
{
	char	name[32];
	size_t	length = strcspn(text, " =");

	assert_true(length < sizeof(name));
	snprintf(name, sizeof(name), "%.*s", (int)length, text);
	if (load(text) != NULL)
		fail_msg("taken: %s", text);
	assert_refused(NULL, 1, name);
}

static inline void
refuse_all(const char *const *texts)
{
	for (; *texts != NULL; texts++)
		refuse(*texts);
}

#define REFUSE(...)	refuse_all((const char *const[]){ __VA_ARGS__, NULL })

static inline void
take_all(const char *const *texts)
{
	for (; *texts != NULL; texts++)
		take(*texts);
}

#define TAKE(...)	take_all((const char *const[]){ __VA_ARGS__, NULL })

/* Of one setting: what `member` of the configuration becomes. */
#define assert_member(text, member, value) do {				\
	struct conf *c = load(text);					\
	assert_loaded(c);						\
	assert_int_equal(c->member, value);				\
	conf_free(c);							\
} while (0)

#define assert_text(text, member, value) do {				\
	struct conf *c = load(text);					\
	assert_loaded(c);						\
	assert_string_equal(c->member, value);				\
	conf_free(c);							\
} while (0)

/* Whether `text` is `name` in the directory of the file. */
static inline void
check_path(const char *text, const char *prefix, const char *name)
{
	char want[128];

	snprintf(want, sizeof(want), "%s%s/%s", prefix, directory, name);
	assert_string_equal(text, want);
}

#endif
