/* New sessions, one or many at a time, and all there are. */
#include "base/base.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/id.h"
#include "store/sql.h"
#include "store/sqlite.h"
#include "store/store.h"

static const char insert[] =
    "INSERT INTO sessions (id, user, epoch, counter, nonce, created_at, "
    "rotated_at, idle_at, expires_at, ended_at, end_reason, user_agent, ip) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, 0), ?, ?, ?)";

static const char list_after[] =
    "SELECT " SESSION_COLUMNS " FROM sessions s WHERE s.id > ? "
    "AND s.ended_at IS NULL AND s.idle_at > ? AND s.expires_at > ? "
    "ORDER BY s.id LIMIT ?";

/* As if an account that is not there had been removed a moment later. */
static enum err
run_insert(struct sql *db, const struct session *session)
{
	enum err err;

	sql_query(db, insert);
	sqlite_put_id(db, &session->id);
	sqlite_put_id(db, &session->user);
	sql_put_int(db, session->epoch);
	sql_put_int(db, session->counter);
	sql_put_blob(db, session->nonce, sizeof(session->nonce));
	sql_put_int(db, session->created_at);
	sql_put_int(db, session->rotated_at);
	sql_put_int(db, session->idle_at);
	sql_put_int(db, session->expires_at);
	sql_put_int(db, session->ended_at);
	sql_put_text(db, session->end_reason);
	sql_put_text(db, session->user_agent);
	sql_put_text(db, session->ip);
	err = sql_run(db);
	return err == E_NOT_FOUND ? OK : err;
}

enum err
sqlite_session_insert(struct store *store, const struct session *session)
{
	struct sqlite	*sq = sqlite_of(store);
	enum err	 err;

	if ((err = sqlite_write(sq, SYNC_FULL)) != OK)
		return err;
	return sqlite_written(sq, run_insert(sq->db, session));
}

/* Whether the row is there already. */
static enum err
is_there(struct sql *db, const struct id *id)
{
	bool		is_found;
	enum err	err;

	sql_query(db, "SELECT 1 FROM sessions WHERE id = ?");
	sqlite_put_id(db, id);
	is_found = sql_row(db);
	err = sql_end(db);
	return err != OK ? err : is_found ? E_EXISTS : OK;
}

enum err
sqlite_session_insert_many(struct store *store,
    const struct session *sessions, size_t count,
    struct store_result *results)
{
	struct sqlite	*sq = sqlite_of(store);
	enum err	 err;
	size_t		 i;

	if ((err = sqlite_write(sq, SYNC_FULL)) != OK)
		return err;
	for (i = 0; i < count && err == OK; i++) {
		results[i] = (struct store_result){ .err = OK };
		err = is_there(sq->db, &sessions[i].id);
		if (err == OK)
			err = run_insert(sq->db, &sessions[i]);
		else if (err == E_EXISTS) {
			results[i].err = E_EXISTS;
			err = OK;
		}
	}
	return sqlite_written(sq, err);
}

enum err
sqlite_session_list_after(struct store *store, struct arena *arena,
    const struct id *after, int64_t now, size_t limit, struct session *out,
    size_t *count)
{
	struct sql	*db = sqlite_of(store)->db;

	sql_query(db, list_after);
	sqlite_put_id(db, after);
	sql_put_int(db, now);
	sql_put_int(db, now);
	sql_put_int(db, (int64_t)limit);
	return sqlite_get_sessions(db, arena, limit, out, count);
}

enum err
sqlite_count(struct store *store, int64_t *users, int64_t *sessions)
{
	struct sql	*db = sqlite_of(store)->db;
	int64_t		 found = 0;
	enum err	 err;

	err = sqlite_number(db, "SELECT count(*) FROM users", &found);
	if (err != OK || (err = sqlite_number(db,
	    "SELECT count(*) FROM sessions", sessions)) != OK)
		return err;
	*users = found;
	return OK;
}
