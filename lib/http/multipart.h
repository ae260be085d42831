/*
 * Bodies of type multipart/form-data (RFC 7578), read as browsers and the
 * usual clients write them and no other way: CRLF at the ends of lines,
 * nothing before the first boundary, the closing one at the end.
 */
#ifndef DARBAN_MULTIPART_H
#define DARBAN_MULTIPART_H

#include "base/base.h"
#include "base/arena.h"
#include "base/err.h"

enum {
	BOUNDARY_MAX = 70,		/* RFC 2046 section 5.1.1 */
	PARTS_MAX = 32,
	PART_HEADERS_MAX = 8,
	PART_HEADER_MAX = 1024,		/* bytes of one line */
};

/* One part; `bytes` point into the body and have no NUL behind them. */
struct part {
	const char	*name;
	const char	*filename;	/* NULL: it is no file */
	const char	*type;		/* as declared, or NULL */
	const char	*bytes;
	size_t		 size;
	struct part	*next;
};

/* Whether a Content-Type is multipart/form-data. */
bool		multipart_is(const char *content_type);

/*
 * The parts of a body in their order.  E_MALFORMED: no boundary, or a body
 * that is not of this form, is cut, has more than PARTS_MAX parts, or whose
 * names are not UTF-8; E_INTERNAL.
 */
enum err	multipart_parse(struct arena *arena,
		    const char *content_type, const char *body, size_t size,
		    struct part **out) NODISCARD;

#endif
