/*
 * Colours: what an ICC profile describes, as sRGB (lcms2).
 *
 * A picture without a profile is taken for sRGB, and so is one whose profile
 * cannot be used: wrong colours are better than no picture.  The gAMA and cHRM
 * of PNG are not followed: who cares for colours has written sRGB or iCCP for
 * twenty years, and many of the rest are wrong.
 */
#include <lcms2.h>

#include "image.h"

struct colour {
	cmsHTRANSFORM	transform;
};

static const cmsUInt32Number layouts[] = {
	[COLOUR_RGB]		= TYPE_RGBA_8,
	[COLOUR_GREY]		= COLORSPACE_SH(PT_GRAY) | EXTRA_SH(3) |
				    CHANNELS_SH(1) | BYTES_SH(1),
	[COLOUR_CMYK]		= TYPE_CMYK_8,
	[COLOUR_CMYK_INVERTED]	= TYPE_CMYK_8_REV,
};

struct colour *
colour_open(struct bytes profile, enum colour_space space)
{
	cmsHTRANSFORM	 transform = NULL;
	cmsHPROFILE	 from = NULL, to;
	struct colour	*colour = NULL;

	to = cmsCreate_sRGBProfile();
	if (profile.size > 0)
		from = cmsOpenProfileFromMem(profile.data,
		    (cmsUInt32Number)profile.size);
	/* It fails where the layout is not of the profile's space. */
	if (to != NULL && from != NULL)
		transform = cmsCreateTransform(from, layouts[space], to,
		    TYPE_RGB_8, INTENT_PERCEPTUAL, 0);
	if (transform != NULL && (colour = malloc(sizeof(*colour))) != NULL)
		colour->transform = transform;
	else if (transform != NULL)
		cmsDeleteTransform(transform);
	if (from != NULL)
		(void)cmsCloseProfile(from);
	if (to != NULL)
		(void)cmsCloseProfile(to);
	return colour;
}

void
colour_row(struct colour *colour, const uint8_t *in, uint8_t *rgb,
    unsigned count)
{
	cmsDoTransform(colour->transform, in, rgb, count);
}

void
colour_close(struct colour *colour)
{
	if (colour == NULL)
		return;
	cmsDeleteTransform(colour->transform);
	free(colour);
}

static void
row_to_srgb(struct colour *colour, uint32_t *pixels, uint8_t *rgba,
    uint8_t *rgb, unsigned width)
{
	unsigned x;

	pixels_to_rgba(pixels, rgba, width);
	colour_row(colour, rgba, rgb, width);
	for (x = 0; x < width; x++)
		pixels[x] = (pixels[x] & 0xff000000) |
		    (uint32_t)rgb[3 * x] << 16 |
		    (uint32_t)rgb[3 * x + 1] << 8 | rgb[3 * x + 2];
}

enum result
picture_to_srgb(struct picture *picture)
{
	const struct bytes	 profile = { picture->profile.data,
				    picture->profile.size };
	const size_t		 width = picture->width;
	struct colour		*colour;
	uint8_t			*rgba, *rgb;
	unsigned		 y;

	if ((colour = colour_open(profile, COLOUR_RGB)) == NULL &&
	    picture->grey)
		colour = colour_open(profile, COLOUR_GREY);
	if (colour == NULL)
		return DONE;
	rgba = malloc(4 * width);
	rgb = malloc(3 * width);
	for (y = 0; rgba != NULL && rgb != NULL && y < picture->height; y++)
		row_to_srgb(colour, picture->pixels + y * width, rgba, rgb,
		    picture->width);
	colour_close(colour);
	free(rgba);
	free(rgb);
	return y == picture->height ? DONE :
	    refuse(NO_MEMORY, "no memory for a row of colours");
}
