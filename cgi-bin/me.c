/*
 * GET /current-user: who am I?
 *
 *	200	the user
 *	401	no access token, or it is not good (any more)
 */
#include "http/darban.h"

static enum err
me(struct ctx *ctx, const struct request *req, struct response *res)
{
	user_describe(ctx->arena, req->user, response_data(res));
	response_message(res, "Current user fetched successfully");
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
		{ 0 }
	});
}
