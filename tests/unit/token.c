/*
 * Tokens: what is made, and the seven points that what is read must pass.
 *
 * Most tokens here are signed as they should be, by a signer of our own, and
 * wrong in one thing only: what refuses them is the point under test and not
 * the signature.
 */
#include <dlfcn.h>
#include <openssl/hmac.h>
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

static void
count_line(void *_ UNUSED, const char *line, size_t size)
{
	assert_int_equal(line[size - 1], '\n');
	assert_null(strstr(line, "number one"));
	f.lines++;
}

static int
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

static int
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

static const char *
mac_of(const struct conf_key *key, const char *text)
{
	unsigned char mac[MAC_SIZE];

	assert_int_equal(crypto_mac(key->bytes, key->size, text,
	    strlen(text), mac), OK);
	return base64url_encode(f.arena, mac, sizeof(mac));
}

/* `text` is the first two parts, whatever they are. */
static const char *
sign_parts(const struct conf_key *key, const char *text)
{
	return arena_printf(f.arena, "%s.%s", text, mac_of(key, text));
}

static const char *
encoded(const char *text)
{
	return base64url_encode(f.arena, text, strlen(text));
}

static const char *
header_of(const struct conf_key *key)
{
	return arena_printf(f.arena,
	    "{\"alg\":\"HS256\",\"kid\":\"%s\",\"typ\":\"JWT\"}", key->kid);
}

static const char *
sign_with(const struct conf_key *key, const char *header, const char *payload)
{
	return sign_parts(key, arena_printf(f.arena, "%s.%s", encoded(header),
	    encoded(payload)));
}

static const char *
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
static const char *
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

static const char *
good_token(enum token_use use)
{
	return sign(use, with(use, "", NULL));
}

/* What token_read says; and that it leaves `out` alone where it refuses. */
static enum err
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

static void
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

static const struct claims *
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

static char *
make(enum token_use use, const struct claims *claims)
{
	char *token;

	arena_wipe(f.ctx.arena);
	assert_int_equal(token_make(&f.ctx, use, claims, &token), OK);
	return arena_strdup(f.arena, token);
}

static void
assert_text(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		assert_ptr_equal(a, b);
	else
		assert_string_equal(a, b);
}

static void
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

static void
assert_reads_as(enum token_use use, const char *token,
    const struct claims *expected)
{
	struct claims claims;

	arena_wipe(f.ctx.arena);
	assert_int_equal(token_read(&f.ctx, use, token, &claims), OK);
	assert_claims(use, &claims, expected);
}

/* What is made ----------------------------------------------------------- */

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

static void
the_same_claims_always_make_the_same_known_token(void **state)
{
	int use;

	(void)state;
	for (use = 0; use < TOKEN__MAX; use++) {
		assert_string_equal(make(use, sample(use)), known[use]);
		assert_string_equal(make(use, sample(use)), known[use]);
	}
}

static void
a_token_says_who_and_which_session_until_when(void **state)
{
	int use;

	(void)state;
	for (use = 0; use < TOKEN__MAX; use++) {
		assert_reads_as(use, known[use], sample(use));
		assert_reads_as(use, good_token(use), sample(use));
	}
}

static uint64_t
random_number(void)
{
	static uint64_t state = 1;

	state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return state >> 11;
}

static const char *
random_name(void)
{
	static const char *const names[] = { NULL, "", "o'brien", "\"\\/\b\f",
	    "\xe6\xbc\xa2\xe5\xad\x97", "\x01\x1f\x7f", "\xf0\x9f\x98\x80",
	    "a\xcc\x88", "<script>", "$ne", "{\"exp\":1}" };

	return names[random_number() % NELEMS(names)];
}

static void
two_hundred_good_tokens_are_all_believed(void **state)
{
	struct claims	claims;
	int		use, i;

	(void)state;
	for (i = 0; i < 200; i++) {
		use = i % TOKEN__MAX;
		assert_int_equal(crypto_random(&claims, sizeof(claims)), OK);
		claims.issued_at = NOW - (int64_t)(random_number() % 864000);
		claims.expires_at = NOW + 1 +
		    (int64_t)(random_number() % 34560000);
		claims.counter = (int64_t)(random_number() >>
		    random_number() % 50);
		claims.username = random_name();
		claims.email = random_name();
		claims.full_name = random_name();
		assert_reads_as(use, make(use, &claims), &claims);
	}
}

static void
the_first_key_signs_and_every_key_verifies(void **state)
{
	const char	*second;
	int		 use;

	(void)state;
	for (use = 0; use < TOKEN__MAX; use++) {
		assert_int_equal(strncmp(known[use],
		    encoded(header_of(&f.key[use][0])), 50), 0);
		second = sign_with(&f.key[use][1],
		    header_of(&f.key[use][1]), with(use, "", NULL));
		assert_reads_as(use, second, sample(use));
	}
}

static void
a_retired_key_verifies_nothing(void **state)
{
	const char	*token = good_token(TOKEN_ACCESS);
	struct keyring	*keys;

	(void)state;
	f.conf.access_keys = (struct conf_keys){ &f.key[TOKEN_ACCESS][1], 1 };
	assert_int_equal(keyring_new(&f.conf, &keys), OK);
	f.ctx.keys = keys;
	assert_refused(TOKEN_ACCESS, token);
	keyring_free(keys);
}

/* Whether the token of these claims, and a good one, still has its names. */
static bool
keeps(const struct claims *claims, bool *full_name)
{
	const char	*token = make(TOKEN_ACCESS, claims);
	struct claims	 read;

	assert_true(strlen(token) <= TOKEN_MAX);
	assert_int_equal(token_read(&f.ctx, TOKEN_ACCESS, token, &read), OK);
	*full_name = read.full_name != NULL;
	assert_true((read.username != NULL) == (read.email != NULL));
	return read.username != NULL;
}

static char *
name_of(size_t length)
{
	char *name = arena_alloc(f.arena, length + 1);

	memset(name, 'x', length);
	return name;
}

static void
a_full_name_is_left_out_where_the_token_would_be_too_long(void **state)
{
	struct claims	claims = *sample(TOKEN_ACCESS);
	size_t		length = 1000;
	bool		full_name = true;

	(void)state;
	while (full_name) {
		claims.full_name = name_of(++length);
		assert_true(keeps(&claims, &full_name));
	}
	claims.full_name = name_of(length - 1);
	assert_int_equal(strlen(make(TOKEN_ACCESS, &claims)), TOKEN_MAX);
	assert_reads_as(TOKEN_ACCESS, make(TOKEN_ACCESS, &claims), &claims);
}

