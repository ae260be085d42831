/*
 * The store: accounts, sessions and throttle counters, behind verbs of the
 * domain.  Each verb is one atomic step in every engine (one statement or
 * short transaction; one document write, findAndModify or aggregation), so
 * that processes on several hosts may call them at once; none reaches beyond
 * it, and nobody composes a transaction of them.
 *
 * Results besides OK: E_NOT_FOUND, E_EXISTS, E_STALE where the verb says so,
 * E_TOO_LARGE (a record the engine cannot hold), E_UNAVAILABLE (away, locked
 * or full; may be retried), E_INTERNAL.  What an engine had to say stands in
 * the log.  Texts that a verb hands out live in the arena it was given; an
 * out-parameter is untouched on failure.
 */
#ifndef DARBAN_STORE_H
#define DARBAN_STORE_H

#include "base/base.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/id.h"

struct store;

/* One account: a document of the `users` collection. */
struct user {
	struct id	 id;
	const char	*username;	/* unique, or NULL in an old record */
	const char	*email;		/* unique, or NULL in an old record */
	const char	*full_name;	/* or NULL in an old record */
	const char	*avatar;	/* address, or "" */
	const char	*cover_image;	/* address, or "" */
	const char	*password;	/* a hash that names its algorithm */
	const struct id	*watch_history;
	size_t		 watch_count;
	int64_t		 created_at;
	int64_t		 updated_at;
	int64_t		 version;	/* Mongoose's __v, or -1: none */
	int64_t		 epoch;		/* sessions of another are dead */
	bool		 disabled;
	const char	*legacy_token;	/* of an earlier system, or NULL: see
					   store_user_take_legacy */
	unsigned	 changed;	/* USER_* that user_save will write */
};

enum {
	USER_USERNAME		= 1 << 0,
	USER_EMAIL		= 1 << 1,
	USER_FULL_NAME		= 1 << 2,
	USER_AVATAR		= 1 << 3,
	USER_COVER_IMAGE	= 1 << 4,
	USER_PASSWORD		= 1 << 5,
	USER_DISABLED		= 1 << 6,
	USER_EPOCH		= 1 << 7,	/* raise it by one, and forget
						   the legacy token */

	USER_NAMES		= USER_USERNAME | USER_EMAIL | USER_FULL_NAME,
};

enum { NONCE_SIZE = 16, USER_AGENT_MAX = 120, IP_MAX = 45 };	/* bytes */

/*
 * One session of one device.  It *is* the refresh token: counter, nonce and
 * times determine the one that is good now, so no copy of it is kept.
 */
struct session {
	struct id	 id;
	struct id	 user;
	int64_t		 epoch;		/* the user's when it was opened */
	int64_t		 counter;	/* moves with each rotation */
	unsigned char	 nonce[NONCE_SIZE];
	int64_t		 created_at;
	int64_t		 rotated_at;
	int64_t		 idle_at;	/* idle limit, slides */
	int64_t		 expires_at;	/* absolute limit */
	int64_t		 ended_at;	/* or 0 */
	const char	*end_reason;	/* or NULL */
	const char	*user_agent;	/* at most USER_AGENT_MAX bytes */
	const char	*ip;		/* at most IP_MAX bytes */
};

/*
 * What must still stand in the record for a write to be made; NULL: whatever
 * it is.  An address that is "" stands for one that is not there as well.
 */
struct user_expected {
	const char	*password;
	const char	*avatar;
	const char	*cover_image;
};

/* The names one login may mean, in the order in which they are tried. */
struct login_names {
	const char	*username;	/* trimmed, lower case */
	const char	*username_nfc;	/* the same in NFC */
	const char	*email;		/* trimmed, as typed */
	const char	*email_lower;
};

/*
 * How attempts are limited.  A bucket lets `burst` through at once and then
 * one every `interval`; the `free`th failure closes the key for `delay`, the
 * next for twice that and so on up to `delay_max`; from `lock_after` failures
 * on for `lock_for`.  A zero `burst`, `delay` or `lock_after` switches its
 * part off; with a delay `free` is at least 1.  Nothing is negative and
 * `delay_max` is not below `delay`.  Times are milliseconds.
 */
struct throttle_rule {
	int64_t	burst, interval;
	int64_t	free, delay, delay_max;
	int64_t	lock_after, lock_for;
};

enum { THROTTLE_KEY_SIZE = 32 };

/* How a key stands, for whoever looks after the accounts. */
struct throttle_state {
	int64_t	failures;	/* in a row */
	int64_t	until;		/* closed by them before, or 0 */
};

enum store_mode {
	STORE_SERVE,	/* an endpoint: it must be there */
	STORE_ADMIN,	/* a command: the same, and tidies up on close */
	STORE_CREATE,	/* made where it is not there */
	STORE_CREATE_VALIDATOR,	/* and checks accounts that were there */
};

/*
 * The engines that are there: the `i`th, or NULL behind the last, and in
 * `*version` that of its library at run time.
 */
