#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "base/base.h"
#include "base/err.h"
#include "base/arena.h"
#include "base/beside.h"
#include "base/conf.h"
#include "base/ctx.h"
#include "base/file.h"
#include "base/log.h"
#include "base/process.h"
#include "avatar/decoder.h"

enum {
	COMPLAINT_MAX = 4096,	/* bytes of standard error that are kept */
};

/* What the program gets; -1 where it is not open. */
struct files {
	int	in, out, complaint;
};

static void
close_one(int *fd)
{
	if (*fd != -1)
		(void)close(*fd);
	*fd = -1;
}

/*
 * A file in memory: no pipe of which one end must be filled meanwhile.  It
 * keeps its size: whoever has taken the program over has no other way to use
 * up the memory of the host than this.
 */
static int
memory_file(const void *bytes, size_t size)
{
	int fd;

	fd = memfd_create(DECODER_PROGRAM, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd == -1)
		return -1;
	if (!file_write(fd, bytes, size) || lseek(fd, 0, SEEK_SET) == -1 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_GROW) == -1) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

/* `*result` is the end of the pipe that is ours. */
static bool
open_files(struct files *files, const void *bytes, size_t size, int *result)
{
	static const char	nothing[COMPLAINT_MAX];
	int			ends[2];

	if ((files->in = memory_file(bytes, size)) == -1 ||
	    (files->complaint = memory_file(nothing,
	    sizeof(nothing))) == -1 ||
	    pipe2(ends, O_CLOEXEC) == -1)
		return false;
	*result = ends[0];
	files->out = ends[1];
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
set_files(posix_spawn_file_actions_t *actions, const struct files *files)
{
	int error;

	if ((error = posix_spawn_file_actions_adddup2(actions, files->in,
	    STDIN_FILENO)) != 0 ||
	    (error = posix_spawn_file_actions_adddup2(actions, files->out,
	    STDOUT_FILENO)) != 0 ||
	    (error = posix_spawn_file_actions_adddup2(actions,
	    files->complaint, STDERR_FILENO)) != 0)
		return error;
	return posix_spawn_file_actions_addclosefrom_np(actions,
	    STDERR_FILENO + 1);
}

/* Beside the program where it was installed; in the build in its bin. */
static const char *
find_program(char out[PATH_MAX])
{
	static const char *const places[] = { "", "../bin/", "../../bin/" };

	return beside_find(places, NELEMS(places), DECODER_PROGRAM, out) ?
	    out : LIBEXECDIR "/darban/" DECODER_PROGRAM;
}

static int
spawn(const struct conf *conf, const struct files *files, pid_t *pid)
{
	static char			 name[] = DECODER_PROGRAM,
	    size_name[] = "--size", sandbox_name[] = "--sandbox";
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
		    (error = set_files(&actions, files)) == 0)
			error = posix_spawn(pid, find_program(path),
			    &actions, &attributes, argv, nothing);
		(void)posix_spawn_file_actions_destroy(&actions);
	}
	(void)posix_spawnattr_destroy(&attributes);
	return error;
}

static void
set_turn(pid_t pid, enum decoder_turn turn)
{
	const struct sched_param none = { .sched_priority = 0 };

	if (turn == DECODER_IDLE)
		(void)sched_setscheduler(pid, SCHED_IDLE, &none);
	else
		(void)setpriority(PRIO_PROCESS, (id_t)pid, PROCESS_NICE);
}

enum err
decoder_start(const struct conf *conf, const void *bytes, size_t size,
    enum decoder_turn turn, struct decoder *out)
{
	struct files	files = { -1, -1, -1 };
	struct decoder	decoder = { .pid = -1, .out = -1, .complaint = -1 };
	int		error;

	error = open_files(&files, bytes, size, &decoder.out) ?
	    spawn(conf, &files, &decoder.pid) : errno;
	close_one(&files.in);
	close_one(&files.out);
	decoder.complaint = files.complaint;
	if (error != 0) {
		log_error(DECODER_PROGRAM " does not start: %s",
		    strerror(error));
		decoder_close(&decoder);
		return E_UNAVAILABLE;
	}
	set_turn(decoder.pid, turn);
	*out = decoder;
	return OK;
}

const char *
decoder_complaint(struct ctx *ctx, const struct decoder *decoder)
{
	char text[256] = "";

	if (pread(decoder->complaint, text, sizeof(text) - 1, 0) > 0)
		text[strcspn(text, "\n")] = '\0';
	return arena_strdup(ctx->arena,
	    *text != '\0' ? text : "it said nothing");
}

void
decoder_close(struct decoder *decoder)
{
	close_one(&decoder->out);
	close_one(&decoder->complaint);
}
