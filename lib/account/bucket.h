/*
 * What attempts are counted under (throttle.h): a kind, which has its rule,
 * and a key in the store.  Keys are MACs: the store learns no names or
 * addresses.
 */
#ifndef DARBAN_BUCKET_H
#define DARBAN_BUCKET_H

#include "base/ctx.h"
#include "store/store.h"
#include "account/throttle.h"

/* How the kind is limited, and its name for the log. */
const struct throttle_rule *bucket_rule(enum throttle what);
const char	*bucket_name(enum throttle what);

/* The key of a device or an account.  E_INTERNAL, as of all that follow. */
enum err	bucket_of_id(struct ctx *ctx, enum throttle what,
		    const struct id *id, struct throttle_key *out) NODISCARD;

/* That of the net in which the client is. */
enum err	bucket_of_net(struct ctx *ctx, enum throttle what,
		    struct throttle_key *out) NODISCARD;

/* That of a name, the same for all its spellings. */
enum err	bucket_of_login(struct ctx *ctx, const char *name,
		    struct throttle_key *out) NODISCARD;

/* That of `user`, or (NULL) of whoever would have the name of that key. */
enum err	bucket_of_account(struct ctx *ctx, const struct user *user,
		    const struct throttle_key *name,
		    struct throttle_key *out) NODISCARD;

#endif
