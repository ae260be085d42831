/*
 * The endpoint loop over libfcgi, and the adapter that lets the same program
 * run as plain CGI.  The only file over fcgiapp.h.
 */
#include <fcgiapp.h>
#include <signal.h>
#include <sys/time.h>

#include "base/base.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/process.h"
#include "account/app.h"
#include "http/endpoint.h"

extern char **environ;

/* Signals ---------------------------------------------------------------- */

/*
 * What ends a program is kept off while it has a request, because an
 * interrupted read would cut the body.
 */
static void
hold_ends(int how)
{
	sigset_t ends;

	(void)sigemptyset(&ends);
	(void)sigaddset(&ends, SIGTERM);
	(void)sigaddset(&ends, SIGUSR1);
	(void)sigprocmask(how, &ends, NULL);
}

static void
interrupt(int _ UNUSED)
{
}

/*
 * Once the deadline has passed (certainly: a tenth of a second later), what a
 * request waits for is interrupted, reading a body that does not come above
 * all; and again and again, because it may not be waiting just then.
 */
static const struct itimerval watched = {
	.it_value = { .tv_sec = REQUEST_TIME / 1000, .tv_usec = 100 * 1000 },
	.it_interval = { .tv_usec = 100 * 1000 },
};
static const struct itimerval unwatched;

/* The web server may have handed a mask of its own down. */
static void
handle_alarm(void)
{
	const struct sigaction	action = { .sa_handler = interrupt };
	sigset_t		alarm;

	(void)sigaction(SIGALRM, &action, NULL);
	(void)sigemptyset(&alarm);
	(void)sigaddset(&alarm, SIGALRM);
	(void)sigprocmask(SIG_UNBLOCK, &alarm, NULL);
}

static void
request_begins(void)
{
	hold_ends(SIG_BLOCK);
	(void)setitimer(ITIMER_REAL, &watched, NULL);
}

static void
request_is_over(void)
{
	(void)setitimer(ITIMER_REAL, &unwatched, NULL);
	hold_ends(SIG_UNBLOCK);
}

/* FastCGI ---------------------------------------------------------------- */

static size_t
fcgi_read(void *arg, void *out, size_t size)
{
	FCGX_Request	*request = arg;
	size_t		 done = 0;
	int		 n;

	while (done < size) {
		n = FCGX_GetStr((char *)out + done,
		    size - done > INT_MAX ? INT_MAX : (int)(size - done),
		    request->in);
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	return done;
}

static void
fcgi_write(void *arg, const void *data, size_t size)
{
	FCGX_Request *request = arg;

	(void)FCGX_PutStr(data, (int)size, request->out);
}

/* To the web server, which knows which log belongs to this site. */
static void
fcgi_log(void *arg, const char *line, size_t size)
{
	FCGX_Request	*request = arg;
	ssize_t		 n;

	/* At once: at the end of the request the client may be gone. */
	if (FCGX_PutStr(line, (int)size, request->err) != (int)size ||
	    FCGX_FFlush(request->err) != 0)
		n = write(STDERR_FILENO, line, size);
	else
		n = (ssize_t)size;
	(void)n;
}

static void
on_end(int _ UNUSED)
{
	FCGX_ShutdownPending();
}

/*
 * FCGX_Accept_r says that it is over once one of these has come: without
 * SA_RESTART, so that the wait for the next request is interrupted.
 */
static void
handle_ends(void)
{
	const struct sigaction action = { .sa_handler = on_end };

	(void)sigaction(SIGTERM, &action, NULL);
	(void)sigaction(SIGUSR1, &action, NULL);
}

static int
serve_fcgi(struct app *app, const struct endpoint *table,
    struct arena *arena)
{
	FCGX_Request request;

	handle_ends();
	/* Another process may have more luck: the web server starts one. */
	if (crypto_start() != OK) {
		log_error("OpenSSL does not start; there may be no memory");
		return 1;
	}
	if (FCGX_Init() != 0 || FCGX_InitRequest(&request, 0, 0) != 0)
		return 1;
	while (FCGX_Accept_r(&request) == 0) {
		const struct transport transport = {
			.environment = request.envp,
			.read = fcgi_read,
			.write = fcgi_write,
			.arg = &request,
		};
		struct ctx ctx = { .arena = arena };

		request_begins();
		/*
		 * Of a body that is not read, libfcgi throws away what it has
		 * buffered, and would take the rest for the next request.
		 */
		request.keepConnection = 0;
		log_sink(fcgi_log, &request);
		dispatch(app, table, &transport, &ctx);
		log_sink(NULL, NULL);
		arena_wipe(arena);
		FCGX_Finish_r(&request);
		request_is_over();
	}
	FCGX_Free(&request, 1);
	return 0;
}

/* Plain CGI (RFC 3875) --------------------------------------------------- */

static size_t
cgi_read(void *_ UNUSED, void *out, size_t size)
{
	return fread(out, 1, size, stdin);
}

static void
cgi_write(void *_ UNUSED, const void *data, size_t size)
{
	(void)fwrite(data, 1, size, stdout);
}

static int
serve_cgi(struct app *app, const struct endpoint *table, struct arena *arena)
{
	const struct transport transport = {
		.environment = environ,
		.read = cgi_read,
		.write = cgi_write,
	};
	struct ctx ctx = { .arena = arena };

	request_begins();
	dispatch(app, table, &transport, &ctx);
	return fflush(stdout) == 0 ? 0 : 1;
}

/* "login" of ".../login.fcgi", for the log. */
static const char *
program_name(void)
{
	static char name[32];

	(void)snprintf(name, sizeof(name), "%.*s",
	    (int)strcspn(program_invocation_short_name, "."),
	    program_invocation_short_name);
	return name;
}

int
serve(const struct endpoint *table)
{
	struct app	 app = { .mode = STORE_SERVE };
	struct arena	*arena;
	int		 status;

	process_harden();
	handle_alarm();
	log_program(program_name());
	/*
	 * A client that has gone is an error of a write, not an end, and so is
	 * a file that the host does not let become as large.
	 */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
	if ((arena = arena_new()) == NULL)
		return 1;
	status = FCGX_IsCGI() ? serve_cgi(&app, table, arena) :
	    serve_fcgi(&app, table, arena);
	app_close(&app);
	arena_free(arena);
	return status;
}
