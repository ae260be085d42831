#include "store/mongo.h"
#include "base/base.h"
#include "base/err.h"
#include "base/log.h"

/*
 * The server's codes for what passes by itself: no primary, a node that shuts
 * down or recovers, a time limit, a full disk; and for what an operator can
 * mend while the programs run: no permission, a failed authentication.
 */
static const uint32_t passing[] = {
	6, 7, 11, 13, 18, 24, 43, 50, 64, 79, 89, 91, 100, 112, 133, 134,
	189, 202, 237, 262, 279, 317, 9001, 10058, 10107, 11600, 11602,
	13388, 13435, 13436, 14031, 16389,
};

/* A document that the validator of its collection does not want. */
static const uint32_t REFUSED = 121;

static const uint32_t duplicate[] = { DUPLICATE, 11001, 12582 };

/* A record, or a key of an index, that is larger than MongoDB's limit. */
static const uint32_t too_large[] = { 10334, 17280, 17419, 17420 };

static bool
is_among(uint32_t code, const uint32_t *codes, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (codes[i] == code)
			return true;
	return false;
}

/* Everything that is not the server's answer is the way to it. */
enum err
mongo_failed(struct mongo *mg, const bson_error_t *error)
{
	const bool is_answer = error->domain == MONGOC_ERROR_SERVER ||
	    error->domain == MONGOC_ERROR_WRITE_CONCERN;

	if (!is_answer)
		mg->is_lost = true;
	if (is_answer && is_among(error->code, duplicate, NELEMS(duplicate)))
		return E_EXISTS;
	if (is_answer && is_among(error->code, too_large, NELEMS(too_large)))
		return E_TOO_LARGE;
	log_error("mongodb: %s", error->message);
	if (error->domain == MONGOC_ERROR_SERVER)
		return is_among(error->code, passing, NELEMS(passing)) ?
		    E_UNAVAILABLE : E_INTERNAL;
	return error->domain == MONGOC_ERROR_BSON ||
	    error->domain == MONGOC_ERROR_COMMAND ? E_INTERNAL :
	    E_UNAVAILABLE;
}

static bson_t *
new_concern(const struct mongo *mg, enum mongo_surety surety)
{
	if (surety == ONE)
		return BCON_NEW("writeConcern", "{", "w", BCON_INT32(1),
		    "}");
	return BCON_NEW("writeConcern", "{", "w", "majority", "wtimeout",
	    BCON_INT32(mg->wtimeout), "}");
}

/*
 * What is larger would not be refused by the server but by a cut connection.
 */
static bool
is_too_large(const bson_t *doc, const bson_t *other)
{
	return doc->len > RECORD_MAX ||
	    (other != NULL && other->len > RECORD_MAX - doc->len);
}

/* The number at this path of a reply, or 0. */
static int64_t
count_of(const bson_t *reply, const char *path)
{
	bson_iter_t it, found;

	return bson_iter_init(&it, reply) &&
	    bson_iter_find_descendant(&it, path, &found) ?
	    mongo_get_int(&found, 0) : 0;
}

/*
 * Whether all was well with a command that the server has taken: it may have
 * failed at a document, or too few servers may know of it yet.  The driver
 * tells of some of this, depending on its version.
 */
static enum err
check_reply(struct mongo *mg, const bson_t *reply)
{
	bson_error_t	error = { .domain = MONGOC_ERROR_SERVER };
	const char	*path = NULL;

	if (bson_has_field(reply, "writeErrors.0.code"))
		path = "writeErrors.0.code";
	else if (bson_has_field(reply, "writeConcernError.code"))
		path = "writeConcernError.code";
	if (path == NULL)
		return OK;
	error.code = (uint32_t)count_of(reply, path);
	(void)snprintf(error.message, sizeof(error.message), "%s %" PRIu32,
	    path, error.code);
	return mongo_failed(mg, &error);
}

enum err
mongo_insert(struct mongo *mg, mongoc_collection_t *where, const bson_t *doc,
    enum mongo_surety surety)
{
	bson_error_t	 error;
	bson_t		*options;
	bool		 ok;

