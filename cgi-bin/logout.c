/*
 * POST /logout: end this session, or all of the user's.
 *
 *	takes	{ "everywhere": boolean, "refreshToken" }, both optional
 *	200	{}, and both cookies expire
 *	401	no good access token, and no refresh token that we issued; for
 *		`everywhere` it must be the current one
 */
#include "http/darban.h"
#include "account/legacy.h"

enum { EVERYWHERE, TOKEN };

static const struct field fields[] = {
	[EVERYWHERE] = { "everywhere",   NULL,     OPTIONAL },
	[TOKEN]      = { "refreshToken", any_text, OPTIONAL },
	{ 0 }
};

static enum err
logout(struct ctx *ctx, const struct request *req, struct response *res)
{
	const bool	 everywhere = request_flag(req, EVERYWHERE);
	struct session	*session;
	struct user	*user;
	int64_t		 count;
	enum err	 err;

	if ((err = credentials_either(ctx, req, request_field(req, TOKEN),
	    everywhere ? SESSION_CURRENT : SESSION_ANY_ISSUED, &user,
	    &session)) != OK)
		return err;
	/* First: once the session has ended nobody can ask for it again. */
	if ((err = legacy_forget(ctx, user)) != OK)
		return err;
	err = everywhere ? session_end_all(ctx, user, "logout", &count) :
	    session_end(ctx, session, "logout");
	if (err != OK)
		return err;

	credentials_expire(ctx, res);
	response_message(res, "User logged out");
	return OK;
}

int
main(void)
{
	return serve((const struct endpoint[]){
		{
			.methods  = METHOD_POST,
			.access   = EITHER_TOKEN,
			.max_body = BODY_MAX,
			.fields   = fields,
			.handler  = logout,
		},
		{ 0 }
	});
}
