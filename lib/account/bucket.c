#include "base/base.h"
#include "base/err.h"
#include "base/address.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/ctx.h"
#include "base/id.h"
#include "account/bucket.h"
#include "account/policy.h"
#include "account/secret.h"

_Static_assert((int)THROTTLE_KEY_SIZE == (int)MAC_SIZE, "a key is a MAC");

/* As many free attempts as people need who try their other passwords. */
#define PATIENT	.free = 5, .delay = SECONDS(1), .delay_max = MINUTES(15)

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

const struct throttle_rule *
bucket_rule(enum throttle what)
{
	return &kinds[what].rule;
}

const char *
bucket_name(enum throttle what)
{
	return kinds[what].name;
}

static enum err
make_key(struct ctx *ctx, enum throttle what, const void *data, size_t size,
    struct throttle_key *out)
{
	out->what = what;
	return secret_mac(ctx, kinds[what].name, data, size, out->bytes);
}

enum err
bucket_of_id(struct ctx *ctx, enum throttle what, const struct id *id,
    struct throttle_key *out)
{
	return make_key(ctx, what, id->b, sizeof(id->b), out);
}

/*
 * A /64 is what one customer has; of IPv4, where a customer has one address,
 * a /24 keeps whoever has many of them from trying as often.  What is no
 * address is one client, whoever it is; behind a %, where Apache names the
 * interface of a link-local one, stands no part of it.
 */
enum err
bucket_of_net(struct ctx *ctx, enum throttle what, struct throttle_key *out)
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
enum err
bucket_of_login(struct ctx *ctx, const char *name, struct throttle_key *out)
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
enum err
bucket_of_account(struct ctx *ctx, const struct user *user,
    const struct throttle_key *name, struct throttle_key *out)
{
	if (user == NULL)
		return make_key(ctx, THROTTLE_ACCOUNT, name->bytes,
		    sizeof(name->bytes), out);
	return bucket_of_id(ctx, THROTTLE_ACCOUNT, &user->id, out);
}