	if (is_too_large(doc, NULL))
		return E_TOO_LARGE;
	options = new_concern(mg, surety);
	BSON_APPEND_INT64(options, "maxTimeMS", OPERATION_TIME);
	ok = mongoc_collection_insert_one(where, doc, options, NULL, &error);
	bson_destroy(options);
	return ok ? OK : mongo_failed(mg, &error);
}

static enum err
row_error(uint32_t code)
{
	return is_among(code, duplicate, NELEMS(duplicate)) ? E_EXISTS :
	    is_among(code, too_large, NELEMS(too_large)) ? E_TOO_LARGE :
	    code == REFUSED ? E_MEMBER : E_INTERNAL;
}

/*
 * What failed of many, by the places that `at` gives those which were sent.
 * False: something failed that is not about one document.
 */
static bool
read_errors(const bson_t *reply, const size_t *at, size_t sent,
    struct store_result *results)
{
	bson_iter_t	it, element, index, code;
	enum err	err;
	int64_t		i;

	if (bson_has_field(reply, "writeConcernErrors.0") ||
	    !bson_iter_init_find(&it, reply, "writeErrors") ||
	    !bson_iter_recurse(&it, &element))
		return false;
	while (bson_iter_next(&element)) {
		if (!bson_iter_recurse(&element, &index) ||
		    !bson_iter_find(&index, "index") ||
		    !bson_iter_recurse(&element, &code) ||
		    !bson_iter_find(&code, "code"))
			return false;
		i = mongo_get_int(&index, -1);
		err = row_error((uint32_t)mongo_get_int(&code, 0));
		if (i < 0 || (uint64_t)i >= sent || err == E_INTERNAL)
			return false;
		results[at[i]].err = err;
	}
	return true;
}

enum err
mongo_insert_many(struct mongo *mg, mongoc_collection_t *where,
    bson_t *const *docs, size_t count, struct store_result *results)
{
	const bson_t	*good[MANY_MAX];
	size_t		 at[MANY_MAX], i, n = 0;
	bson_error_t	 error = { .domain = 0 };
	bson_t		*options, reply;
	bool		 ok;

	assert(count <= MANY_MAX);
	for (i = 0; i < count; i++) {
		results[i] = (struct store_result){ .err = OK };
		if (is_too_large(docs[i], NULL))
			results[i].err = E_TOO_LARGE;
		else {
			good[n] = docs[i];
			at[n++] = i;
		}
	}
	if (n == 0)
		return OK;
	options = new_concern(mg, MAJORITY);
	BSON_APPEND_BOOL(options, "ordered", false);
	BSON_APPEND_INT64(options, "maxTimeMS", OPERATION_TIME);
	ok = mongoc_collection_insert_many(where, good, n, options, &reply,
	    &error) || (error.domain == MONGOC_ERROR_SERVER &&
	    read_errors(&reply, at, n, results));
	bson_destroy(&reply);
	bson_destroy(options);
	return ok ? OK : mongo_failed(mg, &error);
}

/*
 * By findAndModify, because of all writes to what is there already it alone
 * has both: a time limit, and a number by which the server knows a repeat.
 */
static enum err
modify(struct mongo *mg, mongoc_collection_t *where, const bson_t *filter,
    mongoc_find_and_modify_opts_t *options, enum mongo_surety surety,
    int64_t *matched)
{
	bson_error_t	 error;
	bson_t		*concern, *fields, reply;
	enum err	 err;

	concern = new_concern(mg, surety);
	fields = BCON_NEW("_id", BCON_INT32(1));
	if (!mongoc_find_and_modify_opts_append(options, concern) ||
	    !mongoc_find_and_modify_opts_set_fields(options, fields) ||
	    !mongoc_find_and_modify_opts_set_max_time_ms(options,
	    OPERATION_TIME))
		err = E_INTERNAL;
	else {
		err = mongoc_collection_find_and_modify_with_opts(where,
		    filter, options, &reply, &error) ? check_reply(mg, &reply) :
		    mongo_failed(mg, &error);
		if (err == OK && matched != NULL)
			*matched = count_of(&reply, "lastErrorObject.n");
		bson_destroy(&reply);
	}
	bson_destroy(fields);
	bson_destroy(concern);
	mongoc_find_and_modify_opts_destroy(options);
	return err;
}

