/*
 * darban user add, disable, enable, unlock, password, remove: one account
 * changes.
 *
 * What an earlier system left may break today's rules; whoever must lock such
 * an account out cannot wait until it is mended.  So all of them save without
 * validation what they changed, and nothing else.
 */
#include "command.h"
#include "base/clock.h"
#include "base/text.h"
#include "account/authenticate.h"
#include "account/policy.h"
#include "account/session.h"
#include "account/throttle.h"
#include "account/user.h"
#include "account/users.h"
#include "avatar/gallery.h"

/* A terminal that is not set to UTF-8 sends other bytes than it shows. */
static bool
is_text(const char *argument)
{
	return argument == NULL ||
	    text_is_valid(argument, strlen(argument));
}

/*
 * A username may consist of 24 hex digits.  Who registers under the id of
 * another account would be disabled in its stead, so what means two accounts
 * means none.
 */
enum outcome
find_user(struct invocation *in, const char *name, struct user **out)
{
	struct ctx	*ctx = &in->ctx;
	struct user	*user = NULL, *other = NULL;
	struct id	 id;
	enum err	 err = E_NOT_FOUND;

	if (is_text(name))
		err = users_find_by_login(ctx, name, &user);
	if ((err == OK || err == E_NOT_FOUND) && id_parse(name, &id))
		err = users_find_by_id(ctx, name, &other);
	if (err != OK && err != E_NOT_FOUND)
		return failed(in, err, name);

	if (user == NULL)
		user = other;
	if (user == NULL) {
		complain("%s: no such account", name);
		return COULD_NOT;
	}
	if (other != NULL && !id_equal(&other->id, &user->id)) {
		complain("%s: one account's username and another's id; "
		    "name it otherwise", name);
		return COULD_NOT;
	}
	*out = user;
	return DONE;
}

enum outcome
refuse_user_add(const struct invocation *in)
{
	if (in->value[OPTION_EMAIL] == NULL)
		return wrong_use(in, "--email is missing");
	if (!is_text(in->operand[0]) || !is_text(in->value[OPTION_EMAIL]) ||
	    !is_text(in->value[OPTION_FULL_NAME]))
		return wrong_use(in, "names are UTF-8");
	return DONE;
}

enum outcome
command_user_add(struct invocation *in)
{
	struct ctx	*ctx = &in->ctx;
	struct user	 user = { .id = { { 0 } } };
	const char	*name = in->operand[0], *password;
	const char	*full_name = in->value[OPTION_FULL_NAME];
	char		 hex[ID_HEX_SIZE];
	enum err	 err;

	user.username = clean_username(ctx->arena, name);
	user.email = clean_email(ctx->arena, in->value[OPTION_EMAIL]);
	user.full_name = clean_full_name(ctx->arena,
	    full_name == NULL ? name : full_name);
	if (arena_failed(ctx->arena))
		return failed(in, E_INTERNAL, name);

	/* users_insert looks too, but only after a password was typed. */
	if ((err = user_validate(ctx, &user, USER_NAMES)) != OK)
		return failed(in, err, name);
	if ((password = ask_password(ctx->arena)) == NULL)
		return COULD_NOT;
	/* People take their time. */
	ctx->now = clock_now();
	if ((err = users_insert(ctx, &user, password)) != OK)
		return failed(in, err, name);

	id_hex(&user.id, hex);
	log_act(&user, "account added");
	say("%s added: %s", user.username, hex);
	return DONE;
}

/*
 * The epoch has moved, so the sessions are dead already, and whatever login
 * raced this too; their rows are ended so that they say when and why.
 */
static enum outcome
end_sessions(struct invocation *in, const struct user *user,
    const char *reason, const char *said)
{
	int64_t		count = 0;
	enum err	err;

	err = session_end_all(&in->ctx, user, reason, &count);
	if (err != OK)
		return failed(in, err, in->operand[0]);
	say("%s %s; sessions ended: %" PRId64, in->operand[0], said, count);
	return DONE;
}

