/* Many accounts and sessions at a time. */
#include "store/mongo.h"
#include "base/base.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/id.h"
#include "store/store.h"

/* An id that is there goes before a name that is taken. */
static enum err
why_not(struct mongo *mg, const struct user *user,
    struct store_result *result)
{
	enum err err;

	err = mongo_is_there(mg, mg->users, &user->id);
	if (err == E_NOT_FOUND)
		err = mongo_find_taken(mg, user, USER_USERNAME | USER_EMAIL,
		    &result->taken);
	return err == E_EXISTS ? OK : err;
}

static enum err
insert_users(struct mongo *mg, const struct user *users, size_t count,
    struct store_result *results)
{
	bson_t		*docs[MANY_MAX] = { NULL };
	enum err	 err = OK;
	size_t		 i;

	for (i = 0; i < count; i++) {
		docs[i] = bson_new();
		mongo_put_user(docs[i], &users[i]);
	}
	err = mongo_insert_many(mg, mg->users, docs, count, results);
	for (i = 0; i < count; i++) {
		bson_destroy(docs[i]);
		if (err == OK && results[i].err == E_EXISTS)
			err = why_not(mg, &users[i], &results[i]);
	}
	return err;
}

enum err
mongo_user_insert_many(struct store *store, const struct user *users,
    size_t count, struct store_result *results)
{
	struct mongo	*mg = mongo_of(store);
	enum err	 err = OK;
	size_t		 i, n;

	for (i = 0; i < count; i++)
		if (!mongo_has_texts(&users[i]))
			return E_INTERNAL;
	for (i = 0; i < count && err == OK; i += n) {
		n = count - i < MANY_MAX ? count - i : MANY_MAX;
		err = insert_users(mg, users + i, n, results + i);
	}
	return err;
}

static enum err
insert_sessions(struct mongo *mg, const struct session *sessions,
    size_t count, struct store_result *results)
{
	bson_t		*docs[MANY_MAX] = { NULL };
	enum err	 err;
	size_t		 i;

	for (i = 0; i < count; i++) {
		docs[i] = bson_new();
		mongo_put_session(docs[i], &sessions[i]);
	}
	err = mongo_insert_many(mg, mg->sessions, docs, count, results);
	for (i = 0; i < count; i++)
		bson_destroy(docs[i]);
	return err;
}

enum err
mongo_session_insert_many(struct store *store,
    const struct session *sessions, size_t count,
    struct store_result *results)
{
	struct mongo	*mg = mongo_of(store);
	enum err	 err = OK;
	size_t		 i, n;

	for (i = 0; i < count; i++)
		if (!mongo_has_session_texts(&sessions[i]))
			return E_INTERNAL;
	for (i = 0; i < count && err == OK; i += n) {
		n = count - i < MANY_MAX ? count - i : MANY_MAX;
		err = insert_sessions(mg, sessions + i, n, results + i);
	}
	return err;
}

static bson_t *
query_after(const struct id *after, int64_t now)
{
	const struct id	 none = { { 0 } };
	bson_oid_t	 oid;

	bson_oid_init_from_data(&oid, after == NULL ? none.b : after->b);
	return BCON_NEW("_id", "{", after == NULL ? "$gte" : "$gt",
	    BCON_OID(&oid), "}", "endedAt", BCON_NULL,
	    "idleAt", "{", "$gt", BCON_DATE_TIME(now), "}",
	    "expiresAt", "{", "$gt", BCON_DATE_TIME(now), "}");
}

enum err
mongo_session_list_after(struct store *store, struct arena *arena,
    const struct id *after, int64_t now, size_t limit, struct session *out,
    size_t *count)
{
	bson_t		*filter, *sort;
	enum err	 err;

	filter = query_after(after, now);
	sort = BCON_NEW("_id", BCON_INT32(1));
	err = mongo_find_sessions(mongo_of(store), filter, sort, arena,
	    limit, out, count);
	bson_destroy(sort);
	bson_destroy(filter);
	return err;
}

/* From the server's own records, which after a crash may be a little off. */
static enum err
count_of(struct mongo *mg, mongoc_collection_t *where, int64_t *out)
{
	bson_error_t	error;
	int64_t		found;

	found = mongoc_collection_estimated_document_count(where, NULL,
	    mg->primary, NULL, &error);
	if (found < 0)
		return mongo_failed(mg, &error);
	*out = found;
	return OK;
}

enum err
mongo_count(struct store *store, int64_t *users, int64_t *sessions)
{
	struct mongo	*mg = mongo_of(store);
	int64_t		 found;
	enum err	 err;

	if ((err = count_of(mg, mg->users, &found)) != OK ||
	    (err = count_of(mg, mg->sessions, sessions)) != OK)
		return err;
	*users = found;
	return OK;
}
