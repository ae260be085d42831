/* Forged tokens: what can be made of good ones without a key. */
#include "token_forge.h"

static const char outside[] = ".=+/ \t\r\n,;%\"\x7f\x80\xff";

/* Good ones -------------------------------------------------------------- */

/* What an account may be called, and what it may not but once might. */
static const char *const names[] = {
	NULL, "", "anna", "o'brien", "\"\\/\b\f\n\r\t", "\x01\x1f\x7f",
	"\xc2\x80", "a\xcc\x88", "\xe6\xbc\xa2\xe5\xad\x97",
	"\xd9\x85\xd8\xad\xd9\x85\xd8\xaf", "\xf0\x9f\x98\x80",
	"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80",
	"\xef\xbf\xbf\xf4\x8f\xbf\xbf", "<script>", "$ne", "{\"exp\":1}",
	"a.b.c", "null",
};

static void
random_claims(unsigned i, struct claims *out)
{
	uint32_t random[3];

	assert_int_equal(crypto_random(out, sizeof(*out)), OK);
	assert_int_equal(crypto_random(random, sizeof(random)), OK);
	out->issued_at = NOW + 60 - random[0] % 864000;
	out->expires_at = NOW + 61 + random[1] % 34560000;
	out->counter = random[2] >> i % 32;
	out->username = names[i % NELEMS(names)];
	out->email = names[i / 5 % NELEMS(names)];
	out->full_name = names[i / 3 * 7 % NELEMS(names)];
}

static void
two_hundred_good_tokens_of_every_key_are_believed(void **state)
{
	struct conf_key	 turned[TOKEN__MAX][2];
	struct keyring	*other;
	struct claims	 claims;
	unsigned	 i;
	char		*token;

	(void)state;
	for (i = 0; i < TOKEN__MAX; i++) {
		turned[i][0] = f.key[i][1];
		turned[i][1] = f.key[i][0];
	}
	f.conf.access_keys.key = turned[TOKEN_ACCESS];
	f.conf.refresh_keys.key = turned[TOKEN_REFRESH];
	assert_int_equal(keyring_new(&f.conf, &other), OK);

	for (i = 0; i < 200; i++) {
		const enum token_use use = i % TOKEN__MAX;

		random_claims(i, &claims);
		f.ctx.keys = i / 2 % 2 == 0 ? f.keys : other;
		token = make(use, &claims);
		f.ctx.keys = f.keys;
		assert_reads_as(use, token, &claims);
		f.ctx.keys = other;
		assert_reads_as(use, token, &claims);
	}
	keyring_free(other);
}

/* Of the first key, and one of the second that says less. */
static const char *
good_of(enum token_use use, int key)
{
	const struct conf_key *second = &f.key[use][1];

	if (key == 0)
		return known[use];
	return sign_with(second, header_of(second), use == TOKEN_ACCESS ?
	    with(use, "fullName", NULL) : with(use, "n", "0"));
}

/* Each change of a good token, as text of its own. */
static void
for_each_good(void (*change)(enum token_use use, char *token, size_t length))
{
	char	*token;
	int	 use, key;

	for (use = 0; use < TOKEN__MAX; use++)
		for (key = 0; key < 2; key++) {
			token = arena_strdup(f.arena, good_of(use, key));
			assert_taken(use, token);
			change(use, token, strlen(token));
			assert_taken(use, token);
		}
}

/* Changes ---------------------------------------------------------------- */

static void
replace_by(enum token_use use, char *at, char *token, const char *others)
{
	const char kept = *at;

	for (; *others != '\0'; others++) {
		*at = *others;
		if (*at != kept)
			FORGED(use, token);
	}
	*at = kept;
}

static void
replace(enum token_use use, char *token, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++) {
		replace_by(use, token + i, token, base64url);
		replace_by(use, token + i, token, outside);
	}
}

static void
a_token_with_another_character_is_refused(void **state)
{
	(void)state;
	for_each_good(replace);
}

static void
flip(enum token_use use, char *token, size_t length)
{
	size_t	i;
	int	bit;

	for (i = 0; i < length; i++)
		for (bit = 0; bit < 8; bit++) {
			token[i] = (char)(token[i] ^ (1 << bit));
			FORGED(use, token);
			token[i] = (char)(token[i] ^ (1 << bit));
		}
}

static void
a_token_with_another_bit_is_refused(void **state)
{
	(void)state;
	for_each_good(flip);
}

static void
insert_each(enum token_use use, const char *token, size_t length,
    const char *others)
{
	char	*longer = malloc(length + 2);
	size_t	 i;

	assert_non_null(longer);
	for (; *others != '\0'; others++)
		for (i = 0; i <= length; i++) {
			memcpy(longer, token, i);
			longer[i] = *others;
			memcpy(longer + i + 1, token + i, length + 1 - i);
			FORGED(use, longer);
		}
	free(longer);
}

