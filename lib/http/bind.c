/* The members of a body and the fields of an endpoint (request.h). */
#include "base/base.h"
#include "base/err.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/text.h"
#include "http/request.h"

/* What is wrong with the member that was sent for a field, or NULL. */
static const char *
field_problem(const struct field *field, struct member *member)
{
	if (field->problem != NULL)
		return member->type == JSON_TEXT ?
		    field->problem(member->text) : "must be text";

	if (member->from_form && member->type == JSON_TEXT &&
	    (strcmp(member->text, "true") == 0 ||
	    strcmp(member->text, "false") == 0)) {
		member->type = JSON_BOOL;
		member->yes = *member->text == 't';
	}
	return member->type == JSON_BOOL ? NULL : "must be true or false";
}

static bool
is_blank(const struct member *member)
{
	return member->type == JSON_TEXT && text_is_blank(member->text);
}

static enum err
bind_member(struct ctx *ctx, struct request *req, const struct field *fields,
    struct member *member)
{
	const char	*problem;
	size_t		 i;

	for (i = 0; fields[i].name != NULL; i++)
		if (strcmp(fields[i].name, member->name) == 0)
			break;
	if (fields[i].name == NULL)
		return fail_member(ctx, E_MEMBER, member->name,
		    "is not taken here");
	if (req->values[i] != NULL)
		return fail_member(ctx, E_MEMBER, member->name,
		    "is there more than once");
	if ((problem = field_problem(&fields[i], member)) != NULL)
		return fail_member(ctx, E_MEMBER, member->name, problem);
	req->values[i] = member;
	return OK;
}

static bool
is_sent(const struct request *req, const struct field *field)
{
	const struct member *member;

	for (member = req->members; member != NULL; member = member->next)
		if (strcmp(member->name, field->name) == 0 &&
		    (field->presence != ONE_OF || !is_blank(member)))
			return true;
	return false;
}

/* Sees that whatever must be there is there. */
static enum err
check_presence(struct ctx *ctx, const struct request *req,
    const struct field *fields)
{
	const struct field	*field, *one_of = NULL;
	bool			 has_one = false;
	enum err		 err = OK;

	for (field = fields; field->name != NULL; field++) {
		assert(field - fields < FIELDS_MAX);
		if (field->presence == ONE_OF && one_of == NULL)
			one_of = field;
		if (is_sent(req, field))
			has_one |= field->presence == ONE_OF;
		else if (field->presence == REQUIRED)
			err = fail_member(ctx, E_INPUT, field->name,
			    "is required");
	}
	if (one_of != NULL && !has_one)
		err = fail_member(ctx, E_INPUT, one_of->name,
		    "or what stands for it is required");
	return err;
}

/* What was only blank is as if it had not been sent. */
static void
drop_blank(struct request *req, const struct field *fields)
{
	size_t i;

	for (i = 0; fields[i].name != NULL; i++)
		if (fields[i].presence == ONE_OF && req->values[i] != NULL &&
		    is_blank(req->values[i]))
			req->values[i] = NULL;
}

enum err
request_bind(struct ctx *ctx, struct request *req, const struct field *fields)
{
	static const struct field	 none[] = { { 0 } };
	struct member			*member;
	enum err			 err, one;

	if (fields == NULL)
		fields = none;
	if ((err = check_presence(ctx, req, fields)) != OK)
		return err;

	for (member = req->members; member != NULL; member = member->next) {
		one = bind_member(ctx, req, fields, member);
		if (one != OK && err != E_INTERNAL)
			err = one;
	}
	drop_blank(req, fields);
	return err;
}

const struct file *
request_file(const struct request *req, size_t field)
{
	assert(field < FILES_MAX);
	return req->files[field];
}

const char *
request_field(const struct request *req, size_t field)
{
	assert(field < FIELDS_MAX);
	return req->values[field] != NULL ? req->values[field]->text : NULL;
}

bool
request_flag(const struct request *req, size_t field)
{
	assert(field < FIELDS_MAX);
	return req->values[field] != NULL && req->values[field]->yes;
}
