/*
 * The id of an account or a session: twelve bytes, made and written as a
 * MongoDB ObjectId is.  What a request carries is text until id_parse has
 * cast it; a store takes only the struct.
 */
#ifndef DARBAN_ID_H
#define DARBAN_ID_H

#include "base/base.h"
#include "base/err.h"

enum { ID_SIZE = 12, ID_HEX_SIZE = 25 };

struct id {
	unsigned char	b[ID_SIZE];
};

/* A new id: the seconds of `now`, then 64 random bits.  E_INTERNAL. */
enum err	id_make(int64_t now, struct id *out) NODISCARD;

/* Casts exactly 24 hex digits of either case, else false; NULL is false. */
bool		id_parse(const char *text, struct id *out) NODISCARD;

/* 24 lower-case hex digits and a NUL. */
void		id_hex(const struct id *id, char out[ID_HEX_SIZE]);

bool		id_equal(const struct id *a, const struct id *b);

#endif
