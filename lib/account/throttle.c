#include "base/base.h"
#include "base/err.h"
#include "base/address.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/crypto.h"
#include "base/ctx.h"
#include "base/id.h"
#include "base/log.h"
#include "store/store.h"
#include "account/device.h"
#include "account/policy.h"
#include "account/secret.h"
#include "account/throttle.h"
#include "account/user.h"

_Static_assert((int)THROTTLE_KEY_SIZE == (int)MAC_SIZE, "a key is a MAC");

/* As many free attempts as people need who try their other passwords. */
#define PATIENT	.free = 5, .delay = SECONDS(1), .delay_max = MINUTES(15)

enum { USER_KEYS = 3 };

/* The names are the labels of the MACs, and stand in the log. */
static const struct {
	const char		*name;
	struct throttle_rule	 rule;
} kinds[] = {
	[THROTTLE_NET]		= { "net",
	    { .burst = 20, .interval = SECONDS(30) } },
	[THROTTLE_NAME]		= { "name", { PATIENT } },
	[THROTTLE_ACCOUNT]	= { "account",
	    { .lock_after = 100, .lock_for = HOURS(24) } },
	[THROTTLE_DEVICE]	= { "device", { PATIENT } },
	/* At most 60 in any hour, and 10. */
	[THROTTLE_UPLOAD]	= { "upload",
	    { .burst = 30, .interval = MINUTES(2) } },
	[THROTTLE_REGISTRATION]	= { "registration",
	    { .burst = 5, .interval = MINUTES(12) } },
	[THROTTLE_PROOF]	= { "proof", { PATIENT } },
};

_Static_assert(NELEMS(kinds) == THROTTLE__MAX, "every kind has its rule");

/* Keys ------------------------------------------------------------------- */

static enum err
make_key(struct ctx *ctx, enum throttle what, const void *data, size_t size,
    struct throttle_key *out)
{
	out->what = what;
	return secret_mac(ctx, kinds[what].name, data, size, out->bytes);
}

/*
 * A /64 is what one customer has; of IPv4, where a customer has one address,
 * a /24 keeps whoever has many of them from trying as often.  What is no
 * address is one client, whoever it is; behind a %, where Apache names the
 * interface of a link-local one, stands no part of it.
 */
static enum err
make_net_key(struct ctx *ctx, enum throttle what, struct throttle_key *out)
{
	const size_t	 length = strcspn(ctx->address, "%");
	const char	*text;
	struct address	 net;

	if ((text = arena_strndup(ctx->arena, ctx->address, length)) == NULL)
		return E_INTERNAL;
	if (!address_parse(text, &net))
		return make_key(ctx, what, text, length, out);
	address_mask(&net, address_is_ipv4(&net) ? 96 + 24 : 64);
	return make_key(ctx, what, net.b, sizeof(net.b), out);
}

/*
 * One form for all spellings by which users_find_by_login finds the same
 * account: else each of them would be a bucket.
 */
static enum err
make_name_key(struct ctx *ctx, const char *name, struct throttle_key *out)
{
	const char *canonical = clean_username(ctx->arena, name);

	if (canonical == NULL)
		return E_INTERNAL;
	return make_key(ctx, THROTTLE_NAME, canonical, strlen(canonical),
	    out);
}

/*
 * What is nobody's name has a count like an account's, so that it is neither
 * quicker nor slower to refuse.
 */
static enum err
make_account_key(struct ctx *ctx, const struct user *user,
    const struct throttle_key *name, struct throttle_key *out)
{
	if (user == NULL)
		return make_key(ctx, THROTTLE_ACCOUNT, name->bytes,
		    sizeof(name->bytes), out);
	return make_key(ctx, THROTTLE_ACCOUNT, user->id.b,
	    sizeof(user->id.b), out);
}

/* Attempts --------------------------------------------------------------- */

static enum err
take(struct ctx *ctx, const struct throttle_key *key, struct attempt *attempt)
{
	int64_t		wait;
	enum err	err;

	err = store_throttle_take(ctx->store, key->bytes,
	    &kinds[key->what].rule, ctx->now, &wait);
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
		if ((err = make_key(ctx, THROTTLE_DEVICE, id.b, sizeof(id.b),
		    &key)) != OK)
			return err;
		return take(ctx, &key, attempt);
	}
	if ((err = make_net_key(ctx, THROTTLE_NET, &key)) != OK ||
	    (err = take(ctx, &key, attempt)) != OK ||
	    (err = make_name_key(ctx, name, &key)) != OK ||
	    (err = take(ctx, &key, attempt)) != OK ||
	    (err = make_account_key(ctx, user, &key, &account)) != OK)
		return err;
	return take_account(ctx, &account, attempt);
}

static void
note_refusal(struct ctx *ctx, const struct user *user, enum throttle what)
{
	user_note(ctx, user, "too soon for its %s", kinds[what].name);
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
	err = user == NULL ? make_net_key(ctx, what, &key) :
	    make_key(ctx, what, user->id.b, sizeof(user->id.b), &key);
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
		    &kinds[key->what].rule));
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
		    &kinds[THROTTLE_NET].rule));
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

	err = make_account_key(ctx, user, NULL, &keys[0]);
	*count = 1;
	for (i = 0; err == OK && i < NELEMS(names); i++)
		if (names[i] != NULL)
			err = make_name_key(ctx, names[i], &keys[(*count)++]);
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
