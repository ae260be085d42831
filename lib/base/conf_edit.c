#include <fcntl.h>
#include <libgen.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/base.h"
#include "base/arena.h"
#include "base/conf.h"
#include "base/conf_edit.h"
#include "base/conf_value.h"
#include "base/err.h"
#include "base/file.h"

struct conf_edit {
	struct arena		*arena;
	const char		*path;		/* of the file itself */
	int			 fd;		/* holds the lock */
	struct stat		 status;
	struct conf_stamp	 stamp;		/* as it was read */
	const char		*text;
};

/* A part of the text. */
struct span {
	const char	*start, *end;
};

/*
 * Whoever held the lock before us has put another file there: it is that one
 * which is to be locked.
 */
static enum err
lock(struct conf_edit *edit)
{
	struct flock	all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	struct stat	now;

	for (;;) {
		edit->fd = open(edit->path, O_RDWR | O_CLOEXEC | O_NOCTTY |
		    O_NONBLOCK);
		if (edit->fd == -1 ||
		    fcntl(edit->fd, F_OFD_SETLKW, &all) == -1 ||
		    fstat(edit->fd, &edit->status) == -1)
			return E_UNAVAILABLE;
		if (stat(edit->path, &now) == 0 &&
		    now.st_dev == edit->status.st_dev &&
		    now.st_ino == edit->status.st_ino)
			return OK;
		(void)close(edit->fd);
	}
}

static enum err
read_text(struct conf_edit *edit)
{
	char	*text;
	size_t	 size = 0;
	ssize_t	 n;

	if ((text = arena_alloc(edit->arena, CONF_FILE_MAX + 2)) == NULL)
		return E_INTERNAL;
	while ((n = read(edit->fd, text + size,
	    CONF_FILE_MAX + 1 - size)) != 0) {
		if (n == -1 && errno != EINTR)
			return E_UNAVAILABLE;
		size += n == -1 ? 0 : (size_t)n;
	}
	if (size > CONF_FILE_MAX || memchr(text, '\0', size) != NULL) {
		errno = EFBIG;
		return E_UNAVAILABLE;
	}
	edit->text = text;
	return OK;
}

enum err
conf_edit_begin(struct arena *arena, const char *path,
    struct conf_edit **out)
{
	struct conf_edit	*edit;
	char			*real;
	enum err		 err;

	if ((edit = arena_alloc(arena, sizeof(*edit))) == NULL)
		return E_INTERNAL;
	edit->arena = arena;
	edit->fd = -1;
	/* A symbolic link stays one. */
	if ((real = realpath(path, NULL)) == NULL)
		return E_UNAVAILABLE;
	edit->path = arena_strdup(arena, real);
	free(real);
	if (edit->path == NULL)
		return E_INTERNAL;
	if ((err = lock(edit)) != OK || (err = read_text(edit)) != OK) {
		conf_edit_end(edit);
		return err;
	}
	conf_stamp(edit->path, &edit->stamp);
	*out = edit;
	return OK;
}

void
conf_edit_end(struct conf_edit *edit)
{
	const int error = errno;

	if (edit != NULL && edit->fd != -1)
		(void)close(edit->fd);
	errno = error;
}

/* The line that follows, without its newline; false behind the last. */
static bool
next_line(const char **rest, struct span *line)
{
	if (**rest == '\0')
		return false;
	line->start = *rest;
	line->end = line->start + strcspn(line->start, "\n");
	*rest = line->end + (*line->end == '\n' ? 1 : 0);
	return true;
}

/* The value in a line of this setting: see conf_file.c for what a line is. */
static bool
is_setting(const struct span *line, const char *name, struct span *value)
{
	const char	*p = line->start;
	const size_t	 length = strlen(name);

	if (strncmp(p, "\xef\xbb\xbf", 3) == 0)
		p += 3;
	p += strspn(p, " \t");
	if (strncmp(p, name, length) != 0)
		return false;
	p += length;
	p += strspn(p, " \t");
	if (*p != '=')
		return false;
	p++;
	p += strspn(p, " \t");
	value->start = p < line->end ? p : line->end;
	value->end = line->end;
	while (value->end > value->start &&
	    strchr(" \t\r", value->end[-1]) != NULL)
		value->end--;
	return true;
}

static bool
find_setting(const struct conf_edit *edit, const char *name,
    struct span *line, struct span *value)
{
	const char *rest = edit->text;

	while (next_line(&rest, line))
		if (is_setting(line, name, value))
			return true;
	return false;
}

