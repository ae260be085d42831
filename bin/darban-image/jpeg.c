/* JPEG (libjpeg-turbo), read and written. */
#include <stdio.h>
#include <jpeglib.h>
#include <jerror.h>
#include <setjmp.h>

#include "image.h"

/* How an error of the library gets out: the error manager comes first. */
struct escape {
	struct jpeg_error_mgr	errors;
	enum result		result;
	jmp_buf			jump;
};

/* All that must be freed, and survive the jump. */
struct reader {
	struct jpeg_decompress_struct	 jpeg;
	struct escape			 escape;
	struct picture			*picture;
	uint8_t				*row, *rgb;
	struct colour			*inks;
};

struct writer {
	struct jpeg_compress_struct	 jpeg;
	struct escape			 escape;
	uint8_t				*row;
	unsigned char			*data;
	unsigned long			 size;
};

static enum result
escape_result(int code)
{
	switch (code) {
	case JERR_OUT_OF_MEMORY:
		return NO_MEMORY;
	case JERR_IMAGE_TOO_BIG:
		return TOO_LARGE;
	default:
		return NOT_A_PICTURE;
	}
}

static void
escape_error(j_common_ptr jpeg)
{
	struct escape	*escape = (struct escape *)(void *)jpeg->err;
	char		 message[JMSG_LENGTH_MAX];

	jpeg->err->format_message(jpeg, message);
	escape->result = refuse(escape_result(jpeg->err->msg_code), message);
	longjmp(escape->jump, 1);
}

/*
 * A level below 0 is a warning: the library makes something up and goes on,
 * for as long as a minute in a file made for it.  Others are only talk.  Some
 * cameras write more than the picture in front of its end: nothing is missing.
 */
static void
escape_message(j_common_ptr jpeg, int level)
{
	if (level < 0 && !(jpeg->err->msg_code == JWRN_EXTRANEOUS_DATA &&
	    jpeg->err->msg_parm.i[1] == JPEG_EOI))
		escape_error(jpeg);
}

static struct jpeg_error_mgr *
escape_prepare(struct escape *escape)
{
	(void)jpeg_std_error(&escape->errors);
	escape->errors.error_exit = escape_error;
	escape->errors.emit_message = escape_message;
	return &escape->errors;
}

/* What is kept in memory whole until all scans are read. */
static bool
reader_is_sequential(struct reader *reader)
{
	return !reader->jpeg.progressive_mode &&
	    !jpeg_has_multiple_scans(&reader->jpeg);
}

/*
 * Eighths come out of the inverse transform for nothing, and a large picture
 * never is in memory at its full size.
 */
static void
reader_choose_scale(struct reader *reader, unsigned size)
{
	struct jpeg_decompress_struct	*jpeg = &reader->jpeg;
	const unsigned			 longest =
	    jpeg->image_width > jpeg->image_height ?
	    jpeg->image_width : jpeg->image_height;

	jpeg->scale_denom = 8;
	for (jpeg->scale_num = 1; jpeg->scale_num < 8; jpeg->scale_num++)
		if (longest * jpeg->scale_num >= 8 * size)
			break;
}

static enum result
reader_choose_colours(struct reader *reader)
{
	struct jpeg_decompress_struct *jpeg = &reader->jpeg;

	reader->picture->grey = jpeg->num_components == 1;
	switch (jpeg->num_components) {
	case 1:
	case 3:
		jpeg->out_color_space = JCS_RGB;
		return DONE;
	case 4:
		jpeg->out_color_space = JCS_CMYK;
		return DONE;
	default:
		return refuse(NOT_A_PICTURE, "JPEG: of no known colours");
	}
}

/*
 * Adobe stores the inks upside down.  Without a profile paper is white, and
 * ink takes away its part of the light.
 */
static void
reader_mix_inks(struct reader *reader)
{
	const unsigned	 width = reader->jpeg.output_width;
	const bool	 inverted = reader->jpeg.saw_Adobe_marker != 0;
	const uint8_t	*cmyk = reader->row;
	uint8_t		*rgb = reader->rgb;
	unsigned	 x, i;

	if (reader->inks != NULL) {
		colour_row(reader->inks, cmyk, rgb, width);
		return;
	}
	for (x = 0; x < width; x++, cmyk += 4, rgb += 3)
		for (i = 0; i < 3; i++)
			rgb[i] = (uint8_t)(inverted ?
			    (cmyk[i] * cmyk[3] + 127) / 255 :
			    ((255 - cmyk[i]) * (255 - cmyk[3]) + 127) / 255);
}

