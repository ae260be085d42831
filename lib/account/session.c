#include "base/base.h"
#include "base/err.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/crypto.h"
#include "base/conf.h"
#include "base/ctx.h"
#include "base/log.h"
#include "base/text.h"
#include "store/store.h"
#include "account/device.h"
#include "account/session.h"
#include "account/token.h"
#include "account/user.h"

enum {
	/* Whoever loses one race finds itself inside the grace. */
	SWAP_ATTEMPTS = 4,
	/* Rows beyond max_sessions that one login looks for. */
	SURPLUS_MAX = 16,
};

/* How long an ended session can still be looked up. */
static const int64_t KEPT = HOURS(24);

bool
session_is_alive(const struct session *session, const struct user *user,
    int64_t now)
{
	return session->ended_at == 0 &&
	    now < session->idle_at && now < session->expires_at &&
	    !user->disabled && session->epoch == user->epoch;
}

/* Binds a counter to this row: HMAC of session and counter, by its nonce. */
static enum err
make_proof(const struct session *session, int64_t counter,
    unsigned char out[MAC_SIZE])
{
	unsigned char data[ID_SIZE + INT64_SIZE];

	memcpy(data, session->id.b, ID_SIZE);
	int64_encode(counter, data + ID_SIZE);
	return crypto_mac(session->nonce, sizeof(session->nonce), data,
	    sizeof(data), out);
}

static enum err
session_refresh_token(struct ctx *ctx, const struct session *session,
    char **out)
{
	struct claims claims = {
		.user = session->user,
		.session = session->id,
		.issued_at = session->rotated_at / 1000,
		.expires_at = session->idle_at / 1000,
		.counter = session->counter,
	};
	enum err err;

	if ((err = make_proof(session, session->counter, claims.proof)) != OK)
		return err;
	return token_make(ctx, TOKEN_REFRESH, &claims, out);
}

/* The tokens that the row determines: the same row, the same bytes. */
static enum err
session_tokens(struct ctx *ctx, const struct user *user,
    const struct session *session, struct tokens *out)
{
	struct tokens	tokens = { 0 };
	enum err	err;

	if ((err = user_access_token(ctx, user, session,
	    &tokens.access)) != OK ||
	    (err = session_refresh_token(ctx, session,
	    &tokens.refresh)) != OK ||
	    (ctx->conf->throttle && (err = device_make(ctx, user, session,
	    &tokens.device)) != OK))
		return err;
	tokens.access_expires_at =
	    session->rotated_at + ctx->conf->access_ttl;
	tokens.refresh_expires_at = session->idle_at;
	tokens.device_expires_at = device_expires_at(session);
	*out = tokens;
	return OK;
}

/* One line of the log for whatever happens to a session. */
static void
log_event(const struct session *session, const char *what)
{
	char user[ID_HEX_SIZE], id[ID_HEX_SIZE];

	id_hex(&session->user, user);
	id_hex(&session->id, id);
	log_info("%s user=%s session=%s", what, user, id);
}

static int64_t
idle_limit(const struct ctx *ctx, int64_t expires_at)
{
	const int64_t limit = ctx->now + ctx->conf->refresh_ttl;

	return limit < expires_at ? limit : expires_at;
}

static enum err
session_new(struct ctx *ctx, const struct user *user, struct session *out)
{
	enum err err;

	*out = (struct session){
		.user = user->id,
		.epoch = user->epoch,
		.counter = 1,
		.created_at = ctx->now,
		.rotated_at = ctx->now,
		.expires_at = ctx->now + ctx->conf->session_ttl,
		.user_agent = text_excerpt(ctx->arena, ctx->user_agent,
		    USER_AGENT_MAX),
		.ip = text_excerpt(ctx->arena, ctx->address, IP_MAX),
	};
	if (out->user_agent == NULL || out->ip == NULL)
		return E_INTERNAL;
	out->idle_at = idle_limit(ctx, out->expires_at);
	if ((err = id_make(ctx->now, &out->id)) != OK)
		return err;
	return crypto_random(out->nonce, sizeof(out->nonce));
}

