#include "store/mongo.h"
#include "base/base.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "store/engine.h"
#include "store/mongo_log.h"
#include "store/module.h"
#include "store/store.h"

/*
 * What the URI leaves open.  libmongoc's own values would make a request wait
 * for five minutes, or fail for five seconds after the server is back.
 */
static const struct {
	const char	*name;
	int32_t		 value;		/* ms */
} times[] = {
	{ MONGOC_URI_SERVERSELECTIONTIMEOUTMS, 2000 },
	{ MONGOC_URI_CONNECTTIMEOUTMS, 1000 },
	{ MONGOC_URI_SOCKETTIMEOUTMS, 3000 },
	{ MONGOC_URI_WTIMEOUTMS, 2500 },
};

/* An index of many accounts takes its time. */
enum { SETUP_TIME = 10 * 60 * 1000 };	/* ms */

static bool
complete_uri(mongoc_uri_t *uri, enum store_mode mode)
{
	size_t i;

	if (mode >= STORE_CREATE &&
	    !mongoc_uri_has_option(uri, MONGOC_URI_SOCKETTIMEOUTMS) &&
	    !mongoc_uri_set_option_as_int32(uri, MONGOC_URI_SOCKETTIMEOUTMS,
	    SETUP_TIME))
		return false;
	for (i = 0; i < NELEMS(times); i++)
		if (!mongoc_uri_has_option(uri, times[i].name) &&
		    !mongoc_uri_set_option_as_int32(uri, times[i].name,
		    times[i].value))
			return false;
	return mongoc_uri_has_option(uri,
	    MONGOC_URI_SERVERSELECTIONTRYONCE) ||
	    mongoc_uri_set_option_as_bool(uri,
	    MONGOC_URI_SERVERSELECTIONTRYONCE, false);
}

/* What libmongoc says about a URI may quote it, and so a password. */
static enum err
read_uri(const char *text, enum store_mode mode, mongoc_uri_t **out)
{
	bson_error_t	 error;
	mongoc_uri_t	*uri;

	if ((uri = mongoc_uri_new_with_error(text, &error)) == NULL ||
	    !complete_uri(uri, mode)) {
		log_error("store: libmongoc does not understand this "
		    "mongodb URI; in names and passwords, characters like "
		    ": / @ %% are written as %%XX");
		mongoc_uri_destroy(uri);
		return E_CONFIG;
	}
	if (mongoc_uri_get_database(uri) == NULL) {
		log_error("store: the mongodb URI names no database");
		mongoc_uri_destroy(uri);
		return E_CONFIG;
	}
	*out = uri;
	return OK;
}

/* NULL is nothing to each of these. */
static void
drop_client(struct mongo *mg)
{
	mongoc_collection_destroy(mg->throttle);
	mongoc_collection_destroy(mg->sessions);
	mongoc_collection_destroy(mg->users);
	mongoc_database_destroy(mg->database);
	mongoc_client_destroy(mg->client);
	mg->throttle = mg->sessions = mg->users = NULL;
	mg->database = NULL;
	mg->client = NULL;
}

/* Connects to nobody yet: that is for the first operation to do. */
static enum err
make_client(struct mongo *mg)
{
	const char	*name = mongoc_uri_get_database(mg->uri);
	bson_error_t	 error;

	mg->client = mongoc_client_new_from_uri_with_error(mg->uri, &error);
	if (mg->client == NULL) {
		log_error("store: mongodb: %s", error.message);
		/* A name server may be away; anything else stays wrong. */
		return error.domain == MONGOC_ERROR_STREAM ? E_UNAVAILABLE :
		    E_CONFIG;
	}
	(void)mongoc_client_set_error_api(mg->client,
	    MONGOC_ERROR_API_VERSION_2);
	(void)mongoc_client_set_appname(mg->client, "darban");
	mg->database = mongoc_client_get_database(mg->client, name);
	mg->users = mongoc_database_get_collection(mg->database, "users");
	mg->sessions = mongoc_database_get_collection(mg->database,
	    "sessions");
	mg->throttle = mongoc_database_get_collection(mg->database,
	    "throttle");
	mg->wtimeout = mongoc_uri_get_option_as_int32(mg->uri,
	    MONGOC_URI_WTIMEOUTMS, 0);
	mg->is_lost = false;
	return OK;
}

