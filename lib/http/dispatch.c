/*
 * One request from its first byte to its line in the log.  The checks stand
 * here in the order in which they are promised to clients; the first that
 * fails answers.
 */
#include "base/base.h"
#include "base/clock.h"
#include "base/log.h"
#include "account/app.h"
#include "http/client.h"
#include "http/credentials.h"
#include "http/endpoint.h"
#include "http/origin.h"
#include "http/upload.h"

/*
 * SetEnv in an .htaccess arrives as a request parameter, renamed where a rule
 * rewrote the route above it; other servers pass it in the environment.  The
 * client has no say: its own header fields begin with HTTP_.
 */
static const char *
conf_path(const struct request *req)
{
	const char *path;

	if ((path = request_variable(req, "DARBAN_CONF")) != NULL ||
	    (path = request_variable(req, "REDIRECT_DARBAN_CONF")) != NULL)
		return path;
	path = getenv("DARBAN_CONF");
	return path != NULL && *path != '\0' ? path :
	    SYSCONFDIR "/darban.conf";
}

static unsigned
methods_of(const struct endpoint *table)
{
	unsigned methods = METHOD_OPTIONS;

	for (; table->handler != NULL; table++)
		methods |= table->methods;
	return methods & METHOD_GET ? methods | METHOD_HEAD : methods;
}

static const char *
allow(struct arena *arena, unsigned methods)
{
	return arena_printf(arena, "%s%s%s%s%s%sOPTIONS",
	    methods & METHOD_GET ? "GET, " : "",
	    methods & METHOD_HEAD ? "HEAD, " : "",
	    methods & METHOD_POST ? "POST, " : "",
	    methods & METHOD_PUT ? "PUT, " : "",
	    methods & METHOD_PATCH ? "PATCH, " : "",
	    methods & METHOD_DELETE ? "DELETE, " : "");
}

static enum err
find_endpoint(const struct endpoint *table, const struct request *req,
    struct response *res, const struct endpoint **out)
{
	const unsigned methods = methods_of(table);
	unsigned method = req->method;

	if (method == 0)
		return E_METHOD_UNKNOWN;
	if (method == METHOD_OPTIONS || (method & methods) == 0)
		response_header(res, "Allow", allow(res->arena, methods));
	if ((method & methods) == 0)
		return E_METHOD;
	if (method == METHOD_HEAD)
		method = METHOD_GET;
	while (table->handler != NULL && (table->methods & method) == 0)
		table++;
	*out = table;
	return OK;
}

static bool
is_credential_there(const struct endpoint *endpoint,
    const struct request *req)
{
	switch (endpoint->access) {
	case REFRESH_TOKEN:
		return credentials_have_refresh(req);
	case EITHER_TOKEN:
		return credentials_have_refresh(req) ||
		    credentials_have_access(req);
	case ANYONE:
	case REGISTRATION:
	case ACCESS_TOKEN:
		break;
	}
	return true;
}

/* A GET takes nothing, so nobody reads what came with it. */
static bool
has_body(const struct request *req)
{
	return (req->method & (METHOD_GET | METHOD_HEAD)) == 0;
}

/* A bad credential is told before bad members. */
static enum err
refuse_members(struct ctx *ctx, const struct request *req,
    enum access access, enum err err)
{
	const enum err judgement = credentials_judge(ctx, req, access);

	if (judgement == OK || judgement == E_UNAUTHENTICATED)
		return err;
	ctx->member_errors = NULL;
	return judgement;
}

static enum err
answer(struct app *app, const struct endpoint *table, struct ctx *ctx,
    struct request *req, struct response *res)
{
	const struct endpoint	*endpoint;
	enum err		 err, syntax;

