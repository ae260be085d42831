/*
 * The MongoDB engine's own, and the only file over libmongoc and libbson.
 * It is written for libmongoc 1.23 and later, 2.x included, so it leaves
 * alone what 2.x has dropped.
 *
 * The engine is no part of the programs but a module that they open where the
 * configuration names it: see module.h.
 *
 * Collections, with the fields of an existing Mongoose application and ours:
 *
 *	users	 _id, username, email, fullName, avatar, coverImage,
 *		 watchHistory, password, createdAt, updatedAt, __v,
 *		 refreshToken (an earlier system's, until it is used),
 *		 darban { epoch, disabled }; whatever else is there stays
 *	sessions _id, user, epoch, counter, nonce, createdAt, rotatedAt,
 *		 idleAt, expiresAt, endedAt, endReason, userAgent, ip
 *	throttle _id (the key), tat, failures, until, forgetAt
 *
 * No filter is ever made from a client's JSON: values are appended by type.
 */
#ifndef DARBAN_MONGO_H
#define DARBAN_MONGO_H

#include <mongoc/mongoc.h>

#include "base/base.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/id.h"
#include "store/engine.h"
#include "store/store.h"

enum {
	OPERATION_TIME	= 2500,			/* ms, for the server */
	RECORD_MAX	= 16 * 1024 * 1024,	/* bytes, of MongoDB */
	DUPLICATE	= 11000,		/* its code for a taken key */
	MANY_MAX	= 100,			/* documents in one command,
						   so that its time is enough */
};

struct mongo {
	struct store		 store;
	mongoc_uri_t		*uri;
	bool			 is_lost;	/* the way to the server */
	mongoc_client_t		*client;	/* NULL: none could be made */
	mongoc_database_t	*database;
	mongoc_collection_t	*users, *sessions, *throttle;
	mongoc_read_prefs_t	*primary;
	int32_t			 wtimeout;	/* ms */
};

static inline struct mongo *
mongo_of(struct store *store)
{
	return (struct mongo *)store;
}

/* Operations ------------------------------------------------------------- */

/*
 * What a failed operation is to the caller, E_EXISTS for a duplicate key; the
 * log gets the rest, but for what the caller will tell.
 */
enum err	 mongo_failed(struct mongo *mg, const bson_error_t *error)
		    NODISCARD;

/* How sure a write is when it is answered. */
enum mongo_surety {
	MAJORITY,	/* no election takes it back */
	ONE,		/* the server at hand has it */
};

/*
 * One write each, which the driver may repeat only where the server knows it
 * by its number.  `*matched` (may be NULL) is how many documents the filter
 * met.  The arguments stay the caller's.  E_EXISTS, E_TOO_LARGE.
 */
enum err	 mongo_insert(struct mongo *mg, mongoc_collection_t *where,
		    const bson_t *doc, enum mongo_surety surety) NODISCARD;
enum err	 mongo_update(struct mongo *mg, mongoc_collection_t *where,
		    const bson_t *filter, const bson_t *update,
		    enum mongo_surety surety, bool validated,
		    int64_t *matched) NODISCARD;
enum err	 mongo_remove(struct mongo *mg, mongoc_collection_t *where,
		    const bson_t *filter, int64_t *removed) NODISCARD;

/*
 * Many new documents, each with its own result: OK, E_EXISTS, E_TOO_LARGE, or
 * E_MEMBER where a validator refuses it.  OK: each has one.
 */
enum err	 mongo_insert_many(struct mongo *mg,
		    mongoc_collection_t *where, bson_t *const *docs,
		    size_t count, struct store_result *results) NODISCARD;

/*
 * A write command about many documents, each of which is one step, with a
 * time limit of its own; `count` is where the reply says how many.
 */
enum err	 mongo_write_many(struct mongo *mg, const bson_t *command,
		    const char *count, int64_t *out) NODISCARD;

/*
 * The documents that `filter` meets, read from the primary; `options`, which
 * may be NULL, has limit, sort and projection.  mongo_end says whether all
 * went well.
 */
mongoc_cursor_t	*mongo_find(struct mongo *mg, mongoc_collection_t *where,
		    const bson_t *filter, const bson_t *options);
mongoc_cursor_t	*mongo_aggregate(struct mongo *mg,
		    mongoc_collection_t *where, const bson_t *pipeline);
enum err	 mongo_end(struct mongo *mg, mongoc_cursor_t *cursor)
		    NODISCARD;

/* E_NOT_FOUND where the filter meets nothing. */
enum err	 mongo_is_there(struct mongo *mg, mongoc_collection_t *where,
		    const struct id *id) NODISCARD;

/* A command to the database; the reply is the caller's, whatever came. */
bool		 mongo_command(struct mongo *mg, const bson_t *command,
		    bson_t *reply, bson_error_t *error) NODISCARD;

/* Values ----------------------------------------------------------------- */

/* UTF-8, or NULL: nothing else can be stored or found. */
bool		 mongo_is_text(const char *text);

void		 mongo_put_id(bson_t *doc, const char *key,
		    const struct id *id);
void		 mongo_put_text(bson_t *doc, const char *key,
		    const char *text);		/* NULL: nothing is put */
void		 mongo_put_int(bson_t *doc, const char *key, int64_t value);
void		 mongo_put_date(bson_t *doc, const char *key, int64_t value);
void		 mongo_put_bytes(bson_t *doc, const char *key,
		    const unsigned char *bytes, size_t size);
void		 mongo_put_null(bson_t *doc, const char *key);

