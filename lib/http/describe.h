/* What of an account the world may see. */
#ifndef DARBAN_DESCRIBE_H
#define DARBAN_DESCRIBE_H

#include "base/json.h"
#include "store/store.h"

/*
 * Adds `_id, username, email, fullName, avatar, coverImage, watchHistory,
 * createdAt, updatedAt`, and `__v` where the record has it.  Passwords,
 * counters and nonces never leave the library.
 */
void	user_describe(struct arena *arena, const struct user *user,
	    struct json *out);

/*
 * Adds to an array `_id, createdAt, lastUsedAt, expiresAt, userAgent, ip` and
 * `current` of each session: whether it is that one.
 */
void	sessions_describe(struct arena *arena, const struct session *sessions,
	    size_t count, const struct session *current, struct json *out);

#endif
