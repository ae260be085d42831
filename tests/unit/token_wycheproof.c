/*
 * Signatures, by the vectors of others: Project Wycheproof's for HMAC-SHA256
 * and the example of RFC 7515.
 */
#include "base/json.h"
#include "token_fixture.h"

#define VECTORS "tests/data/wycheproof/hmac_sha256_test.json"

enum { MESSAGE_MAX = 1024, GROUPS = 3, VECTORS_COUNT = 87, INVALID = 54 };

struct vector {
	struct conf_key	 key;
	unsigned char	 bytes[128];	/* of the key */
	unsigned char	 message[MESSAGE_MAX];
	size_t		 size;
	unsigned char	 tag[MAC_SIZE];
	bool		 is_valid;
	int64_t		 number;
};

/* Vectors ----------------------------------------------------------------- */

static size_t
take_bytes(const struct json *test, const char *name, unsigned char *out,
    size_t room)
{
	const char	*text = json_text(json_member(test, name));
	size_t		 size = strlen(text) / 2;

	assert_true(size <= room);
	assert_true(hex_decode(text, out, size));
	return size;
}

static void
take_vector(const struct json *test, struct vector *out)
{
	const char *result = json_text(json_member(test, "result"));

	*out = (struct vector){ .key = { .kid = "a1" } };
	out->key.bytes = out->bytes;
	out->key.size = take_bytes(test, "key", out->bytes,
	    sizeof(out->bytes));
	out->size = take_bytes(test, "msg", out->message,
	    sizeof(out->message));
	assert_int_equal(take_bytes(test, "tag", out->tag, MAC_SIZE),
	    MAC_SIZE);
	out->is_valid = strcmp(result, "valid") == 0;
	assert_true(out->is_valid || strcmp(result, "invalid") == 0);
	assert_true(json_integer(json_member(test, "tcId"), &out->number));
}

static const struct json *
read_vectors(void)
{
	static char	 text[65536];
	struct json	*vectors;
	FILE		*file;
	size_t		 size;

	if ((file = fopen(VECTORS, "r")) == NULL)
		fail_msg("no %s below this directory", VECTORS);
	size = fread(text, 1, sizeof(text), file);
	fclose(file);
	assert_int_equal(json_parse(f.arena, text, size, &vectors), OK);
	return json_first(json_member(vectors, "testGroups"));
}

/* Each of them, and that none is missing. */
static void
for_each_vector(void (*look)(const struct vector *vector))
{
	const struct json	*group, *test;
	struct vector		 vector;
	int			 groups = 0, count = 0, invalid = 0;

	for (group = read_vectors(); group != NULL; group = json_next(group)) {
		groups++;
		for (test = json_first(json_member(group, "tests"));
		    test != NULL; test = json_next(test)) {
			take_vector(test, &vector);
			look(&vector);
			count++;
			invalid += !vector.is_valid;
		}
	}
	assert_int_equal(groups, GROUPS);
	assert_int_equal(count, VECTORS_COUNT);
	assert_int_equal(invalid, INVALID);
}

/* What the tag should be. */
static void
right_tag(const struct vector *vector, unsigned char out[MAC_SIZE])
{
	assert_int_equal(crypto_mac(vector->key.bytes, vector->key.size,
	    vector->message, vector->size, out), OK);
}

static void
look_at_the_tag(const struct vector *vector)
{
	unsigned char mac[MAC_SIZE];

	right_tag(vector, mac);
	if (crypto_equal(mac, vector->tag, MAC_SIZE) != vector->is_valid)
		fail_msg("vector %d", (int)vector->number);
}

static void
a_tag_matches_where_wycheproof_says_so(void **state)
{
	(void)state;
	for_each_vector(look_at_the_tag);
}

/* Tokens ------------------------------------------------------------------ */

/* Whether the vector's key is one that we take. */
static bool
use_key(const struct vector *vector, struct keyring **keys)
{
	f.key[TOKEN_ACCESS][0] = vector->key;
	if (vector->key.size >= 32) {
		assert_int_equal(keyring_new(&f.conf, keys), OK);
		f.ctx.keys = *keys;
		return true;
	}
	assert_int_equal(keyring_new(&f.conf, keys), E_CONFIG);
	return false;
}

static void
expect(const struct vector *vector, const char *token, enum err expected)
{
	const enum err err = judge(TOKEN_ACCESS, token);

	if (err != expected)
		fail_msg("vector %d, %s: %d, not %d", (int)vector->number,
		    token, err, expected);
}

/*
 * Our token with this key, and with a signature that is wrong in those bits
 * in which the vector's tag is; a good one, and the vector as it stands.
 */
static void
look_at_the_token(const struct vector *vector)
{
	unsigned char	 mac[MAC_SIZE], tag[MAC_SIZE];
	struct keyring	*keys;
	const char	*header = encoded(header_of(&vector->key)), *text;
	size_t		 i;

	if (!use_key(vector, &keys))
		return;
	text = arena_printf(f.arena, "%s.%s", header,
	    encoded(with(TOKEN_ACCESS, "", NULL)));
	right_tag(vector, tag);
	assert_int_equal(crypto_mac(vector->key.bytes, vector->key.size, text,
	    strlen(text), mac), OK);
	for (i = 0; i < MAC_SIZE; i++)
		mac[i] ^= tag[i] ^ vector->tag[i];
	expect(vector, arena_printf(f.arena, "%s.%s", text,
	    base64url_encode(f.arena, mac, MAC_SIZE)),
	    vector->is_valid ? OK : E_TOKEN);
	expect(vector, arena_printf(f.arena, "%s.%s", text,
	    base64url_encode(f.arena, vector->tag, MAC_SIZE)), E_TOKEN);
	expect(vector, arena_printf(f.arena, "%s.%s.%s", header,
	    base64url_encode(f.arena, vector->message, vector->size),
	    base64url_encode(f.arena, vector->tag, MAC_SIZE)), E_TOKEN);
	f.ctx.keys = f.keys;
	keyring_free(keys);
}

static void
a_signature_wrong_as_a_tag_of_wycheproof_is_refused(void **state)
{
	(void)state;
	for_each_vector(look_at_the_token);
}

/* Its key, its signature; but the header is not as we write it. */
static void
the_example_of_rfc_7515_is_well_signed_but_not_ours(void **state)
{
	static const char text[] = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
	    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
	    "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
	static const char key[] = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_"
	    "T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
	struct conf_key	*ours = &f.key[TOKEN_ACCESS][0];
	struct keyring	*keys;

	(void)state;
	assert_int_equal(base64_decode(f.arena, key, strlen(key),
	    &ours->bytes, &ours->size), OK);
	assert_int_equal(ours->size, 64);
	assert_string_equal(mac_of(ours, text),
	    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");

	assert_int_equal(keyring_new(&f.conf, &keys), OK);
	f.ctx.keys = keys;
	f.ctx.now = INT64_C(1000) * 1300819000;
	assert_refused(TOKEN_ACCESS, sign_parts(ours, text));
	f.ctx.now = INT64_C(1000) * NOW;
	assert_taken(TOKEN_ACCESS, good_token(TOKEN_ACCESS));
	keyring_free(keys);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_tag_matches_where_wycheproof_says_so),
		TEST(a_signature_wrong_as_a_tag_of_wycheproof_is_refused),
		TEST(the_example_of_rfc_7515_is_well_signed_but_not_ours),
	};

	return cmocka_run_group_tests_name("token_wycheproof", tests, NULL,
	    NULL);
}
