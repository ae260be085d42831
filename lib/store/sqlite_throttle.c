#include "base/base.h"
#include "base/err.h"
#include "store/sql.h"
#include "store/sqlite.h"
#include "store/store.h"
#include "store/throttle_row.h"

enum { PURGE_MAX = 100 };

static const char find[] =
    "SELECT tat, failures, until, forget_at FROM throttle WHERE key = ?";

static const char save[] =
    "REPLACE INTO throttle (key, tat, failures, until, forget_at) "
    "VALUES (?, ?, ?, ?, ?)";

/*
 * The key was open when this attempt took it, so it is open again.  Were the
 * time computed anew, an attempt that was none could close it for a day.
 */
static const char give_back[] =
    "UPDATE throttle SET tat = max(tat - ?, 0), "
    "failures = max(failures - 1, 0), until = 0 WHERE key = ?";

static const char forgive[] =
    "UPDATE throttle SET failures = 0, until = 0 "
    "WHERE key = ? AND (failures > 0 OR until > 0)";

static const char purge[] =
    "DELETE FROM throttle WHERE key IN "
    "(SELECT key FROM throttle WHERE forget_at < ? LIMIT ?)";

/* The row of `key`, all zeros where there is none. */
static enum err
find_row(struct sql *db, const unsigned char *key, struct throttle_row *out)
{
	*out = (struct throttle_row){ 0 };
	sql_query(db, find);
	sql_put_blob(db, key, THROTTLE_KEY_SIZE);
	if (sql_row(db)) {
		out->tat = sql_get_int(db);
		out->failures = sql_get_int(db);
		out->until = sql_get_int(db);
		out->forget_at = sql_get_int(db);
	}
	return sql_end(db);
}

static enum err
save_row(struct sql *db, const unsigned char *key,
    const struct throttle_row *row)
{
	sql_query(db, save);
	sql_put_blob(db, key, THROTTLE_KEY_SIZE);
	sql_put_int(db, row->tat);
	sql_put_int(db, row->failures);
	sql_put_int(db, row->until);
	sql_put_int(db, row->forget_at);
	return sql_run(db);
}

/* E_STALE: the attempt must wait; else the row as it stands. */
static enum err
look(struct sql *db, const unsigned char *key,
    const struct throttle_rule *rule, int64_t now, struct throttle_row *row,
    int64_t *wait)
{
	int64_t		time;
	enum err	err;

	if ((err = find_row(db, key, row)) != OK)
		return err;
	if ((time = throttle_row_wait(row, rule, now)) == 0)
		return OK;
	*wait = time;
	return E_STALE;
}

/* The first look takes no lock, so a flood of refusals holds nobody up. */
enum err
sqlite_throttle_take(struct store *store, const unsigned char *key,
    const struct throttle_rule *rule, int64_t now, int64_t *wait)
{
	struct sqlite		*sq = sqlite_of(store);
	struct throttle_row	 row;
	enum err		 err;

	if ((err = look(sq->db, key, rule, now, &row, wait)) != OK ||
	    (err = sqlite_write(sq, SYNC_NORMAL)) != OK)
		return err;
	if ((err = look(sq->db, key, rule, now, &row, wait)) == OK) {
		throttle_row_take(&row, rule, now);
		err = save_row(sq->db, key, &row);
	}
	return sqlite_written(sq, err);
}

enum err
sqlite_throttle_give_back(struct store *store, const unsigned char *key,
    const struct throttle_rule *rule)
{
	struct sqlite	*sq = sqlite_of(store);
	enum err	 err;

	if ((err = sqlite_write(sq, SYNC_NORMAL)) != OK)
		return err;
	sql_query(sq->db, give_back);
	sql_put_int(sq->db, rule->burst > 0 ? rule->interval : 0);
	sql_put_blob(sq->db, key, THROTTLE_KEY_SIZE);
	return sqlite_written(sq, sql_run(sq->db));
}

enum err
sqlite_throttle_forgive(struct store *store, const unsigned char *key)
{
	struct sqlite	*sq = sqlite_of(store);
	enum err	 err;

	if ((err = sqlite_write(sq, SYNC_NORMAL)) != OK)
		return err;
	sql_query(sq->db, forgive);
	sql_put_blob(sq->db, key, THROTTLE_KEY_SIZE);
	return sqlite_written(sq, sql_run(sq->db));
}

enum err
sqlite_throttle_find(struct store *store, const unsigned char *key,
    int64_t now, struct throttle_state *out)
{
	struct throttle_row	row;
	enum err		err;

	if ((err = find_row(sqlite_of(store)->db, key, &row)) != OK)
		return err;
	*out = (struct throttle_state){ 0 };
	if (!throttle_row_is_forgotten(&row, now)) {
		out->failures = row.failures;
		out->until = row.until > now ? row.until : 0;
	}
	return OK;
}

enum err
sqlite_throttle_purge(struct sql *db, int64_t before)
{
	sql_query(db, purge);
	sql_put_int(db, before);
	sql_put_int(db, PURGE_MAX);
	return sql_run(db);
}
