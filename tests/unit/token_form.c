/* Points 1 and 2 of a token: its form and its header. */
#include <openssl/hmac.h>

#include "token_fixture.h"

/* A signed token of exactly this length; its key's kid has three letters. */
static const char *
token_of_length(size_t length)
{
	const struct conf_key	*key = &f.key[TOKEN_ACCESS][1];
	const char		*token = "";
	size_t			 n;

	for (n = 1; strlen(token) < length; n++)
		token = sign_with(key, header_of(key), with(TOKEN_ACCESS,
		    "fullName", arena_printf(f.arena, "\"%s\"", name_of(n))));
	assert_int_equal(strlen(token), length);
	return token;
}

static void
point_1_a_token_of_2049_bytes_is_refused(void **state)
{
	(void)state;
	assert_taken(TOKEN_ACCESS, token_of_length(2048));
	assert_refused(TOKEN_ACCESS, token_of_length(2049));
	assert_refused(TOKEN_ACCESS, name_of(20 << 20));
}

static void
point_1_a_token_without_exactly_two_dots_is_refused(void **state)
{
	const struct conf_key	*key = &f.key[TOKEN_ACCESS][0];
	const char		*header = encoded(header_of(key));
	const char		*payload, *text, *token;

	(void)state;
	payload = encoded(with(TOKEN_ACCESS, "", NULL));
	text = arena_printf(f.arena, "%s.%s", header, payload);
	token = sign_parts(key, text);
	assert_taken(TOKEN_ACCESS, token);
	assert_refused(TOKEN_ACCESS, "");
	assert_refused(TOKEN_ACCESS, ".");
	assert_refused(TOKEN_ACCESS, "..");
	assert_refused(TOKEN_ACCESS, "...");
	assert_refused(TOKEN_ACCESS, header);
	assert_refused(TOKEN_ACCESS, text);
	assert_refused(TOKEN_ACCESS, arena_printf(f.arena, "%s.", text));
	assert_refused(TOKEN_ACCESS, arena_printf(f.arena, ".%s", token));
	assert_refused(TOKEN_ACCESS, arena_printf(f.arena, "%s.", token));
	assert_refused(TOKEN_ACCESS, arena_printf(f.arena, "%s.%s", token,
	    mac_of(key, token)));
	assert_refused(TOKEN_ACCESS, sign_parts(key, header));
	assert_refused(TOKEN_ACCESS, sign_parts(key,
	    arena_printf(f.arena, "%s.", header)));
	assert_refused(TOKEN_ACCESS, sign_parts(key,
	    arena_printf(f.arena, ".%s", payload)));
	assert_refused(TOKEN_ACCESS, sign_parts(key,
	    arena_printf(f.arena, "%s..%s", header, payload)));
}

/* libjwt's decoder passes over what is not base64. */
static void
point_1_a_character_outside_base64url_is_refused(void **state)
{
	const struct conf_key	*key = &f.key[TOKEN_ACCESS][0];
	const char		*header = encoded(header_of(key));
	const char		*payload;
	int			 c;

	(void)state;
	payload = encoded(with(TOKEN_ACCESS, "", NULL));
	for (c = 1; c < 256; c++) {
		if (strchr(base64url, c) != NULL)
			continue;
		assert_refused(TOKEN_ACCESS, sign_parts(key, arena_printf(
		    f.arena, "%s.%s%c", header, payload, c)));
		assert_refused(TOKEN_ACCESS, sign_parts(key, arena_printf(
		    f.arena, "%s.%c%s", header, c, payload)));
		assert_refused(TOKEN_ACCESS, sign_parts(key, arena_printf(
		    f.arena, "%s%c.%s", header, c, payload)));
		assert_refused(TOKEN_ACCESS, arena_printf(f.arena, "%s%c",
		    good_token(TOKEN_ACCESS), c));
		assert_refused(TOKEN_ACCESS, arena_printf(f.arena, "%c%s", c,
		    good_token(TOKEN_ACCESS)));
	}
}

