/*
 * The picture worker: one picture comes in, two clean ones go out.
 *
 * A picture is a stranger's file, so what is decoded here is decoded in a
 * process that can do nothing else (sandbox.c).  Each foreign library has one
 * file; between them travels `struct picture`, which is plain memory.
 */
#ifndef DARBAN_IMAGE_H
#define DARBAN_IMAGE_H

#include "base/base.h"

/*
 * What can come of it.  The first five are exit statuses as well, and the
 * caller relies on them.
 */
enum result {
	DONE,
	FAILED,			/* nothing to do with the picture */
	WRONG_USE,
	NOT_A_PICTURE,		/* no JPEG, PNG or WebP, or a broken one */
	TOO_LARGE,

	NO_MEMORY,		/* main.c finds out whose fault that is */
	RESULT__MAX
};

enum {
	INPUT_MAX	 = 64 << 20,	/* bytes */
	PROFILE_MAX	 = 4 << 20,	/* bytes; a longer one is ignored */
	SIDE_MAX	 = 16384,
	SCANS_MAX	 = 64,
	SIZE_LEAST	 = 96,		/* of --size */
	SIZE_DEFAULT	 = 512,
	SIZE_MAX_ASKED	 = 2048,
	SMALL_SIDE	 = 96,
	QUALITY		 = 85,
	MEMORY_MAX	 = 256 << 20,	/* bytes of address space */
	SECONDS_MAX	 = 3,		/* of processor time */

	/* Pixels, and those of a JPEG that need not be in memory at once. */
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
	PIXELS_MAX	 = 1 << 18,
	PIXELS_MAX_JPEG	 = 1 << 19,
#else
	PIXELS_MAX	 = 25000000,
	PIXELS_MAX_JPEG	 = 64000000,
#endif
};

struct bytes {
	const uint8_t	*data;
	size_t		 size;
};

/* A result, malloc'd. */
struct file {
	uint8_t		*data;
	size_t		 size;
};

/*
 * A picture in memory, all of it malloc'd and freed by picture_free().  A
 * pixel is 0xAARRGGBB, not multiplied by its alpha.  Grey pictures have three
 * equal colours.
 */
struct picture {
	unsigned	 width, height;
	uint32_t	*pixels;
	bool		 grey;
	unsigned	 orientation;	/* EXIF's, 1 to 8 */
	struct file	 profile;	/* ICC, unread; of size 0: sRGB */
};

/* What a run makes. */
struct results {
	const char	*format;	/* "jpg" or "webp" */
	struct file	 large, small;
};

/* Remembers why, one line, for result_reason(), and returns `result`. */
enum result	 refuse(enum result result, const char *reason);
const char	*result_reason(void);

/*
 * The whole work: decodes `input`, turns it upright, converts it to sRGB,
 * shrinks it so that no side is longer than `size`, cuts the small square.
 * `results` is to be freed by results_free() after DONE, else untouched.
 */
enum result	 image_convert(struct bytes input, unsigned size,
		    struct results *results) NODISCARD;
void		 results_free(struct results *results);

/* TOO_LARGE where a side or the product is; NOT_A_PICTURE where one is 0. */
enum result	 picture_check(unsigned width, unsigned height,
		    unsigned pixels_max) NODISCARD;
/* Memory for the pixels of a picture of that size, all transparent. */
enum result	 picture_allocate(struct picture *picture, unsigned width,
		    unsigned height) NODISCARD;
void		 picture_free(struct picture *picture);
/* Takes a copy; one longer than PROFILE_MAX is no profile. */
enum result	 picture_set_profile(struct picture *picture,
		    struct bytes profile) NODISCARD;
/* The side that `side` becomes where the longer one, `longest`, is `size`. */
unsigned	 side_shrink(unsigned side, unsigned longest, unsigned size);
bool		 picture_is_opaque(const struct picture *picture);
/* Turns it as its orientation says, which is 1 afterwards. */
enum result	 picture_turn(struct picture *picture) NODISCARD;
/* The centred square of `picture`, as a picture of its own. */
enum result	 picture_square(const struct picture *picture,
		    struct picture *square) NODISCARD;

/* Between bytes R, G, B, A (or R, G, B, opaque) and pixels. */
void		 pixels_from_rgba(uint32_t *pixels, const uint8_t *rgba,
		    size_t count);
void		 pixels_from_rgb(uint32_t *pixels, const uint8_t *rgb,
		    size_t count);
void		 pixels_to_rgba(const uint32_t *pixels, uint8_t *rgba,
		    size_t count);
void		 pixels_to_rgb(const uint32_t *pixels, uint8_t *rgb,
		    size_t count);

/*
 * Decoders.  The picture is zeroed before, and the caller frees it whatever
 * comes back.  `size` is for what can be decoded smaller at once: no side that
 * is longer than `size` becomes shorter than that.
 */
enum result	 jpeg_read(struct bytes input, unsigned size,
		    struct picture *picture) NODISCARD;
enum result	 png_read(struct bytes input,
		    struct picture *picture) NODISCARD;
enum result	 webp_read(struct bytes input, unsigned size,
		    struct picture *picture) NODISCARD;

/* Encoders; the alpha of a JPEG is nothing. */
enum result	 jpeg_write(const struct picture *picture,
		    struct file *file) NODISCARD;
enum result	 webp_write(const struct picture *picture,
		    struct file *file) NODISCARD;

/* Area averaging, to a size that is not larger. */
enum result	 picture_shrink(struct picture *picture, unsigned width,
		    unsigned height) NODISCARD;

/* What stands in a JPEG outside its scans, to its end; points into it. */
struct jpeg_outline {
	unsigned	 scans;
	struct bytes	 exif;
	struct bytes	 profile_part[256];	/* by number, from 1 */
	unsigned	 profile_parts;		/* 0: none, or a broken one */
	bool		 profile_is_broken;
};
enum result	 jpeg_outline(struct bytes input,
		    struct jpeg_outline *outline) NODISCARD;
/* Gives the picture the parts of its profile, in their order, as one. */
enum result	 jpeg_outline_profile(const struct jpeg_outline *outline,
		    struct picture *picture) NODISCARD;

/* 1 to 8; 1 where `exif` (with or without its "Exif\0\0") says nothing. */
unsigned	 exif_orientation(struct bytes exif);

/* Colours of a profile, as sRGB. */
enum colour_space {
	COLOUR_RGB, COLOUR_GREY, COLOUR_CMYK, COLOUR_CMYK_INVERTED
};

struct colour;
/*
 * NULL where the profile is broken, or of another space.  A row comes as four
 * bytes a pixel (of RGB and GREY the last, or the last three, are skipped) and
 * goes as three.
 */
struct colour	*colour_open(struct bytes profile, enum colour_space space);
void		 colour_row(struct colour *colour, const uint8_t *in,
		    uint8_t *rgb, unsigned count);
void		 colour_close(struct colour *colour);
/* Converts a picture to sRGB, where it has a profile that can be used. */
enum result	 picture_to_srgb(struct picture *picture) NODISCARD;

/*
 * Gives up, for good, everything but reading descriptor 0, writing 1 and 2,
 * and memory.  FAILED where that cannot be had, unless `best_effort`.
 */
enum result	 sandbox_enter(bool best_effort) NODISCARD;
/* From now on a lack of processor time no longer ends the process. */
void		 sandbox_write_begins(void);
/* Tries to get out, prints what came of each try: DONE when all failed. */
enum result	 sandbox_test(void) NODISCARD;

#endif
