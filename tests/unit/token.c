/* Tokens: what is made, and every small change of it. */
#include "token_fixture.h"

/* What is made ----------------------------------------------------------- */

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

static void
nothing_of_all_this_is_logged(void **state)
{
	(void)state;
	assert_taken(TOKEN_ACCESS, known[TOKEN_ACCESS]);
	assert_refused(TOKEN_REFRESH, known[TOKEN_ACCESS]);
	assert_int_equal(f.lines, 0);
}

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
		TEST(nothing_of_all_this_is_logged),
	};

	return cmocka_run_group_tests_name("token", tests, NULL, NULL);
}
