/*
 * One run of darban-image, the program that decodes pictures (worker.h): the
 * picture on its standard input, an empty environment, and nothing else of
 * ours.
 */
#ifndef DARBAN_DECODER_H
#define DARBAN_DECODER_H

#include <sys/types.h>

#include "base/ctx.h"

#define DECODER_PROGRAM "darban-image"

struct decoder {
	pid_t	pid;
	int	out;		/* its standard output, to be read */
	int	complaint;	/* its standard error, kept */
};

/* When it gets a processor. */
enum decoder_turn {
	DECODER_IDLE,	/* where nobody else wants one */
	DECODER_LATER,	/* after others, by PROCESS_NICE */
};

/*
 * Starts it with `size` bytes.  What comes of it is for the caller to read
 * from `out->out` and to wait for, and then decoder_close.  E_UNAVAILABLE: it
 * does not start, and the log says why.
 */
enum err	decoder_start(const struct conf *conf, const void *bytes,
		    size_t size, enum decoder_turn turn,
		    struct decoder *out) NODISCARD;

/*
 * The first line that it wrote on standard error, or words that say that
 * there is none, in the arena; NULL where there is no memory.
 */
const char	*decoder_complaint(struct ctx *ctx,
		    const struct decoder *decoder) NODISCARD;

void		decoder_close(struct decoder *decoder);

#endif
