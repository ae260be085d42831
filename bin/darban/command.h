/*
 * What the files of darban(1) share: a command is a row of the table in
 * main.c and a function; what the command line said comes to it as a struct
 * invocation, whose operands are as many as its row wants and whose options
 * are among those that it takes.
 */
#ifndef DARBAN_COMMAND_H
#define DARBAN_COMMAND_H

#include "base/base.h"
#include "base/arena.h"
#include "base/conf.h"
#include "base/conf_edit.h"
#include "base/ctx.h"
#include "base/err.h"
#include "base/id.h"
#include "base/json.h"
#include "store/store.h"

/* The exit status. */
enum outcome {
	DONE = 0,
	COULD_NOT = 1,
	WRONG_USE = 2,
	FOUND = 3,	/* check: something is not as it should be */
};

enum option_name {
	OPTION_ALL,
	OPTION_DRY_RUN,
	OPTION_EMAIL,
	OPTION_FORCE,
	OPTION_FULL_NAME,
	OPTION_GROUP,
	OPTION_HELP,
	OPTION_JSON,
	OPTION_OWNER,
	OPTION_SET,
	OPTION_USER,
	OPTION_VALIDATOR,
	OPTION__MAX
};

struct invocation;

struct command {
	const char	*word[2];	/* the second may be NULL */
	const char	*synopsis;	/* what follows them */
	const char	*summary;	/* a sentence about it */
	enum outcome	(*run)(struct invocation *in);
	/* WRONG_USE for what counting operands does not show; or NULL. */
	enum outcome	(*refuse)(const struct invocation *in);
	unsigned	 options;	/* bits 1 << OPTION_* */
	int		 least, most;	/* operands */
	bool		 store;		/* runs with the store open */
};

struct invocation {
	const struct command	*command;
	const char		*path;		/* of the configuration */
	char			**operand;	/* and a NULL behind them */
	const char		*value[OPTION__MAX];	/* NULL: not given */
	const char		**set;		/* each --set, in order */
	size_t			 sets;
	struct ctx		 ctx;
};

/* The commands.  They have complained about whatever is not DONE. */
enum outcome	command_avatar_gc(struct invocation *in);
enum outcome	command_backup(struct invocation *in);
enum outcome	command_check(struct invocation *in);
enum outcome	command_copy(struct invocation *in);
enum outcome	command_export(struct invocation *in);
enum outcome	command_import(struct invocation *in);
enum outcome	command_init(struct invocation *in);
enum outcome	command_key_add(struct invocation *in);
enum outcome	command_key_list(struct invocation *in);
enum outcome	command_key_promote(struct invocation *in);
enum outcome	command_key_retire(struct invocation *in);
enum outcome	command_session_end(struct invocation *in);
enum outcome	command_session_list(struct invocation *in);
enum outcome	command_user_add(struct invocation *in);
enum outcome	command_user_disable(struct invocation *in);
enum outcome	command_user_enable(struct invocation *in);
enum outcome	command_user_list(struct invocation *in);
enum outcome	command_user_password(struct invocation *in);
enum outcome	command_user_remove(struct invocation *in);
enum outcome	command_user_show(struct invocation *in);
enum outcome	command_user_unlock(struct invocation *in);
enum outcome	command_version(struct invocation *in);

/*
 * What is wrong with the words alone is told before anything is opened, so
 * that it is told the same way wherever they are typed.
 */
enum outcome	refuse_export(const struct invocation *in);
enum outcome	refuse_init(const struct invocation *in);
enum outcome	refuse_key(const struct invocation *in);
enum outcome	refuse_key_list(const struct invocation *in);
enum outcome	refuse_session_end(const struct invocation *in);
enum outcome	refuse_user_add(const struct invocation *in);
enum outcome	refuse_user_remove(const struct invocation *in);

/* options.c -------------------------------------------------------------- */

/*
 * Reads what follows the command's words: `argv` begins with the last of
 * them.  WRONG_USE after a complaint.  Nothing but OPTION_HELP needs to be
 * right where that is given.
 */
enum outcome	options_read(struct invocation *in, int argc, char **argv);

/* Complains about `what`, the ':' or '?' of getopt_long. */
void		option_complain(int what, char **argv);

/* One line for each option that `command` takes. */
void		options_explain(FILE *out, const struct command *command);

/* "usage: darban [-c FILE] ..." */
void		usage_print(FILE *out, const struct command *command);

/* Complains, prints the usage on stderr: WRONG_USE. */
enum outcome	wrong_use(const struct invocation *in, const char *format,
		    ...) PRINTF(2, 3);

/* init_conf.c ------------------------------------------------------------ */

/*
 * The text of a new configuration, --set included, in the arena.  NULL where
 * there is no memory, or no randomness for the keys.
 */
char		*init_conf(struct invocation *in);

/* A fresh key as configurations write it, named where `kid` is not NULL. */
char		*fresh_key(struct invocation *in, const char *kid);

/* main.c ----------------------------------------------------------------- */

/* Log lines go where `conf` has them, and warnings to standard error too. */
void		log_acts(const struct conf *conf);

