/* The SQLite engine: what has reached the disk when a verb has returned. */
#include <linux/magic.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include "sqlite_fixture.h"

enum { FILES = 1024, KILLS = 30 };

/* Of each descriptor: it was written to and not synced since. */
static bool	is_dirty[FILES];
static int	writes, syncs;
static bool	pretend_nfs;

/* These three stand before the C library's, for SQLite too. */
ssize_t
pwrite64(int fd, const void *data, size_t size, off64_t offset)
{
	char	link[64], path[256];
	ssize_t	length;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, path, sizeof(path) - 1);
	path[length < 0 ? 0 : length] = '\0';

	/* The shared memory's file means nothing after a power cut. */
	if (fd < FILES && strstr(path, "-shm") == NULL) {
		is_dirty[fd] = true;
		writes++;
	}
	return syscall(SYS_pwrite64, fd, data, size, offset);
}

int
fdatasync(int fd)
{
	if (fd < FILES)
		is_dirty[fd] = false;
	syncs++;
	return (int)syscall(SYS_fdatasync, fd);
}

int
fsync(int fd)
{
	if (fd < FILES)
		is_dirty[fd] = false;
	syncs++;
	return (int)syscall(SYS_fsync, fd);
}

int
statfs(const char *path, struct statfs *out)
{
	const long code = syscall(SYS_statfs, path, out);

	if (code == 0 && pretend_nfs)
		out->f_type = NFS_SUPER_MAGIC;
	return (int)code;
}

static bool
is_all_synced(void)
{
	int fd;

	for (fd = 0; fd < FILES; fd++)
		if (is_dirty[fd])
			return false;
	return true;
}

/* A verb that has written, and everything that was written is synced. */
#define assert_durable(verb) do { \
	writes = 0; \
	assert_ok(verb); \
	assert_true(writes > 0); \
	assert_true(is_all_synced()); \
} while (0)

/* A verb that has written and waited for no disk. */
#define assert_swift(verb) do { \
	writes = syncs = 0; \
	assert_ok(verb); \
	assert_true(writes > 0); \
	assert_int_equal(syncs, 0); \
} while (0)

static void
every_write_to_accounts_and_sessions_is_synced(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = new_user(f);
	struct session	 session = new_session(&user), other;
	int64_t		 count;
	unsigned	 taken;

	assert_durable(store_user_insert(f->store, &user, &taken));
	assert_durable(store_user_update(f->store, &user, USER_EPOCH, NULL,
	    false, &taken));
	assert_durable(store_session_insert(f->store, &session));
	other = inserted_session(f, &user);
	assert_durable(store_session_end(f->store, &session.id, "x", T0));
	assert_durable(store_session_end_all(f->store, &user.id, NULL, "x",
	    T0, &count));
	assert_int_equal(count, 1);
	assert_durable(store_session_purge(f->store, T0 + 1));
	assert_durable(store_user_remove(f->store, &user.id));
	(void)other;
}

static const struct throttle_rule rule = { .burst = 9, .interval = 1000 };

static void
a_swap_and_the_throttle_wait_for_no_disk(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f);
	struct session	 session = inserted_session(f, &user);
	unsigned char	 key[THROTTLE_KEY_SIZE] = { 0 };
	int64_t		 wait;

	session.counter = 2;
	assert_swift(store_session_swap(f->store, 1, &session));
	assert_swift(store_throttle_take(f->store, key, &rule, T0, &wait));
	assert_swift(store_throttle_give_back(f->store, key, &rule));
	assert_swift(store_throttle_take(f->store, key, &rule, T0, &wait));
	assert_swift(store_throttle_forgive(f->store, key));
	assert_false(is_all_synced());
}

static void
the_next_durable_write_takes_what_came_before_it_along(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f), other = new_user(f);
	struct session	 session = inserted_session(f, &user);
	unsigned	 taken;
	int		 i;

	for (i = 0; i < 5; i++) {
		session.counter = i + 2;
		assert_swift(store_session_swap(f->store, i + 1, &session));
		assert_false(is_all_synced());
		other = new_user(f);
		assert_durable(store_user_insert(f->store, &other, &taken));
	}
}