static void
point_1_padding_is_refused(void **state)
{
	const struct conf_key	*key = &f.key[TOKEN_ACCESS][0];
	const char		*header = encoded(header_of(key));
	const char		*payload, *names[] = { "x", "xx", "xxx" };
	size_t			 i, count = 0;

	(void)state;
	for (i = 0; i < NELEMS(names); i++) {
		payload = encoded(with(TOKEN_ACCESS, "fullName",
		    arena_printf(f.arena, "\"%s\"", names[i])));
		if (strlen(payload) % 4 == 0)
			continue;
		assert_taken(TOKEN_ACCESS, sign_parts(key, arena_printf(
		    f.arena, "%s.%s", header, payload)));
		assert_refused(TOKEN_ACCESS, sign_parts(key, arena_printf(
		    f.arena, "%s.%s%s", header, payload,
		    strlen(payload) % 4 == 3 ? "=" : "==")));
		count++;
	}
	assert_int_equal(count, 2);
	assert_refused(TOKEN_ACCESS, arena_printf(f.arena, "%s=",
	    good_token(TOKEN_ACCESS)));
}

/* The last character of a part may have bits that no byte is made of. */
static void
point_1_a_second_spelling_of_the_same_bytes_is_refused(void **state)
{
	const struct conf_key	*key = &f.key[TOKEN_ACCESS][0];
	const char		*header = encoded(header_of(key));
	char			*payload, *last;
	size_t			 length = 0;

	(void)state;
	while ((payload = arena_strdup(f.arena, encoded(with(TOKEN_ACCESS,
	    "fullName", arena_printf(f.arena, "\"%s\"",
	    name_of(++length)))))), strlen(payload) % 4 == 0)
		continue;
	last = payload + strlen(payload) - 1;
	*last = strchr(base64url, *last)[1];
	assert_refused(TOKEN_ACCESS, sign_parts(key, arena_printf(f.arena,
	    "%s.%s", header, payload)));

	/* Every other last character of a signature, spare bits included. */
	payload = arena_strdup(f.arena, known[TOKEN_ACCESS]);
	last = payload + strlen(payload) - 1;
	assert_int_equal(*last, '4');
	*last = '5';
	assert_refused(TOKEN_ACCESS, payload);
	*last = '6';
	assert_refused(TOKEN_ACCESS, payload);
	*last = '7';
	assert_refused(TOKEN_ACCESS, payload);
}

static const char *const foreign_headers[] = {
	"",
	"{}",
	"null",
	"{\"alg\":\"none\",\"kid\":\"a1\",\"typ\":\"JWT\"}",
	"{\"alg\":\"NONE\",\"kid\":\"a1\",\"typ\":\"JWT\"}",
	"{\"alg\":\"HS384\",\"kid\":\"a1\",\"typ\":\"JWT\"}",
	"{\"alg\":\"HS512\",\"kid\":\"a1\",\"typ\":\"JWT\"}",
	"{\"alg\":\"hs256\",\"kid\":\"a1\",\"typ\":\"JWT\"}",
	"{\"alg\":\"RS256\",\"kid\":\"a1\",\"typ\":\"JWT\"}",
	"{\"alg\":\"ES256\",\"kid\":\"a1\",\"typ\":\"JWT\"}",
	"{\"alg\":\"PS256\",\"kid\":\"a1\",\"typ\":\"JWT\"}",
	"{\"alg\":\"\",\"kid\":\"a1\",\"typ\":\"JWT\"}",
	"{\"alg\":null,\"kid\":\"a1\",\"typ\":\"JWT\"}",
	"{\"kid\":\"a1\",\"typ\":\"JWT\"}",
	"{\"alg\":\"none\",\"alg\":\"HS256\",\"kid\":\"a1\","
	    "\"typ\":\"JWT\"}",
	"{\"alg\":\"HS256\",\"kid\":\"a3\",\"typ\":\"JWT\"}",
	"{\"alg\":\"HS256\",\"kid\":\"A1\",\"typ\":\"JWT\"}",
	"{\"alg\":\"HS256\",\"kid\":\"a\",\"typ\":\"JWT\"}",
	"{\"alg\":\"HS256\",\"kid\":\"a11\",\"typ\":\"JWT\"}",
	"{\"alg\":\"HS256\",\"kid\":\"\",\"typ\":\"JWT\"}",
	"{\"alg\":\"HS256\",\"kid\":\"../a1\",\"typ\":\"JWT\"}",
	"{\"alg\":\"HS256\",\"kid\":\"r1\",\"typ\":\"JWT\"}",
	"{\"alg\":\"HS256\",\"typ\":\"JWT\"}",
	"{\"alg\":\"HS256\"}",
	"{\"alg\":\"HS256\",\"kid\":\"a1\"}",
	"{\"alg\":\"HS256\",\"kid\":\"a1\",\"typ\":\"jwt\"}",
	"{\"alg\":\"HS256\",\"kid\":\"a1\",\"typ\":\"JWT\"} ",
	"{\"alg\": \"HS256\",\"kid\":\"a1\",\"typ\":\"JWT\"}",
	"{\"typ\":\"JWT\",\"alg\":\"HS256\",\"kid\":\"a1\"}",
	"{\"alg\":\"HS256\",\"crit\":[\"b64\"],\"kid\":\"a1\","
	    "\"typ\":\"JWT\"}",
	"{\"alg\":\"HS256\",\"jku\":\"https://example.org\","
	    "\"kid\":\"a1\",\"typ\":\"JWT\"}",
};

