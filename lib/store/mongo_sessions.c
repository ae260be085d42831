#include "store/mongo.h"
#include "base/base.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/id.h"
#include "store/store.h"

/*
 * One aggregation, with real ObjectIds in it: nobody casts what stands in a
 * pipeline.  The session's own $match names both, so that it depends on
 * nothing of the account and is one look into the index of _id.
 */
static bson_t *
new_profile(const struct id *user, const struct id *session)
{
	bson_oid_t user_oid, session_oid;

	bson_oid_init_from_data(&user_oid, user->b);
	bson_oid_init_from_data(&session_oid, session->b);
	return BCON_NEW("pipeline", "[",
	    "{", "$match", "{", "_id", BCON_OID(&user_oid), "}", "}",
	    "{", "$lookup", "{", "from", "sessions", "pipeline", "[",
	    "{", "$match", "{", "_id", BCON_OID(&session_oid),
	    "user", BCON_OID(&user_oid), "}", "}", "]",
	    "as", "session", "}", "}",
	    "{", "$project", "{", "username", BCON_INT32(1),
	    "email", BCON_INT32(1), "fullName", BCON_INT32(1),
	    "avatar", BCON_INT32(1), "coverImage", BCON_INT32(1),
	    "watchHistory", BCON_INT32(1), "password", BCON_INT32(1),
	    "createdAt", BCON_INT32(1), "updatedAt", BCON_INT32(1),
	    "__v", BCON_INT32(1), "darban", BCON_INT32(1),
	    "session", BCON_INT32(1), "}", "}", "]");
}

/* The account and the session that was put into it; E_NOT_FOUND: none was. */
static enum err
get_profile(const bson_t *doc, struct arena *arena, struct user *user,
    struct session *session)
{
	bson_iter_t	 it, first;
	const uint8_t	*bytes;
	uint32_t	 size;
	bson_t		 part;
	enum err	 err;

	if (!bson_iter_init_find(&it, doc, "session") ||
	    !BSON_ITER_HOLDS_ARRAY(&it) ||
	    !bson_iter_recurse(&it, &first) || !bson_iter_next(&first) ||
	    !BSON_ITER_HOLDS_DOCUMENT(&first))
		return E_NOT_FOUND;
	bson_iter_document(&first, &size, &bytes);
	if (!bson_init_static(&part, bytes, size))
		return E_INTERNAL;
	err = mongo_get_session(&part, arena, session);
	return err != OK ? err : mongo_get_user(doc, arena, user);
}

enum err
mongo_profile(struct store *store, struct arena *arena,
    const struct id *user_id, const struct id *session_id,
    struct user *user_out, struct session *session_out)
{
	struct mongo	*mg = mongo_of(store);
	bson_t		*pipeline;
	mongoc_cursor_t	*cursor;
	const bson_t	*doc;
	struct session	 session;
	struct user	 user;
	enum err	 err, end;

	pipeline = new_profile(user_id, session_id);
	cursor = mongo_aggregate(mg, mg->users, pipeline);
	bson_destroy(pipeline);
	err = mongoc_cursor_next(cursor, &doc) ?
	    get_profile(doc, arena, &user, &session) : E_NOT_FOUND;
	if ((end = mongo_end(mg, cursor)) != OK)
		return end;
	if (err != OK)
		return err;
	*user_out = user;
	*session_out = session;
	return OK;
}

enum err
mongo_session_find(struct store *store, struct arena *arena,
    const struct id *id, struct session *out)
{
	struct mongo	*mg = mongo_of(store);
	bson_t		 filter = BSON_INITIALIZER;
	mongoc_cursor_t	*cursor;
	const bson_t	*doc;
	struct session	 session;
	enum err	 err, end;

	mongo_put_id(&filter, "_id", id);
	cursor = mongo_find(mg, mg->sessions, &filter, NULL);
	bson_destroy(&filter);
	err = mongoc_cursor_next(cursor, &doc) ?
	    mongo_get_session(doc, arena, &session) : E_NOT_FOUND;
	if ((end = mongo_end(mg, cursor)) != OK)
		return end;
	if (err == OK)
		*out = session;
	return err;
}

bool
mongo_has_session_texts(const struct session *session)
{
	return mongo_is_text(session->end_reason) &&
	    mongo_is_text(session->user_agent) && mongo_is_text(session->ip);
}

enum err
mongo_session_insert(struct store *store, const struct session *session)
{
	struct mongo	*mg = mongo_of(store);
	bson_t		 doc = BSON_INITIALIZER;
	enum err	 err;

	if (!mongo_has_session_texts(session))
		return E_INTERNAL;
	mongo_put_session(&doc, session);
	err = mongo_insert(mg, mg->sessions, &doc, MAJORITY);
	bson_destroy(&doc);
	return err;
}

enum err
mongo_session_swap(struct store *store, int64_t expected,
    const struct session *next)
{
	struct mongo	*mg = mongo_of(store);
	bson_t		 filter = BSON_INITIALIZER, *update;
	int64_t		 matched;
	enum err	 err;

	mongo_put_id(&filter, "_id", &next->id);
	mongo_put_int(&filter, "counter", expected);
	mongo_put_null(&filter, "endedAt");	/* or not there */
	update = BCON_NEW("$set", "{", "counter", BCON_INT64(next->counter),
	    "rotatedAt", BCON_DATE_TIME(next->rotated_at),
	    "idleAt", BCON_DATE_TIME(next->idle_at), "}");
	err = mongo_update(mg, mg->sessions, &filter, update, ONE, true,
	    &matched);
	bson_destroy(update);
	bson_destroy(&filter);
	return err != OK ? err : matched == 0 ? E_STALE : OK;
}

