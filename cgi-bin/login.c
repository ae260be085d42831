/*
 * POST /login: trade a name and a password for a session.
 *
 *	takes	{ "username" or "email", "password" }
 *	200	{ "user", "accessToken", "refreshToken" }, the tokens as cookies
 *		too; a session whose cookies came along has ended
 *	400	no name or no password
 *	401	the name or the password is wrong; which is nobody's business
 *	422	a name or a password that could not be anybody's
 *	429	too many attempts; Retry-After says when to come back
 *	503	no hash could be computed in time, or the store is away
 */
#include "http/darban.h"

enum { USERNAME, EMAIL, PASSWORD };

static const struct field fields[] = {
	[USERNAME] = { "username", login_name_problem,     ONE_OF },
	[EMAIL]    = { "email",    login_name_problem,     ONE_OF },
	[PASSWORD] = { "password", login_password_problem, REQUIRED },
	{ 0 }
};

static enum err
login(struct ctx *ctx, const struct request *req, struct response *res)
{
	const char	*name, *password;
	struct user	*user;
	struct tokens	 tokens;
	enum err	 err;

	if ((name = request_field(req, USERNAME)) == NULL)
		name = request_field(req, EMAIL);
	password = request_field(req, PASSWORD);

	if ((err = users_authenticate(ctx, name, password,
	    req->cookies[COOKIE_DEVICE], &user)) != OK ||
	    (err = credentials_end_previous(ctx, req)) != OK ||
	    (err = session_open(ctx, user, &tokens)) != OK)
		return err;

	user_describe(ctx->arena, user, response_object(res, "user"));
	credentials_send(ctx, &tokens, res);
	response_message(res, "User logged in successfully");
	return OK;
}

int
main(void)
{
	return serve((const struct endpoint[]){
		{
			.methods  = METHOD_POST,
			.access   = ANYONE,
			.max_body = BODY_MAX,
			.fields   = fields,
			.handler  = login,
		},
		{ 0 }
	});
}
