/* The SQLite engine where the host does not play along. */
#include <sys/resource.h>

#include "sqlite_fixture.h"

enum { NOBODY = 65534 };

/* Root may write everywhere, so the test goes on as somebody who may not. */
static void
give_up_privileges(void)
{
	if (geteuid() == 0)
		must(setgid(NOBODY) == 0 && setuid(NOBODY) == 0);
}

/* The database, closed, belongs to whom the test goes on as. */
static void
hand_over(struct fixture *f, mode_t directory, mode_t file)
{
	store_close(f->store);
	f->store = NULL;
	if (geteuid() == 0) {
		assert_int_equal(chown(f->directory, NOBODY, NOBODY), 0);
		assert_int_equal(chown(f->path, NOBODY, NOBODY), 0);
	}
	assert_int_equal(chmod(f->path, file), 0);
	assert_int_equal(chmod(f->directory, directory), 0);
}

static void
take_back(struct fixture *f)
{
	assert_int_equal(chmod(f->directory, 0700), 0);
}

static void
try_to_open(struct fixture *f)
{
	struct store *store = NULL;

	give_up_privileges();
	must(store_open(f->uri, STORE_SERVE, &store) == E_UNAVAILABLE);
	must(store == NULL && strstr(said, f->path) != NULL);
}

static void
a_directory_without_room_for_a_log_is_unavailable(void **state)
{
	struct fixture *f = *state;

	hand_over(f, 0500, 0600);
	alone(f, try_to_open);
	take_back(f);
}

static void
a_file_that_may_not_be_written_is_unavailable(void **state)
{
	struct fixture *f = *state;

	hand_over(f, 0700, 0400);
	alone(f, try_to_open);
	take_back(f);
}

static void
a_file_that_may_not_be_read_is_unavailable(void **state)
{
	struct fixture *f = *state;

	hand_over(f, 0700, 0);
	alone(f, try_to_open);
	take_back(f);
}

static void
whoever_owns_the_directory_is_served(void **state)
{
	struct fixture *f = *state;

	hand_over(f, 0700, 0600);
	fixture_open(f, STORE_SERVE);
	(void)inserted_user(f);
}

static void
a_locked_store_is_unavailable_after_two_seconds(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f), other = new_user(f);
	struct sql	*rival;
	int64_t		 start, time;
	unsigned	 taken;

	assert_ok(sql_open(f->path, false, &rival));
	assert_ok(sql_script(rival, "BEGIN IMMEDIATE"));
	start = clock_monotonic();
	assert_int_equal(store_user_insert(f->store, &other, &taken),
	    E_UNAVAILABLE);
	time = clock_monotonic() - start;
	assert_true(time >= 2000 && time < 4000);
	assert_said("database is locked");

	/* Whoever writes does not keep anybody from reading. */
	(void)stored_user(f, &user.id);
	assert_ok(sql_script(rival, "COMMIT"));
	insert_user(f, &other);
	sql_close(rival);
}

static void
a_file_that_is_no_database_is_unavailable(void **state)
{
	static const char garbage[] = "This is not what it was, by far.";
	struct fixture *f = *state;

	store_close(f->store);
	f->store = NULL;
	write_file(f->path, garbage, sizeof(garbage), 0);
	assert_refused(f, STORE_SERVE, E_UNAVAILABLE, "not a database");
	assert_refused(f, STORE_CREATE, E_UNAVAILABLE, "not a database");
}

static void
a_damaged_page_is_an_answer_and_no_crash(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f), found;
	char		 garbage[4096];
	struct stat	 st;
	off_t		 page;

	store_close(f->store);
	f->store = NULL;
	memset(garbage, 0x5a, sizeof(garbage));
	assert_int_equal(stat(f->path, &st), 0);
	for (page = 4096; page < st.st_size; page += 4096)
		write_file(f->path, garbage, sizeof(garbage), page);

	fixture_open(f, STORE_SERVE);
	assert_int_equal(store_user_by_id(f->store, f->arena, &user.id,
	    &found), E_UNAVAILABLE);
	assert_said("malformed");
	assert_int_equal(store_ping(f->store), E_UNAVAILABLE);
	assert_said("malformed");
	assert_int_equal(store_user_remove(f->store, &user.id),
	    E_UNAVAILABLE);
	assert_said("malformed");
}

static char	pages[64 * 4096];	/* all but the first one */
static size_t	pages_size;

/* By another process: closing the file would take away this one's locks. */
static void
write_pages(struct fixture *f)
{
	write_file(f->path, pages, pages_size, 4096);
}

static void
what_was_mended_in_its_place_is_served_again(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f), found;
	char		 good[sizeof(pages)];
	ssize_t		 size;
	int		 fd;

	store_close(f->store);
	f->store = NULL;
	assert_true((fd = open(f->path, O_RDONLY)) != -1);
	size = pread(fd, good, sizeof(good), 4096);
	assert_true(size > 4096 && (size_t)size < sizeof(good));
	assert_int_equal(close(fd), 0);
	pages_size = (size_t)size;
	memset(pages, 0x5a, pages_size);
	write_pages(f);

	fixture_open(f, STORE_SERVE);
	assert_int_equal(store_user_by_id(f->store, f->arena, &user.id,
	    &found), E_UNAVAILABLE);
	assert_said("malformed");
	memcpy(pages, good, pages_size);
	alone(f, write_pages);
	assert_ok(store_begin(f->store, 0));
	(void)stored_user(f, &user.id);
	(void)inserted_user(f);
}

static void
a_file_that_was_cut_off_is_unavailable(void **state)
{
	struct fixture *f = *state;

	(void)inserted_user(f);
	store_close(f->store);
	f->store = NULL;
	assert_int_equal(truncate(f->path, 5000), 0);
	assert_refused(f, STORE_SERVE, E_UNAVAILABLE, "malformed");
}

static void
a_full_disk_loses_the_write_and_nothing_else(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f), other = new_user(f);
	struct rlimit	 before, limit;
	unsigned	 taken;

	assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = 1024;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(store_user_insert(f->store, &other, &taken),
	    E_UNAVAILABLE);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_said(f->path);

	(void)stored_user(f, &user.id);
	insert_user(f, &other);
	assert_sound(sql_of(f));
}

static void
memory_that_is_not_there_is_an_internal_error(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f), found;
	size_t		 count;

	/* More rows than there can be memory for. */
	assert_int_equal(store_user_list_after(f->store, f->arena, NULL,
	    SIZE_MAX / sizeof(user), &found, &count), E_INTERNAL);
	arena_wipe(f->arena);
	(void)stored_user(f, &user.id);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_directory_without_room_for_a_log_is_unavailable),
		TEST(a_file_that_may_not_be_written_is_unavailable),
		TEST(a_file_that_may_not_be_read_is_unavailable),
		TEST(whoever_owns_the_directory_is_served),
		TEST(a_locked_store_is_unavailable_after_two_seconds),
		TEST(a_file_that_is_no_database_is_unavailable),
		TEST(a_damaged_page_is_an_answer_and_no_crash),
		TEST(what_was_mended_in_its_place_is_served_again),
		TEST(a_file_that_was_cut_off_is_unavailable),
		TEST(a_full_disk_loses_the_write_and_nothing_else),
		TEST(memory_that_is_not_there_is_an_internal_error),
	};

	return run_sqlite_tests("store: SQLite faults", tests,
	    NELEMS(tests));
}
