/*
 * The configuration: one file, `name = value`, strict.  The table in conf.c
 * names every setting with its default and its limits; darban.conf(5) says
 * what each is for.
 */
#ifndef DARBAN_CONF_H
#define DARBAN_CONF_H

#include "base/address.h"
#include "base/base.h"

enum { KID_SIZE = 17 };		/* 1 to 16 characters and a NUL */

struct conf_key {
	char		 kid[KID_SIZE];
	unsigned char	*bytes;
	size_t		 size;		/* at least 32 */
};

struct conf_keys {
	struct conf_key	*key;		/* the first signs, all verify */
	size_t		 count;		/* at least 1 */
};

struct conf_list {
	char		**item;
	size_t		  count;
};

struct conf_nets {
	struct address_net	*net;
	size_t			 count;
};

enum conf_same_site { SAME_SITE_STRICT, SAME_SITE_LAX, SAME_SITE_NONE,
	SAME_SITE__MAX };
enum conf_compat { COMPAT_NONE, COMPAT_CHAI, COMPAT__MAX };

/* Durations are milliseconds, sizes bytes, paths absolute. */
struct conf {
	char			*store;		/* "sqlite:/path" or a URI */
	struct conf_keys	 access_keys;
	struct conf_keys	 refresh_keys;
	unsigned char		*secret;
	size_t			 secret_size;
	char			*issuer;
	char			*audience;
	int64_t			 access_ttl;
	int64_t			 refresh_ttl;
	int64_t			 session_ttl;
	int64_t			 refresh_grace;
	bool			 session_check;
	int64_t			 max_sessions;
	char			*origin;	/* or NULL */
	struct conf_list	 allowed_origins;
	char			*cookie_prefix;
	enum conf_same_site	 cookie_same_site;
	char			*cookie_path;
	bool			 body_tokens;
	bool			 registration_open;
	int64_t			 password_min;
	char			*password_blocklist;	/* or NULL */
	int64_t			 hash_memory;
	int64_t			 hash_passes;
	int64_t			 hash_slots;
	int64_t			 login_floor;
	bool			 throttle;
	struct conf_nets	 trusted_proxies;
	char			*avatar_dir;
	char			*avatar_url;
	int64_t			 avatar_max_bytes;
	int64_t			 avatar_size;
	char			*avatar_default;
	bool			 sandbox_required;
	char			*run_dir;
	int			 log;		/* enum log_level */
	char			*log_file;	/* or NULL */
	enum conf_compat	 compat;
	int64_t			 legacy_until;	/* or 0 */

	uid_t			 owner;		/* of the file that was read */
};

/* Whether these bytes are a key's name. */
bool		 conf_is_kid(const char *text, size_t length);

/*
 * Which file was looked at: where it still stands unchanged, nobody parses it
 * again.
 */
struct conf_stamp {
	bool		 is_there;
	uint64_t	 device, inode;
	int64_t		 size, changed_s, changed_ns;
};

/* What stands at `path` now. */
void		 conf_stamp(const char *path, struct conf_stamp *out);
bool		 conf_stamp_equal(const struct conf_stamp *a,
		    const struct conf_stamp *b);

/*
 * Reads the file at `path`, an absolute path or one relative to the working
 * directory.  Every error is told to `complain` as one line without a
 * newline, "FILE:LINE: what is wrong" ("FILE: what is wrong" where no line is
 * to blame), with no value of a secret in it.  NULL with at least one error,
 * else the caller's until conf_free.
 */
struct conf	*conf_load(const char *path,
		    void (*complain)(void *arg, const char *line), void *arg)
		    NODISCARD;

/* Wipes the keys; NULL is nothing. */
void		 conf_free(struct conf *conf);

#endif
