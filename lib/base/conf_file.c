#include <fcntl.h>
#include <sys/stat.h>

#include "base/base.h"
#include "base/conf.h"
#include "base/conf_value.h"
#include "base/text.h"

static const char byte_order_mark[] = "\xef\xbb\xbf";

bool
conf_complain(struct conf_reader *reader, const char *format, ...)
{
	va_list	 ap;
	char	*text, *message, *p;

	reader->failed = true;
	text = message = NULL;
	va_start(ap, format);
	if (vasprintf(&text, format, ap) < 0)
		text = NULL;
	va_end(ap);

	if (text != NULL && (reader->line == 0 ?
	    asprintf(&message, "%s: %s", reader->path, text) :
	    asprintf(&message, "%s:%zu: %s", reader->path, reader->line,
	    text)) < 0)
		message = NULL;
	/* One line, whatever the file may be called. */
	for (p = message; p != NULL && *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == '\x7f')
			*p = '?';
	reader->complain(reader->arg, message != NULL ? message :
	    "out of memory, while telling an error of the configuration");
	free(text);
	free(message);
	return false;
}

/* Judges what was opened; false where it is not to be read. */
static bool
check_status(struct conf_reader *reader, int fd)
{
	struct stat status;

	if (fstat(fd, &status) != 0)
		return conf_complain(reader, "cannot be read: %s",
		    strerror(errno));
	if (!S_ISREG(status.st_mode))
		return conf_complain(reader, "is not a regular file");
	if ((status.st_mode & (S_IWGRP | S_IROTH | S_IWOTH)) != 0)
		conf_complain(reader, "holds secrets: its group may not "
		    "write it, others may neither read nor write it; "
		    "chmod 600 (or 640)");
	reader->conf->owner = status.st_uid;
	return true;
}

/* Fills `text` from the file, at most to its end. */
static bool
read_all(struct conf_reader *reader, int fd, char *text, size_t *size)
{
	ssize_t n;

	*size = 0;
	while ((n = read(fd, text + *size, CONF_FILE_MAX + 1 - *size)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return conf_complain(reader, "cannot be read: %s",
			    strerror(errno));
		*size += (size_t)n;
		if (*size > CONF_FILE_MAX)
			return conf_complain(reader,
			    "is larger than %d bytes", CONF_FILE_MAX);
	}
	return true;
}

/* `text` without blanks at its ends, in place. */
static char *
trim(char *text)
{
	size_t length;

	text += strspn(text, " \t");
	length = strlen(text);
	while (length > 0 && strchr(" \t", text[length - 1]) != NULL)
		length--;
	text[length] = '\0';
	return text;
}

static bool
has_control(const char *text)
{
	for (; *text != '\0'; text++)
		if (((unsigned char)*text < ' ' && *text != '\t') ||
		    *text == '\x7f')
			return true;
	return false;
}

static void
read_setting(struct conf_reader *reader, const char *name, const char *value)
{
	size_t index;

	if ((index = conf_setting_index(name)) == CONF_SETTINGS)
		conf_complain(reader, "there is no setting of this name");
	else if (reader->given[index] != 0)
		conf_complain(reader, "%s stands in line %zu already",
		    conf_settings[index].name, reader->given[index]);
	else {
		reader->given[index] = reader->line;
		conf_setting_parse(reader, index, value);
	}
}

/* One line, behind which there is room for a NUL. */
static void
read_line(struct conf_reader *reader, char *line, size_t length)
{
	char *equals;

	if (length > CONF_LINE_MAX) {
		conf_complain(reader, "the line is longer than %d bytes",
		    CONF_LINE_MAX);
		return;
	}
	if (!text_is_valid(line, length)) {
		conf_complain(reader, "the line is not UTF-8 without NUL");
		return;
	}
	/* Files that were edited on Windows are taken as they are. */
	if (length > 0 && line[length - 1] == '\r')
		length--;
	line[length] = '\0';
	if (has_control(line)) {
		conf_complain(reader, "the line has control characters");
		return;
	}
	line = trim(line);
	if (*line == '\0' || *line == '#')
		return;
	if ((equals = strchr(line, '=')) == NULL) {
		conf_complain(reader, "`=` is missing: name = value");
		return;
	}
	*equals = '\0';
	read_setting(reader, trim(line), trim(equals + 1));
}

static void
read_lines(struct conf_reader *reader, char *text, size_t size)
{
	char *line, *end, *next;

	line = text;
	if (size >= 3 && memcmp(text, byte_order_mark, 3) == 0)
		line += 3;
	for (end = text + size; line < end; line = next + 1) {
		if ((next = memchr(line, '\n', (size_t)(end - line))) == NULL)
			next = end;
		reader->line++;
		read_line(reader, line, (size_t)(next - line));
	}
}

bool
conf_file_read(struct conf_reader *reader)
{
	char	*text;
	size_t	 size;
	int	 fd;
	bool	 was_read;

	/* O_NONBLOCK: a FIFO must be told from a file, not waited for. */
	if ((fd = open(reader->path, O_RDONLY | O_CLOEXEC | O_NOCTTY |
	    O_NONBLOCK)) == -1)
		return conf_complain(reader, "cannot be opened: %s",
		    strerror(errno));
	was_read = false;
	if ((text = malloc(CONF_FILE_MAX + 1)) == NULL)
		conf_complain(reader, "out of memory");
	else if (check_status(reader, fd) &&
	    (was_read = read_all(reader, fd, text, &size)))
		read_lines(reader, text, size);
	close(fd);
	if (text != NULL)
		explicit_bzero(text, CONF_FILE_MAX + 1);
	free(text);
	return was_read;
}

void
conf_stamp(const char *path, struct conf_stamp *out)
{
	struct stat status;

	*out = (struct conf_stamp){ 0 };
	if (stat(path, &status) != 0)
		return;
	out->is_there = true;
	out->device = status.st_dev;
	out->inode = status.st_ino;
	out->size = status.st_size;
	/* Of the inode, not of the content: chmod mends a file too. */
	out->changed_s = status.st_ctim.tv_sec;
	out->changed_ns = status.st_ctim.tv_nsec;
}

bool
conf_stamp_equal(const struct conf_stamp *a, const struct conf_stamp *b)
{
	return a->is_there == b->is_there && a->device == b->device &&
	    a->inode == b->inode && a->size == b->size &&
	    a->changed_s == b->changed_s && a->changed_ns == b->changed_ns;
}
