/* PNG (libpng): read only. */
#include <png.h>
#include <setjmp.h>

#include "image.h"

/* All that must be freed, and survive the jump out of an error. */
struct reader {
	png_structp	 png;
	png_infop	 info;
	struct bytes	 input;
	size_t		 at;
	struct picture	*picture;
	bool		 no_memory;
	enum result	 result;
	jmp_buf		 jump;
};

/* Ancillary chunks that are read; of the others only the names are. */
static const png_byte wanted[] = "tRNS\0iCCP\0eXIf";
enum { WANTED = 3 };

static void
reader_error(png_structp png, png_const_charp message)
{
	struct reader *reader = png_get_error_ptr(png);

	reader->result = refuse(reader->no_memory ? NO_MEMORY : NOT_A_PICTURE,
	    message);
	longjmp(reader->jump, 1);
}

/*
 * libpng warns and goes on where pixels are missing or wrong: not a picture.
 * What it has against colours or orientation only means that it ignores them.
 */
static void
reader_warning(png_structp png, png_const_charp message)
{
	if (strncmp(message, "iCCP", 4) != 0 &&
	    strncmp(message, "eXIf", 4) != 0)
		reader_error(png, message);
}

/* eXIf gets as much as it says it is long, whatever the limits are. */
static png_voidp
reader_malloc(png_structp png, png_alloc_size_t size)
{
	struct reader	*reader = png_get_mem_ptr(png);
	void		*memory;

	if (size > PROFILE_MAX)
		return NULL;
	if ((memory = malloc(size)) == NULL)
		reader->no_memory = true;
	return memory;
}

static void
reader_free(png_structp _ UNUSED, png_voidp memory)
{
	free(memory);
}

static void
reader_take(png_structp png, png_bytep data, size_t size)
{
	struct reader *reader = png_get_io_ptr(png);

	if (size > reader->input.size - reader->at)
		png_error(png, "PNG: no end");
	memcpy(data, reader->input.data + reader->at, size);
	reader->at += size;
}

static bool
reader_open(struct reader *reader)
{
	reader->png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, reader,
	    reader_error, reader_warning, reader, reader_malloc, reader_free);
	if (reader->png == NULL)
		return false;
	reader->info = png_create_info_struct(reader->png);
	if (reader->info == NULL)
		return false;
	png_set_read_fn(reader->png, reader, reader_take);
	png_set_user_limits(reader->png, SIDE_MAX, SIDE_MAX);
	png_set_chunk_malloc_max(reader->png, PROFILE_MAX);
	png_set_keep_unknown_chunks(reader->png, PNG_HANDLE_CHUNK_NEVER,
	    NULL, -1);
	png_set_keep_unknown_chunks(reader->png,
	    PNG_HANDLE_CHUNK_AS_DEFAULT, wanted, WANTED);
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
	png_set_crc_action(reader->png, PNG_CRC_QUIET_USE, PNG_CRC_QUIET_USE);
#endif
	return true;
}

/* Whatever it is, eight bits each of red, green, blue and alpha. */
static void
reader_ask_for_rgba(struct reader *reader)
{
	png_set_expand(reader->png);
	png_set_scale_16(reader->png);
	png_set_gray_to_rgb(reader->png);
	png_set_add_alpha(reader->png, 0xff, PNG_FILLER_AFTER);
}

static void
reader_read_rows(struct reader *reader)
{
	struct picture	*picture = reader->picture;
	const int	 passes = png_set_interlace_handling(reader->png);
	unsigned	 y;
	int		 pass;

	png_read_update_info(reader->png, reader->info);
	assert(png_get_rowbytes(reader->png, reader->info) ==
	    4 * (size_t)picture->width);
	for (pass = 0; pass < passes; pass++)
		for (y = 0; y < picture->height; y++)
			png_read_row(reader->png, (png_bytep)(picture->pixels +
			    (size_t)y * picture->width), NULL);
	/* What stands behind the rows is checked too, and EXIF may. */
	png_read_end(reader->png, reader->info);
	pixels_from_rgba(picture->pixels, (const uint8_t *)picture->pixels,
	    (size_t)picture->width * picture->height);
}

static enum result
reader_take_profile(struct reader *reader)
{
	png_charp	name;
	png_bytep	data;
	png_uint_32	size;
	int		compression;

	if (png_get_iCCP(reader->png, reader->info, &name, &compression,
	    &data, &size) == 0)
		return DONE;
	return picture_set_profile(reader->picture,
	    (struct bytes){ data, size });
}

static void
reader_take_exif(struct reader *reader)
{
	png_bytep	data;
	png_uint_32	size;

	if (png_get_eXIf_1(reader->png, reader->info, &size, &data) != 0)
		reader->picture->orientation =
		    exif_orientation((struct bytes){ data, size });
}

static enum result
reader_run(struct reader *reader)
{
	struct picture	*picture = reader->picture;
	unsigned	 width, height;
	enum result	 result;

	if (setjmp(reader->jump) != 0)
		return reader->result;
	if (!reader_open(reader))
		return refuse(NO_MEMORY, "no memory for libpng");
	png_read_info(reader->png, reader->info);
	width = png_get_image_width(reader->png, reader->info);
	height = png_get_image_height(reader->png, reader->info);
	if ((result = picture_check(width, height, PIXELS_MAX)) != DONE ||
	    (result = picture_allocate(picture, width, height)) != DONE)
		return result;
	picture->grey = (png_get_color_type(reader->png, reader->info) &
	    PNG_COLOR_MASK_COLOR) == 0;
	reader_ask_for_rgba(reader);
	reader_read_rows(reader);
	reader_take_exif(reader);
	return reader_take_profile(reader);
}

/*
 * libpng has an error of its own for sides over its limits, which would look
 * like any other: IHDR, always the first chunk, is looked at before.
 */
static enum result
png_check_sides(struct bytes input)
{
	if (input.size < 24 || memcmp(input.data + 12, "IHDR", 4) != 0)
		return DONE;
	return picture_check(png_get_uint_32(input.data + 16),
	    png_get_uint_32(input.data + 20), PIXELS_MAX);
}

enum result
png_read(struct bytes input, struct picture *picture)
{
	struct reader	reader = { .input = input, .picture = picture };
	enum result	result;

	if ((result = png_check_sides(input)) != DONE)
		return result;
	result = reader_run(&reader);
	png_destroy_read_struct(&reader.png, &reader.info, NULL);
	return result;
}
