/* What the parent makes of whatever its darban-image does. */
#include <time.h>

#include "base/slot.h"
#include "account/app.h"
#include "avatar/worker.h"
#include "fixture.h"
#include "pretender.h"
#include "said.h"

#define ENOUGH	(16 * 1024 * 1024)

static int
set_up(void **state)
{
	struct fixture *f;

	(void)fixture_setup(state);
	f = *state;
	f->conf.avatar_size = 512;
	said_start();
	return 0;
}

static int
tear_down(void **state)
{
	said_stop();
	return fixture_teardown(state);
}

static int
count_files(void)
{
	int fd, count = 0;

	for (fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) != -1;
	return count;
}

/* Neither a child nor a descriptor, a slot's say, is left behind. */
static enum err
run_bytes(struct fixture *f, const char *bytes, size_t size,
    const char **out, size_t *out_size)
{
	const int	files = count_files();
	enum err	err;

	*said = '\0';
	f->ctx.note = NULL;
	err = worker_run(&f->ctx, bytes, size, out, out_size);
	assert_int_equal(count_files(), files);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	return err;
}

/* A run that fails, and leaves its results alone. */
static enum err
run(struct fixture *f, const char *what)
{
	const char	*out = "untouched";
	size_t		 size = 4711;
	enum err	 err = run_bytes(f, what, strlen(what), &out, &size);

	if (err != OK) {
		assert_string_equal(out, "untouched");
		assert_int_equal(size, 4711);
	}
	return err;
}

static void
what_it_writes_is_the_result(void **state)
{
	static const char	asked[] = JPEG "write a\0b\n";
	struct fixture		*f = *state;
	const char		*out;
	size_t			 size;

	assert_int_equal(run_bytes(f, asked, sizeof(asked) - 1, &out, &size),
	    OK);
	assert_int_equal(size, 4);
	assert_memory_equal(out, "a\0b\n", 4);
	assert_string_equal(said, "");
}

static void
a_large_result_arrives_whole(void **state)
{
	struct fixture	*f = *state;
	const char	*out;
	size_t		 size, i;

	assert_int_equal(run_bytes(f, JPEG "much 3000001",
	    strlen(JPEG "much 3000001"), &out, &size), OK);
	assert_int_equal(size, 3000001);
	for (i = 0; i < size; i++)
		if (out[i] != 'x')
			break;
	assert_int_equal(i, size);
}

static void
no_result_is_a_result_without_bytes(void **state)
{
	struct fixture	*f = *state;
	const char	*out;
	size_t		 size = 4711;

	assert_int_equal(run_bytes(f, JPEG "exit 0",
	    strlen(JPEG "exit 0"), &out, &size), OK);
	assert_int_equal(size, 0);
	assert_non_null(out);
}

static void
more_than_16_mb_are_no_result(void **state)
{
	struct fixture	*f = *state;
	char		 what[64];

	(void)snprintf(what, sizeof(what), JPEG "much %d", ENOUGH);
	assert_int_equal(run(f, what), OK);
	(void)snprintf(what, sizeof(what), JPEG "much %d", ENOUGH + 1);
	assert_int_equal(run(f, what), E_UNAVAILABLE);
	assert_non_null(strstr(said, "error"));
	assert_non_null(strstr(said, "darban-image writes and writes"));
	assert_int_equal(run(f, JPEG "fill 1"), E_UNAVAILABLE);
}

static void
every_exit_status_means_something(void **state)
{
	struct fixture	*f = *state;
	char		 what[32];
	int		 status;

	for (status = 1; status < 256; status += status < 8 ? 1 : 31) {
		(void)snprintf(what, sizeof(what), JPEG "exit %d", status);
		assert_int_equal(run(f, what), status == 3 ? E_PICTURE :
		    status == 4 ? E_PICTURE_LIMIT : E_UNAVAILABLE);
		assert_string_equal(f->ctx.note,
		    "picture: it said nothing");
		/* A bad picture is its sender's; the rest is ours. */
		assert_int_equal(strstr(said, "error") != NULL,
		    status != 3 && status != 4);
	}
}

static void
a_picture_that_kills_it_is_none(void **state)
{
	static const int	signals[] = { SIGSEGV, SIGSYS, SIGXCPU, SIGBUS,
	    SIGABRT, SIGPIPE };
	struct fixture		*f = *state;
	char			 what[32], words[64];
	size_t			 i;

	for (i = 0; i < NELEMS(signals); i++) {
		(void)snprintf(what, sizeof(what), JPEG "signal %d",
		    signals[i]);
		(void)snprintf(words, sizeof(words), "by signal %d",
		    signals[i]);
#ifdef __SANITIZE_ADDRESS__
		if (signals[i] == SIGSEGV || signals[i] == SIGBUS)
			continue;	/* which makes an exit of it */
#endif
		assert_int_equal(run(f, what), E_PICTURE);
		assert_non_null(strstr(said, words));
	}
}

