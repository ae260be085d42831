/*
 * darban session: where accounts are logged in.
 *
 * Ending takes an id, an account or a word, never a pattern, and a name that
 * stands in the place of an id is refused: somebody who ends sessions in a
 * hurry must not believe it done when nothing was.
 */
#include "command.h"
#include "base/clock.h"
#include "base/log.h"
#include "account/session.h"
#include "account/sessions.h"

static const struct column columns[] = {
	{ "ID", 32 }, { "CREATED", 32 }, { "LAST USED", 32 },
	{ "EXPIRES", 32 }, { "ADDRESS", 24 }, { "USER AGENT", 0 },
};

/* Whose user agent this is anybody may have written; it stands last. */
static void
list_row(const struct session *session)
{
	char		 hex[ID_HEX_SIZE], created[CLOCK_ISO_SIZE];
	char		 used[CLOCK_ISO_SIZE], expires[CLOCK_ISO_SIZE];
	const char	*cells[NELEMS(columns)];

	id_hex(&session->id, hex);
	clock_iso(session->created_at, created);
	clock_iso(session->rotated_at, used);
	clock_iso(session_expires_at(session), expires);
	cells[0] = hex;
	cells[1] = created;
	cells[2] = used;
	cells[3] = expires;
	cells[4] = session->ip;
	cells[5] = session->user_agent;
	table_row(columns, NELEMS(columns), cells);
}

/* As GET /sessions says it. */
static struct json *
describe(struct arena *arena, const struct session *session)
{
	struct json *object;

	object = json_new_object(arena);
	add_id(arena, object, &session->id);
	add_time(arena, object, "createdAt", session->created_at);
	add_time(arena, object, "lastUsedAt", session->rotated_at);
	add_time(arena, object, "expiresAt", session_expires_at(session));
	add_text(arena, object, "userAgent", session->user_agent);
	add_text(arena, object, "ip", session->ip);
	return object;
}

static enum outcome
list_json(struct invocation *in, const struct session *list, size_t count)
{
	enum outcome	outcome;
	size_t		i;

	for (i = 0; i < count; i++) {
		(void)putchar(i == 0 ? '[' : ',');
		outcome = print_json(in, describe(in->ctx.arena, &list[i]));
		if (outcome != DONE)
			return outcome;
	}
	(void)puts(count > 0 ? "]" : "[]");
	return DONE;
}

enum outcome
command_session_list(struct invocation *in)
{
	struct user	*user = NULL;
	struct session	*list = NULL;
	size_t		 count = 0, i;
	enum outcome	 outcome;
	enum err	 err;

	outcome = find_user(in, in->operand[0], &user);
	if (outcome != DONE)
		return outcome;
	if ((err = sessions_list(&in->ctx, user, &list, &count)) != OK)
		return failed(in, err, in->operand[0]);

	if (in->value[OPTION_JSON] != NULL)
		return list_json(in, list, count);
	table_row(columns, NELEMS(columns), NULL);
	for (i = 0; i < count; i++)
		list_row(&list[i]);
	return DONE;
}

/*
 * What an earlier system's token would open is ended too: of one account, or
 * (NULL) of all.
 */
static enum err
drop_legacy(struct invocation *in, const struct id *user)
{
	int64_t count;

	return store_user_drop_legacy(in->ctx.store, user, in->ctx.now,
	    &count);
}

/*
 * One that has ended already is ended: who asks twice, or after the user's
 * own logout, has what was wanted.
 */
static enum outcome
end_one(struct invocation *in, const char *text)
{
	struct session	session;
	struct id	id;
	enum err	err = E_NOT_FOUND;

	if (id_parse(text, &id))
		err = store_session_find(in->ctx.store, in->ctx.arena, &id,
		    &session);
	if (err == OK)
		err = store_session_end(in->ctx.store, &id, "operator",
		    in->ctx.now);
	if (err == OK)
		err = drop_legacy(in, &session.user);
	if (err == E_NOT_FOUND) {
		complain("%s: no such session", text);
		return COULD_NOT;
	}
	if (err != OK)
		return failed(in, err, text);
	log_info("session ended (operator) session=%s", text);
	say("%s ended", text);
	return DONE;
}

static enum outcome
end_many(struct invocation *in, const struct user *user)
{
	int64_t		count = 0;
	enum err	err;

	err = store_session_end_all(in->ctx.store,
	    user != NULL ? &user->id : NULL, NULL, "operator", in->ctx.now,
	    &count);
	if (err == OK)
		err = drop_legacy(in, user != NULL ? &user->id : NULL);
	if (err != OK)
		return failed(in, err, "sessions");
	if (user != NULL)
		log_act(user, "all sessions ended (operator)");
	else
		log_info("all sessions of everybody ended (operator)");
	say("sessions ended: %" PRId64, count);
	return DONE;
}

enum outcome
refuse_session_end(const struct invocation *in)
{
	const char	*text = in->operand[0];
	struct id	 id;

	if ((text != NULL) + (in->value[OPTION_USER] != NULL) +
	    (in->value[OPTION_ALL] != NULL) != 1)
		return wrong_use(in, "one of ID, --user and --all");
	/* A name in an id's place must not look like a session long gone. */
	if (text != NULL && !id_parse(text, &id))
		return wrong_use(in, "%s is not an id: 24 hexadecimal digits",
		    text);
	return DONE;
}

enum outcome
command_session_end(struct invocation *in)
{
	struct user	*user = NULL;
	enum outcome	 outcome;

	if (in->operand[0] != NULL)
		return end_one(in, in->operand[0]);
	if (in->value[OPTION_ALL] != NULL)
		return end_many(in, NULL);
	outcome = find_user(in, in->value[OPTION_USER], &user);
	return outcome == DONE ? end_many(in, user) : outcome;
}
