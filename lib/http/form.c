#include "base/base.h"
#include "base/err.h"
#include "base/arena.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/text.h"
#include "http/request.h"
#include "http/form.h"

static bool
unescape(const char *text, char *out)
{
	const char digits[] = { text[0], text[1], '\0' };

	return hex_decode(digits, out, 1);
}

static enum err
decode(struct arena *arena, const char *text, size_t size, const char **out)
{
	char	*decoded;
	size_t	 i, n = 0;

	if ((decoded = arena_alloc(arena, size + 1)) == NULL)
		return E_INTERNAL;
	for (i = 0; i < size; i++) {
		if (text[i] == '+') {
			decoded[n++] = ' ';
		} else if (text[i] != '%') {
			decoded[n++] = text[i];
		} else if (size - i > 2 && unescape(text + i + 1,
		    &decoded[n])) {
			n++;
			i += 2;
		} else {
			return E_MALFORMED;
		}
	}
	if (!text_is_valid(decoded, n))
		return E_MALFORMED;
	*out = decoded;
	return OK;
}

static enum err
parse_pair(struct arena *arena, const char *pair, size_t size,
    struct member **out)
{
	const char	*equals = memchr(pair, '=', size);
	size_t		 name_size = size, skip = size;
	struct member	*member;
	enum err	 err;

	if (equals != NULL) {
		name_size = (size_t)(equals - pair);
		skip = name_size + 1;
	}
	if ((member = arena_alloc(arena, sizeof(*member))) == NULL)
		return E_INTERNAL;
	member->type = JSON_TEXT;
	member->from_form = true;
	if ((err = decode(arena, pair, name_size, &member->name)) != OK ||
	    (err = decode(arena, pair + skip, size - skip,
	    &member->text)) != OK)
		return err;
	*out = member;
	return OK;
}

enum err
form_parse(struct arena *arena, const char *text, size_t size,
    struct member **out)
{
	const char	 *rest = text, *end = text + size, *amp;
	struct member	 *first = NULL, **last = &first;
	size_t		  length;
	enum err	  err;

	while (rest < end) {
		length = (size_t)(end - rest);
		if ((amp = memchr(rest, '&', length)) != NULL)
			length = (size_t)(amp - rest);
		if (length > 0) {
			if ((err = parse_pair(arena, rest, length,
			    last)) != OK)
				return err;
			last = &(*last)->next;
		}
		rest += length + 1;
	}
	*out = first;
	return OK;
}
