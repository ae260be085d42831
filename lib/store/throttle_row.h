/*
 * What is kept of one throttle key, and how an attempt changes it.  Engines
 * that compute elsewhere (a pipeline on a database server) do the same sums;
 * whether an attempt was let through follows from the row as it was before.
 */
#ifndef DARBAN_THROTTLE_ROW_H
#define DARBAN_THROTTLE_ROW_H

#include "base/base.h"
#include "store/store.h"

/* All zeros: a key that nobody has heard of. */
struct throttle_row {
	int64_t	tat;		/* when the bucket will be full again */
	int64_t	failures;	/* in a row */
	int64_t	until;		/* closed before */
	int64_t	forget_at;	/* from then on the row means nothing */
};

/*
 * Whether the row means nothing at `now`: 30 days after its last attempt, or
 * where that was more than a day ahead.  No clocks of several hosts differ so
 * much; this one went wrong and was mended, and the key would be closed until
 * then, which may be years.
 */
bool	throttle_row_is_forgotten(const struct throttle_row *row,
	    int64_t now);

/* How long an attempt at `now` must wait; 0: it may go. */
int64_t	throttle_row_wait(const struct throttle_row *row,
	    const struct throttle_rule *rule, int64_t now);

/* Counts an attempt that may go. */
void	throttle_row_take(struct throttle_row *row,
	    const struct throttle_rule *rule, int64_t now);

#endif
