/*
 * The words behind a command.  There is one table of options for all of them:
 * an option means the same wherever it is taken, and a command that does not
 * take it says so, instead of doing its work as if it had not been given.
 */
#include <getopt.h>

#include "command.h"

/* getopt_long gives ':' and '?' for what is wrong; ours lie above them. */
enum { FIRST = 256 };

static const struct option options[] = {
	[OPTION_ALL]	= { "all", no_argument, NULL, FIRST + OPTION_ALL },
	[OPTION_DRY_RUN] = { "dry-run", no_argument, NULL,
			    FIRST + OPTION_DRY_RUN },
	[OPTION_EMAIL]	= { "email", required_argument, NULL,
			    FIRST + OPTION_EMAIL },
	[OPTION_FORCE]	= { "force", no_argument, NULL, FIRST + OPTION_FORCE },
	[OPTION_FULL_NAME] = { "full-name", required_argument, NULL,
			    FIRST + OPTION_FULL_NAME },
	[OPTION_GROUP]	= { "group", required_argument, NULL,
			    FIRST + OPTION_GROUP },
	[OPTION_HELP]	= { "help", no_argument, NULL, FIRST + OPTION_HELP },
	[OPTION_JSON]	= { "json", no_argument, NULL, FIRST + OPTION_JSON },
	[OPTION_OWNER]	= { "owner", required_argument, NULL,
			    FIRST + OPTION_OWNER },
	[OPTION_SET]	= { "set", required_argument, NULL,
			    FIRST + OPTION_SET },
	[OPTION_USER]	= { "user", required_argument, NULL,
			    FIRST + OPTION_USER },
	[OPTION_VALIDATOR] = { "validator", no_argument, NULL,
			    FIRST + OPTION_VALIDATOR },
	[OPTION__MAX]	= { NULL, 0, NULL, 0 },
};

static const struct {
	const char	*form;
	const char	*text;
} explanations[] = {
	[OPTION_ALL]	= { "--all", "every session of every account" },
	[OPTION_DRY_RUN] = { "--dry-run", "change nothing, only say what" },
	[OPTION_EMAIL]	= { "--email ADDRESS", "its e-mail address" },
	[OPTION_FORCE]	= { "--force",
			    "without asking, or where it would be refused" },
	[OPTION_FULL_NAME] = { "--full-name NAME",
			    "the person's name; NAME where it is not given" },
	[OPTION_GROUP]	= { "--group GROUP",
			    "a group that may read the configuration" },
	[OPTION_HELP]	= { "--help", "this text" },
	[OPTION_JSON]	= { "--json", "for programs" },
	[OPTION_OWNER]	= { "--owner USER",
			    "to whom everything belongs (for root)" },
	[OPTION_SET]	= { "--set NAME=VALUE",
			    "a setting of darban.conf(5); may be repeated" },
	[OPTION_USER]	= { "--user USER", "every session of this account" },
	[OPTION_VALIDATOR] = { "--validator",
			    "MongoDB checks accounts that are there, too" },
};

_Static_assert(NELEMS(explanations) == OPTION__MAX, "each is explained");

void
options_explain(FILE *out, const struct command *command)
{
	size_t i;

	for (i = 0; i < OPTION__MAX; i++)
		if (command->options & (1u << i))
			(void)fprintf(out, "    %-18s  %s\n",
			    explanations[i].form, explanations[i].text);
}

void
usage_print(FILE *out, const struct command *command)
{
	(void)fprintf(out, "usage: darban [-c FILE] %s%s%s%s%s\n",
	    command->word[0], command->word[1] == NULL ? "" : " ",
	    command->word[1] == NULL ? "" : command->word[1],
	    *command->synopsis == '\0' ? "" : " ", command->synopsis);
}

enum outcome
wrong_use(const struct invocation *in, const char *format, ...)
{
	char	text[512];
	va_list	args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);

	complain("%s", text);
	usage_print(stderr, in->command);
	return WRONG_USE;
}

/*
 * getopt_long says which letter it does not know; of a long option it leaves
 * no trace but its place.
 */
void
option_complain(int what, char **argv)
{
	if (what == ':')
		complain("%s wants a value", argv[optind - 1]);
	else if (optopt > 0 && optopt < FIRST && argv[optind - 1][1] != '-')
		complain("no such option: -%c", optopt);
	else
		complain("no such option: %s", argv[optind - 1]);
}

static enum outcome
option_take(struct invocation *in, enum option_name option)
{
	if (((in->command->options | 1u << OPTION_HELP) & (1u << option)) == 0)
		return wrong_use(in, "no such option: --%s",
		    options[option].name);

	in->value[option] = optarg == NULL ? "" : optarg;
	if (option == OPTION_SET)
		in->set[in->sets++] = optarg;
	return DONE;
}

enum outcome
options_read(struct invocation *in, int argc, char **argv)
{
	enum outcome	outcome;
	int		c, operands;

	in->set = arena_alloc(in->ctx.arena,
	    (size_t)argc * sizeof(*in->set));
	if (in->set == NULL)
		return failed(in, E_INTERNAL, "options");

	/* 0, not 1: the GNU library forgets the words before the command. */
	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (c < FIRST) {
			option_complain(c, argv);
			usage_print(stderr, in->command);
			return WRONG_USE;
		}
		outcome = option_take(in, (enum option_name)(c - FIRST));
		if (outcome != DONE)
			return outcome;
	}

	/* GNU's getopt has put them behind the options, and NULL ends them. */
	in->operand = argv + optind;
	operands = argc - optind;
	if (in->value[OPTION_HELP] != NULL)
		return DONE;
	if (operands < in->command->least)
		return wrong_use(in, "something is missing");
	if (operands > in->command->most)
		return wrong_use(in, "too much: %s",
		    in->operand[in->command->most]);
	return DONE;
}
