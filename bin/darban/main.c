/*
 * darban: accounts, sessions and the store, from the command line.
 *
 * Commands are rows of a table; what all of them need (who acts, the
 * configuration, the open store) is made here once.
 */
#include <getopt.h>
#include <sys/stat.h>

#include "command.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/log.h"
#include "base/process.h"

#define TAKES(option)	(1u << OPTION_##option)

static const struct command commands[] = {
	{ { "init", NULL },
	    "[--owner USER] [--group GROUP] [--set NAME=VALUE]... "
	    "[--validator]",
	    "Make a configuration with fresh keys, and what it names.",
	    command_init, refuse_init,
	    TAKES(OWNER) | TAKES(GROUP) | TAKES(SET) | TAKES(VALIDATOR),
	    0, 0, false },
	{ { "check", NULL }, "[--json]",
	    "Read the configuration, reach the store, say what is wrong.",
	    command_check, NULL, TAKES(JSON), 0, 0, false },
	{ { "user", "add" }, "NAME --email ADDRESS [--full-name NAME]",
	    "Make an account; the password comes from standard input.",
	    command_user_add, refuse_user_add,
	    TAKES(EMAIL) | TAKES(FULL_NAME), 1, 1, true },
	{ { "user", "list" }, "[--json]",
	    "List all accounts, the oldest first.",
	    command_user_list, NULL, TAKES(JSON), 0, 0, true },
	{ { "user", "show" }, "USER [--json]",
	    "Show one account.",
	    command_user_show, NULL, TAKES(JSON), 1, 1, true },
	{ { "user", "disable" }, "USER",
	    "Let nobody log in as USER, and end the sessions there are.",
	    command_user_disable, NULL, 0, 1, 1, true },
	{ { "user", "enable" }, "USER",
	    "Let a disabled USER log in again.",
	    command_user_enable, NULL, 0, 1, 1, true },
	{ { "user", "unlock" }, "USER",
	    "Forget failed logins: USER may try again at once.",
	    command_user_unlock, NULL, 0, 1, 1, true },
	{ { "user", "password" }, "USER",
	    "Set a new password, and end the sessions there are.",
	    command_user_password, NULL, 0, 1, 1, true },
	{ { "user", "remove" }, "USER [--force]",
	    "Remove the account and its sessions for good.",
	    command_user_remove, refuse_user_remove,
	    TAKES(FORCE), 1, 1, true },
	{ { "session", "list" }, "USER [--json]",
	    "List the live sessions of USER, the newest first.",
	    command_session_list, NULL, TAKES(JSON), 1, 1, true },
	{ { "session", "end" }, "ID | --user USER | --all",
	    "End one session, those of one account, or all there are.",
	    command_session_end, refuse_session_end,
	    TAKES(USER) | TAKES(ALL), 0, 1, true },
	{ { "avatar", "gc" }, "[--dry-run]",
	    "Remove pictures that no account refers to.",
	    command_avatar_gc, NULL, TAKES(DRY_RUN), 0, 0, true },
	{ { "key", "list" }, "[access | refresh] [--json]",
	    "List the keys of tokens by their names.",
	    command_key_list, refuse_key_list, TAKES(JSON), 0, 1, false },
	{ { "key", "add" }, "access | refresh [KID]",
	    "Make a key that verifies, and does not sign yet.",
	    command_key_add, refuse_key, 0, 1, 2, false },
	{ { "key", "promote" }, "access | refresh KID",
	    "Let this key sign, and the others verify.",
	    command_key_promote, refuse_key, 0, 2, 2, false },
	{ { "key", "retire" }, "access | refresh KID [--force]",
	    "Remove a key whose last token has expired.",
	    command_key_retire, refuse_key, TAKES(FORCE), 2, 2, false },
	{ { "import", NULL }, "FILE | - [--dry-run]",
	    "Take in accounts: our export, or mongoexport's JSON.",
	    command_import, NULL, TAKES(DRY_RUN), 1, 1, true },
	{ { "export", NULL }, "[--force]",
	    "Write all accounts, hashes included, to standard output.",
	    command_export, refuse_export, TAKES(FORCE), 0, 0, true },
	{ { "copy", NULL }, "FROM TO",
	    "Copy all accounts and live sessions to another store.",
	    command_copy, NULL, 0, 2, 2, false },
	{ { "backup", NULL }, "FILE",
	    "Write a consistent copy of the store to a new file.",
	    command_backup, NULL, 0, 1, 1, true },
	{ { "version", NULL }, "[--json]",
	    "Say which version this is, and which stores it knows.",
	    command_version, NULL, TAKES(JSON), 0, 0, false },
};

static const char usage[] = "usage: darban [-c FILE] COMMAND\n";

/* Every command, or those that begin with `word`. */
static void
help_list(FILE *out, const char *word)
{
	char	name[32];
	size_t	i;

	(void)fprintf(out, "%s\n", usage);
	for (i = 0; i < NELEMS(commands); i++) {
		if (word != NULL && strcmp(word, commands[i].word[0]) != 0)
			continue;
		(void)snprintf(name, sizeof(name), "%s %s",
		    commands[i].word[0],
		    commands[i].word[1] == NULL ? "" : commands[i].word[1]);
		(void)fprintf(out, "    %-16s  %s\n", name,
		    commands[i].summary);
	}
	(void)fprintf(out,
	    "\n`darban COMMAND --help` says more, darban(1) all of it.\n");
}

