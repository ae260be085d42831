/* darban export: all accounts, for import or mongoimport elsewhere. */
#include "command.h"
#include "account/record.h"

enum { PAGE = 500 };	/* accounts in memory at a time */

/* Hashes on a screen are hashes in a scrollback, and over a shoulder. */
enum outcome
refuse_export(const struct invocation *in)
{
	if (in->value[OPTION_FORCE] != NULL || isatty(STDOUT_FILENO) != 1)
		return DONE;
	return wrong_use(in, "standard output is a terminal, and this has the "
	    "hash of every password: export >FILE, or --force");
}

static enum outcome
print_page(struct invocation *in, const struct user *page, size_t count)
{
	struct arena	*arena = in->ctx.arena;
	enum outcome	 outcome = DONE;
	size_t		 i;

	for (i = 0; i < count && outcome == DONE; i++)
		outcome = print_json(in, record_make(arena, &page[i]));
	if (outcome == DONE && ferror(stdout)) {
		complain("standard output: %s", strerror(errno));
		outcome = COULD_NOT;
	}
	return outcome;
}

enum outcome
command_export(struct invocation *in)
{
	static struct user page[PAGE];
	struct id	 last, *after = NULL;
	int64_t		 done = 0, total = 0, sessions;
	size_t		 count;
	enum outcome	 outcome;
	enum err	 err;

	if ((err = store_count(in->ctx.store, &total, &sessions)) != OK)
		return failed(in, err, "export");
	do {
		err = store_user_list_after(in->ctx.store, in->ctx.arena,
		    after, PAGE, page, &count);
		if (err != OK)
			return failed(in, err, "export");
		outcome = print_page(in, page, count);
		if (outcome != DONE)
			return outcome;
		if (count > 0) {
			last = page[count - 1].id;
			after = &last;
		}
		arena_wipe(in->ctx.arena);
		progress(done += (int64_t)count, total);
	} while (count == PAGE);
	progress_clear();
	return DONE;
}
