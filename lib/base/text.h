/*
 * Unicode text: UTF-8 that has been checked, NUL-terminated.  What comes from
 * outside passes text_is_valid first.  The only file over utf8proc.
 */
#ifndef DARBAN_TEXT_H
#define DARBAN_TEXT_H

#include "base/base.h"
#include "base/arena.h"

/* The version of the library at run time. */
const char	*text_library(void);

/* Well-formed UTF-8 (RFC 3629) without NUL. */
bool	 text_is_valid(const char *bytes, size_t size);

/* The number of code points of valid text. */
size_t	 text_length(const char *text);

/*
 * White space as Unicode's White_Space property (U+FEFF too, which
 * JavaScript's trim removes); control characters as categories Cc and Cf, and
 * the line and paragraph separators, but not the joiners: U+200C and U+200D,
 * which names and emoji are spelled with.  They are invisible all the same,
 * like Unicode's other Default_Ignorable_Code_Points (fillers, variation
 * selectors), and have no place where two texts that look alike must be one.
 */
bool	 text_has_space(const char *text);
bool	 text_is_blank(const char *text);	/* nothing but white space */
bool	 text_has_control(const char *text);
bool	 text_has_ignorable(const char *text);

/*
 * New text in the arena: without white space at both ends; in lower case,
 * code point by code point; in Normalization Form C.  NULL for NULL, and
 * where there is no memory.
 */
char	*text_trim(struct arena *arena, const char *text) NODISCARD;
char	*text_lower(struct arena *arena, const char *text) NODISCARD;
char	*text_nfc(struct arena *arena, const char *text) NODISCARD;

/*
 * What may be shown of bytes from outside, as valid text in the arena: at
 * most `max` bytes, no code point cut, `?` for what is not UTF-8 and for
 * control characters.  NULL for NULL, and where there is no memory.
 */
char	*text_excerpt(struct arena *arena, const char *bytes, size_t max)
	    NODISCARD;

#endif