static void
then_username_and_email_are_left_out_together(void **state)
{
	struct claims	claims = *sample(TOKEN_ACCESS);
	size_t		length = 1000;
	bool		full_name;

	(void)state;
	claims.full_name = NULL;
	do
		claims.email = name_of(++length);
	while (keeps(&claims, &full_name));
	claims.email = name_of(length - 1);
	assert_int_equal(strlen(make(TOKEN_ACCESS, &claims)), TOKEN_MAX);

	/* A short full name goes first, though it does not help. */
	claims.full_name = "x";
	claims.email = name_of(length);
	assert_false(keeps(&claims, &full_name));
	assert_false(full_name);
	claims.email = NULL;
	claims.username = name_of(length + 100);
	assert_false(keeps(&claims, &full_name));
	assert_false(full_name);
}

static void
names_of_any_size_overflow_nothing(void **state)
{
	struct claims	claims = *sample(TOKEN_ACCESS);
	bool		full_name;

	(void)state;
	claims.full_name = name_of(20 << 20);
	assert_true(keeps(&claims, &full_name));
	assert_false(full_name);
	claims.email = claims.full_name;
	assert_false(keeps(&claims, &full_name));

	/* Each control character is six in JSON. */
	claims = *sample(TOKEN_ACCESS);
	claims.full_name = memset(name_of(2047), 1, 2047);
	assert_true(keeps(&claims, &full_name));
	assert_false(full_name);

	claims.username = claims.email = claims.full_name = name_of(20 << 20);
	assert_string_equal(make(TOKEN_REFRESH, &claims),
	    make(TOKEN_REFRESH, &claims));
}

static void
a_refresh_token_carries_no_names(void **state)
{
	struct claims claims = *sample(TOKEN_REFRESH);

	(void)state;
	claims.username = claims.email = claims.full_name = NULL;
	assert_string_equal(make(TOKEN_REFRESH, &claims),
	    known[TOKEN_REFRESH]);
}

static void
an_issuer_that_leaves_no_room_is_a_broken_configuration(void **state)
{
	char *token = NULL;

	(void)state;
	f.conf.audience = name_of(2000);
	assert_int_equal(token_make(&f.ctx, TOKEN_ACCESS,
	    sample(TOKEN_ACCESS), &token), E_CONFIG);
	assert_null(token);
}

/* Changes ---------------------------------------------------------------- */

/* In place of each character each of base64url, the dot and padding. */
static void
change_every_character(enum token_use use)
{
	static const char	 others[] = ".=+/ ";
	char			*token;
	const char		*p;
	size_t			 i;
	char			 kept;

	token = arena_strdup(f.arena, known[use]);
	for (i = 0; token[i] != '\0'; i++) {
		kept = token[i];
		for (p = base64url; *p != '\0'; p++) {
			token[i] = *p;
			if (*p != kept)
				assert_refused(use, token);
		}
		for (p = others; *p != '\0'; p++) {
			token[i] = *p;
			if (*p != kept)
				assert_refused(use, token);
		}
		token[i] = kept;
	}
	assert_taken(use, token);
}

static void
every_change_of_a_single_character_is_refused(void **state)
{
	(void)state;
	change_every_character(TOKEN_ACCESS);
	change_every_character(TOKEN_REFRESH);
}

static void
every_change_of_a_single_bit_is_refused(void **state)
{
	char	*token;
	size_t	 i;
	int	 use, bit;

	(void)state;
	for (use = 0; use < TOKEN__MAX; use++) {
		token = arena_strdup(f.arena, known[use]);
		for (i = 0; i < strlen(known[use]); i++)
			for (bit = 0; bit < 8; bit++) {
				token[i] = (char)(token[i] ^ (1 << bit));
				assert_refused(use, token);
				token[i] = (char)(token[i] ^ (1 << bit));
			}
	}
}

static void
a_part_of_a_token_and_more_than_a_token_are_refused(void **state)
{
	const char	*token = known[TOKEN_ACCESS];
	size_t		 length = strlen(token), i;

	(void)state;
	for (i = 0; i < length; i++) {
		assert_refused(TOKEN_ACCESS,
		    arena_strndup(f.arena, token, i));
		assert_refused(TOKEN_ACCESS, token + i + 1);
		assert_refused(TOKEN_ACCESS, arena_printf(f.arena, "%.*s%s",
		    (int)i, token, token + i + 1));
	}
	for (i = 0; i < strlen(base64url); i++)
		assert_refused(TOKEN_ACCESS, arena_printf(f.arena, "%s%c",
		    token, base64url[i]));
	assert_refused(TOKEN_ACCESS, arena_printf(f.arena, "%s%s", token,
	    token));
}

/* The seven points ------------------------------------------------------- */

/* A signed token of exactly this length; its key's kid has three letters. */
static const char *
token_of_length(size_t length)
{
	const struct conf_key	*key = &f.key[TOKEN_ACCESS][1];
	const char		*token = "";
	size_t			 n;

	for (n = 1; strlen(token) < length; n++)
		token = sign_with(key, header_of(key), with(TOKEN_ACCESS,
		    "fullName", arena_printf(f.arena, "\"%s\"", name_of(n))));
	assert_int_equal(strlen(token), length);
	return token;
}

static void
point_1_a_token_of_2049_bytes_is_refused(void **state)
{
	(void)state;
	assert_taken(TOKEN_ACCESS, token_of_length(2048));
	assert_refused(TOKEN_ACCESS, token_of_length(2049));
	assert_refused(TOKEN_ACCESS, name_of(20 << 20));
}

