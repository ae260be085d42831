#include "base/base.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "base/extended.h"

/* From where on a whole number may not be what it looks like. */
static const int64_t number_max = INT64_C(1) << 53;

/* 1970 to 9999: only these years does relaxed JSON write as such. */
static const int64_t time_max = INT64_C(253402300799999);

/* What `{ name: ... }` wraps, or NULL: it is another value. */
static const struct json *
unwrap(const struct json *value, const char *name)
{
	const struct json *only;

	if (json_type(value) != JSON_OBJECT ||
	    (only = json_first(value)) == NULL || json_next(only) != NULL ||
	    strcmp(json_name(only), name) != 0)
		return NULL;
	return only;
}

static const char *
text_in(const struct json *value, const char *name)
{
	const struct json *only = unwrap(value, name);

	return only != NULL && json_type(only) == JSON_TEXT ?
	    json_text(only) : NULL;
}

bool
extended_id(const struct json *value, struct id *out)
{
	if (json_type(value) == JSON_TEXT)
		return id_parse(json_text(value), out);
	return id_parse(text_in(value, "$oid"), out);
}

/* A number in one spelling: no blank, no plus, nothing behind it. */
static bool
read_long(const char *text, int64_t *out)
{
	char		*end;
	long long	 number;

	if (text[*text == '-'] < '0' || text[*text == '-'] > '9')
		return false;
	errno = 0;
	number = strtoll(text, &end, 10);
	if (errno != 0 || *end != '\0')
		return false;
	*out = number;
	return true;
}

/* One with a fraction of nothing but zeros; 1.0E+3 nobody needs. */
static bool
read_double(const char *text, int64_t *out)
{
	const size_t	length = strspn(text, "-0123456789");
	char		whole[24];

	if (length >= sizeof(whole))
		return false;
	memcpy(whole, text, length);
	whole[length] = '\0';
	text += length;
	if (*text == '.')
		text += 1 + strspn(text + 1, "0");
	return *text == '\0' && read_long(whole, out);
}

bool
extended_number(const struct json *value, int64_t *out)
{
	const char *text;

	if (json_type(value) == JSON_NUMBER)
		return json_integer(value, out);
	if ((text = text_in(value, "$numberInt")) != NULL ||
	    (text = text_in(value, "$numberLong")) != NULL)
		return read_long(text, out);
	text = text_in(value, "$numberDouble");
	return text != NULL && read_double(text, out);
}

bool
extended_time(const struct json *value, int64_t *out)
{
	const struct json *inner;

	if (json_type(value) == JSON_TEXT)
		return clock_parse(json_text(value), out);
	if ((inner = unwrap(value, "$date")) == NULL)
		return false;
	if (json_type(inner) == JSON_TEXT)
		return clock_parse(json_text(inner), out);
	return extended_number(inner, out);
}

void
extended_add_id(struct arena *arena, struct json *object, const char *name,
    const struct id *id)
{
	char hex[ID_HEX_SIZE];

	id_hex(id, hex);
	json_add_text(arena, json_add_object(arena, object, name), "$oid",
	    hex);
}

static void
add_long(struct arena *arena, struct json *object, const char *name,
    int64_t number)
{
	json_add_text(arena, json_add_object(arena, object, name),
	    "$numberLong", arena_printf(arena, "%" PRId64, number));
}

void
extended_add_time(struct arena *arena, struct json *object, const char *name,
    int64_t time)
{
	struct json	*date = json_add_object(arena, object, name);
	char		 iso[CLOCK_ISO_SIZE];

	if (time < 0 || time > time_max) {
		add_long(arena, date, "$date", time);
		return;
	}
	clock_iso(time, iso);
	json_add_text(arena, date, "$date", iso);
}

void
extended_add_number(struct arena *arena, struct json *object,
    const char *name, int64_t number)
{
	if (number <= -number_max || number >= number_max)
		add_long(arena, object, name, number);
	else
		json_add_integer(arena, object, name, number);
}

void
extended_append_id(struct arena *arena, struct json *array,
    const struct id *id)
{
	char hex[ID_HEX_SIZE];

	id_hex(id, hex);
	json_add_text(arena, json_append_object(arena, array), "$oid", hex);
}
