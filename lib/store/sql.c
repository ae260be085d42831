#include <sqlite3.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "store/sql.h"

enum {
	KEPT_MAX = 48,		/* prepared statements of one connection */
	BUSY_TIME = 2000,	/* ms to wait for a lock */
	BUSY_NAP = 500,	/* us between two tries */
	COPY_PAGES = 256,	/* of one step */

	/* What a MongoDB document can hold, so that both refuse the same. */
	RECORD_MAX = 16 * 1024 * 1024,
};

struct sql {
	sqlite3		*handle;
	sqlite3_stmt	*kept[KEPT_MAX];
	sqlite3_stmt	*current;	/* one of them, or NULL */
	int		 next;		/* its next parameter or column */
	enum err	 err;		/* its first error */
	int64_t		 busy_until;
	bool		 is_suspect;
};

static enum err
meaning(int code)
{
	switch (code) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
		return E_EXISTS;
	case SQLITE_CONSTRAINT_FOREIGNKEY:
		return E_NOT_FOUND;
	}
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return OK;
	case SQLITE_TOOBIG:
		return E_TOO_LARGE;
	case SQLITE_PERM:
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_READONLY:
	case SQLITE_IOERR:
	case SQLITE_CORRUPT:
	case SQLITE_FULL:
	case SQLITE_CANTOPEN:
	case SQLITE_PROTOCOL:
	case SQLITE_NOTADB:
		return E_UNAVAILABLE;
	default:
		return E_INTERNAL;
	}
}

/* What `code` means; the operator hears of what is not the caller's doing. */
static enum err
judge(struct sql *db, int code)
{
	const enum err err = meaning(code);

	if (err != E_UNAVAILABLE && err != E_INTERNAL)
		return err;
	log_error("%s: %s (SQLite error %d)",
	    sqlite3_db_filename(db->handle, "main"),
	    sqlite3_errmsg(db->handle), code);
	/* That somebody else had the lock says nothing about the file. */
	if ((code & 0xff) != SQLITE_BUSY)
		db->is_suspect = true;
	return err;
}

static void
note(struct sql *db, int code)
{
	if (db->err == OK)
		db->err = judge(db, code);
}

/*
 * SQLite's own handler sleeps longer the longer it has waited, and under a
 * crowd of writers the one who came first may wait in vain.
 */
static int
wait_for_lock(void *arg, int tries)
{
	struct sql	*db = arg;
	const int64_t	 now = clock_monotonic();

	if (tries == 0)
		db->busy_until = now + BUSY_TIME;
	if (now >= db->busy_until)
		return 0;
	usleep(BUSY_NAP);
	return 1;
}

/*
 * The file holds no code of ours, and what somebody else may have put there
 * must not run.  Without `tidy` closing leaves the log as it is: else a
 * program that serves one request and ends pays for a checkpoint each time.
 */
