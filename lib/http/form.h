/* Bodies of type application/x-www-form-urlencoded. */
#ifndef DARBAN_FORM_H
#define DARBAN_FORM_H

#include "http/request.h"

/*
 * The pairs of a form in their order, as members of type JSON_TEXT (WHATWG
 * URL, section 5.1).  E_MALFORMED: a broken escape, or a name or a value that
 * is not UTF-8 or has a NUL; E_INTERNAL.
 */
enum err	form_parse(struct arena *arena, const char *text, size_t size,
		    struct member **out) NODISCARD;

#endif
