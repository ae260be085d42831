#include "base/base.h"
#include "account/device.h"
#include "account/legacy.h"
#include "account/token.h"
#include "http/cookie.h"
#include "http/credentials.h"

/* An empty token is none, and so is what a careless front-end stores. */
static const char *
presented(const char *token)
{
	if (token == NULL || *token == '\0' ||
	    strcmp(token, "undefined") == 0)
		return NULL;
	return token;
}

static const char *
bearer_of(const char *authorization)
{
	if (authorization == NULL ||
	    strncasecmp(authorization, "Bearer", 6) != 0 ||
	    (authorization[6] != ' ' && authorization[6] != '\0'))
		return NULL;
	authorization += 6;
	return presented(authorization + strspn(authorization, " "));
}

enum err
credentials_find(struct ctx *ctx, struct request *req)
{
	const char	*cookies, *authorization;
	enum err	 err;

	if ((err = request_header(req, "HTTP_COOKIE", &cookies)) != OK ||
	    (err = request_header(req, "HTTP_AUTHORIZATION",
	    &authorization)) != OK)
		return err;
	/* Where Apache hides it behind a rewritten route. */
	if (authorization == NULL)
		authorization = request_variable(req,
		    "REDIRECT_HTTP_AUTHORIZATION");
	req->bearer = bearer_of(authorization);
	req->legacy = cookie_legacy(ctx, cookies);

	return cookies_find(ctx, cookies, req->cookies);
}

bool
credentials_have_access(const struct request *req)
{
	return req->cookies[COOKIE_ACCESS] != NULL || req->bearer != NULL;
}

bool
credentials_have_refresh(const struct request *req)
{
	const struct member *member;

	if (req->cookies[COOKIE_REFRESH] != NULL || req->legacy != NULL)
		return true;
	/* Of whatever type: what is wrong with it is said later. */
	for (member = req->members; member != NULL; member = member->next)
		if (strcmp(member->name, "refreshToken") == 0 &&
		    (member->type != JSON_TEXT ||
		    presented(member->text) != NULL))
			return true;
	return false;
}

/*
 * Which of two places speaks: the cookie where there is one.  Two good tokens
 * of different sessions contradict each other; one that is not good names no
 * session, so there is nothing to contradict.
 */
static enum err
choose(struct ctx *ctx, enum token_use use, const char *cookie,
    const char *other, const char **out)
{
	struct claims	a, b;
	enum err	one, two;

	if (cookie == NULL && other == NULL)
		return E_UNAUTHENTICATED;
	/* The earlier system took the cookie, whatever else was there. */
	if (cookie != NULL && other != NULL && strcmp(cookie, other) != 0 &&
	    ctx->conf->compat != COMPAT_CHAI) {
		one = token_read(ctx, use, cookie, &a);
		two = token_read(ctx, use, other, &b);
		if (one != OK && one != E_TOKEN)
			return one;
		if (two != OK && two != E_TOKEN)
			return two;
		if (one == OK && two == OK &&
		    !id_equal(&a.session, &b.session))
			return E_AMBIGUOUS;
	}
	*out = cookie != NULL ? cookie : other;
	return OK;
}

enum err
credentials_access(struct ctx *ctx, const struct request *req,
    struct user **user, struct session **session)
{
	const bool	 reads = (req->method & (METHOD_GET |
	    METHOD_HEAD)) != 0;
	struct session	*found;
	const char	*token;
	struct user	*owner;
	enum err	 err;

	if ((err = choose(ctx, TOKEN_ACCESS, req->cookies[COOKIE_ACCESS],
	    req->bearer, &token)) != OK ||
	    (err = session_authenticate(ctx, token, &owner, &found)) != OK)
		return err;
	/* Whatever is checked, what changes something must be of a live one. */
	if (!reads && !session_is_alive(found, owner, ctx->now))
		return E_SESSION_ENDED;
	*user = owner;
	*session = found;
	return OK;
}

enum err
credentials_refresh(struct ctx *ctx, const struct request *req,
    const char *from_body, const char **out)
{
	const enum err err = choose(ctx, TOKEN_REFRESH,
	    req->cookies[COOKIE_REFRESH], presented(from_body), out);

	/* Theirs is looked at where there is none of ours, for that alone. */
	if (err != E_UNAUTHENTICATED || req->legacy == NULL ||
	    !legacy_is_token(ctx, req->legacy))
		return err;
	*out = req->legacy;
	return OK;
}

