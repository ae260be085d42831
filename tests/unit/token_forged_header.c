/* Forged tokens: other algorithms and headers, signed as they should be. */
#include <ctype.h>
#include <openssl/hmac.h>

#include "token_forge.h"

/* 32 bytes of zeros. */
#define ZEROS "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

/* Algorithms ------------------------------------------------------------- */

/* Of all that JOSE has, and of what somebody might take for HS256. */
static const char *const algorithms[] = {
	"none", "HS256", "HS384", "HS512", "RS256", "RS384", "RS512",
	"PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "ES256K",
	"EdDSA", "Ed25519", "Ed448", "ML-DSA-44", "HS1", "RS1", "dir",
	"A128KW", "A256GCMKW", "PBES2-HS256+A128KW", "RSA-OAEP", "RSA1_5",
	"ECDH-ES", "SHA256", "HMAC", "HmacSHA256", "HMAC-SHA256", "TERM",
	"HS", "HS25", "HS2560", "HS256 ", " HS256", "HS-256", "HS256\\n",
	"HS256\\u0000", "\\u0000HS256", "HS256,none", "", " ", "null", "0",
};

/* What stands where the signature should. */
static const char *
signature_of(int kind, const struct conf_key *key, const char *text)
{
	const EVP_MD *const	algorithm[] = { EVP_sha256(), EVP_sha384(),
				    EVP_sha512(), EVP_sha3_256(), EVP_sha1() };
	unsigned char		mac[EVP_MAX_MD_SIZE];
	unsigned		size;

	assert_non_null(HMAC(algorithm[kind], key->bytes, (int)key->size,
	    (const unsigned char *)text, strlen(text), mac, &size));
	return base64url_encode(f.arena, mac, size);
}

static void
forged_every_signature(enum token_use use, const char *header)
{
	const struct conf_key	*key = &f.key[use][0];
	const char		*text, *signature;
	int			 kind;

	text = arena_printf(f.arena, "%s.%s", encoded(header),
	    encoded(with(use, "", NULL)));
	for (kind = 0; kind < 5; kind++) {
		signature = signature_of(kind, key, text);
		FORGED(use, arena_printf(f.arena, "%s.%s", text, signature));
		FORGED(use, arena_printf(f.arena, "%s.%.43s", text,
		    signature));
	}
	FORGED(use, arena_printf(f.arena, "%s.", text));
	FORGED(use, text);
	FORGED(use, arena_printf(f.arena, "%s%s", text,
	    strrchr(known[use], '.')));
	FORGED(use, arena_printf(f.arena, "%s.%s", text, ZEROS));
}

/* With our header otherwise, alone, and beside the one that it should be. */
static void
forged_algorithm(const char *name)
{
	const char	*kid;
	int		 use;

	for (use = 0; use < TOKEN__MAX; use++) {
		kid = f.key[use][0].kid;
		if (strcmp(name, "HS256") != 0)
			forged_every_signature(use, arena_printf(f.arena,
			    "{\"alg\":\"%s\",\"kid\":\"%s\",\"typ\":\"JWT\"}",
			    name, kid));
		forged_every_signature(use, arena_printf(f.arena,
		    "{\"alg\":\"%s\"}", name));
		forged_every_signature(use, arena_printf(f.arena,
		    "{\"alg\":\"%s\",\"alg\":\"HS256\",\"kid\":\"%s\","
		    "\"typ\":\"JWT\"}", name, kid));
		forged_every_signature(use, arena_printf(f.arena,
		    "{\"alg\":\"HS256\",\"kid\":\"%s\",\"typ\":\"JWT\","
		    "\"alg\":\"%s\"}", kid, name));
	}
	arena_wipe(f.arena);
}

/* With each of its first five letters capital and small. */
static void
forged_algorithm_in_any_case(const char *name)
{
	const size_t	 plain = strcspn(name, "\\");
	char		*copy = strdup(name);
	size_t		 letter[5], count = 0, i;
	unsigned	 set;

	assert_non_null(copy);
	for (i = 0; i < plain && count < NELEMS(letter); i++)
		if (isalpha((unsigned char)name[i]))
			letter[count++] = i;
	for (set = 0; set < 1U << count; set++) {
		for (i = 0; i < count; i++)
			copy[letter[i]] = (char)((set >> i & 1) != 0 ?
			    toupper(name[letter[i]]) :
			    tolower(name[letter[i]]));
		forged_algorithm(copy);
	}
	free(copy);
}

static void
no_token_chooses_its_algorithm(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NELEMS(algorithms); i++)
		forged_algorithm_in_any_case(algorithms[i]);
}

