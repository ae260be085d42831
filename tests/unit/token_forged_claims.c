/* Forged tokens: other claims, well signed and under a header of ours. */
#include "token_forge.h"

enum { CLAIMS_MAX = 10, FIRST_NAME = 7 };	/* of `good` */

/* As it is, and where the signature is that of another payload. */
static void
forged_bytes(enum token_use use, const char *payload, size_t size)
{
	const struct conf_key *key = &f.key[use][0];

	forged_parts(key, use, arena_printf(f.arena, "%s.%s",
	    encoded(header_of(key)), base64url_encode(f.arena, payload,
	    size)), __LINE__);
}

static void
forged_payload(enum token_use use, const char *payload)
{
	forged_bytes(use, payload, strlen(payload));
}

/* With each claim of either token. */
static void
for_each_claim(void (*change)(enum token_use use, const struct member *claim))
{
	int use, i;

	for (use = 0; use < TOKEN__MAX; use++)
		for (i = 0; i < CLAIMS_MAX && good[use][i].name != NULL; i++) {
			change(use, &good[use][i]);
			assert_taken(use, good_token(use));
			arena_wipe(f.arena);
		}
}

/* Of an account's names any text will do. */
static bool
is_name(enum token_use use, const struct member *claim)
{
	return use == TOKEN_ACCESS && claim >= &good[use][FIRST_NAME];
}

static bool
is_number(const struct member *claim)
{
	return *claim->value != '"';
}

/* Values ----------------------------------------------------------------- */

/* None of them is right for any claim; the texts are, for names. */
static const char *const wrong_values[] = {
	"null", "true", "false", "[]", "{}", "[null]", "[[]]", "[0]",
	"[\"\"]", "{\"\":\"\"}", "{\"$ne\":null}", "{\"$gt\":\"\"}", "--1",
	"1.5", "-0.5", "1e400", "-1e400", "1e300", "9007199254740992",
	"9223372036854775807", "9223372036854775808",
	"18446744073709551616", "-9223372036854775808", "1 767",
	"00", "01", "+1", "1.", ".1", "0x1", "1e", "NaN", "Infinity",
	"-Infinity", "undefined", "True", "NULL", "nil", "'x'", "x", "\"",
	"\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u0000\"", "\"\\ud800\"",
	"\"\t\"", "\"\x01\"", "\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"",
	"\"\xf4\x90\x80\x80\"", "", ",", "}", "]", "/**/",
};

static const char *const wrong_texts[] = {
	"\"\"", "\" \"", "\"0\"", "\"1\"", "\"null\"", "\"true\"", "\"x\"",
	"\"\\n\"", "\"{}\"", "\"*\"", "\"%\"", "\"' OR 1=1 --\"", "\"..\"",
	"\"access,refresh\"", "\"access refresh\"", "\"Access\"",
	"\"REFRESH\"", "\"darban \"", "\" darban\"", "\"Darban\"",
	"\"darban\\u200b\"", "\"d\xd0\xb0rban\"", "\"https://darban\"",
	"\"0102030405060708090A0B0C\"", "\"0102030405060708090a0b0c00\"",
	"\"0102030405060708090a0b\"", "\"1767225600\"",
};

static void
give_each(enum token_use use, const struct member *claim,
    const char *const *values, size_t count)
{
	const char	*payload = with(use, "", NULL);
	const int	 size = (int)strlen(payload) - 1;
	size_t		 i;

	for (i = 0; i < count; i++) {
		forged_payload(use, with(use, claim->name, values[i]));
		/* Twice: before and behind the good one. */
		forged_payload(use, arena_printf(f.arena, "{\"%s\":%s,%s",
		    claim->name, values[i], payload + 1));
		forged_payload(use, arena_printf(f.arena, "%.*s,\"%s\":%s}",
		    size, payload, claim->name, values[i]));
	}
}

