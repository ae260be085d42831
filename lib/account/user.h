/*
 * One account.  What belongs to one is a function on the instance, user_*;
 * what belongs to all is on the collection, users_* (see users.h).  An
 * instance lives in the arena of its request.
 */
#ifndef DARBAN_USER_H
#define DARBAN_USER_H

#include "base/ctx.h"
#include "store/store.h"

/*
 * Notes for the log (ctx_note) what happened, and to which account; NULL: to
 * none that there is.
 */
void		user_note(struct ctx *ctx, const struct user *user,
		    const char *format, ...) PRINTF(3, 4);

enum save { SAVE_VALIDATED, SAVE_UNVALIDATED };

/*
 * Set one value of the instance; user_save writes it.  The text is kept, not
 * copied, and is what clean_* of policy.h made of it.
 */
void		user_set_username(struct user *user, const char *username);
void		user_set_email(struct user *user, const char *email);
void		user_set_full_name(struct user *user, const char *full_name);

/* Disabling raises the epoch in the same write: its sessions are dead. */
void		user_set_disabled(struct user *user, bool disabled);

/* New names as somebody typed them; NULL: as it is. */
struct user_names {
	const char	*username;
	const char	*email;
	const char	*full_name;
};

/*
 * Sets the names that differ from those that the instance has, as they were
 * typed and once they are clean.  E_INPUT: all of them are NULL; E_MEMBER
 * names what is not as policy.h wants it; E_INTERNAL.
 */
enum err	user_rename(struct ctx *ctx, struct user *user,
		    const struct user_names *names) NODISCARD;

/*
 * Writes what was set since the last save, and `updated_at`.
 * SAVE_VALIDATED first sees that every field of the instance, changed or not,
 * is as policy.h wants it (E_MEMBER, the field named); SAVE_UNVALIDATED
 * writes only the fields that changed, so that a record which today's rules
 * would refuse can still be used.  E_EXISTS names the field that is taken;
 * E_NOT_FOUND: the account is gone; E_STALE: another username or address was
 * set, and the password has been changed meanwhile; E_UNAVAILABLE, E_INTERNAL.
 */
enum err	user_save(struct ctx *ctx, struct user *user, enum save how)
		    NODISCARD;

/*
 * Writes `address` as the picture `field` (USER_AVATAR or USER_COVER_IMAGE),
 * unvalidated, while the record has the one that the instance has; that one
 * is then `*old`.  E_STALE: it has another, and so has the instance now;
 * E_NOT_FOUND: the account is gone; E_UNAVAILABLE, E_INTERNAL.
 */
enum err	user_swap_picture(struct ctx *ctx, struct user *user,
		    unsigned field, const char *address, const char **old)
		    NODISCARD;

/*
 * Sees that these `fields` of the instance, of USER_USERNAME, USER_EMAIL and
 * USER_FULL_NAME, are as policy.h wants them.  E_MEMBER names those that are
 * not; E_INTERNAL.
 */
enum err	user_validate(struct ctx *ctx, const struct user *user,
		    unsigned fields) NODISCARD;

/* E_EXISTS, with the field that a store verb called `taken` named. */
enum err	user_taken(struct ctx *ctx, unsigned taken) NODISCARD;

/*
 * The short-lived token that is enough to know the user: of this account and
 * this session of it, counted from the session's last rotation, so that the
 * same row always makes the same token.  E_CONFIG, E_INTERNAL.
 */
enum err	user_access_token(struct ctx *ctx, const struct user *user,
		    const struct session *session, char **out) NODISCARD;

#endif