static int
prepare(struct sql *db, bool tidy)
{
	const struct {
		int name, value;
	} options[] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
		{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
		{ SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
		{ SQLITE_DBCONFIG_DQS_DDL, 0 },
		{ SQLITE_DBCONFIG_DQS_DML, 0 },
		{ SQLITE_DBCONFIG_ENABLE_FKEY, 0 },
		{ SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !tidy },
	};
	size_t	i;
	int	code;

	(void)sqlite3_limit(db->handle, SQLITE_LIMIT_LENGTH, RECORD_MAX);
	code = sqlite3_busy_handler(db->handle, wait_for_lock, db);
	for (i = 0; i < NELEMS(options) && code == SQLITE_OK; i++)
		code = sqlite3_db_config(db->handle, options[i].name,
		    options[i].value, NULL);
	return code;
}

enum err
sql_open(const char *path, bool tidy, struct sql **out)
{
	struct sql	*db;
	enum err	 err;
	int		 code;

	if ((db = calloc(1, sizeof(*db))) == NULL)
		return E_INTERNAL;
	code = sqlite3_open_v2(path, &db->handle, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
	if (code == SQLITE_OK)
		code = prepare(db, tidy);
	/* Where the file may not be written SQLite opens it for reading. */
	if (code == SQLITE_OK && sqlite3_db_readonly(db->handle, "main") != 0)
		code = SQLITE_READONLY;

	if ((err = meaning(code)) != OK) {
		log_error("%s: %s (SQLite error %d)", path,
		    sqlite3_errstr(code), code);
		sql_close(db);
		return err;
	}
	*out = db;
	return OK;
}

void
sql_close(struct sql *db)
{
	size_t i;

	if (db == NULL)
		return;
	for (i = 0; i < KEPT_MAX; i++)
		(void)sqlite3_finalize(db->kept[i]);
	(void)sqlite3_close(db->handle);
	free(db);
}

enum err
sql_header(struct sql *db, unsigned char out[SQL_HEADER_SIZE])
{
	sqlite3_file	*file;
	int		 code;

	code = sqlite3_file_control(db->handle, "main",
	    SQLITE_FCNTL_FILE_POINTER, &file);
	if (code == SQLITE_OK)
		code = file->pMethods->xRead(file, out, SQL_HEADER_SIZE, 0);
	/* What is not there has been filled with zeros. */
	if (code == SQLITE_IOERR_SHORT_READ)
		return OK;
	return judge(db, code);
}

enum err
sql_script(struct sql *db, const char *text)
{
	return judge(db, sqlite3_exec(db->handle, text, NULL, NULL, NULL));
}

bool
sql_is_suspect(const struct sql *db)
{
	return db->is_suspect;
}

bool
sql_in_transaction(const struct sql *db)
{
	return sqlite3_get_autocommit(db->handle) == 0;
}

/* The statement of that text; where there is no room the last one goes. */
static int
keep(struct sql *db, const char *text, sqlite3_stmt **out)
{
	size_t	i;
	int	code;

	for (i = 0; i < KEPT_MAX && db->kept[i] != NULL; i++)
		if (strcmp(sqlite3_sql(db->kept[i]), text) == 0) {
			*out = db->kept[i];
			return SQLITE_OK;
		}
	if (i == KEPT_MAX) {
		(void)sqlite3_finalize(db->kept[--i]);
		db->kept[i] = NULL;
	}
	code = sqlite3_prepare_v3(db->handle, text, -1,
	    SQLITE_PREPARE_PERSISTENT, &db->kept[i], NULL);
	*out = db->kept[i];
	return code;
}

void
sql_query(struct sql *db, const char *text)
{
	assert(db->current == NULL);
	db->err = OK;
	db->next = 1;
	note(db, keep(db, text, &db->current));
}

void
sql_put_int(struct sql *db, int64_t value)
{
	if (db->err == OK)
		note(db, sqlite3_bind_int64(db->current, db->next++, value));
}

void
sql_put_text(struct sql *db, const char *text)
{
	if (db->err == OK)
		note(db, sqlite3_bind_text64(db->current, db->next++, text,
		    text == NULL ? 0 : strlen(text), SQLITE_STATIC,
		    SQLITE_UTF8));
}

/* No bytes are bytes all the same: a NULL pointer would be bound as NULL. */
void
sql_put_blob(struct sql *db, const void *data, size_t size)
{
	if (db->err == OK)
		note(db, sqlite3_bind_blob64(db->current, db->next++,
		    size == 0 ? "" : data, size, SQLITE_STATIC));
}

bool
sql_row(struct sql *db)
{
	int code;

	if (db->err != OK)
		return false;
	db->next = 0;
	code = sqlite3_step(db->current);
	note(db, code);
	return code == SQLITE_ROW;
}

int64_t
sql_get_int(struct sql *db)
{
	return sqlite3_column_int64(db->current, db->next++);
}

const void *
sql_get_bytes(struct sql *db, size_t *size)
{
	const int	 column = db->next++;
	const void	*bytes;

	if (sqlite3_column_type(db->current, column) == SQLITE_NULL)
		return NULL;
	bytes = sqlite3_column_blob(db->current, column);
	*size = (size_t)sqlite3_column_bytes(db->current, column);
	if (*size == 0)
		return "";
	if (bytes == NULL)
		sql_fail(db, E_INTERNAL);
	return bytes;
}

void
sql_fail(struct sql *db, enum err err)
{
	if (db->err == OK)
		db->err = err;
}

enum err
sql_end(struct sql *db)
{
	if (db->current != NULL) {
		(void)sqlite3_reset(db->current);
		/* The bytes belong to the caller, who is about to leave. */
		(void)sqlite3_clear_bindings(db->current);
	}
	db->current = NULL;
	return db->err;
}

enum err
sql_run(struct sql *db)
{
	if (sql_row(db))
		sql_fail(db, E_INTERNAL);
	return sql_end(db);
}

int64_t
sql_changes(const struct sql *db)
{
	return sqlite3_changes64(db->handle);
}

enum err
sql_copy(struct sql *db, struct sql *to, void (*progress)(int, int))
{
	sqlite3_backup	*backup;
	int		 code, end, total;

	backup = sqlite3_backup_init(to->handle, "main", db->handle, "main");
	if (backup == NULL)
		return judge(to, sqlite3_errcode(to->handle));
	do {
		code = sqlite3_backup_step(backup, COPY_PAGES);
		total = sqlite3_backup_pagecount(backup);
		if (progress != NULL)
			progress(total - sqlite3_backup_remaining(backup),
			    total);
	} while (code == SQLITE_OK);

	/* The end of a copy that was only kept waiting is no error to it. */
	end = sqlite3_backup_finish(backup);
	return judge(to, code == SQLITE_DONE ? end : code);
}

const char *
sql_version(void)
{
	return sqlite3_libversion();
}

const char *
sql_kept(const struct sql *db, size_t i)
{
	return i < KEPT_MAX ? sqlite3_sql(db->kept[i]) : NULL;
}
