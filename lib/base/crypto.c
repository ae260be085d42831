#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/random.h>

#include "base/base.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/crypto.h"

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "abcdefghijklmnopqrstuvwxyz0123456789+/";

/*
 * Asks the kernel, not OpenSSL: there is no state to seed, none that a fork
 * could double, and nothing to start in a process that lives for one request.
 */
enum err
crypto_random(void *out, size_t size)
{
	unsigned char *bytes = out;
	ssize_t n;

	while (size > 0) {
		if ((n = getrandom(bytes, size, 0)) == -1) {
			if (errno == EINTR)
				continue;
			return E_INTERNAL;
		}
		bytes += n;
		size -= (size_t)n;
	}
	return OK;
}

enum err
crypto_start(void)
{
	unsigned char mac[MAC_SIZE];

	return crypto_mac("", 0, "", 0, mac);
}

/*
 * HMAC follows a null pointer where OpenSSL found no memory for what it keeps
 * for the whole process; whoever asks for that first is told.
 */
enum err
crypto_mac(const void *key, size_t key_size, const void *data, size_t size,
    unsigned char out[MAC_SIZE])
{
	unsigned char mac[MAC_SIZE];
	unsigned int mac_size = 0;

	if (OSSL_LIB_CTX_get0_global_default() == NULL)
		return E_INTERNAL;
	if (key_size > INT_MAX || HMAC(EVP_sha256(), key, (int)key_size, data,
	    size, mac, &mac_size) == NULL || mac_size != MAC_SIZE)
		return E_INTERNAL;
	memcpy(out, mac, MAC_SIZE);
	return OK;
}

bool
crypto_equal(const void *a, const void *b, size_t size)
{
	return CRYPTO_memcmp(a, b, size) == 0;
}

void
crypto_wipe(void *data, size_t size)
{
	OPENSSL_cleanse(data, size);
}

/*
 * The number of digits before the padding.  False: there is padding that does
 * not fill up a group of four, or a last group that is not even a byte.
 */
static bool
base64_count(const char *text, size_t length, size_t *out)
{
	size_t digits = length;

	while (digits > 0 && length - digits < 2 && text[digits - 1] == '=')
		digits--;
	if (digits % 4 == 1 || (digits < length && length % 4 != 0))
		return false;
	*out = digits;
	return true;
}

/*
 * Copies digits of either alphabet as those of section 4; a text that mixes
 * the two is of neither.
 */
static bool
base64_translate(const char *text, size_t count, char *out)
{
	bool has_plain = false, has_url = false;
	size_t i;
	char c;

	for (i = 0; i < count; i++) {
		c = text[i];
		if (c == '+' || c == '/') {
			has_plain = true;
		} else if (c == '-' || c == '_') {
			has_url = true;
			c = c == '-' ? '+' : '/';
		} else if (memchr(base64_digits, c, 64) == NULL) {
			return false;
		}
		out[i] = c;
	}
	return !has_plain || !has_url;
}

enum err
base64_decode(struct arena *arena, const char *text, size_t length,
    unsigned char **out, size_t *size)
{
	size_t count, padded, decoded, i;
	unsigned char *bytes;
	char *digits;

	if (length > INT_MAX - 3 || !base64_count(text, length, &count))
		return E_MALFORMED;
	padded = (count + 3) / 4 * 4;
	decoded = count * 3 / 4;
	if ((digits = arena_alloc(arena, padded + 1)) == NULL ||
	    (bytes = arena_alloc(arena, padded / 4 * 3 + 1)) == NULL)
		return E_INTERNAL;
	if (!base64_translate(text, count, digits))
		return E_MALFORMED;

	/*
	 * Filled up with A, the digit of six zero bits, bits that are left
	 * over show as bytes behind the end.  They must be zero: else several
	 * texts would stand for the same bytes.
	 */
	memset(digits + count, 'A', padded - count);
	if (EVP_DecodeBlock(bytes, (unsigned char *)digits, (int)padded) < 0)
		return E_INTERNAL;
	for (i = decoded; i < padded / 4 * 3; i++)
		if (bytes[i] != 0)
			return E_MALFORMED;
	*out = bytes;
	*size = decoded;
	return OK;
}

char *
base64url_encode(struct arena *arena, const void *data, size_t size)
{
	char *text, *p;

	assert(size <= INT_MAX / 2);
	if ((text = arena_alloc(arena, (size + 2) / 3 * 4 + 1)) == NULL)
		return NULL;
	EVP_EncodeBlock((unsigned char *)text, data, (int)size);
	for (p = text; *p != '\0' && *p != '='; p++) {
		if (*p == '+')
			*p = '-';
		else if (*p == '/')
			*p = '_';
	}
	*p = '\0';
	return text;
}

void
int64_encode(int64_t value, unsigned char out[INT64_SIZE])
{
	size_t i;

	for (i = 0; i < INT64_SIZE; i++)
		out[i] = (unsigned char)((uint64_t)value >> (8 * (7 - i)));
}

int64_t
int64_decode(const unsigned char bytes[INT64_SIZE])
{
	uint64_t value = 0;
	size_t i;

	for (i = 0; i < INT64_SIZE; i++)
		value = value << 8 | bytes[i];
	return (int64_t)value;
}

void
hex_encode(const void *data, size_t size, char *out)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *bytes = data;
	size_t i;

	for (i = 0; i < size; i++) {
		*out++ = digits[bytes[i] >> 4];
		*out++ = digits[bytes[i] & 15];
	}
	*out = '\0';
}

/* The value of a character that is a hex digit. */
static int
hex_value(char c)
{
	return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

bool
hex_decode(const char *text, void *out, size_t size)
{
	unsigned char *bytes = out;
	size_t i;

	/* All is looked at before anything is written. */
	i = strspn(text, "0123456789abcdefABCDEF");
	if (i != 2 * size || text[i] != '\0')
		return false;
	for (i = 0; i < size; i++)
		bytes[i] = (unsigned char)(hex_value(text[2 * i]) << 4 |
		    hex_value(text[2 * i + 1]));
	return true;
}

const char *
crypto_library(void)
{
	return OpenSSL_version(OPENSSL_VERSION_STRING);
}
