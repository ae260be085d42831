#include "base/base.h"
#include "base/err.h"
#include "base/arena.h"
#include "base/text.h"
#include "http/multipart.h"

static const char media_type[] = "multipart/form-data";

/* Bytes that are left to be read. */
struct rest {
	const char	*at;
	const char	*end;
};

/* A piece of them. */
struct span {
	const char	*at;
	size_t		 size;
};

static bool
span_is(struct span span, const char *text)
{
	return span.size == strlen(text) &&
	    strncasecmp(span.at, text, span.size) == 0;
}

static bool
starts_with(const struct rest *rest, const char *text, size_t size)
{
	return (size_t)(rest->end - rest->at) >= size &&
	    memcmp(rest->at, text, size) == 0;
}

static bool
take_text(struct rest *rest, const char *text, size_t size)
{
	if (!starts_with(rest, text, size))
		return false;
	rest->at += size;
	return true;
}

static void
skip_blanks(struct rest *rest)
{
	while (rest->at < rest->end &&
	    (*rest->at == ' ' || *rest->at == '\t'))
		rest->at++;
}

/* Up to one of `stops`, or the end. */
static struct span
take_until(struct rest *rest, const char *stops)
{
	const struct span start = { .at = rest->at };

	while (rest->at < rest->end && *rest->at != '\0' &&
	    strchr(stops, *rest->at) == NULL)
		rest->at++;
	return (struct span){ start.at, (size_t)(rest->at - start.at) };
}

/* Behind the opening quote: up to the closing one, which is taken too. */
static bool
take_quoted(struct rest *rest, struct span *out)
{
	const char *start = rest->at;

	for (; rest->at < rest->end; rest->at++) {
		if (*rest->at == '"') {
			*out = (struct span){ start,
			    (size_t)(rest->at++ - start) };
			return true;
		}
		/* Before URL escapes, quotes in names were written so. */
		if (*rest->at == '\\' && rest->end - rest->at > 1)
			rest->at++;
	}
	return false;
}

/* `; name=value`; false where the rest is something else. */
static bool
take_parameter(struct rest *rest, struct span *name, struct span *value)
{
	skip_blanks(rest);
	if (!take_text(rest, ";", 1))
		return false;
	skip_blanks(rest);
	*name = take_until(rest, "=; \t");
	if (name->size == 0 || !take_text(rest, "=", 1))
		return false;
	if (take_text(rest, "\"", 1))
		return take_quoted(rest, value);
	*value = take_until(rest, "; \t");
	return value->size > 0;
}

static bool
is_at_end(struct rest *rest)
{
	skip_blanks(rest);
	return rest->at == rest->end;
}

/* The boundary ---------------------------------------------------------- */

/* RFC 2046 section 5.1.1. */
static bool
is_boundary(struct span span)
{
	static const char	others[] = "'()+_,-./:=? ";
	size_t			i;

	if (span.size == 0 || span.size > BOUNDARY_MAX ||
	    span.at[span.size - 1] == ' ')
		return false;
	for (i = 0; i < span.size; i++)
		if (!(span.at[i] >= '0' && span.at[i] <= '9') &&
		    !(span.at[i] >= 'A' && span.at[i] <= 'Z') &&
		    !(span.at[i] >= 'a' && span.at[i] <= 'z') &&
		    (span.at[i] == '\0' ||
		    strchr(others, span.at[i]) == NULL))
			return false;
	return true;
}

bool
multipart_is(const char *content_type)
{
	const size_t length = strlen(media_type);

	return strncasecmp(content_type, media_type, length) == 0 &&
	    (content_type[length] == '\0' ||
	    strchr("; \t", content_type[length]) != NULL);
}

/* "\r\n--boundary": what stands between two parts. */
static enum err
find_delimiter(struct arena *arena, const char *content_type,
    struct span *out)
{
	struct rest	rest = {
		content_type + strlen(media_type),
		content_type + strlen(content_type)
	};
	struct span	name, value, boundary = { NULL, 0 };
	const char	*text;

	while (!is_at_end(&rest)) {
		if (!take_parameter(&rest, &name, &value))
			return E_MALFORMED;
		if (!span_is(name, "boundary"))
			continue;
		if (boundary.at != NULL)
			return E_MALFORMED;
		boundary = value;
	}
	if (boundary.at == NULL || !is_boundary(boundary))
		return E_MALFORMED;
	text = arena_printf(arena, "\r\n--%.*s", (int)boundary.size,
	    boundary.at);
	if (text == NULL)
		return E_INTERNAL;
	*out = (struct span){ text, strlen(text) };
	return OK;
}

/* The header of a part -------------------------------------------------- */

