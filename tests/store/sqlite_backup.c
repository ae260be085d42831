/* The SQLite engine: a copy of a store that is in use. */
#include "sqlite_fixture.h"

enum { BIG = 60, BIG_TEXT = 100 * 1024 };

static struct fixture	*writing;	/* what the progress functions use */
static int		 calls, last_done, last_total;

/* Several steps of a copy. */
static void
fill(struct fixture *f)
{
	struct user	 user;
	char		*text = calloc(1, BIG_TEXT + 1);
	int		 i;

	assert_non_null(text);
	memset(text, 'x', BIG_TEXT);
	for (i = 0; i < BIG; i++) {
		user = new_user(f);
		user.full_name = text;
		insert_user(f, &user);
	}
	free(text);
}

static void
open_copy(struct fixture *f, const char *path)
{
	store_close(f->store);
	f->store = NULL;
	(void)snprintf(f->uri, sizeof(f->uri), "sqlite:%s", path);
	fixture_open(f, STORE_SERVE);
	assert_sound(sql_of(f));
}

static int
files_in(const char *directory)
{
	char	 command[160];
	FILE	*list;
	int	 c, count = 0;

	(void)snprintf(command, sizeof(command), "ls -A '%s'", directory);
	assert_non_null(list = popen(command, "r"));
	while ((c = getc(list)) != EOF)
		count += c == '\n';
	assert_int_equal(pclose(list), 0);
	return count;
}

static void
a_copy_is_one_file_with_everything_in_it(void **state)
{
	struct fixture	*f = *state;
	const char	*path;
	struct user	 user = inserted_user(f), found;
	struct session	 session = inserted_session(f, &user), row;
	unsigned char	 header[100];
	struct stat	 st;
	mode_t		 mask;
	int		 fd, files = files_in(f->directory);

	path = beside(f, "copy");
	mask = umask(0);
	assert_ok(store_backup(f->store, path, NULL));
	(void)umask(mask);
	assert_int_equal(files_in(f->directory), files + 1);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_true((fd = open(path, O_RDONLY)) != -1);
	assert_int_equal(read(fd, header, sizeof(header)), sizeof(header));
	assert_int_equal(close(fd), 0);
	assert_int_equal(header[18], 1);
	assert_int_equal(header[19], 1);

	open_copy(f, beside(f, "copy"));
	assert_ok(store_profile(f->store, f->arena, &user.id, &session.id,
	    &found, &row));
	assert_same_user(&user, &found);
	assert_same_session(&session, &row);
}

static void
count_progress(int done, int total)
{
	assert_true(done > last_done && done <= total);
	last_done = done;
	last_total = total;
	calls++;
}

static void
somebody_hears_how_far_it_is(void **state)
{
	struct fixture *f = *state;

	fill(f);
	calls = last_done = last_total = 0;
	assert_ok(store_backup(f->store, beside(f, "copy"), count_progress));
	assert_true(calls > 3);
	assert_int_equal(last_done, last_total);
	assert_int_equal(last_total, number(sql_of(f), "PRAGMA page_count"));
}

/* Another program's store, while this one copies. */
static void
write_meanwhile(int done, int total)
{
	struct fixture other = *writing;

	count_progress(done, total);
	fixture_open(&other, STORE_SERVE);
	(void)inserted_user(&other);
	store_close(other.store);
}

static void
a_copy_is_of_one_moment_and_writers_do_not_delay_it(void **state)
{
	struct fixture	*f = *state;
	const char	*path = beside(f, "copy");

	fill(f);
	writing = f;
	calls = last_done = last_total = 0;
	assert_ok(store_backup(f->store, path, write_meanwhile));
	assert_true(calls > 3);
	assert_int_equal(number(sql_of(f), "SELECT count(*) FROM users"),
	    BIG + calls);
	open_copy(f, path);
	assert_int_equal(number(sql_of(f), "SELECT count(*) FROM users"),
	    BIG);
}

static void
write_until_killed(struct fixture *f, int out)
{
	struct user	user;
	struct session	session;
	unsigned	taken;

	must(store_open(f->uri, STORE_SERVE, &f->store) == OK);
	for (;;) {
		user = new_user(f);
		session = new_session(&user);
		must(store_user_insert(f->store, &user, &taken) == OK);
		must(store_session_insert(f->store, &session) == OK);
		must(write(out, &user.id, sizeof(user.id)) ==
		    sizeof(user.id));
		arena_wipe(f->arena);
	}
}