/* Headers ---------------------------------------------------------------- */

/* By HS256, with the first key: nothing is wrong but the header. */
static void
forged_bytes(enum token_use use, const char *header, size_t size)
{
	forged_parts(&f.key[use][0], use, arena_printf(f.arena, "%s.%s",
	    base64url_encode(f.arena, header, size),
	    encoded(with(use, "", NULL))), __LINE__);
}

/* `form` with this text in place of the mark. */
static const char *
fill(const char *form, char mark, const char *text)
{
	const char *at = strchr(form, mark);

	return at == NULL ? form : arena_printf(f.arena, "%.*s%s%s",
	    (int)(at - form), form, text, at + 1);
}

/* For either use, unless it is ours; @ stands for the kid of its key. */
static void
forged_header(const char *form)
{
	const struct conf_key	*key;
	const char		*header;
	int			 use;

	for (use = 0; use < TOKEN__MAX; use++) {
		key = &f.key[use][0];
		header = fill(form, '@', key->kid);
		if (strcmp(header, header_of(key)) != 0)
			forged_bytes(use, header, strlen(header));
	}
}

/* What a header may have, and what means something to somebody. */
static const char *const members[] = {
	"\"crit\":[\"exp\"]", "\"crit\":[\"b64\"]", "\"crit\":[]",
	"\"b64\":false", "\"b64\":true", "\"crit\":[\"b64\"],\"b64\":false",
	"\"zip\":\"DEF\"", "\"enc\":\"A128CBC-HS256\"", "\"enc\":\"none\"",
	"\"cty\":\"JWT\"", "\"cty\":\"json\"", "\"typ\":\"at+jwt\"",
	"\"jku\":\"https://example.org/jwks.json\"", "\"jku\":\"file:///\"",
	"\"jwk\":{\"kty\":\"oct\",\"k\":\"" ZEROS "\"}", "\"jwk\":null",
	"\"jwk\":{\"kty\":\"oct\",\"k\":\"\"}", "\"x5t\":\"AAAA\"",
	"\"x5u\":\"https://example.org/x.pem\"", "\"x5c\":[\"MIIB\"]",
	"\"x5t#S256\":\"AAAA\"", "\"epk\":{}", "\"apu\":\"\"", "\"iv\":\"\"",
	"\"tag\":\"\"", "\"p2s\":\"AAAA\"", "\"p2c\":2147483647",
	"\"iss\":\"darban\"", "\"sub\":\"x\"", "\"aud\":\"darban\"",
	"\"exp\":9999999999", "\"nonce\":\"x\"", "\"url\":\"/\"",
	"\"ver\":1", "\"x\":1", "\"\":\"\"", "\"__proto__\":{\"a\":1}",
	"\"alg\":\"HS256\"", "\"typ\":\"JWT\"", "\"kid\":\"a1\"",
	"\"kid\":\"r1\"", "\"ALG\":\"none\"", "\"Kid\":\"a1\"",
};

static void
no_member_is_added_to_a_header(void **state)
{
	static const char *const forms[] = {
		"{%,\"alg\":\"HS256\",\"kid\":\"@\",\"typ\":\"JWT\"}",
		"{\"alg\":\"HS256\",%,\"kid\":\"@\",\"typ\":\"JWT\"}",
		"{\"alg\":\"HS256\",\"kid\":\"@\",%,\"typ\":\"JWT\"}",
		"{\"alg\":\"HS256\",\"kid\":\"@\",\"typ\":\"JWT\",%}",
		"{\"alg\":\"HS256\",\"kid\":\"@\",%}",
		"{\"alg\":\"HS256\",%,\"typ\":\"JWT\"}",
		"{%,\"kid\":\"@\",\"typ\":\"JWT\"}",
		"{\"alg\":\"HS256\",%}",
		"{%}",
	};
	size_t i, j;

	(void)state;
	for (i = 0; i < NELEMS(forms); i++)
		for (j = 0; j < NELEMS(members); j++)
			forged_header(fill(forms[i], '%', members[j]));
}

/* In place of the algorithm, the kid or the type. */
static const char *const values[] = {
	"null", "true", "false", "0", "1", "256", "-1", "1e999", "[]", "{}",
	"\"\"", "[\"HS256\"]", "[\"JWT\"]", "[\"a1\"]", "{\"alg\":\"HS256\"}",
	"\"jwt\"", "\"Jwt\"", "\"JWT \"", "\"JOSE\"", "\"JWS\"", "\"JWE\"",
	"\"at+jwt\"", "\"application/jwt\"", "\"a\"", "\"a3\"", "\"A1\"",
	"\"a11\"", "\" a1\"", "\"a1 \"", "\"a1\\n\"", "\"a1\\u0000\"",
	"\"\\u00611\"", "\"../../../../dev/null\"", "\"/dev/null\"",
	"\"a1' OR '1'='1\"", "\"a1;id\"", "\"https://example.org\"", "\"@@\"",
	"\"0\"", "\"__proto__\"", "\"\xc3\xa4\"", "\"\xff\"", "\"",
};