static void
point_1_a_token_without_exactly_two_dots_is_refused(void **state)
{
	const struct conf_key	*key = &f.key[TOKEN_ACCESS][0];
	const char		*header = encoded(header_of(key));
	const char		*payload, *text, *token;

	(void)state;
	payload = encoded(with(TOKEN_ACCESS, "", NULL));
	text = arena_printf(f.arena, "%s.%s", header, payload);
	token = sign_parts(key, text);
	assert_taken(TOKEN_ACCESS, token);
	assert_refused(TOKEN_ACCESS, "");
	assert_refused(TOKEN_ACCESS, ".");
	assert_refused(TOKEN_ACCESS, "..");
	assert_refused(TOKEN_ACCESS, "...");
	assert_refused(TOKEN_ACCESS, header);
	assert_refused(TOKEN_ACCESS, text);
	assert_refused(TOKEN_ACCESS, arena_printf(f.arena, "%s.", text));
	assert_refused(TOKEN_ACCESS, arena_printf(f.arena, ".%s", token));
	assert_refused(TOKEN_ACCESS, arena_printf(f.arena, "%s.", token));
	assert_refused(TOKEN_ACCESS, arena_printf(f.arena, "%s.%s", token,
	    mac_of(key, token)));
	assert_refused(TOKEN_ACCESS, sign_parts(key, header));
	assert_refused(TOKEN_ACCESS, sign_parts(key,
	    arena_printf(f.arena, "%s.", header)));
	assert_refused(TOKEN_ACCESS, sign_parts(key,
	    arena_printf(f.arena, ".%s", payload)));
	assert_refused(TOKEN_ACCESS, sign_parts(key,
	    arena_printf(f.arena, "%s..%s", header, payload)));
}

/* libjwt's decoder passes over what is not base64. */
static void
point_1_a_character_outside_base64url_is_refused(void **state)
{
	const struct conf_key	*key = &f.key[TOKEN_ACCESS][0];
	const char		*header = encoded(header_of(key));
	const char		*payload;
	int			 c;

	(void)state;
	payload = encoded(with(TOKEN_ACCESS, "", NULL));
	for (c = 1; c < 256; c++) {
		if (strchr(base64url, c) != NULL)
			continue;
		assert_refused(TOKEN_ACCESS, sign_parts(key, arena_printf(
		    f.arena, "%s.%s%c", header, payload, c)));
		assert_refused(TOKEN_ACCESS, sign_parts(key, arena_printf(
		    f.arena, "%s.%c%s", header, c, payload)));
		assert_refused(TOKEN_ACCESS, sign_parts(key, arena_printf(
		    f.arena, "%s%c.%s", header, c, payload)));
		assert_refused(TOKEN_ACCESS, arena_printf(f.arena, "%s%c",
		    good_token(TOKEN_ACCESS), c));
		assert_refused(TOKEN_ACCESS, arena_printf(f.arena, "%c%s", c,
		    good_token(TOKEN_ACCESS)));
	}
}

static void
point_1_padding_is_refused(void **state)
{
	const struct conf_key	*key = &f.key[TOKEN_ACCESS][0];
	const char		*header = encoded(header_of(key));
	const char		*payload, *names[] = { "x", "xx", "xxx" };
	size_t			 i, count = 0;

	(void)state;
	for (i = 0; i < NELEMS(names); i++) {
		payload = encoded(with(TOKEN_ACCESS, "fullName",
		    arena_printf(f.arena, "\"%s\"", names[i])));
		if (strlen(payload) % 4 == 0)
			continue;
		assert_taken(TOKEN_ACCESS, sign_parts(key, arena_printf(
		    f.arena, "%s.%s", header, payload)));
		assert_refused(TOKEN_ACCESS, sign_parts(key, arena_printf(
		    f.arena, "%s.%s%s", header, payload,
		    strlen(payload) % 4 == 3 ? "=" : "==")));
		count++;
	}
	assert_int_equal(count, 2);
	assert_refused(TOKEN_ACCESS, arena_printf(f.arena, "%s=",
	    good_token(TOKEN_ACCESS)));
}

/* The last character of a part may have bits that no byte is made of. */
static void
point_1_a_second_spelling_of_the_same_bytes_is_refused(void **state)
{
	const struct conf_key	*key = &f.key[TOKEN_ACCESS][0];
	const char		*header = encoded(header_of(key));
	char			*payload, *last;
	size_t			 length = 0;

	(void)state;
	while ((payload = arena_strdup(f.arena, encoded(with(TOKEN_ACCESS,
	    "fullName", arena_printf(f.arena, "\"%s\"",
	    name_of(++length)))))), strlen(payload) % 4 == 0)
		continue;
	last = payload + strlen(payload) - 1;
	*last = strchr(base64url, *last)[1];
	assert_refused(TOKEN_ACCESS, sign_parts(key, arena_printf(f.arena,
	    "%s.%s", header, payload)));

	/* Every other last character of a signature, spare bits included. */
	payload = arena_strdup(f.arena, known[TOKEN_ACCESS]);
	last = payload + strlen(payload) - 1;
	assert_int_equal(*last, '4');
	*last = '5';
	assert_refused(TOKEN_ACCESS, payload);
	*last = '6';
	assert_refused(TOKEN_ACCESS, payload);
	*last = '7';
	assert_refused(TOKEN_ACCESS, payload);
}

static const char *const foreign_headers[] = {
	"",
	"{}",
	"null",
	"{\"alg\":\"none\",\"kid\":\"a1\",\"typ\":\"JWT\"}",
	"{\"alg\":\"NONE\",\"kid\":\"a1\",\"typ\":\"JWT\"}",
	"{\"alg\":\"HS384\",\"kid\":\"a1\",\"typ\":\"JWT\"}",
	"{\"alg\":\"HS512\",\"kid\":\"a1\",\"typ\":\"JWT\"}",
	"{\"alg\":\"hs256\",\"kid\":\"a1\",\"typ\":\"JWT\"}",
	"{\"alg\":\"RS256\",\"kid\":\"a1\",\"typ\":\"JWT\"}",
	"{\"alg\":\"ES256\",\"kid\":\"a1\",\"typ\":\"JWT\"}",
	"{\"alg\":\"PS256\",\"kid\":\"a1\",\"typ\":\"JWT\"}",
	"{\"alg\":\"\",\"kid\":\"a1\",\"typ\":\"JWT\"}",
	"{\"alg\":null,\"kid\":\"a1\",\"typ\":\"JWT\"}",
	"{\"kid\":\"a1\",\"typ\":\"JWT\"}",
	"{\"alg\":\"none\",\"alg\":\"HS256\",\"kid\":\"a1\","
	    "\"typ\":\"JWT\"}",
	"{\"alg\":\"HS256\",\"kid\":\"a3\",\"typ\":\"JWT\"}",
	"{\"alg\":\"HS256\",\"kid\":\"A1\",\"typ\":\"JWT\"}",
	"{\"alg\":\"HS256\",\"kid\":\"a\",\"typ\":\"JWT\"}",
	"{\"alg\":\"HS256\",\"kid\":\"a11\",\"typ\":\"JWT\"}",
	"{\"alg\":\"HS256\",\"kid\":\"\",\"typ\":\"JWT\"}",
	"{\"alg\":\"HS256\",\"kid\":\"../a1\",\"typ\":\"JWT\"}",
	"{\"alg\":\"HS256\",\"kid\":\"r1\",\"typ\":\"JWT\"}",
	"{\"alg\":\"HS256\",\"typ\":\"JWT\"}",
	"{\"alg\":\"HS256\"}",
	"{\"alg\":\"HS256\",\"kid\":\"a1\"}",
	"{\"alg\":\"HS256\",\"kid\":\"a1\",\"typ\":\"jwt\"}",
	"{\"alg\":\"HS256\",\"kid\":\"a1\",\"typ\":\"JWT\"} ",
	"{\"alg\": \"HS256\",\"kid\":\"a1\",\"typ\":\"JWT\"}",
	"{\"typ\":\"JWT\",\"alg\":\"HS256\",\"kid\":\"a1\"}",
	"{\"alg\":\"HS256\",\"crit\":[\"b64\"],\"kid\":\"a1\","
	    "\"typ\":\"JWT\"}",
	"{\"alg\":\"HS256\",\"jku\":\"https://example.org\","
	    "\"kid\":\"a1\",\"typ\":\"JWT\"}",
};