/* A credential was there and is no good, rather than something is broken. */
static bool
is_refusal(enum err err)
{
	return err == E_UNAUTHENTICATED || err == E_TOKEN ||
	    err == E_SESSION_ENDED;
}

enum err
credentials_either(struct ctx *ctx, const struct request *req,
    const char *from_body, enum session_trust trust, struct user **user,
    struct session **session)
{
	const char	*refresh;
	enum err	 access_err, err;

	access_err = credentials_access(ctx, req, user, session);
	if (access_err == OK || !is_refusal(access_err))
		return access_err;

	err = credentials_refresh(ctx, req, from_body, &refresh);
	if (err == E_UNAUTHENTICATED)
		return access_err;
	if (err != OK)
		return err;
	return session_of_refresh_token(ctx, refresh, trust, user, session);
}

enum err
credentials_judge(struct ctx *ctx, const struct request *req,
    enum access access)
{
	const struct member	*member;
	const char		*body = NULL, *refresh;
	struct session		*session;
	struct user		*user;
	enum err		 err;

	for (member = req->members; member != NULL; member = member->next)
		if (strcmp(member->name, "refreshToken") == 0 &&
		    member->type == JSON_TEXT)
			body = member->text;
	if (access == EITHER_TOKEN)
		return credentials_either(ctx, req, body, SESSION_ANY_ISSUED,
		    &user, &session);
	if (access != REFRESH_TOKEN)
		return OK;
	if ((err = credentials_refresh(ctx, req, body, &refresh)) != OK)
		return err;
	return session_of_refresh_token(ctx, refresh, SESSION_ANY_ISSUED,
	    &user, &session);
}

enum err
credentials_end_previous(struct ctx *ctx, const struct request *req)
{
	struct request	 by_cookie = *req;
	struct session	*session;
	struct user	*user;
	enum err	 err;

	by_cookie.bearer = NULL;
	err = credentials_either(ctx, &by_cookie, NULL, SESSION_ANY_ISSUED,
	    &user, &session);
	/* The new session brings cookies of its own. */
	ctx->drop_cookies = false;
	if (is_refusal(err))
		return OK;
	return err == OK ? session_end(ctx, session, "login") : err;
}

static void
send_cookie(struct ctx *ctx, enum cookie cookie, const char *token,
    int64_t expires_at, struct response *res)
{
	response_header(res, "Set-Cookie", cookie_make(ctx, cookie, token,
	    (expires_at - ctx->now) / 1000));
}

/* Browsers send both; nobody should have to choose twice. */
static void
expire_legacy(struct ctx *ctx, struct response *res)
{
	response_header(res, "Set-Cookie",
	    cookie_expire_legacy(ctx, COOKIE_ACCESS));
	response_header(res, "Set-Cookie",
	    cookie_expire_legacy(ctx, COOKIE_REFRESH));
}

void
credentials_send(struct ctx *ctx, const struct tokens *tokens,
    struct response *res)
{
	struct json *data;

	expire_legacy(ctx, res);
	send_cookie(ctx, COOKIE_ACCESS, tokens->access,
	    tokens->access_expires_at, res);
	send_cookie(ctx, COOKIE_REFRESH, tokens->refresh,
	    tokens->refresh_expires_at, res);
	if (tokens->device != NULL)
		send_cookie(ctx, COOKIE_DEVICE, tokens->device,
		    tokens->device_expires_at, res);
	if (!ctx->conf->body_tokens)
		return;
	data = response_data(res);
	json_add_text(ctx->arena, data, "accessToken", tokens->access);
	json_add_text(ctx->arena, data, "refreshToken", tokens->refresh);
}

enum err
credentials_send_device(struct ctx *ctx, const struct request *req,
    struct response *res)
{
	enum err	 err;
	char		*device;

	if (!ctx->conf->throttle)
		return OK;
	if ((err = device_make(ctx, req->user, req->session,
	    &device)) != OK)
		return err;
	send_cookie(ctx, COOKIE_DEVICE, device,
	    device_expires_at(req->session), res);
	return OK;
}

void
credentials_expire(struct ctx *ctx, struct response *res)
{
	expire_legacy(ctx, res);
	send_cookie(ctx, COOKIE_ACCESS, NULL, ctx->now, res);
	send_cookie(ctx, COOKIE_REFRESH, NULL, ctx->now, res);
}