static void
one_that_somebody_ended_says_nothing_about_its_picture(void **state)
{
	static const int	signals[] = { SIGKILL, SIGTERM, SIGINT,
	    SIGHUP };
	struct fixture		*f = *state;
	char			 what[32];
	size_t			 i;

	for (i = 0; i < NELEMS(signals); i++) {
		(void)snprintf(what, sizeof(what), JPEG "signal %d",
		    signals[i]);
		assert_int_equal(run(f, what), E_UNAVAILABLE);
		assert_non_null(strstr(said, "was ended by signal"));
	}
}

static void
its_first_words_are_noted(void **state)
{
	static const char	nul[] = JPEG "complain \0\n";
	struct fixture		*f = *state;
	const char		*out;
	size_t			 size;
	char			 what[1024];

	assert_int_equal(run(f, JPEG "complain it is broken\nand more\n"),
	    E_PICTURE);
	assert_string_equal(f->ctx.note, "picture: it is broken");
	assert_int_equal(run(f, JPEG "complain it is"), E_PICTURE);
	assert_string_equal(f->ctx.note, "picture: it is");
	assert_int_equal(run(f, JPEG "complain \nx"), E_PICTURE);
	assert_string_equal(f->ctx.note, "picture: it said nothing");
	assert_int_equal(run_bytes(f, nul, sizeof(nul) - 1, &out, &size),
	    E_PICTURE);
	assert_string_equal(f->ctx.note, "picture: it said nothing");

	(void)snprintf(what, sizeof(what), JPEG "complain %0900d", 1);
	assert_int_equal(run(f, what), E_PICTURE);
	assert_int_equal(strlen(f->ctx.note), strlen("picture: ") + 255);
}

/* Either file is in memory, and would take all of it. */
static void
what_it_was_given_it_cannot_make_larger(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(run(f, JPEG "fill 0"), E_UNAVAILABLE);
	assert_non_null(strstr(said, "error"));
	assert_int_equal(run(f, JPEG "fill 2"), E_UNAVAILABLE);
	assert_non_null(strstr(said, "error"));
}

/* Where somebody always wants the processor, it is not left to the rest. */
static void
one_that_gets_no_idle_processor_is_run_after_others(void **state)
{
	struct fixture	*f = *state;
	const char	*out;
	size_t		 size;

	f->ctx.deadline = 0;
	assert_int_equal(run_bytes(f, JPEG "idle ", strlen(JPEG "idle "),
	    &out, &size), OK);
	assert_int_equal(size, 4);
	assert_int_equal(run_bytes(f, JPEG "later ", strlen(JPEG "later "),
	    &out, &size), OK);
	assert_int_equal(size, 5);
	assert_memory_equal(out, "later", 5);
	assert_string_equal(said, "");
}

/* A deadline so near that the picture's own is over at once. */
static void
hurry(struct fixture *f, int64_t patience)
{
	f->ctx.deadline = clock_monotonic() + STORE_TIME + patience;
}

static void
one_that_does_not_end_is_killed(void **state)
{
	static const char *const what[] = { JPEG "hang ", JPEG "close " };
	struct fixture	*f = *state;
	size_t		 i;

	for (i = 0; i < NELEMS(what); i++) {
		hurry(f, 600);
		assert_int_equal(run(f, what[i]), E_BUSY);
		assert_non_null(strstr(said, "took too long"));
	}
	/* Nor is anything waited for that comes after it. */
	hurry(f, -1);
	assert_int_equal(run(f, JPEG "exit 0"), E_BUSY);
	/* It was the picture, not the slot. */
	f->ctx.deadline = 0;
	assert_int_equal(run(f, JPEG "exit 0"), OK);
}

static void
a_stopped_one_is_killed_too(void **state)
{
	struct fixture	*f = *state;
	char		 what[32];

	(void)snprintf(what, sizeof(what), JPEG "signal %d", SIGSTOP);
	hurry(f, 100);
	assert_int_equal(run(f, what), E_BUSY);
}

/* As web servers do it, and some of what they leave behind. */
static void
it_gets_nothing_of_ours(void **state)
{
	struct fixture	*f = *state;
	const char	*out;
	size_t		 size;
	sigset_t	 blocked;
	const int	 inherited = dup(STDERR_FILENO);

	assert_true(inherited > STDERR_FILENO);
	assert_int_equal(setenv("SECRET", "secret", 1), 0);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	(void)sigemptyset(&blocked);
	(void)sigaddset(&blocked, SIGUSR1);
	(void)sigaddset(&blocked, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &blocked, NULL);
	assert_int_equal(run_bytes(f, JPEG "report ",
	    strlen(JPEG "report "), &out, &size), OK);
	(void)sigprocmask(SIG_UNBLOCK, &blocked, NULL);
	(void)signal(SIGHUP, SIG_DFL);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)close(inherited);
	assert_string_equal(arena_strndup(f->ctx.arena, out, size),
	    "darban-image --size 512 --sandbox best-effort |");

	f->conf.sandbox_required = true;
	f->conf.avatar_size = 2048;
	assert_int_equal(run_bytes(f, JPEG "report ",
	    strlen(JPEG "report "), &out, &size), OK);
	assert_string_equal(arena_strndup(f->ctx.arena, out, size),
	    "darban-image --size 2048 --sandbox required |");
}

