#include "base/base.h"
#include "base/err.h"
#include "base/conf.h"
#include "base/ctx.h"
#include "base/id.h"
#include "base/log.h"
#include "store/store.h"
#include "account/bucket.h"
#include "account/device.h"
#include "account/throttle.h"
#include "account/user.h"

enum { USER_KEYS = 3 };

/* Attempts --------------------------------------------------------------- */

static enum err
take(struct ctx *ctx, const struct throttle_key *key, struct attempt *attempt)
{
	int64_t		wait;
	enum err	err;

	err = store_throttle_take(ctx->store, key->bytes,
	    bucket_rule(key->what), ctx->now, &wait);
	if (err == OK) {
		assert(attempt->count < ATTEMPT_KEYS);
		attempt->taken[attempt->count++] = *key;
	}
	if (err != E_STALE)
		return err;
	attempt->refused_by = key->what;
	ctx->retry_after = wait;
	return E_THROTTLED;
}

/* Closed to passwords, an account says so to nobody. */
static enum err
take_account(struct ctx *ctx, const struct throttle_key *key,
    struct attempt *attempt)
{
	const enum err err = take(ctx, key, attempt);

	if (err != E_THROTTLED)
		return err;
	ctx->retry_after = 0;
	attempt->is_locked = true;
	return OK;
}

/*
 * The net first: giving it back is a subtraction, while a name that was taken
 * and given back would be open, whatever had closed it meanwhile.
 */
static enum err
take_all(struct ctx *ctx, const char *name, const struct user *user,
    const char *device, struct attempt *attempt)
{
	struct throttle_key	key, account;
	struct id		id;
	enum err		err;

	if (user != NULL && device_read(ctx, user, device, &id)) {
		if ((err = bucket_of_id(ctx, THROTTLE_DEVICE, &id,
		    &key)) != OK)
			return err;
		return take(ctx, &key, attempt);
	}
	if ((err = bucket_of_net(ctx, THROTTLE_NET, &key)) != OK ||
	    (err = take(ctx, &key, attempt)) != OK ||
	    (err = bucket_of_login(ctx, name, &key)) != OK ||
	    (err = take(ctx, &key, attempt)) != OK ||
	    (err = bucket_of_account(ctx, user, &key, &account)) != OK)
		return err;
	return take_account(ctx, &account, attempt);
}

static void
note_refusal(struct ctx *ctx, const struct user *user, enum throttle what)
{
	user_note(ctx, user, "too soon for its %s", bucket_name(what));
}

enum err
attempt_begin(struct ctx *ctx, const char *name, const struct user *user,
    const char *device, struct attempt *out)
{
	enum err err;

	*out = (struct attempt){ 0 };
	if (!ctx->conf->throttle)
		return OK;
	if ((err = take_all(ctx, name, user, device, out)) == OK)
		return OK;
	attempt_cancel(ctx, out);
	if (err == E_THROTTLED)
		note_refusal(ctx, user, out->refused_by);
	return err;
}

/* One key alone, of `user` or (NULL) of the client's net. */
static enum err
take_one(struct ctx *ctx, enum throttle what, const struct user *user,
    struct attempt *out)
{
	struct throttle_key	key;
	enum err		err;

	*out = (struct attempt){ 0 };
	if (!ctx->conf->throttle)
		return OK;
	err = user == NULL ? bucket_of_net(ctx, what, &key) :
	    bucket_of_id(ctx, what, &user->id, &key);
	if (err == OK)
		err = take(ctx, &key, out);
	if (err == E_THROTTLED)
		note_refusal(ctx, user, what);
	return err;
}

enum err
attempt_begin_proof(struct ctx *ctx, const struct user *user,
    struct attempt *out)
{
	return take_one(ctx, THROTTLE_PROOF, user, out);
}

enum err
throttle_registration(struct ctx *ctx)
{
	struct attempt counted;

	return take_one(ctx, THROTTLE_REGISTRATION, NULL, &counted);
}

enum err
throttle_upload(struct ctx *ctx, const struct user *user)
{
	struct attempt counted;

	return take_one(ctx, THROTTLE_UPLOAD, user, &counted);
}

static void
warn(enum err err)
{
	if (err != OK)
		log_warn("an attempt that was no failure stays counted");
}

void
attempt_cancel(struct ctx *ctx, const struct attempt *attempt)
{
	const struct throttle_key	*key = attempt->taken;
	size_t				 i;

	for (i = 0; i < attempt->count; i++, key++)
		warn(store_throttle_give_back(ctx->store, key->bytes,
		    bucket_rule(key->what)));
}

void
attempt_succeed(struct ctx *ctx, const struct attempt *attempt,
    const struct user *user)
{
	const struct throttle_key	*key = attempt->taken;

	if (attempt->count == 0)
		return;
	/* The first is the net, or the device; the rest are the account's. */
	if (key->what == THROTTLE_NET)
		warn(store_throttle_give_back(ctx->store, key->bytes,
		    bucket_rule(THROTTLE_NET)));
	else
		warn(store_throttle_forgive(ctx->store, key->bytes));
	warn(throttle_unlock(ctx, user));
}

/* Accounts --------------------------------------------------------------- */

/* The keys of an account: its own, and those of the names that it has. */
static enum err
make_user_keys(struct ctx *ctx, const struct user *user,
    struct throttle_key keys[USER_KEYS], size_t *count)
{
	const char *const	names[] = { user->username, user->email };
	enum err		err;
	size_t			i;

	err = bucket_of_account(ctx, user, NULL, &keys[0]);
	*count = 1;
	for (i = 0; err == OK && i < NELEMS(names); i++)
		if (names[i] != NULL)
			err = bucket_of_login(ctx, names[i], &keys[(*count)++]);
	return err;
}

enum err
throttle_unlock(struct ctx *ctx, const struct user *user)
{
	struct throttle_key	keys[USER_KEYS];
	size_t			count, i;
	enum err		err;

	err = make_user_keys(ctx, user, keys, &count);
	for (i = 0; err == OK && i < count; i++)
		err = store_throttle_forgive(ctx->store, keys[i].bytes);
	return err;
}

enum err
throttle_report(struct ctx *ctx, const struct user *user,
    struct throttle_report *out)
{
	struct throttle_report	report = { 0 };
	struct throttle_key	keys[USER_KEYS];
	struct throttle_state	state;
	size_t			count, i;
	enum err		err;

	err = make_user_keys(ctx, user, keys, &count);
	for (i = 0; err == OK && i < count; i++) {
		err = store_throttle_find(ctx->store, keys[i].bytes,
		    ctx->now, &state);
		if (err != OK)
			break;
		if (keys[i].what == THROTTLE_ACCOUNT) {
			report.failures = state.failures;
			report.locked_until = state.until;
		} else if (state.until > report.delayed_until) {
			report.delayed_until = state.until;
		}
	}
	if (err == OK)
		*out = report;
	return err;
}