static void
check_copy_of_busy_store(struct fixture *f, int in, int i)
{
	struct fixture	copy = *f;
	struct id	id;
	char		name[16];

	(void)snprintf(name, sizeof(name), "copy%d", i);
	assert_int_equal(read(in, &id, sizeof(id)), sizeof(id));
	assert_ok(store_backup(f->store, beside(f, name), NULL));
	copy.store = NULL;
	open_copy(&copy, beside(f, name));
	(void)stored_user(&copy, &id);
	store_close(copy.store);
}

static void
a_copy_made_while_somebody_writes_is_sound(void **state)
{
	struct fixture	*f = *state;
	int		 pipes[2], status, i;
	pid_t		 pid;

	store_close(f->store);
	f->store = NULL;
	assert_int_equal(pipe(pipes), 0);
	if ((pid = new_process()) == 0)
		write_until_killed(f, pipes[1]);
	fixture_open(f, STORE_SERVE);
	for (i = 0; i < 10; i++)
		check_copy_of_busy_store(f, pipes[0], i);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(close(pipes[0]), 0);
	assert_int_equal(close(pipes[1]), 0);
}

static void
nothing_is_written_over(void **state)
{
	struct fixture	*f = *state;
	const char	*path = beside(f, "copy");
	struct stat	 st;
	int		 files;

	write_file(path, "mine", 4, 0);
	files = files_in(f->directory);
	calls = last_done = 0;
	assert_int_equal(store_backup(f->store, path, count_progress),
	    E_EXISTS);
	assert_int_equal(store_backup(f->store, f->path, count_progress),
	    E_EXISTS);
	assert_int_equal(calls, 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 4);
	assert_int_equal(files_in(f->directory), files);
}

/* A file that came while the copy was under way. */
static void
take_the_name(int _ UNUSED, int _2 UNUSED)
{
	write_file(beside(writing, "copy"), "mine", 4, 0);
}

static void
a_name_that_is_taken_meanwhile_stays_taken(void **state)
{
	struct fixture	*f = *state;
	struct stat	 st;
	int		 files = files_in(f->directory);

	writing = f;
	assert_int_equal(store_backup(f->store, beside(f, "copy"),
	    take_the_name), E_EXISTS);
	assert_int_equal(stat(beside(f, "copy"), &st), 0);
	assert_int_equal(st.st_size, 4);
	assert_int_equal(files_in(f->directory), files + 1);
}

static void
die(int _ UNUSED, int _2 UNUSED)
{
	_exit(0);
}

static void
back_up_and_die(struct fixture *f)
{
	must(store_open(f->uri, STORE_ADMIN, &f->store) == OK);
	(void)!store_backup(f->store, beside(f, "copy"), die);
	must(false);
}

static void
a_copy_that_is_cut_off_has_no_name(void **state)
{
	struct fixture *f = *state;

	fill(f);
	store_close(f->store);
	f->store = NULL;
	alone(f, back_up_and_die);
	assert_false(is_file(beside(f, "copy")));
	fixture_open(f, STORE_ADMIN);
	assert_ok(store_backup(f->store, beside(f, "copy"), NULL));
}

static void
a_copy_that_fails_leaves_nothing(void **state)
{
	struct fixture	*f = *state;
	int		 files = files_in(f->directory);

	assert_int_equal(store_backup(f->store, beside(f, "no/copy"), NULL),
	    E_UNAVAILABLE);
	assert_said("No such file");
	assert_int_equal(files_in(f->directory), files);
	(void)inserted_user(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_copy_is_one_file_with_everything_in_it),
		TEST(somebody_hears_how_far_it_is),
		TEST(a_copy_is_of_one_moment_and_writers_do_not_delay_it),
		TEST(a_copy_made_while_somebody_writes_is_sound),
		TEST(nothing_is_written_over),
		TEST(a_name_that_is_taken_meanwhile_stays_taken),
		TEST(a_copy_that_is_cut_off_has_no_name),
		TEST(a_copy_that_fails_leaves_nothing),
	};

	return run_sqlite_tests("store: SQLite backup", tests,
	    NELEMS(tests));
}
