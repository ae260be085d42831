/* A store in an SQLite file, and what only its engine's tests look at. */
#ifndef TEST_STORE_SQLITE_FIXTURE_H
#define TEST_STORE_SQLITE_FIXTURE_H

#include <sys/stat.h>
#include <fcntl.h>

#include "store/sql.h"
#include "store/sqlite.h"
#include "race.h"

/* These tests are about this engine, whatever STORE says. */
static inline int
run_sqlite_tests(const char *name, const struct CMUnitTest *tests,
    size_t count)
{
	(void)unsetenv("STORE");
	return _cmocka_run_group_tests(name, tests, count, NULL, NULL);
}

static inline struct sql *
sql_of(const struct fixture *f)
{
	return sqlite_of(f->store)->db;
}

/* The number that a query gives. */
static inline int64_t
number(struct sql *db, const char *format, ...)
{
	int64_t	 value = -1;
	char	 text[512];
	va_list	 args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	assert_ok(sqlite_number(db, text, &value));
	return value;
}

static inline void
assert_sound(struct sql *db)
{
	assert_int_equal(number(db, "SELECT count(*) FROM "
	    "pragma_integrity_check WHERE integrity_check <> 'ok'"), 0);
	assert_int_equal(number(db,
	    "SELECT count(*) FROM pragma_foreign_key_check"), 0);
}

/* The path of another file in the fixture's directory. */
static inline const char *
beside(struct fixture *f, const char *name)
{
	const char *path = arena_printf(f->arena, "%s/%s", f->directory,
	    name);

	assert_non_null(path);
	return path;
}

static inline bool
is_file(const char *path)
{
	return access(path, F_OK) == 0;
}

static inline void
reopen(struct fixture *f, enum store_mode mode)
{
	store_close(f->store);
	f->store = NULL;
	fixture_open(f, mode);
}

/* The file cannot be opened, and the log says why. */
static inline void
assert_refused(struct fixture *f, enum store_mode mode, enum err err,
    const char *why)
{
	struct store *store = NULL;

	assert_int_equal(store_open(f->uri, mode, &store), err);
	assert_null(store);
	assert_said(why);
}

static inline void
write_file(const char *path, const void *data, size_t size, off_t offset)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd != -1);
	assert_int_equal(pwrite(fd, data, size, offset), size);
	assert_int_equal(close(fd), 0);
}

/* Runs `job` in a process of its own, like a race of one. */
static inline void
alone(struct fixture *f, void (*job)(struct fixture *f))
{
	pid_t	pid;
	int	status;

	if ((pid = new_process()) == 0) {
		job(f);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

#endif
