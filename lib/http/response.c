#include "base/base.h"
#include "http/response.h"

/* Of every answer, whatever its status. */
static const char common_headers[] =
	"Content-Type: application/json; charset=utf-8\r\n"
	"Cache-Control: no-store\r\n"
	"X-Content-Type-Options: nosniff\r\n"
	"Referrer-Policy: no-referrer\r\n"
	"Content-Security-Policy: "
	    "default-src 'none'; frame-ancestors 'none'\r\n"
	"Vary: Origin\r\n";

/* Sent where there is not even the memory to say what went wrong. */
static const char no_memory[] =
	"{\"statusCode\":500,\"data\":null,\"message\":\"Internal error\","
	"\"success\":false,\"errors\":[],\"code\":\"internal\"}";

static const struct {
	int		 status;
	const char	*phrase;
} phrases[] = {
	{ 200, "OK" },
	{ 201, "Created" },
	{ 204, "No Content" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 409, "Conflict" },
	{ 413, "Content Too Large" },
	{ 415, "Unsupported Media Type" },
	{ 422, "Unprocessable Content" },
	{ 429, "Too Many Requests" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 503, "Service Unavailable" },
	{ 507, "Insufficient Storage" },
};

static const char *
phrase_of(int status)
{
	size_t i;

	for (i = 0; i < NELEMS(phrases); i++)
		if (phrases[i].status == status)
			return phrases[i].phrase;
	return "Unknown";
}

void
response_start(struct response *res, struct arena *arena)
{
	*res = (struct response){ .arena = arena, .status = 200 };
}

struct json *
response_data(struct response *res)
{
	if (res->data == NULL)
		res->data = json_new_object(res->arena);
	return res->data;
}

struct json *
response_array(struct response *res)
{
	return res->data = json_new_array(res->arena);
}

struct json *
response_object(struct response *res, const char *name)
{
	return json_add_object(res->arena, response_data(res), name);
}

void
response_created(struct response *res)
{
	res->status = 201;
}

void
response_message(struct response *res, const char *message)
{
	res->message = message;
}

void
response_header(struct response *res, const char *name, const char *value)
{
	struct header *header, **end;

	if (value == NULL ||
	    (header = arena_alloc(res->arena, sizeof(*header))) == NULL)
		return;
	header->name = name;
	header->value = value;
	for (end = &res->headers; *end != NULL; end = &(*end)->next)
		continue;
	*end = header;
}

static const char *
success_body(struct response *res)
{
	struct arena	*arena = res->arena;
	struct json	*body = json_new_object(arena);

	json_add_integer(arena, body, "statusCode", res->status);
	json_put(arena, body, "data", response_data(res));
	json_add_text(arena, body, "message",
	    res->message != NULL ? res->message : "OK");
	json_add_bool(arena, body, "success", true);
	return json_print(arena, body);
}

static const char *
failure_body(const struct ctx *ctx, struct response *res, enum err err)
{
	const struct err_row		*row = err_row(err);
	const struct member_error	*error;
	struct arena			*arena = res->arena;
	struct json			*body, *errors, *entry;

	body = json_new_object(arena);
	json_add_integer(arena, body, "statusCode", row->status);
	json_add_null(arena, body, "data");
	json_add_text(arena, body, "message",
	    ctx->message != NULL ? ctx->message : row->text);
	json_add_bool(arena, body, "success", false);
	errors = json_add_array(arena, body, "errors");
	for (error = ctx->member_errors; error != NULL; error = error->next) {
		entry = json_append_object(arena, errors);
		json_add_text(arena, entry, "field", error->field);
		json_add_text(arena, entry, "message", error->message);
	}
	json_add_text(arena, body, "code", row->code);
	return json_print(arena, body);
}

static void
send_text(const struct transport *transport, const char *text)
{
	transport->write(transport->arg, text, strlen(text));
}

static void
send_head(const struct response *res, const struct transport *transport,
    size_t length)
{
	const struct header	*header;
	char			 line[128];

	(void)snprintf(line, sizeof(line), "Status: %d %s\r\n", res->status,
	    phrase_of(res->status));
	send_text(transport, line);
	if (res->status != 204) {
		(void)snprintf(line, sizeof(line),
		    "Content-Length: %zu\r\n", length);
		send_text(transport, line);
	}
	send_text(transport, common_headers);
	for (header = res->headers; header != NULL; header = header->next) {
		send_text(transport, header->name);
		send_text(transport, ": ");
		send_text(transport, header->value);
		send_text(transport, "\r\n");
	}
	send_text(transport, "\r\n");
}

void
response_send(struct ctx *ctx, struct response *res, enum err err,
    bool with_body, const struct transport *transport)
{
	const char *body = "";

	if (err != OK) {
		res->status = err_row(err)->status;
		body = failure_body(ctx, res, err);
	} else if (res->status != 204) {
		body = success_body(res);
	}
	/* A header or a member that is missing could be a token or a cookie. */
	if (body == NULL || arena_failed(res->arena)) {
		res->status = err_row(E_INTERNAL)->status;
		res->headers = NULL;
		body = no_memory;
	}

	send_head(res, transport, strlen(body));
	if (with_body)
		send_text(transport, body);
}
