/*
 * What new values must be.  Values that an earlier system left may be
 * otherwise; such an account still logs in.
 */
#ifndef DARBAN_POLICY_H
#define DARBAN_POLICY_H

#include "base/ctx.h"
#include "store/store.h"

/*
 * The value as it is stored: trimmed, usernames and addresses in lower case,
 * usernames and full names in NFC.  NULL where there is no memory.
 */
char		*clean_username(struct arena *arena, const char *text);
char		*clean_email(struct arena *arena, const char *text);
char		*clean_full_name(struct arena *arena, const char *text);

/*
 * What is wrong with a clean value, in words that follow the member's name;
 * NULL where nothing is.  A value that is not there (NULL) is empty.
 */
const char	*username_problem(const char *username);
const char	*email_problem(const char *email);
const char	*full_name_problem(const char *full_name);

/*
 * The same of a new password, in NFC, of this account: `password_min` to 256
 * code points, at most PASSWORD_MAX bytes, not on the block list as a whole,
 * in whatever case, and none of the account's own names.  `*problem` is NULL
 * where nothing is wrong.  Copies of it stay in the request's arena until
 * that is wiped.  E_CONFIG: there is no list; E_INTERNAL.
 */
enum err	 password_problem(struct ctx *ctx, const struct user *user,
		    const char *password, const char **problem) NODISCARD;

/*
 * What is wrong with a name or a password at login, where it could not be
 * anybody's, whatever system it is of.  Any text is a token until token_read
 * has judged it.
 */
const char	*login_name_problem(const char *name);
const char	*login_password_problem(const char *password);
const char	*any_text(const char *text);

#endif