static enum err
keep_text(struct arena *arena, struct span span, const char **out)
{
	/* Twice the same is a part that two readers read differently. */
	if (*out != NULL || !text_is_valid(span.at, span.size))
		return E_MALFORMED;
	*out = arena_strndup(arena, span.at, span.size);
	return *out != NULL ? OK : E_INTERNAL;
}

static enum err
read_disposition(struct arena *arena, struct rest value, struct part *part)
{
	struct span	name, text;
	enum err	err;

	if (!span_is(take_until(&value, "; \t"), "form-data"))
		return E_MALFORMED;
	while (!is_at_end(&value)) {
		if (!take_parameter(&value, &name, &text))
			return E_MALFORMED;
		err = OK;
		if (span_is(name, "name"))
			err = keep_text(arena, text, &part->name);
		else if (span_is(name, "filename"))
			err = keep_text(arena, text, &part->filename);
		if (err != OK)
			return err;
	}
	return part->name != NULL ? OK : E_MALFORMED;
}

/* Bytes are bytes: an encoding would be another layer, which nobody uses. */
static bool
is_plain_encoding(struct span encoding)
{
	return span_is(encoding, "binary") || span_is(encoding, "8bit") ||
	    span_is(encoding, "7bit");
}

static enum err
read_header(struct arena *arena, struct span line, struct part *part)
{
	struct rest	rest = { line.at, line.at + line.size };
	struct span	name = take_until(&rest, ": \t");

	if (name.size == 0 || !take_text(&rest, ":", 1))
		return E_MALFORMED;
	skip_blanks(&rest);
	if (span_is(name, "Content-Disposition"))
		return part->name != NULL ? E_MALFORMED :
		    read_disposition(arena, rest, part);
	if (span_is(name, "Content-Type"))
		return keep_text(arena, take_until(&rest, "; \t"),
		    &part->type);
	if (span_is(name, "Content-Transfer-Encoding"))
		return is_plain_encoding(take_until(&rest, " \t")) ? OK :
		    E_MALFORMED;
	return OK;
}

/* A line up to its CRLF, in which neither stands alone. */
static bool
take_line(struct rest *rest, struct span *out)
{
	const struct span line = take_until(rest, "\r\n");

	if (line.size > PART_HEADER_MAX || !take_text(rest, "\r\n", 2))
		return false;
	*out = line;
	return true;
}

static enum err
read_headers(struct arena *arena, struct rest *rest, struct part *part)
{
	struct span	line;
	enum err	err;
	int		count;

	for (count = 0; count <= PART_HEADERS_MAX; count++) {
		if (!take_line(rest, &line))
			return E_MALFORMED;
		if (line.size == 0)
			return part->name != NULL ? OK : E_MALFORMED;
		if ((err = read_header(arena, line, part)) != OK)
			return err;
	}
	return E_MALFORMED;
}

/* The body -------------------------------------------------------------- */

static enum err
read_part(struct arena *arena, struct rest *rest, struct span delimiter,
    struct part **out)
{
	struct part	*part;
	const char	*end;
	enum err	 err;

	if ((part = arena_alloc(arena, sizeof(*part))) == NULL)
		return E_INTERNAL;
	if ((err = read_headers(arena, rest, part)) != OK)
		return err;
	/* The end of the header is the beginning of an empty part's end. */
	end = memmem(rest->at - 2, (size_t)(rest->end - rest->at) + 2,
	    delimiter.at, delimiter.size);
	if (end == NULL)
		return E_MALFORMED;
	part->bytes = rest->at;
	part->size = end < rest->at ? 0 : (size_t)(end - rest->at);
	rest->at = end + delimiter.size;
	*out = part;
	return OK;
}

enum err
multipart_parse(struct arena *arena, const char *content_type,
    const char *body, size_t size, struct part **out)
{
	struct rest	  rest = { body, body + size };
	struct part	 *first = NULL, **last = &first;
	struct span	  delimiter;
	enum err	  err;
	int		  count = 0;

	if ((err = find_delimiter(arena, content_type, &delimiter)) != OK)
		return err;
	if (!take_text(&rest, delimiter.at + 2, delimiter.size - 2))
		return E_MALFORMED;
	while (!take_text(&rest, "--", 2)) {
		if (!take_text(&rest, "\r\n", 2) || count++ == PARTS_MAX)
			return E_MALFORMED;
		if ((err = read_part(arena, &rest, delimiter, last)) != OK)
			return err;
		last = &(*last)->next;
	}
	/* Some clients end their last line, others do not. */
	(void)take_text(&rest, "\r\n", 2);
	if (rest.at != rest.end)
		return E_MALFORMED;
	*out = first;
	return OK;
}
