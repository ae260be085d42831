/* All accounts: the collection. */
#ifndef DARBAN_USERS_H
#define DARBAN_USERS_H

#include "base/ctx.h"
#include "store/store.h"

/*
 * The account with this id, which is text as a request carries it: cast here,
 * and nowhere else.  E_BAD_ID: not 24 hex digits, and the store is not asked;
 * E_NOT_FOUND, E_UNAVAILABLE, E_INTERNAL.
 */
enum err	users_find_by_id(struct ctx *ctx, const char *id,
		    struct user **out) NODISCARD;

/*
 * The account that a person means who types `name`: a username, trimmed and
 * in lower case (as it is, then in NFC), else an e-mail address (as typed,
 * then in lower case).  E_NOT_FOUND, E_UNAVAILABLE, E_INTERNAL.
 */
enum err	users_find_by_login(struct ctx *ctx, const char *name,
		    struct user **out) NODISCARD;

/*
 * A new account with id and times set here; the texts of `user` are as
 * clean_* of policy.h made them, `password` is not yet hashed.  E_MEMBER: a
 * field or the password is not as policy.h wants it; E_EXISTS names the field
 * that is taken; E_BUSY, E_UNAVAILABLE, E_INTERNAL.
 */
enum err	users_insert(struct ctx *ctx, struct user *user,
		    const char *password) NODISCARD;

#endif
