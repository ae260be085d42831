#include <fcntl.h>
#include <sys/stat.h>

#include "base/base.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/log.h"

enum { LINE_SIZE = 1024 };

struct line {
	char	bytes[LINE_SIZE];
	size_t	size;
	bool	is_cut;
};

static const char line_end[] = "\n", line_cut[] = "...\n";

static const char *const level_names[] = {
	[LOG_ERROR]	= "error",
	[LOG_WARN]	= "warn",
	[LOG_INFO]	= "info",
	[LOG_DEBUG]	= "debug",
};

_Static_assert(NELEMS(level_names) == LOG__MAX, "every level has its name");

static struct {
	const char	 *program;
	const char	 *address;
	enum log_level	  level;
	void		(*sink)(void *arg, const char *line, size_t size);
	void		 *sink_arg;
	char		  path[PATH_MAX];	/* "": there is no file */
	int		  fd;			/* -1: it is not open */
	int		  copied;		/* a level; -1: none */
	dev_t		  device;
	ino_t		  inode;
} the_log = { .program = "darban", .level = LOG_INFO, .fd = -1,
	.copied = -1 };

void
log_program(const char *name)
{
	the_log.program = name;
}

void
log_address(const char *address)
{
	the_log.address = address;
}

void
log_level(enum log_level level)
{
	the_log.level = level;
}

void
log_sink(void (*sink)(void *arg, const char *line, size_t size), void *arg)
{
	the_log.sink = sink;
	the_log.sink_arg = arg;
}

static void
file_close(void)
{
	if (the_log.fd != -1)
		close(the_log.fd);
	the_log.fd = -1;
}

void
log_file(const char *path)
{
	/* A path that is too long for the system cannot be opened either. */
	if (path == NULL || strlen(path) >= sizeof(the_log.path))
		path = "";
	memcpy(the_log.path, path, strlen(path) + 1);
	if (*path == '\0')
		file_close();
}

void
log_copy(enum log_level level)
{
	the_log.copied = (int)level;
}

/* Sees to it that what is open is what stands at the path. */
static bool
file_open(void)
{
	struct stat st;

	if (the_log.fd != -1 && stat(the_log.path, &st) == 0 &&
	    st.st_dev == the_log.device && st.st_ino == the_log.inode)
		return true;
	file_close();

	/* Without O_NONBLOCK a pipe that nobody reads would stop us here. */
	the_log.fd = open(the_log.path, O_WRONLY | O_APPEND | O_CREAT |
	    O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
	if (the_log.fd == -1)
		return false;
	if (fstat(the_log.fd, &st) == -1) {
		file_close();
		return false;
	}
	the_log.device = st.st_dev;
	the_log.inode = st.st_ino;
	return true;
}

/*
 * One write and no buffer, so that the lines of several processes stand whole
 * in one file.  What a full disk does not take goes to the sink.
 */
static bool
file_write(const struct line *line)
{
	return *the_log.path != '\0' && file_open() &&
	    write(the_log.fd, line->bytes, line->size) == (ssize_t)line->size;
}

static void
sink_write(const struct line *line)
{
	ssize_t n;

	if (the_log.sink != NULL) {
		the_log.sink(the_log.sink_arg, line->bytes, line->size);
		return;
	}
	/* There is nobody left to whom a failure could be told. */
	n = write(STDERR_FILENO, line->bytes, line->size);
	(void)n;
}

/* The size of the character at `text` if it may stand in a line, else 0. */
static size_t
printable(const char *text)
{
	const unsigned char first = (unsigned char)*text;
	char character[5] = "";
	size_t size;

	if (first < 0x80)
		return first >= ' ' && first < 0x7F ? 1 : 0;
	size = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
	memcpy(character, text, strnlen(text, size));
	return text_is_valid(character, size) &&
	    !text_has_control(character) ? size : 0;
}

/* A character or an escape is in the line as a whole or not at all. */
static void
line_add(struct line *line, const char *text)
{
	char escape[sizeof("\\x00")];
	const char *bytes;
	size_t size, taken;

	for (; *text != '\0' && !line->is_cut; text += taken) {
		if ((taken = size = printable(text)) > 0) {
			bytes = text;
		} else {
			size = (size_t)snprintf(escape, sizeof(escape),
			    "\\x%02X", (unsigned char)*text);
			bytes = escape;
			taken = 1;
		}
		if (size > LINE_SIZE - strlen(line_cut) - line->size) {
			line->is_cut = true;
			break;
		}
		memcpy(line->bytes + line->size, bytes, size);
		line->size += size;
	}
}

static void
line_finish(struct line *line)
{
	const char *end = line->is_cut ? line_cut : line_end;

	memcpy(line->bytes + line->size, end, strlen(end));
	line->size += strlen(end);
}

static void PRINTF(2, 0)
log_line(enum log_level level, const char *format, va_list ap)
{
	struct line line = { .size = 0 };
	char time[CLOCK_ISO_SIZE], text[LINE_SIZE];
	const char *address = the_log.address;
	const int saved = errno;

	if (level > the_log.level)
		return;
	if (address == NULL || *address == '\0')
		address = "-";
	clock_iso(clock_now(), time);
	snprintf(text, sizeof(text), "%s %s[%ld] %s %s ", time,
	    the_log.program, (long)getpid(), level_names[level], address);
	line_add(&line, text);

	/* The head is longer than "...": what is cut here is cut there too. */
	if (vsnprintf(text, sizeof(text), format, ap) >= 0)
		line_add(&line, text);
	line_finish(&line);

	if (!file_write(&line) || (int)level <= the_log.copied)
		sink_write(&line);
	errno = saved;
}

void
log_error(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	log_line(LOG_ERROR, format, ap);
	va_end(ap);
}

void
log_warn(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	log_line(LOG_WARN, format, ap);
	va_end(ap);
}

void
log_info(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	log_line(LOG_INFO, format, ap);
	va_end(ap);
}

void
log_debug(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	log_line(LOG_DEBUG, format, ap);
	va_end(ap);
}
