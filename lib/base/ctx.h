/*
 * What one request (or one command) has at hand, and what it has to say about
 * its failure.  Made by the endpoint loop or by the command-line program;
 * everything it points to outlives the request but what is in the arena.
 */
#ifndef DARBAN_CTX_H
#define DARBAN_CTX_H

#include "base/base.h"
#include "base/arena.h"
#include "base/err.h"

/* A member of the request that is missing or wrong. */
struct member_error {
	const char		*field;
	const char		*message;
	struct member_error	*next;
};

/* More than any endpoint has members: the rest is somebody's game. */
enum { MEMBER_ERRORS_MAX = 16 };

struct ctx {
	struct arena		*arena;
	const struct conf	*conf;
	const struct keyring	*keys;
	struct store		*store;
	int64_t			 now;		/* when the request came */
	int64_t			 deadline;	/* clock_monotonic, or 0 */
	const char		*address;	/* of the client, or "" */
	const char		*user_agent;	/* or "" */

	const char		*message;	/* for the client, or NULL */
	struct member_error	*member_errors;
	bool			 drop_cookies;	/* the tokens are dead */
	int64_t			 retry_after;	/* ms, where E_THROTTLED */

	const char		*note;		/* for the log, or NULL */
};

/* Says what the client may read about `err`, and returns `err`. */
enum err	fail(struct ctx *ctx, enum err err, const char *message)
		    NODISCARD;

/*
 * The same about one member: the message goes into `errors`, as long as there
 * are not MEMBER_ERRORS_MAX already.  E_INTERNAL instead where there is no
 * memory.
 */
enum err	fail_member(struct ctx *ctx, enum err err, const char *field,
		    const char *message) NODISCARD;

/*
 * What happened to which account, for the one line that the log has about
 * this request; a later note replaces an earlier one.  No secrets.
 */
void		ctx_note(struct ctx *ctx, const char *format, ...)
		    PRINTF(2, 3);

#endif
