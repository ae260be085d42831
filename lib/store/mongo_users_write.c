#include "store/mongo.h"
#include "base/base.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/id.h"
#include "base/log.h"
#include "store/store.h"

/* Text that is not UTF-8 is for the floors above to refuse. */
bool
mongo_has_texts(const struct user *user)
{
	return mongo_is_text(user->username) && mongo_is_text(user->email) &&
	    mongo_is_text(user->full_name) && mongo_is_text(user->avatar) &&
	    mongo_is_text(user->cover_image) &&
	    mongo_is_text(user->password) &&
	    mongo_is_text(user->legacy_token);
}

/* Who has one of the `fields` of `user`, or its id. */
static bson_t *
query_taken(const struct user *user, unsigned fields)
{
	bson_t		*filter = bson_new();
	bson_t		 array = BSON_INITIALIZER, one;
	unsigned	 count = 1;

	BSON_APPEND_DOCUMENT_BEGIN(&array, "0", &one);
	mongo_put_id(&one, "_id", &user->id);
	bson_append_document_end(&array, &one);
	if (fields & USER_USERNAME)
		mongo_put_alternative(&array, &count, "username",
		    user->username);
	if (fields & USER_EMAIL)
		mongo_put_alternative(&array, &count, "email", user->email);
	BSON_APPEND_ARRAY(filter, "$or", &array);
	bson_destroy(&array);
	return filter;
}

/* An index takes a name that is not there for one that all share. */
static bool
is_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/*
 * Which of the `fields` of `user` is somebody else's; 0: its id.  By a query
 * and not by the message of the failed write, which no two servers word
 * alike.  Whoever had it may be gone by now: then a second try may do.
 */
enum err
mongo_find_taken(struct mongo *mg, const struct user *user,
    unsigned fields, unsigned *taken)
{
	struct arena	*arena;
	bson_t		*filter;
	mongoc_cursor_t	*cursor;
	const bson_t	*doc;
	struct user	 other;
	unsigned	 found = 0;
	bool		 is_id = false;
	enum err	 err;

	if ((arena = arena_new()) == NULL)
		return E_INTERNAL;
	filter = query_taken(user, fields);
	cursor = mongo_find(mg, mg->users, filter, NULL);
	bson_destroy(filter);
	while (mongoc_cursor_next(cursor, &doc)) {
		if (mongo_get_user(doc, arena, &other) != OK)
			continue;
		if (memcmp(&other.id, &user->id, sizeof(other.id)) == 0)
			is_id = true;
		else if (fields & USER_USERNAME &&
		    is_same(other.username, user->username))
			found |= USER_USERNAME;
		else
			found |= USER_EMAIL;
	}
	err = mongo_end(mg, cursor);
	arena_free(arena);
	if (err != OK)
		return err;
	if (found == 0 && !is_id) {
		log_warn("mongodb: a name was taken and is free again");
		return E_UNAVAILABLE;
	}
	*taken = found & USER_USERNAME ? USER_USERNAME : found;
	return E_EXISTS;
}

enum err
mongo_user_insert(struct store *store, const struct user *user,
    unsigned *taken)
{
	struct mongo	*mg = mongo_of(store);
	bson_t		 doc = BSON_INITIALIZER;
	enum err	 err;

	if (!mongo_has_texts(user))
		return E_INTERNAL;
	mongo_put_user(&doc, user);
	err = mongo_insert(mg, mg->users, &doc, MAJORITY);
	bson_destroy(&doc);
	if (err == E_EXISTS)
		err = mongo_find_taken(mg, user, USER_USERNAME | USER_EMAIL,
		    taken);
	return err;
}

static bool
are_texts(const struct user_expected *expected)
{
	return expected == NULL || (mongo_is_text(expected->password) &&
	    mongo_is_text(expected->avatar) &&
	    mongo_is_text(expected->cover_image));
}

/*
 * Read as an empty address is all that is no text (mongo_record.c): what is
 * not there, null, an object.  $gt compares with texts only.
 */
static void
put_expected_address(bson_t *filter, const char *key, const char *address)
{
	bson_t is_not, text;

	if (address == NULL || *address != '\0') {
		mongo_put_text(filter, key, address);
		return;
	}
	BSON_APPEND_DOCUMENT_BEGIN(filter, key, &is_not);
	BSON_APPEND_DOCUMENT_BEGIN(&is_not, "$not", &text);
	mongo_put_text(&text, "$gt", "");
	bson_append_document_end(&is_not, &text);
	bson_append_document_end(filter, &is_not);
}

