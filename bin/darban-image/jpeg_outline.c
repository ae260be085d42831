/*
 * The outline of a JPEG: its markers, read before its picture is.
 *
 * How many scans there are must be known before the first is decoded: a small
 * file of a thousand scans is valid and takes a minute.  And what stands in
 * application segments is found here, so that libjpeg need not keep any.
 */
#include "image.h"

/* ITU-T T.81, table B.1. */
enum {
	TEM	= 0x01,
	RST0	= 0xd0,
	RST7	= 0xd7,
	SOI	= 0xd8,
	EOI	= 0xd9,
	SOS	= 0xda,
	APP1	= 0xe1,
	APP2	= 0xe2,
};

static enum result
cut(void)
{
	return refuse(NOT_A_PICTURE, "JPEG: no end");
}

/*
 * ICC.1:2010, annex B.4: "ICC_PROFILE", the number of the part, the number of
 * parts.
 */
static void
outline_take_profile(struct jpeg_outline *outline, struct bytes segment)
{
	static const char	name[] = "ICC_PROFILE";
	unsigned		number, parts;

	if (segment.size < sizeof(name) + 2 ||
	    memcmp(segment.data, name, sizeof(name)) != 0)
		return;
	number = segment.data[sizeof(name)];
	parts = segment.data[sizeof(name) + 1];
	if (outline->profile_parts == 0)
		outline->profile_parts = parts;
	if (number == 0 || number > parts || parts != outline->profile_parts ||
	    outline->profile_part[number].data != NULL) {
		outline->profile_is_broken = true;
		return;
	}
	outline->profile_part[number] = (struct bytes){
		segment.data + sizeof(name) + 2,
		segment.size - sizeof(name) - 2
	};
}

static void
outline_take(struct jpeg_outline *outline, unsigned marker,
    struct bytes segment)
{
	if (marker == APP1 && outline->exif.data == NULL &&
	    segment.size > 6 && memcmp(segment.data, "Exif\0", 6) == 0)
		outline->exif = segment;
	else if (marker == APP2)
		outline_take_profile(outline, segment);
}

/* Where the next marker is that is none of a scan's own, or the end. */
static size_t
scan_skip(struct bytes input, size_t at)
{
	const uint8_t	*p;
	uint8_t		 code;

	while (at < input.size) {
		p = memchr(input.data + at, 0xff, input.size - at);
		if (p == NULL)
			break;
		at = (size_t)(p - input.data);
		if (input.size - at < 2)
			break;
		code = p[1];
		if (code == 0 || (code >= RST0 && code <= RST7))
			at += 2;
		else if (code == 0xff)
			at++;
		else
			return at;
	}
	return input.size;
}

/* The marker at `*at`, behind which `*at` is afterwards; 0 if there is none. */
static unsigned
marker_take(struct bytes input, size_t *at)
{
	if (*at >= input.size || input.data[*at] != 0xff)
		return 0;
	while (*at < input.size && input.data[*at] == 0xff)
		++*at;
	return *at < input.size ? input.data[(*at)++] : 0;
}

enum result
jpeg_outline(struct bytes input, struct jpeg_outline *outline)
{
	size_t		at = 0, length;
	unsigned	marker;

	*outline = (struct jpeg_outline){ 0 };
	while ((marker = marker_take(input, &at)) != EOI) {
		if (marker == 0)
			return at >= input.size ? cut() : refuse(NOT_A_PICTURE,
			    "JPEG: bytes between the segments");
		if (marker == SOI || marker == TEM ||
		    (marker >= RST0 && marker <= RST7))
			continue;
		if (input.size - at < 2)
			return cut();
		length = (size_t)input.data[at] << 8 | input.data[at + 1];
		if (length < 2 || input.size - at < length)
			return cut();
		outline_take(outline, marker,
		    (struct bytes){ input.data + at + 2, length - 2 });
		at += length;
		if (marker == SOS) {
			if (++outline->scans > SCANS_MAX)
				return refuse(TOO_LARGE,
				    "JPEG: too many scans");
			at = scan_skip(input, at);
		}
	}
	return DONE;
}

enum result
jpeg_outline_profile(const struct jpeg_outline *outline,
    struct picture *picture)
{
	struct file	*profile = &picture->profile;
	size_t		 size = 0;
	unsigned	 i;

	for (i = 1; i <= outline->profile_parts; i++) {
		if (outline->profile_part[i].data == NULL)
			return DONE;
		size += outline->profile_part[i].size;
	}
	if (outline->profile_is_broken || size == 0 || size > PROFILE_MAX)
		return DONE;
	assert(profile->data == NULL);
	if ((profile->data = malloc(size)) == NULL)
		return refuse(NO_MEMORY, "no memory for the profile");
	for (i = 1; i <= outline->profile_parts; i++) {
		memcpy(profile->data + profile->size,
		    outline->profile_part[i].data,
		    outline->profile_part[i].size);
		profile->size += outline->profile_part[i].size;
	}
	return DONE;
}
