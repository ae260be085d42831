#include "base/base.h"
#include "base/err.h"
#include "base/log.h"
#include "store/sql.h"
#include "store/sqlite.h"

#define TEXT_OF(number) TEXT_OF_(number)
#define TEXT_OF_(number) #number

/*
 * What stands here has run on somebody's database: a change is a new step.
 * Ids are blobs of twelve bytes, times milliseconds, as in the program.  A
 * session is small and its id grows with time, so it lives in its index; an
 * account may be large, and its history stands behind what is always read.
 */
static const char *const steps[] = {
	"PRAGMA application_id = " TEXT_OF(SQLITE_APPLICATION_ID) ";"

	"CREATE TABLE users ("
	"id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 12),"
	"username TEXT UNIQUE,"
	"email TEXT UNIQUE,"
	"full_name TEXT,"
	"avatar TEXT NOT NULL,"
	"cover_image TEXT NOT NULL,"
	"password TEXT NOT NULL,"
	"created_at INTEGER NOT NULL,"
	"updated_at INTEGER NOT NULL,"
	"version INTEGER NOT NULL,"
	"epoch INTEGER NOT NULL,"
	"disabled INTEGER NOT NULL CHECK (disabled IN (0, 1)),"
	"watch_history BLOB NOT NULL CHECK (length(watch_history) % 12 = 0)"
	") STRICT;"

	"CREATE TABLE sessions ("
	"id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 12),"
	"user BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
	"epoch INTEGER NOT NULL,"
	"counter INTEGER NOT NULL,"
	"nonce BLOB NOT NULL CHECK (length(nonce) = 16),"
	"created_at INTEGER NOT NULL,"
	"rotated_at INTEGER NOT NULL,"
	"idle_at INTEGER NOT NULL,"
	"expires_at INTEGER NOT NULL,"
	"ended_at INTEGER,"
	"end_reason TEXT,"
	"user_agent TEXT NOT NULL,"
	"ip TEXT NOT NULL,"
	"dead_at INTEGER AS "
	"(min(coalesce(ended_at, idle_at), idle_at, expires_at))"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX sessions_of_user ON sessions (user, created_at);"
	"CREATE INDEX sessions_dead ON sessions (dead_at);"

	"CREATE TABLE throttle ("
	"key BLOB NOT NULL PRIMARY KEY CHECK (length(key) = 32),"
	"tat INTEGER NOT NULL,"
	"failures INTEGER NOT NULL,"
	"until INTEGER NOT NULL,"
	"forget_at INTEGER NOT NULL"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX throttle_forgotten ON throttle (forget_at);",

	"ALTER TABLE users ADD COLUMN legacy_token TEXT;",
};

/* How many steps this database has had; E_CONFIG: more than we know. */
static enum err
read_version(struct sqlite *sq, size_t count, size_t *out)
{
	int64_t		version;
	enum err	err;

	err = sqlite_number(sq->db, "PRAGMA user_version", &version);
	if (err != OK)
		return err;
	if (version < 0 || (uint64_t)version > count) {
		log_error("%s: schema %" PRId64 " is of a newer program; "
		    "this one knows %zu", sq->path, version, count);
		return E_CONFIG;
	}
	*out = (size_t)version;
	return OK;
}

static enum err
run_steps(struct sqlite *sq, const char *const todo[], size_t count)
{
	char		text[48];
	size_t		version;
	enum err	err;

	if ((err = read_version(sq, count, &version)) != OK ||
	    version == count)
		return err;
	while (version < count)
		if ((err = sql_script(sq->db, todo[version++])) != OK)
			return err;
	(void)snprintf(text, sizeof(text), "PRAGMA user_version = %zu",
	    count);
	return sql_script(sq->db, text);
}

/* Looks first without the lock, then again with it: others may be at it. */
enum err
sqlite_migrate(struct sqlite *sq, const char *const todo[], size_t count)
{
	size_t		version;
	enum err	err;

	if ((err = read_version(sq, count, &version)) != OK ||
	    version == count ||
	    (err = sqlite_write(sq, SYNC_FULL)) != OK)
		return err;
	return sqlite_written(sq, run_steps(sq, todo, count));
}

enum err
sqlite_upgrade(struct sqlite *sq)
{
	return sqlite_migrate(sq, steps, NELEMS(steps));
}

enum err
sqlite_check(struct sqlite *sq, bool create)
{
	int64_t		application, objects;
	enum err	err;

	if ((err = sqlite_number(sq->db, "PRAGMA application_id",
	    &application)) != OK ||
	    (err = sqlite_number(sq->db, "SELECT count(*) FROM sqlite_schema",
	    &objects)) != OK)
		return err;
	if (application == SQLITE_APPLICATION_ID || (create && objects == 0))
		return OK;
	if (objects == 0)
		log_error("%s: is empty; `darban init` makes a database",
		    sq->path);
	else
		log_error("%s: is not a database of darban", sq->path);
	return E_UNAVAILABLE;
}
