/* Points 5, 6 and 7 of a token: what it claims. */
#include "token_fixture.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
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
	};

	return cmocka_run_group_tests_name("token_claims", tests, NULL, NULL);
}
