/* Forged tokens: damaged payloads, and claims of another time. */
#include "token_forge.h"

static void
forged_bytes(enum token_use use, const char *payload, size_t size)
{
	const struct conf_key *key = &f.key[use][0];

	FORGED(use, sign_parts(key, arena_printf(f.arena, "%s.%s",
	    encoded(header_of(key)), base64url_encode(f.arena, payload,
	    size))));
}

/* Damage ----------------------------------------------------------------- */

static void
a_payload_cut_short_is_refused(void **state)
{
	const char	*payload;
	size_t		 size, i;
	int		 use;

	(void)state;
	for (use = 0; use < TOKEN__MAX; use++) {
		payload = with(use, "", NULL);
		size = strlen(payload);
		for (i = 0; i < size; i++) {
			if (i > 0)
				forged_bytes(use, payload, i);
			forged_bytes(use, payload + i + 1, size - i - 1);
		}
	}
}

/* Bytes that JSON and UTF-8 allow nowhere, a NUL that ends texts in C. */
static void
a_payload_with_a_byte_of_no_text_is_refused(void **state)
{
	static const char	 others[] = { 0, 1, '\x1f', '\xc0', '\xfe',
				    '\xff' };
	char			*payload;
	size_t			 size, i, j;
	int			 use;

	(void)state;
	for (use = 0; use < TOKEN__MAX; use++)
		for (j = 0; j < sizeof(others); j++) {
			payload = arena_strdup(f.arena, with(use, "", NULL));
			size = strlen(payload);
			for (i = 0; i < size; i++) {
				const char kept = payload[i];

				payload[i] = others[j];
				forged_bytes(use, payload, size);
				payload[i] = kept;
			}
			/* The last one goes where the NUL stood. */
			for (i = size; i > 0; i--) {
				payload[i] = payload[i - 1];
				payload[i - 1] = others[j];
				forged_bytes(use, payload, size + 1);
			}
			arena_wipe(f.arena);
		}
}

static void
a_payload_with_its_marks_exchanged_is_refused(void **state)
{
	static const char	 marks[] = "{}[]:,\"\\'/0 \n";
	char			*payload, kept;
	const char		*mark;
	size_t			 i;
	int			 use;

	(void)state;
	for (use = 0; use < TOKEN__MAX; use++) {
		payload = arena_strdup(f.arena, with(use, "", NULL));
		for (i = 0; payload[i] != '\0'; i++) {
			if (strchr("{}:,\"", payload[i]) == NULL)
				continue;
			kept = payload[i];
			for (mark = marks; *mark != '\0'; mark++) {
				payload[i] = *mark;
				if (*mark != kept)
					forged_bytes(use, payload,
					    strlen(payload));
			}
			payload[i] = kept;
		}
	}
}

/* libjwt's decoder passes over what is not base64. */
static void
a_payload_with_a_character_not_base64url_is_refused(void **state)
{
	const char	*header, *payload;
	int		 use, size, i, c;

	(void)state;
	for (use = 0; use < TOKEN__MAX; use++) {
		header = encoded(header_of(&f.key[use][0]));
		payload = encoded(with(use, "", NULL));
		size = (int)strlen(payload);
		for (i = 0; i < size; i += 7)
			for (c = 1; c < 256; c++)
				if (strchr(base64url, c) == NULL)
					FORGED(use, sign_parts(&f.key[use][0],
					    arena_printf(f.arena, "%s.%.*s%c%s",
					    header, i, payload, c,
					    payload + i)));
		for (i = 1; i < 4; i++)
			FORGED(use, sign_parts(&f.key[use][0],
			    arena_printf(f.arena, "%s.%s%.*s", header,
			    payload, i, "===")));
	}
}

static void
a_payload_that_makes_a_token_too_long_is_refused(void **state)
{
	const char	*token;
	size_t		 length;

	(void)state;
	for (length = 1000; length < 4000; length++) {
		token = sign(TOKEN_ACCESS, with(TOKEN_ACCESS, "fullName",
		    arena_printf(f.arena, "\"%s\"", name_of(length))));
		if (strlen(token) <= TOKEN_MAX)
			assert_taken(TOKEN_ACCESS, token);
		else
			FORGED(TOKEN_ACCESS, token);
		arena_wipe(f.arena);
	}
}

static void
a_payload_of_many_floors_is_refused(void **state)
{
	char	*floors;
	size_t	 count;
	int	 use;

	(void)state;
	for (use = 0; use < TOKEN__MAX; use++)
		for (count = 1; count < 1000; count += 9) {
			floors = name_of(count);
			memset(floors, '[', count);
			forged_bytes(use, floors, count);
			memset(floors + count / 2, ']', count - count / 2);
			forged_bytes(use, floors, count);
			floors = arena_strdup(f.arena, with(use, "aud",
			    floors));
			forged_bytes(use, floors, strlen(floors));
		}
}

/* Time ------------------------------------------------------------------- */

