/*
 * What a token says: the table of its claims, points 5 to 7 of the seven, and
 * the list of what is written.  token.c's own.
 */
#ifndef DARBAN_CLAIMS_H
#define DARBAN_CLAIMS_H

#include "base/ctx.h"
#include "base/err.h"
#include "base/id.h"
#include "base/json.h"
#include "account/piece.h"
#include "account/token.h"

enum { CLAIM_LIST_MAX = 12 };

/* A claim as it is written: a JSON_TEXT or a JSON_NUMBER. */
struct claim {
	const char	*name;
	enum json_type	 type;
	const char	*text;
	int64_t		 number;
};

/* Its claims point into it: it must not be copied. */
struct claim_list {
	struct claim	 claim[CLAIM_LIST_MAX];
	size_t		 count;
	char		 user[ID_HEX_SIZE];
	char		 session[ID_HEX_SIZE];
};

/*
 * 5, 6 and 7: the claims of a payload whose signature is good, and of nothing
 * else.  E_TOKEN: one of the points is not kept, and `out` may be half
 * filled; E_INTERNAL.
 */
enum err	claims_read(struct ctx *ctx, enum token_use use,
		    const struct piece *payload, struct claims *out)
		    NODISCARD;

/* All that a token of that use says; a NULL name is left out.  E_INTERNAL. */
enum err	claims_list(struct ctx *ctx, enum token_use use,
		    const struct claims *claims, struct claim_list *out)
		    NODISCARD;

#endif