static void
give_wrong_values(enum token_use use, const struct member *claim)
{
	const char *wrapped[] = {
		arena_printf(f.arena, "[%s]", claim->value),
		arena_printf(f.arena, "{\"%s\":%s}", claim->name,
		    claim->value),
		arena_printf(f.arena, "%s %s", claim->value, claim->value),
		arena_printf(f.arena, "%s,%s", claim->value, claim->value),
		arena_printf(f.arena, is_number(claim) ? "\"%s\"" : "(%s)",
		    claim->value),
	};

	give_each(use, claim, wrong_values, NELEMS(wrong_values));
	give_each(use, claim, wrapped, NELEMS(wrapped));
	if (!is_name(use, claim))
		give_each(use, claim, wrong_texts, NELEMS(wrong_texts));
}

static void
a_claim_with_a_value_not_its_own_is_refused(void **state)
{
	(void)state;
	for_each_claim(give_wrong_values);
}

static void
a_count_or_an_end_below_zero_is_refused(void **state)
{
	static const char *const numbers[] = { "-1", "-2", "-7", "-1767226500",
	    "-2147483648", "-2147483649", "-9007199254740991" };
	size_t	i;
	int	use;

	(void)state;
	for (i = 0; i < NELEMS(numbers); i++) {
		forged_payload(TOKEN_REFRESH, with(TOKEN_REFRESH, "n",
		    numbers[i]));
		for (use = 0; use < TOKEN__MAX; use++)
			forged_payload(use, with(use, "exp", numbers[i]));
	}
}

/* JSON with one claim's name and value given as they stand. */
static const char *
spelled(enum token_use use, const struct member *claim, const char *name,
    const char *value)
{
	return arena_printf(f.arena, "{%s:%s,%s", name, value,
	    with(use, claim->name, NULL) + 1);
}

/* Any change of it, character by character, which JSON may read in its way. */
static void
change_value(enum token_use use, const struct member *claim)
{
	const char	*kept = "", *p, *value = claim->value;
	char		 c;

	if (is_number(claim) || is_name(use, claim))
		return;
	if (strcmp(claim->name, "_id") == 0 || strcmp(claim->name, "sid") == 0)
		kept = "0123456789abcdef";
	if (strcmp(claim->name, "proof") == 0)
		kept = base64url;
	for (p = value + 1; p[1] != '\0'; p++) {
		for (c = ' '; c <= '~'; c++)
			if (c != *p && strchr(kept, c) == NULL)
				forged_payload(use, with(use, claim->name,
				    arena_printf(f.arena, "%.*s%c%s",
				    (int)(p - value), value, c, p + 1)));
		forged_payload(use, with(use, claim->name, arena_printf(
		    f.arena, "%.*s%s", (int)(p - value), value, p + 1)));
		forged_payload(use, with(use, claim->name, arena_printf(
		    f.arena, "%.*s%c%s", (int)(p - value), value, *p, p)));
	}
}

static void
a_claim_with_another_character_is_refused(void **state)
{
	(void)state;
	for_each_claim(change_value);
}

/* Names ------------------------------------------------------------------ */

static void
change_name(enum token_use use, const struct member *claim)
{
	const char	*name = claim->name, *p;
	int		 before;
	char		 c;

	for (p = name; *p != '\0'; p++) {
		before = (int)(p - name);
		for (c = ' '; c <= '~'; c++)
			if (c != *p)
				forged_payload(use, spelled(use, claim,
				    arena_printf(f.arena, "\"%.*s%c%s\"",
				    before, name, c, p + 1), claim->value));
		forged_payload(use, spelled(use, claim, arena_printf(f.arena,
		    "\"%.*s%s\"", before, name, p + 1), claim->value));
		forged_payload(use, spelled(use, claim, arena_printf(f.arena,
		    "\"%.*s%c%s\"", before, name, *p, p), claim->value));
		/* The same name in other letters, beside the one it has. */
		forged_payload(use, arena_printf(f.arena,
		    "{\"%.*s\\u%04x%s\":%s,%s", before, name, (unsigned)*p,
		    p + 1, claim->value, with(use, "", NULL) + 1));
	}
	forged_payload(use, spelled(use, claim, name, claim->value));
	forged_payload(use, spelled(use, claim, "null", claim->value));
	forged_payload(use, spelled(use, claim, "0", claim->value));
}

static void
a_claim_by_another_name_is_refused(void **state)
{
	(void)state;
	for_each_claim(change_name);
}

