/*
 * What an engine implements: the verbs of store.h, which see.  Included by
 * store.c and the engines only.
 */
#ifndef DARBAN_ENGINE_H
#define DARBAN_ENGINE_H

#include "store/store.h"

struct store {
	const struct engine	*engine;
	int64_t			 deadline;	/* clock_monotonic, or 0 */
};

/* True, and said in the log, once the deadline of store_begin has passed. */
bool	store_is_late(const struct store *store) NODISCARD;

/* An engine's own struct begins with its struct store. */
struct engine {
	enum err (*begin)(struct store *);
	void	 (*close)(struct store *);
	enum err (*user_insert)(struct store *, const struct user *,
		    unsigned *);
	enum err (*user_insert_many)(struct store *, const struct user *,
		    size_t, struct store_result *);
	enum err (*user_by_login)(struct store *, struct arena *,
		    const struct login_names *, struct user *);
	enum err (*user_by_id)(struct store *, struct arena *,
		    const struct id *, struct user *);
	enum err (*user_update)(struct store *, const struct user *,
		    unsigned, const struct user_expected *, bool, unsigned *);
	enum err (*user_take_legacy)(struct store *, const struct id *,
		    const char *, int64_t);
	enum err (*user_drop_legacy)(struct store *, const struct id *,
		    int64_t, int64_t *);
	enum err (*user_list_after)(struct store *, struct arena *,
		    const struct id *, size_t, struct user *, size_t *);
	enum err (*user_remove)(struct store *, const struct id *);
	enum err (*profile)(struct store *, struct arena *,
		    const struct id *, const struct id *, struct user *,
		    struct session *);
	enum err (*session_insert)(struct store *, const struct session *);
	enum err (*session_insert_many)(struct store *,
		    const struct session *, size_t, struct store_result *);
	enum err (*session_list_after)(struct store *, struct arena *,
		    const struct id *, int64_t, size_t, struct session *,
		    size_t *);
	enum err (*count)(struct store *, int64_t *, int64_t *);
	enum err (*session_find)(struct store *, struct arena *,
		    const struct id *, struct session *);
	enum err (*session_swap)(struct store *, int64_t,
		    const struct session *);
	enum err (*session_keep)(struct store *, const struct id *, int64_t);
	enum err (*session_end)(struct store *, const struct id *,
		    const char *, int64_t);
	enum err (*session_end_all)(struct store *, const struct id *,
		    const struct id *, const char *, int64_t, int64_t *);
	enum err (*session_list)(struct store *, struct arena *,
		    const struct id *, int64_t, size_t, struct session *,
		    size_t *);
	enum err (*session_purge)(struct store *, int64_t);
	enum err (*throttle_take)(struct store *, const unsigned char *,
		    const struct throttle_rule *, int64_t, int64_t *);
	enum err (*throttle_give_back)(struct store *,
		    const unsigned char *, const struct throttle_rule *);
	enum err (*throttle_forgive)(struct store *, const unsigned char *);
	enum err (*throttle_find)(struct store *, const unsigned char *,
		    int64_t, struct throttle_state *);
	enum err (*ping)(struct store *);
	enum err (*describe)(struct store *, struct arena *, const char **);
	enum err (*backup)(struct store *, const char *,
		    void (*)(int, int));
};

/* The version of libsqlite3 at run time. */
const char	*sqlite_version(void);

/* `path` is what follows "sqlite:". */
enum err	sqlite_open(const char *path, enum store_mode mode,
		    struct store **out) NODISCARD;

/* The version of libmongoc at run time; NULL: there is no module. */
const char	*mongo_version(void);

/* `uri` is the whole of it. */
enum err	mongo_open(const char *uri, enum store_mode mode,
		    struct store **out) NODISCARD;

#endif