static void
put_set(bson_t *set, const struct user *user, unsigned fields)
{
	mongo_put_date(set, "updatedAt", user->updated_at);
	if (fields & USER_USERNAME)
		mongo_put_text(set, "username", user->username);
	if (fields & USER_EMAIL)
		mongo_put_text(set, "email", user->email);
	if (fields & USER_FULL_NAME)
		mongo_put_text(set, "fullName", user->full_name);
	if (fields & USER_AVATAR)
		mongo_put_text(set, "avatar", user->avatar);
	if (fields & USER_COVER_IMAGE)
		mongo_put_text(set, "coverImage", user->cover_image);
	if (fields & USER_PASSWORD)
		mongo_put_text(set, "password", user->password);
	if (fields & USER_DISABLED)
		BSON_APPEND_BOOL(set, "darban.disabled", user->disabled);
}

/* What is NULL is taken away; an empty $unset would be an error. */
static void
put_unset(bson_t *update, const struct user *user, unsigned fields)
{
	bson_t unset = BSON_INITIALIZER;

	if (fields & USER_USERNAME && user->username == NULL)
		mongo_put_int(&unset, "username", 1);
	if (fields & USER_EMAIL && user->email == NULL)
		mongo_put_int(&unset, "email", 1);
	if (fields & USER_FULL_NAME && user->full_name == NULL)
		mongo_put_int(&unset, "fullName", 1);
	if (fields & USER_EPOCH)
		mongo_put_int(&unset, "refreshToken", 1);
	if (!bson_empty(&unset))
		BSON_APPEND_DOCUMENT(update, "$unset", &unset);
	bson_destroy(&unset);
}

static bson_t *
new_update(const struct user *user, unsigned fields)
{
	bson_t *update = bson_new(), part;

	BSON_APPEND_DOCUMENT_BEGIN(update, "$set", &part);
	put_set(&part, user, fields);
	bson_append_document_end(update, &part);
	put_unset(update, user, fields);
	if (fields & USER_EPOCH) {
		BSON_APPEND_DOCUMENT_BEGIN(update, "$inc", &part);
		mongo_put_int(&part, "darban.epoch", 1);
		bson_append_document_end(update, &part);
	}
	return update;
}

/* What the record must be for it to be written. */
static void
put_expected(bson_t *filter, const struct user_expected *expected)
{
	mongo_put_text(filter, "password", expected->password);
	put_expected_address(filter, "avatar", expected->avatar);
	put_expected_address(filter, "coverImage", expected->cover_image);
}

enum err
mongo_user_update(struct store *store, const struct user *user,
    unsigned fields, const struct user_expected *expected, bool validated,
    unsigned *taken)
{
	struct mongo	*mg = mongo_of(store);
	bson_t		 filter = BSON_INITIALIZER, *update;
	unsigned	 other = 0;
	int64_t		 matched;
	enum err	 err;

	if (!mongo_has_texts(user) || !are_texts(expected))
		return E_INTERNAL;
	mongo_put_id(&filter, "_id", &user->id);
	if (expected != NULL)
		put_expected(&filter, expected);
	update = new_update(user, fields);
	err = mongo_update(mg, mg->users, &filter, update, MAJORITY,
	    validated, &matched);
	bson_destroy(update);
	bson_destroy(&filter);

	if (err == OK && matched == 0) {
		err = mongo_is_there(mg, mg->users, &user->id);
		return err == OK ? E_STALE : err;
	}
	if (err != E_EXISTS)
		return err;
	if ((err = mongo_find_taken(mg, user, fields,
	    &other)) != E_EXISTS)
		return err;
	if (other == 0)
		return E_UNAVAILABLE;
	*taken = other;
	return E_EXISTS;
}

static enum err
remove_sessions(struct mongo *mg, const struct id *user)
{
	bson_oid_t	 oid;
	bson_t		*command;
	enum err	 err;

	bson_oid_init_from_data(&oid, user->b);
	command = BCON_NEW("delete", "sessions", "deletes", "[", "{",
	    "q", "{", "user", BCON_OID(&oid), "}", "limit", BCON_INT32(0),
	    "}", "]", "maxTimeMS", BCON_INT64(OPERATION_TIME));
	err = mongo_write_many(mg, command, "n", NULL);
	bson_destroy(command);
	return err;
}

/*
 * With the account its sessions are dead, whether they are there or not; those
 * that are left because this came to an end in between go by their index.
 */
enum err
mongo_user_remove(struct store *store, const struct id *id)
{
	struct mongo	*mg = mongo_of(store);
	bson_t		 filter = BSON_INITIALIZER;
	int64_t		 removed;
	enum err	 err;

	mongo_put_id(&filter, "_id", id);
	err = mongo_remove(mg, mg->users, &filter, &removed);
	bson_destroy(&filter);
	if (err != OK || removed == 0)
		return err != OK ? err : E_NOT_FOUND;
	if (remove_sessions(mg, id) != OK)
		log_warn("mongodb: sessions of nobody are left behind");
	return OK;
}
