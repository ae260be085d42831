/*
 * What is done to a picture, from the file to the two files.
 *
 * It is shrunk first, so that what follows (colours, turning, encoding) is
 * done to few pixels, and so that what has no alpha to show is known from the
 * pixels that will be seen.
 */
#include "image.h"

static char reason_text[200];

enum result
refuse(enum result result, const char *reason)
{
	(void)snprintf(reason_text, sizeof(reason_text), "%s", reason);
	return result;
}

const char *
result_reason(void)
{
	return reason_text;
}

void
results_free(struct results *results)
{
	free(results->large.data);
	free(results->small.data);
	*results = (struct results){ 0 };
}

/* The first bytes say what it is; nothing else is asked. */
static enum result
picture_read(struct bytes input, unsigned size, struct picture *picture)
{
	static const uint8_t	jpeg[] = { 0xff, 0xd8, 0xff };
	static const uint8_t	png[] = { 0x89, 'P', 'N', 'G',
				    '\r', '\n', 0x1a, '\n' };

	if (input.size < 12)
		return refuse(NOT_A_PICTURE, "too short for a picture");
	if (memcmp(input.data, jpeg, sizeof(jpeg)) == 0)
		return jpeg_read(input, size, picture);
	if (memcmp(input.data, png, sizeof(png)) == 0)
		return png_read(input, picture);
	if (memcmp(input.data, "RIFF", 4) == 0 &&
	    memcmp(input.data + 8, "WEBP", 4) == 0)
		return webp_read(input, size, picture);
	return refuse(NOT_A_PICTURE, "neither JPEG nor PNG nor WebP");
}

static enum result
picture_fit(struct picture *picture, unsigned size)
{
	const unsigned longest = picture->width > picture->height ?
	    picture->width : picture->height;

	return picture_shrink(picture,
	    side_shrink(picture->width, longest, size),
	    side_shrink(picture->height, longest, size));
}

static enum result
picture_write(const struct picture *picture, bool opaque, struct file *file)
{
	return opaque ? jpeg_write(picture, file) : webp_write(picture, file);
}

static enum result
picture_results(const struct picture *picture, struct results *results)
{
	const bool	opaque = picture_is_opaque(picture);
	struct picture	square = { 0 };
	struct results	made = { .format = opaque ? "jpg" : "webp" };
	enum result	result;

	if ((result = picture_square(picture, &square)) == DONE &&
	    (result = picture_fit(&square, SMALL_SIDE)) == DONE &&
	    (result = picture_write(picture, opaque, &made.large)) == DONE)
		result = picture_write(&square, opaque, &made.small);
	picture_free(&square);
	if (result == DONE)
		*results = made;
	else
		results_free(&made);
	return result;
}

enum result
image_convert(struct bytes input, unsigned size, struct results *results)
{
	struct picture	picture = { .orientation = 1 };
	enum result	result;

	if ((result = picture_read(input, size, &picture)) == DONE &&
	    (result = picture_fit(&picture, size)) == DONE &&
	    (result = picture_to_srgb(&picture)) == DONE &&
	    (result = picture_turn(&picture)) == DONE)
		result = picture_results(&picture, results);
	picture_free(&picture);
	return result;
}
