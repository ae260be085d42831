/* Tokens: what is made, and with which key. */
#include "token_fixture.h"

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
		TEST(the_first_key_signs_and_every_key_verifies),
		TEST(a_retired_key_verifies_nothing),
		TEST(a_full_name_is_left_out_where_the_token_would_be_too_long),
		TEST(then_username_and_email_are_left_out_together),
		TEST(names_of_any_size_overflow_nothing),
		TEST(a_refresh_token_carries_no_names),
		TEST(an_issuer_that_leaves_no_room_is_a_broken_configuration),
		TEST(nothing_of_all_this_is_logged),
	};

	return cmocka_run_group_tests_name("token", tests, NULL, NULL);
}
