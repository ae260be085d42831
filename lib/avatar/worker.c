#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "base/base.h"
#include "base/err.h"
#include "base/arena.h"
#include "base/beside.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/ctx.h"
#include "base/log.h"
#include "base/slot.h"
#include "account/app.h"
#include "avatar/worker.h"

#define PROGRAM "darban-image"

enum {
	PATIENCE = 5000,		/* ms, for a picture */
	SLOT_PATIENCE = 2000,		/* ms, until one is begun */
	RESULT_MAX = 16 * 1024 * 1024,	/* more is no result */
	READ_SIZE = 64 * 1024,
	NICE = 10,			/* logins go first */
};

/* The exit status of darban-image(8). */
enum { STATUS_BAD = 3, STATUS_TOO_LARGE = 4 };

/* One run; a descriptor is -1 where it is not open. */
struct run {
	int	in, out, pipe_end, complaint;
	pid_t	pid;
	int64_t	deadline;	/* by clock_monotonic */
	char	*result;
	size_t	size, room;
};

static void
close_one(int *fd)
{
	if (*fd != -1)
		(void)close(*fd);
	*fd = -1;
}

/* A file in memory: no pipe of which one end must be filled meanwhile. */
static int
memory_file(const void *bytes, size_t size)
{
	const char	*rest = bytes;
	ssize_t		 n;
	int		 fd;

	if ((fd = memfd_create(PROGRAM, MFD_CLOEXEC)) == -1)
		return -1;
	for (; size > 0; rest += n, size -= (size_t)n) {
		if ((n = write(fd, rest, size)) == -1 && errno == EINTR)
			n = 0;
		if (n == -1) {
			(void)close(fd);
			return -1;
		}
	}
	(void)lseek(fd, 0, SEEK_SET);
	return fd;
}

static bool
open_files(struct run *run, const void *bytes, size_t size)
{
	int ends[2];

	if ((run->in = memory_file(bytes, size)) == -1 ||
	    (run->complaint = memory_file("", 0)) == -1 ||
	    pipe2(ends, O_CLOEXEC) == -1)
		return false;
	run->out = ends[0];
	run->pipe_end = ends[1];
	return true;
}

