/*
 * GET /current-user: who am I?
 * PATCH /update-account: other names.
 *
 *	takes	any of { "fullName", "email", "username" }, at least one; and
 *		"password", the current one, where email or username change
 *	200	the user; tokens carry the new names from the next refresh on
 *	400	nothing to change; the password is missing or wrong
 *	401	no access token, or it is not good (any more)
 *	409	username or email is taken
 *	422	a name is not of its form
 *	429	too many wrong passwords; Retry-After says when to come back
 */
#include "http/darban.h"
#include "account/proof.h"

enum { FULL_NAME, EMAIL, USERNAME, PASSWORD };

static const struct field fields[] = {
	[FULL_NAME] = { "fullName", any_text,               OPTIONAL },
	[EMAIL]     = { "email",    any_text,               OPTIONAL },
	[USERNAME]  = { "username", any_text,               OPTIONAL },
	[PASSWORD]  = { "password", login_password_problem, OPTIONAL },
	{ 0 }
};

static enum err
me(struct ctx *ctx, const struct request *req, struct response *res)
{
	user_describe(ctx->arena, req->user, response_data(res));
	response_message(res, "Current user fetched successfully");
	return OK;
}

static enum err
update(struct ctx *ctx, const struct request *req, struct response *res)
{
	const struct user_names	 names = {
		.full_name = request_field(req, FULL_NAME),
		.email     = request_field(req, EMAIL),
		.username  = request_field(req, USERNAME),
	};
	struct user		*user = req->user;
	enum err		 err;

	if ((err = user_rename(ctx, user, &names)) != OK ||
	    (err = user_prove_rename(ctx, user,
	    request_field(req, PASSWORD))) != OK ||
	    (err = user_save(ctx, user, SAVE_UNVALIDATED)) != OK)
		return err;

	user_note(ctx, user, "account updated");
	user_describe(ctx->arena, user, response_data(res));
	response_message(res, "Account details updated successfully");
	return OK;
}

int
main(void)
{
	return serve((const struct endpoint[]){
		{
			.methods = METHOD_GET,
			.access  = ACCESS_TOKEN,
			.handler = me,
		},
		{
			.methods  = METHOD_PATCH,
			.access   = ACCESS_TOKEN,
			.max_body = BODY_MAX,
			.fields   = fields,
			.handler  = update,
		},
		{ 0 }
	});
}