static void
reader_read_rows(struct reader *reader)
{
	struct jpeg_decompress_struct	*jpeg = &reader->jpeg;
	struct picture			*picture = reader->picture;
	const bool			 cmyk =
	    jpeg->out_color_space == JCS_CMYK;
	uint8_t				*rgb = cmyk ? reader->rgb : reader->row;
	unsigned			 y;

	while ((y = jpeg->output_scanline) < jpeg->output_height) {
		(void)jpeg_read_scanlines(jpeg, &reader->row, 1);
		if (cmyk)
			reader_mix_inks(reader);
		pixels_from_rgb(picture->pixels + (size_t)y * picture->width,
		    rgb, picture->width);
	}
	(void)jpeg_finish_decompress(jpeg);
}

/* The profile of inks is of no use once they are mixed. */
static void
reader_open_inks(struct reader *reader)
{
	struct file		*profile = &reader->picture->profile;
	const struct bytes	 bytes = { profile->data, profile->size };

	if (reader->jpeg.out_color_space != JCS_CMYK)
		return;
	reader->inks = colour_open(bytes, reader->jpeg.saw_Adobe_marker ?
	    COLOUR_CMYK_INVERTED : COLOUR_CMYK);
	free(profile->data);
	*profile = (struct file){ 0 };
}

static enum result
reader_run(struct reader *reader, struct bytes input, unsigned size)
{
	struct jpeg_decompress_struct	*jpeg = &reader->jpeg;
	enum result			 result;

	jpeg->err = escape_prepare(&reader->escape);
	if (setjmp(reader->escape.jump) != 0)
		return reader->escape.result;
	jpeg_create_decompress(jpeg);
	jpeg_mem_src(jpeg, input.data, input.size);
	(void)jpeg_read_header(jpeg, TRUE);
	result = picture_check(jpeg->image_width, jpeg->image_height,
	    reader_is_sequential(reader) ? PIXELS_MAX_JPEG : PIXELS_MAX);
	if (result != DONE)
		return result;
	if (jpeg->arith_code)
		return refuse(NOT_A_PICTURE, "JPEG: arithmetic coding");
	if ((result = reader_choose_colours(reader)) != DONE)
		return result;
	reader_choose_scale(reader, size);
	reader_open_inks(reader);
	(void)jpeg_start_decompress(jpeg);
	reader->row = malloc(4 * (size_t)jpeg->output_width);
	reader->rgb = malloc(3 * (size_t)jpeg->output_width);
	if (reader->row == NULL || reader->rgb == NULL)
		return refuse(NO_MEMORY, "no memory for a row");
	result = picture_allocate(reader->picture, jpeg->output_width,
	    jpeg->output_height);
	if (result == DONE)
		reader_read_rows(reader);
	return result;
}

enum result
jpeg_read(struct bytes input, unsigned size, struct picture *picture)
{
	struct reader		reader = { .picture = picture };
	struct jpeg_outline	outline;
	enum result		result;

	if ((result = jpeg_outline(input, &outline)) != DONE ||
	    (result = jpeg_outline_profile(&outline, picture)) != DONE)
		return result;
	picture->orientation = exif_orientation(outline.exif);
	result = reader_run(&reader, input, size);
	jpeg_destroy_decompress(&reader.jpeg);
	colour_close(reader.inks);
	free(reader.row);
	free(reader.rgb);
	return result;
}

static enum result
writer_run(struct writer *writer, const struct picture *picture)
{
	struct jpeg_compress_struct	*jpeg = &writer->jpeg;
	size_t				 at;

	jpeg->err = escape_prepare(&writer->escape);
	if (setjmp(writer->escape.jump) != 0)
		return writer->escape.result;
	jpeg_create_compress(jpeg);
	jpeg_mem_dest(jpeg, &writer->data, &writer->size);
	jpeg->image_width = picture->width;
	jpeg->image_height = picture->height;
	jpeg->input_components = 3;
	jpeg->in_color_space = JCS_RGB;
	jpeg_set_defaults(jpeg);
	jpeg_set_quality(jpeg, QUALITY, TRUE);
	jpeg_simple_progression(jpeg);
	jpeg_start_compress(jpeg, TRUE);
	while (jpeg->next_scanline < jpeg->image_height) {
		at = (size_t)jpeg->next_scanline * picture->width;
		pixels_to_rgb(picture->pixels + at, writer->row,
		    picture->width);
		(void)jpeg_write_scanlines(jpeg, &writer->row, 1);
	}
	jpeg_finish_compress(jpeg);
	return DONE;
}

enum result
jpeg_write(const struct picture *picture, struct file *file)
{
	struct writer	writer = { .data = NULL };
	enum result	result;

	if ((writer.row = malloc(3 * (size_t)picture->width)) == NULL)
		return refuse(NO_MEMORY, "no memory for a row");
	result = writer_run(&writer, picture);
	jpeg_destroy_compress(&writer.jpeg);
	free(writer.row);
	if (result == DONE)
		*file = (struct file){ writer.data, writer.size };
	else
		free(writer.data);
	return result;
}
