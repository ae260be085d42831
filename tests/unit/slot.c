#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/slot.h"

/* Far more than anything here takes, so that a defect ends as a failure. */
enum { LONG = 60 * 1000 };

static char directory[] = "/tmp/darban-slot-XXXXXX";

static int
set_up(void **_ UNUSED)
{
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
	return nftw(directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static void
there_are_as_many_slots_as_asked_for(void **_ UNUSED)
{
	enum { COUNT = 5 };
	int slot[COUNT], i, one_more = -1;

	for (i = 0; i < COUNT; i++)
		assert_int_equal(slot_take(directory, "slot",
		    COUNT, 0, &slot[i]), OK);
	assert_int_equal(slot_take(directory, "slot",
	    COUNT, 0, &one_more), E_BUSY);
	assert_int_equal(one_more, -1);

	slot_release(slot[3]);
	assert_int_equal(slot_take(directory, "slot", COUNT, 0, &slot[3]), OK);
	assert_int_equal(slot_take(directory, "slot",
	    COUNT, 0, &one_more), E_BUSY);
	for (i = 0; i < COUNT; i++)
		slot_release(slot[i]);
}

static void
slots_of_two_places_or_things_are_not_the_same(void **_ UNUSED)
{
	char other[sizeof(directory) + 8];
	int a, b;

	snprintf(other, sizeof(other), "%s/other", directory);
	assert_int_equal(mkdir(other, 0700), 0);
	assert_int_equal(slot_take(directory, "slot", 1, 0, &a), OK);
	assert_int_equal(slot_take(other, "slot", 1, 0, &b), OK);
	slot_release(b);
	assert_int_equal(slot_take(directory, "picture", 1, 0, &b), OK);
	slot_release(a);
	slot_release(b);
}

static void
a_slot_is_private_and_does_not_outlive_exec(void **_ UNUSED)
{
	struct stat st;
	int slot;

	assert_int_equal(slot_take(directory, "slot", 1, 0, &slot), OK);
	assert_int_equal(fstat(slot, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(fcntl(slot, F_GETFD), FD_CLOEXEC);
	slot_release(slot);
}

static void
patience_is_waited_out(void **_ UNUSED)
{
	int64_t start;
	int slot, other;

	assert_int_equal(slot_take(directory, "slot", 1, 0, &slot), OK);
	start = clock_monotonic();
	assert_int_equal(slot_take(directory, "slot", 1, 40, &other), E_BUSY);
	assert_true(clock_monotonic() - start >= 40);
	slot_release(slot);
}

/* What the processes of a test tell one another. */
struct shared {
	atomic_int	held, most;
	atomic_bool	is_holding;
};

static struct shared *
shared_new(void)
{
	struct shared *shared;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(shared != MAP_FAILED);
	return shared;
}

static bool
take_and_count(struct shared *shared, size_t count)
{
	int slot, held, most;

	if (slot_take(directory, "slot", count, LONG, &slot) != OK)
		return false;
	held = atomic_fetch_add(&shared->held, 1) + 1;
	most = atomic_load(&shared->most);
	while (held > most &&
	    !atomic_compare_exchange_weak(&shared->most, &most, held))
		continue;
	sched_yield();
	atomic_fetch_sub(&shared->held, 1);
	slot_release(slot);
	return true;
}

static void
processes_never_hold_more_slots_than_there_are(void **_ UNUSED)
{
	enum { PROCESSES = 12, ROUNDS = 40, SLOTS = 3 };
	struct shared *shared = shared_new();
	pid_t pid[PROCESSES];
	bool all_done = true;
	int i, round, status;

	for (i = 0; i < PROCESSES; i++) {
		if ((pid[i] = fork()) != 0)
			continue;
		for (round = 0; round < ROUNDS; round++)
			if (!take_and_count(shared, SLOTS))
				_exit(1);
		_exit(0);
	}
	for (i = 0; i < PROCESSES; i++)
		all_done = pid[i] > 0 && waitpid(pid[i], &status, 0) ==
		    pid[i] && status == 0 && all_done;
	assert_true(all_done);
	assert_in_range(shared->most, 1, SLOTS);
	assert_int_equal(shared->held, 0);
	munmap(shared, sizeof(*shared));
}

static pid_t
start_holder(struct shared *shared)
{
	pid_t pid;
	int slot;

	if ((pid = fork()) == 0) {
		/* A test that fails leaves nobody behind who holds on. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (slot_take(directory, "slot", 1, 0, &slot) != OK)
			_exit(1);
		shared->is_holding = true;
		for (;;)
			pause();
	}
	return pid;
}

static void
a_killed_holder_gives_its_slot_back(void **_ UNUSED)
{
	struct shared *shared = shared_new();
	int slot, status;
	pid_t pid;

	pid = start_holder(shared);
	assert_true(pid > 0);
	while (!shared->is_holding && waitpid(pid, &status, WNOHANG) == 0)
		sched_yield();
	assert_true(shared->is_holding);
	assert_int_equal(slot_take(directory, "slot", 1, 0, &slot), E_BUSY);

	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(slot_take(directory, "slot", 1, LONG, &slot), OK);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	slot_release(slot);
	munmap(shared, sizeof(*shared));
}

static void
keep_line(void *arg, const char *line, size_t size)
{
	char *kept = arg;

	assert_true(size < LINE_MAX);
	memcpy(kept, line, size);
	kept[size] = '\0';
}

static void
a_directory_that_cannot_be_written_is_logged(void **_ UNUSED)
{
	char line[LINE_MAX], path[PATH_MAX + 100];
	int slot = -1;

	log_sink(keep_line, line);
	snprintf(path, sizeof(path), "%s/missing", directory);
	assert_int_equal(slot_take(path, "slot",
	    1, LONG, &slot), E_UNAVAILABLE);
	assert_non_null(strstr(line, "/missing/slot-0.lock: No such file"));

	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(slot_take(path, "slot",
	    1, LONG, &slot), E_UNAVAILABLE);
	assert_non_null(strstr(line, "too long"));

	/* What stands where the file should must not be followed. */
	snprintf(path, sizeof(path), "%s/slot-0.lock", directory);
	assert_int_equal(symlink("/dev/null", path), 0);
	assert_int_equal(slot_take(directory, "slot",
	    1, LONG, &slot), E_UNAVAILABLE);
	assert_non_null(strstr(line, "symbolic link"));
	assert_int_equal(slot, -1);
	log_sink(NULL, NULL);
}

#define WITH_DIRECTORY(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(there_are_as_many_slots_as_asked_for),
		WITH_DIRECTORY(slots_of_two_places_or_things_are_not_the_same),
		WITH_DIRECTORY(a_slot_is_private_and_does_not_outlive_exec),
		WITH_DIRECTORY(patience_is_waited_out),
		WITH_DIRECTORY(processes_never_hold_more_slots_than_there_are),
		WITH_DIRECTORY(a_killed_holder_gives_its_slot_back),
		WITH_DIRECTORY(a_directory_that_cannot_be_written_is_logged),
	};

	return cmocka_run_group_tests_name("slot", tests, NULL, NULL);
}
