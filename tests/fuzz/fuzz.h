/*
 * What the harnesses share.  A harness is a parser under libFuzzer: whatever
 * bytes come, no sanitizer may complain, and what is accepted must be as the
 * parser's header promises.  assert() tells of the latter.
 */
#ifndef DARBAN_TESTS_FUZZ_H
#define DARBAN_TESTS_FUZZ_H

#include "base/base.h"
#include "base/conf.h"
#include "base/ctx.h"
#include "base/text.h"
#include "account/token.h"
#include "http/request.h"

/* libFuzzer calls it with one input after the other. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input as text that ends where a sanitizer sees it, for free(). */
static inline char *
fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	assert(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

/* What requests stand on: a configuration, keys, an arena; made once. */
static inline struct ctx *
fuzz_ctx(void)
{
	static unsigned char	 bytes[2][33] = {
		"access key of the fuzzer, 32 byt",
		"refresh key of the fuzzer, 32 by",
	};
	static char		 name[] = "darban", prefix[] = "__Host-";
	static char		 allowed[] = "https://app.example.net";
	static char		*origins[] = { allowed };
	static struct conf_key	 key[2];
	static struct conf	 conf;
	static struct keyring	*keys;
	static struct arena	*arena;
	static struct ctx	 ctx;

	if (arena == NULL) {
		key[0] = (struct conf_key){ "a1", bytes[0], 32 };
		key[1] = (struct conf_key){ "r1", bytes[1], 32 };
		conf.access_keys = (struct conf_keys){ &key[0], 1 };
		conf.refresh_keys = (struct conf_keys){ &key[1], 1 };
		conf.issuer = conf.audience = name;
		conf.cookie_prefix = prefix;
		conf.allowed_origins = (struct conf_list){ origins, 1 };
		arena = arena_new();
		assert(arena != NULL && keyring_new(&conf, &keys) == OK);
	}
	arena_wipe(arena);
	ctx = (struct ctx){
		.arena = arena,
		.conf = &conf,
		.keys = keys,
		.now = INT64_C(1767225600000),	/* 2026-01-01 */
	};
	return &ctx;
}

/* The input as what is left of a body. */
struct fuzz_body {
	const uint8_t	*data;
	size_t		 size;
};

static inline size_t
fuzz_read(void *arg, void *out, size_t size)
{
	struct fuzz_body *body = arg;

	if (size > body->size)
		size = body->size;
	memcpy(out, body->data, size);
	body->data += size;
	body->size -= size;
	return size;
}

/*
 * Reads the input as a body of this type.  Whatever is accepted is valid
 * text.
 */
static inline enum err
fuzz_read_body(struct ctx *ctx, const char *type, const uint8_t *data,
    size_t size, struct member **members)
{
	static char		*no_environment[] = { NULL };
	struct fuzz_body	 body = { data, size };
	const struct transport	 transport = {
		.environment = no_environment,
		.read = fuzz_read,
		.arg = &body,
	};
	struct request		 req = {
		.transport = &transport,
		.content_type = type,
		.content_length = size,
	};
	const struct member	*member;
	enum err		 err = request_read_body(ctx, &req);

	assert(err == OK || err == E_MALFORMED);
	assert(!arena_failed(ctx->arena));
	for (member = req.members; member != NULL; member = member->next) {
		assert(text_is_valid(member->name, strlen(member->name)));
		assert((member->type == JSON_TEXT) == (member->text != NULL));
		if (member->text != NULL)
			assert(text_is_valid(member->text,
			    strlen(member->text)));
	}
	*members = req.members;
	return err;
}

#endif
