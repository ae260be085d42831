/* A body that is a form: written again, every byte escaped, it is the same. */
#include "fuzz.h"

#define FORM "application/x-www-form-urlencoded"

static size_t
escape(char *out, const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++, n += 3)
		(void)snprintf(out + n, 4, "%%%02x", (unsigned char)*text);
	return n;
}

/* Every pair has `=`, so that an empty one is a pair too. */
static char *
write_form(struct ctx *ctx, const struct member *member, size_t size,
    size_t *length)
{
	char *out = arena_alloc(ctx->arena, 5 * size + 4);

	assert(out != NULL);
	for (*length = 0; member != NULL; member = member->next) {
		*length += escape(out + *length, member->name);
		out[(*length)++] = '=';
		*length += escape(out + *length, member->text);
		out[(*length)++] = '&';
	}
	assert(*length <= 5 * size + 1);
	return out;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ctx	*ctx = fuzz_ctx();
	struct member	*once, *again;
	size_t		 length;
	char		*text;

	if (fuzz_read_body(ctx, FORM, data, size, &once) != OK)
		return 0;
	text = write_form(ctx, once, size, &length);
	assert(fuzz_read_body(ctx, FORM, (const uint8_t *)text, length,
	    &again) == OK);
	for (; once != NULL; once = once->next, again = again->next) {
		assert(again != NULL && once->from_form);
		assert(strcmp(once->name, again->name) == 0);
		assert(strcmp(once->text, again->text) == 0);
	}
	assert(again == NULL);
	return 0;
}
