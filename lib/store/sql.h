/*
 * As much of SQLite as its engine needs; sql.c is the only file over
 * sqlite3.h.
 *
 * A connection has one current statement: sql_query starts it, sql_put_* give
 * its parameters in order, sql_row asks for a row, sql_get_* read the row's
 * columns in order, and sql_end puts it away.  The first error sticks, what
 * follows it does nothing, and sql_end returns it, so a verb looks once.
 *
 * Errors of a statement: E_EXISTS (a unique value is there already),
 * E_NOT_FOUND (a row that it refers to is not), E_TOO_LARGE, E_UNAVAILABLE
 * (locked, full, gone, damaged), E_INTERNAL.  The last two are logged here.
 */
#ifndef DARBAN_SQL_H
#define DARBAN_SQL_H

#include "base/base.h"
#include "base/err.h"

struct sql;

/* The beginning of every database file, zeros where the file is empty. */
enum { SQL_HEADER_SIZE = 100 };

/*
 * Opens the database in the file at `path`, which must be there and may be
 * written; nothing of it is read yet.  With `tidy` the last one to close it
 * removes the write-ahead log.  E_UNAVAILABLE, E_INTERNAL.
 */
enum err	 sql_open(const char *path, bool tidy, struct sql **out)
		    NODISCARD;
void		 sql_close(struct sql *db);	/* NULL is nothing */

/* Reads the file's header as it is, past the journals and without a lock. */
enum err	 sql_header(struct sql *db, unsigned char out[SQL_HEADER_SIZE])
		    NODISCARD;

/*
 * True once there was an error that another connection to the same file might
 * not have: it may have been damaged, and mended, under this one.
 */
bool		 sql_is_suspect(const struct sql *db);

/* Statements that are not kept, separated by semicolons, without rows. */
enum err	 sql_script(struct sql *db, const char *text) NODISCARD;

/* True between BEGIN and COMMIT or ROLLBACK; some errors roll back. */
bool		 sql_in_transaction(const struct sql *db);

/* Starts a statement, which is kept prepared for the next time. */
void		 sql_query(struct sql *db, const char *text);

/* Parameters; the bytes must stay until sql_end.  NULL text is NULL. */
void		 sql_put_int(struct sql *db, int64_t value);
void		 sql_put_text(struct sql *db, const char *text);
void		 sql_put_blob(struct sql *db, const void *data, size_t size);

/* True: there is a (next) row.  False: no more, or an error. */
bool		 sql_row(struct sql *db) NODISCARD;

/*
 * Columns.  NULL is 0, or NULL without size; bytes are the connection's and
 * stay until the next sql_row.
 */
int64_t		 sql_get_int(struct sql *db);
const void	*sql_get_bytes(struct sql *db, size_t *size);

/* Fails the current statement, unless it has failed before. */
void		 sql_fail(struct sql *db, enum err err);

/* OK, or the first error since sql_query. */
enum err	 sql_end(struct sql *db) NODISCARD;

/* A statement without rows, from here to its end; then sql_changes. */
enum err	 sql_run(struct sql *db) NODISCARD;

/* The rows that the last statement which writes has changed. */
int64_t		 sql_changes(const struct sql *db);

/*
 * Copies the database page by page into the empty one of `to`; `progress`
 * may be NULL.  As one moment's, if `db` is in a transaction.
 */
enum err	 sql_copy(struct sql *db, struct sql *to,
		    void (*progress)(int done, int total)) NODISCARD;

/* The library's version. */
const char	*sql_version(void);

/* The text of the `i`th statement kept, or NULL; for tests. */
const char	*sql_kept(const struct sql *db, size_t i);

#endif
