/*
 * A picture on its way from a stranger's bytes to two clean files: the first
 * bytes say what it claims to be, the worker (worker.h) decodes it, and what
 * comes back is looked at as if it were another stranger's.
 */
#ifndef DARBAN_PICTURE_H
#define DARBAN_PICTURE_H

#include "base/ctx.h"

enum picture_format { PICTURE_NONE, PICTURE_JPEG, PICTURE_PNG, PICTURE_WEBP };

/* What the first bytes say. */
enum picture_format	picture_format(const void *bytes, size_t size);

struct picture {
	enum picture_format	 format;	/* JPEG or WebP */
	const char		*large;	/* longest side `avatar_size` */
	size_t			 large_size;
	const char		*small;	/* a square of at most 96 */
	size_t			 small_size;
};

/*
 * Makes the two pictures, in the arena.  `type` is the media type as it was
 * declared; NULL and application/octet-stream declare nothing.
 * E_MEDIA_TYPE: not JPEG, PNG or WebP, or not what was declared;
 * E_MALFORMED: no bytes; else as worker_run.
 */
enum err	picture_make(struct ctx *ctx, const void *bytes, size_t size,
		    const char *type, struct picture *out) NODISCARD;

/*
 * Whether this host can make pictures: makes one of a single pixel.  Errors
 * as of picture_make; the log says why.
 */
enum err	picture_probe(struct ctx *ctx) NODISCARD;

#endif