static enum outcome
help(const struct command *command)
{
	usage_print(stdout, command);
	(void)printf("\n%s\n\n", command->summary);
	options_explain(stdout, command);
	return DONE;
}

static const struct command *
command_find(char **argv)
{
	const char	*word;
	size_t		 i;

	for (i = 0; i < NELEMS(commands); i++) {
		if (strcmp(argv[0], commands[i].word[0]) != 0)
			continue;
		word = commands[i].word[1];
		if (word == NULL ||
		    (argv[1] != NULL && strcmp(argv[1], word) == 0))
			return &commands[i];
	}
	return NULL;
}

/* The words name no command: the first may still be one's first half. */
static enum outcome
no_command(char **argv)
{
	size_t	i;

	for (i = 0; i < NELEMS(commands); i++) {
		if (strcmp(argv[0], commands[i].word[0]) != 0)
			continue;
		if (argv[1] != NULL && strcmp(argv[1], "--help") == 0) {
			help_list(stdout, argv[0]);
			return DONE;
		}
		complain("%s what?", argv[0]);
		help_list(stderr, argv[0]);
		return WRONG_USE;
	}
	complain("no such command: %s", argv[0]);
	(void)fputs(usage, stderr);
	return WRONG_USE;
}

void
complain_conf(void *_ UNUSED, const char *line)
{
	complain("%s", line);
}

/*
 * What is done to accounts belongs into the log with what they do.  Without a
 * file of its own that is the web server's, which is out of reach here.
 */
void
log_acts(const struct conf *conf)
{
	if (conf->log_file == NULL)
		return;
	log_level((enum log_level)conf->log);
	log_file(conf->log_file);
	log_copy(LOG_WARN);
}

/*
 * Not through app_prepare: whoever types a command wants to read here why it
 * failed.
 */
static enum outcome
run_with_store(struct invocation *in)
{
	struct conf	*conf;
	const char	*problem;
	enum outcome	 outcome;
	enum err	 err;

	if ((problem = act_as_owner(in->path)) != NULL) {
		complain("%s: %s", in->path, problem);
		return COULD_NOT;
	}
	if ((conf = load_as_owner(in->path, complain_conf, NULL)) == NULL)
		return COULD_NOT;

	in->ctx.conf = conf;
	log_acts(conf);
	if ((err = store_open(conf->store, STORE_ADMIN,
	    &in->ctx.store)) == OK)
		outcome = in->command->run(in);
	else
		outcome = failed(in, err, "the store");

	store_close(in->ctx.store);
	log_file(NULL);
	conf_free(conf);
	return outcome;
}

/* Help is for those whose configuration does not work yet, too. */
static enum outcome
run_command(struct invocation *in)
{
	const struct command	*command = in->command;
	enum outcome		 outcome = DONE;

	if (in->value[OPTION_HELP] != NULL)
		return help(command);
	if (command->refuse != NULL)
		outcome = command->refuse(in);
	if (outcome != DONE)
		return outcome;
	return command->store ? run_with_store(in) : command->run(in);
}

static enum outcome
run(struct invocation *in, int argc, char **argv)
{
	const int	words = in->command->word[1] == NULL ? 0 : 1;
	enum outcome	outcome;

	if ((in->ctx.arena = arena_new()) == NULL)
		return failed(in, E_INTERNAL, "darban");
	in->ctx.now = clock_now();
	in->ctx.address = in->ctx.user_agent = "";

	outcome = options_read(in, argc - words, argv + words);
	if (outcome == DONE)
		outcome = run_command(in);

	/* A password may have lived there. */
	arena_free(in->ctx.arena);
	return outcome;
}

/* An answer that did not reach its file was not given. */
static enum outcome
flush(enum outcome outcome)
{
	if (fflush(stdout) != 0)
		complain("standard output: %s", strerror(errno));
	else if (ferror(stdout))
		complain("standard output: a part could not be written");
	else
		return outcome;
	return outcome == DONE ? COULD_NOT : outcome;
}

/* -c FILE, else the environment's, else the one compiled in. */
static const char *
default_path(void)
{
	const char *path;

	path = getenv("DARBAN_CONF");
	return path != NULL && *path != '\0' ? path :
	    SYSCONFDIR "/darban.conf";
}

/* What stands before the command, up to it; false where that was all. */
static bool
global_options(int argc, char **argv, struct invocation *in,
    enum outcome *outcome)
{
	static const struct option	only_help[] = {
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int				c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "+:c:", only_help, NULL)) != -1) {
		if (c == 'h') {
			help_list(stdout, NULL);
			*outcome = DONE;
			return false;
		}
		if (c != 'c') {
			option_complain(c, argv);
			break;
		}
		in->path = optarg;
	}
	if (c == -1 && optind < argc)
		return true;
	(void)fputs(usage, stderr);
	*outcome = WRONG_USE;
	return false;
}

int
main(int argc, char **argv)
{
	struct invocation	in = { .path = default_path() };
	enum outcome		outcome;

	process_harden();
	/* What is made here is its owner's alone, unless a command says. */
	(void)umask(077);
	/* Warnings belong to whoever typed the command. */
	log_program("darban");
	log_level(LOG_WARN);
	log_sink(complain_log, NULL);

	if (global_options(argc, argv, &in, &outcome)) {
		argc -= optind;
		argv += optind;
		in.command = command_find(argv);
		outcome = in.command == NULL ? no_command(argv) :
		    run(&in, argc, argv);
	}
	return flush(outcome);
}
