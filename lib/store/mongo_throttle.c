/*
 * Each attempt is read, counted here and written back where the row is still
 * what it was, so that the sums stand in throttle_row.c alone.  Of those that
 * write at once one is first; the others look again.  That is exact whatever
 * the server is, and a refusal writes nothing.
 */
#include "store/mongo.h"
#include "base/base.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "store/store.h"
#include "store/throttle_row.h"

/* Of so many that write at once each has been first. */
enum { TRIES = 500 };

static void
get_row(const bson_t *doc, struct throttle_row *out)
{
	bson_iter_t it;

	if (bson_iter_init_find(&it, doc, "tat"))
		out->tat = mongo_get_date(&it);
	if (bson_iter_init_find(&it, doc, "failures"))
		out->failures = mongo_get_int(&it, 0);
	if (bson_iter_init_find(&it, doc, "until"))
		out->until = mongo_get_date(&it);
	if (bson_iter_init_find(&it, doc, "forgetAt"))
		out->forget_at = mongo_get_date(&it);
}

static void
put_row(bson_t *doc, const struct throttle_row *row)
{
	mongo_put_date(doc, "tat", row->tat);
	mongo_put_int(doc, "failures", row->failures);
	mongo_put_date(doc, "until", row->until);
	mongo_put_date(doc, "forgetAt", row->forget_at);
}

static void
put_key(bson_t *doc, const unsigned char *key)
{
	mongo_put_bytes(doc, "_id", key, THROTTLE_KEY_SIZE);
}

/* The row of `key`, all zeros where there is none. */
static enum err
find_row(struct mongo *mg, const unsigned char *key,
    struct throttle_row *out, bool *is_found)
{
	bson_t		 filter = BSON_INITIALIZER;
	mongoc_cursor_t	*cursor;
	const bson_t	*doc;

	*out = (struct throttle_row){ 0 };
	put_key(&filter, key);
	cursor = mongo_find(mg, mg->throttle, &filter, NULL);
	bson_destroy(&filter);
	if ((*is_found = mongoc_cursor_next(cursor, &doc)))
		get_row(doc, out);
	return mongo_end(mg, cursor);
}

/* E_STALE: somebody else has been there. */
static enum err
insert_row(struct mongo *mg, const unsigned char *key,
    const struct throttle_row *row)
{
	bson_t		doc = BSON_INITIALIZER;
	enum err	err;

	put_key(&doc, key);
	put_row(&doc, row);
	err = mongo_insert(mg, mg->throttle, &doc, ONE);
	bson_destroy(&doc);
	return err == E_EXISTS ? E_STALE : err;
}

/* The same: `row` is not what is stored any more. */
static enum err
swap_row(struct mongo *mg, const unsigned char *key,
    const struct throttle_row *row, const struct throttle_row *next)
{
	bson_t		filter = BSON_INITIALIZER, update = BSON_INITIALIZER;
	bson_t		set;
	int64_t		matched;
	enum err	err;

	put_key(&filter, key);
	put_row(&filter, row);
	BSON_APPEND_DOCUMENT_BEGIN(&update, "$set", &set);
	put_row(&set, next);
	bson_append_document_end(&update, &set);
	err = mongo_update(mg, mg->throttle, &filter, &update, ONE, true,
	    &matched);
	bson_destroy(&update);
	bson_destroy(&filter);
	return err != OK ? err : matched == 0 ? E_STALE : OK;
}

/* The operations that a verb is made of begin in its time, too. */
static bool
is_late(const struct mongo *mg, int tries)
{
	if (tries < TRIES && (mg->store.deadline == 0 ||
	    clock_monotonic() < mg->store.deadline))
		return false;
	log_error("mongodb: too many at one throttle key");
	return true;
}

enum err
mongo_throttle_take(struct store *store, const unsigned char *key,
    const struct throttle_rule *rule, int64_t now, int64_t *wait)
{
	struct mongo		*mg = mongo_of(store);
	struct throttle_row	 row, next;
	bool			 is_found;
	int64_t			 time;
	enum err		 err;
	int			 tries;

	for (tries = 0; !is_late(mg, tries); tries++) {
		if ((err = find_row(mg, key, &row, &is_found)) != OK)
			return err;
		if ((time = throttle_row_wait(&row, rule, now)) > 0) {
			*wait = time;
			return E_STALE;
		}
		next = row;
		throttle_row_take(&next, rule, now);
		err = is_found ? swap_row(mg, key, &row, &next) :
		    insert_row(mg, key, &next);
		if (err != E_STALE)
			return err;
	}
	return E_UNAVAILABLE;
}

/*
 * The key was open when this attempt took it, so it is open again.  Were the
 * time computed anew, an attempt that was none could close it for a day.
 */
static void
give_back(struct throttle_row *row, const struct throttle_rule *rule)
{
	if (rule->burst > 0)
		row->tat = row->tat > rule->interval ?
		    row->tat - rule->interval : 0;
	if (row->failures > 0)
		row->failures--;
	row->until = 0;
}

enum err
mongo_throttle_give_back(struct store *store, const unsigned char *key,
    const struct throttle_rule *rule)
{
	struct mongo		*mg = mongo_of(store);
	struct throttle_row	 row, next;
	bool			 is_found;
	enum err		 err;
	int			 tries;

	for (tries = 0; !is_late(mg, tries); tries++) {
		if ((err = find_row(mg, key, &row, &is_found)) != OK ||
		    !is_found)
			return err;
		next = row;
		give_back(&next, rule);
		if ((err = swap_row(mg, key, &row, &next)) != E_STALE)
			return err;
	}
	return E_UNAVAILABLE;
}

enum err
mongo_throttle_forgive(struct store *store, const unsigned char *key)
{
	struct mongo	*mg = mongo_of(store);
	bson_t		 filter = BSON_INITIALIZER, *update;
	enum err	 err;

	put_key(&filter, key);
	update = BCON_NEW("$set", "{", "failures", BCON_INT64(0), "until",
	    BCON_DATE_TIME(0), "}");
	err = mongo_update(mg, mg->throttle, &filter, update, ONE, true,
	    NULL);
	bson_destroy(update);
	bson_destroy(&filter);
	return err;
}

enum err
mongo_throttle_find(struct store *store, const unsigned char *key,
    int64_t now, struct throttle_state *out)
{
	struct throttle_row	row;
	bool			is_found;
	enum err		err;

	err = find_row(mongo_of(store), key, &row, &is_found);
	if (err != OK)
		return err;
	*out = (struct throttle_state){ 0 };
	if (!throttle_row_is_forgotten(&row, now)) {
		out->failures = row.failures;
		out->until = row.until > now ? row.until : 0;
	}
	return OK;
}