static void
point_2_a_header_that_is_not_ours_byte_for_byte_is_refused(void **state)
{
	const char	*payload = with(TOKEN_ACCESS, "", NULL);
	size_t		 i;

	(void)state;
	assert_taken(TOKEN_ACCESS, sign(TOKEN_ACCESS, payload));
	for (i = 0; i < NELEMS(foreign_headers); i++)
		see(TOKEN_ACCESS, sign_with(&f.key[TOKEN_ACCESS][0],
		    foreign_headers[i], payload), E_TOKEN,
		    foreign_headers[i], __LINE__);
}

/* By the algorithm that the header names, with our key, as libjwt takes it. */
static void
refuse_algorithm(const char *name, const EVP_MD *algorithm)
{
	const struct conf_key	*key = &f.key[TOKEN_ACCESS][0];
	unsigned char		 mac[EVP_MAX_MD_SIZE];
	const char		*text;
	unsigned		 size;

	text = arena_printf(f.arena, "%s.%s", encoded(arena_printf(f.arena,
	    "{\"alg\":\"%s\",\"kid\":\"a1\",\"typ\":\"JWT\"}", name)),
	    encoded(with(TOKEN_ACCESS, "", NULL)));
	assert_non_null(HMAC(algorithm, key->bytes, (int)key->size,
	    (const unsigned char *)text, strlen(text), mac, &size));
	assert_refused(TOKEN_ACCESS, arena_printf(f.arena, "%s.%s", text,
	    base64url_encode(f.arena, mac, size)));
}

static void
point_2_a_token_does_not_choose_its_algorithm(void **state)
{
	const char	*payload = encoded(with(TOKEN_ACCESS, "", NULL));
	const char	*none;

	(void)state;
	refuse_algorithm("HS384", EVP_sha384());
	refuse_algorithm("HS512", EVP_sha512());
	refuse_algorithm("hs256", EVP_sha256());
	none = encoded("{\"alg\":\"none\",\"kid\":\"a1\",\"typ\":\"JWT\"}");
	assert_refused(TOKEN_ACCESS, arena_printf(f.arena, "%s.%s.", none,
	    payload));
	assert_refused(TOKEN_ACCESS, arena_printf(f.arena, "%s.%s.%s", none,
	    payload, name_of(43)));
}

/* A header that differs in one character, and is signed as it is. */
static void
point_2_every_change_of_a_header_is_refused(void **state)
{
	const struct conf_key	*key = &f.key[TOKEN_ACCESS][0];
	char			*header, kept;
	const char		*p, *payload;
	size_t			 i, length;

	(void)state;
	header = arena_strdup(f.arena, encoded(header_of(key)));
	payload = encoded(with(TOKEN_ACCESS, "", NULL));
	length = strlen(header);
	for (i = 0; i < length; i++) {
		assert_refused(TOKEN_ACCESS, sign_parts(key, arena_printf(
		    f.arena, "%.*s.%s", (int)i, header, payload)));
		kept = header[i];
		for (p = base64url; *p != '\0'; p++) {
			header[i] = *p;
			if (*p != kept)
				assert_refused(TOKEN_ACCESS, sign_parts(key,
				    arena_printf(f.arena, "%s.%s", header,
				    payload)));
		}
		header[i] = kept;
	}
	assert_refused(TOKEN_ACCESS, sign_parts(key, arena_printf(f.arena,
	    "%sAAAA.%s", header, payload)));
}

static void
refuse_ring(struct conf_keys access, struct conf_keys refresh)
{
	struct keyring	*keys = NULL;

	f.conf.access_keys = access;
	f.conf.refresh_keys = refresh;
	f.lines = 0;
	assert_int_equal(keyring_new(&f.conf, &keys), E_CONFIG);
	assert_null(keys);
	assert_int_equal(f.lines, 1);
}

/* In each place of either ring. */
static void
refuse_key(const struct conf_key bad)
{
	struct conf_key	*good_key = f.key[TOKEN_ACCESS];
	struct conf_key	 keys[3] = { good_key[0], good_key[1], good_key[0] };
	size_t		 i;

	for (i = 0; i < NELEMS(keys); i++) {
		keys[i] = bad;
		refuse_ring((struct conf_keys){ keys, 3 },
		    (struct conf_keys){ good_key, 2 });
		refuse_ring((struct conf_keys){ good_key, 2 },
		    (struct conf_keys){ keys, 3 });
		keys[i] = good_key[i % 2];
	}
}

static void
point_3_a_missing_or_short_key_is_a_broken_configuration(void **state)
{
	struct conf_keys	 some = { f.key[TOKEN_ACCESS], 2 };
	unsigned char		*key = bytes[0][0];

	(void)state;
	refuse_key((struct conf_key){ "a1", NULL, 32 });
	refuse_key((struct conf_key){ "a1", NULL, 0 });
	refuse_key((struct conf_key){ "a1", key, 0 });
	refuse_key((struct conf_key){ "a1", key, 31 });
	refuse_key((struct conf_key){ "a1", key, (size_t)INT_MAX + 1 });
	refuse_key((struct conf_key){ "a1", key, SIZE_MAX });
	refuse_ring(some, (struct conf_keys){ f.key[TOKEN_REFRESH], 0 });
	refuse_ring((struct conf_keys){ f.key[TOKEN_ACCESS], 0 }, some);
	refuse_ring(some, (struct conf_keys){ NULL, 2 });
}

