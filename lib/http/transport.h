/*
 * Where a request comes from and its answer goes: a FastCGI connection, the
 * standard streams of a plain CGI program, or a test.
 */
#ifndef DARBAN_TRANSPORT_H
#define DARBAN_TRANSPORT_H

#include "base/base.h"

struct transport {
	/* CGI meta-variables (RFC 3875) as NAME=VALUE, NULL at the end. */
	char	*const *environment;
	/* Reads up to `size` bytes of the body; fewer only at its end. */
	size_t	(*read)(void *arg, void *out, size_t size);
	/* Writes all of it, or gives up: the client may be gone. */
	void	(*write)(void *arg, const void *data, size_t size);
	void	*arg;
};

#endif
