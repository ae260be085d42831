/*
 * MongoDB's Extended JSON (v2), as far as an account needs it: what mongoexport
 * writes, relaxed or canonical, and what JSON.stringify makes of the same.
 */
#ifndef DARBAN_EXTENDED_H
#define DARBAN_EXTENDED_H

#include "base/base.h"
#include "base/id.h"
#include "base/json.h"

/*
 * The value; false where it is none of that type, and `*out` is untouched.
 *
 *	an id		{ "$oid": "24 digits" }, or the digits alone
 *	a time		{ "$date": ISO 8601 or a number }, or ISO 8601 alone
 *	a number	a whole one, { "$numberInt": "7" }, "$numberLong",
 *			{ "$numberDouble": "7.0" }
 */
bool	extended_id(const struct json *value, struct id *out) NODISCARD;
bool	extended_time(const struct json *value, int64_t *out) NODISCARD;
bool	extended_number(const struct json *value, int64_t *out) NODISCARD;

/* Members of an object, as mongoexport writes them when it is relaxed. */
void	extended_add_id(struct arena *arena, struct json *object,
	    const char *name, const struct id *id);
void	extended_add_time(struct arena *arena, struct json *object,
	    const char *name, int64_t time);
void	extended_add_number(struct arena *arena, struct json *object,
	    const char *name, int64_t number);

/* At the end of an array. */
void	extended_append_id(struct arena *arena, struct json *array,
	    const struct id *id);

#endif
