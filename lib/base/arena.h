/*
 * Memory that lives as long as a request.  Whoever makes an arena owns it;
 * what is allocated from it is never freed by hand, and all of it is
 * overwritten when the arena is wiped.
 */
#ifndef DARBAN_ARENA_H
#define DARBAN_ARENA_H

#include "base/base.h"

struct arena;

/* A new arena, or NULL where there is no memory. */
struct arena	*arena_new(void) NODISCARD;

/*
 * `size` zeroed bytes, aligned for any type, until the arena is wiped.  NULL
 * where there is no memory, which the arena remembers: a chain of calls that
 * pass NULL through may look once, at its end, with arena_failed.
 */
void		*arena_alloc(struct arena *arena, size_t size) NODISCARD;

/* True once an allocation since the last wipe has failed. */
bool		 arena_failed(const struct arena *arena);

/* Copies into the arena; NULL for NULL text or where there is no memory. */
char		*arena_strdup(struct arena *arena, const char *text) NODISCARD;
char		*arena_strndup(struct arena *arena, const char *text,
		    size_t size) NODISCARD;
char		*arena_printf(struct arena *arena, const char *format, ...)
		    PRINTF(2, 3) NODISCARD;

/* Overwrites everything that was allocated; the arena may be used again. */
void		 arena_wipe(struct arena *arena);

/* Wipes and ends the arena; NULL is nothing. */
void		 arena_free(struct arena *arena);

#endif
