#include "base/base.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/id.h"
#include "store/sql.h"
#include "store/sqlite.h"
#include "store/store.h"

enum { PURGE_MAX = 100 };

static const char profile[] =
    "SELECT " USER_COLUMNS ", " SESSION_COLUMNS " FROM sessions s "
    "JOIN users u ON u.id = s.user WHERE s.id = ? AND s.user = ?";

static const char find[] =
    "SELECT " SESSION_COLUMNS " FROM sessions s WHERE s.id = ?";

static const char swap[] =
    "UPDATE sessions SET counter = ?, rotated_at = ?, idle_at = ? "
    "WHERE id = ? AND counter = ? AND ended_at IS NULL";

static const char keep[] =
    "UPDATE sessions SET epoch = epoch + 1 "
    "WHERE id = ? AND epoch = ? AND ended_at IS NULL";

static const char end_one[] =
    "UPDATE sessions SET ended_at = ?, end_reason = ? "
    "WHERE id = ? AND ended_at IS NULL";

static const char is_there[] = "SELECT 1 FROM sessions WHERE id = ?";

static const char end_of_user[] =
    "UPDATE sessions SET ended_at = ?, end_reason = ? "
    "WHERE ended_at IS NULL AND id <> ? AND user = ?";

static const char end_everybody[] =
    "UPDATE sessions SET ended_at = ?, end_reason = ? "
    "WHERE ended_at IS NULL AND id <> ?";

static const char list[] =
    "SELECT " SESSION_COLUMNS " FROM sessions s WHERE s.user = ? "
    "AND s.ended_at IS NULL AND s.idle_at > ? AND s.expires_at > ? "
    "ORDER BY s.created_at DESC, s.id DESC LIMIT ?";

static const char purge[] =
    "DELETE FROM sessions WHERE id IN "
    "(SELECT id FROM sessions WHERE dead_at < ? LIMIT ?)";

void
sqlite_get_session(struct sql *db, struct arena *arena, struct session *out)
{
	*out = (struct session){ 0 };
	sqlite_get_id(db, &out->id);
	sqlite_get_id(db, &out->user);
	out->epoch = sql_get_int(db);
	out->counter = sql_get_int(db);
	sqlite_get_bytes(db, out->nonce, sizeof(out->nonce));
	out->created_at = sql_get_int(db);
	out->rotated_at = sql_get_int(db);
	out->idle_at = sql_get_int(db);
	out->expires_at = sql_get_int(db);
	out->ended_at = sql_get_int(db);
	out->end_reason = sqlite_get_text(db, arena);
	out->user_agent = sqlite_get_some_text(db, arena);
	out->ip = sqlite_get_some_text(db, arena);
}

enum err
sqlite_get_sessions(struct sql *db, struct arena *arena, size_t limit,
    struct session *out, size_t *count)
{
	struct session	*sessions;
	size_t		 n = 0;
	enum err	 err;

	sessions = arena_alloc(arena, limit * sizeof(*sessions));
	if (sessions == NULL)
		sql_fail(db, E_INTERNAL);
	while (sessions != NULL && n < limit && sql_row(db))
		sqlite_get_session(db, arena, &sessions[n++]);
	if ((err = sql_end(db)) != OK)
		return err;

	memcpy(out, sessions, n * sizeof(*out));
	*count = n;
	return OK;
}

enum err
sqlite_profile(struct store *store, struct arena *arena,
    const struct id *user_id, const struct id *session_id,
    struct user *user_out, struct session *session_out)
{
	struct sql	*db = sqlite_of(store)->db;
	struct session	 session;
	struct user	 user;
	bool		 is_found;
	enum err	 err;

	sql_query(db, profile);
	sqlite_put_id(db, session_id);
	sqlite_put_id(db, user_id);
	if ((is_found = sql_row(db))) {
		sqlite_get_user(db, arena, &user);
		sqlite_get_session(db, arena, &session);
	}
	if ((err = sql_end(db)) != OK)
		return err;
	if (!is_found)
		return E_NOT_FOUND;
	*user_out = user;
	*session_out = session;
	return OK;
}

