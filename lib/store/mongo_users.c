#include "store/mongo.h"
#include "base/base.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/id.h"
#include "store/store.h"

enum err
mongo_user_by_id(struct store *store, struct arena *arena,
    const struct id *id, struct user *out)
{
	struct mongo	*mg = mongo_of(store);
	bson_t		 filter = BSON_INITIALIZER;
	mongoc_cursor_t	*cursor;
	const bson_t	*doc;
	struct user	 user;
	enum err	 err, end;

	mongo_put_id(&filter, "_id", id);
	cursor = mongo_find(mg, mg->users, &filter, NULL);
	bson_destroy(&filter);
	err = mongoc_cursor_next(cursor, &doc) ?
	    mongo_get_user(doc, arena, &user) : E_NOT_FOUND;
	if ((end = mongo_end(mg, cursor)) != OK)
		return end;
	if (err == OK)
		*out = user;
	return err;
}

static bool
is_name(const char *stored, const char *name)
{
	return stored != NULL && name != NULL && strcmp(stored, name) == 0;
}

/* Which of the names is this account's: 0 to 3 in the order of trial. */
static unsigned
rank(const struct user *user, const struct login_names *names)
{
	return is_name(user->username, names->username) ? 0 :
	    is_name(user->username, names->username_nfc) ? 1 :
	    is_name(user->email, names->email) ? 2 :
	    is_name(user->email, names->email_lower) ? 3 : 4;
}

/* NULL and what is not UTF-8 are nobody's name; `*count` are left. */
static void
put_names(bson_t *filter, const struct login_names *names, unsigned *count)
{
	const struct {
		const char	*key, *text;
	} all[] = {
		{ "username", names->username },
		{ "username", names->username_nfc },
		{ "email", names->email },
		{ "email", names->email_lower },
	};
	bson_t	array = BSON_INITIALIZER;
	size_t	i;

	*count = 0;
	for (i = 0; i < NELEMS(all); i++)
		if (all[i].text != NULL && mongo_is_text(all[i].text))
			mongo_put_alternative(&array, count, all[i].key,
			    all[i].text);
	BSON_APPEND_ARRAY(filter, "$or", &array);
	bson_destroy(&array);
}

/*
 * One query for the four names, so that nobody can tell by the time it takes
 * which of them was found; whoever is meant by the first one is chosen here.
 */
enum err
mongo_user_by_login(struct store *store, struct arena *arena,
    const struct login_names *names, struct user *out)
{
	struct mongo	*mg = mongo_of(store);
	bson_t		 filter = BSON_INITIALIZER;
	mongoc_cursor_t	*cursor;
	const bson_t	*doc;
	struct user	 user, best = { 0 };
	unsigned	 count, place = 4;
	enum err	 err = OK, end;

	put_names(&filter, names, &count);
	if (count == 0) {
		bson_destroy(&filter);
		return E_NOT_FOUND;
	}
	cursor = mongo_find(mg, mg->users, &filter, NULL);
	bson_destroy(&filter);
	while (err == OK && mongoc_cursor_next(cursor, &doc)) {
		err = mongo_get_user(doc, arena, &user);
		if (err == OK && rank(&user, names) < place) {
			place = rank(&user, names);
			best = user;
		} else if (err == E_NOT_FOUND)
			err = OK;
	}
	if ((end = mongo_end(mg, cursor)) != OK)
		return end;
	if (err != OK || place == 4)
		return err != OK ? err : E_NOT_FOUND;
	*out = best;
	return OK;
}

enum err
mongo_user_list_after(struct store *store, struct arena *arena,
    const struct id *after, size_t limit, struct user *out, size_t *count)
{
	struct mongo	*mg = mongo_of(store);
	const struct id	 none = { { 0 } };
	bson_t		 filter = BSON_INITIALIZER, above, *options;
	mongoc_cursor_t	*cursor;
	const bson_t	*doc;
	struct user	*users;
	size_t		 n = 0;
	enum err	 err = OK, end;

	users = arena_alloc(arena, limit * sizeof(*users));
	if (users == NULL || limit == 0) {
		if (users != NULL)
			*count = 0;
		return users == NULL ? E_INTERNAL : OK;
	}
	/* Only what is an ObjectId is compared with one. */
	BSON_APPEND_DOCUMENT_BEGIN(&filter, "_id", &above);
	mongo_put_id(&above, after == NULL ? "$gte" : "$gt",
	    after == NULL ? &none : after);
	bson_append_document_end(&filter, &above);
	options = BCON_NEW("limit", BCON_INT64((int64_t)limit), "sort", "{",
	    "_id", BCON_INT32(1), "}");
	cursor = mongo_find(mg, mg->users, &filter, options);
	bson_destroy(options);
	bson_destroy(&filter);
	while (err == OK && n < limit && mongoc_cursor_next(cursor, &doc))
		if ((err = mongo_get_user(doc, arena, &users[n])) == OK)
			users[n++].legacy_token = mongo_get_legacy(doc,
			    arena);
	if (arena_failed(arena))
		err = E_INTERNAL;
	if ((end = mongo_end(mg, cursor)) != OK || (end = err) != OK)
		return end;
	memcpy(out, users, n * sizeof(*out));
	*count = n;
	return OK;
}
