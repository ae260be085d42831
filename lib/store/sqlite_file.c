#include <linux/magic.h>
#include <sys/file.h>
#include <sys/vfs.h>
#include <fcntl.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "store/sql.h"
#include "store/sqlite.h"

enum {
	PATIENCE = 2000,	/* ms to wait for the directory's lock */
	NAP = 5,		/* ms between two tries */
};

/*
 * A page cache is memory of each process, while the kernel's is shared: a
 * page that ours has not costs a microsecond.
 */
static const char settings[] =
    "PRAGMA synchronous = FULL;"
    "PRAGMA cache_size = -256;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA cell_size_check = ON;"
    "PRAGMA journal_size_limit = 4194304;";

/*
 * A write-ahead log needs memory that all its users share.  These are file
 * systems whose files hosts share, or whose host we cannot know.
 */
static bool
is_remote(const char *path)
{
	static const uint32_t remote[] = {
		NFS_SUPER_MAGIC, SMB_SUPER_MAGIC, SMB2_SUPER_MAGIC,
		CIFS_SUPER_MAGIC, NCP_SUPER_MAGIC, FUSE_SUPER_MAGIC,
		V9FS_MAGIC, AFS_SUPER_MAGIC, AFS_FS_MAGIC,
		CODA_SUPER_MAGIC, CEPH_SUPER_MAGIC, OCFS2_SUPER_MAGIC,
		0x01161970,	/* GFS2 */
		0x0bd00bd0,	/* Lustre */
		0x47504653,	/* GPFS */
		0x786f4256,	/* VirtualBox */
		0xbacbacbc,	/* VMware */
	};
	struct statfs	fs;
	size_t		i;

	if (statfs(path, &fs) == -1)
		return true;
	for (i = 0; i < NELEMS(remote); i++)
		if ((uint32_t)fs.f_type == remote[i])
			return true;
	return false;
}

static enum err
set_journal(struct sqlite *sq, bool want_wal)
{
	const char	*mode;
	size_t		 size;
	enum err	 err;

	sql_query(sq->db, want_wal ? "PRAGMA journal_mode = WAL" :
	    "PRAGMA journal_mode = DELETE");
	if (sql_row(sq->db)) {
		mode = sql_get_bytes(sq->db, &size);
		sq->is_wal = mode != NULL && size == 3 &&
		    memcmp(mode, "wal", 3) == 0;
	}
	if ((err = sql_end(sq->db)) != OK)
		return err;
	if (sq->is_wal && !want_wal) {
		log_error("%s: has a write-ahead log on a file system of "
		    "several hosts", sq->path);
		return E_UNAVAILABLE;
	}
	sq->sync = SYNC_FULL;
	return sql_script(sq->db, settings);
}

/* Foreign keys come last: with them no migration could make a table anew. */
static enum err
settle(struct sqlite *sq, bool create, bool want_wal)
{
	enum err err;

	if ((err = sqlite_check(sq, create)) != OK ||
	    (err = set_journal(sq, want_wal)) != OK ||
	    (err = sqlite_upgrade(sq)) != OK)
		return err;
	return sql_script(sq->db, "PRAGMA foreign_keys = ON");
}

/* Waits for the one lock on a directory; its descriptor, or -1 and why. */
static int
lock_directory(const char *directory)
{
	const int64_t	end = clock_monotonic() + PATIENCE;
	int		fd;

	fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	while (fd != -1 && flock(fd, LOCK_EX | LOCK_NB) == -1) {
		if (errno != EWOULDBLOCK || clock_monotonic() >= end) {
			log_error("%s: cannot be locked: %s", directory,
			    strerror(errno));
			(void)close(fd);
			return -1;
		}
		usleep(NAP * 1000);
	}
	if (fd == -1)
		log_error("%s: %s", directory, strerror(errno));
	return fd;
}

static enum err
remove_beside(const char *path, const char *suffix)
{
	enum err	 err = OK;
	char		*name;

	if (asprintf(&name, "%s%s", path, suffix) == -1)
		return E_INTERNAL;
	if (unlink(name) == 0)
		log_warn("%s: removed, it was of another database", name);
	else if (errno != ENOENT) {
		log_error("%s: %s", name, strerror(errno));
		err = E_UNAVAILABLE;
	}
	free(name);
	return err;
}

/* The version of the file format, for writing: 2 has a write-ahead log. */
static enum err
read_format(struct sqlite *sq, bool *is_wal, bool *is_ours)
{
	static const unsigned char application[4] = {
		SQLITE_APPLICATION_ID >> 24 & 0xff,
		SQLITE_APPLICATION_ID >> 16 & 0xff,
		SQLITE_APPLICATION_ID >> 8 & 0xff,
		SQLITE_APPLICATION_ID & 0xff,
	};
	unsigned char	header[SQL_HEADER_SIZE];
	enum err	err;

	if ((err = sql_header(sq->db, header)) != OK)
		return err;
	*is_wal = header[18] == 2;
	*is_ours = memcmp(header + 68, application, 4) == 0;
	return OK;
}

/*
 * A database that says it has no write-ahead log, and a log beside it: a
 * restored copy was moved to where another database had been, and SQLite
 * would write that one's pages into it.
 */
static enum err
settle_locked(struct sqlite *sq, const char *path, bool create)
{
	bool		is_wal, is_ours;
	enum err	err;

	if ((err = read_format(sq, &is_wal, &is_ours)) != OK)
		return err;
	if (is_ours && !is_wal &&
	    ((err = remove_beside(path, "-wal")) != OK ||
	    (err = remove_beside(path, "-shm")) != OK))
		return err;
	return settle(sq, create, true);
}

/*
 * Only whoever holds the directory's lock takes a log away or begins one, so
 * that nobody takes away the one that another has just begun.
 */
static enum err
settle_alone(struct sqlite *sq, bool create)
{
	enum err	 err = E_UNAVAILABLE;
	char		*path, *slash;
	int		 lock;

	/* SQLite's journals stand beside the file, not beside a link to it. */
	if ((path = realpath(sq->path, NULL)) == NULL) {
		log_error("%s: %s", sq->path, strerror(errno));
		return E_UNAVAILABLE;
	}
	slash = strrchr(path, '/');
	*slash = '\0';
	lock = lock_directory(*path == '\0' ? "/" : path);
	*slash = '/';
	if (lock != -1) {
		err = settle_locked(sq, path, create);
		(void)close(lock);
	}
	free(path);
	return err;
}

enum err
sqlite_settle(struct sqlite *sq, bool create)
{
	bool		is_wal, is_ours;
	enum err	err;

	if (is_remote(sq->path))
		return settle(sq, create, false);
	if ((err = read_format(sq, &is_wal, &is_ours)) != OK)
		return err;
	if (is_wal)
		return settle(sq, create, true);
	return settle_alone(sq, create);
}