static void
point_3_a_kid_that_json_would_escape_is_refused(void **state)
{
	struct conf_key	key = { "", bytes[0][0], 32 };

	(void)state;
	refuse_key(key);
	memcpy(key.kid, "a\"b", 4);
	refuse_key(key);
	memcpy(key.kid, "a b", 4);
	refuse_key(key);
	memset(key.kid, 'a', sizeof(key.kid));
	refuse_key(key);
}

/* Neither reads nor makes anything while key number `i` is as it is now. */
static void
assert_no_key(size_t i)
{
	enum token_use	 use = TOKEN_ACCESS;
	char		*token = NULL;

	assert_int_equal(judge(use, sign_with(&f.key[TOKEN_REFRESH][i],
	    header_of(&f.key[use][i]), with(use, "", NULL))), E_CONFIG);
	assert_int_equal(judge(use, i == 0 ? known[use] :
	    sign_with(&f.key[TOKEN_REFRESH][i], header_of(&f.key[use][i]),
	    with(use, "", NULL))), E_CONFIG);
	if (i == 0)
		assert_int_equal(token_make(&f.ctx, use, sample(use),
		    &token), E_CONFIG);
	assert_null(token);
}

static void
point_3_a_key_lost_since_the_start_is_never_a_yes(void **state)
{
	static const size_t	 sizes[] = { 0, 1, 31, (size_t)INT_MAX + 1,
				    SIZE_MAX };
	struct conf_key		*key;
	size_t			 i, j;

	(void)state;
	for (i = 0; i < 2; i++) {
		key = &f.key[TOKEN_ACCESS][i];
		for (j = 0; j < NELEMS(sizes); j++) {
			key->size = sizes[j];
			assert_no_key(i);
		}
		key->size = 32;
		key->bytes = NULL;
		assert_no_key(i);
		key->bytes = bytes[TOKEN_ACCESS][i];
	}
	assert_taken(TOKEN_ACCESS, known[TOKEN_ACCESS]);
}

static void
point_3_without_a_keyring_nothing_is_believed(void **state)
{
	char *token = NULL;

	(void)state;
	f.ctx.keys = NULL;
	assert_int_equal(judge(TOKEN_ACCESS, known[TOKEN_ACCESS]), E_CONFIG);
	assert_int_equal(judge(TOKEN_ACCESS, ""), E_CONFIG);
	assert_int_equal(token_make(&f.ctx, TOKEN_ACCESS,
	    sample(TOKEN_ACCESS), &token), E_CONFIG);
	assert_null(token);
}

static void
point_3_a_token_is_verified_with_the_key_of_its_header(void **state)
{
	int use, other, i;

	(void)state;
	for (use = 0; use < TOKEN__MAX; use++)
		for (other = 0; other < TOKEN__MAX; other++)
			for (i = 0; i < 4; i++)
				see(use, sign_with(&f.key[other][i / 2],
				    header_of(&f.key[use][i % 2]),
				    with(use, "", NULL)), other == use &&
				    i / 2 == i % 2 ? OK : E_TOKEN,
				    "key of another kid", __LINE__);
}

static void
point_3_an_access_key_verifies_no_refresh_token(void **state)
{
	struct keyring *keys;

	(void)state;
	assert_refused(TOKEN_REFRESH, known[TOKEN_ACCESS]);
	assert_refused(TOKEN_ACCESS, known[TOKEN_REFRESH]);

	/* Of one name, too, they are different keys. */
	f.key[TOKEN_REFRESH][0] = (struct conf_key){ "a1", bytes[1][0], 32 };
	assert_int_equal(keyring_new(&f.conf, &keys), OK);
	f.ctx.keys = keys;
	assert_taken(TOKEN_REFRESH, good_token(TOKEN_REFRESH));
	assert_refused(TOKEN_REFRESH, sign(TOKEN_ACCESS,
	    with(TOKEN_REFRESH, "", NULL)));
	assert_refused(TOKEN_ACCESS, sign(TOKEN_REFRESH,
	    with(TOKEN_ACCESS, "", NULL)));
	keyring_free(keys);
}

static void
point_4_a_wrong_signature_is_refused(void **state)
{
	const char	*token = known[TOKEN_ACCESS];
	const int	 parts = (int)(strrchr(token, '.') - token);
	size_t		 n;

	(void)state;
	for (n = 0; n < 100; n++)
		assert_refused(TOKEN_ACCESS, arena_printf(f.arena, "%.*s.%s",
		    parts, token, name_of(n)));
	assert_refused(TOKEN_ACCESS, arena_printf(f.arena, "%.*s%s", parts,
	    token, strrchr(known[TOKEN_REFRESH], '.')));
	assert_refused(TOKEN_ACCESS, arena_printf(f.arena, "%.*s.%s", parts,
	    token, mac_of(&f.key[TOKEN_ACCESS][0], token)));
}

/*
 * Allocations until one fails; 0: none does.  Volatile, because a compiler
 * knows what malloc does, and that it changes nothing of ours.
 */
static volatile long countdown;

#define INTERPOSED __attribute__((visibility("default")))

static bool
is_next(void)
{
	if (countdown == 0)
		return false;
	countdown--;
	return countdown == 0;
}

static void
find_real(const char *name, void *function, size_t size)
{
	void *symbol = dlsym(RTLD_NEXT, name);

	memcpy(function, &symbol, size);
}

INTERPOSED void *
malloc(size_t size)
{
	static void	*(*real)(size_t);

	if (real == NULL)
		find_real("malloc", &real, sizeof(real));
	return is_next() ? NULL : real(size);
}

INTERPOSED void *
calloc(size_t count, size_t size)
{
	static void	*(*real)(size_t, size_t);

	if (real == NULL)
		find_real("calloc", &real, sizeof(real));
	return is_next() ? NULL : real(count, size);
}

static bool
is_interposed(void)
{
	void *volatile	memory;
	bool		result;

	countdown = 1;
	memory = malloc(1);
	result = countdown == 0;
	countdown = 0;
	free(memory);
	return result;
}

/* What token_read says where allocation number `k` fails; false: none did. */
static bool
fail_at(long k, const char *token, enum err *err, struct claims *claims)
{
	bool has_failed;

	arena_wipe(f.ctx.arena);
	countdown = k;
	*err = token_read(&f.ctx, TOKEN_ACCESS, token, claims);
	has_failed = countdown == 0;
	countdown = 0;
	return has_failed;
}

