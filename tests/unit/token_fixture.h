/*
 * What the tests of tokens stand on: two keys for each use, and a signer of
 * our own.
 *
 * Most tokens are signed as they should be and wrong in one thing only: what
 * refuses them is the point under test and not the signature.
 */
#ifndef DARBAN_TESTS_TOKEN_FIXTURE_H
#define DARBAN_TESTS_TOKEN_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "base/arena.h"
#include "base/conf.h"
#include "base/crypto.h"
#include "base/id.h"
#include "base/ctx.h"
#include "base/log.h"
#include "account/token.h"

/* Behind ours, because it makes a macro of the name of ctx.h's fail. */
#include <cmocka.h>

#define NOW	1767225600	/* 2026-01-01T00:00:00Z */
#define USER	"0102030405060708090a0b0c"
#define SID	"fff1f2f3f4f5f6f7f8f9fafb"
#define PROOF	"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"

static const char base64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "abcdefghijklmnopqrstuvwxyz0123456789-_";

static unsigned char bytes[TOKEN__MAX][2][33] = {
	{ "access key number one, 32 bytes.",
	    "access key number two, 32 bytes." },
	{ "refresh key number one, 32 byte.",
	    "refresh key number two, 32 byte." },
};

/* What every test starts with; `arena` outlives single calls, ctx's not. */
static struct {
	struct conf_key	 key[TOKEN__MAX][2];
	struct conf	 conf;
	struct ctx	 ctx;
	struct keyring	*keys;
	struct arena	*arena;
	int		 lines;		/* of the log */
} f;

static inline void
count_line(void *_ UNUSED, const char *line, size_t size)
{
	assert_int_equal(line[size - 1], '\n');
	assert_null(strstr(line, "number one"));
	f.lines++;
}

static inline int
setup(void **state)
{
	(void)state;
	memset(&f, 0, sizeof(f));
	f.key[TOKEN_ACCESS][0] = (struct conf_key){ "a1", bytes[0][0], 32 };
	f.key[TOKEN_ACCESS][1] = (struct conf_key){ "a-2", bytes[0][1], 32 };
	f.key[TOKEN_REFRESH][0] = (struct conf_key){ "r1", bytes[1][0], 32 };
	f.key[TOKEN_REFRESH][1] = (struct conf_key){ "r_2", bytes[1][1], 32 };
	f.conf.access_keys = (struct conf_keys){ f.key[TOKEN_ACCESS], 2 };
	f.conf.refresh_keys = (struct conf_keys){ f.key[TOKEN_REFRESH], 2 };
	f.conf.issuer = f.conf.audience = strdup("darban");
	f.arena = arena_new();
	assert_int_equal(keyring_new(&f.conf, &f.keys), OK);
	f.ctx = (struct ctx){
		.arena = arena_new(),
		.conf = &f.conf,
		.keys = f.keys,
		.now = INT64_C(1000) * NOW,
	};
	log_sink(count_line, NULL);
	return 0;
}

static inline int
teardown(void **state)
{
	(void)state;
	log_sink(NULL, NULL);
	keyring_free(f.keys);
	arena_free(f.ctx.arena);
	arena_free(f.arena);
	free(f.conf.issuer);
	return 0;
}

/* A signer of our own ---------------------------------------------------- */

static inline const char *
mac_of(const struct conf_key *key, const char *text)
{
	unsigned char mac[MAC_SIZE];

	assert_int_equal(crypto_mac(key->bytes, key->size, text,
	    strlen(text), mac), OK);
	return base64url_encode(f.arena, mac, sizeof(mac));
}

/* `text` is the first two parts, whatever they are. */
static inline const char *
sign_parts(const struct conf_key *key, const char *text)
{
	return arena_printf(f.arena, "%s.%s", text, mac_of(key, text));
}

static inline const char *
encoded(const char *text)
{
	return base64url_encode(f.arena, text, strlen(text));
}

static inline const char *
header_of(const struct conf_key *key)
{
	return arena_printf(f.arena,
	    "{\"alg\":\"HS256\",\"kid\":\"%s\",\"typ\":\"JWT\"}", key->kid);
}

