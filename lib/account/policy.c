#include "base/base.h"
#include "base/err.h"
#include "base/arena.h"
#include "base/conf.h"
#include "base/id.h"
#include "base/ctx.h"
#include "base/text.h"
#include "store/store.h"
#include "account/blocklist.h"
#include "account/password.h"
#include "account/policy.h"

enum {
	USERNAME_MAX = 64,		/* code points */
	FULL_NAME_MAX = 128,		/* code points */
	EMAIL_MAX = 254,		/* bytes (RFC 5321, 4.5.3.1.3) */
	PASSWORD_LENGTH_MAX = 256,	/* code points */
	TYPED_NAME_MAX = 1024,		/* bytes */
};

char *
clean_username(struct arena *arena, const char *text)
{
	return text_nfc(arena, text_lower(arena, text_trim(arena, text)));
}

/*
 * Not in NFC: an address is looked up as it was typed, and who typed it in
 * another normalization form would not be found by the very same bytes.
 */
char *
clean_email(struct arena *arena, const char *text)
{
	return text_lower(arena, text_trim(arena, text));
}

char *
clean_full_name(struct arena *arena, const char *text)
{
	return text_nfc(arena, text_trim(arena, text));
}

/*
 * Two texts that differ in what is not drawn look alike, and would be two
 * accounts: in what an account is found by, it is one character too many.
 */
static bool
has_invisible(const char *text)
{
	return text_has_control(text) || text_has_ignorable(text);
}

/* An @ would make a username look like somebody's address at login. */
const char *
username_problem(const char *username)
{
	if (username == NULL || *username == '\0')
		return "is empty";
	if (text_length(username) > USERNAME_MAX)
		return "is longer than 64 characters";
	if (text_has_space(username))
		return "contains white space";
	if (has_invisible(username))
		return "contains control characters";
	if (strchr(username, '@') != NULL)
		return "contains an @";
	return NULL;
}

/*
 * No more than the form: whether there is such a mailbox only a message to it
 * can tell.
 */
const char *
email_problem(const char *email)
{
	const char *at;

	if (email == NULL || *email == '\0')
		return "is empty";
	if (strlen(email) > EMAIL_MAX)
		return "is longer than 254 bytes";
	if (text_has_space(email) || has_invisible(email) ||
	    (at = strchr(email, '@')) == NULL || at == email ||
	    at[1] == '\0' || strchr(at + 1, '@') != NULL)
		return "is not an e-mail address";
	return NULL;
}

const char *
full_name_problem(const char *full_name)
{
	if (full_name == NULL || *full_name == '\0')
		return "is empty";
	if (text_length(full_name) > FULL_NAME_MAX)
		return "is longer than 128 characters";
	if (text_has_control(full_name))
		return "contains control characters";
	return NULL;
}

/* The form in which two spellings of a word are the same bytes. */
static char *
fold(struct arena *arena, const char *text)
{
	return text_nfc(arena, text_lower(arena, text_nfc(arena, text)));
}

/* Nothing is equal to a name that the account does not have. */
static bool
is_same(struct arena *arena, const char *folded, const char *name)
{
	const char *other = fold(arena, name);

	return folded != NULL && other != NULL && strcmp(folded, other) == 0;
}

static bool
is_own_name(struct arena *arena, const struct user *user, const char *folded)
{
	const char *local = NULL;

	if (user->email != NULL)
		local = arena_strndup(arena, user->email,
		    strcspn(user->email, "@"));
	return is_same(arena, folded, user->username) ||
	    is_same(arena, folded, user->email) ||
	    is_same(arena, folded, local) ||
	    is_same(arena, folded, user->full_name);
}

static const char *
length_problem(const struct conf *conf, const char *password)
{
	const size_t length = text_length(password);

	if (length > PASSWORD_LENGTH_MAX)
		return "is too long";
	return length < (size_t)conf->password_min ? "is too short" : NULL;
}

/* A rule that could not be checked was not kept. */
enum err
password_problem(struct ctx *ctx, const struct user *user,
    const char *password, const char **problem)
{
	const char	*folded;
	bool		 is_known, is_name;
	enum err	 err;

	if ((*problem = length_problem(ctx->conf, password)) != NULL)
		return OK;
	if ((folded = fold(ctx->arena, password)) == NULL)
		return E_INTERNAL;
	if ((err = blocklist_has(ctx, folded, &is_known)) != OK)
		return err;
	is_name = is_own_name(ctx->arena, user, folded);
	if (arena_failed(ctx->arena))
		return E_INTERNAL;
	if (is_known)
		*problem = "is one that everybody tries first";
	else if (is_name)
		*problem = "is one of your own names";
	return OK;
}

const char *
login_name_problem(const char *name)
{
	return strlen(name) > TYPED_NAME_MAX ? "is too long" : NULL;
}

const char *
login_password_problem(const char *password)
{
	if (*password == '\0')
		return "is empty";
	return strlen(password) > PASSWORD_MAX ? "is too long" : NULL;
}

const char *
any_text(const char *_ UNUSED)
{
	return NULL;
}
