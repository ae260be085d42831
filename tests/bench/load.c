/*
 * load PORT SECONDS PATH [TOKEN ...]: eight connections, each of a process of
 * its own, one request after the other for so long; prints answers a second.
 * A failed request ends it.  Without tokens or with one it is a GET, by that
 * Bearer; with eight, each connection rotates the refresh token that is its
 * own, as a client does: by the answer before.  A token that is a JSON object
 * is none, but what is sent by POST, every time.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "base/base.h"

enum { CONNECTIONS = 8, SIZE = 16384 };

struct client {
	struct sockaddr_in	 address;
	const char		*path;
	char			 token[4096];	/* or "" */
	bool			 is_rotating;
	int			 fd;		/* or -1 */
	char			 request[SIZE];
	char			 answer[SIZE];
	size_t			 size;
};

static void
die(const char *what, const char *detail)
{
	fprintf(stderr, "load: %s\n%s\n", what, detail);
	exit(1);
}

static double
now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
connect_to(struct client *c)
{
	const int one = 1;

	if ((c->fd = socket(AF_INET, SOCK_STREAM, 0)) == -1 ||
	    connect(c->fd, (struct sockaddr *)&c->address,
	    sizeof(c->address)) == -1)
		die("cannot connect", strerror(errno));
	(void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
}

static void
make_request(struct client *c)
{
	char body[4400] = "", bearer[4200] = "";

	if (c->is_rotating)
		(void)snprintf(body, sizeof(body), "{\"refreshToken\":\"%s\"}",
		    c->token);
	else if (*c->token == '{')
		(void)snprintf(body, sizeof(body), "%s", c->token);
	else if (*c->token != '\0')
		(void)snprintf(bearer, sizeof(bearer),
		    "Authorization: Bearer %s\r\n", c->token);
	(void)snprintf(c->request, sizeof(c->request),
	    "%s %s HTTP/1.1\r\nHost: localhost\r\n%s"
	    "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
	    *body == '\0' ? "GET" : "POST", c->path, bearer, strlen(body),
	    body);
}

/* The end of the answer's head, or NULL as long as it is not all there. */
static const char *
head_end(const struct client *c)
{
	const char *end = strstr(c->answer, "\r\n\r\n");

	return end != NULL ? end + 4 : NULL;
}

static bool
is_whole(const struct client *c)
{
	const char	*body, *length;

	if ((body = head_end(c)) == NULL)
		return false;
	length = strcasestr(c->answer, "\r\nContent-Length:");
	if (length != NULL && length < body)
		return strlen(body) >= strtoul(length + 17, NULL, 10);
	return strstr(body, "\r\n0\r\n\r\n") != NULL ||
	    strncmp(body, "0\r\n\r\n", 5) == 0;
}

/* False where the server had closed the connection: ask again. */
static bool
exchange(struct client *c)
{
	ssize_t n;

	if (c->fd == -1)
		connect_to(c);
	c->size = 0;
	c->answer[0] = '\0';
	if (send(c->fd, c->request, strlen(c->request), MSG_NOSIGNAL) > 0) {
		while ((n = read(c->fd, c->answer + c->size,
		    SIZE - 1 - c->size)) > 0) {
			c->size += (size_t)n;
			c->answer[c->size] = '\0';
			if (is_whole(c))
				return true;
		}
	}
	(void)close(c->fd);
	c->fd = -1;
	if (c->size > 0)
		die("a cut answer", c->answer);
	return false;
}

static void
take_token(struct client *c)
{
	static const char	 name[] = "\"refreshToken\":\"";
	const char		*token = strstr(c->answer, name);
	size_t			 length;

	if (token == NULL)
		die("no token in", c->answer);
	token += sizeof(name) - 1;
	length = strcspn(token, "\"");
	assert(length < sizeof(c->token));
	memcpy(c->token, token, length);
	c->token[length] = '\0';
}

static long
work(struct client *c, double seconds)
{
	const double	end = now() + seconds;
	long		count = 0;

	make_request(c);
	while (now() < end) {
		if (!exchange(c))
			continue;
		if (strncmp(c->answer + 8, " 200", 4) != 0)
			die("not 200", c->answer);
		count++;
		if (c->is_rotating) {
			take_token(c);
			make_request(c);
		}
		if (strcasestr(c->answer, "\r\nConnection: close") != NULL) {
			(void)close(c->fd);
			c->fd = -1;
		}
	}
	return count;
}

int
main(int argc, char **argv)
{
	struct client	c = { .fd = -1 };
	long		count, total = 0;
	double		seconds;
	int		pipes[2], i, status, failed = 0;

	if (argc < 4 || (argc > 5 && argc != 4 + CONNECTIONS)) {
		fprintf(stderr, "usage: load PORT SECONDS PATH [TOKEN ...]\n");
		return 2;
	}
	c.address.sin_family = AF_INET;
	c.address.sin_port = htons((uint16_t)strtoul(argv[1], NULL, 10));
	c.address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	c.path = argv[3];
	c.is_rotating = argc > 5 && *argv[4] != '{';
	seconds = strtod(argv[2], NULL);

	if (pipe(pipes) == -1)
		die("pipe", strerror(errno));
	for (i = 0; i < CONNECTIONS; i++) {
		if (argc > 4)
			(void)snprintf(c.token, sizeof(c.token), "%s",
			    argv[argc > 5 ? 4 + i : 4]);
		if (fork() == 0) {
			count = work(&c, seconds);
			_exit(write(pipes[1], &count, sizeof(count)) !=
			    sizeof(count));
		}
	}
	for (i = 0; i < CONNECTIONS; i++) {
		(void)wait(&status);
		failed |= status;
	}
	for (i = 0; failed == 0 && i < CONNECTIONS; i++)
		if (read(pipes[0], &count, sizeof(count)) == sizeof(count))
			total += count;
	printf("%.0f\n", (double)total / seconds);
	return failed != 0;
}