/* Whatever allocation fails, and another token was good a moment before. */
static void
assert_never_believed(const char *forged)
{
	struct claims	claims;
	enum err	err;
	long		k;

	for (k = 1; fail_at(k, forged, &err, &claims); k++) {
		assert_true(err == E_TOKEN || err == E_INTERNAL);
		assert_taken(TOKEN_ACCESS, known[TOKEN_ACCESS]);
	}
	assert_int_equal(err, E_TOKEN);
}

/* Where it finds no memory for the key libjwt says yes. */
static void
point_4_want_of_memory_is_never_a_yes(void **state)
{
	const char	*other;
	struct claims	 claims;
	enum err	 err;
	long		 k;

	(void)state;
	other = sign(TOKEN_ACCESS, with(TOKEN_ACCESS, "username", "\"eve\""));
	assert_never_believed(arena_printf(f.arena, "%.*s%s",
	    (int)(strrchr(other, '.') - other), other,
	    strrchr(known[TOKEN_ACCESS], '.')));

	for (k = 1; fail_at(k, known[TOKEN_ACCESS], &err, &claims); k++)
		if (err == OK)
			assert_claims(TOKEN_ACCESS, &claims,
			    sample(TOKEN_ACCESS));
		else
			assert_true(err == E_TOKEN || err == E_INTERNAL);
	assert_int_equal(err, OK);

	/* Under valgrind no allocation comes this way, so that none fails. */
	assert_true(k > 20 || !is_interposed());
}

static void
point_5_every_claim_but_the_names_is_required(void **state)
{
	const struct member	*m;
	bool			 is_name;
	size_t			 i;
	int			 use;

	(void)state;
	for (use = 0; use < TOKEN__MAX; use++)
		for (i = 0; i < 10 && good[use][i].name != NULL; i++) {
			m = &good[use][i];
			is_name = use == TOKEN_ACCESS && i > 6;
			see(use, sign(use, with(use, m->name, NULL)),
			    is_name ? OK : E_TOKEN, m->name, __LINE__);
		}
	refuse_payload(TOKEN_ACCESS, "{}");
}

/* The value that it should have, before or after. */
static void
point_5_a_claim_there_twice_is_refused(void **state)
{
	const struct member	*m;
	const char		*payload;
	size_t			 i;
	int			 use;

	(void)state;
	for (use = 0; use < TOKEN__MAX; use++)
		for (i = 0; i < 10 && good[use][i].name != NULL; i++) {
			m = &good[use][i];
			payload = with(use, "", NULL);
			see(use, sign(use, arena_printf(f.arena,
			    "{\"%s\":%s,%s", m->name, m->value, payload + 1)),
			    E_TOKEN, m->name, __LINE__);
			see(use, sign(use, arena_printf(f.arena,
			    "%.*s,\"%s\":%s}", (int)strlen(payload) - 1,
			    payload, m->name, m->value)),
			    E_TOKEN, m->name, __LINE__);
		}
}

static void
point_5_a_claim_that_we_do_not_know_is_refused(void **state)
{
	static const char *const names[] = { "nbf", "jti", "sub", "admin",
	    "Exp", "_ID", "tokenUse", "fullname", "", " exp", "crit",
	    "__proto__", "\\u0000", "exp\\u0000" };
	size_t	i;
	int	use;

	(void)state;
	for (use = 0; use < TOKEN__MAX; use++)
		for (i = 0; i < NELEMS(names); i++) {
			refuse_payload(use, with(use, names[i], "1"));
			refuse_payload(use, with(use, names[i], "null"));
			refuse_payload(use, with(use, names[i], "\"x\""));
		}
}

static void
point_5_a_claim_in_other_letters_is_another_claim(void **state)
{
	const struct member	*m;
	char			*name;
	size_t			 i;
	int			 use;

	(void)state;
	for (use = 0; use < TOKEN__MAX; use++)
		for (i = 0; i < 10 && good[use][i].name != NULL; i++) {
			m = &good[use][i];
			name = arena_strdup(f.arena, m->name);
			name[strlen(name) - 1] ^= 'a' ^ 'A';
			see(use, sign(use, arena_printf(f.arena,
			    "{\"%s\":%s,%s", name, m->value,
			    with(use, m->name, NULL) + 1)), E_TOKEN, name,
			    __LINE__);
		}
}

static void
point_5_the_claims_of_the_other_token_are_refused(void **state)
{
	(void)state;
	refuse_payload(TOKEN_ACCESS, with(TOKEN_ACCESS, "n", "7"));
	refuse_payload(TOKEN_ACCESS, with(TOKEN_ACCESS, "proof",
	    "\"" PROOF "\""));
	refuse_payload(TOKEN_REFRESH, with(TOKEN_REFRESH, "username", "\"\""));
	refuse_payload(TOKEN_REFRESH, with(TOKEN_REFRESH, "email", "\"\""));
	refuse_payload(TOKEN_REFRESH, with(TOKEN_REFRESH, "fullName", "\"\""));
}

static void
point_5_a_claim_of_another_type_is_refused(void **state)
{
	const struct member	*m;
	const char		*other[] = { "null", "true", "false", "{}",
				    "[]", NULL, NULL, NULL };
	size_t			 i, j;
	int			 use;

	(void)state;
	for (use = 0; use < TOKEN__MAX; use++)
		for (i = 0; i < 10 && good[use][i].name != NULL; i++) {
			m = &good[use][i];
			other[5] = *m->value == '"' ? "0" :
			    arena_printf(f.arena, "\"%s\"", m->value);
			other[6] = arena_printf(f.arena, "[%s]", m->value);
			other[7] = arena_printf(f.arena, "{\"%s\":%s}",
			    m->name, m->value);
			for (j = 0; j < NELEMS(other); j++)
				see(use, sign(use, with(use, m->name,
				    other[j])), E_TOKEN, m->name, __LINE__);
		}
}

