/*
 * The two lists of keys in a configuration.
 *
 * A key that signs no more must still verify until the last token that it has
 * signed has expired.  When that is stands in the configuration, in a comment
 * above the list: there it goes wherever the keys go, is still there after a
 * reboot, and whoever edits the list reads it.
 */
#include "command.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/conf_edit.h"
#include "account/legacy.h"

bool
keys_find(const struct conf *conf, const char *word, struct keys *out)
{
	const struct keys all[] = {
		{ "access", "access_keys", &conf->access_keys,
		    conf->access_ttl, 0 },
		{ "refresh", "refresh_keys", &conf->refresh_keys,
		    conf->refresh_ttl, conf->compat == COMPAT_CHAI ?
		    conf->legacy_until : 0 },
	};
	size_t i;

	for (i = 0; i < NELEMS(all); i++)
		if (strcmp(all[i].word, word) == 0) {
			*out = all[i];
			return true;
		}
	return false;
}

enum outcome
refuse_keys(const struct invocation *in, const char *word)
{
	if (strcmp(word, "access") == 0 || strcmp(word, "refresh") == 0)
		return DONE;
	return wrong_use(in, "%s is neither access nor refresh", word);
}

const char *
keys_comment(struct invocation *in, const struct keys *keys, const char *kid)
{
	return arena_printf(in->ctx.arena,
	    "# darban: the last token of %s key %s expires ", keys->word,
	    kid);
}

int64_t
keys_last_expires(struct invocation *in, const struct conf_edit *edit,
    const struct keys *keys, const char *kid)
{
	const char	*prefix = keys_comment(in, keys, kid), *text;
	int64_t		 time;

	text = prefix == NULL ? NULL : conf_edit_comment(edit, prefix);
	if (text == NULL || !clock_parse(text, &time))
		time = 0;
	/* What it signed elsewhere is as good as what it signed here. */
	if (strcmp(kid, LEGACY_KID) == 0 && in->ctx.now < keys->legacy_until &&
	    time < keys->legacy_until)
		time = keys->legacy_until;
	return time;
}

struct conf *
keys_open(struct invocation *in, struct conf_edit **edit)
{
	const char	*problem;
	enum err	 err;

	if ((problem = act_as_owner(in->path)) != NULL) {
		complain("%s: %s", in->path, problem);
		return NULL;
	}
	err = conf_edit_begin(in->ctx.arena, in->path, edit);
	if (err == OK)
		return load_as_owner(in->path, complain_conf, NULL);
	complain("%s: %s", in->path, err == E_UNAVAILABLE ?
	    strerror(errno) : failure_text(err));
	return NULL;
}

void
keys_close(struct conf *conf, struct conf_edit *edit)
{
	conf_free(conf);
	conf_edit_end(edit);
}
