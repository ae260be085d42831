/* From inside the sandbox: what somebody would try who got in. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <signal.h>

#include "image.h"

static long
try_open(void)
{
	return open("/", O_RDONLY | O_CLOEXEC);
}

static long
try_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

/* Ourselves, and so that it would fail: with 2. */
static long
try_execve(void)
{
	char	name[] = "darban-image", wrong[] = "--refused";
	char   *argv[] = { name, wrong, NULL }, *envp[] = { NULL };

	return execve("/proc/self/exe", argv, envp);
}

/* The call itself: fork() would run what libraries want to do around it. */
static long
try_fork(void)
{
	const long pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	return pid;
}

static long
try_ptrace(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static long
try_kill(void)
{
	return kill(getppid(), 0);
}

/* Memory that could hold code. */
static long
try_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
}

/* What the caller has open for itself may not be read, nor be written. */
static long
try_read(void)
{
	char byte;

	return read(STDERR_FILENO + 1, &byte, 1);
}

static const struct {
	const char	*name;
	long		(*run)(void);
} tries[] = {
	{ "open",	try_open },
	{ "socket",	try_socket },
	{ "fork",	try_fork },
	{ "ptrace",	try_ptrace },
	{ "kill",	try_kill },
	{ "mmap with PROT_EXEC", try_code },
	{ "read from another descriptor", try_read },
	{ "execve",	try_execve },	/* the last: it may not come back */
};

/*
 * The filter answers EPERM to all of them.  Another error is another guard's,
 * behind a filter with a hole.
 */
enum result
sandbox_test(void)
{
	char		line[100];
	enum result	result = DONE;
	int		length;
	bool		refused;
	size_t		i;

	for (i = 0; i < NELEMS(tries); i++) {
		errno = 0;
		refused = tries[i].run() == -1 && errno == EPERM;
		length = snprintf(line, sizeof(line), "%s: %s (%s)\n",
		    tries[i].name, refused ? "refused" : "NOT REFUSED",
		    strerror(errno));
		if (!refused)
			result = refuse(FAILED, "the sandbox has a hole");
		if (write(STDOUT_FILENO, line, (size_t)length) != length)
			return refuse(FAILED, "cannot write");
	}
	return result;
}
