/*
 * A store with two accounts that are logged in, a program that says who one
 * is, a good token and forged ones: what tests of tokens in whole requests
 * stand on.
 */
#ifndef DARBAN_TESTS_TOKEN_SITE_H
#define DARBAN_TESTS_TOKEN_SITE_H

#include "base/log.h"
#include "account/app.h"
#include "account/session.h"
#include "http/describe.h"
#include "http/endpoint.h"
#include "exchange.h"
#include "fixture.h"
#include "no_memory.h"

enum { TOKEN_SIZE = 2049, FORGED_MAX = 16 };

struct site {
	struct fixture	*f;
	struct exchange	*x;
	struct app	 app;
	struct user	 other;		/* than the fixture's, and live too */
	char		 good[TOKEN_SIZE];
	char		 forged[FORGED_MAX][TOKEN_SIZE];
	int		 count;		/* of these */
	char		*served;	/* what the good one is answered */
	char		 conf[96];	/* the path, where nothing stands */
};

/* As cgi-bin/me.c does. */
static enum err
me(struct ctx *ctx, const struct request *req, struct response *res)
{
	user_describe(ctx->arena, req->user, response_data(res));
	return OK;
}

static const struct endpoint table[] = {
	{ .methods = METHOD_GET, .access = ACCESS_TOKEN, .handler = me },
	{ 0 }
};

static inline void
see_no_token(void *_ UNUSED, const char *line, size_t size)
{
	assert_null(memmem(line, size, "eyJ", 3));
}

/* Requests --------------------------------------------------------------- */

/* Whether an allocation has failed: number `k`, or those behind it too. */
static inline bool
ask(struct site *s, const char *token, long k, bool is_lasting)
{
	struct ctx	ctx = { .arena = arena_new() };
	char		header[TOKEN_SIZE + 16];
	bool		has_failed;

	assert_non_null(ctx.arena);
	exchange_free(s->x);
	s->x = exchange_new();
	(void)snprintf(header, sizeof(header), "Bearer %s", token);
	exchange_add(s->x, "DARBAN_CONF", s->conf);
	exchange_add(s->x, "REQUEST_METHOD", "GET");
	exchange_add(s->x, "HTTP_AUTHORIZATION", header);

	memory_fail(k, is_lasting);
	dispatch(&s->app, table, &s->x->transport, &ctx);
	has_failed = memory_mend();
	arena_free(ctx.arena);
	return has_failed;
}

static inline bool
answer_has(const struct site *s, const char *text)
{
	return strstr(s->x->answer, text) != NULL;
}

static inline bool
is_served(const struct site *s)
{
	return strcmp(s->x->answer, s->served) == 0;
}

/* Of nobody, and with the words of a token that is no good. */
static inline bool
is_refused(const struct site *s)
{
	return strncmp(s->x->answer, "Status: 401 ", 12) == 0 &&
	    answer_has(s, "\r\nWWW-Authenticate: Bearer "
	    "error=\"invalid_token\"\r\n") &&
	    !answer_has(s, "alice") && !answer_has(s, "mallory");
}

/* Whole and clean, although nothing could be had. */
static inline bool
is_failure(const struct site *s)
{
	return (strncmp(s->x->answer, "Status: 500 ", 12) == 0 ||
	    strncmp(s->x->answer, "Status: 503 ", 12) == 0) &&
	    answer_has(s, "\"data\":null") &&
	    answer_has(s, "\"success\":false") &&
	    s->x->answer[s->x->size - 1] == '}' &&
	    !answer_has(s, "alice") && !answer_has(s, "mallory");
}

static inline void
expect(const struct site *s, bool is_right, const char *token, long k)
{
	if (!is_right)
		fail_msg("allocation %ld, token %s: %s", k, token,
		    s->x->answer);
}

static inline void
expect_served(struct site *s)
{
	(void)ask(s, s->good, 0, false);
	expect(s, is_served(s), s->good, 0);
}

/* Tokens ----------------------------------------------------------------- */

static inline char *
next_forged(struct site *s)
{
	assert_true(s->count < FORGED_MAX);
	return s->forged[s->count++];
}

/* Well signed, with these keys. */
static inline void
make(struct site *s, const struct keyring *keys, const struct claims *claims,
    char *out)
{
	char *token;

	s->f->ctx.keys = keys;
	assert_int_equal(token_make(&s->f->ctx, TOKEN_ACCESS, claims, &token),
	    OK);
	s->f->ctx.keys = s->f->keys;
	(void)snprintf(out, TOKEN_SIZE, "%s", token);
}

