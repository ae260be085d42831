#include "base/base.h"
#include "base/conf.h"
#include "http/cookie.h"
#include "http/origin.h"

enum { SAFE = METHOD_GET | METHOD_HEAD | METHOD_OPTIONS };

enum err
origin_find(struct request *req)
{
	enum err err;

	if ((err = request_header(req, "HTTP_ORIGIN", &req->origin)) != OK)
		return err;
	return request_header(req, "HTTP_SEC_FETCH_SITE", &req->fetch_site);
}

static bool
is_allowed(const struct conf *conf, const char *origin)
{
	size_t i;

	for (i = 0; origin != NULL && i < conf->allowed_origins.count; i++)
		if (strcmp(conf->allowed_origins.item[i], origin) == 0)
			return true;
	return false;
}

/* What stands behind `start` in any case, or NULL. */
static const char *
skip(const char *text, const char *start)
{
	const size_t length = strlen(start);

	return strncasecmp(text, start, length) == 0 ? text + length : NULL;
}

/* The length of host and port without the port that the scheme implies. */
static size_t
significant(const char *host, const char *port)
{
	const size_t length = strlen(host), tail = strlen(port);

	return length > tail && strcmp(host + length - tail, port) == 0 ?
	    length - tail : length;
}

/* Whether it is this host and port, whatever the scheme leaves out. */
static bool
is_host(const char *origin, const char *port, const char *host)
{
	const size_t length = significant(origin, port);

	return length == significant(host, port) &&
	    strncasecmp(origin, host, length) == 0;
}

/*
 * The request's own origin.  Over https its scheme must be that; behind a
 * proxy that speaks http to us nobody can tell.
 */
static bool
is_own(const struct request *req)
{
	const char	*host = request_variable(req, "HTTP_HOST");
	const char	*rest;

	if (host == NULL)
		return false;
	if ((rest = skip(req->origin, "https://")) != NULL)
		return is_host(rest, ":443", host);
	if ((rest = skip(req->origin, "http://")) == NULL || req->is_https)
		return false;
	return is_host(rest, ":80", host);
}

/* A page of another site can make a browser send cookies, never a Bearer. */
static bool
is_by_bearer(const struct request *req, enum access access)
{
	return (access == ACCESS_TOKEN || access == EITHER_TOKEN) &&
	    req->bearer != NULL && req->cookies[COOKIE_ACCESS] == NULL &&
	    req->cookies[COOKIE_REFRESH] == NULL;
}

enum err
origin_check(const struct ctx *ctx, const struct request *req,
    enum access access)
{
	const struct conf	*conf = ctx->conf;
	bool			 passes;

	if ((req->method & SAFE) != 0 || is_by_bearer(req, access) ||
	    is_allowed(conf, req->origin))
		return OK;

	if (req->fetch_site != NULL)
		passes = strcmp(req->fetch_site, "same-origin") == 0 ||
		    strcmp(req->fetch_site, "none") == 0;
	else if (req->origin == NULL)
		passes = true;
	else if (conf->origin != NULL)
		passes = strcmp(req->origin, conf->origin) == 0;
	else
		passes = is_own(req);
	return passes ? OK : E_CROSS_SITE;
}

void
origin_allow(const struct ctx *ctx, const struct request *req,
    const char *allow, struct response *res)
{
	if (ctx->conf == NULL || !is_allowed(ctx->conf, req->origin))
		return;
	response_header(res, "Access-Control-Allow-Origin", req->origin);
	response_header(res, "Access-Control-Allow-Credentials", "true");
	if (req->method != METHOD_OPTIONS)
		return;
	response_header(res, "Access-Control-Allow-Methods", allow);
	response_header(res, "Access-Control-Allow-Headers",
	    "content-type, authorization");
}