	syntax = request_start(req);
	if ((err = origin_find(req)) != OK)
		syntax = err;
	err = app_prepare(app, conf_path(req), ctx);
	if (ctx->conf != NULL)
		client_behind_proxy(ctx, req);
	if (err != OK)
		return err;
	if (request_variable(req, "PATH_INFO") != NULL)
		return E_NOT_FOUND;
	if ((err = find_endpoint(table, req, res, &endpoint)) != OK)
		return err;
	if (req->method == METHOD_OPTIONS) {
		res->status = 204;
		return OK;
	}
	if (syntax != OK)
		return syntax;
	if ((err = credentials_find(ctx, req)) != OK ||
	    (err = origin_check(ctx, req, endpoint->access)) != OK)
		return err;
	if (endpoint->access == REGISTRATION && !ctx->conf->registration_open)
		return E_CLOSED;
	if (has_body(req) &&
	    (err = upload_check(ctx, req, endpoint)) != OK)
		return err;
	if (endpoint->access == ACCESS_TOKEN &&
	    (err = credentials_access(ctx, req, &req->user,
	    &req->session)) != OK)
		return err;
	if (has_body(req) && (err = upload_read(ctx, req, endpoint)) != OK)
		return err;
	if (!is_credential_there(endpoint, req))
		return E_UNAUTHENTICATED;
	if ((err = upload_require(ctx, req, endpoint->files)) != OK ||
	    (err = request_bind(ctx, req, endpoint->fields)) != OK ||
	    (err = upload_bind(ctx, req, endpoint->files)) != OK)
		return refuse_members(ctx, req, endpoint->access, err);
	return endpoint->handler(ctx, req, res);
}

/* What a failure owes its client besides status and body. */
static void
add_failure_headers(struct ctx *ctx, struct response *res, enum err err)
{
	const bool is_refused = err == E_TOKEN || err == E_SESSION_ENDED ||
	    err == E_REUSE;

	/* What the handler had prepared was not to be. */
	if (err != E_METHOD)
		res->headers = NULL;
	if (err_row(err)->status == 401)
		response_header(res, "WWW-Authenticate",
		    is_refused ? "Bearer error=\"invalid_token\"" : "Bearer");
	if (err_row(err)->status == 503)
		response_header(res, "Retry-After", "2");
	if (err == E_THROTTLED)
		response_header(res, "Retry-After", arena_printf(ctx->arena,
		    "%" PRId64, (ctx->retry_after + 999) / 1000));
	if (ctx->drop_cookies)
		credentials_expire(ctx, res);
}

static void
log_answer(const struct ctx *ctx, const struct request *req,
    const struct response *res, enum err err)
{
	const int	 status = err == OK ? res->status :
	    err_row(err)->status;
	const char	*method = request_variable(req, "REQUEST_METHOD");
	const char	*why = ctx->note;
	bool		 is_ours;

	if (err == OK && why == NULL)
		return;
	if (why == NULL && ctx->member_errors != NULL)
		why = ctx->member_errors->message;
	if (why == NULL)
		why = ctx->message;
	/* A method that nobody knows is the client's doing, 501 or not. */
	is_ours = status >= 500 && err != E_METHOD_UNKNOWN;
	(is_ours ? log_error : log_info)("%.16s %d %s%s%s",
	    method != NULL ? method : "-", status,
	    err_row(err)->code, why != NULL ? ": " : "",
	    why != NULL ? why : "");
}

void
dispatch(struct app *app, const struct endpoint *table,
    const struct transport *transport, struct ctx *ctx)
{
	struct request	req = { .transport = transport };
	struct response	res;
	enum err	err;

	ctx->now = clock_now();
	ctx->deadline = clock_monotonic() + REQUEST_TIME;
	client_find(ctx, &req);
	response_start(&res, ctx->arena);

	err = answer(app, table, ctx, &req, &res);
	if (err == OK && arena_failed(ctx->arena))
		err = E_INTERNAL;
	if (err != OK)
		add_failure_headers(ctx, &res, err);
	if (req.origin != NULL)
		origin_allow(ctx, &req,
		    allow(ctx->arena, methods_of(table)), &res);
	response_send(ctx, &res, err, req.method != METHOD_HEAD, transport);
	log_answer(ctx, &req, &res, err);
	log_address(NULL);
}
