#include "base/base.h"
#include "http/cookie.h"

static const char *const names[] = {
	[COOKIE_ACCESS]		= "accessToken",
	[COOKIE_REFRESH]	= "refreshToken",
	[COOKIE_DEVICE]		= "device",
};

static const char *const same_site[] = {
	[SAME_SITE_STRICT]	= "Strict",
	[SAME_SITE_LAX]		= "Lax",
	[SAME_SITE_NONE]	= "None",
};

static char *
skip(char *text, const char *start)
{
	const size_t length = strlen(start);

	return strncmp(text, start, length) == 0 ? text + length : NULL;
}

/*
 * Which of ours a pair begins with, and what stands behind its `=`;
 * COOKIE__MAX: somebody else's.
 */
static enum cookie
read_pair(const struct ctx *ctx, char *pair, char **value)
{
	char		*name, *rest;
	enum cookie	 cookie;

	if ((name = skip(pair, ctx->conf->cookie_prefix)) == NULL)
		return COOKIE__MAX;
	for (cookie = 0; cookie < COOKIE__MAX; cookie++) {
		if ((rest = skip(name, names[cookie])) == NULL)
			continue;
		rest += strspn(rest, " \t");
		if (*rest != '=')
			continue;
		*value = rest + 1;
		break;
	}
	return cookie;
}

/* Whether a pair hides a cookie of ours behind a comma. */
static bool
is_joined(const struct ctx *ctx, char *pair)
{
	char *comma = pair, *value;

	while ((comma = strchr(comma, ',')) != NULL) {
		comma++;
		comma += strspn(comma, " \t");
		if (read_pair(ctx, comma, &value) != COOKIE__MAX)
			return true;
	}
	return false;
}

static char *
trim(char *value)
{
	char *end;

	value += strspn(value, " \t");
	for (end = value + strlen(value); end > value &&
	    (end[-1] == ' ' || end[-1] == '\t'); end--)
		end[-1] = '\0';
	return value;
}

static const char *
or_absent(const char *value)
{
	if (value == NULL || *value == '\0' ||
	    strcmp(value, "undefined") == 0)
		return NULL;
	return value;
}

enum err
cookies_find(struct ctx *ctx, const char *header,
    const char *out[COOKIE__MAX])
{
	char		*found[COOKIE__MAX] = { NULL }, *rest, *pair, *value;
	enum cookie	 cookie;

	if (header == NULL)
		header = "";
	if ((rest = arena_strdup(ctx->arena, header)) == NULL)
		return E_INTERNAL;

	while ((pair = strsep(&rest, ";")) != NULL) {
		pair += strspn(pair, " \t");
		if (is_joined(ctx, pair))
			return E_AMBIGUOUS;
		cookie = read_pair(ctx, pair, &value);
		if (cookie == COOKIE__MAX)
			continue;
		if (found[cookie] != NULL || strchr(value, ',') != NULL)
			return E_AMBIGUOUS;
		found[cookie] = trim(value);
	}
	for (cookie = 0; cookie < COOKIE__MAX; cookie++)
		out[cookie] = or_absent(found[cookie]);
	return OK;
}

/* Behind an empty prefix theirs are ours. */
static bool
has_legacy(const struct conf *conf)
{
	return conf->compat == COMPAT_CHAI && *conf->cookie_prefix != '\0';
}

/* Of two, one may be what another host of the domain has put there. */
const char *
cookie_legacy(struct ctx *ctx, const char *header)
{
	const char *found = NULL;
	char *rest, *pair, *value;

	if (header == NULL || !has_legacy(ctx->conf))
		return NULL;
	rest = arena_strdup(ctx->arena, header);
	while ((pair = strsep(&rest, ";")) != NULL) {
		pair += strspn(pair, " \t");
		value = skip(pair, names[COOKIE_REFRESH]);
		if (value == NULL || *value != '=')
			continue;
		value = trim(value + 1);
		if (found != NULL && strcmp(found, value) != 0)
			return NULL;
		found = value;
	}
	return or_absent(found);
}

const char *
cookie_expire_legacy(struct ctx *ctx, enum cookie cookie)
{
	if (!has_legacy(ctx->conf))
		return NULL;
	return arena_printf(ctx->arena,
	    "%s=; Path=/; Max-Age=0; HttpOnly; Secure", names[cookie]);
}

const char *
cookie_make(struct ctx *ctx, enum cookie cookie, const char *value,
    int64_t age)
{
	const struct conf	*conf = ctx->conf;

	if (value == NULL) {
		value = "";
		age = 0;
	}
	return arena_printf(ctx->arena, "%s%s=%s; Path=%s; Max-Age=%" PRId64
	    "; HttpOnly; Secure; SameSite=%s", conf->cookie_prefix,
	    names[cookie], value, conf->cookie_path, age,
	    same_site[conf->cookie_same_site]);
}
