/*
 * darban-image, the program that decodes pictures: a process that can do
 * nothing else (darban-image(8)), started for one picture and gone with it.
 */
#ifndef DARBAN_WORKER_H
#define DARBAN_WORKER_H

#include "base/ctx.h"

/*
 * Gives it `size` bytes and waits for at most 6.5 seconds, and never for so
 * long that the store would have no time left; `*out` is what it wrote, in
 * the arena.  At most `hash_slots` of them run at a time on this host.
 * E_PICTURE, E_PICTURE_LIMIT: it would not have them; E_BUSY: no slot or no
 * processor in time; E_UNAVAILABLE: it could not run, and the log says why;
 * E_INTERNAL.
 */
enum err	worker_run(struct ctx *ctx, const void *bytes, size_t size,
		    const char **out, size_t *out_size) NODISCARD;

#endif
