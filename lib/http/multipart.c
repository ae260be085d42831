#include "base/base.h"
#include "base/err.h"
#include "base/arena.h"
#include "base/text.h"
#include "http/multipart.h"
#include "http/parameter.h"

static const char media_type[] = "multipart/form-data";

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

	while (!rest_is_over(&rest)) {
		if (!parameter_take(&rest, &name, &value))
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
	const char	*extended = NULL;
	struct span	 name, text;
	enum err	 err;

	if (!span_is(rest_take_until(&value, "; \t"), "form-data"))
		return E_MALFORMED;
	while (!rest_is_over(&value)) {
		if (!parameter_take(&value, &name, &text))
			return E_MALFORMED;
		err = OK;
		if (span_is(name, "name"))
			err = keep_text(arena, text, &part->name);
		else if (span_is(name, "filename"))
			err = keep_text(arena, text, &part->filename);
		else if (span_is(name, "filename*"))
			err = keep_text(arena, text, &extended);
		if (err != OK)
			return err;
	}
	/* RFC 7578 forbids it; older clients write names beyond ASCII so. */
	if (part->filename == NULL)
		part->filename = extended;
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
	struct span	name = rest_take_until(&rest, ": \t");

	if (name.size == 0 || !rest_take(&rest, ":", 1))
		return E_MALFORMED;
	rest_skip_blanks(&rest);
	if (span_is(name, "Content-Disposition"))
		return part->name != NULL ? E_MALFORMED :
		    read_disposition(arena, rest, part);
	if (span_is(name, "Content-Type"))
		return keep_text(arena, rest_take_until(&rest, "; \t"),
		    &part->type);
	if (span_is(name, "Content-Transfer-Encoding"))
		return is_plain_encoding(rest_take_until(&rest, " \t")) ? OK :
		    E_MALFORMED;
	return OK;
}

/* A line up to its CRLF, in which neither stands alone. */
static bool
take_line(struct rest *rest, struct span *out)
{
	const struct span line = rest_take_until(rest, "\r\n");

	if (line.size > PART_HEADER_MAX || !rest_take(rest, "\r\n", 2))
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
	if (!rest_take(&rest, delimiter.at + 2, delimiter.size - 2))
		return E_MALFORMED;
	while (!rest_take(&rest, "--", 2)) {
		if (!rest_take(&rest, "\r\n", 2) || count++ == PARTS_MAX)
			return E_MALFORMED;
		if ((err = read_part(arena, &rest, delimiter, last)) != OK)
			return err;
		last = &(*last)->next;
	}
	/* Some clients end their last line, others do not. */
	(void)rest_take(&rest, "\r\n", 2);
	if (rest.at != rest.end)
		return E_MALFORMED;
	*out = first;
	return OK;
}
