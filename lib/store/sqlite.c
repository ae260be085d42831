#include <sys/stat.h>
#include <fcntl.h>

#include "base/base.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "store/engine.h"
#include "store/sql.h"
#include "store/sqlite.h"
#include "store/store.h"

enum err
sqlite_write(struct sqlite *sq, enum sqlite_sync sync)
{
	enum err err;

	/*
	 * In a write-ahead log NORMAL leaves a commit's sync to the next one
	 * that asks for it.  A rollback journal without it is no journal.
	 */
	if (sq->is_wal && sync != sq->sync) {
		err = sql_script(sq->db, sync == SYNC_FULL ?
		    "PRAGMA synchronous = FULL" :
		    "PRAGMA synchronous = NORMAL");
		if (err != OK)
			return err;
		sq->sync = sync;
	}
	sql_query(sq->db, "BEGIN IMMEDIATE");
	return sql_run(sq->db);
}

enum err
sqlite_written(struct sqlite *sq, enum err err)
{
	if (err == OK) {
		sql_query(sq->db, "COMMIT");
		err = sql_run(sq->db);
	}
	/* After some errors SQLite has taken everything back by itself. */
	if (err != OK && sql_in_transaction(sq->db) &&
	    sql_script(sq->db, "ROLLBACK") != OK)
		return E_UNAVAILABLE;
	return err;
}

/*
 * Not by SQLite: it would give the file the process's mode.  The file is not
 * opened where it is there already, because closing it would take away the
 * locks that this process may have on it.
 */
static enum err
make_file(const char *path)
{
	struct stat	st;
	int		fd;

	if (stat(path, &st) == 0)
		return OK;
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1 && errno != EEXIST) {
		log_error("%s: %s", path, strerror(errno));
		return E_UNAVAILABLE;
	}
	if (fd != -1)
		(void)close(fd);
	return OK;
}

/*
 * The file is looked at before it is opened: if another one comes in between,
 * sqlite_begin opens once more than it had to.
 */
static enum err
connect(struct sqlite *sq, bool create)
{
	struct stat	st;
	enum err	err;

	if (create && (err = make_file(sq->path)) != OK)
		return err;
	if (stat(sq->path, &st) == -1) {
		log_error("%s: %s", sq->path, strerror(errno));
		return E_UNAVAILABLE;
	}
	if ((err = sql_open(sq->path, sq->tidy, &sq->db)) != OK)
		return err;
	if ((err = sqlite_settle(sq, create)) != OK) {
		sql_close(sq->db);
		sq->db = NULL;
		return err;
	}
	sq->device = (uint64_t)st.st_dev;
	sq->inode = (uint64_t)st.st_ino;
	return OK;
}

static enum err
begin(struct store *store)
{
	struct sqlite	*sq = sqlite_of(store);
	struct stat	 st;

	if (sq->db != NULL && !sql_is_suspect(sq->db) &&
	    stat(sq->path, &st) == 0 &&
	    sq->device == (uint64_t)st.st_dev &&
	    sq->inode == (uint64_t)st.st_ino)
		return OK;
	sql_close(sq->db);
	sq->db = NULL;
	return connect(sq, false);
}

static void
sqlite_free(struct sqlite *sq)
{
	sql_close(sq->db);
	free(sq->path);
	free(sq);
}

static void
shut(struct store *store)
{
	sqlite_free(sqlite_of(store));
}

static enum err
ping(struct store *store)
{
	int64_t number;

	return sqlite_number(sqlite_of(store)->db,
	    "SELECT count(*) FROM (SELECT 1 FROM users LIMIT 1)", &number);
}

static enum err
describe(struct store *store, struct arena *arena, const char **out)
{
	struct sqlite	*sq = sqlite_of(store);
	int64_t		 version;
	char		*text;
	enum err	 err;

	if ((err = sqlite_number(sq->db, "PRAGMA user_version",
	    &version)) != OK)
		return err;
	text = arena_printf(arena, "SQLite %s, schema %" PRId64
	    ", journal %s", sql_version(), version,
	    sq->is_wal ? "WAL" : "DELETE");
	if (text == NULL)
		return E_INTERNAL;
	*out = text;
	return OK;
}

static const struct engine engine = {
	.begin = begin,
	.close = shut,
	.user_insert = sqlite_user_insert,
	.user_insert_many = sqlite_user_insert_many,
	.user_by_login = sqlite_user_by_login,
	.user_by_id = sqlite_user_by_id,
	.user_update = sqlite_user_update,
	.user_take_legacy = sqlite_user_take_legacy,
	.user_drop_legacy = sqlite_user_drop_legacy,
	.user_list_after = sqlite_user_list_after,
	.user_remove = sqlite_user_remove,
	.profile = sqlite_profile,
	.session_insert = sqlite_session_insert,
	.session_insert_many = sqlite_session_insert_many,
	.session_list_after = sqlite_session_list_after,
	.count = sqlite_count,
	.session_find = sqlite_session_find,
	.session_swap = sqlite_session_swap,
	.session_keep = sqlite_session_keep,
	.session_end = sqlite_session_end,
	.session_end_all = sqlite_session_end_all,
	.session_list = sqlite_session_list,
	.session_purge = sqlite_session_purge,
	.throttle_take = sqlite_throttle_take,
	.throttle_give_back = sqlite_throttle_give_back,
	.throttle_forgive = sqlite_throttle_forgive,
	.throttle_find = sqlite_throttle_find,
	.ping = ping,
	.describe = describe,
	.backup = sqlite_backup,
};

enum err
sqlite_open(const char *path, enum store_mode mode, struct store **out)
{
	struct sqlite	*sq;
	enum err	 err;

	if (path[0] != '/') {
		log_error("sqlite:%s: is not an absolute path", path);
		return E_CONFIG;
	}
	if ((sq = calloc(1, sizeof(*sq))) == NULL ||
	    (sq->path = strdup(path)) == NULL) {
		free(sq);
		return E_INTERNAL;
	}
	sq->store.engine = &engine;
	sq->tidy = mode != STORE_SERVE;
	if ((err = connect(sq, mode >= STORE_CREATE)) != OK) {
		sqlite_free(sq);
		return err;
	}
	*out = &sq->store;
	return OK;
}

const char *
sqlite_version(void)
{
	return sql_version();
}