static void
point_2_a_header_that_is_not_ours_byte_for_byte_is_refused(void **state)
{
	const char	*payload = with(TOKEN_ACCESS, "", NULL);
	size_t		 i;

	(void)state;
	assert_taken(TOKEN_ACCESS, sign(TOKEN_ACCESS, payload));
	for (i = 0; i < NELEMS(foreign_headers); i++)
		see(TOKEN_ACCESS, sign_with(&f.key[TOKEN_ACCESS][0],
		    foreign_headers[i], payload), E_TOKEN,
		    foreign_headers[i], __LINE__);
}

/* By the algorithm that the header names, with our key, as libjwt takes it. */
static void
refuse_algorithm(const char *name, const EVP_MD *algorithm)
{
	const struct conf_key	*key = &f.key[TOKEN_ACCESS][0];
	unsigned char		 mac[EVP_MAX_MD_SIZE];
	const char		*text;
	unsigned		 size;

	text = arena_printf(f.arena, "%s.%s", encoded(arena_printf(f.arena,
	    "{\"alg\":\"%s\",\"kid\":\"a1\",\"typ\":\"JWT\"}", name)),
	    encoded(with(TOKEN_ACCESS, "", NULL)));
	assert_non_null(HMAC(algorithm, key->bytes, (int)key->size,
	    (const unsigned char *)text, strlen(text), mac, &size));
	assert_refused(TOKEN_ACCESS, arena_printf(f.arena, "%s.%s", text,
	    base64url_encode(f.arena, mac, size)));
}

static void
point_2_a_token_does_not_choose_its_algorithm(void **state)
{
	const char	*payload = encoded(with(TOKEN_ACCESS, "", NULL));
	const char	*none;

	(void)state;
	refuse_algorithm("HS384", EVP_sha384());
	refuse_algorithm("HS512", EVP_sha512());
	refuse_algorithm("hs256", EVP_sha256());
	none = encoded("{\"alg\":\"none\",\"kid\":\"a1\",\"typ\":\"JWT\"}");
	assert_refused(TOKEN_ACCESS, arena_printf(f.arena, "%s.%s.", none,
	    payload));
	assert_refused(TOKEN_ACCESS, arena_printf(f.arena, "%s.%s.%s", none,
	    payload, name_of(43)));
}

/* A header that differs in one character, and is signed as it is. */
static void
point_2_every_change_of_a_header_is_refused(void **state)
{
	const struct conf_key	*key = &f.key[TOKEN_ACCESS][0];
	char			*header, kept;
	const char		*p, *payload;
	size_t			 i, length;

	(void)state;
	header = arena_strdup(f.arena, encoded(header_of(key)));
	payload = encoded(with(TOKEN_ACCESS, "", NULL));
	length = strlen(header);
	for (i = 0; i < length; i++) {
		assert_refused(TOKEN_ACCESS, sign_parts(key, arena_printf(
		    f.arena, "%.*s.%s", (int)i, header, payload)));
		kept = header[i];
		for (p = base64url; *p != '\0'; p++) {
			header[i] = *p;
			if (*p != kept)
				assert_refused(TOKEN_ACCESS, sign_parts(key,
				    arena_printf(f.arena, "%s.%s", header,
				    payload)));
		}
		header[i] = kept;
	}
	assert_refused(TOKEN_ACCESS, sign_parts(key, arena_printf(f.arena,
	    "%sAAAA.%s", header, payload)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(point_1_a_token_of_2049_bytes_is_refused),
		TEST(point_1_a_token_without_exactly_two_dots_is_refused),
		TEST(point_1_a_character_outside_base64url_is_refused),
		TEST(point_1_padding_is_refused),
		TEST(point_1_a_second_spelling_of_the_same_bytes_is_refused),
		TEST(
		    point_2_a_header_that_is_not_ours_byte_for_byte_is_refused),
		TEST(point_2_a_token_does_not_choose_its_algorithm),
		TEST(point_2_every_change_of_a_header_is_refused),
	};

	return cmocka_run_group_tests_name("token_form", tests, NULL, NULL);
}