static enum outcome
set_disabled(struct invocation *in, bool disabled, struct user **out)
{
	struct user	*user = NULL;
	enum outcome	 outcome;
	enum err	 err;

	outcome = find_user(in, in->operand[0], &user);
	if (outcome != DONE)
		return outcome;
	user_set_disabled(user, disabled);
	if ((err = user_save(&in->ctx, user, SAVE_UNVALIDATED)) != OK)
		return failed(in, err, in->operand[0]);
	log_act(user, disabled ? "account disabled" : "account enabled");
	*out = user;
	return DONE;
}

enum outcome
command_user_disable(struct invocation *in)
{
	struct user	*user;
	enum outcome	 outcome;

	if ((outcome = set_disabled(in, true, &user)) != DONE)
		return outcome;
	return end_sessions(in, user, "disabled", "disabled");
}

enum outcome
command_user_enable(struct invocation *in)
{
	struct user	*user;
	enum outcome	 outcome;

	if ((outcome = set_disabled(in, false, &user)) != DONE)
		return outcome;
	say("%s enabled", in->operand[0]);
	return DONE;
}

enum outcome
command_user_unlock(struct invocation *in)
{
	struct user	*user = NULL;
	enum outcome	 outcome;
	enum err	 err;

	outcome = find_user(in, in->operand[0], &user);
	if (outcome != DONE)
		return outcome;
	if ((err = throttle_unlock(&in->ctx, user)) != OK)
		return failed(in, err, in->operand[0]);
	log_act(user, "account unlocked");
	say("%s unlocked", in->operand[0]);
	return DONE;
}

enum outcome
command_user_password(struct invocation *in)
{
	struct ctx	*ctx = &in->ctx;
	struct user	*user = NULL;
	const char	*password;
	enum outcome	 outcome;
	enum err	 err;

	outcome = find_user(in, in->operand[0], &user);
	if (outcome != DONE)
		return outcome;
	if ((password = ask_password(ctx->arena)) == NULL)
		return COULD_NOT;
	ctx->now = clock_now();
	if ((err = user_set_password(ctx, user, "password",
	    password)) != OK ||
	    (err = user_save(ctx, user, SAVE_UNVALIDATED)) != OK)
		return failed(in, err, in->operand[0]);
	log_act(user, "password changed");
	return end_sessions(in, user, "password", "has a new password");
}

/* Where nobody can be asked, a yes must have been said before. */
enum outcome
refuse_user_remove(const struct invocation *in)
{
	if (in->value[OPTION_FORCE] != NULL || isatty(STDIN_FILENO) == 1)
		return DONE;
	return wrong_use(in, "--force is missing: there is nobody to ask");
}

enum outcome
command_user_remove(struct invocation *in)
{
	const bool	 force = in->value[OPTION_FORCE] != NULL;
	struct user	*user = NULL;
	char		*question;
	enum outcome	 outcome;
	enum err	 err;

	outcome = find_user(in, in->operand[0], &user);
	if (outcome != DONE)
		return outcome;

	question = arena_printf(in->ctx.arena, "Remove %s (%s) for good?",
	    user->username == NULL ? in->operand[0] : user->username,
	    user->email == NULL ? "no address" : user->email);
	if (question == NULL)
		return failed(in, E_INTERNAL, in->operand[0]);
	if (!force && !confirm(question)) {
		complain("%s stays", in->operand[0]);
		return COULD_NOT;
	}

	/* People take their time, and these may be other pictures by now. */
	if ((err = store_user_by_id(in->ctx.store, in->ctx.arena, &user->id,
	    user)) != OK ||
	    (err = store_user_remove(in->ctx.store, &user->id)) != OK)
		return failed(in, err, in->operand[0]);
	gallery_remove(&in->ctx, user->avatar);
	gallery_remove(&in->ctx, user->cover_image);
	log_act(user, "account removed");
	say("%s removed", in->operand[0]);
	return DONE;
}
