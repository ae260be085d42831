/* The token that an earlier system gave an account: its refreshToken. */
#include "store/mongo.h"
#include "base/base.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/id.h"

static const char field[] = "refreshToken";

const char *
mongo_get_legacy(const bson_t *doc, struct arena *arena)
{
	bson_iter_t it;

	return bson_iter_init_find(&it, doc, field) ?
	    mongo_get_text(&it, arena) : NULL;
}

static bson_t *
new_update(int64_t now)
{
	return BCON_NEW("$set", "{", "updatedAt", BCON_DATE_TIME(now), "}",
	    "$unset", "{", field, BCON_INT32(1), "}");
}

enum err
mongo_user_take_legacy(struct store *store, const struct id *id,
    const char *token, int64_t now)
{
	struct mongo	*mg = mongo_of(store);
	bson_t		 filter = BSON_INITIALIZER, *update;
	int64_t		 matched;
	enum err	 err;

	if (!mongo_is_text(token))
		return E_STALE;
	mongo_put_id(&filter, "_id", id);
	mongo_put_text(&filter, field, token);
	update = new_update(now);
	err = mongo_update(mg, mg->users, &filter, update, MAJORITY, false,
	    &matched);
	bson_destroy(update);
	bson_destroy(&filter);
	return err != OK ? err : matched == 0 ? E_STALE : OK;
}

/*
 * A null there, or whatever else is no token, counts and goes as well.  Each
 * document is one step: after a time limit the next call does the rest.
 */
enum err
mongo_user_drop_legacy(struct store *store, const struct id *id, int64_t now,
    int64_t *count)
{
	struct mongo	*mg = mongo_of(store);
	bson_t		 filter = BSON_INITIALIZER, there;
	bson_t		*update, *command;
	enum err	 err;

	if (id != NULL)
		mongo_put_id(&filter, "_id", id);
	BSON_APPEND_DOCUMENT_BEGIN(&filter, field, &there);
	BSON_APPEND_BOOL(&there, "$exists", true);
	bson_append_document_end(&filter, &there);
	update = new_update(now);
	command = BCON_NEW("update", "users", "updates", "[", "{",
	    "q", BCON_DOCUMENT(&filter), "u", BCON_DOCUMENT(update),
	    "multi", BCON_BOOL(true), "}", "]",
	    "bypassDocumentValidation", BCON_BOOL(true),
	    "maxTimeMS", BCON_INT64(OPERATION_TIME));
	err = mongo_write_many(mg, command, "nModified", count);
	bson_destroy(command);
	bson_destroy(update);
	bson_destroy(&filter);
	return err;
}
