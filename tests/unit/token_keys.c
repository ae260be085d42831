/* Points 3 and 4 of a token: its key and its signature. */
#include "token_fixture.h"
#include "no_memory.h"

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

/* What token_read says where allocation number `k` fails; false: none did. */
static bool
fail_at(long k, const char *token, enum err *err, struct claims *claims)
{
	arena_wipe(f.ctx.arena);
	memory_fail(k, false);
	*err = token_read(&f.ctx, TOKEN_ACCESS, token, claims);
	return memory_mend();
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

/*
 * Where it finds no memory for the key libjwt says yes, and where it finds
 * none to read the token that the token is no good: neither reaches anybody.
 */
static void
point_4_want_of_memory_is_neither_a_yes_nor_a_no(void **state)
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
			assert_int_equal(err, E_INTERNAL);
	assert_int_equal(err, OK);
	assert_true(k > 20 || !memory_can_fail());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(point_3_a_missing_or_short_key_is_a_broken_configuration),
		TEST(point_3_a_kid_that_json_would_escape_is_refused),
		TEST(point_3_a_key_lost_since_the_start_is_never_a_yes),
		TEST(point_3_without_a_keyring_nothing_is_believed),
		TEST(point_3_a_token_is_verified_with_the_key_of_its_header),
		TEST(point_3_an_access_key_verifies_no_refresh_token),
		TEST(point_4_a_wrong_signature_is_refused),
		TEST(point_4_want_of_memory_is_neither_a_yes_nor_a_no),
	};

	return cmocka_run_group_tests_name("token_keys", tests, NULL, NULL);
}
