/*
 * What was asked.  Made from the CGI meta-variables, then filled in the order
 * of dispatch.c's checks; a handler sees only values that its endpoint
 * declared and that were found good.  Everything lives in the arena.
 */
#ifndef DARBAN_REQUEST_H
#define DARBAN_REQUEST_H

#include "base/ctx.h"
#include "base/json.h"
#include "http/cookie.h"
#include "http/transport.h"

enum {
	METHOD_GET	= 1 << 0,
	METHOD_HEAD	= 1 << 1,
	METHOD_POST	= 1 << 2,
	METHOD_PUT	= 1 << 3,
	METHOD_PATCH	= 1 << 4,
	METHOD_DELETE	= 1 << 5,
	METHOD_OPTIONS	= 1 << 6,
};

/* A member of the body, as it was sent. */
struct member {
	const char	*name;
	enum json_type	 type;
	const char	*text;		/* where type is JSON_TEXT */
	bool		 yes;		/* where type is JSON_BOOL */
	bool		 from_form;	/* a text that may mean a boolean */
	struct member	*next;
};

/* Of the members that are ONE_OF, blank text counts as absent. */
enum presence { OPTIONAL, REQUIRED, ONE_OF };

/*
 * A member that an endpoint takes.  `problem` says what is wrong with a text
 * (NULL where nothing is); without one the member is a boolean.  An array of
 * them ends with a row without a name.
 */
struct field {
	const char	*name;
	const char	*(*problem)(const char *text);
	enum presence	 presence;
};

/* A file that came in the body, or that is the whole of it (upload.h). */
struct file {
	const char		*name;	/* of its field */
	const char		*type;	/* as declared, or NULL */
	const unsigned char	*bytes;
	size_t			 size;
	struct file		*next;
};

/* A file that an endpoint takes; the last row of an array has no name. */
struct file_field {
	const char	*name;
	enum presence	 presence;	/* OPTIONAL or REQUIRED */
};

enum { FIELDS_MAX = 16, FILES_MAX = 2 };	/* of one endpoint */

/* Which credential an endpoint wants. */
enum access {
	ANYONE,
	REGISTRATION,		/* anyone, where `registration = open` */
	ACCESS_TOKEN,		/* req->user and req->session are there */
	REFRESH_TOKEN,		/* one is presented; the handler judges it */
	EITHER_TOKEN,		/* likewise, of either kind */
};

struct request {
	const struct transport	*transport;
	unsigned		 method;	/* METHOD_*, 0: unknown */
	const char		*content_type;	/* or NULL */
	size_t			 content_length;
	bool			 is_https;	/* as the client sees it */

	/* As presented; NULL where there is none (credentials.h). */
	const char		*cookies[COOKIE__MAX];
	const char		*bearer;
	const char		*legacy;	/* of an earlier system */

	/* Which page made a browser send it; NULL where unsaid (origin.h). */
	const char		*origin;
	const char		*fetch_site;

	struct member		*members;	/* of the body */
	const struct member	*values[FIELDS_MAX];	/* by field, or NULL */
	struct file		*sent;		/* the files of the body */
	const struct file	*files[FILES_MAX];	/* by field, or NULL */

	/* Whom an endpoint with .access = ACCESS_TOKEN serves. */
	struct user		*user;
	struct session		*session;
};

/* A meta-variable, or NULL where it is absent or empty. */
const char	*request_variable(const struct request *req,
		    const char *name);

/*
 * A meta-variable that stands for a header field which decides something:
 * as above, but E_MALFORMED where it is there more than once.
 */
enum err	 request_header(const struct request *req, const char *name,
		    const char **out) NODISCARD;

/*
 * What the query names `name`, as it stands there: not decoded, because
 * nothing that is asked for here needs it.  E_INPUT: it is not there;
 * E_MALFORMED: it is there twice; E_INTERNAL.
 */
enum err	 request_query(struct ctx *ctx, const struct request *req,
		    const char *name, const char **out) NODISCARD;

/*
 * Method, type and length.  E_MALFORMED: the length is not a number, or there
 * is a body without one.
 */
enum err	 request_start(struct request *req) NODISCARD;

/* Whether the body is declared to be of this type, in UTF-8 or unsaid. */
bool		 request_has_type(const struct request *req,
		    const char *type);

/*
 * Before a body is read: E_TOO_LARGE above `max` bytes; E_MEDIA_TYPE where it
 * is neither JSON nor a form.  No body is fine.
 */
enum err	 request_check_body(const struct request *req, size_t max)
		    NODISCARD;

/*
 * All bytes of the body, and a NUL behind them; there must be one.
 * E_MALFORMED: fewer than Content-Length said; E_UNAVAILABLE: it took longer
 * than the request may; E_INTERNAL.
 */
enum err	 request_read_bytes(struct ctx *ctx,
		    const struct request *req, char **out) NODISCARD;

/*
 * Reads the body into `members`.  E_MALFORMED: fewer bytes than
 * Content-Length said, not UTF-8, a NUL, not a JSON object, a bad escape;
 * E_UNAVAILABLE: it took longer than the request may; E_INTERNAL.
 */
enum err	 request_read_body(struct ctx *ctx, struct request *req)
		    NODISCARD;

/*
 * Fits the members to the fields.  E_INPUT: a required one is missing; else
 * E_MEMBER: one is unknown, doubled, of the wrong type, or its text has a
 * problem.  Each is named in the answer's `errors`.
 */
enum err	 request_bind(struct ctx *ctx, struct request *req,
		    const struct field *fields) NODISCARD;

/* The good value of a field by its index: NULL or false where absent. */
const struct file *request_file(const struct request *req, size_t field);
const char	*request_field(const struct request *req, size_t field);
bool		 request_flag(const struct request *req, size_t field);

#endif