const char	*store_engine(size_t i, const char **version);

/*
 * Opens what `uri` names: "sqlite:/path", "mongodb://host/database" or
 * "mongodb+srv://host/database".  An older schema is migrated.  E_CONFIG: no
 * such engine is there, or the schema is of a newer program; E_UNAVAILABLE.
 * The caller closes it.
 */
enum err	store_open(const char *uri, enum store_mode mode,
		    struct store **out) NODISCARD;
void		store_close(struct store *store);	/* NULL is nothing */

/*
 * At the start of every request: the verbs that follow begin only while
 * clock_monotonic is before `deadline` (0: always), else E_UNAVAILABLE.
 * Also sees that the open store is still the one at its address; while none
 * is there every verb is E_UNAVAILABLE.
 */
enum err	store_begin(struct store *store, int64_t deadline) NODISCARD;

/* Moving: the whole of a store, at the hands of an operator -------------- */

/* What became of one of many. */
struct store_result {
	enum err	err;
	unsigned	taken;	/* with E_EXISTS, as in store_user_insert */
};

/*
 * Many new accounts, each as by store_user_insert and in its own `results`:
 * OK, E_EXISTS, E_TOO_LARGE, or E_MEMBER where the engine's own check refuses
 * it.  An id that is there already goes before a name that is taken.  OK:
 * each has its result, and what was inserted has reached the disk.  Else
 * nobody knows how many were inserted; the same call again finds them by
 * their ids.
 */
enum err	store_user_insert_many(struct store *store,
		    const struct user *users, size_t count,
		    struct store_result *results) NODISCARD;

/*
 * The same with sessions, as they are: OK, or E_EXISTS where the id is there
 * already, whose row stays as it is.  One of an account that is not there is
 * OK and dead.
 */
enum err	store_session_insert_many(struct store *store,
		    const struct session *sessions, size_t count,
		    struct store_result *results) NODISCARD;

/*
 * Up to `limit` sessions of everybody with an id above `after` (NULL: from
 * the first), in the order of their ids, that have not ended and whose limits
 * lie after `now`.
 */
enum err	store_session_list_after(struct store *store,
		    struct arena *arena, const struct id *after, int64_t now,
		    size_t limit, struct session *out, size_t *count)
		    NODISCARD;

/* About how many accounts and sessions there are, for whoever waits. */
enum err	store_count(struct store *store, int64_t *users,
		    int64_t *sessions) NODISCARD;

/* Users ------------------------------------------------------------------ */

/*
 * A new account.  E_EXISTS: `*taken` is USER_USERNAME or USER_EMAIL, or 0
 * where it is the id.
 */
enum err	store_user_insert(struct store *store,
		    const struct user *user, unsigned *taken) NODISCARD;

/* The account that the names mean; a NULL name is not tried.  E_NOT_FOUND. */
enum err	store_user_by_login(struct store *store, struct arena *arena,
		    const struct login_names *names, struct user *out)
		    NODISCARD;

/* E_NOT_FOUND. */
enum err	store_user_by_id(struct store *store, struct arena *arena,
		    const struct id *id, struct user *out) NODISCARD;

/*
 * Writes the `fields` (USER_*) of `user`, its `updated_at`, and nothing else;
 * only while the record is as `expected` (NULL: however it is).  `validated`:
 * the engine's own check of the whole record applies too.  E_NOT_FOUND,
 * E_STALE (not as expected), E_EXISTS as in insert.
 */
enum err	store_user_update(struct store *store,
		    const struct user *user, unsigned fields,
		    const struct user_expected *expected, bool validated,
		    unsigned *taken) NODISCARD;

/*
 * An account may still have the refresh token that an earlier system gave it,
 * in the field where Mongoose applications keep theirs.  It is written with a
 * new account, and handed out by store_user_list_after only: what answers
 * requests needs no more than these two.
 *
 * Takes it: while it is exactly `token` it is forgotten at `now`, so that of
 * many who bring it one gets OK.  E_STALE: it is not (any more), or there is
 * no such account.  The engine's own check of the record does not apply.
 */
enum err	store_user_take_legacy(struct store *store,
		    const struct id *id, const char *token, int64_t now)
		    NODISCARD;

/*
 * Forgets that of one account (`id`), or of everybody (NULL); `*count` is
 * how many had one.  An account that is not there is OK.
 */
enum err	store_user_drop_legacy(struct store *store,
		    const struct id *id, int64_t now, int64_t *count)
		    NODISCARD;

/*
 * Up to `limit` accounts with an id above `after` (NULL: from the first), in
 * the order of their ids; `*count` of them in `out`, which has room.
 */
enum err	store_user_list_after(struct store *store,
		    struct arena *arena, const struct id *after, size_t limit,
		    struct user *out, size_t *count) NODISCARD;

/* Removes the account; its sessions are dead with it.  E_NOT_FOUND. */
enum err	store_user_remove(struct store *store, const struct id *id)
		    NODISCARD;

