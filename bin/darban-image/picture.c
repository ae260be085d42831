/* Pictures in memory: their size, their pixels, which way is up. */
#include "image.h"

enum result
picture_check(unsigned width, unsigned height, unsigned pixels_max)
{
	if (width == 0 || height == 0)
		return refuse(NOT_A_PICTURE, "a picture without pixels");
	if (width > SIDE_MAX || height > SIDE_MAX)
		return refuse(TOO_LARGE, "a side is too long");
	if (width * height > pixels_max)
		return refuse(TOO_LARGE, "too many pixels");
	return DONE;
}

enum result
picture_allocate(struct picture *picture, unsigned width, unsigned height)
{
	assert(picture->pixels == NULL && width > 0 && height > 0);
	picture->pixels = calloc((size_t)width * height,
	    sizeof(*picture->pixels));
	if (picture->pixels == NULL)
		return refuse(NO_MEMORY, "no memory for the pixels");
	picture->width = width;
	picture->height = height;
	return DONE;
}

void
picture_free(struct picture *picture)
{
	free(picture->pixels);
	free(picture->profile.data);
	*picture = (struct picture){ 0 };
}

enum result
picture_set_profile(struct picture *picture, struct bytes profile)
{
	if (profile.size == 0 || profile.size > PROFILE_MAX)
		return DONE;
	assert(picture->profile.data == NULL);
	picture->profile.data = malloc(profile.size);
	if (picture->profile.data == NULL)
		return refuse(NO_MEMORY, "no memory for the profile");
	memcpy(picture->profile.data, profile.data, profile.size);
	picture->profile.size = profile.size;
	return DONE;
}

unsigned
side_shrink(unsigned side, unsigned longest, unsigned size)
{
	unsigned shrunk;

	if (longest <= size)
		return side;
	shrunk = (side * size + longest / 2) / longest;
	return shrunk > 0 ? shrunk : 1;
}

bool
picture_is_opaque(const struct picture *picture)
{
	const size_t	count = (size_t)picture->width * picture->height;
	uint32_t	all = 0xffffffff;
	size_t		i;

	for (i = 0; i < count; i++)
		all &= picture->pixels[i];
	return all >> 24 == 0xff;
}

/*
 * TIFF 6.0, tag 274: on which side of what is stored the picture's top is.
 * From 5 on rows have become columns.
 */
static size_t
turned_place(const struct picture *picture, unsigned x, unsigned y)
{
	const size_t w = picture->width, right = w - 1 - x;
	const size_t h = picture->height, down = h - 1 - y;

	switch (picture->orientation) {
	case 2:
		return y * w + right;
	case 3:
		return down * w + right;
	case 4:
		return down * w + x;
	case 5:
		return x * h + y;
	case 6:
		return x * h + down;
	case 7:
		return right * h + down;
	case 8:
		return right * h + y;
	default:
		return y * w + x;
	}
}

enum result
picture_turn(struct picture *picture)
{
	const bool	on_its_side = picture->orientation > 4;
	struct picture	turned = *picture;
	unsigned	x, y;
	enum result	result;

	if (picture->orientation <= 1)
		return DONE;
	turned.pixels = NULL;
	result = picture_allocate(&turned,
	    on_its_side ? picture->height : picture->width,
	    on_its_side ? picture->width : picture->height);
	if (result != DONE)
		return result;
	for (y = 0; y < picture->height; y++)
		for (x = 0; x < picture->width; x++)
			turned.pixels[turned_place(picture, x, y)] =
			    picture->pixels[(size_t)y * picture->width + x];
	free(picture->pixels);
	turned.orientation = 1;
	*picture = turned;
	return DONE;
}

enum result
picture_square(const struct picture *picture, struct picture *square)
{
	const unsigned	side = picture->width < picture->height ?
			    picture->width : picture->height;
	const uint32_t *from = picture->pixels +
	    (size_t)((picture->height - side) / 2) * picture->width +
	    (picture->width - side) / 2;
	unsigned	y;
	enum result	result;

	if ((result = picture_allocate(square, side, side)) != DONE)
		return result;
	for (y = 0; y < side; y++)
		memcpy(square->pixels + (size_t)y * side,
		    from + (size_t)y * picture->width,
		    side * sizeof(*from));
	return DONE;
}

/* In place too: a pixel is read whole before it is written. */
void
pixels_from_rgba(uint32_t *pixels, const uint8_t *rgba, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++, rgba += 4)
		pixels[i] = (uint32_t)rgba[3] << 24 |
		    (uint32_t)rgba[0] << 16 | (uint32_t)rgba[1] << 8 | rgba[2];
}

void
pixels_from_rgb(uint32_t *pixels, const uint8_t *rgb, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++, rgb += 3)
		pixels[i] = 0xff000000 | (uint32_t)rgb[0] << 16 |
		    (uint32_t)rgb[1] << 8 | rgb[2];
}

void
pixels_to_rgba(const uint32_t *pixels, uint8_t *rgba, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++, rgba += 4) {
		rgba[0] = (uint8_t)(pixels[i] >> 16);
		rgba[1] = (uint8_t)(pixels[i] >> 8);
		rgba[2] = (uint8_t)pixels[i];
		rgba[3] = (uint8_t)(pixels[i] >> 24);
	}
}

void
pixels_to_rgb(const uint32_t *pixels, uint8_t *rgb, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++, rgb += 3) {
		rgb[0] = (uint8_t)(pixels[i] >> 16);
		rgb[1] = (uint8_t)(pixels[i] >> 8);
		rgb[2] = (uint8_t)pixels[i];
	}
}
