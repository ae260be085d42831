/*
 * darban key add, promote, retire: new keys for tokens, in steps of which none
 * logs anybody out.
 */
#include "command.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/conf_edit.h"
#include "base/log.h"

/* A request under way, and clocks that differ. */
#define SLACK	MINUTES(1)

/* The place of a key in the list, or its length. */
static size_t
find_key(const struct keys *keys, const char *kid)
{
	size_t i;

	for (i = 0; i < keys->list->count; i++)
		if (strcmp(keys->list->key[i].kid, kid) == 0)
			break;
	return i;
}

enum outcome
refuse_key(const struct invocation *in)
{
	const char *kid = in->operand[1];

	if (kid != NULL && !conf_is_kid(kid, strlen(kid)))
		return wrong_use(in, "a KID is 1 to %d of A-Za-z0-9_-",
		    KID_SIZE - 1);
	return refuse_keys(in, in->operand[0]);
}

/* The value of the setting with one word in front of, behind, or out of it. */
static const char *
list_with(struct invocation *in, const struct conf_edit *edit,
    const struct keys *keys, const char *first, const char *without,
    const char *last)
{
	struct arena	*arena = in->ctx.arena;
	const char	*rest = conf_edit_value(edit, keys->setting), *word;
	const char	*list = "", *moved = NULL;
	size_t		 length;

	for (; rest != NULL && *(rest += strspn(rest, " \t")) != '\0' &&
	    list != NULL; rest += length) {
		length = strcspn(rest, " \t");
		word = arena_strndup(arena, rest, length);
		if (word == NULL)
			return NULL;
		if (first != NULL && strncmp(word, first,
		    strlen(first)) == 0 && word[strlen(first)] == ':')
			moved = word;
		else if (without == NULL || strncmp(word, without,
		    strlen(without)) != 0 || word[strlen(without)] != ':')
			list = arena_printf(arena, "%s%s%s", list,
			    *list == '\0' ? "" : " ", word);
	}
	if (moved != NULL && list != NULL)
		list = arena_printf(arena, "%s %s", moved, list);
	if (last != NULL && list != NULL)
		list = arena_printf(arena, "%s %s", list, last);
	return list;
}

/* Writes what `edit` has become: the list is `value`. */
static enum outcome
commit(struct invocation *in, struct conf_edit *edit,
    const struct keys *keys, const char *value)
{
	enum err err;

	if (value == NULL)
		return failed(in, E_INTERNAL, in->path);
	if (!conf_edit_set(edit, keys->setting, value)) {
		complain("%s: there is no room for another key: retire one",
		    in->path);
		return COULD_NOT;
	}
	err = conf_edit_commit(edit, complain_conf, NULL);
	if (err == OK)
		return DONE;
	if (err == E_UNAVAILABLE)
		complain("%s: %s", in->path, strerror(errno));
	else if (err == E_STALE)
		complain("%s has been changed meanwhile: try again",
		    in->path);
	else if (err == E_INTERNAL)
		return failed(in, err, in->path);
	return COULD_NOT;
}

/* A name that no key of the list has: the day, and a number where it must. */
static const char *
fresh_kid(struct invocation *in, const struct keys *keys)
{
	char		 iso[CLOCK_ISO_SIZE];
	const char	*kid;
	size_t		 n;

	clock_iso(in->ctx.now, iso);
	kid = arena_printf(in->ctx.arena, "%.10s", iso);
	for (n = 2; kid != NULL && find_key(keys, kid) < keys->list->count;
	    n++)
		kid = arena_printf(in->ctx.arena, "%.10s-%zu", iso, n);
	return kid;
}

static enum outcome
add(struct invocation *in, struct conf_edit *edit, const struct keys *keys)
{
	const char	*kid = in->operand[1], *key;
	enum outcome	 outcome;

	if (kid == NULL)
		kid = fresh_kid(in, keys);
	if (kid == NULL || (key = fresh_key(in, kid)) == NULL)
		return failed(in, E_INTERNAL, in->path);
	if (find_key(keys, kid) < keys->list->count) {
		complain("%s: %s is there already", keys->setting, kid);
		return COULD_NOT;
	}
	outcome = commit(in, edit, keys, list_with(in, edit, keys, NULL,
	    NULL, key));
	if (outcome != DONE)
		return outcome;
	log_info("key added (%s) kid=%s", keys->word, kid);
	say("%s added to %s; once every host has it, `darban key promote %s "
	    "%s` lets it sign", kid, keys->setting, keys->word, kid);
	return DONE;
}