/* Without a log a commit that is not synced could damage the file. */
static void
without_a_log_every_write_is_synced(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f);
	struct session	 session = inserted_session(f, &user);
	unsigned char	 key[THROTTLE_KEY_SIZE] = { 0 };
	int64_t		 wait;
	int		 swap_syncs;

	pretend_nfs = true;
	reopen(f, STORE_SERVE);
	pretend_nfs = false;
	session.counter = 2;
	syncs = 0;
	assert_durable(store_session_swap(f->store, 1, &session));
	swap_syncs = syncs;
	assert_durable(store_throttle_take(f->store, key, &rule, T0, &wait));
	syncs = 0;
	assert_durable(store_session_end(f->store, &session.id, "x", T0));
	assert_int_equal(swap_syncs, syncs);
}

static void
opening_and_closing_waits_for_no_disk(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f);

	reopen(f, STORE_SERVE);
	(void)inserted_user(f);
	syncs = 0;
	reopen(f, STORE_SERVE);
	(void)stored_user(f, &user.id);
	reopen(f, STORE_SERVE);
	assert_int_equal(syncs, 0);
}

/* What the writer below says has been done. */
struct receipt {
	struct id	user, session;
	int64_t		counter;
};

static void
write_until_killed(struct fixture *f, int out)
{
	struct receipt	receipt;
	struct session	session;
	struct user	user;
	unsigned	taken;

	must(store_open(f->uri, STORE_SERVE, &f->store) == OK);
	for (;;) {
		user = new_user(f);
		session = new_session(&user);
		must(store_user_insert(f->store, &user, &taken) == OK);
		must(store_session_insert(f->store, &session) == OK);
		session.counter = 2;
		must(store_session_swap(f->store, 1, &session) == OK);
		receipt = (struct receipt){ user.id, session.id, 2 };
		must(write(out, &receipt, sizeof(receipt)) ==
		    sizeof(receipt));
		arena_wipe(f->arena);
	}
}

static void
assert_kept(struct fixture *f, const struct receipt *receipt)
{
	(void)stored_user(f, &receipt->user);
	assert_int_equal(stored_session(f, &receipt->session).counter,
	    receipt->counter);
	arena_wipe(f->arena);
}

static int
kill_a_writer(struct fixture *f, useconds_t after)
{
	struct receipt	receipt;
	int		pipes[2], status, count = 0;
	pid_t		pid;

	store_close(f->store);
	f->store = NULL;
	assert_int_equal(pipe(pipes), 0);
	if ((pid = new_process()) == 0)
		write_until_killed(f, pipes[1]);
	assert_int_equal(close(pipes[1]), 0);

	/* From the first receipt on, so that it is killed at its work. */
	assert_int_equal(read(pipes[0], &receipt, sizeof(receipt)),
	    sizeof(receipt));
	usleep(after);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);

	fixture_open(f, STORE_SERVE);
	do {
		assert_kept(f, &receipt);
		count++;
	} while (read(pipes[0], &receipt, sizeof(receipt)) ==
	    sizeof(receipt));
	assert_int_equal(close(pipes[0]), 0);
	assert_sound(sql_of(f));
	return count;
}

static void
what_was_acknowledged_survives_being_killed(void **state)
{
	struct fixture	*f = *state;
	int		 i, count = 0;

	for (i = 0; i < KILLS; i++)
		count += kill_a_writer(f, (useconds_t)(i * 733));
	assert_true(count >= KILLS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_write_to_accounts_and_sessions_is_synced),
		TEST(a_swap_and_the_throttle_wait_for_no_disk),
		TEST(the_next_durable_write_takes_what_came_before_it_along),
		TEST(without_a_log_every_write_is_synced),
		TEST(opening_and_closing_waits_for_no_disk),
		TEST(what_was_acknowledged_survives_being_killed),
	};

	return run_sqlite_tests("store: SQLite durability", tests,
	    NELEMS(tests));
}
