/* All sessions of one account: its devices, as their owner sees them. */
#ifndef DARBAN_SESSIONS_H
#define DARBAN_SESSIONS_H

#include "base/ctx.h"
#include "store/store.h"

/*
 * The live ones, the newest first, in the arena.  E_UNAVAILABLE, E_INTERNAL.
 */
enum err	sessions_list(struct ctx *ctx, const struct user *user,
		    struct session **out, size_t *count) NODISCARD;

/* When the session ends unless it is used: whichever limit comes first. */
int64_t		session_expires_at(const struct session *session);

/*
 * Ends the session that `id`, text as a request carries it, names.
 * E_NOT_FOUND: not an id, of nobody, of somebody else, or not alive any more,
 * all alike; E_UNAVAILABLE, E_INTERNAL.
 */
enum err	sessions_end_one(struct ctx *ctx, const struct user *user,
		    const char *id) NODISCARD;

#endif
