/*
 * A bar for whoever waits: not in a pipe, not for what is done at once, and
 * gone when the work is, because the answer says all there is to say.
 */
#include "command.h"
#include "base/clock.h"

enum {
	PATIENCE = 500,		/* ms until it is worth a bar */
	PAUSE	 = 100,		/* ms between two */
	BAR	 = 40,		/* columns */
};

static bool	is_shown;

void
progress(int64_t done, int64_t total)
{
	static const char	bar[] =
	    "########################################";
	static int64_t		begun, last;
	const int64_t		now = clock_monotonic();
	double			part;

	if (begun == 0)
		begun = now;
	if (total <= 0 || now - begun < PATIENCE ||
	    (now - last < PAUSE && done < total) ||
	    isatty(STDERR_FILENO) != 1)
		return;
	last = now;
	is_shown = true;
	part = done < total ? (double)done / (double)total : 1;
	(void)fprintf(stderr, "\r[%-*.*s] %3d%%", BAR, (int)(BAR * part),
	    bar, (int)(100 * part));
}

void
progress_clear(void)
{
	if (is_shown)
		(void)fprintf(stderr, "\r%*s\r", BAR + 7, "");
	is_shown = false;
}
