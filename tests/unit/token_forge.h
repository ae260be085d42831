/*
 * Forged tokens: each is refused, leaves what it was to fill alone and is
 * counted, so that a battery fails that makes fewer than it promises.
 */
#ifndef DARBAN_TESTS_TOKEN_FORGE_H
#define DARBAN_TESTS_TOKEN_FORGE_H

#include "token_fixture.h"

/* A sum of each; what was made twice counts once. */
static struct {
	uint64_t	*sums;
	size_t		 count, room;
} forgeries;

static inline void
remember(enum token_use use, const char *token)
{
	uint64_t sum = UINT64_C(14695981039346656037) + (unsigned)use;

	for (; *token != '\0'; token++)
		sum = (sum ^ (unsigned char)*token) * UINT64_C(1099511628211);
	if (forgeries.count == forgeries.room) {
		forgeries.room = 2 * forgeries.room + 1024;
		forgeries.sums = realloc(forgeries.sums,
		    forgeries.room * sizeof(*forgeries.sums));
		assert_non_null(forgeries.sums);
	}
	forgeries.sums[forgeries.count++] = sum;
}

/* The copy has no byte to spare: a sanitizer sees who reads behind it. */
static inline void
forged(enum token_use use, const char *token, const char *what, int line)
{
	char *copy = strdup(token);

	assert_non_null(copy);
	see(use, copy, E_TOKEN, what, line);
	assert_int_equal(f.lines, 0);
	free(copy);
	remember(use, token);
}

#define FORGED(use, token) forged(use, token, #token, __LINE__)

/* Two parts that are well signed, and with the signature of a good token. */
static inline void
forged_parts(const struct conf_key *key, enum token_use use,
    const char *text, int line)
{
	forged(use, sign_parts(key, text), text, line);
	forged(use, arena_printf(f.arena, "%s%s", text,
	    strrchr(known[use], '.')), text, line);
}

static inline int
compare_sums(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* At the end of a battery: how many different ones it was. */
static inline void
assert_forgeries(size_t at_least)
{
	size_t i, different = 0;

	qsort(forgeries.sums, forgeries.count, sizeof(*forgeries.sums),
	    compare_sums);
	for (i = 0; i < forgeries.count; i++)
		if (i == 0 || forgeries.sums[i] != forgeries.sums[i - 1])
			different++;
	free(forgeries.sums);
	memset(&forgeries, 0, sizeof(forgeries));
	print_message("# %zu different forged tokens\n", different);
	assert_true(different >= at_least);
}

#endif
