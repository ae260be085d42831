/*
 * The SQLite engine's own: what an open database is, how its verbs write, and
 * the verbs, which implement engine.h.
 */
#ifndef DARBAN_SQLITE_H
#define DARBAN_SQLITE_H

#include "base/base.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/id.h"
#include "store/engine.h"
#include "store/sql.h"
#include "store/store.h"

/* What must have reached the disk when a write is answered. */
enum sqlite_sync {
	SYNC_FULL,	/* it, and all before it */
	SYNC_NORMAL,	/* nothing; the order is kept all the same */
};

struct sqlite {
	struct store		 store;
	struct sql		*db;	/* NULL: it could not be reopened */
	char			*path;
	bool			 tidy;
	bool			 is_wal;
	enum sqlite_sync	 sync;	/* as it is set now */
	uint64_t		 device, inode;
};

static inline struct sqlite *
sqlite_of(struct store *store)
{
	return (struct sqlite *)store;
}

/*
 * A write is what stands between these two.  The first takes the one lock,
 * waiting at most two seconds; the second commits where `err` is OK, takes
 * everything back where it is not, and returns `err` or why it could not.
 */
enum err	 sqlite_write(struct sqlite *sq, enum sqlite_sync sync)
		    NODISCARD;
enum err	 sqlite_written(struct sqlite *sq, enum err err) NODISCARD;

/* Values of ours in a statement; see sql.h.  A NULL id is below every id. */
void		 sqlite_put_id(struct sql *db, const struct id *id);
void		 sqlite_get_id(struct sql *db, struct id *out);

/* NULL or "" where there is none. */
const char	*sqlite_get_text(struct sql *db, struct arena *arena);
const char	*sqlite_get_some_text(struct sql *db, struct arena *arena);

/* Exactly `size` bytes, else the statement fails. */
void		 sqlite_get_bytes(struct sql *db, void *out, size_t size);

/* The first column of the only row of a statement without parameters. */
enum err	 sqlite_number(struct sql *db, const char *text,
		    int64_t *out) NODISCARD;

/* "drbn": in the header of every database of ours. */
#define SQLITE_APPLICATION_ID 1685217902

/*
 * Makes what has just been opened ready for use: takes away journals of
 * another database, sees that this is one of ours or with `create` an empty
 * one, chooses its journal, migrates it.  E_CONFIG: a newer program's;
 * E_UNAVAILABLE, E_INTERNAL.
 */
enum err	 sqlite_settle(struct sqlite *sq, bool create) NODISCARD;

/* What of this the schema knows: whose it is, and how to bring it up. */
enum err	 sqlite_check(struct sqlite *sq, bool create) NODISCARD;
enum err	 sqlite_upgrade(struct sqlite *sq) NODISCARD;

/*
 * Version n of a schema is what steps[0] to steps[n - 1] make of an empty
 * database.  Does the steps that are missing, each once, however many
 * processes try.  E_CONFIG: there are steps done that we do not know.
 */
enum err	 sqlite_migrate(struct sqlite *sq,
		    const char *const steps[], size_t count) NODISCARD;

/* The columns of one account or session, and how they are read. */
#define USER_COLUMNS \
	"u.id, u.username, u.email, u.full_name, u.avatar, u.cover_image, " \
	"u.password, u.created_at, u.updated_at, u.version, u.epoch, " \
	"u.disabled, u.watch_history"
#define SESSION_COLUMNS \
	"s.id, s.user, s.epoch, s.counter, s.nonce, s.created_at, " \
	"s.rotated_at, s.idle_at, s.expires_at, s.ended_at, s.end_reason, " \
	"s.user_agent, s.ip"

void	 sqlite_get_user(struct sql *db, struct arena *arena,
	    struct user *out);
/*
 * The rest of a statement whose rows are sessions, up to `limit` of them, and
 * its end.
 */
enum err sqlite_get_sessions(struct sql *db, struct arena *arena,
	    size_t limit, struct session *out, size_t *count) NODISCARD;
void	 sqlite_get_session(struct sql *db, struct arena *arena,
	    struct session *out);

/*
 * Inside a write that met a value which is there already, E_EXISTS: which of
 * the `fields` of `user` is somebody else's; 0: its id.
 */
enum err sqlite_find_taken(struct sql *db, const struct user *user,
	    unsigned fields, unsigned *taken) NODISCARD;

/* Inside a write: removes at most 100 rows forgotten before `before`. */
enum err sqlite_throttle_purge(struct sql *db, int64_t before) NODISCARD;

enum err sqlite_user_insert(struct store *store, const struct user *user,
	    unsigned *taken);
enum err sqlite_user_insert_many(struct store *store,
	    const struct user *users, size_t count,
	    struct store_result *results);
enum err sqlite_user_by_login(struct store *store, struct arena *arena,
	    const struct login_names *names, struct user *out);
enum err sqlite_user_by_id(struct store *store, struct arena *arena,
	    const struct id *id, struct user *out);
enum err sqlite_user_update(struct store *store, const struct user *user,
	    unsigned fields, const struct user_expected *expected,
	    bool validated, unsigned *taken);
enum err sqlite_user_take_legacy(struct store *store, const struct id *id,
	    const char *token, int64_t now);
enum err sqlite_user_drop_legacy(struct store *store, const struct id *id,
	    int64_t now, int64_t *count);
enum err sqlite_user_list_after(struct store *store, struct arena *arena,
	    const struct id *after, size_t limit, struct user *out,
	    size_t *count);
enum err sqlite_user_remove(struct store *store, const struct id *id);

enum err sqlite_profile(struct store *store, struct arena *arena,
	    const struct id *user, const struct id *session,
	    struct user *user_out, struct session *session_out);
enum err sqlite_session_insert(struct store *store,
	    const struct session *session);
enum err sqlite_session_insert_many(struct store *store,
	    const struct session *sessions, size_t count,
	    struct store_result *results);
enum err sqlite_session_list_after(struct store *store, struct arena *arena,
	    const struct id *after, int64_t now, size_t limit,
	    struct session *out, size_t *count);
enum err sqlite_count(struct store *store, int64_t *users,
	    int64_t *sessions);
enum err sqlite_session_find(struct store *store, struct arena *arena,
	    const struct id *id, struct session *out);
enum err sqlite_session_swap(struct store *store, int64_t expected,
	    const struct session *next);
enum err sqlite_session_keep(struct store *store, const struct id *id,
	    int64_t epoch);
enum err sqlite_session_end(struct store *store, const struct id *id,
	    const char *reason, int64_t now);
enum err sqlite_session_end_all(struct store *store, const struct id *user,
	    const struct id *except, const char *reason, int64_t now,
	    int64_t *count);
enum err sqlite_session_list(struct store *store, struct arena *arena,
	    const struct id *user, int64_t now, size_t limit,
	    struct session *out, size_t *count);
enum err sqlite_session_purge(struct store *store, int64_t before);

enum err sqlite_throttle_take(struct store *store, const unsigned char *key,
	    const struct throttle_rule *rule, int64_t now, int64_t *wait);
enum err sqlite_throttle_give_back(struct store *store,
	    const unsigned char *key, const struct throttle_rule *rule);
enum err sqlite_throttle_forgive(struct store *store,
	    const unsigned char *key);
enum err sqlite_throttle_find(struct store *store, const unsigned char *key,
	    int64_t now, struct throttle_state *out);

enum err sqlite_backup(struct store *store, const char *path,
	    void (*progress)(int done, int total));

#endif
