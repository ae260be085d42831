#include "base/address.h"
#include "base/base.h"
#include "base/err.h"
#include "base/arena.h"
#include "base/conf.h"
#include "base/ctx.h"
#include "base/log.h"
#include "http/client.h"

void
client_find(struct ctx *ctx, struct request *req)
{
	const char *agent, *address, *https;

	address = request_variable(req, "REMOTE_ADDR");
	agent = request_variable(req, "HTTP_USER_AGENT");
	https = request_variable(req, "HTTPS");
	ctx->address = address != NULL ? address : "";
	ctx->user_agent = agent != NULL ? agent : "";
	req->is_https = https != NULL && strcasecmp(https, "on") == 0;
	log_address(ctx->address);
}

static bool
is_trusted(const struct conf_nets *proxies, const struct address *address)
{
	size_t i;

	for (i = 0; i < proxies->count; i++)
		if (address_net_has(&proxies->net[i], address))
			return true;
	return false;
}

/* One entry of the list, between two commas, without blanks around it. */
static bool
read_entry(char *entry, struct address *out)
{
	size_t length;

	entry += strspn(entry, " \t");
	length = strlen(entry);
	while (length > 0 && (entry[length - 1] == ' ' ||
	    entry[length - 1] == '\t'))
		entry[--length] = '\0';
	return address_parse(entry, out);
}

/*
 * Read from the right: what stands left of the first address that is not a
 * proxy of ours may be the client's own invention.
 */
static bool
find_client(const struct conf_nets *proxies, char *list, struct address *out)
{
	char *comma;

	do {
		if ((comma = strrchr(list, ',')) != NULL)
			*comma = '\0';
		if (!read_entry(comma != NULL ? comma + 1 : list, out))
			return false;
	} while (comma != NULL && is_trusted(proxies, out));
	return true;
}

/*
 * Whoever cannot be told shares what the proxy has, but the log does not say
 * that it was the proxy, because who reads it would ban all of its clients.
 */
static void
find_forwarded(struct ctx *ctx, const struct request *req)
{
	struct address	 address;
	const char	*value = NULL;
	char		*list, *text;
	enum err	 err;

	err = request_header(req, "HTTP_X_FORWARDED_FOR", &value);
	if (err == OK && value == NULL)
		return;
	list = arena_strdup(ctx->arena, value);
	text = arena_alloc(ctx->arena, ADDRESS_TEXT_SIZE);
	if (list == NULL || text == NULL ||
	    !find_client(&ctx->conf->trusted_proxies, list, &address)) {
		log_address(NULL);
		return;
	}
	address_text(&address, text);
	ctx->address = text;
	log_address(text);
}

void
client_behind_proxy(struct ctx *ctx, struct request *req)
{
	const struct conf_nets	*proxies = &ctx->conf->trusted_proxies;
	const char		*scheme = NULL;
	struct address		 address;

	if (proxies->count == 0 || !address_parse(ctx->address, &address) ||
	    !is_trusted(proxies, &address))
		return;

	find_forwarded(ctx, req);
	if (request_header(req, "HTTP_X_FORWARDED_PROTO", &scheme) != OK ||
	    scheme == NULL)
		return;
	if (strcasecmp(scheme, "https") == 0)
		req->is_https = true;
	else if (strcasecmp(scheme, "http") == 0)
		req->is_https = false;
}