/* The next of `*count` alternatives of an $or: `key` is `text`, NULL: none. */
void		 mongo_put_alternative(bson_t *array, unsigned *count,
		    const char *key, const char *text);

/*
 * What stands at `it`, and where it is of another type what is said here: an
 * old document may hold anything.  A text that is no text, is not UTF-8 or
 * has a NUL in it is none.
 */
bool		 mongo_get_id(const bson_iter_t *it, struct id *out);
const char	*mongo_get_text(const bson_iter_t *it, struct arena *arena);
int64_t		 mongo_get_int(const bson_iter_t *it, int64_t other);
int64_t		 mongo_get_date(const bson_iter_t *it);	/* 0 */
void		 mongo_get_bytes(const bson_iter_t *it, unsigned char *out,
		    size_t size);			/* zeros */

/* Records ---------------------------------------------------------------- */

/*
 * An account or a session as a document, or a document as one.  Reading fails
 * for an _id that is no ObjectId (E_NOT_FOUND: nobody can be meant by it) and
 * for want of memory.
 */
void		 mongo_put_user(bson_t *doc, const struct user *user);
enum err	 mongo_get_user(const bson_t *doc, struct arena *arena,
		    struct user *out) NODISCARD;
const char	*mongo_get_legacy(const bson_t *doc, struct arena *arena);
void		 mongo_put_session(bson_t *doc, const struct session *session);
enum err	 mongo_get_session(const bson_t *doc, struct arena *arena,
		    struct session *out) NODISCARD;

/* Up to `limit` sessions that the filter meets, in this order. */
enum err	 mongo_find_sessions(struct mongo *mg, const bson_t *filter,
		    const bson_t *sort, struct arena *arena, size_t limit,
		    struct session *out, size_t *count) NODISCARD;

/*
 * The set-up: the collection of accounts with a validator, and the indexes,
 * each where it is missing; `validator`: on a collection that is there, too.
 */
enum err	 mongo_prepare(struct mongo *mg, bool validator) NODISCARD;

/* Logs what of the set-up is missing. */
enum err	 mongo_inspect(struct mongo *mg) NODISCARD;

/* Whether all text of it can be stored. */
bool		 mongo_has_texts(const struct user *user);
bool		 mongo_has_session_texts(const struct session *session);

/* After E_EXISTS: whose the `fields` of `user` are; 0: its id is taken. */
enum err	 mongo_find_taken(struct mongo *mg, const struct user *user,
		    unsigned fields, unsigned *taken) NODISCARD;

/* Verbs, which implement engine.h ---------------------------------------- */

enum err mongo_user_insert(struct store *store, const struct user *user,
	    unsigned *taken);
enum err mongo_user_insert_many(struct store *store,
	    const struct user *users, size_t count,
	    struct store_result *results);
enum err mongo_user_by_login(struct store *store, struct arena *arena,
	    const struct login_names *names, struct user *out);
enum err mongo_user_by_id(struct store *store, struct arena *arena,
	    const struct id *id, struct user *out);
enum err mongo_user_update(struct store *store, const struct user *user,
	    unsigned fields, const struct user_expected *expected,
	    bool validated, unsigned *taken);
enum err mongo_user_take_legacy(struct store *store, const struct id *id,
	    const char *token, int64_t now);
enum err mongo_user_drop_legacy(struct store *store, const struct id *id,
	    int64_t now, int64_t *count);
enum err mongo_user_list_after(struct store *store, struct arena *arena,
	    const struct id *after, size_t limit, struct user *out,
	    size_t *count);
enum err mongo_user_remove(struct store *store, const struct id *id);

enum err mongo_profile(struct store *store, struct arena *arena,
	    const struct id *user, const struct id *session,
	    struct user *user_out, struct session *session_out);
enum err mongo_session_insert(struct store *store,
	    const struct session *session);
enum err mongo_session_insert_many(struct store *store,
	    const struct session *sessions, size_t count,
	    struct store_result *results);
enum err mongo_session_list_after(struct store *store, struct arena *arena,
	    const struct id *after, int64_t now, size_t limit,
	    struct session *out, size_t *count);
enum err mongo_count(struct store *store, int64_t *users, int64_t *sessions);
enum err mongo_session_find(struct store *store, struct arena *arena,
	    const struct id *id, struct session *out);
enum err mongo_session_swap(struct store *store, int64_t expected,
	    const struct session *next);
enum err mongo_session_keep(struct store *store, const struct id *id,
	    int64_t epoch);
enum err mongo_session_end(struct store *store, const struct id *id,
	    const char *reason, int64_t now);
enum err mongo_session_end_all(struct store *store, const struct id *user,
	    const struct id *except, const char *reason, int64_t now,
	    int64_t *count);
enum err mongo_session_list(struct store *store, struct arena *arena,
	    const struct id *user, int64_t now, size_t limit,
	    struct session *out, size_t *count);
enum err mongo_session_purge(struct store *store, int64_t before);

enum err mongo_throttle_take(struct store *store, const unsigned char *key,
	    const struct throttle_rule *rule, int64_t now, int64_t *wait);
enum err mongo_throttle_give_back(struct store *store,
	    const unsigned char *key, const struct throttle_rule *rule);
enum err mongo_throttle_forgive(struct store *store,
	    const unsigned char *key);
enum err mongo_throttle_find(struct store *store, const unsigned char *key,
	    int64_t now, struct throttle_state *out);

enum err mongo_describe(struct store *store, struct arena *arena,
	    const char **out);

#endif
