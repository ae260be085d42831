/*
 * The header fields that say who asks and from where: a line each, whose first
 * byte chooses the field.
 */
#include "fuzz.h"
#include "http/credentials.h"
#include "http/origin.h"

enum { LINES_MAX = 12 };

static const char *const names[] = {
	"HTTP_COOKIE=", "HTTP_AUTHORIZATION=", "REDIRECT_HTTP_AUTHORIZATION=",
	"HTTP_ORIGIN=", "HTTP_SEC_FETCH_SITE=", "HTTP_HOST=", "HTTPS=", "",
};

/* Cuts the input into an environment. */
static void
make_environment(struct ctx *ctx, char *input,
    char *environment[LINES_MAX + 1])
{
	size_t	 i = 0;
	char	*line;

	while (i < LINES_MAX && (line = strsep(&input, "\n")) != NULL)
		if (*line != '\0')
			environment[i++] = arena_printf(ctx->arena, "%s%s",
			    names[(unsigned char)*line % NELEMS(names)],
			    line + 1);
	environment[i] = NULL;
}

static void
check_token(const char *token)
{
	assert(token == NULL || (*token != '\0' && *token != ' ' &&
	    strcmp(token, "undefined") != 0));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ctx		*ctx = fuzz_ctx();
	char			*environment[LINES_MAX + 1];
	const struct transport	 transport = { .environment = environment };
	struct request		 req = {
		.transport = &transport,
		.method = METHOD_POST,
	};
	char			*input = fuzz_text(data, size);
	enum err		 err;

	make_environment(ctx, input, environment);
	err = credentials_find(ctx, &req);
	assert(err == OK || err == E_MALFORMED || err == E_AMBIGUOUS);
	check_token(req.bearer);
	check_token(req.cookies[COOKIE_ACCESS]);
	check_token(req.cookies[COOKIE_REFRESH]);

	if (err == OK && (err = origin_find(&req)) == OK) {
		err = origin_check(ctx, &req, EITHER_TOKEN);
		assert(err == OK || err == E_CROSS_SITE);
		/* What a page of another site sends when it sends cookies. */
		if (req.cookies[COOKIE_ACCESS] != NULL && req.origin != NULL &&
		    strcmp(req.origin, "null") == 0 && req.fetch_site == NULL)
			assert(err == E_CROSS_SITE);
	}
	free(input);
	return 0;
}
