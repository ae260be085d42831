/*
 * A request and its answer without a server: meta-variables, a body, and a
 * buffer for what is answered.
 */
#ifndef TEST_EXCHANGE_H
#define TEST_EXCHANGE_H

#include "base/base.h"
#include "http/transport.h"

/* Last, because its fail() is a macro. */
#include <setjmp.h>
#include <cmocka.h>

enum { VARIABLES_MAX = 12 };

struct exchange {
	struct transport	 transport;
	char			*environment[VARIABLES_MAX + 1];
	size_t			 count;
	const char		*body;
	size_t			 left;		/* of it, not yet read */
	char			 answer[16384];
	size_t			 size;
};

static inline size_t
exchange_read(void *arg, void *out, size_t size)
{
	struct exchange	*x = arg;
	const size_t	 n = size < x->left ? size : x->left;

	if (n > 0)
		memcpy(out, x->body, n);
	x->body += n;
	x->left -= n;
	return n;
}

static inline void
exchange_write(void *arg, const void *data, size_t size)
{
	struct exchange *x = arg;

	assert_true(size < sizeof(x->answer) - x->size);
	memcpy(x->answer + x->size, data, size);
	x->size += size;
	x->answer[x->size] = '\0';
}

/* A new exchange: nothing is asked yet, nothing is answered. */
static inline struct exchange *
exchange_new(void)
{
	struct exchange *x = calloc(1, sizeof(*x));

	assert_non_null(x);
	x->body = "";
	x->transport = (struct transport){
		.environment = x->environment,
		.read = exchange_read,
		.write = exchange_write,
		.arg = x,
	};
	return x;
}

/* One more meta-variable. */
static inline void
exchange_add(struct exchange *x, const char *name, const char *value)
{
	assert_true(x->count < VARIABLES_MAX);
	assert_true(asprintf(&x->environment[x->count++], "%s=%s", name,
	    value) > 0);
}

/* The body, of this type, and the length that goes with it. */
static inline void
exchange_body(struct exchange *x, const char *type, const char *body)
{
	char length[24];

	(void)snprintf(length, sizeof(length), "%zu", strlen(body));
	exchange_add(x, "CONTENT_TYPE", type);
	exchange_add(x, "CONTENT_LENGTH", length);
	x->body = body;
	x->left = strlen(body);
}

static inline void
exchange_free(struct exchange *x)
{
	size_t i;

	for (i = 0; i < x->count; i++)
		free(x->environment[i]);
	free(x);
}

#endif