/*
 * The oldest sessions beyond the limit give way to `fresh`, which stays
 * whatever the clocks of several hosts make of its age.
 */
static enum err
end_surplus(struct ctx *ctx, const struct session *fresh)
{
	const size_t	 max = (size_t)ctx->conf->max_sessions;
	const size_t	 limit = max + SURPLUS_MAX;
	struct session	*list;
	size_t		 count, i, kept = 1;
	enum err	 err;

	list = arena_alloc(ctx->arena, limit * sizeof(*list));
	if (list == NULL)
		return E_INTERNAL;
	err = store_session_list(ctx->store, ctx->arena, &fresh->user,
	    ctx->now, limit, list, &count);
	for (i = 0; err == OK && i < count; i++)
		if (!id_equal(&list[i].id, &fresh->id) && kept++ >= max)
			err = session_end(ctx, &list[i], "limit");
	return err;
}

enum err
session_open(struct ctx *ctx, const struct user *user, struct tokens *out)
{
	struct session	session;
	struct tokens	tokens;
	enum err	err;

	/* Tokens first: a session whose tokens cannot be made is not kept. */
	if ((err = session_new(ctx, user, &session)) != OK ||
	    (err = session_tokens(ctx, user, &session, &tokens)) != OK ||
	    (err = store_session_insert(ctx->store, &session)) != OK)
		return err;

	/* What fails of this is made good by the next login. */
	if (end_surplus(ctx, &session) != OK ||
	    store_session_purge(ctx->store, ctx->now - KEPT) != OK)
		log_warn("old sessions could not be tidied up");
	log_event(&session, "session opened");
	*out = tokens;
	return OK;
}

/* The account and session that a token names, dead or alive. */
static enum err
session_of_claims(struct ctx *ctx, const struct claims *claims,
    struct user **user_out, struct session **session_out)
{
	struct session	*session;
	struct user	*user;
	enum err	 err;

	user = arena_alloc(ctx->arena, sizeof(*user));
	session = arena_alloc(ctx->arena, sizeof(*session));
	if (user == NULL || session == NULL)
		return E_INTERNAL;

	err = store_profile(ctx->store, ctx->arena, &claims->user,
	    &claims->session, user, session);
	if (err == E_NOT_FOUND)
		return E_TOKEN;
	if (err != OK)
		return err;
	*user_out = user;
	*session_out = session;
	return OK;
}

enum err
session_authenticate(struct ctx *ctx, const char *access, struct user **user,
    struct session **session)
{
	struct session	*found;
	struct claims	 claims;
	struct user	*owner;
	enum err	 err;

	if ((err = token_read(ctx, TOKEN_ACCESS, access, &claims)) != OK)
		return err;
	if ((err = session_of_claims(ctx, &claims, &owner, &found)) != OK)
		return err;
	if (owner->disabled || (ctx->conf->session_check &&
	    !session_is_alive(found, owner, ctx->now)))
		return E_SESSION_ENDED;
	*user = owner;
	*session = found;
	return OK;
}

/*
 * Nothing but a step behind its account: a new password is being set, and
 * this may be the session that is kept.
 */
static bool
may_be_kept(const struct session *session, const struct user *user,
    int64_t now)
{
	struct session kept = *session;

	kept.epoch++;
	return session_is_alive(&kept, user, now);
}

/* Step 1, all of it, and step 2: see session.h. */
static enum err
genuine_session(struct ctx *ctx, const struct claims *claims,
    struct user **user, struct session **session)
{
	unsigned char	proof[MAC_SIZE];
	enum err	err;

	if ((err = session_of_claims(ctx, claims, user, session)) != OK ||
	    (err = make_proof(*session, claims->counter, proof)) != OK)
		return err;
	if (!crypto_equal(proof, claims->proof, sizeof(proof)))
		return E_TOKEN;

	if (session_is_alive(*session, *user, ctx->now))
		return OK;
	ctx->drop_cookies = !may_be_kept(*session, *user, ctx->now);
	return E_SESSION_ENDED;
}

