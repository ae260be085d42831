#include <utf8proc.h>

#include "base/base.h"
#include "base/arena.h"
#include "base/text.h"

enum {
	NEXT_LINE = 0x85,
	ZERO_WIDTH_NON_JOINER = 0x200C,
	ZERO_WIDTH_JOINER = 0x200D,
	BYTE_ORDER_MARK = 0xFEFF,
};

bool
text_is_valid(const char *bytes, size_t size)
{
	const char *end = bytes + size;
	utf8proc_int32_t point;
	utf8proc_ssize_t n;

	while (bytes < end) {
		/* ASCII takes the short way: most text is nothing else. */
		if ((*bytes & 0x80) == 0 && *bytes != '\0') {
			bytes++;
			continue;
		}
		n = utf8proc_iterate((const utf8proc_uint8_t *)bytes,
		    end - bytes, &point);
		if (n < 1 || point == 0)
			return false;
		bytes += n;
	}
	return true;
}

/*
 * The code point at `text`, which the function moves behind it, or 0 at the
 * end.  Text that nobody has checked is a programmer's error.
 */
static utf8proc_int32_t
next_point(const char **text)
{
	utf8proc_int32_t point;
	utf8proc_ssize_t n;

	if (**text == '\0')
		return 0;
	n = utf8proc_iterate((const utf8proc_uint8_t *)*text, -1, &point);
	assert(n > 0);
	*text += n;
	return point;
}

size_t
text_length(const char *text)
{
	size_t length = 0;

	/* Every code point has exactly one byte that is not 10xxxxxx. */
	for (; *text != '\0'; text++)
		if ((*text & 0xC0) != 0x80)
			length++;
	return length;
}

static bool
is_separator(utf8proc_int32_t point)
{
	utf8proc_category_t category = utf8proc_category(point);

	return category == UTF8PROC_CATEGORY_ZL ||
	    category == UTF8PROC_CATEGORY_ZP;
}

static bool
is_space(utf8proc_int32_t point)
{
	return (point >= '\t' && point <= '\r') || point == NEXT_LINE ||
	    point == BYTE_ORDER_MARK || is_separator(point) ||
	    utf8proc_category(point) == UTF8PROC_CATEGORY_ZS;
}

static bool
is_joiner(utf8proc_int32_t point)
{
	return point == ZERO_WIDTH_NON_JOINER || point == ZERO_WIDTH_JOINER;
}

/*
 * Unicode counts the joiners to Cf with the invisible rest, but they are part
 * of how words are spelled: Persian and Hindi names need them, and most emoji
 * of more than one person are joined by one.
 */
static bool
is_control(utf8proc_int32_t point)
{
	utf8proc_category_t category = utf8proc_category(point);

	if (is_joiner(point))
		return false;
	return category == UTF8PROC_CATEGORY_CC ||
	    category == UTF8PROC_CATEGORY_CF || is_separator(point);
}

bool
text_has_space(const char *text)
{
	utf8proc_int32_t point;

	while ((point = next_point(&text)) != 0)
		if (is_space(point))
			return true;
	return false;
}

bool
text_is_blank(const char *text)
{
	utf8proc_int32_t point;

	while ((point = next_point(&text)) != 0)
		if (!is_space(point))
			return false;
	return true;
}

bool
text_has_control(const char *text)
{
	utf8proc_int32_t point;

	while ((point = next_point(&text)) != 0)
		if (is_control(point))
			return true;
	return false;
}

bool
text_has_ignorable(const char *text)
{
	utf8proc_int32_t point;

	while ((point = next_point(&text)) != 0)
		if (utf8proc_get_property(point)->ignorable)
			return true;
	return false;
}

char *
text_trim(struct arena *arena, const char *text)
{
	const char *start = NULL, *end = NULL, *at;
	utf8proc_int32_t point;

	if (text == NULL)
		return NULL;
	for (at = text; (point = next_point(&text)) != 0; at = text) {
		if (is_space(point))
			continue;
		if (start == NULL)
			start = at;
		end = text;
	}
	if (start == NULL)
		return arena_strdup(arena, "");
	return arena_strndup(arena, start, (size_t)(end - start));
}

char *
text_lower(struct arena *arena, const char *text)
{
	utf8proc_int32_t point;
	char *lower, *end;

	/*
	 * The lower case may be longer: U+023A has two bytes, and its U+2C65
	 * has three.  ASCII stays ASCII, and no code point has more than four
	 * bytes, so that twice as many are always enough.
	 */
	if (text == NULL ||
	    (lower = arena_alloc(arena, 2 * strlen(text) + 1)) == NULL)
		return NULL;
	end = lower;
	while ((point = next_point(&text)) != 0)
		end += utf8proc_encode_char(utf8proc_tolower(point),
		    (utf8proc_uint8_t *)end);
	*end = '\0';
	return lower;
}

/*
 * utf8proc_NFC would leave pieces of a password in memory that it has given
 * back to malloc; its two halves work in ours.
 */
char *
text_nfc(struct arena *arena, const char *text)
{
	const utf8proc_option_t options = UTF8PROC_NULLTERM |
	    UTF8PROC_STABLE | UTF8PROC_COMPOSE;
	const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)text;
	utf8proc_int32_t *points;
	utf8proc_ssize_t count;

	if (text == NULL)
		return NULL;
	count = utf8proc_decompose(bytes, 0, NULL, 0, options);
	assert(count >= 0);

	/* The text takes the place of the points; one more is for its NUL. */
	points = arena_alloc(arena, ((size_t)count + 1) * sizeof(*points));
	if (points == NULL)
		return NULL;
	utf8proc_decompose(bytes, 0, points, count, options);
	utf8proc_reencode(points, count, options);
	return (char *)points;
}

char *
text_excerpt(struct arena *arena, const char *bytes, size_t max)
{
	const char *end;
	utf8proc_int32_t point;
	utf8proc_ssize_t n;
	char *text, *to;
	size_t size;

	if (bytes == NULL)
		return NULL;
	size = strnlen(bytes, max);
	if ((text = to = arena_alloc(arena, size + 1)) == NULL)
		return NULL;

	for (end = bytes + size; bytes < end; bytes += n) {
		n = utf8proc_iterate((const utf8proc_uint8_t *)bytes,
		    end - bytes, &point);
		if (n < 1 || is_control(point)) {
			*to++ = '?';
			n = n < 1 ? 1 : n;
		} else {
			memcpy(to, bytes, (size_t)n);
			to += n;
		}
	}
	*to = '\0';
	return text;
}

const char *
text_library(void)
{
	return utf8proc_version();
}
