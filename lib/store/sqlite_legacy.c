/* The token that an earlier system gave an account. */
#include "base/base.h"
#include "base/err.h"
#include "base/id.h"
#include "store/sql.h"
#include "store/sqlite.h"

static const char take[] =
    "UPDATE users SET legacy_token = NULL, updated_at = ? "
    "WHERE id = ? AND legacy_token = ?";

static const char drop[] =
    "UPDATE users SET legacy_token = NULL, updated_at = ? "
    "WHERE legacy_token IS NOT NULL AND id = ?";

static const char drop_all[] =
    "UPDATE users SET legacy_token = NULL, updated_at = ? "
    "WHERE legacy_token IS NOT NULL";

enum err
sqlite_user_take_legacy(struct store *store, const struct id *id,
    const char *token, int64_t now)
{
	struct sqlite	*sq = sqlite_of(store);
	struct sql	*db = sq->db;
	enum err	 err;

	if ((err = sqlite_write(sq, SYNC_FULL)) != OK)
		return err;
	sql_query(db, take);
	sql_put_int(db, now);
	sqlite_put_id(db, id);
	sql_put_text(db, token);
	if ((err = sql_run(db)) == OK && sql_changes(db) == 0)
		err = E_STALE;
	return sqlite_written(sq, err);
}

enum err
sqlite_user_drop_legacy(struct store *store, const struct id *id, int64_t now,
    int64_t *count)
{
	struct sqlite	*sq = sqlite_of(store);
	struct sql	*db = sq->db;
	int64_t		 dropped;
	enum err	 err;

	if ((err = sqlite_write(sq, SYNC_FULL)) != OK)
		return err;
	sql_query(db, id == NULL ? drop_all : drop);
	sql_put_int(db, now);
	if (id != NULL)
		sqlite_put_id(db, id);
	err = sql_run(db);
	dropped = sql_changes(db);
	if ((err = sqlite_written(sq, err)) == OK)
		*count = dropped;
	return err;
}