static void
point_5_a_number_that_is_no_integer_is_refused(void **state)
{
	static const char *const numbers[] = { "1767226499.5", "1.5", "1e400",
	    "-1e400", "1e3", "-1", "-0", "0", "9007199254740993", "1e300",
	    "99999999999999999999", "18446744073709551616", "01767226500",
	    "+1767226500", "0x7fffffff", "1767226500.", ".5", "NaN",
	    "Infinity", "1_767_226_500", "" };
	size_t	i;

	(void)state;
	for (i = 0; i < NELEMS(numbers); i++)
		see(TOKEN_ACCESS, sign(TOKEN_ACCESS, with(TOKEN_ACCESS,
		    "exp", numbers[i])), E_TOKEN, numbers[i], __LINE__);
	refuse_payload(TOKEN_ACCESS, with(TOKEN_ACCESS, "iat", "0.5"));
	refuse_payload(TOKEN_ACCESS, with(TOKEN_ACCESS, "iat", "-1e400"));
	refuse_payload(TOKEN_ACCESS, with(TOKEN_ACCESS, "iat", "-1e300"));
	refuse_payload(TOKEN_REFRESH, with(TOKEN_REFRESH, "n", "7.5"));
	refuse_payload(TOKEN_REFRESH, with(TOKEN_REFRESH, "n", "-1"));
	refuse_payload(TOKEN_REFRESH, with(TOKEN_REFRESH, "n", "1e400"));
	refuse_payload(TOKEN_REFRESH, with(TOKEN_REFRESH, "n",
	    "9007199254740993"));
	take_payload(TOKEN_REFRESH, with(TOKEN_REFRESH, "n", "0"));
	take_payload(TOKEN_REFRESH, with(TOKEN_REFRESH, "n",
	    "9007199254740991"));
}

static void
point_5_a_payload_that_is_no_strict_json_is_refused(void **state)
{
	static const struct {
		const char *before, *behind;
	} around[] = {
		{ "[", "]" }, { "(", ")" }, { "", "," }, { "", "{}" },
		{ "", "x" }, { "", "/**/" }, { "// x\n", "" },
		{ "\xef\xbb\xbf", "" }, { "{\"a\":", "}" },
	};
	const char	*payload = with(TOKEN_ACCESS, "", NULL);
	size_t		 i;

	(void)state;
	refuse_payload(TOKEN_ACCESS, "");
	refuse_payload(TOKEN_ACCESS, "null");
	refuse_payload(TOKEN_ACCESS, "1");
	refuse_payload(TOKEN_ACCESS, "\"x\"");
	refuse_payload(TOKEN_ACCESS, "[]");
	refuse_payload(TOKEN_ACCESS, payload + 1);
	refuse_payload(TOKEN_ACCESS, arena_strndup(f.arena, payload,
	    strlen(payload) - 1));
	for (i = 0; i < NELEMS(around); i++)
		refuse_payload(TOKEN_ACCESS, arena_printf(f.arena, "%s%s%s",
		    around[i].before, payload, around[i].behind));
	refuse_payload(TOKEN_ACCESS, with(TOKEN_ACCESS, "fullName",
	    "\"a\\u0000b\""));
	refuse_payload(TOKEN_ACCESS, with(TOKEN_ACCESS, "fullName",
	    "\"a\xff\""));
	refuse_payload(TOKEN_ACCESS, with(TOKEN_ACCESS, "fullName",
	    "\"\xed\xa0\x80\""));
	refuse_payload(TOKEN_ACCESS, with(TOKEN_ACCESS, "fullName", "'a'"));
}

static void
point_5_nothing_hides_behind_a_nul(void **state)
{
	const struct conf_key	*key = &f.key[TOKEN_ACCESS][0];
	const char		*payload = with(TOKEN_ACCESS, "", NULL);
	const char		*header = encoded(header_of(key));
	size_t			 size = strlen(payload);

	(void)state;
	assert_taken(TOKEN_ACCESS, sign_parts(key, arena_printf(f.arena,
	    "%s.%s", header, base64url_encode(f.arena, payload, size))));
	assert_refused(TOKEN_ACCESS, sign_parts(key, arena_printf(f.arena,
	    "%s.%s", header, base64url_encode(f.arena, payload, size + 1))));
}

/* `exp` as the clock approaches it, in milliseconds. */
static void
point_6_a_token_dies_at_the_second_of_its_exp(void **state)
{
	int64_t	dies;
	int	use;

	(void)state;
	for (use = 0; use < TOKEN__MAX; use++) {
		dies = sample(use)->expires_at * 1000;
		f.ctx.now = dies - 1;
		assert_taken(use, known[use]);
		f.ctx.now = dies;
		assert_refused(use, known[use]);
		f.ctx.now = dies + 1;
		assert_refused(use, known[use]);
		f.ctx.now = dies + INT64_C(400) * 86400000;
		assert_refused(use, known[use]);
	}
}

static void
point_6_an_iat_61_seconds_ahead_is_refused(void **state)
{
	int use;

	(void)state;
	for (use = 0; use < TOKEN__MAX; use++) {
		f.ctx.now = INT64_C(1000) * (NOW - 60);
		assert_taken(use, known[use]);
		f.ctx.now--;
		assert_refused(use, known[use]);
		f.ctx.now = INT64_C(1000) * (NOW - 61);
		assert_refused(use, known[use]);
		f.ctx.now = INT64_C(1000);
		assert_refused(use, known[use]);
	}
}

static void
point_6_an_exp_that_is_not_after_iat_is_refused(void **state)
{
	(void)state;
	f.ctx.now = INT64_C(1000) * (NOW - 30);
	take_payload(TOKEN_ACCESS, with(TOKEN_ACCESS, "exp", "1767225601"));
	refuse_payload(TOKEN_ACCESS, with(TOKEN_ACCESS, "exp", "1767225600"));
	refuse_payload(TOKEN_ACCESS, with(TOKEN_ACCESS, "exp", "1767225599"));
}

static void
refuse_values(const char *claim, const char *const *values, size_t count)
{
	size_t	i;
	int	use;

	for (use = 0; use < TOKEN__MAX; use++)
		for (i = 0; i < count; i++)
			see(use, sign(use, with(use, claim, arena_printf(
			    f.arena, "\"%s\"", values[i]))), E_TOKEN,
			    values[i], __LINE__);
}

static void
point_6_a_token_for_another_use_is_refused(void **state)
{
	static const char *const uses[] = { "", "Access", "access ", "acces",
	    "accessx", "REFRESH", "refresh\n", "id", "0" };

	(void)state;
	refuse_values("token_use", uses, NELEMS(uses));
	refuse_payload(TOKEN_ACCESS, with(TOKEN_ACCESS, "token_use",
	    "\"refresh\""));
	refuse_payload(TOKEN_REFRESH, with(TOKEN_REFRESH, "token_use",
	    "\"access\""));
}

