/* A body of JSON, and what it has to do with json_parse. */
#include "fuzz.h"

static const char *
no_problem(const char *_ UNUSED)
{
	return NULL;
}

static const struct field fields[] = {
	{ "username",     no_problem, ONE_OF },
	{ "email",        no_problem, ONE_OF },
	{ "password",     no_problem, REQUIRED },
	{ "everywhere",   NULL,       OPTIONAL },
	{ 0 }
};

/* Every member has its field, once, and is of its type. */
static void
check_bound(const struct request *req)
{
	size_t i, count = 0;

	for (i = 0; fields[i].name != NULL; i++) {
		if (req->values[i] == NULL)
			continue;
		assert(strcmp(req->values[i]->name, fields[i].name) == 0);
		assert(req->values[i]->type == (fields[i].problem != NULL ?
		    JSON_TEXT : JSON_BOOL));
		count++;
	}
	assert(count >= 2 && count <= NELEMS(fields) - 1);
}

/* What is accepted comes out as JSON again. */
static bool
check_round_trip(struct ctx *ctx, const uint8_t *data, size_t size)
{
	struct json	*value;
	char		*printed;
	enum err	 err;

	err = json_parse(ctx->arena, (const char *)data, size, &value);
	assert(err == OK || err == E_MALFORMED);
	if (err != OK)
		return false;
	printed = json_print(ctx->arena, value);
	assert(printed != NULL && text_is_valid(printed, strlen(printed)));
	assert(json_parse(ctx->arena, printed, strlen(printed),
	    &value) == OK);
	return json_type(value) == JSON_OBJECT;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ctx	*ctx = fuzz_ctx();
	struct request	 req = { 0 };
	enum err	 err;

	err = fuzz_read_body(ctx, "application/json", data, size,
	    &req.members);
	if (size > 0)
		assert(check_round_trip(ctx, data, size) == (err == OK));
	if (err != OK) {
		assert(req.members == NULL);
		return 0;
	}
	err = request_bind(ctx, &req, fields);
	assert(err == OK || err == E_INPUT || err == E_MEMBER);
	assert((err == OK) == (ctx->member_errors == NULL));
	if (err == OK)
		check_bound(&req);
	return 0;
}