enum err
mongo_session_keep(struct store *store, const struct id *id, int64_t epoch)
{
	struct mongo	*mg = mongo_of(store);
	bson_t		 filter = BSON_INITIALIZER, *update;
	int64_t		 matched;
	enum err	 err;

	mongo_put_id(&filter, "_id", id);
	mongo_put_int(&filter, "epoch", epoch);
	mongo_put_null(&filter, "endedAt");
	update = BCON_NEW("$inc", "{", "epoch", BCON_INT64(1), "}");
	err = mongo_update(mg, mg->sessions, &filter, update, MAJORITY, true,
	    &matched);
	bson_destroy(update);
	bson_destroy(&filter);
	return err != OK ? err : matched == 0 ? E_STALE : OK;
}

static bson_t *
new_end(const char *reason, int64_t now)
{
	return BCON_NEW("$set", "{", "endedAt", BCON_DATE_TIME(now),
	    "endReason", BCON_UTF8(reason), "}");
}

/*
 * Where nothing was there to be ended, the server has waited all the same
 * until a majority knows what it knows: whoever ended it before us, and had
 * no answer yet, is not contradicted by an election.
 */
enum err
mongo_session_end(struct store *store, const struct id *id,
    const char *reason, int64_t now)
{
	struct mongo	*mg = mongo_of(store);
	bson_t		 filter = BSON_INITIALIZER, *update;
	int64_t		 matched;
	enum err	 err;

	if (!mongo_is_text(reason))
		return E_INTERNAL;
	mongo_put_id(&filter, "_id", id);
	mongo_put_null(&filter, "endedAt");
	update = new_end(reason, now);
	err = mongo_update(mg, mg->sessions, &filter, update, MAJORITY, true,
	    &matched);
	bson_destroy(update);
	bson_destroy(&filter);
	return err != OK || matched > 0 ? err :
	    mongo_is_there(mg, mg->sessions, id);
}

enum err
mongo_session_end_all(struct store *store, const struct id *user,
    const struct id *except, const char *reason, int64_t now, int64_t *count)
{
	struct mongo	*mg = mongo_of(store);
	bson_t		 filter = BSON_INITIALIZER, other;
	bson_t		*update, *command;
	enum err	 err;

	if (!mongo_is_text(reason))
		return E_INTERNAL;
	if (user != NULL)
		mongo_put_id(&filter, "user", user);
	if (except != NULL) {
		BSON_APPEND_DOCUMENT_BEGIN(&filter, "_id", &other);
		mongo_put_id(&other, "$ne", except);
		bson_append_document_end(&filter, &other);
	}
	mongo_put_null(&filter, "endedAt");
	update = new_end(reason, now);
	command = BCON_NEW("update", "sessions", "updates", "[", "{",
	    "q", BCON_DOCUMENT(&filter), "u", BCON_DOCUMENT(update),
	    "multi", BCON_BOOL(true), "}", "]",
	    "maxTimeMS", BCON_INT64(OPERATION_TIME));
	err = mongo_write_many(mg, command, "nModified", count);
	bson_destroy(command);
	bson_destroy(update);
	bson_destroy(&filter);
	return err;
}

static bson_t *
query_alive(const struct id *user, int64_t now)
{
	bson_oid_t oid;

	bson_oid_init_from_data(&oid, user->b);
	return BCON_NEW("user", BCON_OID(&oid), "endedAt", BCON_NULL,
	    "idleAt", "{", "$gt", BCON_DATE_TIME(now), "}",
	    "expiresAt", "{", "$gt", BCON_DATE_TIME(now), "}");
}

enum err
mongo_find_sessions(struct mongo *mg, const bson_t *filter,
    const bson_t *sort, struct arena *arena, size_t limit,
    struct session *out, size_t *count)
{
	bson_t		*options;
	mongoc_cursor_t	*cursor;
	const bson_t	*doc;
	struct session	*sessions;
	size_t		 n = 0;
	enum err	 err = OK, end;

	sessions = arena_alloc(arena, limit * sizeof(*sessions));
	if (sessions == NULL)
		return E_INTERNAL;
	if (limit == 0) {
		*count = 0;	/* to the server 0 is no limit */
		return OK;
	}
	options = BCON_NEW("limit", BCON_INT64((int64_t)limit),
	    "sort", BCON_DOCUMENT(sort));
	cursor = mongo_find(mg, mg->sessions, filter, options);
	bson_destroy(options);
	while (err == OK && n < limit && mongoc_cursor_next(cursor, &doc))
		if ((err = mongo_get_session(doc, arena,
		    &sessions[n])) == OK)
			n++;
	if ((end = mongo_end(mg, cursor)) != OK || (end = err) != OK)
		return end;
	memcpy(out, sessions, n * sizeof(*out));
	*count = n;
	return OK;
}

enum err
mongo_session_list(struct store *store, struct arena *arena,
    const struct id *user, int64_t now, size_t limit, struct session *out,
    size_t *count)
{
	bson_t		*filter, *sort;
	enum err	 err;

	filter = query_alive(user, now);
	sort = BCON_NEW("createdAt", BCON_INT32(-1), "_id", BCON_INT32(-1));
	err = mongo_find_sessions(mongo_of(store), filter, sort, arena,
	    limit, out, count);
	bson_destroy(sort);
	bson_destroy(filter);
	return err;
}

/* That is what the indexes are for that forget. */
enum err
mongo_session_purge(struct store *_ UNUSED, int64_t _2 UNUSED)
{
	return OK;
}
