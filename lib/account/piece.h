/*
 * One of the three parts of a token, still encoded.  token.c's own, as are
 * keyring.h and claims.h: who wants a token read or made includes token.h.
 */
#ifndef DARBAN_PIECE_H
#define DARBAN_PIECE_H

#include "base/base.h"

/* RFC 4648 section 5; base64_decode takes another alphabet too. */
#define BASE64URL	"ABCDEFGHIJKLMNOPQRSTUVWXYZ" \
			"abcdefghijklmnopqrstuvwxyz0123456789-_"

/* `text` is the rest of the token, of which `length` bytes are the piece. */
struct piece {
	const char	*text;
	size_t		 length;
};

#endif
