/*
 * GET /sessions: on which devices am I logged in?
 * DELETE /sessions/ID: log one of them out.
 *
 *	200	an array of { "_id", "createdAt", "lastUsedAt", "expiresAt",
 *		"userAgent", "ip", "current" }, the newest first; after a
 *		DELETE {}, and where it was this device its cookies expire
 *	400	the id is missing, or there twice
 *	401	no access token, or it is not good (any more)
 *	404	not a live session of this user, whatever it is
 */
#include "http/darban.h"
#include "account/sessions.h"

static enum err
list(struct ctx *ctx, const struct request *req, struct response *res)
{
	struct session	*sessions;
	size_t		 count;
	enum err	 err;

	if ((err = sessions_list(ctx, req->user, &sessions, &count)) != OK)
		return err;
	sessions_describe(ctx->arena, sessions, count, req->session,
	    response_array(res));
	response_message(res, "Sessions fetched successfully");
	return OK;
}

static enum err
end_one(struct ctx *ctx, const struct request *req, struct response *res)
{
	char		 current[ID_HEX_SIZE];
	const char	*id;
	enum err	 err;

	if ((err = request_query(ctx, req, "id", &id)) != OK ||
	    (err = sessions_end_one(ctx, req->user, id)) != OK)
		return err;

	id_hex(&req->session->id, current);
	if (strcasecmp(id, current) == 0)
		credentials_expire(ctx, res);
	response_message(res, "Session ended");
	return OK;
}

int
main(void)
{
	return serve((const struct endpoint[]){
		{
			.methods = METHOD_GET,
			.access  = ACCESS_TOKEN,
			.handler = list,
		},
		{
			.methods = METHOD_DELETE,
			.access  = ACCESS_TOKEN,
			.handler = end_one,
		},
		{ 0 }
	});
}