/* A clock that was set back must not turn a retry into a reuse. */
static bool
is_forgiven(const struct ctx *ctx, const struct session *session,
    int64_t counter)
{
	return counter == session->counter - 1 &&
	    ctx->now - session->rotated_at <= ctx->conf->refresh_grace;
}

/* Steps 3 and 6: the row moves to the successor of what was presented. */
static enum err
rotate(struct ctx *ctx, const struct user *user,
    const struct session *session, int64_t counter, struct tokens *out)
{
	struct session	next = *session;
	struct tokens	tokens;
	enum err	err;

	next.counter = counter + 1;
	next.rotated_at = ctx->now;
	next.idle_at = idle_limit(ctx, session->expires_at);
	if ((err = session_tokens(ctx, user, &next, &tokens)) != OK ||
	    (err = store_session_swap(ctx->store, session->counter,
	    &next)) != OK)
		return err;

	if (counter > session->counter)
		log_event(session, "a lost rotation was made good");
	*out = tokens;
	return OK;
}

/* Step 5.  The line about the refused request is the one about this. */
static enum err
end_for_reuse(struct ctx *ctx, const struct session *session)
{
	char		user[ID_HEX_SIZE], id[ID_HEX_SIZE];
	enum err	err;

	err = store_session_end(ctx->store, &session->id, "reuse", ctx->now);
	if (err != OK && err != E_NOT_FOUND)
		return err;
	id_hex(&session->user, user);
	id_hex(&session->id, id);
	ctx_note(ctx, "session ended (reuse) user=%s session=%s", user, id);
	ctx->drop_cookies = true;
	return E_REUSE;
}

enum err
session_refresh(struct ctx *ctx, const char *refresh, struct tokens *out)
{
	struct session	*session;
	struct claims	 claims;
	struct user	*user;
	enum err	 err;
	int		 i;

	if ((err = token_read(ctx, TOKEN_REFRESH, refresh, &claims)) != OK)
		return err;

	for (i = 0; i < SWAP_ATTEMPTS; i++) {
		err = genuine_session(ctx, &claims, &user, &session);
		if (err != OK)
			return err;
		/* Current a moment ago, it lost a race: that is no reuse. */
		if (is_forgiven(ctx, session, claims.counter) ||
		    (i > 0 && claims.counter == session->counter - 1))
			return session_tokens(ctx, user, session, out);
		if (claims.counter < session->counter)
			return end_for_reuse(ctx, session);
		err = rotate(ctx, user, session, claims.counter, out);
		if (err != E_STALE)
			return err;
	}
	return E_UNAVAILABLE;
}

enum err
session_of_refresh_token(struct ctx *ctx, const char *refresh,
    enum session_trust trust, struct user **user, struct session **session)
{
	struct session	*found;
	struct claims	 claims;
	struct user	*owner;
	enum err	 err;

	if ((err = token_read(ctx, TOKEN_REFRESH, refresh, &claims)) != OK ||
	    (err = genuine_session(ctx, &claims, &owner, &found)) != OK)
		return err;
	if (trust == SESSION_CURRENT && claims.counter < found->counter &&
	    !is_forgiven(ctx, found, claims.counter))
		return E_TOKEN;
	*user = owner;
	*session = found;
	return OK;
}

enum err
session_end(struct ctx *ctx, const struct session *session,
    const char *reason)
{
	char		what[48];
	enum err	err;

	err = store_session_end(ctx->store, &session->id, reason, ctx->now);
	if (err == OK) {
		(void)snprintf(what, sizeof(what), "session ended (%s)",
		    reason);
		log_event(session, what);
	}
	return err == E_NOT_FOUND ? OK : err;
}

enum err
session_end_all(struct ctx *ctx, const struct user *user, const char *reason,
    int64_t *count)
{
	char		hex[ID_HEX_SIZE];
	enum err	err;

	err = store_session_end_all(ctx->store, &user->id, NULL, reason,
	    ctx->now, count);
	if (err == OK) {
		id_hex(&user->id, hex);
		log_info("all sessions ended (%s) user=%s", reason, hex);
	}
	return err;
}
