/*
 * EXIF, of which one number is wanted: how the camera was held.  The rest (the
 * place, the time, the owner, a picture before cropping) is nobody's business
 * and is not looked at.
 */
#include "image.h"

/* TIFF 6.0, of which EXIF is an application. */
enum {
	HEADER_SIZE	= 8,
	ENTRY_SIZE	= 12,
	TAG_ORIENTATION	= 0x0112,
};

struct tiff {
	struct bytes	bytes;
	bool		big_endian;
};

/* Both are 0 beyond the end, and nothing that is looked for is 0. */
static unsigned
short_at(const struct tiff *tiff, size_t at)
{
	const uint8_t *p = tiff->bytes.data + at;

	if (at > tiff->bytes.size || tiff->bytes.size - at < 2)
		return 0;
	return tiff->big_endian ? (unsigned)(p[0] << 8 | p[1]) :
	    (unsigned)(p[1] << 8 | p[0]);
}

static size_t
long_at(const struct tiff *tiff, size_t at)
{
	const size_t first = short_at(tiff, at);
	const size_t second = short_at(tiff, at + 2);

	return tiff->big_endian ? first << 16 | second : second << 16 | first;
}

static bool
tiff_open(struct bytes exif, struct tiff *tiff)
{
	static const uint8_t prefix[] = { 'E', 'x', 'i', 'f', 0, 0 };

	if (exif.size >= sizeof(prefix) &&
	    memcmp(exif.data, prefix, sizeof(prefix)) == 0) {
		exif.data += sizeof(prefix);
		exif.size -= sizeof(prefix);
	}
	if (exif.size < HEADER_SIZE)
		return false;
	tiff->bytes = exif;
	tiff->big_endian = exif.data[0] == 'M';
	return (memcmp(exif.data, "MM", 2) == 0 ||
	    memcmp(exif.data, "II", 2) == 0) && short_at(tiff, 2) == 42;
}

unsigned
exif_orientation(struct bytes exif)
{
	struct tiff	tiff;
	size_t		at;
	unsigned	count, i, value;

	if (!tiff_open(exif, &tiff))
		return 1;
	at = long_at(&tiff, 4);
	count = short_at(&tiff, at);
	for (i = 0, at += 2; i < count; i++, at += ENTRY_SIZE) {
		if (short_at(&tiff, at) != TAG_ORIENTATION)
			continue;
		value = short_at(&tiff, at + 8);
		return value >= 1 && value <= 8 ? value : 1;
	}
	return 1;
}
