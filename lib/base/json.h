/*
 * JSON (RFC 8259), strict: what is read here is UTF-8 without NUL, raw or
 * escaped, with nothing after it.  Doubled names are kept: who reads the
 * members says what they mean.  Values live in an arena.  The only file over
 * cJSON.
 */
#ifndef DARBAN_JSON_H
#define DARBAN_JSON_H

#include "base/base.h"
#include "base/arena.h"
#include "base/err.h"

struct json;

enum json_type { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_TEXT, JSON_ARRAY,
	JSON_OBJECT };

/* The version of the library at run time. */
const char	*json_library(void);

/*
 * Reads one value from `size` bytes.  E_MALFORMED: not strict JSON;
 * E_INTERNAL: no memory.
 */
enum err	 json_parse(struct arena *arena, const char *text, size_t size,
		    struct json **out) NODISCARD;

enum json_type	 json_type(const struct json *value);

/* The members of an object or array in order; NULL behind the last. */
const struct json	*json_first(const struct json *parent);
const struct json	*json_next(const struct json *member);

/* The member of an object with exactly this name, or NULL. */
const struct json	*json_member(const struct json *object,
			    const char *name);

/* The name of a member of an object. */
const char	*json_name(const struct json *member);

/* The value; it must be of that type. */
const char	*json_text(const struct json *value);
bool		 json_bool(const struct json *value);

/*
 * A number that is an integer and nearer to 0 than 2^53, from where on
 * neighbours look the same; else false.
 */
bool		 json_integer(const struct json *value, int64_t *out)
		    NODISCARD;

/*
 * Building.  Texts are copied.  A NULL parent, value or text is nothing, and
 * the result is NULL where there is no memory: the arena remembers.
 */
struct json	*json_new_object(struct arena *arena);
struct json	*json_new_array(struct arena *arena);
struct json	*json_add_object(struct arena *arena, struct json *object,
		    const char *name);
struct json	*json_add_array(struct arena *arena, struct json *object,
		    const char *name);
void		 json_add_text(struct arena *arena, struct json *object,
		    const char *name, const char *text);
void		 json_add_bool(struct arena *arena, struct json *object,
		    const char *name, bool value);
void		 json_add_integer(struct arena *arena, struct json *object,
		    const char *name, int64_t value);
void		 json_add_null(struct arena *arena, struct json *object,
		    const char *name);

/* Makes `value`, which has no parent yet, a member of the object. */
void		 json_put(struct arena *arena, struct json *object,
		    const char *name, struct json *value);

/* At the end of an array. */
struct json	*json_append_object(struct arena *arena, struct json *array);
void		 json_append_text(struct arena *arena, struct json *array,
		    const char *text);

/*
 * The text of a value, without white space; NULL where the arena has failed
 * since its last wipe, because the value may lack a part.  A number that was
 * read may come out rounded; an integer that was added does not.
 */
char		*json_print(struct arena *arena, const struct json *value)
		    NODISCARD;

#endif
