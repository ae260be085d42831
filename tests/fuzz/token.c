/*
 * A token as it was sent; and, because no fuzzer finds a signature, the input
 * as a payload that is well signed.  What is believed is written and read
 * again.
 */
#include "fuzz.h"
#include "base/crypto.h"

static const char *const headers[TOKEN__MAX] = {
	[TOKEN_ACCESS] = "{\"alg\":\"HS256\",\"kid\":\"a1\",\"typ\":\"JWT\"}",
	[TOKEN_REFRESH] = "{\"alg\":\"HS256\",\"kid\":\"r1\",\"typ\":\"JWT\"}",
};

static char *
sign(struct ctx *ctx, enum token_use use, const uint8_t *data, size_t size)
{
	const struct conf_key	*key = use == TOKEN_ACCESS ?
				    ctx->conf->access_keys.key :
				    ctx->conf->refresh_keys.key;
	unsigned char		 mac[MAC_SIZE];
	char			*text;

	text = arena_printf(ctx->arena, "%s.%s",
	    base64url_encode(ctx->arena, headers[use], strlen(headers[use])),
	    base64url_encode(ctx->arena, data, size));
	assert(crypto_mac(key->bytes, key->size, text, strlen(text),
	    mac) == OK);
	return arena_printf(ctx->arena, "%s.%s", text,
	    base64url_encode(ctx->arena, mac, sizeof(mac)));
}

static void
check_again(struct ctx *ctx, enum token_use use, const struct claims *claims)
{
	struct claims	 again;
	char		*token;

	assert(claims->expires_at > ctx->now / 1000);
	assert(token_make(ctx, use, claims, &token) == OK);
	assert(strlen(token) <= TOKEN_MAX);
	assert(token_read(ctx, use, token, &again) == OK);
	assert(id_equal(&claims->user, &again.user));
	assert(id_equal(&claims->session, &again.session));
	assert(claims->issued_at == again.issued_at);
	assert(claims->expires_at == again.expires_at);
	assert(claims->counter == again.counter && again.counter >= 0);
	assert(memcmp(claims->proof, again.proof, MAC_SIZE) == 0);
}

static void
check(struct ctx *ctx, enum token_use use, const char *token)
{
	struct claims	claims;
	enum err	err;

	err = token_read(ctx, use, token, &claims);
	assert(err == OK || err == E_TOKEN);
	if (err == OK)
		check_again(ctx, use, &claims);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ctx	*ctx = fuzz_ctx();
	char		*token = fuzz_text(data, size);
	enum token_use	 use;

	for (use = TOKEN_ACCESS; use < TOKEN__MAX; use++) {
		check(ctx, use, token);
		check(ctx, use, sign(ctx, use, data, size));
	}
	free(token);
	return 0;
}