static bool
find_comment(const struct conf_edit *edit, const char *prefix,
    struct span *line)
{
	const char *rest = edit->text;

	while (next_line(&rest, line))
		if (strncmp(line->start, prefix, strlen(prefix)) == 0)
			return true;
	return false;
}

/* Where there is no memory the arena remembers, and commit looks. */
static void
replace(struct conf_edit *edit, const char *start, const char *end,
    const char *by)
{
	const char *text;

	text = arena_printf(edit->arena, "%.*s%s%s",
	    (int)(start - edit->text), edit->text, by, end);
	if (text != NULL)
		edit->text = text;
}

const char *
conf_edit_value(const struct conf_edit *edit, const char *name)
{
	struct span line, value;

	return find_setting(edit, name, &line, &value) ?
	    arena_strndup(edit->arena, value.start,
	    (size_t)(value.end - value.start)) : NULL;
}

bool
conf_edit_set(struct conf_edit *edit, const char *name, const char *value)
{
	struct span	line, old;
	size_t		length;

	if (!find_setting(edit, name, &line, &old))
		return false;
	length = (size_t)(old.start - line.start) + strlen(value) +
	    (size_t)(line.end - old.end);
	if (length > CONF_LINE_MAX)
		return false;
	replace(edit, old.start, old.end, value);
	return true;
}

const char *
conf_edit_comment(const struct conf_edit *edit, const char *prefix)
{
	struct span line;

	if (!find_comment(edit, prefix, &line))
		return NULL;
	line.start += strlen(prefix);
	return arena_strndup(edit->arena, line.start,
	    strcspn(line.start, "\r\n"));
}

void
conf_edit_uncomment(struct conf_edit *edit, const char *prefix)
{
	struct span line;

	if (find_comment(edit, prefix, &line))
		replace(edit, line.start,
		    line.end + (*line.end == '\n' ? 1 : 0), "");
}

void
conf_edit_put_comment(struct conf_edit *edit, const char *name,
    const char *comment)
{
	struct span	 line, value;
	const char	*text;

	text = arena_printf(edit->arena, "%s\n", comment);
	if (text != NULL && find_setting(edit, name, &line, &value))
		replace(edit, line.start, line.start, text);
}

/* As the old one, so that whoever could read it still can, and nobody else. */
static bool
write_file(const struct conf_edit *edit, int fd)
{
	struct stat now;

	return fstat(fd, &now) == 0 &&
	    ((now.st_uid == edit->status.st_uid &&
	    now.st_gid == edit->status.st_gid) ||
	    fchown(fd, edit->status.st_uid, edit->status.st_gid) == 0) &&
	    fchmod(fd, edit->status.st_mode & 07777) == 0 &&
	    file_write(fd, edit->text, strlen(edit->text)) &&
	    fsync(fd) == 0;
}

/* A rename is not on the disk before its directory is. */
static bool
sync_directory(struct conf_edit *edit)
{
	char	*copy = arena_strdup(edit->arena, edit->path);
	bool	 ok;
	int	 fd;

	if (copy == NULL || (fd = open(dirname(copy), O_RDONLY | O_CLOEXEC |
	    O_DIRECTORY)) == -1)
		return false;
	ok = fsync(fd) == 0;
	(void)close(fd);
	return ok;
}

/* What was read without an error takes the place of the old one. */
static enum err
move_into_place(struct conf_edit *edit, const char *path,
    void (*complain)(void *arg, const char *line), void *arg)
{
	struct conf_stamp	 now;
	struct conf		*conf;

	if ((conf = conf_load(path, complain, arg)) == NULL)
		return E_CONFIG;
	conf_free(conf);
	conf_stamp(edit->path, &now);
	if (!conf_stamp_equal(&edit->stamp, &now))
		return E_STALE;
	return rename(path, edit->path) == 0 && sync_directory(edit) ? OK :
	    E_UNAVAILABLE;
}

enum err
conf_edit_commit(struct conf_edit *edit,
    void (*complain)(void *arg, const char *line), void *arg)
{
	char		*path;
	enum err	 err;
	int		 fd, error;

	path = arena_printf(edit->arena, "%s.XXXXXX", edit->path);
	if (path == NULL || arena_failed(edit->arena))
		return E_INTERNAL;
	if ((fd = mkostemp(path, O_CLOEXEC)) == -1)
		return E_UNAVAILABLE;
	err = write_file(edit, fd) ?
	    move_into_place(edit, path, complain, arg) : E_UNAVAILABLE;
	error = errno;
	(void)close(fd);
	if (err != OK)
		(void)unlink(path);
	errno = error;
	return err;
}
