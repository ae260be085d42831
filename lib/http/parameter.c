#include "base/base.h"
#include "http/parameter.h"

bool
span_is(struct span span, const char *text)
{
	return span.size == strlen(text) &&
	    strncasecmp(span.at, text, span.size) == 0;
}

bool
rest_take(struct rest *rest, const char *bytes, size_t size)
{
	if ((size_t)(rest->end - rest->at) < size ||
	    memcmp(rest->at, bytes, size) != 0)
		return false;
	rest->at += size;
	return true;
}

struct span
rest_take_until(struct rest *rest, const char *stops)
{
	const char *start = rest->at;

	while (rest->at < rest->end && *rest->at != '\0' &&
	    strchr(stops, *rest->at) == NULL)
		rest->at++;
	return (struct span){ start, (size_t)(rest->at - start) };
}

void
rest_skip_blanks(struct rest *rest)
{
	while (rest->at < rest->end &&
	    (*rest->at == ' ' || *rest->at == '\t'))
		rest->at++;
}

bool
rest_is_over(struct rest *rest)
{
	rest_skip_blanks(rest);
	return rest->at == rest->end;
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

bool
parameter_take(struct rest *rest, struct span *name, struct span *value)
{
	rest_skip_blanks(rest);
	if (!rest_take(rest, ";", 1))
		return false;
	rest_skip_blanks(rest);
	*name = rest_take_until(rest, "=; \t");
	if (name->size == 0 || !rest_take(rest, "=", 1))
		return false;
	if (rest_take(rest, "\"", 1))
		return take_quoted(rest, value);
	*value = rest_take_until(rest, "; \t");
	return value->size > 0;
}