/* Profile ---------------------------------------------------------------- */

/*
 * The account together with its session, in one step.  Whether the session is
 * alive is for session_is_alive to say.  E_NOT_FOUND: no such account, no
 * such session, or they do not belong together.
 */
enum err	store_profile(struct store *store, struct arena *arena,
		    const struct id *user, const struct id *session,
		    struct user *user_out, struct session *session_out)
		    NODISCARD;

/* Sessions --------------------------------------------------------------- */

/*
 * E_EXISTS: its id is taken.  Where its account has been removed meanwhile it
 * is OK, as if that came a moment later, and the session is dead.
 */
enum err	store_session_insert(struct store *store,
		    const struct session *session) NODISCARD;

/* E_NOT_FOUND. */
enum err	store_session_find(struct store *store, struct arena *arena,
		    const struct id *id, struct session *out) NODISCARD;

/*
 * Compare-and-swap: while the row's counter is `expected` and it has not
 * ended, its counter, rotated_at and idle_at become those of `next`.
 * E_STALE: it is not so (any more), or there is no such row.  The only write
 * besides the throttle's that need not reach the disk before the answer: a
 * lost one is made good from the token (see session.h).
 */
enum err	store_session_swap(struct store *store, int64_t expected,
		    const struct session *next) NODISCARD;

/*
 * Takes the session along to its account's next epoch, from `epoch` to the
 * one after it: the one session that a new password leaves alive.  E_STALE:
 * it has ended or is of another epoch, or there is no such row.
 */
enum err	store_session_keep(struct store *store, const struct id *id,
		    int64_t epoch) NODISCARD;

/*
 * Ends the session at `now`.  An ended one keeps its first time and reason,
 * and that is OK.  E_NOT_FOUND.
 */
enum err	store_session_end(struct store *store, const struct id *id,
		    const char *reason, int64_t now) NODISCARD;

/*
 * Ends all sessions of `user` (NULL: of everybody) but `except` (NULL: none);
 * `*count` is how many were ended by this call.
 */
enum err	store_session_end_all(struct store *store,
		    const struct id *user, const struct id *except,
		    const char *reason, int64_t now, int64_t *count)
		    NODISCARD;

/*
 * Up to `limit` sessions of `user` that have not ended and whose limits lie
 * after `now`, the newest (created_at, then id) first.
 */
enum err	store_session_list(struct store *store, struct arena *arena,
		    const struct id *user, int64_t now, size_t limit,
		    struct session *out, size_t *count) NODISCARD;

/*
 * Removes at most 100 rows that ended, or whose limits passed, before
 * `before`, and as many throttle keys that were forgotten before it.  An
 * engine that does so by itself does nothing.
 */
enum err	store_session_purge(struct store *store, int64_t before)
		    NODISCARD;

/* Throttle --------------------------------------------------------------- */

/*
 * Takes one attempt of `key` under `rule`, counting it as a failure until
 * store_throttle_give_back says otherwise.  E_STALE: it must wait, and
 * `*wait` says how many milliseconds (at least 1); nothing is written then.
 * E_STALE is the only failure that sets `*wait`.  30 days after its last
 * attempt a key is as good as new, and also where that is more than a day
 * ahead: a clock was wrong then.
 */
enum err	store_throttle_take(struct store *store,
		    const unsigned char key[THROTTLE_KEY_SIZE],
		    const struct throttle_rule *rule, int64_t now,
		    int64_t *wait) NODISCARD;

/*
 * The attempt was none: gives its place in the bucket and its failure back,
 * and the key is open, as it was then.  An unknown key is OK.
 */
enum err	store_throttle_give_back(struct store *store,
		    const unsigned char key[THROTTLE_KEY_SIZE],
		    const struct throttle_rule *rule) NODISCARD;

/*
 * Forgets the failures of `key` and opens it, but leaves its bucket.  An
 * unknown key is OK.
 */
enum err	store_throttle_forgive(struct store *store,
		    const unsigned char key[THROTTLE_KEY_SIZE]) NODISCARD;

/* How the key stands at `now`; an unknown or forgotten one is all zeros. */
enum err	store_throttle_find(struct store *store,
		    const unsigned char key[THROTTLE_KEY_SIZE], int64_t now,
		    struct throttle_state *out) NODISCARD;

/* Health ----------------------------------------------------------------- */

/* OK where the store answers. */
enum err	store_ping(struct store *store) NODISCARD;

/* Name and version of the engine, and its schema: "SQLite 3.40.1, ...". */
enum err	store_describe(struct store *store, struct arena *arena,
		    const char **out) NODISCARD;

/*
 * Writes a consistent copy, made while the store is in use, to a new file at
 * `path`, mode 0600; `progress` (may be NULL) hears of done and total pages.
 * E_EXISTS: there is a file already; E_CONFIG: not of this engine.
 */
enum err	store_backup(struct store *store, const char *path,
		    void (*progress)(int done, int total)) NODISCARD;

#endif
