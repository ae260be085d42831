/*
 * POST /change-password: a new password for whoever knows the old one.
 *
 *	takes	{ "oldPassword", "newPassword" }
 *	200	{}; every other session of the account has ended, and what an
 *		earlier system had issued is forgotten
 *	400	the old password is missing or wrong
 *	401	no access token, or it is not good (any more)
 *	422	the new password is not one that this site takes
 *	429	too many wrong passwords; Retry-After says when to come back
 *	503	no hash could be computed in time, or the store is away
 */
#include "http/darban.h"
#include "account/proof.h"

enum { OLD, NEW };

static const struct field fields[] = {
	[OLD] = { "oldPassword", login_password_problem, REQUIRED },
	[NEW] = { "newPassword", any_text,               REQUIRED },
	{ 0 }
};

static enum err
change_password(struct ctx *ctx, const struct request *req,
    struct response *res)
{
	enum err err;

	if ((err = user_change_password(ctx, req->user, req->session,
	    request_field(req, OLD), request_field(req, NEW))) != OK ||
	    (err = credentials_send_device(ctx, req, res)) != OK)
		return err;

	response_message(res, "Password changed successfully");
	return OK;
}

int
main(void)
{
	return serve((const struct endpoint[]){
		{
			.methods  = METHOD_POST,
			.access   = ACCESS_TOKEN,
			.max_body = BODY_MAX,
			.fields   = fields,
			.handler  = change_password,
		},
		{ 0 }
	});
}