static void
point_6_another_issuer_or_audience_is_refused(void **state)
{
	static const char *const names[] = { "", "Darban", "darba", "darbann",
	    " darban", "darban ", "darban.example.org", "*",
	    "d\xc3\xa4rban" };

	(void)state;
	refuse_values("iss", names, NELEMS(names));
	refuse_values("aud", names, NELEMS(names));
	refuse_payload(TOKEN_ACCESS, with(TOKEN_ACCESS, "aud",
	    "[\"darban\"]"));

	f.conf.audience = arena_strdup(f.arena, "other");
	assert_refused(TOKEN_ACCESS, known[TOKEN_ACCESS]);
	take_payload(TOKEN_ACCESS, with(TOKEN_ACCESS, "aud", "\"other\""));
	refuse_payload(TOKEN_ACCESS, with(TOKEN_ACCESS, "iss", "\"other\""));
}

static void
point_7_an_id_not_of_24_lower_case_hex_digits_is_refused(void **state)
{
	static const char *const ids[] = {
		"", "0", "0102030405060708090a0b0", "0102030405060708090a0b0c0",
		"0102030405060708090A0b0c", "FFF1F2F3F4F5F6F7F8F9FAFB",
		"0102030405060708090a0b0g", " 102030405060708090a0b0c",
		"0102030405060708090a0b0 ", "0x02030405060708090a0b0c",
		"-102030405060708090a0b0c", "0102030405060708090a0b\xc3\xa4",
		"0102030405060708090a0b0c\\n", "{\\\"$ne\\\":null}",
		"0102030405060708090a0b0c0102030405060708090a0b0c",
	};

	(void)state;
	refuse_values("_id", ids, NELEMS(ids));
	refuse_values("sid", ids, NELEMS(ids));
	take_payload(TOKEN_ACCESS, with(TOKEN_ACCESS, "sid",
	    "\"0123456789abcdef01234567\""));
}

/* 43 characters, the last of which has two bits to spare. */
static void
a_proof_that_is_not_32_bytes_in_base64url_is_refused(void **state)
{
	static const char *const proofs[] = {
		"", "AAEC",
		"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh",
		"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8A",
		"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gIQ",
		"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
		"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9",
		"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh-",
		"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdH/8",
		"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd+h8",
		"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\\n",
		" AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
		"000102030405060708090a0b0c0d0e0f"
		    "101112131415161718191a1b1c1d1e1f",
	};
	size_t i;

	(void)state;
	for (i = 0; i < NELEMS(proofs); i++)
		see(TOKEN_REFRESH, sign(TOKEN_REFRESH, with(TOKEN_REFRESH,
		    "proof", arena_printf(f.arena, "\"%s\"", proofs[i]))),
		    E_TOKEN, proofs[i], __LINE__);
	take_payload(TOKEN_REFRESH, with(TOKEN_REFRESH, "proof",
	    "\"_-ECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\""));
}

static void
nothing_of_all_this_is_logged(void **state)
{
	(void)state;
	assert_taken(TOKEN_ACCESS, known[TOKEN_ACCESS]);
	assert_refused(TOKEN_REFRESH, known[TOKEN_ACCESS]);
	assert_int_equal(f.lines, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_same_claims_always_make_the_same_known_token),
		TEST(a_token_says_who_and_which_session_until_when),
		TEST(two_hundred_good_tokens_are_all_believed),
		TEST(the_first_key_signs_and_every_key_verifies),
		TEST(a_retired_key_verifies_nothing),
		TEST(a_full_name_is_left_out_where_the_token_would_be_too_long),
		TEST(then_username_and_email_are_left_out_together),
		TEST(names_of_any_size_overflow_nothing),
		TEST(a_refresh_token_carries_no_names),
		TEST(an_issuer_that_leaves_no_room_is_a_broken_configuration),
		TEST(every_change_of_a_single_character_is_refused),
		TEST(every_change_of_a_single_bit_is_refused),
		TEST(a_part_of_a_token_and_more_than_a_token_are_refused),
		TEST(point_1_a_token_of_2049_bytes_is_refused),
		TEST(point_1_a_token_without_exactly_two_dots_is_refused),
		TEST(point_1_a_character_outside_base64url_is_refused),
		TEST(point_1_padding_is_refused),
		TEST(point_1_a_second_spelling_of_the_same_bytes_is_refused),
		TEST(
		    point_2_a_header_that_is_not_ours_byte_for_byte_is_refused),
		TEST(point_2_a_token_does_not_choose_its_algorithm),
		TEST(point_2_every_change_of_a_header_is_refused),
		TEST(point_3_a_missing_or_short_key_is_a_broken_configuration),
		TEST(point_3_a_kid_that_json_would_escape_is_refused),
		TEST(point_3_a_key_lost_since_the_start_is_never_a_yes),
		TEST(point_3_without_a_keyring_nothing_is_believed),
		TEST(point_3_a_token_is_verified_with_the_key_of_its_header),
		TEST(point_3_an_access_key_verifies_no_refresh_token),
		TEST(point_4_a_wrong_signature_is_refused),
		TEST(point_4_want_of_memory_is_never_a_yes),
		TEST(point_5_every_claim_but_the_names_is_required),
		TEST(point_5_a_claim_there_twice_is_refused),
		TEST(point_5_a_claim_that_we_do_not_know_is_refused),
		TEST(point_5_a_claim_in_other_letters_is_another_claim),
		TEST(point_5_the_claims_of_the_other_token_are_refused),
		TEST(point_5_a_claim_of_another_type_is_refused),
		TEST(point_5_a_number_that_is_no_integer_is_refused),
		TEST(point_5_a_payload_that_is_no_strict_json_is_refused),
		TEST(point_5_nothing_hides_behind_a_nul),
		TEST(point_6_a_token_dies_at_the_second_of_its_exp),
		TEST(point_6_an_iat_61_seconds_ahead_is_refused),
		TEST(point_6_an_exp_that_is_not_after_iat_is_refused),
		TEST(point_6_a_token_for_another_use_is_refused),
		TEST(point_6_another_issuer_or_audience_is_refused),
		TEST(point_7_an_id_not_of_24_lower_case_hex_digits_is_refused),
		TEST(a_proof_that_is_not_32_bytes_in_base64url_is_refused),
		TEST(nothing_of_all_this_is_logged),
	};

	return cmocka_run_group_tests_name("token", tests, NULL, NULL);
}
