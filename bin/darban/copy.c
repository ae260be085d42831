/*
 * darban copy: every account and every live session to another store, so that
 * nobody notices when the configuration names that one.
 *
 * What is there already is found by its id and left alone; so this may be
 * killed at any moment, and be run again.
 */
#include <sys/stat.h>

#include "command.h"
#include "base/conf.h"

enum { PAGE = 500 };	/* rows in memory at a time */

struct copy {
	struct invocation	*in;
	const char		*address[2];	/* from, to */
	struct store		*from, *to;
	int64_t			 total, seen;
	struct tally		 accounts, sessions;
};

/* A path alone is a configuration, whose store is meant. */
static bool
is_address(const char *word)
{
	return strncmp(word, "sqlite:", 7) == 0 ||
	    strncmp(word, "mongodb:", 8) == 0 ||
	    strncmp(word, "mongodb+srv:", 12) == 0;
}

/*
 * Root acts as the owner of what it is told about: files that it makes are
 * for programs of that owner.
 */
static enum outcome
act(struct invocation *in)
{
	const char	*paths[] = { in->operand[1], in->operand[0],
	    in->path };
	const char	*problem;
	size_t		 i;

	for (i = 0; i < NELEMS(paths); i++) {
		if (is_address(paths[i]) || access(paths[i], F_OK) != 0)
			continue;
		if ((problem = act_as_owner(paths[i])) == NULL)
			return DONE;
		complain("%s: %s", paths[i], problem);
		return COULD_NOT;
	}
	return DONE;
}

/* The address that is meant, with an absolute path; NULL after a complaint. */
static const char *
find_address(struct invocation *in, const char *word)
{
	struct conf	*conf;
	const char	*address = word;
	char		*here;

	if (!is_address(word)) {
		if ((conf = conf_load(word, complain_conf, NULL)) == NULL)
			return NULL;
		address = arena_strdup(in->ctx.arena, conf->store);
		conf_free(conf);
	} else if (strncmp(word, "sqlite:", 7) == 0 && word[7] != '/') {
		here = realpath(".", NULL);
		address = here == NULL ? NULL : arena_printf(in->ctx.arena,
		    "sqlite:%s/%s", here, word + 7);
		free(here);
	}
	if (address == NULL)
		(void)failed(in, E_INTERNAL, word);
	return address;
}

/* A URI without what does not say where it leads: account and options. */
static const char *
place_of(struct arena *arena, const char *address)
{
	const char	*start = strchr(address, ':');
	const char	*end = address + strcspn(address, "?"), *at;

	if (start == NULL)
		return address;
	at = memrchr(start, '@', (size_t)(end - start));
	start = at != NULL ? at + 1 : start + strspn(start, ":/");
	return arena_strndup(arena, start, (size_t)(end - start));
}

static bool
is_same(struct copy *copy)
{
	const char	*from = copy->address[0], *to = copy->address[1];
	struct arena	*arena = copy->in->ctx.arena;
	struct stat	 a, b;

	if (strncmp(from, "sqlite:", 7) == 0 &&
	    strncmp(to, "sqlite:", 7) == 0)
		return stat(from + 7, &a) == 0 && stat(to + 7, &b) == 0 &&
		    a.st_dev == b.st_dev && a.st_ino == b.st_ino;
	from = place_of(arena, from);
	to = place_of(arena, to);
	return from != NULL && to != NULL && strcmp(from, to) == 0;
}

static enum outcome
open_both(struct copy *copy)
{
	struct invocation	*in = copy->in;
	int64_t			 users, sessions;
	enum err		 err;
	int			 i;

	for (i = 0; i < 2; i++)
		if ((copy->address[i] = find_address(in,
		    in->operand[i])) == NULL)
			return COULD_NOT;
	if (is_same(copy)) {
		complain("both are the same store");
		return COULD_NOT;
	}
	err = store_open(copy->address[0], STORE_ADMIN, &copy->from);
	if (err != OK || (err = store_count(copy->from, &users,
	    &sessions)) != OK)
		return failed(in, err, "the first store");
	err = store_open(copy->address[1], STORE_CREATE, &copy->to);
	if (err != OK)
		return failed(in, err, "the second store");
	copy->total = users + sessions;
	return DONE;
}

