/*
 * A store in MongoDB, and what only its engine's tests look at: documents as
 * they are.  STORE names the database, as tests/run does.
 */
#ifndef TEST_STORE_MONGO_FIXTURE_H
#define TEST_STORE_MONGO_FIXTURE_H

#include <mongoc/mongoc.h>

#include "race.h"

/* A way to the database that does not lead through the store. */
struct raw {
	mongoc_client_t		*client;
	mongoc_database_t	*db;
};

static inline struct raw
raw_open(const char *uri)
{
	bson_error_t	 error;
	mongoc_uri_t	*parsed = mongoc_uri_new_with_error(uri, &error);
	struct raw	 raw;

	assert_non_null(parsed);
	raw.client = mongoc_client_new_from_uri(parsed);
	(void)mongoc_client_set_error_api(raw.client, 2);
	raw.db = mongoc_client_get_database(raw.client,
	    mongoc_uri_get_database(parsed));
	mongoc_uri_destroy(parsed);
	return raw;
}

static inline void
raw_close(struct raw *raw)
{
	mongoc_database_destroy(raw->db);
	mongoc_client_destroy(raw->client);
}

static inline bson_oid_t
oid_of(const struct id *id)
{
	bson_oid_t oid;

	bson_oid_init_from_data(&oid, id->b);
	return oid;
}

/* Runs a command, which is destroyed; 0, or the server's code. */
static inline uint32_t
raw_run(struct raw *raw, bson_t *command, bson_t *reply)
{
	bson_error_t	error;
	bson_t		unwanted;
	bool		ok;

	ok = mongoc_database_command_simple(raw->db, command, NULL,
	    reply == NULL ? &unwanted : reply, &error);
	if (reply == NULL)
		bson_destroy(&unwanted);
	bson_destroy(command);
	return ok ? 0 : error.code;
}

/* Inserts a document, which is destroyed, past any validator. */
static inline void
raw_insert(struct raw *raw, const char *collection, bson_t *doc)
{
	assert_int_equal(raw_run(raw, BCON_NEW("insert",
	    BCON_UTF8(collection), "documents", "[", BCON_DOCUMENT(doc), "]",
	    "bypassDocumentValidation", BCON_BOOL(true)), NULL), 0);
	bson_destroy(doc);
}

/* The one document with this _id, for the caller to destroy. */
static inline bson_t *
raw_find(struct raw *raw, const char *collection, const struct id *id)
{
	mongoc_collection_t	*where;
	mongoc_cursor_t		*cursor;
	const bson_t		*found;
	bson_oid_t		 oid;
	bson_t			*filter, *doc;

	bson_oid_init_from_data(&oid, id->b);
	filter = BCON_NEW("_id", BCON_OID(&oid));
	where = mongoc_database_get_collection(raw->db, collection);
	cursor = mongoc_collection_find_with_opts(where, filter, NULL, NULL);
	assert_true(mongoc_cursor_next(cursor, &found));
	doc = bson_copy(found);
	mongoc_cursor_destroy(cursor);
	mongoc_collection_destroy(where);
	bson_destroy(filter);
	return doc;
}

/* Fails where what stands at `path` of the document is not of this type. */
static inline bson_iter_t
at(const bson_t *doc, const char *path, bson_type_t type)
{
	bson_iter_t it, found;

	if (!bson_iter_init(&it, doc) ||
	    !bson_iter_find_descendant(&it, path, &found))
		fail_msg("there is no %s", path);
	if (bson_iter_type(&found) != type)
		fail_msg("%s is of type 0x%x", path,
		    (unsigned)bson_iter_type(&found));
	return found;
}

/* Another database, beside the one that STORE names. */
static inline void
other_database(const struct fixture *f, const char *suffix, char *out,
    size_t size)
{
	const size_t length = strcspn(f->uri, "?");

	(void)snprintf(out, size, "%.*s_%s%s", (int)length, f->uri, suffix,
	    f->uri + length);
}

static inline void
drop_database(const char *uri)
{
	struct raw raw = raw_open(uri);

	assert_int_equal(raw_run(&raw, BCON_NEW("dropDatabase",
	    BCON_INT32(1)), NULL), 0);
	raw_close(&raw);
}

static inline int
run_mongo_tests(const char *name, const struct CMUnitTest *tests,
    size_t count)
{
	const char *uri = getenv("STORE");

	if (uri == NULL || strncmp(uri, "mongodb", 7) != 0) {
		(void)printf("1..0 # SKIP STORE names no MongoDB\n");
		return 0;
	}
	mongoc_init();
	return _cmocka_run_group_tests(name, tests, count, NULL, NULL);
}

#endif
