#include "base/base.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/crypto.h"
#include "base/id.h"

enum { SECONDS_SIZE = 4 };

_Static_assert(ID_HEX_SIZE == 2 * ID_SIZE + 1, "two digits a byte and a NUL");

enum err
id_make(int64_t now, struct id *out)
{
	struct id id;
	uint32_t seconds;
	size_t i;
	enum err err;

	/* Big-endian, so that ids sort by the time they were made. */
	seconds = (uint32_t)(now / 1000);
	for (i = 0; i < SECONDS_SIZE; i++)
		id.b[i] = (unsigned char)(seconds >> (24 - 8 * i));

	err = crypto_random(id.b + SECONDS_SIZE, ID_SIZE - SECONDS_SIZE);
	if (err != OK)
		return err;
	*out = id;
	return OK;
}

bool
id_parse(const char *text, struct id *out)
{
	return text != NULL && hex_decode(text, out->b, ID_SIZE);
}

void
id_hex(const struct id *id, char out[ID_HEX_SIZE])
{
	hex_encode(id->b, ID_SIZE, out);
}

bool
id_equal(const struct id *a, const struct id *b)
{
	return memcmp(a->b, b->b, ID_SIZE) == 0;
}
