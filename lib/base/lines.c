#include "base/base.h"
#include "base/err.h"
#include "base/lines.h"

enum { CHUNK = 256 * 1024 };	/* bytes asked for at a time */

static const char byte_order_mark[] = "\xef\xbb\xbf";
static const char blanks[] = " \t\r\n";

struct lines {
	int	 fd;
	char	*buffer;
	size_t	 capacity;
	size_t	 start;		/* of the record */
	size_t	 seen;		/* its end is not before this */
	size_t	 end;		/* of what was read */
	size_t	 number;
	int64_t	 offset;
	bool	 has_begun, is_over;
	bool	 is_nested;	/* objects, not lines */
	bool	 is_cut;	/* a part of it is gone: it is too large */

	/* Where is_nested, as far as it was seen. */
	size_t	 depth;
	bool	 in_text, is_escaped;
};

struct lines *
lines_new(int fd)
{
	struct lines *lines;

	if ((lines = calloc(1, sizeof(*lines))) == NULL)
		return NULL;
	lines->fd = fd;
	lines->capacity = CHUNK;
	if ((lines->buffer = malloc(lines->capacity)) == NULL) {
		free(lines);
		return NULL;
	}
	return lines;
}

void
lines_free(struct lines *lines)
{
	if (lines == NULL)
		return;
	explicit_bzero(lines->buffer, lines->capacity);
	free(lines->buffer);
	free(lines);
}

size_t
lines_number(const struct lines *lines)
{
	return lines->number;
}

int64_t
lines_offset(const struct lines *lines)
{
	return lines->offset;
}

/* Makes room for a chunk behind what was read; realloc would leave a copy. */
static enum err
make_room(struct lines *lines)
{
	const size_t	 used = lines->end - lines->start;
	char		*buffer = lines->buffer;

	if (lines->capacity - used < CHUNK) {
		if ((buffer = malloc(2 * lines->capacity)) == NULL)
			return E_INTERNAL;
		memcpy(buffer, lines->buffer + lines->start, used);
		explicit_bzero(lines->buffer, lines->capacity);
		free(lines->buffer);
		lines->buffer = buffer;
		lines->capacity *= 2;
	} else
		memmove(buffer, buffer + lines->start, used);
	lines->seen -= lines->start;
	lines->end = used;
	lines->start = 0;
	return OK;
}

static enum err
read_more(struct lines *lines)
{
	enum err	err;
	ssize_t		n;

	if ((err = make_room(lines)) != OK)
		return err;
	do
		n = read(lines->fd, lines->buffer + lines->end, CHUNK);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return E_UNAVAILABLE;
	lines->end += (size_t)n;
	lines->offset += n;
	lines->is_over = n == 0;
	return OK;
}

/* What is too large need not be kept. */
static void
cut(struct lines *lines)
{
	if (lines->seen - lines->start <= LINES_MAX)
		return;
	lines->is_cut = true;
	lines->start = lines->seen;
}

/* The end of the line, newline included, as far as it was read. */
static bool
find_newline(struct lines *lines)
{
	const char *newline;

	newline = memchr(lines->buffer + lines->seen, '\n',
	    lines->end - lines->seen);
	lines->seen = newline == NULL ? lines->end :
	    (size_t)(newline - lines->buffer) + 1;
	return newline != NULL;
}

/* The brackets and commas around objects are no part of any. */
static void
skip_between(struct lines *lines)
{
	while (lines->start < lines->end && strchr("[], \t\r\n",
	    lines->buffer[lines->start]) != NULL &&
	    lines->buffer[lines->start] != '\0')
		lines->start++;
	lines->seen = lines->start;
}

static void
see(struct lines *lines, char c)
{
	if (lines->in_text) {
		if (lines->is_escaped)
			lines->is_escaped = false;
		else if (c == '\\')
			lines->is_escaped = true;
		else if (c == '"')
			lines->in_text = false;
	} else if (c == '"')
		lines->in_text = true;
	else if (c == '{')
		lines->depth++;
	else if (c == '}' && lines->depth > 0)
		lines->depth--;
}

/* The end of the object; of what is none, that of its line. */
static bool
find_brace(struct lines *lines)
{
	char c;

	if (lines->seen == lines->start && !lines->is_cut)
		skip_between(lines);
	while (lines->seen < lines->end) {
		c = lines->buffer[lines->seen++];
		see(lines, c);
		if (lines->depth == 0 && !lines->in_text &&
		    (c == '}' || c == '\n'))
			return true;
	}
	return false;
}

/*
 * Looks at the first line: is this an array, or are objects laid out?  False
 * where more of it must be read to tell.
 */
static bool
begin(struct lines *lines)
{
	const char	*text = lines->buffer;
	const size_t	 size = lines->end;
	const bool	 is_all = lines->is_over || size > CHUNK;
	size_t		 i = 0;

	if (size < 3 && !is_all)
		return false;
	if (size >= 3 && memcmp(text, byte_order_mark, 3) == 0)
		i = 3;
	lines->start = lines->seen = i;
	while (i < size && memchr(blanks, text[i], sizeof(blanks) - 1) != NULL)
		i++;
	if (i < size && text[i] == '{') {
		do
			i++;
		while (i < size && (text[i] == ' ' || text[i] == '\r'));
		lines->is_nested = i < size && text[i] == '\n';
	} else
		lines->is_nested = i < size && text[i] == '[';
	return i < size || is_all;
}

static bool
is_blank(const char *text, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		if (memchr(blanks, text[i], sizeof(blanks) - 1) == NULL)
			return false;
	return true;
}

/* Up to the end of a record, or of everything. */
static enum err
find_end(struct lines *lines)
{
	enum err err;

	while (!(lines->is_nested ? find_brace(lines) :
	    find_newline(lines)) && !lines->is_over) {
		cut(lines);
		if ((err = read_more(lines)) != OK)
			return err;
	}
	cut(lines);
	return OK;
}

enum err
lines_next(struct lines *lines, const char **text, size_t *size)
{
	enum err	err;
	size_t		start;
	bool		was_cut;

	while (!lines->has_begun) {
		if ((err = read_more(lines)) != OK)
			return err;
		lines->has_begun = begin(lines);
	}
	do {
		lines->start = lines->seen;
		lines->depth = 0;
		lines->is_cut = lines->in_text = lines->is_escaped = false;
		if ((err = find_end(lines)) != OK)
			return err;
		start = lines->start;
		was_cut = lines->is_cut;
		if (start == lines->seen && !was_cut)
			return E_NOT_FOUND;
		lines->number++;
	} while (!was_cut && is_blank(lines->buffer + start,
	    lines->seen - start));
	if (was_cut)
		return E_TOO_LARGE;
	*text = lines->buffer + start;
	*size = lines->seen - start;
	return OK;
}
