/*
 * The structured values of header fields: `form-data; name="avatar"`.  Read
 * from the front, piece by piece, without copying: a span points into the
 * bytes that it was read from, which may hold anything, NUL too.
 */
#ifndef DARBAN_PARAMETER_H
#define DARBAN_PARAMETER_H

#include "base/base.h"

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

/* Whether it is this text; case is ignored. */
bool		span_is(struct span span, const char *text) NODISCARD;

/* Reads exactly these bytes; false, and nothing read, where others stand. */
bool		rest_take(struct rest *rest, const char *bytes, size_t size);

/* Reads up to one of `stops`, a NUL, or the end. */
struct span	rest_take_until(struct rest *rest, const char *stops);

/* Reads over spaces and tabs. */
void		rest_skip_blanks(struct rest *rest);

/* Whether nothing is left but spaces and tabs. */
bool		rest_is_over(struct rest *rest) NODISCARD;

/*
 * Reads `; name=value` or `; name="value"`, with blanks before either word
 * (RFC 9110 section 5.6.6).  What stands between quotes is left as it is,
 * backslashes too.  False where something else stands, or an unquoted value
 * is empty.
 */
bool		parameter_take(struct rest *rest, struct span *name,
		    struct span *value) NODISCARD;

#endif
