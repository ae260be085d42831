/*
 * An account as a line of JSON: a document of a Mongoose application's
 * collection `users`, in Extended JSON, with what darban adds to it.
 */
#ifndef DARBAN_RECORD_H
#define DARBAN_RECORD_H

#include "base/base.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "store/store.h"

struct record {
	struct user	 user;
	/* Members that nobody here knows, or of another type: not in `user`. */
	const char	**lost;
	size_t		 lost_count;
};

/*
 * Reads one.  What breaks today's rules is kept as it is, because an account
 * that does still logs in.  E_MEMBER: it never could, or is no account, and
 * `*problem` says why; E_INTERNAL.
 */
enum err	 record_read(struct arena *arena, const char *text,
		    size_t size, struct record *out, const char **problem)
		    NODISCARD;

/* The same account, to be read or imported elsewhere; NULL: no memory. */
struct json	*record_make(struct arena *arena, const struct user *user);

#endif
