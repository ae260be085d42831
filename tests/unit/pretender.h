/*
 * A darban-image that does what the picture says.  The test copies itself
 * into a directory of its own, where it lies as darban-image too, and goes on
 * there: what is beside it is this pretender.  A picture is the three bytes
 * by which a JPEG is known, a word, a blank, and what the word wants.
 */
#ifndef TEST_PRETENDER_H
#define TEST_PRETENDER_H

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/base.h"

#define JPEG "\xff\xd8\xff"

static char	pretender_path[PATH_MAX];	/* of darban-image */

static inline void
pretend_write(int fd, const char *bytes, size_t size)
{
	ssize_t n;

	for (; size > 0; bytes += n, size -= (size_t)n)
		if ((n = write(fd, bytes, size)) <= 0)
			_exit(99);
}

/* What it has that it should not, a word each. */
static inline void
pretend_report(int argc, char **argv)
{
	static const int	signals[] = { SIGPIPE, SIGCHLD, SIGTERM,
	    SIGUSR1, SIGINT, SIGHUP };
	struct sigaction	action;
	sigset_t		mask;
	size_t			i;
	int			fd;

	for (i = 0; i < (size_t)argc; i++)
		printf("%s ", argv[i]);
	printf("|");
	for (i = 0; environ[i] != NULL; i++)
		printf(" %s", environ[i]);
	for (fd = 0; fd < 1024; fd++)
		if ((fcntl(fd, F_GETFD) != -1) != (fd < 3))
			printf(" fd-%d", fd);
	(void)sigprocmask(SIG_SETMASK, NULL, &mask);
	for (i = 0; i < NELEMS(signals); i++) {
		(void)sigaction(signals[i], NULL, &action);
		if (action.sa_handler != SIG_DFL)
			printf(" handled-%d", signals[i]);
		if (sigismember(&mask, signals[i]))
			printf(" blocked-%d", signals[i]);
	}
	if (getpriority(PRIO_PROCESS, 0) < 0)
		printf(" first");
	(void)fflush(stdout);
}

/* Whoever started it may take a moment to say so. */
static inline bool
pretend_is_idle(void)
{
	int tries;

	for (tries = 0; tries < 1000; tries++) {
		if (sched_getscheduler(0) == SCHED_IDLE)
			return true;
		(void)usleep(1000);
	}
	return false;
}

/* `count` bytes, for ever where it is 0. */
static inline void
pretend_much(int fd, size_t count)
{
	static char	xs[64 * 1024];
	size_t		n, i;

	memset(xs, 'x', sizeof(xs));
	for (i = 0; count == 0 || i < count; i += n) {
		n = count == 0 || count - i > sizeof(xs) ?
		    sizeof(xs) : count - i;
		pretend_write(fd, xs, n);
	}
}

static inline int
pretend(int argc, char **argv)
{
	static char	 bytes[64 * 1024];
	const ssize_t	 size = read(STDIN_FILENO, bytes, sizeof(bytes) - 1);
	char		*word = bytes + strlen(JPEG), *rest;

	if (size <= (ssize_t)strlen(JPEG) ||
	    (rest = strchr(word, ' ')) == NULL)
		return 98;
	*rest++ = '\0';
	if (strcmp(word, "exit") == 0)
		return (int)strtol(rest, NULL, 10);
	if (strcmp(word, "signal") == 0)
		(void)raise((int)strtol(rest, NULL, 10));
	if (strcmp(word, "close") == 0)
		(void)close(STDOUT_FILENO);
	if (strcmp(word, "close") == 0 || strcmp(word, "hang") == 0)
		for (;;)
			(void)pause();
	if (strcmp(word, "complain") == 0) {
		pretend_write(STDERR_FILENO, rest,
		    (size_t)(bytes + size - rest));
		return 3;
	}
	if (strcmp(word, "idle") == 0 && pretend_is_idle())
		pretend_write(STDOUT_FILENO, "idle", 4);
	if (strcmp(word, "later") == 0) {
		while (pretend_is_idle())
			(void)pause();
		pretend_write(STDOUT_FILENO, "later", 5);
	}
	if (strcmp(word, "fill") == 0)
		pretend_much((int)strtol(rest, NULL, 10), 0);
	if (strcmp(word, "much") == 0)
		pretend_much(STDOUT_FILENO, strtoul(rest, NULL, 10));
	if (strcmp(word, "report") == 0)
		pretend_report(argc, argv);
	if (strcmp(word, "write") == 0)
		pretend_write(STDOUT_FILENO, rest,
		    (size_t)(bytes + size - rest));
	return 0;
}

static inline bool
pretender_copy(const char *path)
{
	char	bytes[64 * 1024];
	ssize_t	n = -1;
	int	in = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int	out = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
	    0700);

	while (in != -1 && out != -1 &&
	    (n = read(in, bytes, sizeof(bytes))) > 0)
		if (write(out, bytes, (size_t)n) != n)
			n = -2;
	return n == 0 && close(in) == 0 && close(out) == 0;
}

/* Goes on in a directory of its own; the exit status of what did. */
static inline int
pretender_move(const char *argument)
{
	const char	*tmp = getenv("TMPDIR");
	char		 directory[64], path[96], image[96];
	int		 status = -1;
	pid_t		 pid;

	(void)snprintf(directory, sizeof(directory),
	    "%.40s/darban.XXXXXX", tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(directory) == NULL)
		return 1;
	(void)snprintf(path, sizeof(path), "%s/test", directory);
	(void)snprintf(image, sizeof(image), "%s/darban-image", directory);
	if (pretender_copy(path) && pretender_copy(image) &&
	    (pid = fork()) != -1) {
		if (pid == 0) {
			(void)execl(path, path, argument, (char *)NULL);
			_exit(127);
		}
		while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
			continue;
	}
	(void)unlink(image);
	(void)unlink(path);
	(void)rmdir(directory);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/*
 * At the beginning of main.  Where it is true the process has done its part,
 * and ends with `*status`; else it is the test, beside its pretender.
 */
static inline bool
pretender_main(int argc, char **argv, int *status)
{
	static const char	moved[] = "beside-its-pretender";
	char			*slash;
	ssize_t			 n;

	if (strcmp(argv[0], "darban-image") == 0) {
		*status = pretend(argc, argv);
		return true;
	}
	if (argc < 2 || strcmp(argv[1], moved) != 0) {
		*status = pretender_move(moved);
		return true;
	}
	n = readlink("/proc/self/exe", pretender_path,
	    sizeof(pretender_path) - sizeof("darban-image"));
	assert(n > 0);
	pretender_path[n] = '\0';
	slash = strrchr(pretender_path, '/');
	(void)snprintf(slash, sizeof("/darban-image"), "/darban-image");
	return false;
}

#endif