/* Of the web server's signals none is its business, nor is any of ours. */
static int
set_signals(posix_spawnattr_t *attributes)
{
	sigset_t	all, none;
	int		error;

	(void)sigfillset(&all);
	(void)sigemptyset(&none);
	if ((error = posix_spawnattr_setsigdefault(attributes, &all)) != 0 ||
	    (error = posix_spawnattr_setsigmask(attributes, &none)) != 0)
		return error;
	return posix_spawnattr_setflags(attributes,
	    POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
}

static int
set_files(posix_spawn_file_actions_t *actions, const struct run *run)
{
	int error;

	if ((error = posix_spawn_file_actions_adddup2(actions, run->in,
	    STDIN_FILENO)) != 0 ||
	    (error = posix_spawn_file_actions_adddup2(actions, run->pipe_end,
	    STDOUT_FILENO)) != 0 ||
	    (error = posix_spawn_file_actions_adddup2(actions,
	    run->complaint, STDERR_FILENO)) != 0)
		return error;
	return posix_spawn_file_actions_addclosefrom_np(actions,
	    STDERR_FILENO + 1);
}

/* Beside the program where it was installed; in the build in its bin. */
static const char *
find_worker(char out[PATH_MAX])
{
	static const char *const places[] = { "", "../bin/", "../../bin/" };

	return beside_find(places, NELEMS(places), PROGRAM, out) ? out :
	    LIBEXECDIR "/darban/" PROGRAM;
}

static int
spawn(struct run *run, const struct conf *conf)
{
	static char			 name[] = PROGRAM, size_name[] = "--size",
	    sandbox_name[] = "--sandbox";
	char				 size[16], sandbox[] = "best-effort";
	char				*argv[] = { name, size_name, size,
	    sandbox_name, sandbox, NULL };
	char				*nothing[] = { NULL };
	char				 path[PATH_MAX];
	posix_spawn_file_actions_t	 actions;
	posix_spawnattr_t		 attributes;
	int				 error;

	(void)snprintf(size, sizeof(size), "%" PRId64, conf->avatar_size);
	if (conf->sandbox_required)
		(void)snprintf(sandbox, sizeof(sandbox), "required");
	if ((error = posix_spawnattr_init(&attributes)) != 0)
		return error;
	if ((error = posix_spawn_file_actions_init(&actions)) == 0) {
		if ((error = set_signals(&attributes)) == 0 &&
		    (error = set_files(&actions, run)) == 0)
			error = posix_spawn(&run->pid, find_worker(path),
			    &actions, &attributes, argv, nothing);
		(void)posix_spawn_file_actions_destroy(&actions);
	}
	(void)posix_spawnattr_destroy(&attributes);
	return error;
}

/* Room for another piece of the result, which lives in the arena. */
static enum err
make_room(struct ctx *ctx, struct run *run)
{
	char	*larger;
	size_t	 room;

	if (run->room - run->size >= READ_SIZE)
		return OK;
	if (run->size >= RESULT_MAX)
		return E_UNAVAILABLE;
	room = run->room == 0 ? 4 * READ_SIZE : 2 * run->room;
	if ((larger = arena_alloc(ctx->arena, room)) == NULL)
		return E_INTERNAL;
	if (run->size > 0)
		memcpy(larger, run->result, run->size);
	run->result = larger;
	run->room = room;
	return OK;
}

/* Until it has closed its output. */
static enum err
read_result(struct ctx *ctx, struct run *run)
{
	struct pollfd	ready = { .fd = run->out, .events = POLLIN };
	int64_t		left;
	ssize_t		n;
	enum err	err;

	for (;;) {
		if ((err = make_room(ctx, run)) != OK)
			return err;
		if ((left = run->deadline - clock_monotonic()) <= 0)
			return E_BUSY;
		if (poll(&ready, 1, (int)left) <= 0)
			continue;
		n = read(run->out, run->result + run->size, READ_SIZE);
		if (n == 0)
			return OK;
		if (n > 0)
			run->size += (size_t)n;
		else if (errno != EINTR)
			return E_UNAVAILABLE;
	}
}

/* It ends as soon as its output does; what does not is killed. */
static enum err
wait_for_end(struct run *run, enum err err, int *status)
{
	const struct timespec	moment = { .tv_nsec = 1000 * 1000 };
	pid_t			ended;

	while (err == OK) {
		ended = waitpid(run->pid, status, WNOHANG);
		if (ended == run->pid)
			return OK;
		if (ended == -1 && errno != EINTR)
			return E_UNAVAILABLE;
		if (clock_monotonic() >= run->deadline)
			err = E_BUSY;
		else
			(void)nanosleep(&moment, NULL);
	}
	(void)kill(run->pid, SIGKILL);
	while (waitpid(run->pid, status, 0) == -1 && errno == EINTR)
		continue;
	return err;
}

/* What it had to say, for the log. */
static const char *
complaint_of(struct ctx *ctx, const struct run *run)
{
	char	text[256];
	ssize_t	n;

	n = pread(run->complaint, text, sizeof(text), 0);
	if (n <= 0)
		return "it said nothing";
	return arena_strndup(ctx->arena, text,
	    strnlen(text, (size_t)n) - (text[n - 1] == '\n'));
}

static enum err
judge(struct ctx *ctx, const struct run *run, int status)
{
	const char *complaint = complaint_of(ctx, run);

	if (complaint == NULL)
		return E_INTERNAL;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return OK;
	ctx_note(ctx, "picture: %s", complaint);
	if (WIFEXITED(status) && WEXITSTATUS(status) == STATUS_BAD)
		return E_PICTURE;
	if (WIFEXITED(status) && WEXITSTATUS(status) == STATUS_TOO_LARGE)
		return E_PICTURE_LIMIT;
	if (WIFEXITED(status)) {
		log_error(PROGRAM ": %s", complaint);
		return E_UNAVAILABLE;
	}
	/* No picture should be able to; one that did is none. */
	log_warn(PROGRAM " was ended by signal %d", WTERMSIG(status));
	return E_PICTURE;
}

static enum err
run_once(struct ctx *ctx, struct run *run, const void *bytes, size_t size)
{
	int		error, status = 0;
	enum err	err;

	if (!open_files(run, bytes, size)) {
		log_error(PROGRAM ": %s", strerror(errno));
		return E_UNAVAILABLE;
	}
	if ((error = spawn(run, ctx->conf)) != 0) {
		log_error(PROGRAM " does not start: %s", strerror(error));
		return E_UNAVAILABLE;
	}
	(void)setpriority(PRIO_PROCESS, (id_t)run->pid, NICE);
	close_one(&run->pipe_end);
	err = wait_for_end(run, read_result(ctx, run), &status);
	if (err == E_BUSY)
		log_warn(PROGRAM " took too long");
	return err == OK ? judge(ctx, run, status) : err;
}

enum err
worker_run(struct ctx *ctx, const void *bytes, size_t size, const char **out,
    size_t *out_size)
{
	struct run	run = { -1, -1, -1, -1, -1, 0, NULL, 0, 0 };
	int64_t		latest = ctx->deadline - STORE_TIME;
	enum err	err;
	int		slot;

	/* A web server that ignores it would leave us nothing to wait for. */
	(void)signal(SIGCHLD, SIG_DFL);
	if ((err = slot_take(ctx->conf->run_dir, "picture",
	    (size_t)ctx->conf->hash_slots, SLOT_PATIENCE, &slot)) != OK)
		return err;
	run.deadline = clock_monotonic() + PATIENCE;
	if (ctx->deadline != 0 && run.deadline > latest)
		run.deadline = latest;
	err = run_once(ctx, &run, bytes, size);
	slot_release(slot);

	close_one(&run.in);
	close_one(&run.out);
	close_one(&run.pipe_end);
	close_one(&run.complaint);
	if (err != OK)
		return err;
	*out = run.result;
	*out_size = run.size;
	return OK;
}
