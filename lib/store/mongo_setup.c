/*
 * What `darban init` makes and `darban check` looks for.  Nothing that is
 * there already is touched: the collection may be a Mongoose application's,
 * and a validator on it would make that application's writes fail.
 */
#include "store/mongo.h"
#include "base/base.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"

enum {
	DAY		= 24 * 60 * 60,	/* seconds */
	NAMESPACE_EXISTS = 48,		/* MongoDB's code */
};

/* Named as Mongoose names them, so that it finds its own. */
static const struct wanted {
	const char	*collection, *name;
	const char	*key;
	bool		 is_unique;
	int32_t		 forgets;	/* after so many seconds, or -1 */
} wanted[] = {
	{ "users", "username_1", "username", true, -1 },
	{ "users", "email_1", "email", true, -1 },
	{ "sessions", "user_1", "user", false, -1 },
	{ "sessions", "idleAt_1", "idleAt", false, DAY },
	{ "sessions", "endedAt_1", "endedAt", false, DAY },
	{ "throttle", "forgetAt_1", "forgetAt", false, 0 },
};

/* Is it an index on this field and no other? */
static bool
has_pattern(const bson_t *found, const struct wanted *index)
{
	bson_iter_t it, key;

	return bson_iter_init_find(&it, found, "key") &&
	    BSON_ITER_HOLDS_DOCUMENT(&it) && bson_iter_recurse(&it, &key) &&
	    bson_iter_next(&key) &&
	    strcmp(bson_iter_key(&key), index->key) == 0 &&
	    !bson_iter_next(&key);
}

/* Does it do what it is wanted for? */
static bool
is_good(const bson_t *found, const struct wanted *index)
{
	bson_iter_t it;

	if (index->is_unique)
		return bson_iter_init_find(&it, found, "unique") &&
		    bson_iter_as_bool(&it);
	return index->forgets < 0 ||
	    bson_iter_init_find(&it, found, "expireAfterSeconds");
}

/* Whether there is one, and whether it is good. */
static enum err
find_index(struct mongo *mg, const struct wanted *index, bool *is_there,
    bool *good)
{
	mongoc_collection_t	*collection;
	mongoc_cursor_t		*cursor;
	const bson_t		*found;
	enum err		 err;

	*is_there = *good = false;
	collection = mongoc_database_get_collection(mg->database,
	    index->collection);
	cursor = mongoc_collection_find_indexes_with_opts(collection, NULL);
	while (mongoc_cursor_next(cursor, &found))
		if (has_pattern(found, index)) {
			*is_there = true;
			*good = *good || is_good(found, index);
		}
	err = mongo_end(mg, cursor);
	mongoc_collection_destroy(collection);
	return err;
}

/* By command: the function for it came with libmongoc 1.24. */
static bson_t *
new_command(const struct wanted *index)
{
	bson_t *command, indexes = BSON_INITIALIZER, one, key;

	command = BCON_NEW("createIndexes", BCON_UTF8(index->collection));
	BSON_APPEND_DOCUMENT_BEGIN(&indexes, "0", &one);
	BSON_APPEND_DOCUMENT_BEGIN(&one, "key", &key);
	BSON_APPEND_INT32(&key, index->key, 1);
	bson_append_document_end(&one, &key);
	BSON_APPEND_UTF8(&one, "name", index->name);
	if (index->is_unique)
		BSON_APPEND_BOOL(&one, "unique", true);
	if (index->forgets >= 0)
		BSON_APPEND_INT32(&one, "expireAfterSeconds",
		    index->forgets);
	bson_append_document_end(&indexes, &one);
	BSON_APPEND_ARRAY(command, "indexes", &indexes);
	bson_destroy(&indexes);
	return command;
}

static enum err
make_index(struct mongo *mg, const struct wanted *index)
{
	bson_error_t	 error;
	bson_t		*command, reply;
	bool		 ok;

	command = new_command(index);
	ok = mongo_command(mg, command, &reply, &error);
	bson_destroy(&reply);
	bson_destroy(command);
	if (ok)
		return OK;
	if (error.domain == MONGOC_ERROR_SERVER &&
	    error.code == DUPLICATE) {
		log_error("mongodb: two accounts in %s have the same %s; "
		    "nobody may share it", index->collection, index->key);
		return E_CONFIG;
	}
	return mongo_failed(mg, &error);
}

static void
complain(const struct wanted *index, bool is_there)
{
	log_warn("mongodb: %s: %s %s index on %s", index->collection,
	    is_there ? "there is an index, but not a" : "there is no",
	    index->is_unique ? "unique" : index->forgets < 0 ? "plain" :
	    "TTL", index->key);
}

