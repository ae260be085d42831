/* The one clock.  Times are milliseconds since 1970 in UTC, as int64_t. */
#ifndef DARBAN_CLOCK_H
#define DARBAN_CLOCK_H

#include "base/base.h"

enum { CLOCK_ISO_SIZE = 25 };	/* "2026-01-31T23:59:59.999Z" and its NUL */

#define SECONDS(n)	((int64_t)(n) * 1000)
#define MINUTES(n)	(SECONDS(n) * 60)
#define HOURS(n)	(MINUTES(n) * 60)
#define DAYS(n)		(HOURS(n) * 24)

/* Now; or what clock_set said. */
int64_t	clock_now(void);

/* Milliseconds of a clock that never jumps, for deadlines. */
int64_t	clock_monotonic(void);

/* For tests: stands still at `now` until the next call; 0 lets it run. */
void	clock_set(int64_t now);

/*
 * ISO 8601 with milliseconds and Z, as JavaScript's toISOString.  A time that
 * is in no year from 0 to 9999 is the nearest that is.
 */
void	clock_iso(int64_t time, char out[CLOCK_ISO_SIZE]);

/*
 * Reads what clock_iso writes, and the like: a fraction of up to nine digits
 * or none, and Z or an offset ("+02:00", "+0200").  False for anything else,
 * a day that there is not included.
 */
bool	clock_parse(const char *text, int64_t *out) NODISCARD;

#endif
