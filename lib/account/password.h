/*
 * Password hashes: self-describing strings, Argon2id for new ones, bcrypt as
 * earlier systems left it.  The only file over libsodium and crypt(3).
 */
#ifndef DARBAN_PASSWORD_H
#define DARBAN_PASSWORD_H

#include "base/base.h"
#include "base/err.h"

enum {
	PASSWORD_HASH_SIZE = 128,	/* of any hash made here, and its NUL */
	PASSWORD_MAX = 1024,		/* bytes; longer ones are refused */
	BCRYPT_MAX = 72,		/* bytes that bcrypt looks at */
};

/* The version of libsodium at run time. */
const char	*password_library(void);

struct password_cost {
	int64_t	memory;		/* bytes */
	int64_t	passes;
};

/*
 * A new Argon2id hash (RFC 9106) of all bytes of `password`, which is in NFC:
 * how long it may be is policy.h's business.  E_INTERNAL: no memory.
 */
enum err	password_hash(const struct password_cost *cost,
		    const char *password, char out[PASSWORD_HASH_SIZE])
		    NODISCARD;

/*
 * Whether `hash` is of `password`, `nfc` being the same in NFC.  An Argon2id
 * hash is compared with `nfc`, as all of ours were made of it; a bcrypt hash
 * with `password` as it was sent, then, where that is not it, with `nfc`.  A
 * hash of another form, or with parameters beyond 64 MiB, 10 passes or cost
 * 14, matches nothing, nor does NULL: `*correct` is false and nothing is
 * computed.  E_INTERNAL: no memory.
 */
enum err	password_verify(const char *hash, const char *password,
		    const char *nfc, bool *correct) NODISCARD;

/* Whether password_verify would compute anything for `hash`, or NULL. */
bool		password_is_known(const char *hash);

/* True for what is not Argon2id with exactly this cost. */
bool		password_needs_rehash(const struct password_cost *cost,
		    const char *hash);

#endif
