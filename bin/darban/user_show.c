/* darban user show, list: accounts as they are. */
#include "command.h"
#include "base/clock.h"
#include "account/sessions.h"
#include "account/password.h"
#include "account/throttle.h"

enum { PAGE = 100 };	/* accounts that a list holds at a time */

static const struct column columns[] = {
	{ "ID", 32 }, { "USERNAME", 24 }, { "EMAIL", 32 }, { "CREATED", 32 },
	{ "STATE", 0 },
};

/*
 * The names are those of the HTTP interface, so that whoever reads that reads
 * this.
 */
static struct json *
describe(struct arena *arena, const struct user *user)
{
	struct json *object;

	object = json_new_object(arena);
	add_id(arena, object, &user->id);
	add_text(arena, object, "username", user->username);
	add_text(arena, object, "email", user->email);
	add_text(arena, object, "fullName", user->full_name);
	add_time(arena, object, "createdAt", user->created_at);
	add_time(arena, object, "updatedAt", user->updated_at);
	json_add_bool(arena, object, "disabled", user->disabled);
	return object;
}

/* The algorithm; of the hash itself nothing is shown. */
static const char *
hash_kind(const struct user *user)
{
	if (!password_is_known(user->password))
		return "unknown";
	return strncmp(user->password, "$2", 2) == 0 ? "bcrypt" : "argon2id";
}

static void
show_line(const char *label, const char *value)
{
	say("%-10s %s", label, value == NULL ? "-" : value);
}

/* A time that is still to come, or that nothing will. */
static void
show_until(const char *label, int64_t time)
{
	char iso[CLOCK_ISO_SIZE];

	clock_iso(time, iso);
	say("%-10s %s%s", label, time == 0 ? "no" : "until ",
	    time == 0 ? "" : iso);
}

static void
show(const struct user *user, size_t sessions,
    const struct throttle_report *throttle)
{
	char hex[ID_HEX_SIZE], iso[CLOCK_ISO_SIZE];

	id_hex(&user->id, hex);
	show_line("id", hex);
	show_line("username", user->username);
	show_line("email", user->email);
	show_line("full name", user->full_name);
	clock_iso(user->created_at, iso);
	show_line("created", iso);
	clock_iso(user->updated_at, iso);
	show_line("updated", iso);
	show_line("disabled", user->disabled ? "yes" : "no");
	show_line("hash", hash_kind(user));
	say("%-10s %zu", "sessions", sessions);
	say("%-10s %" PRId64, "failures", throttle->failures);
	show_until("locked", throttle->locked_until);
	show_until("delayed", throttle->delayed_until);
}

static void
add_until(struct arena *arena, struct json *object, const char *name,
    int64_t time)
{
	if (time == 0)
		json_add_null(arena, object, name);
	else
		add_time(arena, object, name, time);
}

enum outcome
command_user_show(struct invocation *in)
{
	struct arena		*arena = in->ctx.arena;
	struct throttle_report	 throttle;
	struct user		*user = NULL;
	struct session		*sessions;
	struct json		*object;
	size_t			 count = 0;
	enum outcome		 outcome;
	enum err		 err;

	outcome = find_user(in, in->operand[0], &user);
	if (outcome != DONE)
		return outcome;
	if ((err = sessions_list(&in->ctx, user, &sessions, &count)) != OK ||
	    (err = throttle_report(&in->ctx, user, &throttle)) != OK)
		return failed(in, err, in->operand[0]);

	if (in->value[OPTION_JSON] == NULL) {
		show(user, count, &throttle);
		return DONE;
	}
	object = describe(arena, user);
	json_add_text(arena, object, "hash", hash_kind(user));
	json_add_integer(arena, object, "sessions", (int64_t)count);
	json_add_integer(arena, object, "failures", throttle.failures);
	add_until(arena, object, "lockedUntil", throttle.locked_until);
	add_until(arena, object, "delayedUntil", throttle.delayed_until);
	return print_json(in, object);
}

/* Names of an earlier system may be missing: table_row takes NULL. */
static void
list_row(const struct user *user)
{
	char		 hex[ID_HEX_SIZE], iso[CLOCK_ISO_SIZE];
	const char	*cells[NELEMS(columns)];

	id_hex(&user->id, hex);
	clock_iso(user->created_at, iso);
	cells[0] = hex;
	cells[1] = user->username;
	cells[2] = user->email;
	cells[3] = iso;
	cells[4] = user->disabled ? "disabled" : "enabled";
	table_row(columns, NELEMS(columns), cells);
}

/* A row, or an element of the array of which `first` is the first. */
static enum outcome
list_one(struct invocation *in, const struct user *user, bool first)
{
	if (in->value[OPTION_JSON] == NULL) {
		list_row(user);
		return DONE;
	}
	(void)putchar(first ? '[' : ',');
	return print_json(in, describe(in->ctx.arena, user));
}

/*
 * Page by page, in an arena that is wiped between two of them: the memory
 * does not grow with the number of accounts.
 */
static enum outcome
list_pages(struct invocation *in, bool *any)
{
	struct user	 page[PAGE];
	struct id	 last, *after = NULL;
	size_t		 count, i;
	enum outcome	 outcome;
	enum err	 err;

	do {
		err = store_user_list_after(in->ctx.store, in->ctx.arena,
		    after, PAGE, page, &count);
		if (err != OK)
			return failed(in, err, "list");
		for (i = 0; i < count; i++) {
			outcome = list_one(in, &page[i], !*any);
			if (outcome != DONE)
				return outcome;
			*any = true;
		}
		if (count > 0) {
			last = page[count - 1].id;
			after = &last;
		}
		arena_wipe(in->ctx.arena);
	} while (count == PAGE);
	return DONE;
}

enum outcome
command_user_list(struct invocation *in)
{
	const bool	json = in->value[OPTION_JSON] != NULL;
	enum outcome	outcome;
	bool		any = false;

	if (!json)
		table_row(columns, NELEMS(columns), NULL);
	outcome = list_pages(in, &any);
	if (json && outcome == DONE)
		(void)puts(any ? "]" : "[]");
	return outcome;
}
