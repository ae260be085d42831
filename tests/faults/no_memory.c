/*
 * To be preloaded: memory that fails.
 *
 *	FAIL_AT=N	allocation number N of the process fails
 *	FAIL_LASTING=1	and all behind it
 *	FAIL_DIR=DIR	runs the program for one N after the other
 *
 * What run number N writes goes to the file N in DIR, nothing fails in run 0,
 * and a line to the file `ends` there says how each of them ended:
 *
 *	N exit STATUS
 *	N signal NUMBER
 *
 * Most allocations are OpenSSL's, while it starts: between the first and the
 * last MANY only one in STEP has a run.
 */
#include <sys/mman.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MANY = 1000, STEP = 17, SECONDS_MAX = 60 };

/* Where glibc has them, whoever stands in for their other names. */
extern void	*__libc_malloc(size_t size);
extern void	*__libc_calloc(size_t count, size_t size);
extern void	*__libc_realloc(void *old, size_t size);

static long	 fail_at;	/* 0: none fails */
static bool	 is_lasting;
static long	 own_count;
static long	*count = &own_count;	/* so far; of a run, the parent's too */

static bool
is_next(void)
{
	const long number = ++*count;

	return fail_at != 0 &&
	    (number == fail_at || (is_lasting && number > fail_at));
}

void *
malloc(size_t size)
{
	return is_next() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
	return is_next() ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *old, size_t size)
{
	return is_next() ? NULL : __libc_realloc(old, size);
}

static void
check(bool is_right)
{
	if (!is_right)
		abort();
}

/* A child goes on to the program's main. */
static void
start_run(const char *directory, long number)
{
	char	path[4096];
	int	file;

	(void)snprintf(path, sizeof(path), "%s/%ld", directory, number);
	file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	check(file >= 0 && dup2(file, STDOUT_FILENO) >= 0);
	(void)close(file);
	(void)alarm(SECONDS_MAX);
	*count = 0;
	fail_at = number;
}

static void
end_run(int ends, long number, int status)
{
	char	line[64];
	int	length;

	length = snprintf(line, sizeof(line), "%ld %s %d\n", number,
	    WIFEXITED(status) ? "exit" : "signal", WIFEXITED(status) ?
	    WEXITSTATUS(status) : WTERMSIG(status));
	check(write(ends, line, (size_t)length) == length);
}

/* True in a child. */
static bool
run_each(const char *directory)
{
	char	path[4096];
	long	number, last = 0;
	pid_t	child;
	int	ends, status;

	(void)snprintf(path, sizeof(path), "%s/ends", directory);
	ends = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	count = mmap(NULL, sizeof(*count), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	check(ends >= 0 && count != MAP_FAILED);

	for (number = 0; number <= last;
	    number += number > MANY && number < last - MANY ? STEP : 1) {
		check((child = fork()) >= 0);
		if (child == 0) {
			start_run(directory, number);
			return true;
		}
		check(waitpid(child, &status, 0) == child);
		end_run(ends, number, status);
		if (number == 0)
			last = *count;
	}
	return false;
}

/* Before main, and before the other libraries have allocated anything. */
__attribute__((constructor)) static void
start(void)
{
	const char	*directory = getenv("FAIL_DIR");
	const char	*at = getenv("FAIL_AT");

	is_lasting = getenv("FAIL_LASTING") != NULL;
	if (at != NULL)
		fail_at = strtol(at, NULL, 10);
	if (directory != NULL && !run_each(directory))
		_exit(0);
}
