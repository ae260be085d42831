#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "base/base.h"
#include "base/err.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/ctx.h"
#include "base/log.h"
#include "base/slot.h"
#include "account/app.h"
#include "avatar/decoder.h"
#include "avatar/worker.h"

enum {
	PATIENCE = 5000,		/* ms, for a picture */
	IDLE_PATIENCE = 1500,		/* ms before, while others rest */
	SLOT_PATIENCE = 2000,		/* ms, until one is begun */
	WRITING = 500,			/* ms, for the files that come of it */
	RESULT_MAX = 16 * 1024 * 1024,	/* more is no result */
	READ_SIZE = 64 * 1024,
};

/* The exit status of darban-image(8). */
enum { STATUS_BAD = 3, STATUS_TOO_LARGE = 4 };

/* One run, and what it has written so far. */
struct run {
	struct decoder	 decoder;
	int64_t		 deadline;	/* by clock_monotonic */
	char		*result;
	size_t		 size, room;
};

/* Room for another piece of the result, which lives in the arena. */
static enum err
make_room(struct ctx *ctx, struct run *run)
{
	char	*larger;
	size_t	 room;

	if (run->size > RESULT_MAX) {
		log_error(DECODER_PROGRAM " writes and writes");
		return E_UNAVAILABLE;
	}
	if (run->room - run->size >= READ_SIZE)
		return OK;
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
	struct pollfd	ready = { .fd = run->decoder.out, .events = POLLIN };
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
		n = read(ready.fd, run->result + run->size, READ_SIZE);
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
		ended = waitpid(run->decoder.pid, status, WNOHANG);
		if (ended == run->decoder.pid)
			return OK;
		if (ended == -1 && errno != EINTR)
			return E_UNAVAILABLE;
		if (clock_monotonic() >= run->deadline)
			err = E_BUSY;
		else
			(void)nanosleep(&moment, NULL);
	}
	(void)kill(run->decoder.pid, SIGKILL);
	while (waitpid(run->decoder.pid, status, 0) == -1 && errno == EINTR)
		continue;
	return err;
}

/* A host that has no memory left, or somebody who ends all that runs. */
static bool
is_from_outside(int signal_number)
{
	return signal_number == SIGKILL || signal_number == SIGTERM ||
	    signal_number == SIGINT || signal_number == SIGHUP;
}

static enum err
judge(struct ctx *ctx, const struct run *run, int status)
{
	const char *complaint = decoder_complaint(ctx, &run->decoder);

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
		log_error(DECODER_PROGRAM ": %s", complaint);
		return E_UNAVAILABLE;
	}
	log_warn(DECODER_PROGRAM " was ended by signal %d", WTERMSIG(status));
	/* No picture should be able to; one that did is none. */
	return is_from_outside(WTERMSIG(status)) ? E_UNAVAILABLE : E_PICTURE;
}

/* As much of `most`, in ms, as leaves the disk and the store their time. */
static int64_t
patience(const struct ctx *ctx, int64_t most)
{
	int64_t left;

	if (ctx->deadline == 0)
		return most;
	left = ctx->deadline - STORE_TIME - WRITING - clock_monotonic();
	return left < most ? left : most;
}

static enum err
run_once(struct ctx *ctx, struct run *run, const void *bytes, size_t size,
    enum decoder_turn turn)
{
	const int64_t	most = turn == DECODER_IDLE ? IDLE_PATIENCE : PATIENCE;
	int		status = 0;
	enum err	err;

	*run = (struct run){
		.deadline = clock_monotonic() + patience(ctx, most),
	};
	if ((err = decoder_start(ctx->conf, bytes, size, turn,
	    &run->decoder)) != OK)
		return err;
	err = wait_for_end(run, read_result(ctx, run), &status);
	if (err == OK)
		err = judge(ctx, run, status);
	decoder_close(&run->decoder);
	return err;
}

/*
 * First where nobody else wants a processor, so that a login waits for no
 * picture.  Where somebody always does, it takes its turn after them.
 */
static enum err
run_twice(struct ctx *ctx, struct run *run, const void *bytes, size_t size)
{
	enum err err;

	err = run_once(ctx, run, bytes, size, DECODER_IDLE);
	if (err == E_BUSY && patience(ctx, PATIENCE) > 0)
		err = run_once(ctx, run, bytes, size, DECODER_LATER);
	if (err == E_BUSY)
		log_warn(DECODER_PROGRAM " took too long");
	return err;
}

enum err
worker_run(struct ctx *ctx, const void *bytes, size_t size, const char **out,
    size_t *out_size)
{
	struct run	run;
	enum err	err;
	int		slot;

	/* A web server that ignores it would leave us nothing to wait for. */
	(void)signal(SIGCHLD, SIG_DFL);
	if ((err = slot_take(ctx->conf->run_dir, "picture",
	    (size_t)ctx->conf->hash_slots, patience(ctx, SLOT_PATIENCE),
	    &slot)) != OK)
		return err;
	err = run_twice(ctx, &run, bytes, size);
	slot_release(slot);
	if (err != OK)
		return err;
	*out = run.result;
	*out_size = run.size;
	return OK;
}
