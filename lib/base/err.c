#include "base/base.h"
#include "base/err.h"

static const struct err_row rows[] = {
	[OK]		= { 200, "ok", "OK" },
	[E_MALFORMED]	= { 400, "malformed_request",
			    "The request is not well formed" },
	[E_INPUT]	= { 400, "missing_member",
			    "A required member is missing" },
	[E_AMBIGUOUS]	= { 400, "ambiguous_credentials",
			    "The credentials contradict each other" },
	[E_BAD_ID]	= { 400, "invalid_id",
			    "An id has 24 hexadecimal digits" },
	[E_UNAUTHENTICATED] = { 401, "unauthenticated",
			    "A credential is required" },
	[E_TOKEN]	= { 401, "invalid_token",
			    "The token is not valid or has expired" },
	[E_SESSION_ENDED] = { 401, "session_ended",
			    "The session has ended" },
	[E_REUSE]	= { 401, "session_revoked",
			    "The refresh token was used before; "
			    "the session has been ended" },
	[E_CREDENTIALS]	= { 401, "invalid_credentials",
			    "Invalid user credentials" },
	[E_PASSWORD]	= { 400, "invalid_password",
			    "The current password is not correct" },
	[E_CLOSED]	= { 403, "registration_closed",
			    "Registration is closed" },
	[E_CROSS_SITE]	= { 403, "cross_site",
			    "Requests from other sites are not taken" },
	[E_NOT_FOUND]	= { 404, "not_found", "Not found" },
	[E_METHOD]	= { 405, "method_not_allowed",
			    "The method is not allowed here" },
	[E_METHOD_UNKNOWN] = { 501, "method_unknown",
			    "The method is not known here" },
	[E_EXISTS]	= { 409, "already_exists", "Already taken" },
	[E_TOO_LARGE]	= { 413, "too_large", "The body is too large" },
	[E_MEDIA_TYPE]	= { 415, "unsupported_media_type",
			    "The body's media type is not taken here" },
	[E_MEMBER]	= { 422, "invalid_member",
			    "A member is not valid" },
	[E_PICTURE]	= { 422, "invalid_picture",
			    "The picture is broken" },
	[E_PICTURE_LIMIT] = { 422, "picture_too_large",
			    "The picture has too many pixels" },
	[E_THROTTLED]	= { 429, "too_many_attempts",
			    "Too many attempts; try again later" },
	[E_BUSY]	= { 503, "busy", "Too busy; try again" },
	[E_UNAVAILABLE]	= { 503, "unavailable",
			    "The service is not available; try again" },
	/* Which of the two it is concerns the operator, who has the log. */
	[E_CONFIG]	= { 503, "unavailable",
			    "The service is not available; try again" },
	[E_STALE]	= { 503, "unavailable",
			    "The service is not available; try again" },
	[E_FULL]	= { 507, "insufficient_storage",
			    "There is no room for the file" },
	[E_INTERNAL]	= { 500, "internal", "Internal error" },
};

_Static_assert(NELEMS(rows) == E__MAX, "every error has its row");

const struct err_row *
err_row(enum err err)
{
	assert((size_t)err < NELEMS(rows));
	return &rows[err];
}
