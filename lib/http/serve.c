/*
 * The endpoint loop over libfcgi, and the adapter that lets the same program
 * run as plain CGI.  The only file over fcgiapp.h.
 */
#include <fcgiapp.h>
#include <signal.h>

#include "base/base.h"
#include "base/log.h"
#include "account/app.h"
#include "http/endpoint.h"

extern char **environ;

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
	FCGX_Request *request = arg;

	(void)FCGX_PutStr(line, (int)size, request->err);
}

/*
 * A request in progress is finished; FCGX_Accept_r then says that it is over.
 * Without SA_RESTART, so that the wait for the next one is interrupted.
 */
static void
on_end(int _ UNUSED)
{
	FCGX_ShutdownPending();
}

static void
handle_signals(void)
{
	struct sigaction action = { .sa_handler = on_end };

	(void)sigemptyset(&action.sa_mask);
	(void)sigaction(SIGTERM, &action, NULL);
	(void)sigaction(SIGUSR1, &action, NULL);
	action.sa_handler = SIG_IGN;
	(void)sigaction(SIGPIPE, &action, NULL);
}

static int
serve_fcgi(struct app *app, const struct endpoint *table,
    struct arena *arena)
{
	FCGX_Request request;

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

		log_sink(fcgi_log, &request);
		dispatch(app, table, &transport, &ctx);
		log_sink(NULL, NULL);
		arena_wipe(arena);
		FCGX_Finish_r(&request);
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

	log_program(program_name());
	handle_signals();
	if ((arena = arena_new()) == NULL)
		return 1;
	status = FCGX_IsCGI() ? serve_cgi(&app, table, arena) :
	    serve_fcgi(&app, table, arena);
	app_close(&app);
	arena_free(arena);
	return status;
}
