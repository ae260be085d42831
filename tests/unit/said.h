/* What the log says, instead of on standard error. */
#ifndef TEST_SAID_H
#define TEST_SAID_H

#include "base/base.h"
#include "base/log.h"

static char said[8192];

static inline void
said_keep(void *_ UNUSED, const char *line, size_t size)
{
	const size_t n = strlen(said);

	assert_true(size < sizeof(said) - n);
	memcpy(said + n, line, size);
	said[n + size] = '\0';
}

static inline void
said_start(void)
{
	*said = '\0';
	log_sink(said_keep, NULL);
}

static inline void
said_stop(void)
{
	log_sink(NULL, NULL);
}

#endif
