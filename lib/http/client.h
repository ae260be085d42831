/*
 * Who asks: the address, the program and the scheme of the client, through
 * the proxies that the configuration trusts.
 */
#ifndef DARBAN_CLIENT_H
#define DARBAN_CLIENT_H

#include "http/request.h"

/*
 * What the connection says, in ctx->address, ctx->user_agent, req->is_https
 * and the log's lines: what there is to say before there is a configuration.
 */
void	client_find(struct ctx *ctx, struct request *req);

/*
 * Where the peer is one of `trusted_proxies`: the rightmost address of
 * X-Forwarded-For that is none of them (the leftmost where all are), and the
 * scheme of X-Forwarded-Proto.  The peer's own where they are missing, there
 * twice, or not to be read; in the log's lines "-" where there is something in
 * X-Forwarded-For and it names nobody.
 */
void	client_behind_proxy(struct ctx *ctx, struct request *req);

#endif
