/*
 * Hashing passwords, and checking them against what is stored.
 *
 * A stored hash comes out of a database that others may have written to, and
 * both libraries do whatever it says: crypt(3) would verify DES and MD5, and
 * libsodium would take gigabytes for a large m.  So nothing reaches them that
 * was not first seen, character by character, to be of the two forms we know
 * and within bounds.
 */
#include <crypt.h>
#include <sodium.h>

#include "base/base.h"
#include "base/err.h"
#include "account/password.h"

enum {
	SALT_SIZE = crypto_pwhash_SALTBYTES,
	DIGEST_SIZE = 32,		/* what crypto_pwhash_str_alg makes */
	KIB_MIN = 8,			/* RFC 9106: 8 blocks a lane */
	KIB_MAX = 64 * 1024,
	PASSES_MAX = 10,
	BCRYPT_LENGTH = 60,
	BCRYPT_SALT_AT = 7,		/* "$2b$10$" */
};

_Static_assert(PASSWORD_HASH_SIZE >= crypto_pwhash_STRBYTES,
    "libsodium writes as much");

/* What stands in "$argon2id$v=19$m=19456,t=2,p=1$SALT$DIGEST". */
struct argon2id {
	uint32_t	kib;
	uint32_t	passes;
	unsigned char	salt[SALT_SIZE];
	unsigned char	digest[DIGEST_SIZE];
};

/* Passes `literal`, or is false. */
static bool
take_literal(const char **at, const char *literal)
{
	const size_t length = strlen(literal);

	if (strncmp(*at, literal, length) != 0)
		return false;
	*at += length;
	return true;
}

/* A number with one spelling only: no sign, no zero in front. */
static bool
take_number(const char **at, uint32_t min, uint32_t max, uint32_t *out)
{
	const char	*p = *at;
	uint32_t	 value = 0;

	if (*p == '0')
		return false;
	for (; *p >= '0' && *p <= '9'; p++) {
		value = value * 10 + (uint32_t)(*p - '0');
		if (value > max)
			return false;
	}
	if (value < min)
		return false;
	*at = p;
	*out = value;
	return true;
}

/* Base64 without padding, up to the next $, of exactly `size` bytes. */
static bool
take_bytes(const char **at, unsigned char *out, size_t size)
{
	const size_t	length = strcspn(*at, "$");
	size_t		decoded;

	if (sodium_base642bin(out, size, *at, length, NULL, &decoded, NULL,
	    sodium_base64_VARIANT_ORIGINAL_NO_PADDING) != 0 ||
	    decoded != size)
		return false;
	*at += length;
	return true;
}

/* Salt and digest have the sizes that we make, because all are ours. */
static bool
parse_argon2id(const char *hash, struct argon2id *out)
{
	return take_literal(&hash, "$argon2id$v=19$m=") &&
	    take_number(&hash, KIB_MIN, KIB_MAX, &out->kib) &&
	    take_literal(&hash, ",t=") &&
	    take_number(&hash, 1, PASSES_MAX, &out->passes) &&
	    take_literal(&hash, ",p=1$") &&
	    take_bytes(&hash, out->salt, sizeof(out->salt)) &&
	    take_literal(&hash, "$") &&
	    take_bytes(&hash, out->digest, sizeof(out->digest)) &&
	    *hash == '\0';
}

/*
 * ^\$2[aby]\$(0[4-9]|1[0-4])\$[./A-Za-z0-9]{53}$: not $2x$, which marks the
 * hashes of a broken implementation, and no cost that would hold a slot for
 * seconds.
 */
static bool
is_bcrypt(const char *hash)
{
	static const char alphabet[] = "./0123456789"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

	if (strlen(hash) != BCRYPT_LENGTH ||
	    hash[0] != '$' || hash[1] != '2' || hash[3] != '$' ||
	    (hash[2] != 'a' && hash[2] != 'b' && hash[2] != 'y') ||
	    hash[BCRYPT_SALT_AT - 1] != '$')
		return false;
	if (!(hash[4] == '0' && hash[5] >= '4' && hash[5] <= '9') &&
	    !(hash[4] == '1' && hash[5] >= '0' && hash[5] <= '4'))
		return false;
	return strspn(hash + BCRYPT_SALT_AT, alphabet) ==
	    BCRYPT_LENGTH - BCRYPT_SALT_AT;
}

