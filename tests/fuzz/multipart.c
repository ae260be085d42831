/*
 * Bodies of multipart/form-data: a line that is the Content-Type, then the
 * body.
 */
#include "fuzz.h"
#include "http/multipart.h"

static void
check_text(const char *text)
{
	assert(text == NULL || text_is_valid(text, strlen(text)));
}

/* The parts lie in the body, one behind the other. */
static void
check_parts(const struct part *part, const char *body, size_t size)
{
	const char	*at = body;
	int		 count = 0;

	for (; part != NULL; part = part->next) {
		assert(++count <= PARTS_MAX);
		assert(part->name != NULL);
		check_text(part->name);
		check_text(part->filename);
		check_text(part->type);
		assert(part->bytes >= at);
		assert((size_t)(part->bytes - body) <= size);
		assert(part->size <= size - (size_t)(part->bytes - body));
		at = part->bytes + part->size;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ctx	*ctx = fuzz_ctx();
	const uint8_t	*newline = size > 0 ? memchr(data, '\n', size) : NULL;
	struct part	*part;
	char		*type, *body;
	size_t		 rest;
	enum err	 err;

	if (newline == NULL)
		return 0;
	type = fuzz_text(data, (size_t)(newline - data));
	rest = size - (size_t)(newline - data) - 1;
	/* Without a NUL behind it, where a sanitizer sees its end. */
	body = malloc(rest > 0 ? rest : 1);
	assert(body != NULL);
	memcpy(body, newline + 1, rest);

	if (multipart_is(type)) {
		err = multipart_parse(ctx->arena, type, body, rest, &part);
		assert(err == OK || err == E_MALFORMED);
		assert(!arena_failed(ctx->arena));
		if (err == OK)
			check_parts(part, body, rest);
	}
	free(body);
	free(type);
	return 0;
}