static void
insert(enum token_use use, char *token, size_t length)
{
	insert_each(use, token, length, base64url);
	insert_each(use, token, length, outside);
}

static void
a_token_with_a_character_more_is_refused(void **state)
{
	(void)state;
	for_each_good(insert);
}

static void
cut(enum token_use use, char *token, size_t length)
{
	size_t	i;
	char	kept;

	for (i = 0; i < length; i++) {
		FORGED(use, token + i + 1);
		FORGED(use, arena_printf(f.arena, "%.*s%s", (int)i, token,
		    token + i + 1));
		/* The rest stands where it stood, behind a NUL. */
		kept = token[i];
		token[i] = '\0';
		FORGED(use, token);
		token[i] = kept;
	}
}

static void
a_token_that_lacks_a_character_or_many_is_refused(void **state)
{
	(void)state;
	for_each_good(cut);
}

static void
exchange(enum token_use use, char *token, size_t length)
{
	size_t	i;
	char	kept;

	for (i = 1; i < length; i++) {
		kept = token[i];
		if (token[i - 1] == kept)
			continue;
		token[i] = token[i - 1];
		token[i - 1] = kept;
		FORGED(use, token);
		token[i - 1] = token[i];
		token[i] = kept;
	}
}

static void
a_token_with_two_neighbours_exchanged_is_refused(void **state)
{
	(void)state;
	for_each_good(exchange);
}

static void
wrap(enum token_use use, char *token, size_t length)
{
	static const char *const around[][2] = {
		{ "Bearer ", "" }, { "\"", "\"" }, { "", "\r\n" },
		{ "\xef\xbb\xbf", "" }, { "", "==" }, { "", ".e30" },
		{ "e30.", "" }, { "", "." }, { ".", "" }, { "", "%00" },
	};
	size_t i;

	for (i = 0; i < NELEMS(around); i++)
		FORGED(use, arena_printf(f.arena, "%s%s%s", around[i][0],
		    token, around[i][1]));
	for (i = 2; i * length < 20000; i *= 2)
		FORGED(use, arena_printf(f.arena, "%s%.*s", token,
		    (int)(i * length), name_of(20000)));
	FORGED(use, arena_printf(f.arena, "%s%s", token, token));
	FORGED(use, arena_printf(f.arena, "%s.%s", token, token));
}

static void
a_token_with_something_around_it_is_refused(void **state)
{
	(void)state;
	for_each_good(wrap);
}

/* Parts ------------------------------------------------------------------ */

enum { PARTS = 3, GOOD = 4 };

static void
split(const char *token, const char *out[PARTS])
{
	char	*rest = arena_strdup(f.arena, token);
	int	 i;

	for (i = 0; i < PARTS; i++)
		out[i] = strsep(&rest, ".");
	assert_null(rest);
}

static void
parts_of_several_good_tokens_make_none(void **state)
{
	static const int	 orders[6][PARTS] = { { 0, 1, 2 },
				    { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 },
				    { 2, 0, 1 }, { 2, 1, 0 } };
	const char		*good_one[GOOD], *part[GOOD][PARTS], *token;
	const int		*order;
	int			 use, i, j;

	(void)state;
	for (i = 0; i < GOOD; i++) {
		good_one[i] = good_of(i / 2, i % 2);
		split(good_one[i], part[i]);
	}
	for (i = 0; i < GOOD * GOOD * GOOD * 6; i++) {
		order = orders[i % 6];
		j = i / 6;
		token = arena_printf(f.arena, "%s.%s.%s",
		    part[j % GOOD][order[0]], part[j / GOOD % GOOD][order[1]],
		    part[j / GOOD / GOOD][order[2]]);
		for (use = 0; use < TOKEN__MAX; use++)
			if (strcmp(token, good_one[use * 2]) != 0 &&
			    strcmp(token, good_one[use * 2 + 1]) != 0)
				FORGED(use, token);
	}
}

static void
it_was_more_than_five_thousand(void **state)
{
	(void)state;
	assert_forgeries(200000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(two_hundred_good_tokens_of_every_key_are_believed),
		TEST(a_token_with_another_character_is_refused),
		TEST(a_token_with_another_bit_is_refused),
		TEST(a_token_with_a_character_more_is_refused),
		TEST(a_token_that_lacks_a_character_or_many_is_refused),
		TEST(a_token_with_two_neighbours_exchanged_is_refused),
		TEST(a_token_with_something_around_it_is_refused),
		TEST(parts_of_several_good_tokens_make_none),
		TEST(it_was_more_than_five_thousand),
	};

	return cmocka_run_group_tests_name("token_forged", tests, NULL, NULL);
}