static inline const char *
sign_with(const struct conf_key *key, const char *header, const char *payload)
{
	return sign_parts(key, arena_printf(f.arena, "%s.%s", encoded(header),
	    encoded(payload)));
}

static inline const char *
sign(enum token_use use, const char *payload)
{
	const struct conf_key *key = &f.key[use][0];

	return sign_with(key, header_of(key), payload);
}

/* A claim and its value, as JSON. */
struct member {
	const char *name, *value;
};

static const struct member good[TOKEN__MAX][10] = {
	[TOKEN_ACCESS] = {
		{ "_id", "\"" USER "\"" },
		{ "sid", "\"" SID "\"" },
		{ "token_use", "\"access\"" },
		{ "iss", "\"darban\"" },
		{ "aud", "\"darban\"" },
		{ "iat", "1767225600" },
		{ "exp", "1767226500" },
		{ "username", "\"anna\"" },
		{ "email", "\"anna@example.org\"" },
		{ "fullName", "\"Anna M\xc3\xbcller\"" },
	},
	[TOKEN_REFRESH] = {
		{ "_id", "\"" USER "\"" },
		{ "sid", "\"" SID "\"" },
		{ "token_use", "\"refresh\"" },
		{ "iss", "\"darban\"" },
		{ "aud", "\"darban\"" },
		{ "iat", "1767225600" },
		{ "exp", "1768089600" },
		{ "n", "7" },
		{ "proof", "\"" PROOF "\"" },
		{ NULL, NULL },
	},
};

/* A good payload with one claim changed or added; NULL: left out. */
static inline const char *
with(enum token_use use, const char *name, const char *value)
{
	const char	*text = "", *v;
	bool		 is_new = true;
	size_t		 i;

	for (i = 0; i < NELEMS(good[use]) && good[use][i].name != NULL; i++) {
		v = good[use][i].value;
		if (strcmp(good[use][i].name, name) == 0) {
			is_new = false;
			v = value;
		}
		if (v != NULL)
			text = arena_printf(f.arena, "%s%s\"%s\":%s", text,
			    *text == '\0' ? "" : ",", good[use][i].name, v);
	}
	if (is_new && value != NULL)
		text = arena_printf(f.arena, "%s,\"%s\":%s", text, name,
		    value);
	return arena_printf(f.arena, "{%s}", text);
}

static inline const char *
good_token(enum token_use use)
{
	return sign(use, with(use, "", NULL));
}

/* What token_read says; and that it leaves `out` alone where it refuses. */
static inline enum err
judge(enum token_use use, const char *token)
{
	struct claims	claims, untouched;
	enum err	err;

	memset(&claims, 0xa5, sizeof(claims));
	memset(&untouched, 0xa5, sizeof(untouched));
	arena_wipe(f.ctx.arena);
	if ((err = token_read(&f.ctx, use, token, &claims)) != OK)
		assert_memory_equal(&claims, &untouched, sizeof(claims));
	return err;
}

