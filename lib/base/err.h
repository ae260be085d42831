/*
 * The results of fallible functions, and the one table that says what each
 * means to a client: the HTTP status, the stable code, the default text.
 */
#ifndef DARBAN_ERR_H
#define DARBAN_ERR_H

enum err {
	OK,

	/* What the client may read of each: err_row. */
	E_MALFORMED,		/* the request is not well formed */
	E_INPUT,		/* a required member is missing */
	E_AMBIGUOUS,		/* credentials that name different sessions */
	E_BAD_ID,		/* not 24 hex digits */
	E_UNAUTHENTICATED,	/* no credential */
	E_TOKEN,		/* a credential that is no good */
	E_SESSION_ENDED,	/* a genuine token of a session that is over */
	E_REUSE,		/* a refresh token used again: session ended */
	E_CREDENTIALS,		/* wrong name or password */
	E_PASSWORD,		/* the current password, asked for again */
	E_CROSS_SITE,		/* a page of another site is behind it */
	E_CLOSED,		/* nobody may register */
	E_NOT_FOUND,
	E_METHOD,		/* a method this program does not take */
	E_METHOD_UNKNOWN,	/* a method nobody here knows */
	E_EXISTS,		/* a unique value is taken */
	E_TOO_LARGE,
	E_MEDIA_TYPE,
	E_MEMBER,		/* a member that is there and wrong */
	E_PICTURE,		/* not a picture that can be read */
	E_PICTURE_LIMIT,	/* more pixels than anybody needs */
	E_THROTTLED,		/* too many attempts; may be retried later */
	E_BUSY,			/* no hash slot in time */
	E_UNAVAILABLE,		/* store away; may be retried */
	E_CONFIG,		/* configuration broken */
	E_FULL,			/* no room for a file */
	E_STALE,		/* a condition of a write did not hold */
	E_INTERNAL,		/* everything else, memory included */

	E__MAX
};

struct err_row {
	int		 status;	/* HTTP */
	const char	*code;		/* stable, documented in the README */
	const char	*text;		/* the default message, for people */
};

/* The row of `err`, which must be one of the enum and not E__MAX. */
const struct err_row	*err_row(enum err err);

#endif
