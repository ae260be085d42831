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

/* Digits and nothing but digits: to strtoul "-1" would be a size too. */
static bool
take_size(const char **text, char end, size_t *out)
{
	const size_t digits = strspn(*text, "0123456789");

	if (digits == 0 || digits > 8 || (*text)[digits] != end)
		return false;
	*out = strtoul(*text, NULL, 10);
	*text += digits + 1;
	return true;
}

/* "jpg 12345 678": the sizes of the two pictures that follow the line. */
static bool
read_header(const char *bytes, size_t size, struct picture *out)
{
	const char	*newline = memchr(bytes, '\n', size), *text;
	char		 line[64];
	size_t		 length;

	if (newline == NULL || (length = (size_t)(newline - bytes)) >=
	    sizeof(line))
		return false;
	memcpy(line, bytes, length);
	line[length++] = '\0';
	text = line + strcspn(line, " ");
	if (*text++ != ' ' || !take_size(&text, ' ', &out->large_size) ||
	    !take_size(&text, '\0', &out->small_size) ||
	    out->large_size + out->small_size != size - length)
		return false;
	out->format = strncmp(line, "jpg ", 4) == 0 ? PICTURE_JPEG :
	    strncmp(line, "webp ", 5) == 0 ? PICTURE_WEBP : PICTURE_NONE;
	out->large = bytes + length;
	out->small = out->large + out->large_size;
	return true;
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

enum err
picture_probe(struct ctx *ctx)
{
	/* PNG, grey, one by one. */
	static const unsigned char pixel[] = {
		0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00,
		0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00, 0x01,
		0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0x3a,
		0x7e, 0x9b, 0x55, 0x00, 0x00, 0x00, 0x0a, 0x49, 0x44, 0x41,
		0x54, 0x78, 0xda, 0x63, 0x60, 0x00, 0x00, 0x00, 0x02, 0x00,
		0x01, 0xe5, 0x27, 0xde, 0xfc, 0x00, 0x00, 0x00, 0x00, 0x49,
		0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
	};
	struct picture made;

	return picture_make(ctx, pixel, sizeof(pixel), NULL, &made);
}
