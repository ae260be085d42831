#include <time.h>

#include "base/base.h"
#include "base/clock.h"

/* The years that have four digits: 0000-01-01 to 9999-12-31, in UTC. */
static const int64_t first = INT64_C(-62167219200000);
static const int64_t last = INT64_C(253402300799999);

static int64_t standing;	/* what clock_set said, or 0 */

static int64_t
clock_read(clockid_t which)
{
	struct timespec now;
	int result;

	result = clock_gettime(which, &now);
	assert(result == 0);
	return SECONDS(now.tv_sec) + now.tv_nsec / 1000000;
}

int64_t
clock_now(void)
{
	return standing != 0 ? standing : clock_read(CLOCK_REALTIME);
}

int64_t
clock_monotonic(void)
{
	return clock_read(CLOCK_MONOTONIC);
}

void
clock_set(int64_t now)
{
	standing = now;
}

void
clock_iso(int64_t time, char out[CLOCK_ISO_SIZE])
{
	char text[96];	/* for any numbers: the compiler knows no calendar */
	struct tm tm;
	time_t seconds;
	int milliseconds;

	if (time < first)
		time = first;
	if (time > last)
		time = last;

	/* Division rounds towards 0, which before 1970 is the future. */
	seconds = time / 1000;
	milliseconds = (int)(time % 1000);
	if (milliseconds < 0) {
		milliseconds += 1000;
		seconds--;
	}
	gmtime_r(&seconds, &tm);
	snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
	    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
	    tm.tm_min, tm.tm_sec, milliseconds);
	memcpy(out, text, CLOCK_ISO_SIZE);
}
