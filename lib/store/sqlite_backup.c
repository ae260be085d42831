#include <fcntl.h>

#include "base/base.h"
#include "base/err.h"
#include "base/log.h"
#include "store/sql.h"
#include "store/sqlite.h"
#include "store/store.h"

/*
 * All of it is read in one transaction: without that every write to the
 * database would start the copy again from its first page.  The copy of a
 * database with a write-ahead log says it has one too, until it is told.
 */
static enum err
copy(struct sql *db, struct sql *to, void (*progress)(int, int))
{
	enum err err;

	if ((err = sql_script(to, "PRAGMA synchronous = OFF")) != OK ||
	    (err = sql_script(db, "BEGIN")) != OK)
		return err;
	if ((err = sql_script(db, "SELECT count(*) FROM sqlite_schema")) ==
	    OK)
		err = sql_copy(db, to, progress);
	if (sql_in_transaction(db) && sql_script(db, "COMMIT") != OK &&
	    err == OK)
		err = E_UNAVAILABLE;
	if (err == OK)
		err = sql_script(to, "PRAGMA journal_mode = DELETE");
	return err;
}

static enum err
copy_to(struct sqlite *sq, const char *path, void (*progress)(int, int))
{
	struct sql	*to;
	enum err	 err;

	if ((err = sql_open(path, true, &to)) != OK)
		return err;
	err = copy(sq->db, to, progress);
	sql_close(to);
	return err;
}

static enum err
complain(const char *path)
{
	if (errno == EEXIST)
		return E_EXISTS;
	log_error("%s: %s", path, strerror(errno));
	return E_UNAVAILABLE;
}

/* A file, or with its directory's path what a directory says of its files. */
static enum err
sync_to_disk(const char *path)
{
	int fd, code;

	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return complain(path);
	code = fsync(fd);
	(void)close(fd);
	return code == 0 ? OK : complain(path);
}

static enum err
sync_directory_of(const char *path)
{
	const char	*slash;
	char		*directory;
	enum err	 err;

	slash = strrchr(path, '/');
	directory = slash == NULL ? strdup(".") :
	    strndup(path, (size_t)(slash - path + 1));
	if (directory == NULL)
		return E_INTERNAL;
	err = sync_to_disk(directory);
	free(directory);
	return err;
}

/* Gives the finished copy its name, unless somebody else has taken that. */
static enum err
publish(const char *temporary, const char *path)
{
	if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path,
	    RENAME_NOREPLACE) == 0)
		return sync_directory_of(path);
	/* Not every file system knows how; the others know links. */
	if (errno != EINVAL && errno != ENOSYS)
		return complain(path);
	if (link(temporary, path) == -1)
		return complain(path);
	(void)unlink(temporary);
	return sync_directory_of(path);
}

/* A copy that is cut off leaves a file of another name at most. */
enum err
sqlite_backup(struct store *store, const char *path,
    void (*progress)(int done, int total))
{
	char		*temporary;
	enum err	 err;
	int		 fd;

	if (access(path, F_OK) == 0)
		return E_EXISTS;
	if (asprintf(&temporary, "%s.XXXXXX", path) == -1)
		return E_INTERNAL;
	if ((fd = mkostemp(temporary, O_CLOEXEC)) == -1) {
		err = complain(path);
		free(temporary);
		return err;
	}
	(void)close(fd);

	if ((err = copy_to(sqlite_of(store), temporary, progress)) != OK ||
	    (err = sync_to_disk(temporary)) != OK ||
	    (err = publish(temporary, path)) != OK)
		(void)unlink(temporary);
	free(temporary);
	return err;
}
