#include "base/base.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/ctx.h"

enum err
fail(struct ctx *ctx, enum err err, const char *message)
{
	ctx->message = message;
	return err;
}

enum err
fail_member(struct ctx *ctx, enum err err, const char *field,
    const char *message)
{
	struct member_error *entry, **end = &ctx->member_errors;
	size_t count = 0;

	while (*end != NULL) {
		end = &(*end)->next;
		count++;
	}
	if (count == MEMBER_ERRORS_MAX)
		return err;
	if ((entry = arena_alloc(ctx->arena, sizeof(*entry))) == NULL)
		return E_INTERNAL;
	entry->field = field;
	entry->message = message;
	*end = entry;
	return err;
}

void
ctx_note(struct ctx *ctx, const char *format, ...)
{
	char	 line[512];
	va_list	 args;

	va_start(args, format);
	(void)vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	ctx->note = arena_strdup(ctx->arena, line);
}
