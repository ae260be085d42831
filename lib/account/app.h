/*
 * What outlives a request: the configuration, its keys and the open store.
 * Made good again at every request, so that nobody restarts anything after a
 * configuration was mended or a database came back.
 */
#ifndef DARBAN_APP_H
#define DARBAN_APP_H

#include "base/conf.h"
#include "base/ctx.h"
#include "store/store.h"
#include "account/token.h"

struct app {
	char			*path;		/* of the configuration */
	struct conf_stamp	 stamp;		/* of what was read last */
	int64_t			 read_at;	/* by clock_monotonic */
	struct conf		*conf;		/* NULL: it was broken */
	struct keyring		*keys;
	struct store		*store;		/* NULL: not open */
	enum store_mode		 mode;
};

/*
 * What a request may take, and the part of it, at its end, in which nothing
 * is begun with the store; milliseconds.
 */
enum { REQUEST_TIME = 10000, STORE_TIME = 3000 };

/*
 * Reads the configuration at `path` where it is not the one already read, and
 * opens the store where it is not open; fills `conf`, `keys` and `store` of
 * `ctx`, whose deadline is also the store's; the first two also where it is
 * the store that is away: to whom that may be told is configured.  E_CONFIG,
 * E_UNAVAILABLE, E_INTERNAL, and the log says why.
 */
enum err	app_prepare(struct app *app, const char *path,
		    struct ctx *ctx) NODISCARD;

void		app_close(struct app *app);

#endif
