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

const char *
cookie_name(struct ctx *ctx, enum cookie cookie)
{
	return arena_printf(ctx->arena, "%s%s", ctx->conf->cookie_prefix,
	    names[cookie]);
}

/* What stands behind `name` and its `=` at the start of a pair, or NULL. */
static char *
value_in(char *pair, const char *name)
{
	const size_t length = strlen(name);

	if (strncmp(pair, name, length) != 0)
		return NULL;
	pair += length;
	pair += strspn(pair, " \t");
	return *pair == '=' ? pair + 1 : NULL;
}

/* Whether a pair hides the cookie behind a comma. */
static bool
is_joined(char *pair, const char *name)
{
	char *comma;

	for (comma = strchr(pair, ','); comma != NULL;
	    comma = strchr(comma + 1, ','))
		if (value_in(comma + 1 + strspn(comma + 1, " \t"),
		    name) != NULL)
			return true;
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
	const char	*name = cookie_name(ctx, cookie);
	char		*rest, *pair, *value, *found = NULL;
	bool		 is_there = false;

	rest = arena_strdup(ctx->arena, header != NULL ? header : "");
	if (name == NULL || rest == NULL)
		return E_INTERNAL;

	while ((pair = strsep(&rest, ";")) != NULL) {
		pair += strspn(pair, " \t");
		if (is_joined(pair, name))
			return E_AMBIGUOUS;
		if ((value = value_in(pair, name)) == NULL)
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
	const char		*name = cookie_name(ctx, cookie);

	if (name == NULL)
		return NULL;
	if (value == NULL) {
		value = "";
		age = 0;
	}
	return arena_printf(ctx->arena, "%s=%s; Path=%s; Max-Age=%" PRId64
	    "; HttpOnly; Secure; SameSite=%s", name, value, conf->cookie_path,
	    age, same_site[conf->cookie_same_site]);
}
