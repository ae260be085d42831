/*
 * start N PROGRAM [NAME=VALUE ...]: starts a FastCGI program N times as a web
 * server would, sends each process one request with these variables, and
 * prints the median time from exec to the whole first answer (ms), and what
 * of memory belongs to one process while all of them live (PSS, MB).
 */
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <fastcgi.h>
#include <pwd.h>
#include <signal.h>
#include <time.h>

#include "base/base.h"

enum { MAX = 64 };

struct decoder {
	pid_t	pid;
	double	ms;
};

static double
now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static size_t
header(unsigned char *out, unsigned char type, size_t length)
{
	const unsigned char bytes[FCGI_HEADER_LEN] = {
		FCGI_VERSION_1, type, 0, 1, (unsigned char)(length >> 8),
		(unsigned char)length, 0, 0,
	};

	memcpy(out, bytes, sizeof(bytes));
	return sizeof(bytes);
}

/* Name and value shorter than 128 bytes, or four bytes of length. */
static size_t
length(unsigned char *out, size_t n)
{
	if (n < 128) {
		*out = (unsigned char)n;
		return 1;
	}
	out[0] = (unsigned char)(0x80 | n >> 24);
	out[1] = (unsigned char)(n >> 16);
	out[2] = (unsigned char)(n >> 8);
	out[3] = (unsigned char)n;
	return 4;
}

static size_t
encode(char **variables, unsigned char *out)
{
	unsigned char	 params[16384], *p = params;
	size_t		 n, name, value;

	for (; *variables != NULL; variables++) {
		name = strcspn(*variables, "=");
		value = strlen(*variables + name + 1);
		assert((size_t)(p - params) + name + value + 8 <
		    sizeof(params));
		p += length(p, name);
		p += length(p, value);
		memcpy(p, *variables, name);
		memcpy(p + name, *variables + name + 1, value);
		p += name + value;
	}
	n = header(out, FCGI_BEGIN_REQUEST, 8);
	memset(out + n, 0, 8);
	out[n + 1] = FCGI_RESPONDER;
	n += 8;
	n += header(out + n, FCGI_PARAMS, (size_t)(p - params));
	memcpy(out + n, params, (size_t)(p - params));
	n += (size_t)(p - params);
	n += header(out + n, FCGI_PARAMS, 0);
	return n + header(out + n, FCGI_STDIN, 0);
}

static void
ask(const struct sockaddr_un *address, char **variables, const char *want)
{
	unsigned char	request[20000];
	char		answer[65536];
	size_t		size = encode(variables, request), done = 0;
	ssize_t		n;
	int		fd;

	if ((fd = socket(AF_UNIX, SOCK_STREAM, 0)) == -1 ||
	    connect(fd, (const struct sockaddr *)address,
	    sizeof(*address)) == -1 ||
	    write(fd, request, size) != (ssize_t)size)
		die("connect");
	while (done < sizeof(answer) &&
	    (n = read(fd, answer + done, sizeof(answer) - done)) > 0)
		done += (size_t)n;
	close(fd);
	if (memmem(answer, done, want, strlen(want)) == NULL) {
		fprintf(stderr, "no '%s' in the answer:\n%.*s\n", want,
		    (int)done, answer);
		exit(1);
	}
}

/* The programs keep their memory to themselves: root alone may count it. */
static void
drop_root(void)
{
	const struct passwd *user;

	if (getuid() != 0)
		return;
	if ((user = getpwnam("www-data")) == NULL ||
	    setgid(user->pw_gid) == -1 || setuid(user->pw_uid) == -1)
		_exit(127);
}

static void
start(const char *program, char **variables, const char *directory, int i,
    struct decoder *out)
{
	struct sockaddr_un	address = { .sun_family = AF_UNIX };
	double			begun;
	int			fd;

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s/%d",
	    directory, i);
	if ((fd = socket(AF_UNIX, SOCK_STREAM, 0)) == -1 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) == -1 ||
	    listen(fd, 8) == -1)
		die("listen");
	begun = now_ms();
	if ((out->pid = fork()) == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		drop_root();
		(void)dup2(fd, 0);
		execl(program, program, (char *)NULL);
		_exit(127);
	}
	close(fd);
	ask(&address, variables, "message");
	out->ms = now_ms() - begun;
	(void)unlink(address.sun_path);
}

static double
pss_mb(pid_t pid)
{
	char	path[64], line[256];
	long	kb = 0;
	FILE	*file;

	(void)snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", pid);
	if ((file = fopen(path, "r")) == NULL)
		return -1;
	while (fgets(line, sizeof(line), file) != NULL)
		if (sscanf(line, "Pss: %ld", &kb) == 1)
			break;
	(void)fclose(file);
	return (double)kb / 1024;
}

static int
by_ms(const void *a, const void *b)
{
	const double x = ((const struct decoder *)a)->ms;
	const double y = ((const struct decoder *)b)->ms;

	return (x > y) - (x < y);
}

int
main(int argc, char **argv)
{
	char		directory[] = "/tmp/start.XXXXXX";
	struct decoder	p[MAX];
	double		pss = 0;
	int		i, n;

	if (argc < 3 || (n = (int)strtol(argv[1], NULL, 10)) < 1 || n > MAX) {
		fprintf(stderr,
		    "usage: start N PROGRAM [NAME=VALUE ...]\n");
		return 2;
	}
	if (mkdtemp(directory) == NULL)
		die(directory);
	for (i = 0; i < n; i++)
		start(argv[2], argv + 3, directory, i, &p[i]);
	for (i = 0; i < n; i++)
		pss += pss_mb(p[i].pid);
	for (i = 0; i < n; i++) {
		(void)kill(p[i].pid, SIGTERM);
		(void)waitpid(p[i].pid, NULL, 0);
	}
	(void)rmdir(directory);
	qsort(p, (size_t)n, sizeof(p[0]), by_ms);
	printf("%.2f %.2f\n", p[n / 2].ms, pss / n);
	return 0;
}
