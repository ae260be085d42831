/*
 * darban check, backup, version: the store as a whole.
 *
 * What check finds is its answer, not its failure, so it goes to standard
 * output; and it goes on after each finding as far as there is something to
 * look at, because whoever mends a set-up wants the list and not its head.
 */
#include <sys/stat.h>

#include "command.h"
#include "base/conf.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/text.h"
#include "account/password.h"
#include "avatar/picture.h"

/* Wrong things (exit 3) and things to know, as lines or for one object. */
struct check {
	struct invocation	*in;
	struct json		*object;	/* NULL: lines */
	struct json		*findings, *notes;
	size_t			 found;
};

static void
find(void *arg, const char *text)
{
	struct check *check = arg;

	check->found++;
	if (check->object == NULL)
		say("%s", text);
	else
		json_append_text(check->in->ctx.arena, check->findings, text);
}

/* Something that may well be meant so; it does not make the status 3. */
static void
note(struct check *check, const char *text)
{
	if (check->object == NULL)
		say("note: %s", text);
	else
		json_append_text(check->in->ctx.arena, check->notes, text);
}

/* What the store says in the log is what is wrong with it. */
static void
find_logged(void *arg, const char *line, size_t size)
{
	struct check	*check = arg;
	const char	*text;
	int		 length;

	text = log_text(line, size, &length);
	text = arena_printf(check->in->ctx.arena, "%.*s", length, text);
	if (text != NULL)
		find(check, text);
}

static void
find_about(struct check *check, const char *what, const char *problem)
{
	const char *text;

	text = arena_printf(check->in->ctx.arena, "%s: %s", what, problem);
	find(check, text == NULL ? what : text);
}

/*
 * It is the programs of the configuration's owner that must be able to write;
 * run by root, this process is that owner by now.
 */
static void
check_directory(struct check *check, const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		find_about(check, path, strerror(errno));
	else if (!S_ISDIR(st.st_mode))
		find_about(check, path, "not a directory");
	else if (eaccess(path, W_OK | X_OK) != 0)
		find_about(check, path, "cannot be written");
}

/* A file that the log will be appended to may not be there yet. */
static void
check_log(struct check *check, const char *path)
{
	char *directory, *slash;

	if (access(path, F_OK) == 0) {
		if (eaccess(path, W_OK) != 0)
			find_about(check, path, "cannot be written");
		return;
	}
	directory = arena_strdup(check->in->ctx.arena, path);
	if (directory == NULL || (slash = strrchr(directory, '/')) == NULL)
		return;
	*slash = '\0';
	check_directory(check, *directory == '\0' ? "/" : directory);
}

static void
check_store(struct check *check, const struct conf *conf)
{
	const char	*engine = NULL;
	struct store	*store = NULL;
	enum err	 err;

	log_sink(find_logged, check);
	if ((err = store_open(conf->store, STORE_ADMIN, &store)) == OK &&
	    (err = store_ping(store)) == OK)
		err = store_describe(store, check->in->ctx.arena, &engine);
	store_close(store);
	log_sink(complain_log, NULL);

	if (err != OK)
		find_about(check, "store", failure_text(err));
	else if (check->object == NULL)
		say("store: %s", engine);
	else
		json_add_text(check->in->ctx.arena, check->object, "store",
		    engine);
}

/* What fails here would be a 503 to whoever sends a picture. */
static void
check_pictures(struct check *check, const struct conf *conf)
{
	struct ctx	*ctx = &check->in->ctx;
	enum err	 err;

	ctx->conf = conf;
	log_sink(find_logged, check);
	err = picture_probe(ctx);
	log_sink(complain_log, NULL);
	ctx->conf = NULL;
	if (err != OK)
		find_about(check, "pictures", failure_text(err));
}

static void
check_conf(struct check *check, const struct conf *conf)
{
	check_store(check, conf);
	check_pictures(check, conf);
	check_directory(check, conf->run_dir);
	check_directory(check, conf->avatar_dir);
	if (conf->log_file != NULL)
		check_log(check, conf->log_file);
	if (conf->password_blocklist != NULL &&
	    eaccess(conf->password_blocklist, R_OK) != 0)
		find_about(check, conf->password_blocklist, strerror(errno));
	if (conf->allowed_origins.count > 0 &&
	    conf->cookie_same_site != SAME_SITE_NONE)
		note(check, "browsers send no cookie from those "
		    "allowed_origins that are of another site, unless "
		    "cookie_same_site is None");
}

enum outcome
command_check(struct invocation *in)
{
	struct arena	*arena = in->ctx.arena;
	struct check	 check = { .in = in };
	struct conf	*conf;
	const char	*problem;
	enum outcome	 outcome;

	if (in->value[OPTION_JSON] != NULL) {
		check.object = json_new_object(arena);
		json_add_text(arena, check.object, "configuration", in->path);
		check.findings = json_add_array(arena, check.object,
		    "findings");
		check.notes = json_add_array(arena, check.object, "notes");
	} else
		say("configuration: %s", in->path);

	if ((problem = act_as_owner(in->path)) != NULL)
		find_about(&check, in->path, problem);
	else if ((conf = load_as_owner(in->path, find, &check)) != NULL) {
		check_conf(&check, conf);
		conf_free(conf);
	}

	outcome = in->value[OPTION_JSON] == NULL ? DONE :
	    print_json(in, check.object);
	return outcome == DONE && check.found > 0 ? FOUND : outcome;
}

static void
show_progress(int done, int total)
{
	progress(done, total);
}

enum outcome
command_backup(struct invocation *in)
{
	const char	*path = in->operand[0];
	enum err	 err;

	err = store_backup(in->ctx.store, path, show_progress);
	progress_clear();
	if (err == OK) {
		say("%s written", path);
		return DONE;
	}
	if (err == E_EXISTS)
		complain("%s: there is a file already", path);
	else if (err == E_CONFIG)
		complain("this store is backed up with its own tools");
	else
		return failed(in, err, path);
	return COULD_NOT;
}

enum outcome
command_version(struct invocation *in)
{
	struct arena	*arena = in->ctx.arena;
	const struct {
		const char	*name, *version;
	} libraries[] = {
		{ "openssl", crypto_library() },
		{ "libsodium", password_library() },
		{ "utf8proc", text_library() },
		{ "cjson", json_library() },
	};
	struct json	*object, *part;
	const char	*engine, *version;
	size_t		 i;

	object = json_new_object(arena);
	json_add_text(arena, object, "version", VERSION);
	part = json_add_object(arena, object, "libraries");
	for (i = 0; i < NELEMS(libraries); i++)
		json_add_text(arena, part, libraries[i].name,
		    libraries[i].version);
	part = json_add_object(arena, object, "engines");
	for (i = 0; (engine = store_engine(i, &version)) != NULL; i++)
		json_add_text(arena, part, engine, version);
	if (in->value[OPTION_JSON] != NULL)
		return print_json(in, object);

	say("darban " VERSION);
	for (i = 0; i < NELEMS(libraries); i++)
		say("library: %s %s", libraries[i].name,
		    libraries[i].version);
	for (i = 0; (engine = store_engine(i, &version)) != NULL; i++)
		say("store engine: %s %s", engine, version);
	return DONE;
}