/* Alone, and with each of those behind it. */
static void
leave_out(enum token_use use, const struct member *claim)
{
	const struct member	*other;
	char			*rest, *at;

	if (is_name(use, claim))
		return;
	forged_payload(use, with(use, claim->name, NULL));
	for (other = claim + 1; other < good[use] + CLAIMS_MAX &&
	    other->name != NULL; other++) {
		rest = arena_strdup(f.arena, with(use, claim->name, NULL));
		at = strstr(rest, arena_printf(f.arena, ",\"%s\":%s",
		    other->name, other->value));
		if (at == NULL)
			continue;
		*at = '\0';
		at += 4 + strlen(other->name) + strlen(other->value);
		forged_payload(use, arena_printf(f.arena, "%s%s", rest, at));
	}
}

static void
a_claim_left_out_is_missed(void **state)
{
	(void)state;
	for_each_claim(leave_out);
}

/* Each claim of the other token that this one has not, as it stands there. */
static void
lend(enum token_use use, const struct member *claim)
{
	const enum token_use	 other = use == TOKEN_ACCESS ?
				    TOKEN_REFRESH : TOKEN_ACCESS;
	const char		*payload;
	size_t			 i;

	for (i = 0; i < CLAIMS_MAX && good[other][i].name != NULL; i++)
		if (strcmp(good[other][i].name, claim->name) == 0)
			return;
	payload = with(other, "", NULL);
	forged_payload(other, with(other, claim->name, claim->value));
	forged_payload(other, arena_printf(f.arena, "{\"%s\":%s,%s",
	    claim->name, claim->value, payload + 1));
}

static void
a_claim_of_the_other_token_is_refused(void **state)
{
	(void)state;
	for_each_claim(lend);
}

/* Of RFC 7519, of OpenID Connect, of other servers, of nobody. */
static const char *const strangers[] = { "nbf", "jti", "sub", "nonce", "azp",
    "auth_time", "at_hash", "c_hash", "acr", "amr", "cnf", "act", "may_act",
    "scope", "scp", "client_id", "roles", "groups", "entitlements", "name",
    "given_name", "email_verified", "phone_number", "events", "toe", "txn",
    "vc", "vp", "orig", "admin", "role", "is_admin", "userId", "user_id",
    "id", "uid", "session", "use", "type", "typ", "alg", "kid", "crit",
    "b64", "epoch", "nonce_", "proof2", "avatar", "password", "fullname",
    "full_name", "userName", "e-mail", "tokenUse", "ISS", "Aud", "EXP",
    "_ID", "__v", "__proto__", "constructor", "$where", "", " ", "\\u0000",
    "exp\\u0000", "\\u0000exp", "n\\u0000", "\xc3\xa4", "\xff", "expires_at" };

static void
a_claim_that_nobody_asked_for_is_refused(void **state)
{
	static const char *const values[] = { "0", "1767229200", "true",
	    "null", "\"x\"", "[]", "{}" };
	const char	*payload;
	size_t		 i, j;
	int		 use;

	(void)state;
	for (use = 0; use < TOKEN__MAX; use++)
		for (i = 0; i < NELEMS(strangers); i++) {
			payload = with(use, "", NULL);
			for (j = 0; j < NELEMS(values); j++) {
				forged_payload(use, with(use, strangers[i],
				    values[j]));
				forged_payload(use, arena_printf(f.arena,
				    "{\"%s\":%s,%s", strangers[i], values[j],
				    payload + 1));
			}
			arena_wipe(f.arena);
		}
}

static void
it_was_more_than_five_thousand(void **state)
{
	(void)state;
	assert_forgeries(50000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_claim_with_a_value_not_its_own_is_refused),
		TEST(a_count_or_an_end_below_zero_is_refused),
		TEST(a_claim_with_another_character_is_refused),
		TEST(a_claim_by_another_name_is_refused),
		TEST(a_claim_left_out_is_missed),
		TEST(a_claim_of_the_other_token_is_refused),
		TEST(a_claim_that_nobody_asked_for_is_refused),
		TEST(it_was_more_than_five_thousand),
	};

	return cmocka_run_group_tests_name("token_forged_claims", tests, NULL,
	    NULL);
}