static void
each_member_of_a_header_has_its_one_value(void **state)
{
	static const char *const forms[] = {
		"{\"alg\":%,\"kid\":\"@\",\"typ\":\"JWT\"}",
		"{\"alg\":\"HS256\",\"kid\":%,\"typ\":\"JWT\"}",
		"{\"alg\":\"HS256\",\"kid\":\"@\",\"typ\":%}",
		"%", "[%]", "{\"alg\":\"HS256\",\"kid\":\"@\",\"typ\":%",
	};
	size_t i, j;

	(void)state;
	for (i = 0; i < NELEMS(forms); i++)
		for (j = 0; j < NELEMS(values); j++)
			forged_header(fill(forms[i], '%', values[j]));
}

/* Of all the spellings of one JSON only ours is one, which libjwt has. */
static void
a_header_in_another_spelling_is_refused(void **state)
{
	static const char *const orders[] = {
		"{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"@\"}",
		"{\"kid\":\"@\",\"alg\":\"HS256\",\"typ\":\"JWT\"}",
		"{\"kid\":\"@\",\"typ\":\"JWT\",\"alg\":\"HS256\"}",
		"{\"typ\":\"JWT\",\"alg\":\"HS256\",\"kid\":\"@\"}",
		"{\"typ\":\"JWT\",\"kid\":\"@\",\"alg\":\"HS256\"}",
	};
	static const char *const spaces[] = { " ", "\t", "\n", "\r\n", "/**/",
	    "\v", "\xc2\xa0", "\xef\xbb\xbf" };
	const char	*ours, *p;
	size_t		 i;

	(void)state;
	for (i = 0; i < NELEMS(orders); i++)
		forged_header(orders[i]);
	ours = "{\"alg\":\"HS256\",\"kid\":\"@\",\"typ\":\"JWT\"}";
	for (p = ours; *p != '\0'; p++) {
		for (i = 0; i < NELEMS(spaces); i++)
			forged_header(arena_printf(f.arena, "%.*s%s%s",
			    (int)(p - ours), ours, spaces[i], p));
		if (*p != '@')
			forged_header(arena_printf(f.arena, "%.*s\\u%04x%s",
			    (int)(p - ours), ours, (unsigned)*p, p + 1));
		forged_header(arena_printf(f.arena, "%.*s%s",
		    (int)(p - ours), ours, p + 1));
		forged_header(arena_printf(f.arena, "%.*s%c%s",
		    (int)(p - ours), ours, *p, p));
	}
	for (i = 0; i < NELEMS(spaces); i++)
		forged_header(arena_printf(f.arena, "%s%s", ours, spaces[i]));
	forged_bytes(TOKEN_ACCESS, header_of(&f.key[TOKEN_ACCESS][0]),
	    strlen(header_of(&f.key[TOKEN_ACCESS][0])) + 1);
}

/* What stands for other bytes, though a careless comparison calls it equal. */
static void
a_header_in_other_letters_is_refused(void **state)
{
	const char	*payload;
	char		*header, kept;
	size_t		 i;
	int		 use;

	(void)state;
	for (use = 0; use < TOKEN__MAX; use++) {
		payload = encoded(with(use, "", NULL));
		header = arena_strdup(f.arena,
		    encoded(header_of(&f.key[use][0])));
		for (i = 0; header[i] != '\0'; i++) {
			kept = header[i];
			if (!isalpha((unsigned char)kept))
				continue;
			header[i] = (char)(kept ^ ('a' ^ 'A'));
			forged_parts(&f.key[use][0], use, arena_printf(
			    f.arena, "%s.%s", header, payload), __LINE__);
			header[i] = kept;
		}
	}
}

static void
it_was_more_than_five_thousand(void **state)
{
	(void)state;
	assert_forgeries(40000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_token_chooses_its_algorithm),
		TEST(no_member_is_added_to_a_header),
		TEST(each_member_of_a_header_has_its_one_value),
		TEST(a_header_in_another_spelling_is_refused),
		TEST(a_header_in_other_letters_is_refused),
		TEST(it_was_more_than_five_thousand),
	};

	return cmocka_run_group_tests_name("token_forged_header", tests, NULL,
	    NULL);
}
