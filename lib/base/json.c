#include <cjson/cJSON.h>

#include "base/base.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"
#include "base/json.h"
#include "base/json_scan.h"

/* A node of the tree is a cJSON node, and nothing more. */
struct json {
	cJSON	item;
};

/* Farther out a number with a fraction or a neighbour would look the same. */
static const double integer_max = 9007199254740991.0;

static struct arena *current;

static void *
hook_alloc(size_t size)
{
	return arena_alloc(current, size);
}

static void
hook_free(void *_ UNUSED)
{
}

/* What cJSON allocates from here on lives in `arena`; returns the parent. */
static cJSON *
into(struct arena *arena, struct json *parent)
{
	cJSON_Hooks hooks = { hook_alloc, hook_free };

	cJSON_InitHooks(&hooks);
	current = arena;
	return parent != NULL ? &parent->item : NULL;
}

enum err
json_parse(struct arena *arena, const char *text, size_t size,
    struct json **out)
{
	cJSON *item;
	char *copy;

	if (!text_is_valid(text, size))
		return E_MALFORMED;
	/* cJSON has read past the end of text that has no NUL. */
	if ((copy = arena_strndup(arena, text, size)) == NULL)
		return E_INTERNAL;
	if (!json_is_strict(copy))
		return E_MALFORMED;

	into(arena, NULL);
	item = cJSON_ParseWithLengthOpts(copy, size + 1, NULL, true);
	if (item == NULL)
		return arena_failed(arena) ? E_INTERNAL : E_MALFORMED;
	*out = (struct json *)item;
	return OK;
}

enum json_type
json_type(const struct json *value)
{
	switch (value->item.type & 0xFF) {
	case cJSON_False:
	case cJSON_True:
		return JSON_BOOL;
	case cJSON_Number:
	case cJSON_Raw:		/* json_add_integer's */
		return JSON_NUMBER;
	case cJSON_String:
		return JSON_TEXT;
	case cJSON_Array:
		return JSON_ARRAY;
	case cJSON_Object:
		return JSON_OBJECT;
	default:
		return JSON_NULL;
	}
}

const struct json *
json_first(const struct json *parent)
{
	return (const struct json *)parent->item.child;
}

const struct json *
json_next(const struct json *member)
{
	return (const struct json *)member->item.next;
}

const struct json *
json_member(const struct json *object, const char *name)
{
	const struct json *member;

	if (json_type(object) != JSON_OBJECT)
		return NULL;
	for (member = json_first(object); member != NULL;
	    member = json_next(member))
		if (strcmp(json_name(member), name) == 0)
			return member;
	return NULL;
}

const char *
json_name(const struct json *member)
{
	return member->item.string;
}

const char *
json_text(const struct json *value)
{
	assert(json_type(value) == JSON_TEXT);
	return value->item.valuestring;
}

bool
json_bool(const struct json *value)
{
	assert(json_type(value) == JSON_BOOL);
	return cJSON_IsTrue(&value->item);
}

bool
json_integer(const struct json *value, int64_t *out)
{
	double number;

	if (json_type(value) != JSON_NUMBER)
		return false;
	number = value->item.valuedouble;
	if (number < -integer_max || number > integer_max ||
	    number != (double)(int64_t)number)
		return false;
	*out = (int64_t)number;
	return true;
}

struct json *
json_new_object(struct arena *arena)
{
	into(arena, NULL);
	return (struct json *)cJSON_CreateObject();
}

struct json *
json_new_array(struct arena *arena)
{
	into(arena, NULL);
	return (struct json *)cJSON_CreateArray();
}

struct json *
json_add_object(struct arena *arena, struct json *object, const char *name)
{
	return (struct json *)
	    cJSON_AddObjectToObject(into(arena, object), name);
}

struct json *
json_add_array(struct arena *arena, struct json *object, const char *name)
{
	return (struct json *)
	    cJSON_AddArrayToObject(into(arena, object), name);
}

void
json_add_text(struct arena *arena, struct json *object, const char *name,
    const char *text)
{
	cJSON_AddStringToObject(into(arena, object), name, text);
}

void
json_add_bool(struct arena *arena, struct json *object, const char *name,
    bool value)
{
	cJSON_AddBoolToObject(into(arena, object), name, value);
}

/* As a number, cJSON would print 9007199254740991 as 9.00719925474099e+15. */
void
json_add_integer(struct arena *arena, struct json *object, const char *name,
    int64_t value)
{
	char text[sizeof("-9223372036854775808")];
	cJSON *item;

	snprintf(text, sizeof(text), "%" PRId64, value);
	item = cJSON_AddRawToObject(into(arena, object), name, text);
	if (item != NULL)
		item->valuedouble = (double)value;
}

void
json_add_null(struct arena *arena, struct json *object, const char *name)
{
	cJSON_AddNullToObject(into(arena, object), name);
}

void
json_put(struct arena *arena, struct json *object, const char *name,
    struct json *value)
{
	if (value != NULL)
		cJSON_AddItemToObject(into(arena, object), name,
		    &value->item);
}

struct json *
json_append_object(struct arena *arena, struct json *array)
{
	cJSON *parent, *item;

	parent = into(arena, array);
	item = cJSON_CreateObject();
	return cJSON_AddItemToArray(parent, item) ?
	    (struct json *)item : NULL;
}

void
json_append_text(struct arena *arena, struct json *array, const char *text)
{
	cJSON *parent;

	parent = into(arena, array);
	cJSON_AddItemToArray(parent, cJSON_CreateString(text));
}

char *
json_print(struct arena *arena, const struct json *value)
{
	/* A value of which a part found no memory is not the value. */
	if (value == NULL || arena_failed(arena))
		return NULL;
	into(arena, NULL);
	return cJSON_PrintUnformatted(&value->item);
}

const char *
json_library(void)
{
	return cJSON_Version();
}