static enum outcome
no_key(const struct keys *keys, const char *kid)
{
	complain("%s: there is no %s", keys->setting, kid);
	return COULD_NOT;
}

static enum outcome
promote(struct invocation *in, struct conf_edit *edit,
    const struct keys *keys)
{
	const char	*kid = in->operand[1];
	const char	*old = keys->list->key[0].kid, *mine, *its;
	char		 iso[CLOCK_ISO_SIZE];
	enum outcome	 outcome;

	if (find_key(keys, kid) == keys->list->count)
		return no_key(keys, kid);
	if (strcmp(old, kid) == 0) {
		say("%s signs already", kid);
		return DONE;
	}
	clock_iso(in->ctx.now + keys->life + SLACK, iso);
	its = keys_comment(in, keys, old);
	mine = keys_comment(in, keys, kid);
	if (its == NULL || mine == NULL)
		return failed(in, E_INTERNAL, in->path);
	conf_edit_uncomment(edit, mine);
	conf_edit_uncomment(edit, its);
	its = arena_printf(in->ctx.arena, "%s%s", its, iso);
	if (its != NULL)
		conf_edit_put_comment(edit, keys->setting, its);
	outcome = commit(in, edit, keys, list_with(in, edit, keys, kid, NULL,
	    NULL));
	if (outcome != DONE)
		return outcome;
	log_info("key promoted (%s) kid=%s", keys->word, kid);
	say("%s signs; the last token of %s expires %s", kid, old, iso);
	return DONE;
}

/* Whether a token of this key may still be about. */
static enum outcome
check_retiring(struct invocation *in, const struct conf_edit *edit,
    const struct keys *keys, const char *kid)
{
	const int64_t	time = keys_last_expires(in, edit, keys, kid);
	char		iso[CLOCK_ISO_SIZE];

	if (in->value[OPTION_FORCE] != NULL || (time != 0 &&
	    in->ctx.now >= time))
		return DONE;
	clock_iso(time, iso);
	if (time == 0)
		complain("%s: nothing says when %s last signed: --force, if "
		    "no token of it is wanted any more", keys->setting, kid);
	else
		complain("%s: the last token of %s expires %s: wait, or "
		    "--force", keys->setting, kid, iso);
	return COULD_NOT;
}

static enum outcome
retire(struct invocation *in, struct conf_edit *edit,
    const struct keys *keys)
{
	const char	*kid = in->operand[1], *prefix;
	const size_t	 place = find_key(keys, kid);
	enum outcome	 outcome;

	if (place == keys->list->count)
		return no_key(keys, kid);
	if (place == 0) {
		complain("%s: %s signs; promote another key first",
		    keys->setting, kid);
		return COULD_NOT;
	}
	outcome = check_retiring(in, edit, keys, kid);
	if (outcome != DONE)
		return outcome;
	if ((prefix = keys_comment(in, keys, kid)) == NULL)
		return failed(in, E_INTERNAL, in->path);
	conf_edit_uncomment(edit, prefix);
	outcome = commit(in, edit, keys, list_with(in, edit, keys, NULL, kid,
	    NULL));
	if (outcome != DONE)
		return outcome;
	log_info("key retired (%s) kid=%s", keys->word, kid);
	say("%s removed from %s", kid, keys->setting);
	return DONE;
}

static enum outcome
change(struct invocation *in, enum outcome (*step)(struct invocation *,
    struct conf_edit *, const struct keys *))
{
	struct conf_edit	*edit = NULL;
	struct conf		*conf;
	struct keys		 keys;
	enum outcome		 outcome = COULD_NOT;

	if ((conf = keys_open(in, &edit)) != NULL &&
	    keys_find(conf, in->operand[0], &keys)) {
		log_acts(conf);
		outcome = step(in, edit, &keys);
		log_file(NULL);
	}
	keys_close(conf, edit);
	return outcome;
}

enum outcome
command_key_add(struct invocation *in)
{
	return change(in, add);
}

enum outcome
command_key_promote(struct invocation *in)
{
	return change(in, promote);
}

enum outcome
command_key_retire(struct invocation *in)
{
	return change(in, retire);
}
