/*
 * GET /healthcheck: can this host serve?
 *
 *	200	{}: configuration and store are well
 *	503	they are not, as every other endpoint would say
 */
#include "http/darban.h"

static enum err
health(struct ctx *ctx, const struct request *_ UNUSED, struct response *res)
{
	enum err err;

	if ((err = store_ping(ctx->store)) != OK)
		return err;
	response_message(res, "Everything is well");
	return OK;
}

int
main(void)
{
	return serve((const struct endpoint[]){
		{
			.methods = METHOD_GET,
			.access  = ANYONE,
			.handler = health,
		},
		{ 0 }
	});
}