/*
 * Computed and compared here rather than by crypto_pwhash_str_verify, which
 * answers for want of memory what it answers for a wrong password: the owner
 * would be told that the password is wrong, and the attempt be counted.
 */
static enum err
verify_argon2id(const struct argon2id *hash, const char *password,
    bool *correct)
{
	unsigned char	digest[DIGEST_SIZE];

	if (sodium_init() < 0 ||
	    crypto_pwhash(digest, sizeof(digest), password, strlen(password),
	    hash->salt, hash->passes, (size_t)hash->kib * 1024,
	    crypto_pwhash_ALG_ARGON2ID13) != 0)
		return E_INTERNAL;
	*correct = sodium_memcmp(digest, hash->digest, sizeof(digest)) == 0;
	sodium_memzero(digest, sizeof(digest));
	return OK;
}

/*
 * Bcrypt looks at 72 bytes, and so it gets no more: libxcrypt refuses what is
 * longer than 511, and earlier systems opened an account with any tail.
 */
static enum err
verify_bcrypt(const char *hash, const char *password, bool *correct)
{
	struct crypt_data	 data;
	const char		*made;
	char			 seen[BCRYPT_MAX + 1] = { 0 };
	enum err		 err = E_INTERNAL;

	memcpy(seen, password, strnlen(password, BCRYPT_MAX));
	memset(&data, 0, sizeof(data));
	made = crypt_rn(seen, hash, &data, (int)sizeof(data));
	if (made != NULL && strlen(made) == BCRYPT_LENGTH) {
		*correct = sodium_memcmp(made, hash, BCRYPT_LENGTH) == 0;
		err = OK;
	}
	sodium_memzero(&data, sizeof(data));
	sodium_memzero(seen, sizeof(seen));
	return err;
}

enum err
password_hash(const struct password_cost *cost, const char *password,
    char out[PASSWORD_HASH_SIZE])
{
	if (sodium_init() < 0 ||
	    crypto_pwhash_str_alg(out, password, strlen(password),
	    (unsigned long long)cost->passes, (size_t)cost->memory,
	    crypto_pwhash_ALG_ARGON2ID13) != 0)
		return E_INTERNAL;
	return OK;
}

enum err
password_verify(const char *hash, const char *password, const char *nfc,
    bool *correct)
{
	struct argon2id	parsed;
	bool		matches = false;
	enum err	err = OK;

	if (hash != NULL && parse_argon2id(hash, &parsed)) {
		err = verify_argon2id(&parsed, nfc, &matches);
	} else if (hash != NULL && is_bcrypt(hash)) {
		err = verify_bcrypt(hash, password, &matches);
		if (err == OK && !matches && strcmp(password, nfc) != 0)
			err = verify_bcrypt(hash, nfc, &matches);
	}
	sodium_memzero(&parsed, sizeof(parsed));
	if (err == OK)
		*correct = matches;
	return err;
}

bool
password_is_known(const char *hash)
{
	struct argon2id	parsed;
	bool		known;

	known = hash != NULL &&
	    (parse_argon2id(hash, &parsed) || is_bcrypt(hash));
	sodium_memzero(&parsed, sizeof(parsed));
	return known;
}

bool
password_needs_rehash(const struct password_cost *cost, const char *hash)
{
	struct argon2id	parsed;
	bool		same;

	same = hash != NULL && parse_argon2id(hash, &parsed) &&
	    parsed.kib == cost->memory / 1024 &&
	    parsed.passes == cost->passes;
	sodium_memzero(&parsed, sizeof(parsed));
	return !same;
}

const char *
password_library(void)
{
	return sodium_version_string();
}
