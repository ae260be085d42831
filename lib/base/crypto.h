/*
 * Randomness, HMAC-SHA256, comparison in constant time, wiping, and the
 * notations of bytes and numbers that keys and tokens use.  The only file
 * over OpenSSL.
 */
#ifndef DARBAN_CRYPTO_H
#define DARBAN_CRYPTO_H

#include "base/base.h"
#include "base/arena.h"
#include "base/err.h"

enum { MAC_SIZE = 32, INT64_SIZE = 8 };

/* The version of OpenSSL at run time. */
const char	*crypto_library(void);

/*
 * Makes OpenSSL start.  It does so once in a process, and what it finds no
 * memory for then is missing ever after: no program should live on after
 * E_INTERNAL.
 */
enum err	crypto_start(void) NODISCARD;

/* Fills `out` from the system's generator.  E_INTERNAL: there was none. */
enum err	crypto_random(void *out, size_t size) NODISCARD;

/* HMAC-SHA256 (RFC 2104).  E_INTERNAL where the library fails. */
enum err	crypto_mac(const void *key, size_t key_size, const void *data,
		    size_t size, unsigned char out[MAC_SIZE]) NODISCARD;

/* Compares in a time that depends on `size` alone. */
bool		crypto_equal(const void *a, const void *b, size_t size);

/* Overwrites; the compiler may not leave it out. */
void		crypto_wipe(void *data, size_t size);

/*
 * Decodes base64 (RFC 4648 section 4 or 5, padding optional) of `length`
 * characters into the arena.  E_MALFORMED: not base64, both alphabets at
 * once, or bits left over that are not zero; E_INTERNAL.
 */
enum err	base64_decode(struct arena *arena, const char *text,
		    size_t length, unsigned char **out, size_t *size)
		    NODISCARD;

/* base64url without padding (RFC 7515 section 2), NULL without memory. */
char		*base64url_encode(struct arena *arena, const void *data,
		    size_t size) NODISCARD;

/* Lower-case hex digits and a NUL: `out` holds 2 * size + 1. */
void		hex_encode(const void *data, size_t size, char *out);

/* Eight bytes, the most significant first, and back. */
void		int64_encode(int64_t value, unsigned char out[INT64_SIZE]);
int64_t		int64_decode(const unsigned char bytes[INT64_SIZE]);

/* `size` bytes from exactly 2 * size hex digits of either case, else false. */
bool		hex_decode(const char *text, void *out, size_t size) NODISCARD;

#endif
