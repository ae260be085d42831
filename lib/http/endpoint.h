/*
 * An endpoint: what one method of one program takes, and the function that
 * answers it.  A program is a table of them that ends with a row without a
 * handler, and `return serve(table)`.
 */
#ifndef DARBAN_ENDPOINT_H
#define DARBAN_ENDPOINT_H

#include "http/request.h"
#include "http/response.h"

struct endpoint {
	unsigned		 methods;	/* GET means HEAD too */
	enum access		 access;
	size_t			 max_body;	/* bytes, but for files */
	const struct field	*fields;	/* or NULL: takes nothing */
	const struct file_field	*files;		/* or NULL (upload.h) */
	enum err		 (*handler)(struct ctx *ctx,
				    const struct request *req,
				    struct response *res);
};

enum { BODY_MAX = 16 * 1024 };	/* of everything but pictures */

struct app;

/*
 * Answers one request: the checks in their order (dispatch.c), the handler,
 * the answer, one line for the log.  The arena of `ctx` is wiped by the
 * caller.
 */
void	dispatch(struct app *app, const struct endpoint *table,
	    const struct transport *transport, struct ctx *ctx);

/*
 * Serves the table: as a FastCGI program where standard input is a listening
 * socket, until SIGTERM, else as a CGI program, once.  The exit status.
 */
int	serve(const struct endpoint *table);

#endif
