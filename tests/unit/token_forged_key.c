/* Forged tokens: right in everything but the key that they are signed with. */
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "token_forge.h"

enum { KEYS = 4, BYTES_MAX = 1024 };

static struct conf_key *
key_number(int i)
{
	return &f.key[i / 2][i % 2];
}

/* Signed with these bytes, the header that of either key of the use. */
static void
forged_with(const void *guess, size_t size)
{
	unsigned char		 copy[BYTES_MAX];
	struct conf_key		 key = { .bytes = copy, .size = size };
	const struct conf_key	*ours;
	int			 i;

	assert_true(size <= sizeof(copy));
	memcpy(copy, guess, size);
	for (i = 0; i < KEYS; i++) {
		ours = key_number(i);
		if (ours->size != size ||
		    memcmp(ours->bytes, guess, size) != 0)
			FORGED(i / 2, sign_with(&key, header_of(ours),
			    with(i / 2, "", NULL)));
	}
}

static void
forged_with_text(const char *text)
{
	forged_with(text, strlen(text));
}

/* Keys ------------------------------------------------------------------- */

static void
every_bit_of_a_key_matters(void **state)
{
	unsigned char	copy[32];
	int		i, bit;

	(void)state;
	for (i = 0; i < KEYS; i++) {
		for (bit = 0; bit < 256; bit++) {
			memcpy(copy, key_number(i)->bytes, sizeof(copy));
			copy[bit / 8] ^= (unsigned char)(1 << bit % 8);
			forged_with(copy, sizeof(copy));
		}
		assert_taken(i / 2, sign_with(key_number(i),
		    header_of(key_number(i)), with(i / 2, "", NULL)));
	}
}

static void
less_and_more_than_a_key_is_another(void **state)
{
	unsigned char	longer[64];
	size_t		size;
	int		i;

	(void)state;
	for (i = 0; i < KEYS; i++) {
		memcpy(longer, key_number(i)->bytes, 32);
		memcpy(longer + 32, key_number(KEYS - 1 - i)->bytes, 32);
		for (size = 0; size <= sizeof(longer); size++)
			forged_with(longer, size);
		for (size = 1; size < 32; size++)
			forged_with(longer + size, 32 - size);
	}
}

static void
the_key_in_another_notation_is_another(void **state)
{
	char	hex[65];
	int	i;

	(void)state;
	for (i = 0; i < KEYS; i++) {
		hex_encode(key_number(i)->bytes, 32, hex);
		forged_with_text(hex);
		forged_with_text(base64url_encode(f.arena,
		    key_number(i)->bytes, 32));
		forged_with_text(arena_printf(f.arena, "text:%.32s",
		    (const char *)key_number(i)->bytes));
	}
}

/* What is no secret, or is everybody's. */
static void
what_anybody_may_know_is_no_key(void **state)
{
	static const char *const guesses[] = { "secret", "password", "key",
	    "changeme", "null", "undefined", "none", "HS256", "JWT", "darban",
	    "a1", "r1", "your-256-bit-secret", "0", "\n" };
	static const unsigned char fillers[] = { 0, 1, ' ', '0', 0xff };
	unsigned char	filled[128];
	size_t		i, size;
	int		use;

	(void)state;
	for (i = 0; i < NELEMS(guesses); i++)
		forged_with_text(guesses[i]);
	for (i = 0; i < NELEMS(fillers); i++) {
		memset(filled, fillers[i], sizeof(filled));
		for (size = 0; size <= sizeof(filled); size++)
			forged_with(filled, size);
	}
	for (use = 0; use < TOKEN__MAX; use++) {
		forged_with_text(header_of(&f.key[use][0]));
		forged_with_text(encoded(header_of(&f.key[use][0])));
		forged_with_text(with(use, "", NULL));
		forged_with_text(known[use]);
		forged_with_text(strrchr(known[use], '.') + 1);
	}
}

/* Read for either use, with either payload, any key under any header. */
static void
a_key_is_good_for_its_kid_and_its_use_only(void **state)
{
	const char	*token;
	int		 i, use, said, header, key;

	(void)state;
	for (i = 0; i < TOKEN__MAX * TOKEN__MAX * KEYS * KEYS; i++) {
		key = i % KEYS;
		header = i / KEYS % KEYS;
		said = i / KEYS / KEYS % TOKEN__MAX;
		use = i / KEYS / KEYS / TOKEN__MAX;
		token = sign_with(key_number(key),
		    header_of(key_number(header)), with(said, "", NULL));
		if (key == header && key / 2 == use && said == use)
			assert_taken(use, token);
		else
			FORGED(use, token);
	}
}

/* Public keys ------------------------------------------------------------ */

static EVP_PKEY *
make_pair(bool is_rsa)
{
	EVP_PKEY *pair = is_rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256");

	assert_non_null(pair);
	return pair;
}

