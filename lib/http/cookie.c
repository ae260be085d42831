#include "base/base.h"
#include "http/cookie.h"

static const char *const names[] = {
	[COOKIE_ACCESS]		= "accessToken",
	[COOKIE_REFRESH]	= "refreshToken",
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

/* What stands behind the cookie's name and `=` at the start of a pair. */
static char *
value_in(const struct ctx *ctx, char *pair, enum cookie cookie)
{
	char *rest;

	if ((rest = skip(pair, ctx->conf->cookie_prefix)) == NULL ||
	    (rest = skip(rest, names[cookie])) == NULL)
		return NULL;
	rest += strspn(rest, " \t");
	return *rest == '=' ? rest + 1 : NULL;
}

/* Whether a pair hides the cookie behind a comma. */
static bool
is_joined(const struct ctx *ctx, char *pair, enum cookie cookie)
{
	char *comma = pair;

	while ((comma = strchr(comma, ',')) != NULL) {
		comma++;
		comma += strspn(comma, " \t");
		if (value_in(ctx, comma, cookie) != NULL)
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

enum err
cookie_find(struct ctx *ctx, const char *header, enum cookie cookie,
    const char **out)
{
	char		*rest, *pair, *value, *found = NULL;
	bool		 is_there = false;

	if (header == NULL)
		header = "";
	if ((rest = arena_strdup(ctx->arena, header)) == NULL)
		return E_INTERNAL;

	while ((pair = strsep(&rest, ";")) != NULL) {
		pair += strspn(pair, " \t");
		if (is_joined(ctx, pair, cookie))
			return E_AMBIGUOUS;
		if ((value = value_in(ctx, pair, cookie)) == NULL)
			continue;
		if (is_there || strchr(value, ',') != NULL)
			return E_AMBIGUOUS;
		is_there = true;
		found = trim(value);
	}
	if (found != NULL &&
	    (*found == '\0' || strcmp(found, "undefined") == 0))
		found = NULL;
	*out = found;
	return OK;
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
