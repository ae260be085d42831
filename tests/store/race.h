/* Eight processes at once, each with a store of its own. */
#ifndef TEST_STORE_RACE_H
#define TEST_STORE_RACE_H

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <signal.h>
#include <pthread.h>

#include "fixture.h"

enum { RACERS = 8, RACE_TIME = 60 };	/* seconds until a hang is a failure */

/* Memory that all processes of a race see, zeroed. */
static inline void *
shared(size_t size)
{
	void *memory;

	memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(memory != MAP_FAILED);
	return memory;
}

static inline pthread_barrier_t *
new_barrier(void)
{
	pthread_barrier_t	*barrier = shared(sizeof(*barrier));
	pthread_barrierattr_t	 attr;

	assert_int_equal(pthread_barrierattr_init(&attr), 0);
	assert_int_equal(pthread_barrierattr_setpshared(&attr,
	    PTHREAD_PROCESS_SHARED), 0);
	assert_int_equal(pthread_barrier_init(barrier, &attr, RACERS), 0);
	return barrier;
}

/* In a process of the race: cmocka's assertions would return to its parent. */
#define must(what) do { \
	if (!(what)) \
		give_up(__LINE__, #what); \
} while (0)

static inline void
give_up(int line, const char *what)
{
	fprintf(stderr, "# racer, line %d: not so: %s\n# %s", line, what,
	    said);
	_exit(1);
}

/* A process of its own, which ends with the test's at the latest. */
static inline pid_t
new_process(void)
{
	pid_t pid;

	(void)fflush(NULL);
	assert_true((pid = fork()) != -1);
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)alarm(RACE_TIME);
	}
	return pid;
}

/*
 * Runs `job` in every process, `who` being 0 to RACERS - 1, and waits for all
 * of them.  An open database is not carried into another process, so the
 * fixture's is closed meanwhile.
 */
static inline void
race(struct fixture *f, void (*job)(struct fixture *f, int who, void *arg),
    void *arg)
{
	pid_t	pids[RACERS];
	int	i, status, failed = 0;

	store_close(f->store);
	f->store = NULL;
	for (i = 0; i < RACERS; i++) {
		if ((pids[i] = new_process()) != 0)
			continue;
		must(store_open(f->uri, STORE_SERVE, &f->store) == OK);
		job(f, i, arg);
		store_close(f->store);
		must(*said == '\0');
		_exit(0);
	}
	for (i = 0; i < RACERS; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		failed += status != 0;
	}
	assert_int_equal(failed, 0);
	fixture_open(f, STORE_ADMIN);
}

#endif
