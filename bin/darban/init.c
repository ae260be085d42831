/*
 * darban init: a configuration with keys of its own, and what it names.
 *
 * The file gets its name when it is whole and has been read without an error,
 * and before anything else is made: of two that run at once, only the one
 * that could name its file goes on.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "command.h"
#include "base/conf.h"
#include "base/file.h"

enum { MADE_MAX = 8 };

/* What was made so far, to be removed where the rest cannot be. */
struct making {
	struct invocation	*in;
	const char		*made[MADE_MAX];
	size_t			 count;
};

/*
 * Writes the file beside its place, so that no half of it ever stands there.
 * Its name is in the arena; NULL after a complaint.
 */
static char *
write_beside(struct invocation *in, const char *text, gid_t gid)
{
	const bool	 shared = in->value[OPTION_GROUP] != NULL;
	char		*path;
	bool		 ok;
	int		 fd;

	path = arena_printf(in->ctx.arena, "%s.XXXXXX", in->path);
	if (path == NULL) {
		(void)failed(in, E_INTERNAL, in->path);
		return NULL;
	}
	if ((fd = mkostemp(path, O_CLOEXEC)) == -1) {
		complain("%s: %s", in->path, strerror(errno));
		return NULL;
	}
	ok = (!shared || (fchown(fd, (uid_t)-1, gid) == 0 &&
	    fchmod(fd, 0640) == 0)) &&
	    file_write(fd, text, strlen(text)) && fsync(fd) == 0;
	if (!ok) {
		complain("%s: %s", in->path, strerror(errno));
		(void)unlink(path);
	}
	(void)close(fd);
	return ok ? path : NULL;
}

struct reading {
	const char	*path;		/* a passing name */
	const char	*text;		/* what stands in it */
};

/*
 * "FILE:LINE: what is wrong", about a file that nobody will ever see: what
 * people know is the setting that they gave.
 */
static void
complain_setting(void *arg, const char *line)
{
	const struct reading	*reading = arg;
	const size_t		 length = strlen(reading->path);
	const char		*text = reading->text;
	size_t			 number;
	int			 end = 0;

	if (strncmp(line, reading->path, length) != 0 ||
	    sscanf(line + length, ":%zu: %n", &number, &end) != 1 ||
	    end == 0) {
		complain("%s", line);
		return;
	}
	for (; number > 1 && *text != '\0'; number--) {
		text += strcspn(text, "\n");
		text += *text == '\n' ? 1 : 0;
	}
	complain("--set %.*s: %s", (int)strcspn(text, " "), text,
	    line + length + end);
}

/* The configuration, read from where it now stands; NULL: nothing does. */
static struct conf *
make_conf(struct making *making, gid_t gid)
{
	struct invocation	*in = making->in;
	struct reading		 reading;
	struct conf		*conf;

	if ((reading.text = init_conf(in)) == NULL) {
		(void)failed(in, E_INTERNAL, in->path);
		return NULL;
	}
	reading.path = write_beside(in, reading.text, gid);
	if (reading.path == NULL)
		return NULL;

	conf = conf_load(reading.path, complain_setting, &reading);
	/* Unlike rename, link never replaces what stands there. */
	if (conf != NULL && link(reading.path, in->path) != 0) {
		complain("%s: %s", in->path, strerror(errno));
		conf_free(conf);
		conf = NULL;
	}
	(void)unlink(reading.path);
	if (conf != NULL)
		making->made[making->count++] = in->path;
	return conf;
}

/*
 * With exactly this mode, and no chmod behind: by then the name could be
 * somebody's symbolic link.  A directory that is there already will do.
 */
static bool
make_directory(struct making *making, const char *setting, const char *path,
    mode_t mode)
{
	struct stat	st;
	mode_t		mask;
	int		error;

	mask = umask(0);
	error = mkdir(path, mode) == 0 ? 0 : errno;
	(void)umask(mask);

	if (error == 0)
		making->made[making->count++] = path;
	if (error == EEXIST)
		error = stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? 0 :
		    ENOTDIR;
	if (error != 0)
		complain("%s: %s: %s", setting, path, strerror(error));
	return error == 0;
}

/*
 * A database that is there already is kept: the configuration may have been
 * lost alone.  The files that SQLite puts beside one are its own.
 */
static bool
make_store(struct making *making, const struct conf *conf)
{
	static const char *const suffix[] = { "", "-wal", "-shm", "-journal" };
	struct invocation	*in = making->in;
	struct store		*store = NULL;
	const char		*path;
	size_t			 i;
	enum err		 err;

	if (strncmp(conf->store, "sqlite:", 7) == 0 &&
	    access(conf->store + 7, F_OK) != 0) {
		for (i = 0; i < NELEMS(suffix); i++) {
			path = arena_printf(in->ctx.arena, "%s%s",
			    conf->store + 7, suffix[i]);
			if (path != NULL && access(path, F_OK) != 0)
				making->made[making->count++] = path;
		}
	}
	/* Whatever it was that failed, the list above is removed. */
	if ((err = store_open(conf->store,
	    in->value[OPTION_VALIDATOR] == NULL ? STORE_CREATE :
	    STORE_CREATE_VALIDATOR, &store)) != OK)
		(void)failed(in, err, "store");
	store_close(store);
	return err == OK;
}

static enum outcome
make(struct making *making, gid_t gid)
{
	struct conf	*conf;
	bool		 ok;

	if ((conf = make_conf(making, gid)) == NULL)
		return COULD_NOT;
	ok = make_directory(making, "run_dir", conf->run_dir, 0700) &&
	    make_store(making, conf) &&
	    make_directory(making, "avatar_dir", conf->avatar_dir, 0755);

	for (; !ok && making->count > 0; making->count--)
		(void)remove(making->made[making->count - 1]);
	if (ok)
		say("%s made", making->in->path);
	conf_free(conf);
	return ok ? DONE : COULD_NOT;
}

enum outcome
command_init(struct invocation *in)
{
	struct making	 making = { .in = in };
	const char	*problem;
	struct stat	 st;
	gid_t		 gid;

	problem = act_as(in->value[OPTION_OWNER], in->value[OPTION_GROUP],
	    &gid);
	if (problem != NULL) {
		complain("init: %s", problem);
		return COULD_NOT;
	}
	if (lstat(in->path, &st) == 0) {
		complain("%s is there already", in->path);
		return COULD_NOT;
	}
	return make(&making, gid);
}
