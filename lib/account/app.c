#include "base/base.h"
#include "base/err.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/crypto.h"
#include "base/conf.h"
#include "base/ctx.h"
#include "base/log.h"
#include "store/store.h"
#include "account/token.h"
#include "account/app.h"

enum { RETRY_TIME = 10000 };	/* ms until a broken file is read again */

static void
complain(void *_ UNUSED, const char *line)
{
	log_error("%s", line);
}

static void
forget(struct app *app)
{
	/* What is wrong with the next one is told where everybody looks. */
	log_file(NULL);
	store_close(app->store);
	keyring_free(app->keys);
	conf_free(app->conf);
	app->store = NULL;
	app->keys = NULL;
	app->conf = NULL;
}

/*
 * A broken file is looked at again once it has changed, and now and then all
 * the same, because what broke may have been this machine (no memory, no
 * file descriptor) and not the file.
 */
static bool
is_current(const struct app *app, const char *path,
    const struct conf_stamp *stamp)
{
	if (app->path == NULL || strcmp(app->path, path) != 0 ||
	    !conf_stamp_equal(&app->stamp, stamp))
		return false;
	return app->conf != NULL ||
	    clock_monotonic() - app->read_at < RETRY_TIME;
}

/*
 * The stamp is taken before the file is read: a change in between is seen at
 * the next request.
 */
static enum err
reload(struct app *app, const char *path, const struct conf_stamp *stamp)
{
	char	*copy;
	enum err err;

	if ((copy = strdup(path)) == NULL)
		return E_INTERNAL;
	forget(app);
	free(app->path);
	app->path = copy;
	app->stamp = *stamp;
	app->read_at = clock_monotonic();

	if ((app->conf = conf_load(path, complain, NULL)) == NULL)
		return E_CONFIG;
	if ((err = keyring_new(app->conf, &app->keys)) != OK) {
		forget(app);
		return err;
	}
	log_level((enum log_level)app->conf->log);
	log_file(app->conf->log_file);
	return OK;
}

static enum err
open_store(struct app *app)
{
	if (app->store != NULL)
		return OK;
	return store_open(app->conf->store, app->mode, &app->store);
}

enum err
app_prepare(struct app *app, const char *path, struct ctx *ctx)
{
	struct conf_stamp	stamp;
	int64_t			deadline;
	enum err		err;

	conf_stamp(path, &stamp);
	if (!is_current(app, path, &stamp) &&
	    (err = reload(app, path, &stamp)) != OK)
		return err;
	if (app->conf == NULL)
		return E_CONFIG;
	ctx->conf = app->conf;
	ctx->keys = app->keys;

	deadline = ctx->deadline == 0 ? 0 : ctx->deadline - STORE_TIME;
	if ((err = open_store(app)) != OK ||
	    (err = store_begin(app->store, deadline)) != OK)
		return err;
	ctx->store = app->store;
	return OK;
}

void
app_close(struct app *app)
{
	forget(app);
	free(app->path);
	app->path = NULL;
}
