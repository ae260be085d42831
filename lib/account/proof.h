/*
 * The current password, asked for again: whoever holds a session is not
 * always who opened it.
 */
#ifndef DARBAN_PROOF_H
#define DARBAN_PROOF_H

#include "base/ctx.h"
#include "store/store.h"

/*
 * E_PASSWORD unless `password` is that of the account.  It may be tried as
 * often as a login by name: E_THROTTLED; E_BUSY, E_UNAVAILABLE, E_INTERNAL.
 */
enum err	user_prove_password(struct ctx *ctx, const struct user *user,
		    const char *password) NODISCARD;

/*
 * Replaces the password `old`, which is proved, by `new`, and ends all
 * sessions of the account but `session`; the instances are what is stored
 * then.  Errors as of user_prove_password and user_set_password, about a
 * member `newPassword`; E_STALE where the password was changed by
 * somebody else meanwhile.
 */
enum err	user_change_password(struct ctx *ctx, struct user *user,
		    struct session *session, const char *old,
		    const char *new) NODISCARD;

/*
 * Where the instance has another username or address than the record, whoever
 * asks for that must prove the password: E_INPUT where it is NULL, else as
 * user_prove_password.  An earlier system's front-ends (`compat = chai`) do
 * not know that, and are not asked.
 */
enum err	user_prove_rename(struct ctx *ctx, const struct user *user,
		    const char *password) NODISCARD;

#endif
