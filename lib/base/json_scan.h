/*
 * What cJSON is too lenient about, and what is refused before it sees
 * anything: control characters for white space, a byte order mark, numbers as
 * strtod reads them, the end of a string at \u0000, and a depth that its
 * recursion would follow to 1000.  json.c's own.
 */
#ifndef DARBAN_JSON_SCAN_H
#define DARBAN_JSON_SCAN_H

#include "base/base.h"

/*
 * True where every token of the text is one of JSON (RFC 8259), and none
 * deeper than 32.  Whether they follow each other as they should is left to
 * cJSON.
 */
bool	 json_is_strict(const char *text);

#endif
