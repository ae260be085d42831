#include "base/base.h"
#include "base/err.h"
#include "base/conf.h"
#include "base/ctx.h"
#include "base/log.h"
#include "store/store.h"
#include "account/authenticate.h"
#include "account/proof.h"
#include "account/throttle.h"
#include "account/user.h"

enum err
user_prove_password(struct ctx *ctx, const struct user *user,
    const char *password)
{
	struct attempt	attempt;
	bool		correct;
	enum err	err;

	if ((err = attempt_begin_proof(ctx, user, &attempt)) != OK)
		return err;
	err = user_is_password_correct(ctx, user, password, &correct);
	if (err != OK) {
		attempt_cancel(ctx, &attempt);
		return err;
	}
	if (!correct) {
		user_note(ctx, user, "wrong password");
		return E_PASSWORD;
	}
	attempt_succeed(ctx, &attempt, user);
	return OK;
}

/*
 * The password is changed and that is answered, whatever becomes of this: a
 * session that could not be kept is dead, and its owner logs in again.
 */
static void
keep_only(struct ctx *ctx, struct user *user, struct session *session)
{
	int64_t count;

	if (store_session_keep(ctx->store, &session->id, user->epoch) != OK)
		log_warn("the session of a new password was not kept");
	else
		session->epoch = user->epoch + 1;
	user->epoch++;
	/* They are dead by their epoch; this says when and why. */
	if (store_session_end_all(ctx->store, &user->id, &session->id,
	    "password", ctx->now, &count) != OK)
		log_warn("sessions of an old password are not marked as ended");
}

enum err
user_change_password(struct ctx *ctx, struct user *user,
    struct session *session, const char *old, const char *new)
{
	const struct user_expected	proved = { .password = user->password };
	unsigned			taken;
	enum err			err;

	if ((err = user_check_password(ctx, user, "newPassword",
	    new)) != OK ||
	    (err = user_prove_password(ctx, user, old)) != OK ||
	    (err = user_set_password(ctx, user, "newPassword", new)) != OK)
		return err;
	user->updated_at = ctx->now;
	if ((err = store_user_update(ctx->store, user, user->changed,
	    &proved, false, &taken)) != OK)
		return err;
	user->changed = 0;
	keep_only(ctx, user, session);
	user_note(ctx, user, "password changed");
	return OK;
}

enum err
user_prove_rename(struct ctx *ctx, const struct user *user,
    const char *password)
{
	if ((user->changed & (USER_USERNAME | USER_EMAIL)) == 0 ||
	    ctx->conf->compat == COMPAT_CHAI)
		return OK;
	if (password == NULL)
		return fail_member(ctx, E_INPUT, "password", "is required");
	return user_prove_password(ctx, user, password);
}
