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

/* Passes the digits of a number, exactly so many. */
static bool
take_digits(const char **at, int count, int *out)
{
	int number = 0;

	for (; count > 0; count--, (*at)++) {
		if (**at < '0' || **at > '9')
			return false;
		number = number * 10 + (**at - '0');
	}
	*out = number;
	return true;
}

static bool
take(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

/* Milliseconds; what is finer is dropped. */
static bool
take_fraction(const char **at, int *out)
{
	int digit, count = 0, scale = 100;

	*out = 0;
	if (!take(at, '.'))
		return true;
	for (; take_digits(at, 1, &digit); count++) {
		*out += digit * scale;
		scale /= 10;
	}
	return count >= 1 && count <= 9;
}

/* Minutes to the east. */
static bool
take_offset(const char **at, int *out)
{
	int hours, minutes, sign = **at == '-' ? -1 : 1;

	*out = 0;
	if (take(at, 'Z'))
		return true;
	if (!(take(at, '+') || take(at, '-')) ||
	    !take_digits(at, 2, &hours) || hours > 23)
		return false;
	(void)take(at, ':');
	if (!take_digits(at, 2, &minutes) || minutes > 59)
		return false;
	*out = sign * (hours * 60 + minutes);
	return true;
}

bool
clock_parse(const char *text, int64_t *out)
{
	struct tm tm = { 0 }, back;
	time_t seconds;
	int year, month, milliseconds, offset;

	if (!take_digits(&text, 4, &year) || !take(&text, '-') ||
	    !take_digits(&text, 2, &month) || !take(&text, '-') ||
	    !take_digits(&text, 2, &tm.tm_mday) || !take(&text, 'T') ||
	    !take_digits(&text, 2, &tm.tm_hour) || !take(&text, ':') ||
	    !take_digits(&text, 2, &tm.tm_min) || !take(&text, ':') ||
	    !take_digits(&text, 2, &tm.tm_sec) ||
	    !take_fraction(&text, &milliseconds) ||
	    !take_offset(&text, &offset) || *text != '\0')
		return false;
	tm.tm_year = year - 1900;
	tm.tm_mon = month - 1;

	/*
	 * The library makes 1 March of 30 February, and of 24:00 midnight:
	 * what it has moved there is not.
	 */
	back = tm;
	seconds = timegm(&back);
	if (back.tm_year != tm.tm_year || back.tm_mday != tm.tm_mday ||
	    back.tm_min != tm.tm_min)
		return false;
	*out = SECONDS(seconds) + milliseconds - MINUTES(offset);
	return true;
}
