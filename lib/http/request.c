#include "base/base.h"
#include "base/err.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/text.h"
#include "http/transport.h"
#include "http/request.h"
#include "http/form.h"

static const struct {
	const char	*name;
	unsigned	 method;
} methods[] = {
	{ "GET", METHOD_GET },
	{ "HEAD", METHOD_HEAD },
	{ "POST", METHOD_POST },
	{ "PUT", METHOD_PUT },
	{ "PATCH", METHOD_PATCH },
	{ "DELETE", METHOD_DELETE },
	{ "OPTIONS", METHOD_OPTIONS },
};

static const char *
value_of(const char *variable, const char *name)
{
	const size_t length = strlen(name);

	if (strncmp(variable, name, length) != 0 || variable[length] != '=')
		return NULL;
	return variable + length + 1;
}

const char *
request_variable(const struct request *req, const char *name)
{
	char *const	*variable;
	const char	*value;

	for (variable = req->transport->environment; *variable != NULL;
	    variable++)
		if ((value = value_of(*variable, name)) != NULL)
			return *value != '\0' ? value : NULL;
	return NULL;
}

enum err
request_header(const struct request *req, const char *name, const char **out)
{
	const char	*value, *found = NULL;
	char *const	*variable;
	bool		 is_there = false;

	for (variable = req->transport->environment; *variable != NULL;
	    variable++) {
		if ((value = value_of(*variable, name)) == NULL)
			continue;
		if (is_there)
			return E_MALFORMED;
		is_there = true;
		if (*value != '\0')
			found = value;
	}
	*out = found;
	return OK;
}

enum err
request_query(struct ctx *ctx, const struct request *req, const char *name,
    const char **out)
{
	const char	*rest = request_variable(req, "QUERY_STRING");
	const char	*pair, *value, *found = NULL;
	size_t		 length;

	for (; rest != NULL && *rest != '\0'; rest += length) {
		length = strcspn(rest, "&");
		pair = arena_strndup(ctx->arena, rest, length);
		length += rest[length] == '&';
		if (pair == NULL)
			return E_INTERNAL;
		if ((value = value_of(pair, name)) == NULL)
			continue;
		if (found != NULL)
			return E_MALFORMED;
		found = value;
	}
	if (found == NULL)
		return fail_member(ctx, E_INPUT, name, "is required");
	*out = found;
	return OK;
}

static enum err
read_length(struct request *req)
{
	const char	*text = request_variable(req, "CONTENT_LENGTH");
	size_t		 length = 0;

	/* Without a length a body could be cut and nobody would see it. */
	if (text == NULL)
		return request_variable(req, "HTTP_TRANSFER_ENCODING") == NULL
		    ? OK : E_MALFORMED;

	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9' || length > SIZE_MAX / 16)
			return E_MALFORMED;
		length = length * 10 + (size_t)(*text - '0');
	}
	req->content_length = length;
	return OK;
}

enum err
request_start(struct request *req)
{
	const char	*name = request_variable(req, "REQUEST_METHOD");
	size_t		 i;

	for (i = 0; name != NULL && i < NELEMS(methods); i++)
		if (strcmp(name, methods[i].name) == 0)
			req->method = methods[i].method;
	req->content_type = request_variable(req, "CONTENT_TYPE");
	return read_length(req);
}

/*
 * A media type (RFC 9110 section 8.3.1), with no parameter but the only
 * charset that there is.
 */
static bool
is_type(const char *value, const char *type)
{
	const size_t length = strlen(type);

	if (strncasecmp(value, type, length) != 0)
		return false;
	value += length;
	value += strspn(value, " \t");
	if (*value == '\0')
		return true;
	if (*value++ != ';')
		return false;
	value += strspn(value, " \t");
	if (*value == '\0')
		return true;
	if (strncasecmp(value, "charset=", 8) != 0)
		return false;
	value += 8;
	return strcasecmp(value, "utf-8") == 0 ||
	    strcasecmp(value, "\"utf-8\"") == 0;
}

bool
request_has_type(const struct request *req, const char *type)
{
	return req->content_type != NULL && is_type(req->content_type, type);
}

static bool
is_form(const struct request *req)
{
	return request_has_type(req, "application/x-www-form-urlencoded");
}

enum err
request_check_body(const struct request *req, size_t max)
{
	if (req->content_length > max)
		return E_TOO_LARGE;
	if (req->content_length == 0)
		return OK;
	return request_has_type(req, "application/json") || is_form(req) ?
	    OK : E_MEDIA_TYPE;
}

static enum err
read_object(struct ctx *ctx, const char *body, size_t size,
    struct member **out)
{
	struct member		 *first = NULL, **last = &first, *member;
	const struct json	 *value;
	struct json		 *object;
	enum err		  err;

	if ((err = json_parse(ctx->arena, body, size, &object)) != OK)
		return err;
	if (json_type(object) != JSON_OBJECT)
		return E_MALFORMED;

	for (value = json_first(object); value != NULL;
	    value = json_next(value)) {
		member = arena_alloc(ctx->arena, sizeof(*member));
		if (member == NULL)
			return E_INTERNAL;
		member->name = json_name(value);
		member->type = json_type(value);
		if (member->type == JSON_TEXT)
			member->text = json_text(value);
		if (member->type == JSON_BOOL)
			member->yes = json_bool(value);
		*last = member;
		last = &member->next;
	}
	*out = first;
	return OK;
}

/* By the client, or by serve.c because the time is over. */
static enum err
cut_short(struct ctx *ctx)
{
	if (ctx->deadline == 0 || clock_monotonic() < ctx->deadline)
		return fail(ctx, E_MALFORMED,
		    "The body is shorter than its Content-Length");
	ctx_note(ctx, "the body did not come in time");
	return E_UNAVAILABLE;
}

enum err
request_read_bytes(struct ctx *ctx, const struct request *req, char **out)
{
	const size_t	 size = req->content_length;
	char		*body;

	if ((body = arena_alloc(ctx->arena, size + 1)) == NULL)
		return E_INTERNAL;
	if (req->transport->read(req->transport->arg, body, size) < size)
		return cut_short(ctx);
	*out = body;
	return OK;
}

enum err
request_read_body(struct ctx *ctx, struct request *req)
{
	const size_t	 size = req->content_length;
	struct member	*members = NULL;
	enum err	 err;
	char		*body;

	if (size == 0)
		return OK;
	if ((err = request_read_bytes(ctx, req, &body)) != OK)
		return err;
	if (!text_is_valid(body, size))
		err = E_MALFORMED;
	else if (is_form(req))
		err = form_parse(ctx->arena, body, size, &members);
	else
		err = read_object(ctx, body, size, &members);
	if (err == E_MALFORMED)
		return fail(ctx, err, is_form(req) ?
		    "The body is not a well-formed form" :
		    "The body is not a well-formed JSON object");
	req->members = members;
	return err;
}
