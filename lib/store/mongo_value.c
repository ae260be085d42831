#include "store/mongo.h"
#include "base/base.h"
#include "base/arena.h"
#include "base/id.h"

/*
 * A document grows until it has two gigabytes, which nobody's text comes
 * near; where there is no memory libbson ends the process.
 */
#define MUST(what) do { \
	const bool must_be = (what); \
	assert(must_be); \
} while (0)

bool
mongo_is_text(const char *text)
{
	return text == NULL || bson_utf8_validate(text, strlen(text), false);
}

void
mongo_put_id(bson_t *doc, const char *key, const struct id *id)
{
	bson_oid_t oid;

	bson_oid_init_from_data(&oid, id->b);
	MUST(BSON_APPEND_OID(doc, key, &oid));
}

void
mongo_put_text(bson_t *doc, const char *key, const char *text)
{
	assert(mongo_is_text(text));
	if (text != NULL)
		MUST(BSON_APPEND_UTF8(doc, key, text));
}

void
mongo_put_int(bson_t *doc, const char *key, int64_t value)
{
	MUST(BSON_APPEND_INT64(doc, key, value));
}

void
mongo_put_date(bson_t *doc, const char *key, int64_t value)
{
	MUST(BSON_APPEND_DATE_TIME(doc, key, value));
}

void
mongo_put_bytes(bson_t *doc, const char *key, const unsigned char *bytes,
    size_t size)
{
	MUST(BSON_APPEND_BINARY(doc, key, BSON_SUBTYPE_BINARY, bytes,
	    (uint32_t)size));
}

void
mongo_put_null(bson_t *doc, const char *key)
{
	MUST(BSON_APPEND_NULL(doc, key));
}

void
mongo_put_alternative(bson_t *array, unsigned *count, const char *key,
    const char *text)
{
	char		 buffer[16];
	const char	*index;
	bson_t		 one;

	(void)bson_uint32_to_string((*count)++, &index, buffer,
	    sizeof(buffer));
	MUST(BSON_APPEND_DOCUMENT_BEGIN(array, index, &one));
	if (text == NULL)
		mongo_put_null(&one, key);
	else
		mongo_put_text(&one, key, text);
	MUST(bson_append_document_end(array, &one));
}

bool
mongo_get_id(const bson_iter_t *it, struct id *out)
{
	if (!BSON_ITER_HOLDS_OID(it))
		return false;
	memcpy(out->b, bson_iter_oid(it)->bytes, sizeof(out->b));
	return true;
}

const char *
mongo_get_text(const bson_iter_t *it, struct arena *arena)
{
	const char	*text;
	uint32_t	 size;

	if (!BSON_ITER_HOLDS_UTF8(it))
		return NULL;
	text = bson_iter_utf8(it, &size);
	if (!bson_utf8_validate(text, size, false))
		return NULL;
	return arena_strndup(arena, text, size);
}

/* JavaScript writes a small whole number as int32, a larger one as double. */
int64_t
mongo_get_int(const bson_iter_t *it, int64_t other)
{
	double number;

	if (BSON_ITER_HOLDS_INT32(it) || BSON_ITER_HOLDS_INT64(it))
		return bson_iter_as_int64(it);
	if (!BSON_ITER_HOLDS_DOUBLE(it))
		return other;
	number = bson_iter_double(it);
	return number > -0x1p63 && number < 0x1p63 ? (int64_t)number : other;
}

int64_t
mongo_get_date(const bson_iter_t *it)
{
	return BSON_ITER_HOLDS_DATE_TIME(it) ? bson_iter_date_time(it) : 0;
}

void
mongo_get_bytes(const bson_iter_t *it, unsigned char *out, size_t size)
{
	const uint8_t	*bytes;
	bson_subtype_t	 type;
	uint32_t	 length;

	memset(out, 0, size);
	if (!BSON_ITER_HOLDS_BINARY(it))
		return;
	bson_iter_binary(it, &type, &length, &bytes);
	if (length == size)
		memcpy(out, bytes, size);
}