static void
show(struct copy *copy, size_t count)
{
	copy->seen += (int64_t)count;
	progress(copy->seen, copy->total);
	arena_wipe(copy->in->ctx.arena);
}

static void
name_refused(const struct user *user, const char *why)
{
	char hex[ID_HEX_SIZE];

	id_hex(&user->id, hex);
	complain("%s (%s): %s", hex, user->username != NULL ?
	    user->username : user->email != NULL ? user->email : "-", why);
}

/*
 * What an earlier copy brought is left as it is: without a word whoever was
 * disabled meanwhile would be let in again, and by an old password.
 */
static enum err
compare(struct copy *copy, const struct user *user)
{
	struct user	there;
	enum err	err;

	err = store_user_by_id(copy->to, copy->in->ctx.arena, &user->id,
	    &there);
	if (err == OK && (there.epoch != user->epoch ||
	    there.disabled != user->disabled)) {
		copy->accounts.there--;
		copy->accounts.refused++;
		name_refused(user, "is there already, and has another "
		    "password or was disabled or enabled since");
	}
	return err == E_NOT_FOUND ? OK : err;
}

static enum err
count_account(struct copy *copy, const struct user *user,
    const struct store_result *result)
{
	if (!count_result(&copy->accounts, result))
		name_refused(user, refusal_text(result));
	else if (result->err == E_EXISTS)
		return compare(copy, user);
	return OK;
}

static enum err
copy_accounts(struct copy *copy)
{
	static struct user		page[PAGE];
	static struct store_result	results[PAGE];
	struct id			last, *after = NULL;
	size_t				count, i;
	enum err			err;
	int				tries;

	do {
		err = store_user_list_after(copy->from, copy->in->ctx.arena,
		    after, PAGE, page, &count);
		if (err != OK)
			return err;
		tries = 0;
		do
			err = store_user_insert_many(copy->to, page,
			    count, results);
		while (may_retry(copy->to, err, &tries));
		for (i = 0; i < count && err == OK; i++)
			err = count_account(copy, &page[i], &results[i]);
		if (err != OK)
			return err;
		if (count > 0)
			last = page[count - 1].id;
		after = &last;
		show(copy, count);
	} while (count == PAGE);
	return OK;
}

static enum err
copy_sessions(struct copy *copy)
{
	static struct session		page[PAGE];
	static struct store_result	results[PAGE];
	struct id			last, *after = NULL;
	size_t				count, i;
	enum err			err;
	int				tries;

	do {
		err = store_session_list_after(copy->from,
		    copy->in->ctx.arena, after, copy->in->ctx.now, PAGE,
		    page, &count);
		if (err != OK)
			return err;
		tries = 0;
		do
			err = store_session_insert_many(copy->to, page,
			    count, results);
		while (may_retry(copy->to, err, &tries));
		if (err != OK)
			return err;
		for (i = 0; i < count; i++)
			(void)count_result(&copy->sessions, &results[i]);
		if (count > 0)
			last = page[count - 1].id;
		after = &last;
		show(copy, count);
	} while (count == PAGE);
	return OK;
}

static void
tell(const struct copy *copy)
{
	say("accounts: copied %" PRId64 ", there already %" PRId64
	    ", refused %" PRId64, copy->accounts.done, copy->accounts.there,
	    copy->accounts.refused);
	say("sessions: copied %" PRId64 ", there already %" PRId64
	    ", refused %" PRId64, copy->sessions.done, copy->sessions.there,
	    copy->sessions.refused);
	if (copy->accounts.refused == 0)
		say("next: let `store` in the configuration name the second, "
		    "if nothing was written to the first meanwhile");
}

enum outcome
command_copy(struct invocation *in)
{
	struct copy	copy = { .in = in };
	enum outcome	outcome;
	enum err	err;

	if ((outcome = act(in)) != DONE ||
	    (outcome = open_both(&copy)) != DONE)
		goto out;
	/* Accounts first: a session without one is dead. */
	if ((err = copy_accounts(&copy)) == OK)
		err = copy_sessions(&copy);
	progress_clear();
	if (err != OK)
		outcome = failed(in, err, "copy");
	else
		tell(&copy);
	if (outcome == DONE &&
	    copy.accounts.refused + copy.sessions.refused > 0)
		outcome = COULD_NOT;
out:
	store_close(copy.to);
	store_close(copy.from);
	return outcome;
}