static void
shut(struct store *store)
{
	struct mongo *mg = mongo_of(store);

	drop_client(mg);
	mongoc_read_prefs_destroy(mg->primary);
	mongoc_uri_destroy(mg->uri);
	free(mg);
}

/*
 * The driver looks for a server that it did not reach only after five seconds
 * again, a new client at once.
 */
static enum err
begin(struct store *store)
{
	struct mongo *mg = mongo_of(store);

	if (!mg->is_lost && mg->client != NULL)
		return OK;
	drop_client(mg);
	return make_client(mg);
}

static enum err
ping(struct store *store)
{
	struct mongo	*mg = mongo_of(store);
	mongoc_cursor_t	*cursor;
	const bson_t	*doc;
	bson_t		 filter = BSON_INITIALIZER, *options;

	/* Whether an account can be read, and not only who answers there. */
	options = BCON_NEW("limit", BCON_INT64(1), "projection", "{", "_id",
	    BCON_INT32(1), "}");
	cursor = mongo_find(mg, mg->users, &filter, options);
	(void)mongoc_cursor_next(cursor, &doc);
	bson_destroy(options);
	bson_destroy(&filter);
	return mongo_end(mg, cursor);
}

static enum err
backup(struct store *_ UNUSED, const char *_2 UNUSED,
    void (*_3)(int, int) UNUSED)
{
	return E_CONFIG;
}

static const struct engine engine = {
	.begin = begin,
	.close = shut,
	.user_insert = mongo_user_insert,
	.user_insert_many = mongo_user_insert_many,
	.user_by_login = mongo_user_by_login,
	.user_by_id = mongo_user_by_id,
	.user_update = mongo_user_update,
	.user_take_legacy = mongo_user_take_legacy,
	.user_drop_legacy = mongo_user_drop_legacy,
	.user_list_after = mongo_user_list_after,
	.user_remove = mongo_user_remove,
	.profile = mongo_profile,
	.session_insert = mongo_session_insert,
	.session_insert_many = mongo_session_insert_many,
	.session_list_after = mongo_session_list_after,
	.count = mongo_count,
	.session_find = mongo_session_find,
	.session_swap = mongo_session_swap,
	.session_keep = mongo_session_keep,
	.session_end = mongo_session_end,
	.session_end_all = mongo_session_end_all,
	.session_list = mongo_session_list,
	.session_purge = mongo_session_purge,
	.throttle_take = mongo_throttle_take,
	.throttle_give_back = mongo_throttle_give_back,
	.throttle_forgive = mongo_throttle_forgive,
	.throttle_find = mongo_throttle_find,
	.ping = ping,
	.describe = mongo_describe,
	.backup = backup,
};

/* Once a process; its own log could quote a URI. */
static void
start_library(void)
{
	static bool has_started;

	if (has_started)
		return;
	mongoc_log_set_handler(NULL, NULL);
	mongoc_init();
	has_started = true;
}

static enum err
open_store(const struct module_host *host, const char *text,
    enum store_mode mode, struct store **out)
{
	struct mongo	*mg;
	enum err	 err;

	mongo_log_to(host);
	start_library();
	if ((mg = calloc(1, sizeof(*mg))) == NULL)
		return E_INTERNAL;
	mg->store.engine = &engine;
	/* A session that has ended lives on at a secondary for a while. */
	mg->primary = mongoc_read_prefs_new(MONGOC_READ_PRIMARY);
	if ((err = read_uri(text, mode, &mg->uri)) == OK &&
	    (err = make_client(mg)) == OK && mode >= STORE_CREATE)
		err = mongo_prepare(mg, mode == STORE_CREATE_VALIDATOR);
	if (err != OK) {
		shut(&mg->store);
		return err;
	}
	*out = &mg->store;
	return OK;
}

__attribute__((visibility("default")))
const struct module darban_mongo = {
	.darban = VERSION,
	.library = mongoc_get_version,
	.open = open_store,
};
