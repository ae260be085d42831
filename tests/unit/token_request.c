/* Good and forged tokens in whole requests: who is served, and who is not. */
#include "token_site.h"

static void
whose_token_it_is_is_served(void **state)
{
	struct site	*s = *state;
	char		 id[ID_HEX_SIZE];

	expect_served(s);
	id_hex(&s->f->user.id, id);
	assert_memory_equal(s->served, "Status: 200 ", 12);
	assert_true(answer_has(s, id));
	assert_true(answer_has(s, "\"username\":\"alice\""));
	assert_false(answer_has(s, "mallory"));
}

static void
a_forged_token_is_refused_and_the_good_one_lives_on(void **state)
{
	struct site	*s = *state;
	int		 i;

	for (i = 0; i < s->count; i++) {
		(void)ask(s, s->forged[i], 0, false);
		expect(s, is_refused(s), s->forged[i], 0);
		expect_served(s);
	}
}

static void
a_token_changed_in_any_character_is_refused(void **state)
{
	struct site	*s = *state;
	char		 token[TOKEN_SIZE];
	size_t		 i;

	for (i = 0; s->good[i] != '\0'; i++) {
		memcpy(token, s->good, sizeof(token));
		token[i] = token[i] == 'A' ? 'B' : 'A';
		(void)ask(s, token, 0, false);
		expect(s, is_refused(s), token, 0);
	}
	expect_served(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(whose_token_it_is_is_served),
		TEST(a_forged_token_is_refused_and_the_good_one_lives_on),
		TEST(a_token_changed_in_any_character_is_refused),
	};

	return cmocka_run_group_tests_name("token_request", tests, NULL,
	    NULL);
}