/* Now, and 60 seconds from now, are where something changes. */
static const int64_t seconds[] = { -NOW, -864000, -61, -60, -59, -2, -1, 0, 1,
    2, 3, 58, 59, 60, 61, 62, 63, 120, 864000, INT32_MAX };

/* In seconds from now, `late` milliseconds after it began. */
static void
see_times(enum token_use use, int64_t issued, int64_t expires, int late)
{
	struct claims	claims = *sample(use);
	const char	*token;

	claims.issued_at = NOW + issued;
	claims.expires_at = NOW + expires;
	f.ctx.now = INT64_C(1000) * NOW + late;
	token = make(use, &claims);
	if (expires > 0 && expires > issued && issued <= 60)
		assert_reads_as(use, token, &claims);
	else
		FORGED(use, token);
}

static void
a_time_is_good_to_the_second(void **state)
{
	size_t	i, j;
	int	use;

	(void)state;
	for (use = 0; use < TOKEN__MAX; use++)
		for (i = 0; i < NELEMS(seconds); i++)
			for (j = 0; j < NELEMS(seconds); j++) {
				see_times(use, seconds[i], seconds[j], 0);
				see_times(use, seconds[i], seconds[j], 999);
			}
}

/* Another day, another century, a clock that was never set. */
static void
a_token_is_for_its_time_only(void **state)
{
	static const int64_t times[] = { 0, 1, 1000, -1, INT64_C(1) << 31,
	    INT64_C(1000) << 31, INT64_C(1000) << 32, INT64_C(1) << 53 };
	const char	*token;
	size_t		 i;
	int		 use;

	(void)state;
	for (use = 0; use < TOKEN__MAX; use++)
		for (i = 0; i < NELEMS(times); i++) {
			f.ctx.now = INT64_C(1000) * NOW;
			token = good_token(use);
			assert_taken(use, token);
			f.ctx.now = times[i];
			FORGED(use, token);
		}
}

/* Spelling --------------------------------------------------------------- */

/* Each letter of a text by its number. */
static const char *
by_number(const char *text)
{
	const char *out = "";

	for (; *text != '\0'; text++)
		out = *text == '"' || *text < 0 ?
		    arena_printf(f.arena, "%s%c", out, *text) :
		    arena_printf(f.arena, "%s\\u%04X", out, (unsigned)*text);
	return out;
}

/* The good payload, from its last claim to its first. */
static const char *
turned(enum token_use use, const char *space, bool has_numbers)
{
	const struct member	*m;
	const char		*text = "", *name, *value;
	size_t			 i;

	for (i = 0; i < NELEMS(good[use]) && good[use][i].name != NULL; i++) {
		m = &good[use][i];
		name = has_numbers ? by_number(m->name) : m->name;
		value = has_numbers && *m->value == '"' ?
		    by_number(m->value) : m->value;
		text = arena_printf(f.arena, "\"%s\"%s:%s%s%s%s%s", name,
		    space, space, value, i == 0 ? "" : ",", space, text);
	}
	return arena_printf(f.arena, "%s{%s%s}%s", space, space, text, space);
}

/*
 * Another spelling is another text: good where it is signed as it stands, as
 * JSON has it, and never with the signature of the first.
 */
static void
a_payload_in_another_spelling_needs_its_own_signature(void **state)
{
	static const char *const spaces[] = { "", " ", "\t", "\n", "\r\n" };
	const char	*payload, *other;
	size_t		 i;
	int		 use, has_numbers;

	(void)state;
	for (i = 0; i < NELEMS(spaces) * TOKEN__MAX * 2; i++) {
		use = i % TOKEN__MAX;
		has_numbers = i / TOKEN__MAX % 2;
		payload = turned(use, spaces[i / TOKEN__MAX / 2],
		    has_numbers);
		assert_reads_as(use, sign(use, payload), sample(use));
		other = arena_printf(f.arena, "%s.%s",
		    encoded(header_of(&f.key[use][0])), encoded(payload));
		FORGED(use, arena_printf(f.arena, "%s%s", other,
		    strrchr(known[use], '.')));
		FORGED(use, arena_printf(f.arena, "%s%s", other,
		    strrchr(good_token(use), '.')));
	}
}

static void
it_was_more_than_five_thousand(void **state)
{
	(void)state;
	assert_forgeries(25000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_payload_cut_short_is_refused),
		TEST(a_payload_with_a_byte_of_no_text_is_refused),
		TEST(a_payload_with_its_marks_exchanged_is_refused),
		TEST(a_payload_with_a_character_not_base64url_is_refused),
		TEST(a_payload_that_makes_a_token_too_long_is_refused),
		TEST(a_payload_of_many_floors_is_refused),
		TEST(a_time_is_good_to_the_second),
		TEST(a_token_is_for_its_time_only),
		TEST(a_payload_in_another_spelling_needs_its_own_signature),
		TEST(it_was_more_than_five_thousand),
	};

	return cmocka_run_group_tests_name("token_forged_payload", tests,
	    NULL, NULL);
}
