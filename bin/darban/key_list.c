/* darban key list: which keys there are; never what they are. */
#include "command.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/conf_edit.h"

static const struct column columns[] = {
	{ "KEYS", 16 }, { "KID", 24 }, { "STATE", 0 },
};

static void
list_row(struct invocation *in, const struct keys *keys, size_t i,
    int64_t time)
{
	char		 iso[CLOCK_ISO_SIZE];
	const char	*state = i == 0 ? "signs" : "verifies", *cells[3];

	clock_iso(time, iso);
	if (i > 0 && time != 0)
		state = arena_printf(in->ctx.arena, in->ctx.now < time ?
		    "verifies, until %s" : "can be retired", iso);
	cells[0] = keys->word;
	cells[1] = keys->list->key[i].kid;
	cells[2] = state;
	table_row(columns, NELEMS(columns), cells);
}

static enum outcome
list_json(struct invocation *in, const struct keys *keys, size_t i,
    int64_t time, bool is_first)
{
	struct arena	*arena = in->ctx.arena;
	struct json	*object = json_new_object(arena);

	(void)putchar(is_first ? '[' : ',');
	json_add_text(arena, object, "keys", keys->word);
	json_add_text(arena, object, "kid", keys->list->key[i].kid);
	json_add_bool(arena, object, "signs", i == 0);
	if (i == 0 || time == 0)
		json_add_null(arena, object, "lastExpires");
	else
		add_time(arena, object, "lastExpires", time);
	return print_json(in, object);
}

static enum outcome
list(struct invocation *in, const struct conf_edit *edit,
    const struct keys *keys, bool *any)
{
	enum outcome	outcome = DONE;
	int64_t		time;
	size_t		i;

	for (i = 0; i < keys->list->count && outcome == DONE; i++) {
		time = keys_last_expires(in, edit, keys,
		    keys->list->key[i].kid);
		if (in->value[OPTION_JSON] == NULL)
			list_row(in, keys, i, time);
		else
			outcome = list_json(in, keys, i, time, !*any);
		*any = true;
	}
	return outcome;
}

static enum outcome
list_all(struct invocation *in, const struct conf_edit *edit,
    const struct conf *conf)
{
	static const char *const	words[] = { "access", "refresh" };
	const char			*wanted = in->operand[0];
	struct keys			 keys;
	enum outcome			 outcome = DONE;
	bool				 any = false;
	size_t				 i;

	if (in->value[OPTION_JSON] == NULL)
		table_row(columns, NELEMS(columns), NULL);
	for (i = 0; i < NELEMS(words) && outcome == DONE; i++)
		if ((wanted == NULL || strcmp(words[i], wanted) == 0) &&
		    keys_find(conf, words[i], &keys))
			outcome = list(in, edit, &keys, &any);
	if (in->value[OPTION_JSON] != NULL && outcome == DONE)
		(void)puts(any ? "]" : "[]");
	return outcome;
}

enum outcome
refuse_key_list(const struct invocation *in)
{
	return in->operand[0] == NULL ? DONE :
	    refuse_keys(in, in->operand[0]);
}

enum outcome
command_key_list(struct invocation *in)
{
	struct conf_edit	*edit = NULL;
	struct conf		*conf;
	enum outcome		 outcome = COULD_NOT;

	if ((conf = keys_open(in, &edit)) != NULL)
		outcome = list_all(in, edit, conf);
	keys_close(conf, edit);
	return outcome;
}