/* Only types: what a name looks like is for the floors above to know. */
static bson_t *
new_collection(const char *verb)
{
	return BCON_NEW(verb, "users", "validator", "{",
	    "$jsonSchema", "{", "bsonType", "object",
	    "required", "[", "password", "]",
	    "properties", "{",
	    "username", "{", "bsonType", "string", "}",
	    "email", "{", "bsonType", "string", "}",
	    "fullName", "{", "bsonType", "string", "}",
	    "avatar", "{", "bsonType", "string", "}",
	    "coverImage", "{", "bsonType", "string", "}",
	    "password", "{", "bsonType", "string", "}",
	    "watchHistory", "{", "bsonType", "array", "items", "{",
	    "bsonType", "objectId", "}", "}",
	    "createdAt", "{", "bsonType", "date", "}",
	    "updatedAt", "{", "bsonType", "date", "}",
	    "}", "}", "}");
}

static enum err
make_users(struct mongo *mg, bool validator)
{
	bson_error_t	 error;
	bson_t		*command, reply;
	bool		 ok;

	command = new_collection("create");
	ok = mongo_command(mg, command, &reply, &error);
	bson_destroy(&reply);
	bson_destroy(command);
	if (ok || error.domain != MONGOC_ERROR_SERVER ||
	    error.code != NAMESPACE_EXISTS)
		return ok ? OK : mongo_failed(mg, &error);
	if (!validator)
		return OK;
	command = new_collection("collMod");
	ok = mongo_command(mg, command, &reply, &error);
	bson_destroy(&reply);
	bson_destroy(command);
	return ok ? OK : mongo_failed(mg, &error);
}

enum err
mongo_prepare(struct mongo *mg, bool validator)
{
	bool		is_there, good;
	enum err	err;
	size_t		i;

	if ((err = make_users(mg, validator)) != OK)
		return err;
	for (i = 0; i < NELEMS(wanted); i++) {
		if ((err = find_index(mg, &wanted[i], &is_there,
		    &good)) != OK ||
		    (!is_there && (err = make_index(mg, &wanted[i])) != OK))
			return err;
		if (is_there && !good)
			complain(&wanted[i], true);
	}
	return OK;
}

enum err
mongo_inspect(struct mongo *mg)
{
	bool		is_there, good;
	enum err	err;
	size_t		i;

	for (i = 0; i < NELEMS(wanted); i++) {
		if ((err = find_index(mg, &wanted[i], &is_there,
		    &good)) != OK)
			return err;
		if (!good)
			complain(&wanted[i], is_there);
	}
	return OK;
}

/* A copy of the text at this key of the reply; NULL: there is none. */
static const char *
text_of(const bson_t *reply, const char *path, struct arena *arena)
{
	bson_iter_t it, found;

	return bson_iter_init(&it, reply) &&
	    bson_iter_find_descendant(&it, path, &found) ?
	    mongo_get_text(&found, arena) : NULL;
}

/* The name of the replica set; `*is_there` says whether anybody answered. */
static enum err
find_set(struct mongo *mg, struct arena *arena, const char **out)
{
	mongoc_server_description_t	*server;
	bson_error_t			 error;

	server = mongoc_client_select_server(mg->client, false, mg->primary,
	    &error);
	if (server == NULL)
		return mongo_failed(mg, &error);
	*out = text_of(mongoc_server_description_hello_response(server),
	    "setName", arena);
	mongoc_server_description_destroy(server);
	return OK;
}

/* What speaks the protocol and is not MongoDB says so, and so do we. */
static enum err
find_version(struct mongo *mg, struct arena *arena, const char **out)
{
	bson_error_t	 error;
	bson_t		*command, reply;
	const char	*version, *other, *name = NULL;
	enum err	 err = OK;

	command = BCON_NEW("buildInfo", BCON_INT32(1));
	if (!mongo_command(mg, command, &reply, &error))
		err = mongo_failed(mg, &error);
	else {
		version = text_of(&reply, "version", arena);
		if ((other = text_of(&reply, "secantusVersion",
		    arena)) != NULL)
			name = "SecantusDB";
		else if ((other = text_of(&reply, "ferretdb.version",
		    arena)) != NULL)
			name = "FerretDB";
		if (version == NULL)
			version = "unknown";
		*out = name == NULL ?
		    arena_printf(arena, "MongoDB %s", version) :
		    arena_printf(arena, "MongoDB protocol %s (%s %s)",
		    version, name, other);
		if (*out == NULL)
			err = E_INTERNAL;
	}
	bson_destroy(&reply);
	bson_destroy(command);
	return err;
}

enum err
mongo_describe(struct store *store, struct arena *arena, const char **out)
{
	struct mongo	*mg = mongo_of(store);
	const char	*version, *set;
	char		*text;
	enum err	 err;

	if ((err = find_version(mg, arena, &version)) != OK ||
	    (err = find_set(mg, arena, &set)) != OK ||
	    (err = mongo_inspect(mg)) != OK)
		return err;
	text = set == NULL ?
	    arena_printf(arena, "%s, no replica set", version) :
	    arena_printf(arena, "%s, replica set %s", version, set);
	if (text == NULL)
		return E_INTERNAL;
	*out = text;
	return OK;
}
