/*
 * The module's log.h: what is logged in it goes to the program's log, which
 * is the only one.
 */
#include "base/base.h"
#include "base/log.h"
#include "store/mongo_log.h"
#include "store/module.h"

enum { LINE_SIZE = 1024 };	/* what a line of the log has room for */

static const struct module_host	*host;

void
mongo_log_to(const struct module_host *to)
{
	host = to;
}

static void
say(enum log_level level, const char *format, va_list args)
{
	char line[LINE_SIZE];

	(void)vsnprintf(line, sizeof(line), format, args);
	host->log(level, line);
}

void
log_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(LOG_ERROR, format, args);
	va_end(args);
}

void
log_warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(LOG_WARN, format, args);
	va_end(args);
}
