#include "base/base.h"
#include "base/arena.h"
#include "base/conf.h"
#include "base/conf_value.h"
#include "base/err.h"
#include "base/crypto.h"

#define MAKE_ONE	"make one with: openssl rand -base64 32"

/*
 * The bytes that `text` means.  They are copied once, out of memory that is
 * overwritten at the end of the reading, into the configuration's own.
 */
static bool
decode(struct conf_reader *reader, const char *what, const char *text,
    size_t length, const void **bytes, size_t *size)
{
	unsigned char	*decoded;
	enum err	 err;

	if (length >= 5 && memcmp(text, "text:", 5) == 0) {
		*bytes = text + 5;
		*size = length - 5;
		return true;
	}
	if (length < 7 || memcmp(text, "base64:", 7) != 0) {
		conf_complain(reader, "%s must have base64: or text: before "
		    "its value", what);
		return false;
	}
	if ((err = base64_decode(reader->arena, text + 7, length - 7,
	    &decoded, size)) != OK) {
		conf_complain(reader, err == E_MALFORMED ?
		    "%s is not base64" : "out of memory for %s", what);
		return false;
	}
	*bytes = decoded;
	return true;
}

/* What the sample file has in place of a key: `base64:<...>`. */
static bool
is_placeholder(const char *text, size_t length)
{
	const char *colon = memchr(text, ':', length);

	return colon != NULL && colon[1] == '<' && text[length - 1] == '>';
}

/* A key from its notation; `what` is its name in messages. */
static bool
take_bytes(struct conf_reader *reader, const char *what, const char *text,
    size_t length, unsigned char **out, size_t *out_size)
{
	const void	*bytes;
	size_t		 size;

	if (is_placeholder(text, length))
		return conf_complain(reader, "%s is the sample's placeholder; "
		    MAKE_ONE, what);
	if (!decode(reader, what, text, length, &bytes, &size))
		return false;
	if (size < KEY_MIN)
		return conf_complain(reader, "%s is shorter than %d bytes; "
		    MAKE_ONE, what, KEY_MIN);
	if ((*out = malloc(size)) == NULL)
		return conf_complain(reader, "out of memory");
	memcpy(*out, bytes, size);
	*out_size = size;
	return true;
}

/* A KID's characters cannot be mistaken in a token's header. */
bool
conf_is_kid(const char *text, size_t length)
{
	return length > 0 && length < KID_SIZE && strspn(text,
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789_-") >= length;
}

static bool
has_kid(const struct conf_keys *keys, const char *kid)
{
	size_t i;

	for (i = 0; i < keys->count; i++)
		if (strcmp(keys->key[i].kid, kid) == 0)
			return true;
	return false;
}

static bool
take_key(struct conf_reader *reader, const char *what, const char *text,
    size_t length, struct conf_keys *keys)
{
	struct conf_key	 key = { 0 };
	const char	*colon;
	size_t		 kid_length;

	if ((colon = memchr(text, ':', length)) == NULL ||
	    !conf_is_kid(text, kid_length = (size_t)(colon - text)))
		return conf_complain(reader, "%s must be KID:base64:VALUE or "
		    "KID:text:STRING, the KID 1 to %d of A-Za-z0-9_-",
		    what, KID_SIZE - 1);
	memcpy(key.kid, text, kid_length);
	if (has_kid(keys, key.kid))
		return conf_complain(reader,
		    "%s has the KID of one before it: %s", what, key.kid);
	if (!take_bytes(reader, what, colon + 1, length - kid_length - 1,
	    &key.bytes, &key.size))
		return false;
	keys->key[keys->count++] = key;
	return true;
}

CONF_PARSER(conf_keys)
{
	struct conf_keys	*keys = field;
	const char		*word;
	char			 what[64];
	size_t			 count, length, i;
	bool			 good;

	if ((count = conf_list_count(value)) == 0)
		return conf_complain(reader, "%s needs a key, "
		    "KID:base64:VALUE; " MAKE_ONE, setting->name);
	if ((keys->key = calloc(count, sizeof(*keys->key))) == NULL)
		return conf_complain(reader, "out of memory");
	good = true;
	for (i = 1; (word = conf_list_next(&value, &length)) != NULL; i++) {
		snprintf(what, sizeof(what), "%s: key %zu", setting->name, i);
		if (!take_key(reader, what, word, length, keys))
			good = false;
	}
	return good;
}

CONF_PARSER(conf_secret)
{
	unsigned char **secret = field;

	if (strpbrk(value, " \t") != NULL)
		return conf_complain(reader, "%s is one word; base64: takes "
		    "any bytes", setting->name);
	return take_bytes(reader, setting->name, value, strlen(value),
	    secret, &reader->conf->secret_size);
}
