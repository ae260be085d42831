#include "base/base.h"
#include "base/err.h"
#include "base/arena.h"
#include "base/conf.h"
#include "base/crypto.h"
#include "base/ctx.h"
#include "account/secret.h"

enum err
secret_mac(struct ctx *ctx, const char *label, const void *data, size_t size,
    unsigned char out[MAC_SIZE])
{
	const size_t	 length = strlen(label) + 1;
	unsigned char	*labelled;

	labelled = arena_alloc(ctx->arena, length + size);
	if (labelled == NULL)
		return E_INTERNAL;
	memcpy(labelled, label, length);
	memcpy(labelled + length, data, size);
	return crypto_mac(ctx->conf->secret, ctx->conf->secret_size,
	    labelled, length + size, out);
}