#define assert_taken(use, token) \
	see(use, token, OK, #token, __LINE__)
#define assert_refused(use, token) \
	see(use, token, E_TOKEN, #token, __LINE__)

static inline void
see(enum token_use use, const char *token, enum err expected,
    const char *what, int line)
{
	enum err err = judge(use, token);

	if (err != expected)
		fail_msg("%d: %s = %s: %d, not %d", line, what, token, err,
		    expected);
}

/* A payload, signed as it should be. */
#define refuse_payload(use, payload) \
	see(use, sign(use, payload), E_TOKEN, payload, __LINE__)
#define take_payload(use, payload) \
	see(use, sign(use, payload), OK, payload, __LINE__)

static inline const struct claims *
sample(enum token_use use)
{
	static struct claims	claims;
	size_t			i;

	claims = (struct claims){
		.issued_at = NOW,
		.expires_at = use == TOKEN_ACCESS ? 1767226500 : 1768089600,
		.username = "anna",
		.email = "anna@example.org",
		.full_name = "Anna M\xc3\xbcller",
		.counter = 7,
	};
	assert_true(id_parse(USER, &claims.user));
	assert_true(id_parse(SID, &claims.session));
	for (i = 0; i < sizeof(claims.proof); i++)
		claims.proof[i] = (unsigned char)i;
	return &claims;
}

static inline char *
make(enum token_use use, const struct claims *claims)
{
	char *token;

	arena_wipe(f.ctx.arena);
	assert_int_equal(token_make(&f.ctx, use, claims, &token), OK);
	return arena_strdup(f.arena, token);
}

static inline void
assert_text(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		assert_ptr_equal(a, b);
	else
		assert_string_equal(a, b);
}

static inline void
assert_claims(enum token_use use, const struct claims *claims,
    const struct claims *expected)
{
	static const struct claims none;

	assert_true(id_equal(&claims->user, &expected->user));
	assert_true(id_equal(&claims->session, &expected->session));
	assert_int_equal(claims->issued_at, expected->issued_at);
	assert_int_equal(claims->expires_at, expected->expires_at);
	if (use == TOKEN_REFRESH) {
		assert_int_equal(claims->counter, expected->counter);
		assert_memory_equal(claims->proof, expected->proof, MAC_SIZE);
		expected = &none;
	} else {
		assert_int_equal(claims->counter, 0);
		assert_memory_equal(claims->proof, none.proof, MAC_SIZE);
	}
	assert_text(claims->username, expected->username);
	assert_text(claims->email, expected->email);
	assert_text(claims->full_name, expected->full_name);
}

static inline void
assert_reads_as(enum token_use use, const char *token,
    const struct claims *expected)
{
	struct claims claims;

	arena_wipe(f.ctx.arena);
	assert_int_equal(token_read(&f.ctx, use, token, &claims), OK);
	assert_claims(use, &claims, expected);
}

/* Python's hmac and json made these; so would jsonwebtoken. */
static const char *const known[TOKEN__MAX] = {
	"eyJhbGciOiJIUzI1NiIsImtpZCI6ImExIiwidHlwIjoiSldUIn0."
	"eyJfaWQiOiIwMTAyMDMwNDA1MDYwNzA4MDkwYTBiMGMiLCJhdWQiOiJkYXJiYW4iLCJ"
	"lbWFpbCI6ImFubmFAZXhhbXBsZS5vcmciLCJleHAiOjE3NjcyMjY1MDAsImZ1bGxOYW"
	"1lIjoiQW5uYSBNw7xsbGVyIiwiaWF0IjoxNzY3MjI1NjAwLCJpc3MiOiJkYXJiYW4iL"
	"CJzaWQiOiJmZmYxZjJmM2Y0ZjVmNmY3ZjhmOWZhZmIiLCJ0b2tlbl91c2UiOiJhY2Nl"
	"c3MiLCJ1c2VybmFtZSI6ImFubmEifQ."
	"75nl4J6HkU0EkJCbucwGhFWBrt1iD-JSepd5rUN5Zy4",
	"eyJhbGciOiJIUzI1NiIsImtpZCI6InIxIiwidHlwIjoiSldUIn0."
	"eyJfaWQiOiIwMTAyMDMwNDA1MDYwNzA4MDkwYTBiMGMiLCJhdWQiOiJkYXJiYW4iLCJ"
	"leHAiOjE3NjgwODk2MDAsImlhdCI6MTc2NzIyNTYwMCwiaXNzIjoiZGFyYmFuIiwibi"
	"I6NywicHJvb2YiOiJBQUVDQXdRRkJnY0lDUW9MREEwT0R4QVJFaE1VRlJZWEdCa2FHe"
	"HdkSGg4Iiwic2lkIjoiZmZmMWYyZjNmNGY1ZjZmN2Y4ZjlmYWZiIiwidG9rZW5fdXNl"
	"IjoicmVmcmVzaCJ9."
	"H31xlTtArxFuObypeEVT3d2KM3TyiqqUWx7KuRUb5Xc",
};

static inline char *
name_of(size_t length)
{
	char *name = arena_alloc(f.arena, length + 1);

	memset(name, 'x', length);
	return name;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
