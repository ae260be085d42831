/* Good and forged tokens in whole requests for which there is no memory. */
#include "token_site.h"

/* The store is open already, or is opened by the request. */
enum start { WARM, COLD };

static void
let_fail(struct site *s, const char *token, enum start start,
    bool is_lasting)
{
	const bool	is_good = token == s->good;
	bool		has_failed = true;
	long		k;

	for (k = 1; has_failed; k++) {
		if (start == COLD) {
			if (s->app.store != s->f->store)
				store_close(s->app.store);
			s->app.store = NULL;
		}
		has_failed = ask(s, token, k, is_lasting);
		if (has_failed && is_failure(s))
			expect_served(s);
		else
			expect(s, is_good ? is_served(s) : is_refused(s),
			    token, k);
	}
	expect_served(s);
	if (is_good)
		assert_true(k > (start == COLD ? 400 : 20) ||
		    !memory_can_fail());
}

static void
let_all_fail(struct site *s, enum start start)
{
	int i;

	for (i = 0; i < s->count; i++) {
		let_fail(s, s->forged[i], start, false);
		let_fail(s, s->forged[i], start, true);
	}
	let_fail(s, s->good, start, false);
	let_fail(s, s->good, start, true);
}

static void
want_of_memory_serves_nobody_else(void **state)
{
	let_all_fail(*state, WARM);
}

static void
want_of_memory_at_the_start_serves_nobody_else(void **state)
{
	let_all_fail(*state, COLD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(want_of_memory_serves_nobody_else),
		TEST(want_of_memory_at_the_start_serves_nobody_else),
	};

	return cmocka_run_group_tests_name("token_memory", tests, NULL, NULL);
}