enum err
sqlite_session_find(struct store *store, struct arena *arena,
    const struct id *id, struct session *out)
{
	struct sql	*db = sqlite_of(store)->db;
	struct session	 session;
	bool		 is_found;
	enum err	 err;

	sql_query(db, find);
	sqlite_put_id(db, id);
	if ((is_found = sql_row(db)))
		sqlite_get_session(db, arena, &session);
	if ((err = sql_end(db)) != OK)
		return err;
	if (!is_found)
		return E_NOT_FOUND;
	*out = session;
	return OK;
}

enum err
sqlite_session_swap(struct store *store, int64_t expected,
    const struct session *next)
{
	struct sqlite	*sq = sqlite_of(store);
	struct sql	*db = sq->db;
	enum err	 err;

	if ((err = sqlite_write(sq, SYNC_NORMAL)) != OK)
		return err;
	sql_query(db, swap);
	sql_put_int(db, next->counter);
	sql_put_int(db, next->rotated_at);
	sql_put_int(db, next->idle_at);
	sqlite_put_id(db, &next->id);
	sql_put_int(db, expected);
	if ((err = sql_run(db)) == OK && sql_changes(db) == 0)
		err = E_STALE;
	return sqlite_written(sq, err);
}

enum err
sqlite_session_keep(struct store *store, const struct id *id, int64_t epoch)
{
	struct sqlite	*sq = sqlite_of(store);
	enum err	 err;

	if ((err = sqlite_write(sq, SYNC_FULL)) != OK)
		return err;
	sql_query(sq->db, keep);
	sqlite_put_id(sq->db, id);
	sql_put_int(sq->db, epoch);
	if ((err = sql_run(sq->db)) == OK && sql_changes(sq->db) == 0)
		err = E_STALE;
	return sqlite_written(sq, err);
}

/* One that could not be ended has ended already, or is not there. */
static enum err
has_ended(struct sql *db, const struct id *id)
{
	bool		is_found;
	enum err	err;

	sql_query(db, is_there);
	sqlite_put_id(db, id);
	is_found = sql_row(db);
	if ((err = sql_end(db)) != OK)
		return err;
	return is_found ? OK : E_NOT_FOUND;
}

enum err
sqlite_session_end(struct store *store, const struct id *id,
    const char *reason, int64_t now)
{
	struct sqlite	*sq = sqlite_of(store);
	struct sql	*db = sq->db;
	enum err	 err;

	if ((err = sqlite_write(sq, SYNC_FULL)) != OK)
		return err;
	sql_query(db, end_one);
	sql_put_int(db, now);
	sql_put_text(db, reason);
	sqlite_put_id(db, id);
	if ((err = sql_run(db)) == OK && sql_changes(db) == 0)
		err = has_ended(db, id);
	return sqlite_written(sq, err);
}

enum err
sqlite_session_end_all(struct store *store, const struct id *user,
    const struct id *except, const char *reason, int64_t now, int64_t *count)
{
	struct sqlite	*sq = sqlite_of(store);
	struct sql	*db = sq->db;
	int64_t		 ended;
	enum err	 err;

	if ((err = sqlite_write(sq, SYNC_FULL)) != OK)
		return err;
	sql_query(db, user == NULL ? end_everybody : end_of_user);
	sql_put_int(db, now);
	sql_put_text(db, reason);
	sqlite_put_id(db, except);
	if (user != NULL)
		sqlite_put_id(db, user);
	err = sql_run(db);
	ended = sql_changes(db);
	if ((err = sqlite_written(sq, err)) == OK)
		*count = ended;
	return err;
}

enum err
sqlite_session_list(struct store *store, struct arena *arena,
    const struct id *user, int64_t now, size_t limit, struct session *out,
    size_t *count)
{
	struct sql	*db = sqlite_of(store)->db;

	sql_query(db, list);
	sqlite_put_id(db, user);
	sql_put_int(db, now);
	sql_put_int(db, now);
	sql_put_int(db, (int64_t)limit);
	return sqlite_get_sessions(db, arena, limit, out, count);
}

enum err
sqlite_session_purge(struct store *store, int64_t before)
{
	struct sqlite	*sq = sqlite_of(store);
	enum err	 err;

	if ((err = sqlite_write(sq, SYNC_FULL)) != OK)
		return err;
	sql_query(sq->db, purge);
	sql_put_int(sq->db, before);
	sql_put_int(sq->db, PURGE_MAX);
	if ((err = sql_run(sq->db)) == OK)
		err = sqlite_throttle_purge(sq->db, before);
	return sqlite_written(sq, err);
}
