/*
 * What is answered.  Nothing is sent before the handler has returned, so that
 * a late failure is still a whole, clean answer.
 */
#ifndef DARBAN_RESPONSE_H
#define DARBAN_RESPONSE_H

#include "base/ctx.h"
#include "base/json.h"
#include "http/transport.h"

struct header {
	const char	*name;
	const char	*value;
	struct header	*next;
};

struct response {
	struct arena	*arena;
	int		 status;
	struct json	*data;		/* of a success */
	const char	*message;	/* of a success */
	struct header	*headers;	/* beyond those of every answer */
};

void		 response_start(struct response *res, struct arena *arena);

/* The object `data`, and a new object in it by name; or `data` as an array. */
struct json	*response_data(struct response *res);
struct json	*response_array(struct response *res);
struct json	*response_object(struct response *res, const char *name);

/* The success is 201: something is there that was not. */
void		 response_created(struct response *res);

/* The text for people; kept, not copied. */
void		 response_message(struct response *res, const char *message);

/* One more header; both are kept, and a NULL value is nothing. */
void		 response_header(struct response *res, const char *name,
		    const char *value);

/*
 * Sends the answer: the success that the handler made where `err` is OK, else
 * what the table in err.c and `ctx` say.  `with_body` is false for HEAD.
 */
void		 response_send(struct ctx *ctx, struct response *res,
		    enum err err, bool with_body,
		    const struct transport *transport);

#endif
