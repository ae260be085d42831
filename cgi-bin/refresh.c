/*
 * POST /refresh-token: trade a refresh token for its successor and a new
 * access token.
 *
 *	takes	{ "refreshToken" }, where it is not in its cookie; also one of
 *		the system that was here before, once (legacy.h)
 *	200	{ "accessToken", "refreshToken" }, both as cookies too; the same
 *		answer again to a repetition within the grace
 *	400	cookie and body name different sessions
 *	401	no token, or it is not good; `session_revoked` where it was used
 *		before, which has ended the session; cookies expire only
 *		where the session is over
 */
#include "http/darban.h"
#include "account/legacy.h"

enum { TOKEN };

static const struct field fields[] = {
	[TOKEN] = { "refreshToken", any_text, OPTIONAL },
	{ 0 }
};

static enum err
refresh(struct ctx *ctx, const struct request *req, struct response *res)
{
	const char	*token;
	struct tokens	 tokens;
	enum err	 err;

	if ((err = credentials_refresh(ctx, req,
	    request_field(req, TOKEN), &token)) != OK)
		return err;
	err = legacy_is_token(ctx, token) ?
	    legacy_exchange(ctx, token, &tokens) :
	    session_refresh(ctx, token, &tokens);
	if (err != OK)
		return err;

	credentials_send(ctx, &tokens, res);
	response_message(res, "Access token refreshed");
	return OK;
}

int
main(void)
{
	return serve((const struct endpoint[]){
		{
			.methods  = METHOD_POST,
			.access   = REFRESH_TOKEN,
			.max_body = BODY_MAX,
			.fields   = fields,
			.handler  = refresh,
		},
		{ 0 }
	});
}
