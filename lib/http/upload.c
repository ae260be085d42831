#include "base/base.h"
#include "base/err.h"
#include "base/arena.h"
#include "base/conf.h"
#include "base/ctx.h"
#include "base/text.h"
#include "http/multipart.h"
#include "http/upload.h"

static bool
is_multipart(const struct request *req)
{
	return req->content_type != NULL && multipart_is(req->content_type);
}

/* Whether the body is the bytes of the endpoint's file. */
static bool
is_bare(const struct request *req, const struct endpoint *endpoint)
{
	static const char *const	types[] = { "image/jpeg", "image/jpg",
	    "image/png", "image/webp", "application/octet-stream" };
	size_t				i;

	if (endpoint->fields != NULL)
		return false;
	for (i = 0; i < NELEMS(types); i++)
		if (request_has_type(req, types[i]))
			return true;
	/* curl -T says nothing about what it sends. */
	return req->content_type == NULL;
}

static size_t
max_bytes(const struct ctx *ctx, const struct endpoint *endpoint)
{
	size_t count = 0;

	while (endpoint->files[count].name != NULL)
		count++;
	return endpoint->max_body +
	    count * (size_t)ctx->conf->avatar_max_bytes;
}

enum err
upload_check(const struct ctx *ctx, const struct request *req,
    const struct endpoint *endpoint)
{
	if (endpoint->files == NULL)
		return request_check_body(req, endpoint->max_body);
	if (!is_multipart(req) && endpoint->fields != NULL)
		return request_check_body(req, endpoint->max_body);
	if (req->content_length > max_bytes(ctx, endpoint))
		return E_TOO_LARGE;
	if (req->content_length == 0 || is_multipart(req) ||
	    is_bare(req, endpoint))
		return OK;
	return E_MEDIA_TYPE;
}

static enum err
add_file(struct ctx *ctx, const char *name, const char *type,
    const char *bytes, size_t size, struct file **out)
{
	struct file *file;

	if ((file = arena_alloc(ctx->arena, sizeof(*file))) == NULL)
		return E_INTERNAL;
	*file = (struct file){
		.name = name,
		.type = type,
		.bytes = (const unsigned char *)bytes,
		.size = size,
	};
	*out = file;
	return OK;
}

/* A form that was left empty, and what careless front-ends make of it. */
static bool
is_no_file(const struct part *part)
{
	static const char *const	nothing[] = { "", "undefined", "null" };
	size_t				i;

	if (part->filename != NULL)
		return *part->filename == '\0' && part->size == 0;
	for (i = 0; i < NELEMS(nothing); i++)
		if (part->size == strlen(nothing[i]) &&
		    memcmp(part->bytes, nothing[i], part->size) == 0)
			return true;
	return false;
}

static bool
is_file_name(const struct file_field *files, const char *name)
{
	for (; files->name != NULL; files++)
		if (strcmp(files->name, name) == 0)
			return true;
	return false;
}

static enum err
add_member(struct ctx *ctx, const struct part *part, struct member **out)
{
	struct member *member;

	if (!text_is_valid(part->bytes, part->size))
		return E_MALFORMED;
	if ((member = arena_alloc(ctx->arena, sizeof(*member))) == NULL ||
	    (member->text = arena_strndup(ctx->arena, part->bytes,
	    part->size)) == NULL)
		return E_INTERNAL;
	member->name = part->name;
	member->type = JSON_TEXT;
	member->from_form = true;
	*out = member;
	return OK;
}

static enum err
sort_parts(struct ctx *ctx, struct request *req,
    const struct endpoint *endpoint, const struct part *part)
{
	struct member	**member = &req->members;
	struct file	**file = &req->sent;
	size_t		  texts = 0;
	enum err	  err;

	for (; part != NULL; part = part->next) {
		if (is_file_name(endpoint->files, part->name) &&
		    is_no_file(part))
			continue;
		if (part->filename != NULL) {
			if (part->size > (size_t)ctx->conf->avatar_max_bytes)
				return E_TOO_LARGE;
			if ((err = add_file(ctx, part->name, part->type,
			    part->bytes, part->size, file)) != OK)
				return err;
			file = &(*file)->next;
			continue;
		}
		if ((texts += part->size) > BODY_MAX)
			return E_TOO_LARGE;
		if ((err = add_member(ctx, part, member)) != OK)
			return err;
		member = &(*member)->next;
	}
	return OK;
}

enum err
upload_read(struct ctx *ctx, struct request *req,
    const struct endpoint *endpoint)
{
	struct part	*parts;
	enum err	 err;
	char		*body;

	if (endpoint->files == NULL || req->content_length == 0 ||
	    (!is_multipart(req) && !is_bare(req, endpoint)))
		return request_read_body(ctx, req);
	if ((err = request_read_bytes(ctx, req, &body)) != OK)
		return err;
	if (!is_multipart(req))
		return add_file(ctx, endpoint->files[0].name,
		    req->content_type, body, req->content_length, &req->sent);

	if ((err = multipart_parse(ctx->arena, req->content_type, body,
	    req->content_length, &parts)) == OK)
		err = sort_parts(ctx, req, endpoint, parts);
	return err != E_MALFORMED ? err : fail(ctx, err,
	    "The body is not well-formed multipart/form-data");
}

static bool
is_sent(const struct request *req, const char *name)
{
	const struct file *file;

	for (file = req->sent; file != NULL; file = file->next)
		if (strcmp(file->name, name) == 0)
			return true;
	return false;
}

enum err
upload_require(struct ctx *ctx, const struct request *req,
    const struct file_field *fields)
{
	enum err err = OK;

	for (; fields != NULL && fields->name != NULL; fields++)
		if (fields->presence == REQUIRED &&
		    !is_sent(req, fields->name))
			err = fail_member(ctx, E_INPUT, fields->name,
			    "is required");
	return err;
}

static enum err
bind_file(struct ctx *ctx, struct request *req,
    const struct file_field *fields, const struct file *file)
{
	size_t i;

	for (i = 0; fields[i].name != NULL; i++)
		if (strcmp(fields[i].name, file->name) == 0)
			break;
	if (fields[i].name == NULL)
		return fail_member(ctx, E_MEMBER, file->name,
		    "is not taken here");
	assert(i < FILES_MAX);
	if (req->files[i] != NULL)
		return fail_member(ctx, E_MEMBER, file->name,
		    "is there more than once");
	req->files[i] = file;
	return OK;
}

enum err
upload_bind(struct ctx *ctx, struct request *req,
    const struct file_field *fields)
{
	const struct file	*file;
	enum err		 err;

	if (fields == NULL)
		return OK;
	for (file = req->sent; file != NULL; file = file->next)
		if ((err = bind_file(ctx, req, fields, file)) != OK)
			return err;
	return OK;
}
