#include "base/base.h"
#include "base/err.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/crypto.h"
#include "base/conf.h"
#include "base/ctx.h"
#include "store/store.h"
#include "account/policy.h"
#include "account/token.h"
#include "account/user.h"

void
user_set_username(struct user *user, const char *username)
{
	user->username = username;
	user->changed |= USER_USERNAME;
}

void
user_set_email(struct user *user, const char *email)
{
	user->email = email;
	user->changed |= USER_EMAIL;
}

void
user_set_full_name(struct user *user, const char *full_name)
{
	user->full_name = full_name;
	user->changed |= USER_FULL_NAME;
}

void
user_set_disabled(struct user *user, bool disabled)
{
	user->disabled = disabled;
	user->changed |= USER_DISABLED;
	if (disabled)
		user->changed |= USER_EPOCH;
}

void
user_note(struct ctx *ctx, const struct user *user, const char *format, ...)
{
	char	hex[ID_HEX_SIZE], what[64];
	va_list	args;

	va_start(args, format);
	(void)vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	if (user == NULL) {
		ctx_note(ctx, "%s", what);
		return;
	}
	id_hex(&user->id, hex);
	ctx_note(ctx, "%s user=%s", what, hex);
}

enum err
user_validate(struct ctx *ctx, const struct user *user, unsigned fields)
{
	const struct {
		unsigned	 field;
		const char	*name, *problem;
	} rows[] = {
		{ USER_USERNAME, "username",
		    username_problem(user->username) },
		{ USER_EMAIL, "email", email_problem(user->email) },
		{ USER_FULL_NAME, "fullName",
		    full_name_problem(user->full_name) },
	};
	enum err	err = OK;
	size_t		i;

	for (i = 0; i < NELEMS(rows); i++)
		if ((fields & rows[i].field) != 0 && rows[i].problem != NULL &&
		    err != E_INTERNAL)
			err = fail_member(ctx, E_MEMBER, rows[i].name,
			    rows[i].problem);
	return err;
}

/*
 * What somebody typed, once it is clean, is another name than the old one.
 * The old one itself is not, though an earlier system kept it unclean.
 */
static bool
is_new(const char *typed, const char *name, const char *old)
{
	return name != NULL && (old == NULL ||
	    (strcmp(name, old) != 0 && strcmp(typed, old) != 0));
}

enum err
user_rename(struct ctx *ctx, struct user *user,
    const struct user_names *names)
{
	const char *username = clean_username(ctx->arena, names->username);
	const char *email = clean_email(ctx->arena, names->email);
	const char *full_name = clean_full_name(ctx->arena,
	    names->full_name);

	if (names->username == NULL && names->email == NULL &&
	    names->full_name == NULL)
		return fail_member(ctx, E_INPUT, "fullName",
		    "or email or username is required");
	if (arena_failed(ctx->arena))
		return E_INTERNAL;
	if (is_new(names->username, username, user->username))
		user_set_username(user, username);
	if (is_new(names->email, email, user->email))
		user_set_email(user, email);
	if (is_new(names->full_name, full_name, user->full_name))
		user_set_full_name(user, full_name);
	return user_validate(ctx, user, user->changed);
}

enum err
user_taken(struct ctx *ctx, unsigned taken)
{
	return fail_member(ctx, E_EXISTS,
	    taken == USER_USERNAME ? "username" : "email", "is taken");
}

/*
 * By what an account is found may have been changed on the strength of a
 * password: it must still be the one, or whoever knows the old one wins a
 * race against its owner.  A record without a password has none to prove.
 */
static struct user_expected
expected_of(const struct user *user)
{
	const unsigned	renamed = USER_USERNAME | USER_EMAIL;
	const bool	is_bound = (user->changed & renamed) != 0 &&
	    (user->changed & USER_PASSWORD) == 0 &&
	    user->password != NULL && *user->password != '\0';

	return (struct user_expected){
		.password = is_bound ? user->password : NULL,
	};
}

enum err
user_save(struct ctx *ctx, struct user *user, enum save how)
{
	const struct user_expected	expected = expected_of(user);
	unsigned			taken = 0;
	enum err			err;

	if (how == SAVE_VALIDATED &&
	    (err = user_validate(ctx, user, USER_NAMES)) != OK)
		return err;

	user->updated_at = ctx->now;
	err = store_user_update(ctx->store, user, user->changed, &expected,
	    how == SAVE_VALIDATED, &taken);
	if (err == E_EXISTS)
		return user_taken(ctx, taken);
	if (err == OK)
		user->changed = 0;
	return err;
}

enum err
user_swap_picture(struct ctx *ctx, struct user *user, unsigned field,
    const char *address, const char **old)
{
	const bool			  is_avatar = field == USER_AVATAR;
	const char			**picture = is_avatar ?
	    &user->avatar : &user->cover_image;
	const char			 *had = *picture;
	const struct user_expected	  expected = {
		.avatar = is_avatar ? had : NULL,
		.cover_image = is_avatar ? NULL : had,
	};
	unsigned			  taken;
	enum err			  err, again;

	*picture = address;
	user->updated_at = ctx->now;
	err = store_user_update(ctx->store, user, field, &expected, false,
	    &taken);
	if (err == OK)
		*old = had;
	else
		*picture = had;
	if (err == E_STALE && (again = store_user_by_id(ctx->store,
	    ctx->arena, &user->id, user)) != OK)
		return again;
	return err;
}

enum err
user_access_token(struct ctx *ctx, const struct user *user,
    const struct session *session, char **out)
{
	const struct claims claims = {
		.user = user->id,
		.session = session->id,
		.issued_at = session->rotated_at / 1000,
		.expires_at =
		    (session->rotated_at + ctx->conf->access_ttl) / 1000,
		.username = user->username,
		.email = user->email,
		.full_name = user->full_name,
	};

	return token_make(ctx, TOKEN_ACCESS, &claims, out);
}