static void
its_end_is_seen_by_who_was_told_to_ignore_children(void **state)
{
	struct fixture *f = *state;

	(void)signal(SIGCHLD, SIG_IGN);
	assert_int_equal(run(f, JPEG "exit 3"), E_PICTURE);
	(void)signal(SIGCHLD, SIG_IGN);
	assert_int_equal(run(f, JPEG "write x"), OK);
	(void)signal(SIGCHLD, SIG_DFL);
}

static void
one_that_cannot_be_started_is_logged(void **state)
{
	struct fixture *f = *state;

	/* Not removed: where darban is installed there is another. */
	assert_int_equal(chmod(pretender_path, 0600), 0);
	assert_int_equal(run(f, JPEG "exit 0"), E_UNAVAILABLE);
	assert_int_equal(chmod(pretender_path, 0700), 0);
	assert_non_null(strstr(said, "darban-image does not start: "));
}

/* A slot, the two files and the two ends of the pipe. */
static void
no_descriptor_left_is_logged(void **state)
{
	enum { NEEDED = 5 };
	struct fixture	*f = *state;
	struct rlimit	 limit, low;
	int		 unused[NEEDED + 1];
	int		 n;
	enum err	 err;

	for (n = 0; n <= NEEDED; n++)
		assert_true((unused[n] = dup(STDERR_FILENO)) > 0);
	for (n = 0; n <= NEEDED; n++)
		assert_int_equal(close(unused[n]), 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	low = limit;
	for (n = 0; n <= NEEDED; n++) {
		low.rlim_cur = (rlim_t)unused[n];
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
		err = run(f, JPEG "exit 3");
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
		assert_int_equal(err, n < NEEDED ? E_UNAVAILABLE : E_PICTURE);
		assert_int_equal(*said == '\0', n == NEEDED);
	}
}

static void
there_are_as_many_at_a_time_as_hashes(void **state)
{
	struct fixture	*f = *state;
	int		 slots[2];

	assert_int_equal(slot_take(f->directory, "picture", 2, 0,
	    &slots[0]), OK);
	assert_int_equal(slot_take(f->directory, "picture", 2, 0,
	    &slots[1]), OK);
	assert_int_equal(worker_run(&f->ctx, JPEG "exit 0",
	    strlen(JPEG "exit 0"), &(const char *){ NULL },
	    &(size_t){ 0 }), E_BUSY);
	slot_release(slots[1]);
	assert_int_equal(worker_run(&f->ctx, JPEG "exit 0",
	    strlen(JPEG "exit 0"), &(const char *){ NULL },
	    &(size_t){ 0 }), OK);
	slot_release(slots[0]);
}

static int	pauses;

/* In the place of the system's: how often somebody waited a while. */
int
nanosleep(const struct timespec *time, struct timespec *rest)
{
	pauses++;
	return clock_nanosleep(CLOCK_MONOTONIC, 0, time, rest) == 0 ? 0 : -1;
}

static void
no_slot_is_waited_for_where_there_is_no_time(void **state)
{
	struct fixture	*f = *state;
	int		 slots[2];

	assert_int_equal(slot_take(f->directory, "picture", 2, 0,
	    &slots[0]), OK);
	assert_int_equal(slot_take(f->directory, "picture", 2, 0,
	    &slots[1]), OK);
	hurry(f, -1);
	pauses = 0;
	assert_int_equal(worker_run(&f->ctx, JPEG "exit 0",
	    strlen(JPEG "exit 0"), &(const char *){ NULL },
	    &(size_t){ 0 }), E_BUSY);
	assert_int_equal(pauses, 0);
	hurry(f, 50);
	assert_int_equal(worker_run(&f->ctx, JPEG "exit 0",
	    strlen(JPEG "exit 0"), &(const char *){ NULL },
	    &(size_t){ 0 }), E_BUSY);
	assert_true(pauses < 100);
	slot_release(slots[1]);
	slot_release(slots[0]);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(what_it_writes_is_the_result),
		TEST(a_large_result_arrives_whole),
		TEST(no_result_is_a_result_without_bytes),
		TEST(more_than_16_mb_are_no_result),
		TEST(every_exit_status_means_something),
		TEST(a_picture_that_kills_it_is_none),
		TEST(one_that_somebody_ended_says_nothing_about_its_picture),
		TEST(its_first_words_are_noted),
		TEST(what_it_was_given_it_cannot_make_larger),
		TEST(one_that_gets_no_idle_processor_is_run_after_others),
		TEST(one_that_does_not_end_is_killed),
		TEST(a_stopped_one_is_killed_too),
		TEST(it_gets_nothing_of_ours),
		TEST(its_end_is_seen_by_who_was_told_to_ignore_children),
		TEST(one_that_cannot_be_started_is_logged),
		TEST(no_descriptor_left_is_logged),
		TEST(there_are_as_many_at_a_time_as_hashes),
		TEST(no_slot_is_waited_for_where_there_is_no_time),
	};
	int status;

	if (pretender_main(argc, argv, &status))
		return status;
	return cmocka_run_group_tests_name("worker", tests, NULL, NULL);
}
