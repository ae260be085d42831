#include <cjson/cJSON.h>

#include "base/base.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"
#include "base/json.h"

/*
 * cJSON sees to the structure; what it is too lenient about is refused before
 * it sees anything: control characters for white space, a byte order mark,
 * numbers as strtod reads them, the end of a string at \u0000, and a depth
 * that its recursion would follow to 1000.
 */
enum { DEPTH_MAX = 32 };

/* A node of the tree is a cJSON node, and nothing more. */
struct json {
	cJSON	item;
};

#define DIGITS	"0123456789"
#define HEX	DIGITS "abcdefABCDEF"

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

/* The scan functions return what stands behind the token at `p`, or NULL. */
static const char *
scan_digits(const char *p)
{
	const size_t n = strspn(p, DIGITS);

	return n > 0 ? p + n : NULL;
}

static const char *
scan_number(const char *p)
{
	if (*p == '-')
		p++;
	p = *p == '0' ? p + 1 : scan_digits(p);
	if (p != NULL && *p == '.')
		p = scan_digits(p + 1);
	if (p != NULL && (*p == 'e' || *p == 'E')) {
		p++;
		p = scan_digits(*p == '+' || *p == '-' ? p + 1 : p);
	}
	/* "01" is not two tokens: cJSON would read it as one. */
	return p != NULL && strspn(p, DIGITS "+-.eE") == 0 ? p : NULL;
}

static const char *
scan_escape(const char *p)
{
	if (p[1] == 'u')
		return strspn(p + 2, HEX) >= 4 &&
		    strncmp(p + 2, "0000", 4) != 0 ? p + 6 : NULL;
	return strspn(p + 1, "\"\\/bfnrt") > 0 ? p + 2 : NULL;
}

static const char *
scan_string(const char *p)
{
	p++;
	while (p != NULL && *p != '"') {
		if (*p == '\\')
			p = scan_escape(p);
		else
			/* The end of the text is a control character too. */
			p = (unsigned char)*p >= ' ' ? p + 1 : NULL;
	}
	return p != NULL ? p + 1 : NULL;
}

static const char *
scan_word(const char *p)
{
	static const char *const words[] = { "null", "true", "false" };
	size_t i;

	for (i = 0; i < NELEMS(words); i++)
		if (strncmp(p, words[i], strlen(words[i])) == 0)
			return p + strlen(words[i]);
	return NULL;
}

/* True where every token of the text is one of JSON, and none too deep. */
static bool
is_strict(const char *p)
{
	int depth = 0;

	while (p != NULL && *p != '\0' && depth <= DEPTH_MAX) {
		if (strspn(p, "-" DIGITS) > 0)
			p = scan_number(p);
		else if (*p == '"')
			p = scan_string(p);
		else if (strspn(p, "[]{},: \t\r\n") == 0)
			p = scan_word(p);
		else {
			if (*p == '[' || *p == '{')
				depth++;
			else if (*p == ']' || *p == '}')
				depth--;
			p++;
		}
	}
	return p != NULL && *p == '\0';
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
	if (!is_strict(copy))
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
