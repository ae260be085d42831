/*
 * darban import: accounts from a file of JSON, many at a time.
 *
 * What is counted has reached the disk, and what was not is found missing by
 * the next run, which skips what it finds by its id: so this may be killed at
 * any moment, and be run again.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "command.h"
#include "base/lines.h"
#include "account/record.h"

enum {
	BATCH		= 1000,			/* accounts in one write */
	BATCH_BYTES	= 4 * 1024 * 1024,	/* of their text, about */
	NAMES		= 50,			/* of lost members, told */
	NAME_SIZE	= 64,
};

struct import {
	struct invocation	*in;
	const char		*path;		/* as complaints name it */
	struct lines		*lines;
	int64_t			 size;		/* of the file, or 0 */
	struct arena		*arena;		/* of the batch */
	struct user		 user[BATCH];
	size_t			 number[BATCH];	/* of their lines */
	struct store_result	 result[BATCH];
	size_t			 count, bytes;
	struct tally		 tally;
	struct {
		char		 name[NAME_SIZE];
		int64_t		 count;
	}			 lost[NAMES];	/* the last: all others */
};

static void
name(const struct import *import, size_t number, const char *problem)
{
	complain("%s:%zu: %s", import->path, number, problem);
}

static void
refuse(struct import *import, size_t number, const char *problem)
{
	import->tally.refused++;
	name(import, number, problem);
}

static void
count_lost(struct import *import, const char *name)
{
	char	text[NAME_SIZE];
	size_t	i;

	(void)snprintf(text, sizeof(text), "%s", name);
	for (i = 0; i < NAMES - 1; i++)
		if (import->lost[i].count == 0 ||
		    strcmp(import->lost[i].name, text) == 0)
			break;
	memcpy(import->lost[i].name, i < NAMES - 1 ? text : "others",
	    i < NAMES - 1 ? sizeof(text) : sizeof("others"));
	import->lost[i].count++;
}

/* Whose the names of this account are, without writing it. */
static enum err
find_taken(struct import *import, const struct user *user,
    struct store_result *result)
{
	const struct login_names	names[] = {
		{ .username = user->username }, { .email = user->email },
	};
	struct store			*store = import->in->ctx.store;
	struct user			 other;
	enum err			 err;
	size_t				 i;

	*result = (struct store_result){ .err = E_EXISTS };
	err = store_user_by_id(store, import->arena, &user->id, &other);
	for (i = 0; err == E_NOT_FOUND && i < NELEMS(names); i++) {
		result->taken = i == 0 ? USER_USERNAME : USER_EMAIL;
		err = store_user_by_login(store, import->arena, &names[i],
		    &other);
	}
	if (err == E_NOT_FOUND)
		result->err = OK;
	return err == E_NOT_FOUND ? OK : err;
}

static enum err
try_batch(struct import *import)
{
	enum err	err = OK;
	size_t		i;

	if (import->in->value[OPTION_DRY_RUN] == NULL)
		return store_user_insert_many(import->in->ctx.store,
		    import->user, import->count, import->result);
	for (i = 0; i < import->count && err == OK; i++)
		err = find_taken(import, &import->user[i],
		    &import->result[i]);
	return err;
}

static enum outcome
write_batch(struct import *import)
{
	struct store	*store = import->in->ctx.store;
	enum err	 err;
	size_t		 i;
	int		 tries = 0;

	do
		err = try_batch(import);
	while (may_retry(store, err, &tries));
	if (err != OK)
		return failed(import->in, err, "the store");
	for (i = 0; i < import->count; i++)
		if (!count_result(&import->tally, &import->result[i]))
			name(import, import->number[i],
			    refusal_text(&import->result[i]));
	import->count = import->bytes = 0;
	arena_wipe(import->arena);
	progress(lines_offset(import->lines), import->size);
	return DONE;
}

static enum outcome
take_line(struct import *import, const char *text, size_t size)
{
	const size_t	 number = lines_number(import->lines);
	const char	*problem;
	struct record	 record;
	enum err	 err;
	size_t		 i;

	err = record_read(import->arena, text, size, &record, &problem);
	if (err == E_INTERNAL)
		return failed(import->in, err, import->path);
	import->bytes += size;
	if (err != OK)
		refuse(import, number, problem);
	else {
		for (i = 0; i < record.lost_count; i++)
			count_lost(import, record.lost[i]);
		import->number[import->count] = number;
		import->user[import->count++] = record.user;
	}
	return import->count == BATCH || import->bytes >= BATCH_BYTES ?
	    write_batch(import) : DONE;
}

static enum outcome
take_lines(struct import *import)
{
	const char	*text;
	size_t		 size;
	enum outcome	 outcome = DONE;
	enum err	 err;

	while (outcome == DONE && (err = lines_next(import->lines, &text,
	    &size)) != E_NOT_FOUND) {
		if (err == OK)
			outcome = take_line(import, text, size);
		else if (err == E_TOO_LARGE)
			refuse(import, lines_number(import->lines),
			    "it is longer than 16 MiB");
		else if (err == E_UNAVAILABLE) {
			complain("%s: %s", import->path, strerror(errno));
			(void)write_batch(import);
			return COULD_NOT;
		} else
			outcome = failed(import->in, err, import->path);
	}
	return outcome == DONE ? write_batch(import) : outcome;
}

static void
tell(const struct import *import)
{
	const bool	dry = import->in->value[OPTION_DRY_RUN] != NULL;
	size_t		i;

	for (i = 0; i < NAMES && import->lost[i].count > 0; i++)
		complain("%s: not kept: %s (of %" PRId64 ")", import->path,
		    import->lost[i].name, import->lost[i].count);
	say("%s %" PRId64 ", there already %" PRId64 ", refused %" PRId64,
	    dry ? "would import" : "imported", import->tally.done,
	    import->tally.there, import->tally.refused);
}

/* Root is not root by now: see owner.c. */
static int
open_file(struct import *import, const char *path)
{
	struct stat	st;
	int		fd = STDIN_FILENO;

	if (strcmp(path, "-") != 0)
		fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1 && errno == EACCES)
		complain("%s: %s: it is read by the owner of the "
		    "configuration; `import - <FILE` gives it what you "
		    "may read", path, strerror(errno));
	else if (fd == -1)
		complain("%s: %s", path, strerror(errno));
	else if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		import->size = st.st_size;
	return fd;
}

enum outcome
command_import(struct invocation *in)
{
	static struct import	import;
	const char		*path = in->operand[0];
	enum outcome		 outcome;
	int			 fd;

	import.in = in;
	import.path = strcmp(path, "-") == 0 ? "standard input" : path;
	if ((fd = open_file(&import, path)) == -1)
		return COULD_NOT;
	import.lines = lines_new(fd);
	import.arena = arena_new();
	if (import.lines == NULL || import.arena == NULL)
		outcome = failed(in, E_INTERNAL, path);
	else {
		outcome = take_lines(&import);
		progress_clear();
		tell(&import);
	}
	lines_free(import.lines);
	arena_free(import.arena);
	if (fd != STDIN_FILENO)
		(void)close(fd);
	return outcome == DONE && import.tally.refused > 0 ? COULD_NOT :
	    outcome;
}
