/*
 * Requests that a browser makes on behalf of another site: refused where they
 * could change something, allowed to the origins that the configuration names
 * (the Fetch standard's CORS protocol).
 */
#ifndef DARBAN_ORIGIN_H
#define DARBAN_ORIGIN_H

#include "http/request.h"
#include "http/response.h"

/*
 * Finds Origin and Sec-Fetch-Site.  E_MALFORMED: one of them is there twice.
 */
enum err	origin_find(struct request *req) NODISCARD;

/*
 * Whether the request may go on to an endpoint of this access:
 *
 *  1.	its Origin is one of `allowed_origins`;
 *  2.	else Sec-Fetch-Site says `same-origin` or `none`;
 *  3.	without that, Origin is `origin`, or where that is not set the
 *	request's own host;
 *  4.	there is neither: no browser of today leaves out both.
 *
 * What cannot change anything passes, and so does a Bearer without a cookie
 * of ours, to an endpoint that takes one: no browser adds it by itself.
 * E_CROSS_SITE.
 */
enum err	origin_check(const struct ctx *ctx, const struct request *req,
		    enum access access) NODISCARD;

/*
 * Adds the CORS headers that an origin of `allowed_origins` gets on every
 * answer, those of a preflight too where the method is OPTIONS; `allow` are
 * the methods there are.  Others get none.
 */
void		origin_allow(const struct ctx *ctx,
		    const struct request *req, const char *allow,
		    struct response *res);

#endif
