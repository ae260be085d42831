/* What import and copy share: many accounts in one write. */
#include "command.h"

enum { TRIES = 3 };	/* a lock passes, a connection can be made anew */

bool
may_retry(struct store *store, enum err err, int *tries)
{
	return err == E_UNAVAILABLE && ++*tries < TRIES &&
	    store_begin(store, 0) == OK;
}

const char *
refusal_text(const struct store_result *result)
{
	if (result->err == E_TOO_LARGE)
		return "it is too large for this store";
	if (result->err == E_MEMBER)
		return "this store's own validator wants it otherwise";
	return result->taken == USER_USERNAME ?
	    "username is taken by another account" :
	    "email is taken by another account";
}

bool
count_result(struct tally *tally, const struct store_result *result)
{
	if (result->err == OK)
		tally->done++;
	else if (result->err == E_EXISTS && result->taken == 0)
		tally->there++;
	else {
		tally->refused++;
		return false;
	}
	return true;
}
