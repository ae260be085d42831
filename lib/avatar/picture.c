#include "base/base.h"
#include "base/err.h"
#include "base/ctx.h"
#include "base/log.h"
#include "avatar/picture.h"
#include "avatar/worker.h"

enum picture_format
picture_format(const void *bytes, size_t size)
{
	const unsigned char	*b = bytes;

	if (size >= 3 && memcmp(b, "\xff\xd8\xff", 3) == 0)
		return PICTURE_JPEG;
	if (size >= 8 && memcmp(b, "\x89PNG\r\n\x1a\n", 8) == 0)
		return PICTURE_PNG;
	if (size >= 12 && memcmp(b, "RIFF", 4) == 0 &&
	    memcmp(b + 8, "WEBP", 4) == 0)
		return PICTURE_WEBP;
	return PICTURE_NONE;
}

/* image/jpg is no registered type, but the one that many programs send. */
static bool
may_be(const char *type, enum picture_format format)
{
	static const struct {
		const char		*name;
		enum picture_format	 format;
	} types[] = {
		{ "image/jpeg", PICTURE_JPEG },
		{ "image/jpg", PICTURE_JPEG },
		{ "image/png", PICTURE_PNG },
		{ "image/webp", PICTURE_WEBP },
	};
	size_t	length, i;

	if (type == NULL)
		return true;
	length = strcspn(type, "; \t");
	if (length == strlen("application/octet-stream") &&
	    strncasecmp(type, "application/octet-stream", length) == 0)
		return true;
	for (i = 0; i < NELEMS(types); i++)
		if (length == strlen(types[i].name) &&
		    strncasecmp(type, types[i].name, length) == 0)
			return types[i].format == format;
	return false;
}

/* "jpg 12345 678": the sizes of the two pictures that follow the line. */
static bool
read_header(const char *bytes, size_t size, struct picture *out)
{
	const char	*newline = memchr(bytes, '\n', size);
	char		 line[64], suffix[5];
	size_t		 length;
	int		 end = 0;

	if (newline == NULL || (length = (size_t)(newline - bytes)) >=
	    sizeof(line))
		return false;
	memcpy(line, bytes, length);
	line[length++] = '\0';
	if (sscanf(line, "%4s %8zu %8zu%n", suffix, &out->large_size,
	    &out->small_size, &end) != 3 || line[end] != '\0')
		return false;
	out->format = strcmp(suffix, "jpg") == 0 ? PICTURE_JPEG :
	    strcmp(suffix, "webp") == 0 ? PICTURE_WEBP : PICTURE_NONE;
	out->large = bytes + length;
	out->small = out->large + out->large_size;
	return out->large_size + out->small_size == size - length;
}

/* Were the worker somebody else's by now, nothing but pictures would pass. */
static bool
is_whole(const struct picture *picture)
{
	return picture->format != PICTURE_NONE &&
	    picture_format(picture->large, picture->large_size) ==
	    picture->format &&
	    picture_format(picture->small, picture->small_size) ==
	    picture->format;
}

enum err
picture_make(struct ctx *ctx, const void *bytes, size_t size,
    const char *type, struct picture *out)
{
	const enum picture_format	 format = picture_format(bytes, size);
	const char			*result;
	struct picture			 made;
	size_t				 result_size;
	enum err			 err;

	if (size == 0)
		return fail(ctx, E_MALFORMED, "The picture is empty");
	if (format == PICTURE_NONE)
		return fail(ctx, E_MEDIA_TYPE,
		    "The picture is not JPEG, PNG or WebP");
	if (!may_be(type, format))
		return fail(ctx, E_MEDIA_TYPE,
		    "The picture is not of the type that was declared");
	if ((err = worker_run(ctx, bytes, size, &result,
	    &result_size)) != OK)
		return err;
	if (!read_header(result, result_size, &made) || !is_whole(&made)) {
		log_error("darban-image: what it wrote is no picture");
		return E_UNAVAILABLE;
	}
	*out = made;
	return OK;
}