enum err
mongo_update(struct mongo *mg, mongoc_collection_t *where,
    const bson_t *filter, const bson_t *update, enum mongo_surety surety,
    bool validated, int64_t *matched)
{
	mongoc_find_and_modify_opts_t *options;

	if (is_too_large(filter, update))
		return E_TOO_LARGE;
	options = mongoc_find_and_modify_opts_new();
	(void)mongoc_find_and_modify_opts_set_update(options, update);
	(void)mongoc_find_and_modify_opts_set_bypass_document_validation(
	    options, !validated);
	return modify(mg, where, filter, options, surety, matched);
}

enum err
mongo_remove(struct mongo *mg, mongoc_collection_t *where,
    const bson_t *filter, int64_t *removed)
{
	mongoc_find_and_modify_opts_t *options;

	options = mongoc_find_and_modify_opts_new();
	(void)mongoc_find_and_modify_opts_set_flags(options,
	    MONGOC_FIND_AND_MODIFY_REMOVE);
	return modify(mg, where, filter, options, MAJORITY, removed);
}

enum err
mongo_write_many(struct mongo *mg, const bson_t *command, const char *count,
    int64_t *out)
{
	bson_error_t	 error;
	bson_t		*options, reply;
	enum err	 err;

	options = new_concern(mg, MAJORITY);
	err = mongoc_database_write_command_with_opts(mg->database, command,
	    options, &reply, &error) ? check_reply(mg, &reply) :
	    mongo_failed(mg, &error);
	if (err == OK && out != NULL)
		*out = count_of(&reply, count);
	bson_destroy(&reply);
	bson_destroy(options);
	return err;
}

mongoc_cursor_t *
mongo_find(struct mongo *mg, mongoc_collection_t *where, const bson_t *filter,
    const bson_t *options)
{
	bson_t		 all = BSON_INITIALIZER;
	mongoc_cursor_t	*cursor;

	BSON_APPEND_INT64(&all, "maxTimeMS", OPERATION_TIME);
	if (options != NULL)
		(void)bson_concat(&all, options);
	cursor = mongoc_collection_find_with_opts(where, filter, &all,
	    mg->primary);
	bson_destroy(&all);
	return cursor;
}

mongoc_cursor_t *
mongo_aggregate(struct mongo *mg, mongoc_collection_t *where,
    const bson_t *pipeline)
{
	bson_t		*options;
	mongoc_cursor_t	*cursor;

	options = BCON_NEW("maxTimeMS", BCON_INT64(OPERATION_TIME));
	cursor = mongoc_collection_aggregate(where, MONGOC_QUERY_NONE,
	    pipeline, options, mg->primary);
	bson_destroy(options);
	return cursor;
}

enum err
mongo_end(struct mongo *mg, mongoc_cursor_t *cursor)
{
	bson_error_t	error;
	enum err	err = OK;

	if (mongoc_cursor_error(cursor, &error))
		err = mongo_failed(mg, &error);
	mongoc_cursor_destroy(cursor);
	return err;
}

enum err
mongo_is_there(struct mongo *mg, mongoc_collection_t *where,
    const struct id *id)
{
	bson_t		 filter = BSON_INITIALIZER, *options;
	mongoc_cursor_t	*cursor;
	const bson_t	*doc;
	bool		 is_there;
	enum err	 err;

	mongo_put_id(&filter, "_id", id);
	options = BCON_NEW("limit", BCON_INT64(1), "projection", "{", "_id",
	    BCON_INT32(1), "}");
	cursor = mongo_find(mg, where, &filter, options);
	is_there = mongoc_cursor_next(cursor, &doc);
	bson_destroy(options);
	bson_destroy(&filter);
	err = mongo_end(mg, cursor);
	return err != OK ? err : is_there ? OK : E_NOT_FOUND;
}

bool
mongo_command(struct mongo *mg, const bson_t *command, bson_t *reply,
    bson_error_t *error)
{
	return mongoc_database_command_simple(mg->database, command,
	    mg->primary, reply, error);
}
