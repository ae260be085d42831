/* WebP (libwebp, libwebpdemux), read and written; and shrinking. */
#include <webp/decode.h>
#include <webp/demux.h>
#include <webp/encode.h>

#include "image.h"

static enum result
webp_refuse(VP8StatusCode status)
{
	return status == VP8_STATUS_OUT_OF_MEMORY ?
	    refuse(NO_MEMORY, "no memory for libwebp") :
	    refuse(NOT_A_PICTURE, "WebP: broken or cut");
}

static struct bytes
demux_chunk(const WebPDemuxer *demux, const char *name)
{
	WebPChunkIterator	chunk;
	struct bytes		bytes = { NULL, 0 };

	if (WebPDemuxGetChunk(demux, name, 1, &chunk) != 0)
		bytes = (struct bytes){ chunk.chunk.bytes, chunk.chunk.size };
	WebPDemuxReleaseChunkIterator(&chunk);
	return bytes;
}

/*
 * Decoded smaller at once where that is as good as doing it afterwards.  With
 * lossy colours and an alpha it is not: the decoder would mix in what is
 * hidden under the glass.
 */
static void
frame_shrink(const WebPIterator *frame, WebPDecoderConfig *config,
    unsigned size)
{
	const unsigned	width = (unsigned)frame->width;
	const unsigned	height = (unsigned)frame->height;
	const unsigned	longest = width > height ? width : height;
	const bool	lossless = config->input.format == 2;

	if (longest <= size || (config->input.has_alpha && !lossless))
		return;
	config->options.use_scaling = 1;
	config->options.scaled_width = (int)side_shrink(width, longest, size);
	config->options.scaled_height =
	    (int)side_shrink(height, longest, size);
}

/*
 * The frame at its place on the canvas, which it fills unless it is one of an
 * animation.
 */
static enum result
frame_read(const WebPIterator *frame, unsigned width, unsigned height,
    unsigned size, struct picture *picture)
{
	WebPDecoderConfig	config;
	WebPRGBABuffer		*out = &config.output.u.RGBA;
	VP8StatusCode		status;
	enum result		result;
	size_t			at;

	if (WebPInitDecoderConfig(&config) == 0)
		return refuse(FAILED, "another libwebp than it was made for");
	status = WebPGetFeatures(frame->fragment.bytes, frame->fragment.size,
	    &config.input);
	if (status != VP8_STATUS_OK)
		return webp_refuse(status);
	if ((unsigned)frame->width == width &&
	    (unsigned)frame->height == height)
		frame_shrink(frame, &config, size);
	if (config.options.use_scaling != 0) {
		width = (unsigned)config.options.scaled_width;
		height = (unsigned)config.options.scaled_height;
	}
	if ((result = picture_allocate(picture, width, height)) != DONE)
		return result;
	at = (size_t)frame->y_offset * width + (size_t)frame->x_offset;
	config.output.colorspace = MODE_RGBA;
	config.output.is_external_memory = 1;
	out->rgba = (uint8_t *)(picture->pixels + at);
	out->stride = (int)(4 * width);
	out->size = 4 * ((size_t)width * height - at);
	status = WebPDecode(frame->fragment.bytes, frame->fragment.size,
	    &config);
	WebPFreeDecBuffer(&config.output);
	if (status != VP8_STATUS_OK)
		return webp_refuse(status);
	pixels_from_rgba(picture->pixels, (const uint8_t *)picture->pixels,
	    (size_t)width * height);
	return DONE;
}

static enum result
demux_read(const WebPDemuxer *demux, unsigned size, struct picture *picture)
{
	const unsigned	width = WebPDemuxGetI(demux, WEBP_FF_CANVAS_WIDTH);
	const unsigned	height = WebPDemuxGetI(demux, WEBP_FF_CANVAS_HEIGHT);
	WebPIterator	frame;
	enum result	result;

	if ((result = picture_check(width, height, PIXELS_MAX)) != DONE)
		return result;
	picture->orientation = exif_orientation(demux_chunk(demux, "EXIF"));
	result = picture_set_profile(picture, demux_chunk(demux, "ICCP"));
	if (result != DONE)
		return result;
	if (WebPDemuxGetFrame(demux, 1, &frame) == 0)
		return refuse(NOT_A_PICTURE, "WebP: no frame");
	result = frame_read(&frame, width, height, size, picture);
	WebPDemuxReleaseIterator(&frame);
	return result;
}

enum result
webp_read(struct bytes input, unsigned size, struct picture *picture)
{
	const WebPData	 data = { input.data, input.size };
	WebPDemuxer	*demux;
	enum result	 result;

	if ((demux = WebPDemux(&data)) == NULL)
		return refuse(NOT_A_PICTURE, "WebP: broken or cut");
	result = demux_read(demux, size, picture);
	WebPDemuxDelete(demux);
	return result;
}

/* A picture of the library that borrows the pixels of ours. */
static bool
borrow(const struct picture *picture, WebPPicture *webp)
{
	if (WebPPictureInit(webp) == 0)
		return false;
	webp->use_argb = 1;
	webp->width = (int)picture->width;
	webp->height = (int)picture->height;
	webp->argb = picture->pixels;
	webp->argb_stride = (int)picture->width;
	return true;
}

enum result
picture_shrink(struct picture *picture, unsigned width, unsigned height)
{
	WebPPicture	webp;
	struct picture	shrunk = *picture;
	enum result	result;
	unsigned	y;

	if (width == picture->width && height == picture->height)
		return DONE;
	assert(width <= picture->width && height <= picture->height);
	shrunk.pixels = NULL;
	if ((result = picture_allocate(&shrunk, width, height)) != DONE)
		return result;
	if (!borrow(picture, &webp) ||
	    WebPPictureRescale(&webp, (int)width, (int)height) == 0) {
		free(shrunk.pixels);
		return refuse(NO_MEMORY, "no memory for shrinking");
	}
	for (y = 0; y < height; y++)
		memcpy(shrunk.pixels + (size_t)y * width,
		    webp.argb + (size_t)y * (size_t)webp.argb_stride,
		    width * sizeof(*webp.argb));
	WebPPictureFree(&webp);
	free(picture->pixels);
	*picture = shrunk;
	return DONE;
}

enum result
webp_write(const struct picture *picture, struct file *file)
{
	WebPMemoryWriter	memory;
	WebPConfig		config;
	WebPPicture		webp;

	if (!borrow(picture, &webp) ||
	    WebPConfigPreset(&config, WEBP_PRESET_PICTURE, QUALITY) == 0)
		return refuse(FAILED, "another libwebp than it was made for");
	WebPMemoryWriterInit(&memory);
	webp.writer = WebPMemoryWrite;
	webp.custom_ptr = &memory;
	if (WebPEncode(&config, &webp) == 0) {
		WebPMemoryWriterClear(&memory);
		WebPPictureFree(&webp);
		return refuse(NO_MEMORY, "no memory for the WebP");
	}
	WebPPictureFree(&webp);
	*file = (struct file){ memory.mem, memory.size };
	return DONE;
}
