/*
 * What darban init writes: a short file of what a site decides, with fresh
 * keys.  Everything else has its default, and its place in darban.conf(5).
 */
#include "command.h"
#include "base/clock.h"
#include "base/crypto.h"

enum { KEY_SIZE = 48 };	/* bytes; 64 characters of base64, no padding */

/* The file; a NULL value is a fresh key, with its name where `kid`. */
static const struct {
	const char	*comment;
	const char	*name;
	const char	*value;
	bool		 kid;
	bool		 standard;	/* a comment until it is --set */
} lines[] = {
	{ "# Where accounts and sessions are kept.\n",
	    "store", "sqlite:darban.db", false, false },
	{ "# What signs access and refresh tokens: the first key signs, all\n"
	    "# verify.  Hosts that share a store share these and the secret.\n",
	    "access_keys", NULL, true, false },
	{ "", "refresh_keys", NULL, true, false },
	{ "", "secret", NULL, false, false },
	{ "# The site, as browsers see it.\n",
	    "origin", "https://example.org", false, true },
	{ "# Whether strangers may make an account: open or closed.\n",
	    "registration", "closed", false, true },
};

/* The value that the last --set of this name gives, or NULL. */
static const char *
value_set(const struct invocation *in, const char *name, size_t length)
{
	const char	*set;
	size_t		 i;

	for (i = in->sets; i-- > 0;) {
		set = in->set[i];
		if (strncmp(set, name, length) == 0 && set[length] == '=')
			return set + length + 1;
	}
	return NULL;
}

/* "KID:base64:..." or "base64:..."; NULL: no luck. */
char *
fresh_key(struct invocation *in, const char *kid)
{
	unsigned char	 key[KEY_SIZE];
	char		*text = NULL;

	if (crypto_random(key, sizeof(key)) == OK)
		text = base64url_encode(in->ctx.arena, key, sizeof(key));
	crypto_wipe(key, sizeof(key));
	if (text == NULL)
		return NULL;
	return arena_printf(in->ctx.arena, "%s%sbase64:%s",
	    kid == NULL ? "" : kid, kid == NULL ? "" : ":", text);
}

/* One setting of the table, as it was --set or as it stands there. */
static char *
setting_line(struct invocation *in, size_t i)
{
	const char	*value;
	char		 iso[CLOCK_ISO_SIZE];
	bool		 is_set;

	value = value_set(in, lines[i].name, strlen(lines[i].name));
	is_set = value != NULL;
	if (!is_set)
		value = lines[i].value;
	/* Named by the month. */
	clock_iso(in->ctx.now, iso);
	iso[7] = '\0';
	if (value == NULL && (value = fresh_key(in,
	    lines[i].kid ? iso : NULL)) == NULL)
		return NULL;
	return arena_printf(in->ctx.arena, "%s%s%s%s = %s\n",
	    *lines[i].comment == '\0' ? "" : "\n", lines[i].comment,
	    lines[i].standard && !is_set ? "#" : "", lines[i].name, value);
}

static bool
is_in_table(const char *name, size_t length)
{
	size_t i;

	for (i = 0; i < NELEMS(lines); i++)
		if (strlen(lines[i].name) == length &&
		    strncmp(lines[i].name, name, length) == 0)
			return true;
	return false;
}

char *
init_conf(struct invocation *in)
{
	struct arena	*arena = in->ctx.arena;
	const char	*line, *value;
	char		*text;
	size_t		 i, length;

	text = arena_printf(arena, "# darban.conf(5) says what each setting "
	    "means.  Who can read this file\n# can make tokens for every "
	    "account.\n");
	for (i = 0; text != NULL && i < NELEMS(lines); i++) {
		line = setting_line(in, i);
		text = line == NULL ? NULL :
		    arena_printf(arena, "%s%s", text, line);
	}
	for (i = 0; text != NULL && i < in->sets; i++) {
		length = strcspn(in->set[i], "=");
		value = value_set(in, in->set[i], length);
		/* Of several the last one, which value_set has found. */
		if (!is_in_table(in->set[i], length) &&
		    value == in->set[i] + length + 1)
			text = arena_printf(arena, "%s\n%.*s = %s\n", text,
			    (int)length, in->set[i], value);
	}
	return text;
}

enum outcome
refuse_init(const struct invocation *in)
{
	const char	*set;
	size_t		 i, length;

	for (i = 0; i < in->sets; i++) {
		set = in->set[i];
		length = strspn(set, "abcdefghijklmnopqrstuvwxyz_");
		/* A second line would bring a setting of its own along. */
		if (length == 0 || set[length] != '=' ||
		    strpbrk(set, "\r\n") != NULL)
			return wrong_use(in, "--set wants NAME=VALUE");
	}
	return DONE;
}