static char *
public_pem(EVP_PKEY *pair)
{
	BIO	*bio = BIO_new(BIO_s_mem());
	char	*text, *pem;
	long	 size;

	assert_non_null(bio);
	assert_int_equal(PEM_write_bio_PUBKEY(bio, pair), 1);
	size = BIO_get_mem_data(bio, &text);
	pem = arena_strndup(f.arena, text, (size_t)size);
	BIO_free(bio);
	return pem;
}

/* Two numbers of 32 bytes each (RFC 7518 section 3.4), from DER. */
static void
unwrap(unsigned char *signature, size_t *size)
{
	const unsigned char	*der = signature;
	ECDSA_SIG		*pair = d2i_ECDSA_SIG(NULL, &der, (long)*size);

	assert_non_null(pair);
	assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(pair), signature, 32),
	    32);
	assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(pair), signature + 32,
	    32), 32);
	*size = 64;
	ECDSA_SIG_free(pair);
}

/* As RS256 or ES256 would have it: only the private key can. */
static const char *
sign_with_pair(EVP_PKEY *pair, const char *header, const char *payload)
{
	unsigned char	 signature[BYTES_MAX];
	EVP_MD_CTX	*md = EVP_MD_CTX_new();
	const char	*text;
	size_t		 size = sizeof(signature);

	text = arena_printf(f.arena, "%s.%s", encoded(header),
	    encoded(payload));
	assert_non_null(md);
	assert_int_equal(EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL,
	    pair), 1);
	assert_int_equal(EVP_DigestSign(md, signature, &size,
	    (const unsigned char *)text, strlen(text)), 1);
	EVP_MD_CTX_free(md);
	if (EVP_PKEY_is_a(pair, "EC"))
		unwrap(signature, &size);
	return arena_printf(f.arena, "%s.%s", text,
	    base64url_encode(f.arena, signature, size));
}

static void
a_public_key_is_no_key_of_hs256(void **state)
{
	unsigned char	*der;
	const char	*pem;
	EVP_PKEY	*pair;
	int		 is_rsa, size;

	(void)state;
	for (is_rsa = 0; is_rsa < 2; is_rsa++) {
		pair = make_pair(is_rsa);
		pem = public_pem(pair);
		forged_with_text(pem);
		forged_with(pem, strlen(pem) - 1);
		forged_with(pem, strlen(pem) + 1);
		forged_with(pem + 27, strlen(pem) - 27 - 26);
		der = NULL;
		size = i2d_PUBKEY(pair, &der);
		assert_true(size > 0);
		forged_with(der, (size_t)size);
		OPENSSL_free(der);
		EVP_PKEY_free(pair);
	}
}

/*
 * Where an operator has given the public key of a pair as our key: HS256 with
 * it is what was asked for, but nobody signs with the private one, though
 * libjwt would take the algorithm from the token.
 */
static void
a_key_that_is_a_public_key_signs_by_hs256_only(void **state)
{
	static const char *const algorithms[] = { "HS256", "RS256", "ES256",
	    "PS256" };
	const char	*payload = with(TOKEN_ACCESS, "", NULL);
	struct keyring	*keys;
	EVP_PKEY	*pair;
	char		*pem;
	size_t		 i;
	int		 is_rsa;

	(void)state;
	for (is_rsa = 0; is_rsa < 2; is_rsa++) {
		pair = make_pair(is_rsa);
		pem = public_pem(pair);
		f.key[TOKEN_ACCESS][0].bytes = (unsigned char *)pem;
		f.key[TOKEN_ACCESS][0].size = strlen(pem);
		assert_int_equal(keyring_new(&f.conf, &keys), OK);
		f.ctx.keys = keys;
		assert_taken(TOKEN_ACCESS, good_token(TOKEN_ACCESS));
		for (i = 0; i < NELEMS(algorithms); i++)
			FORGED(TOKEN_ACCESS, sign_with_pair(pair,
			    arena_printf(f.arena, "{\"alg\":\"%s\","
			    "\"kid\":\"a1\",\"typ\":\"JWT\"}",
			    algorithms[i]), payload));
		f.ctx.keys = f.keys;
		keyring_free(keys);
		EVP_PKEY_free(pair);
	}
}

static void
it_was_more_than_five_thousand(void **state)
{
	(void)state;
	assert_forgeries(7000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_bit_of_a_key_matters),
		TEST(less_and_more_than_a_key_is_another),
		TEST(the_key_in_another_notation_is_another),
		TEST(what_anybody_may_know_is_no_key),
		TEST(a_key_is_good_for_its_kid_and_its_use_only),
		TEST(a_public_key_is_no_key_of_hs256),
		TEST(a_key_that_is_a_public_key_signs_by_hs256_only),
		TEST(it_was_more_than_five_thousand),
	};

	return cmocka_run_group_tests_name("token_forged_key", tests, NULL,
	    NULL);
}