/* A key of the same name and of another's. */
static inline void
forge_with_another_key(struct site *s, const struct claims *claims)
{
	static unsigned char	 bytes[32] = "a key of somebody else, 32 bytes";
	struct conf_key		 key = s->f->access_key;
	struct conf		 conf = s->f->conf;
	struct keyring		*keys;

	key.bytes = bytes;
	conf.access_keys.key = &key;
	assert_int_equal(keyring_new(&conf, &keys), OK);
	make(s, keys, claims, next_forged(s));
	keyring_free(keys);
}

/* Of another's token two parts, of the good one the signature. */
static inline void
forge_parts(struct site *s, const char *others)
{
	const int	 length = (int)(strrchr(others, '.') - others);
	const char	*none = "eyJhbGciOiJub25lIn0";

	(void)snprintf(next_forged(s), TOKEN_SIZE, "%.*s%s", length, others,
	    strrchr(s->good, '.'));
	(void)snprintf(next_forged(s), TOKEN_SIZE, "%.*s.%.43s", length,
	    others, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
	(void)snprintf(next_forged(s), TOKEN_SIZE, "%s%.*s.", none,
	    length - (int)(strchr(others, '.') - others),
	    strchr(others, '.'));
	(void)snprintf(next_forged(s), TOKEN_SIZE, "%s%s", none,
	    strchr(others, '.'));
}

/* What a key that is ours may have signed, and nobody may have sent. */
static inline void
forge_claims(struct site *s, const struct claims *mine,
    const struct claims *others)
{
	struct claims claims = *others;

	claims.session = mine->session;
	make(s, s->f->keys, &claims, next_forged(s));
	claims = *others;
	claims.user = mine->user;
	make(s, s->f->keys, &claims, next_forged(s));
	claims = *others;
	claims.issued_at -= 7200;
	claims.expires_at = claims.issued_at + 3600;
	make(s, s->f->keys, &claims, next_forged(s));
	claims = *others;
	claims.issued_at += 3600;
	claims.expires_at += 3600;
	make(s, s->f->keys, &claims, next_forged(s));
}

static inline void
make_tokens(struct site *s)
{
	struct fixture	*f = s->f;
	struct tokens	 tokens;
	struct claims	 mine, others;
	char		*token;
	unsigned	 taken;

	assert_int_equal(session_open(&f->ctx, &f->user, &tokens), OK);
	(void)snprintf(s->good, TOKEN_SIZE, "%s", tokens.access);
	(void)snprintf(next_forged(s), TOKEN_SIZE, "%s", tokens.refresh);
	assert_int_equal(token_read(&f->ctx, TOKEN_ACCESS, s->good, &mine),
	    OK);

	s->other = f->user;
	s->other.username = "mallory";
	s->other.email = "mallory@example.org";
	assert_int_equal(id_make(T0, &s->other.id), OK);
	assert_int_equal(store_user_insert(f->store, &s->other, &taken), OK);
	assert_int_equal(session_open(&f->ctx, &s->other, &tokens), OK);
	token = tokens.access;
	assert_int_equal(token_read(&f->ctx, TOKEN_ACCESS, token, &others),
	    OK);
	forge_parts(s, token);
	forge_with_another_key(s, &others);
	forge_claims(s, &mine, &others);
}

static inline int
set_up(void **state)
{
	struct site *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	log_sink(see_no_token, NULL);
	(void)fixture_setup((void **)&s->f);
	fixture_at(s->f, clock_now());
	make_tokens(s);
	(void)snprintf(s->conf, sizeof(s->conf), "%s/darban.conf",
	    s->f->directory);
	/* As if that configuration had been read from there. */
	s->app = (struct app){
		.path = s->conf,
		.conf = &s->f->conf,
		.keys = s->f->keys,
		.store = s->f->store,
		.mode = STORE_SERVE,
	};
	conf_stamp(s->conf, &s->app.stamp);
	s->x = exchange_new();
	(void)ask(s, s->good, 0, false);
	s->served = strdup(s->x->answer);
	assert_non_null(s->served);
	*state = s;
	return 0;
}

static inline int
tear_down(void **state)
{
	struct site *s = *state;

	log_sink(NULL, NULL);
	if (s->app.store != s->f->store)
		store_close(s->app.store);
	exchange_free(s->x);
	(void)fixture_teardown((void **)&s->f);
	free(s->served);
	free(s);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
