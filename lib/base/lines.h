/*
 * Text from a file that may be larger than memory, one record at a time: its
 * lines; or, where it begins with a bracket or with a brace alone in its line,
 * the JSON objects in it, however they are laid out.
 */
#ifndef DARBAN_LINES_H
#define DARBAN_LINES_H

#include "base/base.h"
#include "base/err.h"

enum { LINES_MAX = 16 * 1024 * 1024 };	/* bytes of one record */

struct lines;

/* Reads from `fd`, which stays the caller's.  NULL where there is no memory. */
struct lines	*lines_new(int fd) NODISCARD;

/* Overwrites what was read; NULL is nothing. */
void		 lines_free(struct lines *lines);

/*
 * The next record that is not blank, until the next call: `size` bytes, and
 * no NUL behind them.  E_NOT_FOUND: there is none; E_TOO_LARGE: it is larger
 * than LINES_MAX, and the next one can be had; E_UNAVAILABLE: errno says why
 * no more could be read; E_INTERNAL: no memory.
 */
enum err	 lines_next(struct lines *lines, const char **text,
		    size_t *size) NODISCARD;

/* Of the last record: its line, or its place among the objects; from 1. */
size_t		 lines_number(const struct lines *lines);

/* Bytes read so far. */
int64_t		 lines_offset(const struct lines *lines);

#endif
