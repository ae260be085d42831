/* X-Forwarded-For behind a trusted proxy. */
#include "fuzz.h"
#include "base/address.h"
#include "http/client.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ctx		*ctx = fuzz_ctx();
	struct conf		 conf = *ctx->conf;
	struct address_net	 net;
	char			 peer[] = "REMOTE_ADDR=10.0.0.1";
	char			*input = fuzz_text(data, size);
	char			*environment[] = { peer, arena_printf(
				    ctx->arena, "HTTP_X_FORWARDED_FOR=%s",
				    input), NULL };
	const struct transport	 transport = { .environment = environment };
	struct request		 req = { .transport = &transport };
	struct address		 address;

	assert(address_net_parse("10.0.0.0/8", &net));
	conf.trusted_proxies = (struct conf_nets){ &net, 1 };
	ctx->conf = &conf;
	client_find(ctx, &req);
	client_behind_proxy(ctx, &req);
	assert(address_parse(ctx->address, &address));
	free(input);
	return 0;
}