/* For conf_load. */
void		complain_conf(void *_, const char *line);

/* keys.c ----------------------------------------------------------------- */

/* One list of keys of the configuration. */
struct keys {
	const char	*word;		/* as it is typed */
	const char	*setting;
	const struct conf_keys	*list;
	int64_t		 life;		/* of a token, at most */
	int64_t		 legacy_until;	/* of an earlier system's, or 0 */
};

/* The list that `word` means; WRONG_USE from the other: there is none. */
bool		keys_find(const struct conf *conf, const char *word,
		    struct keys *out);
enum outcome	refuse_keys(const struct invocation *in, const char *word);

/*
 * The configuration, locked and then read, so that what is decided is about
 * the file that is written.  NULL after a complaint; keys_close it anyway.
 */
struct conf	*keys_open(struct invocation *in, struct conf_edit **edit);
void		 keys_close(struct conf *conf, struct conf_edit *edit);

/* How the comment about a key begins, which ends with a time; or NULL. */
const char	*keys_comment(struct invocation *in, const struct keys *keys,
		    const char *kid);

/*
 * When the last token of this key expires, which signs no more, or is not
 * taken any more (legacy.h); 0: unknown.
 */
int64_t		 keys_last_expires(struct invocation *in,
		    const struct conf_edit *edit, const struct keys *keys,
		    const char *kid);

/* owner.c ---------------------------------------------------------------- */

/*
 * Where root runs this: become the owner and group of the file at `path`, for
 * good.  NULL, or what was wrong.
 */
const char	*act_as_owner(const char *path);

/* conf_load after it; what root reads as root must be root's. */
struct conf	*load_as_owner(const char *path,
		    void (*tell)(void *arg, const char *line), void *arg);

/*
 * The same with names; a NULL `owner` is who runs this, a NULL `group` the
 * owner's.  `*gid` is `group`'s where that is given.
 */
const char	*act_as(const char *owner, const char *group, gid_t *gid);

/* output.c --------------------------------------------------------------- */

/*
 * Text as it may go to a terminal: control characters as \u001b, what is not
 * UTF-8 as U+FFFD.  JSON stays the same JSON.
 */
void		print_text(FILE *out, const char *text);

/* A line on standard output. */
void		say(const char *format, ...) PRINTF(1, 2);

/* "darban: " and a line on standard error. */
void		complain(const char *format, ...) PRINTF(1, 2);

/* What an error means to whoever runs the command. */
const char	*failure_text(enum err err);

/* Complains about `what`, and why it failed: COULD_NOT. */
enum outcome	failed(const struct invocation *in, enum err err,
		    const char *what);

/* One line of the log for what was done to an account. */
void		log_act(const struct user *user, const char *what);

/* For log_sink: the text of a log line as a complaint. */
void		complain_log(void *_, const char *line, size_t size);

/* Behind time, program and level: what a log line says. */
const char	*log_text(const char *line, size_t size, int *length);

struct column {
	const char	*title;
	size_t		 width;		/* on a terminal, a multiple of 8 */
};

/*
 * One row; the columns are separated by one tab, on a terminal by as many as
 * align them.  A NULL cell is "-".  No cells at all: the titles.
 */
void		table_row(const struct column *columns, size_t count,
		    const char *const *cells);

/* A value as one line of JSON. */
enum outcome	print_json(struct invocation *in, const struct json *value);

/* A member that is null where the text is NULL; a time in ISO 8601. */
void		add_text(struct arena *arena, struct json *object,
		    const char *name, const char *text);
void		add_time(struct arena *arena, struct json *object,
		    const char *name, int64_t time);
void		add_id(struct arena *arena, struct json *object,
		    const struct id *id);

/* batch.c ---------------------------------------------------------------- */

struct tally {
	int64_t	done, there, refused;
};

/* Counts it; false: it was refused, and refusal_text says why. */
bool		 count_result(struct tally *tally,
		    const struct store_result *result);
const char	*refusal_text(const struct store_result *result);

/*
 * Whether a write to `store` that came to `err` is worth another try, which
 * does no harm; `*tries` counts them.
 */
bool		 may_retry(struct store *store, enum err err, int *tries);

/* progress.c ------------------------------------------------------------- */

/*
 * How far long work is: a bar, where standard error is a terminal and there
 * is something to wait for; nothing where `total` is not known (0).
 */
void		progress(int64_t done, int64_t total);

/* Takes the bar away, if there is one: something else is to be printed. */
void		progress_clear(void);

/* prompt.c --------------------------------------------------------------- */

/*
 * A new password: twice from a terminal, which does not show it, or one line
 * of a standard input that is none.  NULL after a complaint.  It lives in the
 * arena, which overwrites it at the end.
 */
char		*ask_password(struct arena *arena);

/* Whether the person at the terminal says yes. */
bool		confirm(const char *question);

/* user.c ----------------------------------------------------------------- */

/* Whom a person means by `name`.  COULD_NOT after a complaint. */
enum outcome	find_user(struct invocation *in, const char *name,
		    struct user **out);

#endif
