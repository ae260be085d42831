#include <time.h>

#include "base/base.h"
#include "base/err.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/id.h"
#include "base/ctx.h"
#include "base/log.h"
#include "base/slot.h"
#include "base/text.h"
#include "store/store.h"
#include "account/authenticate.h"
#include "account/password.h"
#include "account/policy.h"
#include "account/throttle.h"
#include "account/user.h"
#include "account/users.h"

enum { SLOT_PATIENCE = 2000 };	/* ms until a login is told to come back */

static enum err
take_slot(struct ctx *ctx, int *slot)
{
	return slot_take(ctx->conf->run_dir, "slot",
	    (size_t)ctx->conf->hash_slots, SLOT_PATIENCE, slot);
}

static struct password_cost
cost_of(const struct conf *conf)
{
	return (struct password_cost){
		.memory = conf->hash_memory,
		.passes = conf->hash_passes,
	};
}

/*
 * Replaces a hash of an earlier system or of another cost.  Bcrypt ignores
 * what follows its 72nd byte: a hash of a longer password must stay bcrypt,
 * or the tail that the user may type either way would suddenly count.  The
 * write is bound to the hash just verified; losing against a new password is
 * as good as done.
 */
static void
rehash(struct ctx *ctx, struct user *user, const char *password,
    const char *nfc)
{
	const struct password_cost	 cost = cost_of(ctx->conf);
	const struct user_expected	 verified = {
		.password = user->password,
	};
	struct user			 renewed = *user;
	char				*hash;
	unsigned			 taken;
	enum err			 err;

	if (!password_needs_rehash(&cost, user->password))
		return;
	if (strncmp(user->password, "$2", 2) == 0 &&
	    (strlen(password) > BCRYPT_MAX || strlen(nfc) > BCRYPT_MAX))
		return;

	if ((hash = arena_alloc(ctx->arena, PASSWORD_HASH_SIZE)) == NULL ||
	    password_hash(&cost, nfc, hash) != OK)
		return;
	renewed.password = hash;
	renewed.updated_at = ctx->now;
	err = store_user_update(ctx->store, &renewed, USER_PASSWORD,
	    &verified, false, &taken);
	if (err == OK)
		*user = renewed;
	else if (err != E_STALE && err != E_NOT_FOUND)
		log_warn("an old password hash could not be replaced");
}

/* One verification, or one that takes as long and is always wrong. */
static enum err
verify(struct ctx *ctx, const struct user *user, const char *password,
    const char *nfc, bool *correct)
{
	const struct password_cost	cost = cost_of(ctx->conf);
	char				unused[PASSWORD_HASH_SIZE];

	if (user != NULL && password_is_known(user->password))
		return password_verify(user->password, password, nfc,
		    correct);
	*correct = false;
	return password_hash(&cost, nfc, unused);
}

/*
 * A locked account is refused at the price of a wrong password: its hash is
 * computed all the same.
 */
static enum err
authenticate(struct ctx *ctx, struct user *user, const char *password,
    bool is_locked)
{
	const char	*nfc;
	bool		 correct;
	enum err	 err;
	int		 slot;

	if ((nfc = text_nfc(ctx->arena, password)) == NULL)
		return E_INTERNAL;
	if ((err = take_slot(ctx, &slot)) != OK)
		return err;
	err = verify(ctx, user, password, nfc, &correct);
	correct = err == OK && correct && !is_locked;
	if (correct)
		rehash(ctx, user, password, nfc);
	slot_release(slot);
	if (err != OK)
		return err;

	return correct && !user->disabled ? OK : E_CREDENTIALS;
}

/*
 * A password that is not in NFC takes two hashes where the stored one is
 * bcrypt: else it would tell those accounts from all others.
 */
static int64_t
floor_of(struct ctx *ctx, const char *password)
{
	const char *nfc = text_nfc(ctx->arena, password);

	return nfc != NULL && strcmp(password, nfc) == 0 ?
	    ctx->conf->login_floor : 2 * ctx->conf->login_floor;
}

static void
sleep_until(int64_t time)
{
	struct timespec	ts;
	int64_t		left;

	if ((left = time - clock_monotonic()) <= 0)
		return;
	ts.tv_sec = (time_t)(left / 1000);
	ts.tv_nsec = (long)(left % 1000) * 1000000;
	(void)nanosleep(&ts, NULL);
}

/* What the client is not told. */
static const char *
reason(const struct user *user, const struct attempt *attempt)
{
	if (user == NULL)
		return "unknown name";
	if (user->disabled)
		return "disabled";
	return attempt->is_locked ? "locked" : "wrong password";
}

enum err
users_authenticate(struct ctx *ctx, const char *name, const char *password,
    const char *device, struct user **out)
{
	const int64_t	 started = clock_monotonic();
	struct user	*user = NULL;
	struct attempt	 attempt;
	enum err	 err;

	err = users_find_by_login(ctx, name, &user);
	if (err != OK && err != E_NOT_FOUND)
		return err;
	if ((err = attempt_begin(ctx, name, user, device, &attempt)) != OK)
		return err;

	err = authenticate(ctx, user, password, attempt.is_locked);
	if (err == OK) {
		attempt_succeed(ctx, &attempt, user);
		*out = user;
	} else if (err == E_CREDENTIALS) {
		user_note(ctx, user, "%s", reason(user, &attempt));
		sleep_until(started + floor_of(ctx, password));
	} else {
		attempt_cancel(ctx, &attempt);
	}
	return err;
}

enum err
user_is_password_correct(struct ctx *ctx, const struct user *user,
    const char *password, bool *correct)
{
	const char	*nfc;
	enum err	 err;
	int		 slot;

	if ((nfc = text_nfc(ctx->arena, password)) == NULL)
		return E_INTERNAL;
	if ((err = take_slot(ctx, &slot)) != OK)
		return err;
	err = verify(ctx, user, password, nfc, correct);
	slot_release(slot);
	return err;
}

enum err
user_check_password(struct ctx *ctx, const struct user *user,
    const char *field, const char *password)
{
	const char	*nfc = text_nfc(ctx->arena, password), *problem;
	enum err	 err;

	if (nfc == NULL)
		return E_INTERNAL;
	if ((err = password_problem(ctx, user, nfc, &problem)) != OK)
		return err;
	return problem == NULL ? OK :
	    fail_member(ctx, E_MEMBER, field, problem);
}

enum err
user_set_password(struct ctx *ctx, struct user *user, const char *field,
    const char *password)
{
	const struct password_cost	 cost = cost_of(ctx->conf);
	const char			*nfc = text_nfc(ctx->arena, password);
	char				*hash;
	enum err			 err;
	int				 slot;

	hash = arena_alloc(ctx->arena, PASSWORD_HASH_SIZE);
	if (nfc == NULL || hash == NULL)
		return E_INTERNAL;
	if ((err = user_check_password(ctx, user, field, password)) != OK ||
	    (err = take_slot(ctx, &slot)) != OK)
		return err;
	err = password_hash(&cost, nfc, hash);
	slot_release(slot);
	if (err != OK)
		return err;

	user->password = hash;
	user->changed |= USER_PASSWORD | USER_EPOCH;
	return OK;
}
