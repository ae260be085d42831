/* The SQLite engine: the file, its journal, its place and its replacement. */
#include <linux/magic.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include "sqlite_fixture.h"

static uint32_t pretended;	/* what every file system is, or 0 */

/* Stands before the C library's. */
int
statfs(const char *path, struct statfs *out)
{
	const long code = syscall(SYS_statfs, path, out);

	if (code == 0 && pretended != 0)
		out->f_type = (__typeof__(out->f_type))pretended;
	return (int)code;
}

static const char *
description(struct fixture *f)
{
	const char *text;

	assert_ok(store_describe(f->store, f->arena, &text));
	return text;
}

static void
remove_database(struct fixture *f)
{
	store_close(f->store);
	f->store = NULL;
	assert_int_equal(unlink(f->path), 0);
}

static void
a_new_file_is_its_owners_alone(void **state)
{
	struct fixture	*f = *state;
	struct stat	 st;
	mode_t		 mask;

	remove_database(f);
	mask = umask(0);
	fixture_open(f, STORE_CREATE);
	(void)inserted_user(f);
	(void)umask(mask);
	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(beside(f, "darban.db-wal"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(beside(f, "darban.db-shm"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void
what_is_there_is_not_made_anew(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f);

	reopen(f, STORE_CREATE);
	(void)stored_user(f, &user.id);
}

static void
only_create_makes_a_file(void **state)
{
	struct fixture *f = *state;

	remove_database(f);
	assert_refused(f, STORE_SERVE, E_UNAVAILABLE, "No such file");
	assert_refused(f, STORE_ADMIN, E_UNAVAILABLE, "No such file");
	assert_false(is_file(f->path));

	write_file(f->path, "", 0, 0);
	assert_refused(f, STORE_SERVE, E_UNAVAILABLE, "is empty");
	assert_refused(f, STORE_ADMIN, E_UNAVAILABLE, "is empty");
	fixture_open(f, STORE_CREATE);

	(void)snprintf(f->uri, sizeof(f->uri), "sqlite:%s/no/such/dir",
	    f->directory);
	assert_refused(f, STORE_CREATE, E_UNAVAILABLE, "No such file");
	(void)snprintf(f->uri, sizeof(f->uri), "sqlite:%s", f->directory);
	assert_refused(f, STORE_CREATE, E_UNAVAILABLE, "unable to open");
}

static void
somebody_elses_database_is_left_alone(void **state)
{
	struct fixture	*f = *state;
	struct sql	*db;
	char		 before[4096], after[4096];
	int		 i, fd;

	remove_database(f);
	write_file(f->path, "", 0, 0);
	assert_ok(sql_open(f->path, true, &db));
	assert_ok(sql_script(db, "CREATE TABLE users (name)"));
	sql_close(db);

	for (i = 0; i < 2; i++) {
		assert_true((fd = open(f->path, O_RDONLY)) != -1);
		assert_int_equal(read(fd, i == 0 ? before : after, 4096),
		    4096);
		assert_int_equal(close(fd), 0);
		if (i == 1)
			break;
		assert_refused(f, STORE_SERVE, E_UNAVAILABLE, "not a data");
		assert_refused(f, STORE_CREATE, E_UNAVAILABLE, "not a data");
	}
	assert_memory_equal(before, after, sizeof(before));
	assert_false(is_file(beside(f, "darban.db-wal")));
}

static void
create_together(struct fixture *f, int _ UNUSED, void *arg)
{
	struct user user;

	store_close(f->store);
	(void)snprintf(f->uri, sizeof(f->uri), "sqlite:%s/new.db",
	    f->directory);
	(void)pthread_barrier_wait(arg);
	must(store_open(f->uri, STORE_CREATE, &f->store) == OK);
	user = new_user(f);
	insert_user(f, &user);
}

static void
processes_that_create_it_together_get_one_database(void **state)
{
	struct fixture *f = *state;

	race(f, create_together, new_barrier());
	(void)snprintf(f->uri, sizeof(f->uri), "sqlite:%s/new.db",
	    f->directory);
	reopen(f, STORE_SERVE);
	assert_int_equal(number(sql_of(f), "SELECT count(*) FROM users"),
	    RACERS);
	assert_sound(sql_of(f));
}

static void
a_log_is_written_where_memory_can_be_shared(void **state)
{
	static const uint32_t remote[] = { NFS_SUPER_MAGIC, SMB_SUPER_MAGIC,
	    SMB2_SUPER_MAGIC, CIFS_SUPER_MAGIC, FUSE_SUPER_MAGIC, V9FS_MAGIC,
	    AFS_SUPER_MAGIC, AFS_FS_MAGIC, CODA_SUPER_MAGIC, 0x0bd00bd0 };
	static const uint32_t local[] = { EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC,
	    BTRFS_SUPER_MAGIC, TMPFS_MAGIC, OVERLAYFS_SUPER_MAGIC };
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f);
	size_t		 i;

	for (i = 0; i < NELEMS(remote) + NELEMS(local); i++) {
		pretended = i < NELEMS(remote) ? remote[i] :
		    local[i - NELEMS(remote)];
		reopen(f, STORE_SERVE);
		assert_non_null(strstr(description(f), i < NELEMS(remote) ?
		    "journal DELETE" : "journal WAL"));
		(void)inserted_user(f);
		(void)stored_user(f, &user.id);
		assert_true(is_file(beside(f, "darban.db-wal")) ==
		    (i >= NELEMS(remote)));
		reopen(f, STORE_ADMIN);
	}
	pretended = 0;
	assert_sound(sql_of(f));
}

static void
a_program_that_ends_leaves_the_log_a_command_tidies_up(void **state)
{
	struct fixture	*f = *state;
	const char	*log = beside(f, "darban.db-wal");
	struct stat	 st;

	reopen(f, STORE_SERVE);
	(void)inserted_user(f);
	reopen(f, STORE_SERVE);
	assert_int_equal(stat(log, &st), 0);
	assert_true(st.st_size > 0);
	reopen(f, STORE_ADMIN);
	store_close(f->store);
	f->store = NULL;
	assert_false(is_file(log));
}

static void
a_store_that_is_gone_takes_nothing_until_it_is_back(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f), other = new_user(f), found;
	unsigned	 taken;

	assert_int_equal(rename(f->path, beside(f, "away")), 0);
	assert_int_equal(store_begin(f->store, 0), E_UNAVAILABLE);
	assert_said("No such file");
	assert_int_equal(store_user_insert(f->store, &other, &taken),
	    E_UNAVAILABLE);
	assert_int_equal(store_begin(f->store, clock_monotonic() +
	    MINUTES(1)), E_UNAVAILABLE);
	assert_int_equal(store_user_by_id(f->store, f->arena, &user.id,
	    &found), E_UNAVAILABLE);
	assert_said("out of reach");
	assert_false(is_file(f->path));

	assert_int_equal(rename(beside(f, "away"), f->path), 0);
	assert_ok(store_begin(f->store, 0));
	(void)stored_user(f, &user.id);
	insert_user(f, &other);
}

/* A copy, and after it accounts that only the original has. */
static void
back_up_and_go_on(struct fixture *f, const char *copy)
{
	int i;

	assert_ok(store_backup(f->store, copy, NULL));
	for (i = 0; i < 20; i++)
		(void)inserted_user(f);
}

static void
a_restored_copy_replaces_the_open_store(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f), after;
	const char	*copy = beside(f, "copy");

	reopen(f, STORE_SERVE);
	back_up_and_go_on(f, copy);
	assert_int_equal(rename(copy, f->path), 0);
	assert_ok(store_begin(f->store, 0));

	/* Not a page of the other database's log has come into this one. */
	assert_said("darban.db-wal: removed, it was of another database");
	assert_int_equal(number(sql_of(f), "SELECT count(*) FROM users"), 1);
	(void)stored_user(f, &user.id);
	after = inserted_user(f);
	reopen(f, STORE_ADMIN);
	(void)stored_user(f, &after.id);
	assert_int_equal(number(sql_of(f), "SELECT count(*) FROM users"), 2);
	assert_sound(sql_of(f));
}

static void
all_programs_come_to_the_same_restored_copy(void **state)
{
	struct fixture	*f = *state;
	struct store	*first, *second;
	const char	*copy = beside(f, "copy");
	struct user	 user;

	assert_ok(store_open(f->uri, STORE_SERVE, &first));
	second = f->store;
	back_up_and_go_on(f, copy);
	assert_int_equal(rename(copy, f->path), 0);

	f->store = first;
	assert_ok(store_begin(f->store, 0));
	assert_said("removed");
	user = inserted_user(f);
	f->store = second;
	assert_ok(store_begin(f->store, 0));
	(void)stored_user(f, &user.id);
	user = inserted_user(f);
	f->store = first;
	assert_ok(store_begin(f->store, 0));
	(void)stored_user(f, &user.id);
	store_close(second);
	assert_int_equal(number(sql_of(f), "SELECT count(*) FROM users"), 2);
	assert_sound(sql_of(f));
}

/*
 * Everybody has the old file open and one puts the copy in its place.  Half
 * of them find out at once, while the others still hold the old one's memory.
 */
static void
find_the_copy(struct fixture *f, int who, void *arg)
{
	struct user	user = new_user(f);
	unsigned	taken;
	int		i;

	must(store_user_insert(f->store, &user, &taken) == OK);
	(void)pthread_barrier_wait(arg);
	if (who == 0)
		must(rename(beside(f, "copy"), f->path) == 0);
	(void)pthread_barrier_wait(arg);
	if (who % 2 == 1)
		(void)pthread_barrier_wait(arg);
	for (i = 0; i < 10; i++) {
		must(store_begin(f->store, 0) == OK);
		user = new_user(f);
		must(store_user_insert(f->store, &user, &taken) == OK);
	}
	if (who % 2 == 0)
		(void)pthread_barrier_wait(arg);
	(void)pthread_barrier_wait(arg);
	must(number(sql_of(f), "SELECT count(*) FROM users") ==
	    1 + 10 * RACERS);
	/* One of them had files to remove, and said so. */
	memset(said, 0, sizeof(said));
}

static void
all_processes_come_to_the_same_restored_copy(void **state)
{
	struct fixture *f = *state;

	(void)inserted_user(f);
	back_up_and_go_on(f, beside(f, "copy"));
	race(f, find_the_copy, new_barrier());
	assert_int_equal(number(sql_of(f), "SELECT count(*) FROM users"),
	    1 + 10 * RACERS);
	assert_sound(sql_of(f));
}

static void
a_link_may_be_turned_to_another_database(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f);
	const char	*path = beside(f, "link"), *copy = beside(f, "copy");

	assert_int_equal(symlink(f->path, path), 0);
	(void)snprintf(f->uri, sizeof(f->uri), "sqlite:%s", path);
	reopen(f, STORE_SERVE);
	back_up_and_go_on(f, copy);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink(copy, path), 0);
	assert_ok(store_begin(f->store, 0));
	(void)stored_user(f, &user.id);
	assert_int_equal(number(sql_of(f), "SELECT count(*) FROM users"), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_new_file_is_its_owners_alone),
		TEST(what_is_there_is_not_made_anew),
		TEST(only_create_makes_a_file),
		TEST(somebody_elses_database_is_left_alone),
		TEST(processes_that_create_it_together_get_one_database),
		TEST(a_log_is_written_where_memory_can_be_shared),
		TEST(a_program_that_ends_leaves_the_log_a_command_tidies_up),
		TEST(a_store_that_is_gone_takes_nothing_until_it_is_back),
		TEST(a_restored_copy_replaces_the_open_store),
		TEST(all_programs_come_to_the_same_restored_copy),
		TEST(all_processes_come_to_the_same_restored_copy),
		TEST(a_link_may_be_turned_to_another_database),
	};

	return run_sqlite_tests("store: SQLite file", tests, NELEMS(tests));
}
