/*
 * What a person is asked.  Passwords come from standard input alone: the
 * arguments of a program can be read by everybody on its host, and stay in
 * the shell's history.
 */
#include <signal.h>
#include <termios.h>

#include "command.h"
#include "base/crypto.h"
#include "base/text.h"
#include "account/password.h"

static struct termios	shown;		/* the terminal as it was */

static const int	ends[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };

/*
 * The three calls are safe in a handler.  The signal is raised again with its
 * default action, which follows when the handler returns, so that the parent
 * learns how this process ended.
 */
static void
show_and_end(int number)
{
	(void)tcsetattr(STDIN_FILENO, TCSANOW, &shown);
	(void)signal(number, SIG_DFL);
	(void)raise(number);
}

static void
handle_ends(void (*handler)(int))
{
	struct sigaction	action, old;
	size_t			i;

	memset(&action, 0, sizeof(action));
	(void)sigemptyset(&action.sa_mask);
	action.sa_handler = handler;
	for (i = 0; i < NELEMS(ends); i++) {
		/* nohup(1) had a reason. */
		if (sigaction(ends[i], NULL, &old) == 0 &&
		    old.sa_handler != SIG_IGN)
			(void)sigaction(ends[i], &action, NULL);
	}
}

/*
 * One line without its newline, byte by byte: what follows it is for whoever
 * reads next.  `*size` may say more than `room`, which is how much of it is
 * there.  False at the end of input.
 */
static bool
read_line(char *line, size_t room, size_t *size)
{
	ssize_t	n;
	char	c;

	*size = 0;
	for (;;) {
		n = read(STDIN_FILENO, &c, 1);
		if (n == -1 && errno == EINTR)
			continue;
		if (n != 1)
			return *size > 0;
		if (c == '\n')
			return true;
		if (*size < room)
			line[*size] = c;
		(*size)++;
	}
}

/* The same with a prompt, and without showing what is typed. */
static bool
read_hidden(const char *prompt, char *line, size_t room, size_t *size)
{
	struct termios	hidden;
	bool		ok;

	if (tcgetattr(STDIN_FILENO, &shown) != 0) {
		complain("standard input: %s", strerror(errno));
		return false;
	}
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	handle_ends(show_and_end);
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);

	(void)fputs(prompt, stderr);
	ok = read_line(line, room, size);
	(void)putc('\n', stderr);

	(void)tcsetattr(STDIN_FILENO, TCSANOW, &shown);
	handle_ends(SIG_DFL);
	return ok;
}

/* The text in the arena, or NULL after a complaint. */
static char *
password_of(struct arena *arena, const char *line, size_t size)
{
	char *password;

	if (size > PASSWORD_MAX)
		complain("a password has at most %d bytes", PASSWORD_MAX);
	else if (!text_is_valid(line, size))
		complain("a password is UTF-8 text without NUL");
	else if ((password = arena_strndup(arena, line, size)) == NULL)
		complain("no memory");
	else
		return password;
	return NULL;
}

static char *
ask_twice(struct arena *arena)
{
	char	 first[PASSWORD_MAX], second[PASSWORD_MAX], *password = NULL;
	size_t	 first_size, second_size;

	if (!read_hidden("Password: ", first, sizeof(first), &first_size) ||
	    !read_hidden("The same again: ", second, sizeof(second),
	    &second_size))
		complain("no password was given");
	else if (first_size != second_size || (first_size <= PASSWORD_MAX &&
	    !crypto_equal(first, second, first_size)))
		complain("the two passwords differ");
	else
		password = password_of(arena, first, first_size);

	crypto_wipe(first, sizeof(first));
	crypto_wipe(second, sizeof(second));
	return password;
}

char *
ask_password(struct arena *arena)
{
	char	 line[PASSWORD_MAX], *password = NULL;
	size_t	 size;

	if (isatty(STDIN_FILENO) == 1)
		return ask_twice(arena);

	if (read_line(line, sizeof(line), &size))
		password = password_of(arena, line, size);
	else
		complain("no password on standard input");
	crypto_wipe(line, sizeof(line));
	return password;
}

bool
confirm(const char *question)
{
	char	line[8];
	size_t	size;

	print_text(stderr, question);
	(void)fputs(" [y/N] ", stderr);
	if (!read_line(line, sizeof(line), &size) || size > sizeof(line))
		return false;
	return (size == 1 && strncasecmp(line, "y", 1) == 0) ||
	    (size == 3 && strncasecmp(line, "yes", 3) == 0);
}
