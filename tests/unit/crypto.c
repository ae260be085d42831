#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"
#include "base/arena.h"
#include "base/crypto.h"
#include "base/err.h"

static int
set_up(void **state)
{
	return (*state = arena_new()) == NULL;
}

static int
tear_down(void **state)
{
	arena_free(*state);
	return 0;
}

/*
 * RFC 4231, section 4.  A key or a text that is one byte repeated is given as
 * that byte; the fifth case shows only the first 128 bits.
 */
static const struct {
	const char	*key, *data, *mac;
	size_t		 key_repeat, data_repeat;
} vectors[] = {
	{ "\x0b", "Hi There", "b0344c61d8db38535ca8afceaf0bf12b"
	    "881dc200c9833da726e9376c2e32cff7", 20, 1 },
	{ "Jefe", "what do ya want for nothing?",
	    "5bdcc146bf60754e6a042426089575c7"
	    "5a003f089d2739839dec58b964ec3843", 1, 1 },
	{ "\xaa", "\xdd", "773ea91e36800e46854db8ebd09181a7"
	    "2959098b3ef8c122d9635514ced565fe", 20, 50 },
	{ "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10"
	    "\x11\x12\x13\x14\x15\x16\x17\x18\x19", "\xcd",
	    "82558a389a443c0ea4cc819899f2083a"
	    "85f0faa3e578f8077a2e3ff46729665b", 1, 50 },
	{ "\x0c", "Test With Truncation",
	    "a3b6167473100ee06e0c796c2955552b", 20, 1 },
	{ "\xaa", "Test Using Larger Than Block-Size Key - Hash Key First",
	    "60e431591ee0b67f0d8a26aacbf5b77f"
	    "8e0bc6213728c5140546040f0ee37f54", 131, 1 },
	{ "\xaa", "This is a test using a larger than block-size key and a "
	    "larger than block-size data. The key needs to be hashed before "
	    "being used by the HMAC algorithm.",
	    "9b09ffa71b942fcb27635fbcd5b0e944"
	    "bfdc63644f0713938a7f51535c3a35e2", 131, 1 },
};

static size_t
repeat(const char *bytes, size_t times, char *out)
{
	size_t size = 0;

	while (times-- > 0) {
		memcpy(out + size, bytes, strlen(bytes));
		size += strlen(bytes);
	}
	return size;
}

static void
a_mac_is_that_of_rfc_4231(void **_ UNUSED)
{
	unsigned char mac[MAC_SIZE];
	char key[256], data[256], hex[2 * MAC_SIZE + 1];
	size_t i, key_size, size;

	for (i = 0; i < NELEMS(vectors); i++) {
		key_size = repeat(vectors[i].key, vectors[i].key_repeat, key);
		size = repeat(vectors[i].data, vectors[i].data_repeat, data);
		assert_int_equal(crypto_mac(key, key_size, data, size, mac),
		    OK);
		hex_encode(mac, MAC_SIZE, hex);
		hex[strlen(vectors[i].mac)] = '\0';
		assert_string_equal(hex, vectors[i].mac);
	}
}

static void
nothing_has_a_mac_too(void **_ UNUSED)
{
	unsigned char mac[MAC_SIZE];
	char hex[2 * MAC_SIZE + 1];

	assert_int_equal(crypto_mac("", 0, "", 0, mac), OK);
	hex_encode(mac, MAC_SIZE, hex);
	assert_string_equal(hex, "b613679a0814d9ec772f95d778c35fc5"
	    "ff1697c493715653c6c712144292c5ad");
}

static void
a_key_too_large_for_the_library_is_refused(void **_ UNUSED)
{
	unsigned char mac[MAC_SIZE] = "untouched";

	assert_int_equal(crypto_mac("k", (size_t)INT_MAX + 1, "", 0, mac),
	    E_INTERNAL);
	assert_int_equal(crypto_mac("k", (size_t)UINT_MAX + 2, "", 0, mac),
	    E_INTERNAL);	/* as an int it would be 1 */
	assert_string_equal((char *)mac, "untouched");
}

static void
random_bytes_fill_the_buffer_and_nothing_else(void **_ UNUSED)
{
	enum { SIZE = 1000, MARGIN = 8 };
	unsigned char bytes[SIZE + 2 * MARGIN], ever[SIZE] = { 0 };
	size_t i, round;

	for (round = 0; round < 8; round++) {
		memset(bytes, 0, sizeof(bytes));
		assert_int_equal(crypto_random(bytes + MARGIN, SIZE), OK);
		for (i = 0; i < MARGIN; i++) {
			assert_int_equal(bytes[i], 0);
			assert_int_equal(bytes[MARGIN + SIZE + i], 0);
		}
		for (i = 0; i < SIZE; i++)
			ever[i] |= bytes[MARGIN + i];
	}
	/* A byte that is drawn eight times and 0 each time is not drawn. */
	for (i = 0; i < SIZE; i++)
		assert_int_not_equal(ever[i], 0);
	assert_int_equal(crypto_random(bytes, 0), OK);
}

static void
one_bit_makes_a_difference(void **_ UNUSED)
{
	unsigned char a[MAC_SIZE], b[MAC_SIZE];
	size_t bit;

	assert_int_equal(crypto_random(a, sizeof(a)), OK);
	memcpy(b, a, sizeof(b));
	assert_true(crypto_equal(a, b, sizeof(a)));
	for (bit = 0; bit < 8 * sizeof(a); bit++) {
		b[bit / 8] ^= (unsigned char)(1 << bit % 8);
		assert_false(crypto_equal(a, b, sizeof(a)));
		b[bit / 8] ^= (unsigned char)(1 << bit % 8);
	}
	assert_true(crypto_equal("ab", "ac", 1));
	assert_true(crypto_equal("a", "b", 0));
}

static void
a_wipe_overwrites_what_it_was_given(void **_ UNUSED)
{
	char secret[] = "a secret";

	crypto_wipe(secret + 2, 6);
	assert_memory_equal(secret, "a \0\0\0\0\0\0", sizeof(secret));
}

/* RFC 4648, section 10, and the digits in which the alphabets differ. */
static const struct {
	const char	*bytes, *padded, *bare;
} base64_rows[] = {
	{ "", "", "" },
	{ "f", "Zg==", "Zg" },
	{ "fo", "Zm8=", "Zm8" },
	{ "foo", "Zm9v", "Zm9v" },
	{ "foob", "Zm9vYg==", "Zm9vYg" },
	{ "fooba", "Zm9vYmE=", "Zm9vYmE" },
	{ "foobar", "Zm9vYmFy", "Zm9vYmFy" },
	{ "\xfb\xef\xbe", "++++", "----" },
	{ "\xff\xff\xff", "////", "____" },
	{ "\xff\xee\xfb", "/+77", "_-77" },
	{ "\xff", "/w==", "_w" },
	{ "\xfb\xf0", "+/A=", "-_A" },
};

static void
assert_decoded(struct arena *arena, const char *text, const char *bytes)
{
	unsigned char *out;
	size_t size;

	if (base64_decode(arena, text, strlen(text), &out, &size) != OK)
		fail_msg("not taken for base64: \"%s\"", text);
	assert_int_equal(size, strlen(bytes));
	assert_memory_equal(out, bytes, size);
}

static void
base64_is_read_in_either_alphabet(void **state)
{
	size_t i;

	for (i = 0; i < NELEMS(base64_rows); i++) {
		assert_decoded(*state, base64_rows[i].padded,
		    base64_rows[i].bytes);
		assert_decoded(*state, base64_rows[i].bare,
		    base64_rows[i].bytes);
	}
	assert_decoded(*state, "_w==", "\xff");
	assert_decoded(*state, "/w", "\xff");
}

static void
base64url_is_written_without_padding(void **state)
{
	size_t i;

	for (i = 0; i < NELEMS(base64_rows); i++)
		assert_string_equal(base64url_encode(*state,
		    base64_rows[i].bytes, strlen(base64_rows[i].bytes)),
		    base64_rows[i].bare);
}

static void
bytes_of_any_number_come_back(void **state)
{
	unsigned char bytes[200], *out;
	size_t size, decoded;
	char *text;

	assert_int_equal(crypto_random(bytes, sizeof(bytes)), OK);
	for (size = 0; size <= sizeof(bytes); size++) {
		text = base64url_encode(*state, bytes, size);
		assert_int_equal(base64_decode(*state, text, strlen(text),
		    &out, &decoded), OK);
		assert_int_equal(decoded, size);
		assert_memory_equal(out, bytes, size);
	}
}

static void
the_length_counts_and_not_the_nul(void **state)
{
	unsigned char *out;
	size_t size;

	assert_int_equal(base64_decode(*state, "Zm9v.Zm9v", 4, &out, &size),
	    OK);
	assert_int_equal(size, 3);
	assert_int_equal(base64_decode(*state, "Zm9v\0", 5, &out, &size),
	    E_MALFORMED);
	assert_int_equal(base64_decode(*state, "Zm\0v", 4, &out, &size),
	    E_MALFORMED);
	assert_int_equal(base64_decode(*state, "\0\0\0\0", 4, &out, &size),
	    E_MALFORMED);
	assert_int_equal(base64_decode(*state, "Zm9v", SIZE_MAX, &out, &size),
	    E_MALFORMED);
}

static void
what_is_nearly_base64_is_refused(void **state)
{
	static const char *const texts[] = {
		"Z", "A", "Zm9vY", "Zm9vA", "Zm9vZ===",	/* not even a byte */
		"=", "==", "===", "====", "Z===",	/* padding of nothing */
		"Zg=", "Zm8==", "Zm9v=", "Zm9v==", "Zm9v====",
		"Zg===", "Zm9vYg=", "Zm9vYmE==", "Zm9vYmFy=",
		"=Zg=", "Z=g=", "Zg=a", "Zm=v", "Zg==Zg==", "Zm8=Zm8=",
		"Zh==", "Zh", "Zv==", "Zv", "ZgA=Zg",	/* bits left over */
		"Zm9=", "Zm9", "Zm_=", "Zm-", "//==", "__",
		"+-AA", "/_AA", "+_AA", "-/AA",	/* mixed alphabets */
		"Zm9v\n", "\nZm9v", "Zm\n9v", "Zm9v\r\n", " Zm9v", "Zm9v ",
		"Zm 9v", "\tZm9v", "Zg==\n", "Zm9vYmFy\n", "    ", "\n\n\n\n",
		"Zm9.", "Zm9,", "Zm9*", "Zm9:", "Zm9@", "Zm9[", "Zm9`",
		"Zm9{", "Zm9\x7f", "Zm9\x80", "Zm9\xff", "Zm9\x01",
		"-Zm9v-", "----BEGIN", "Zm9%", "Zm%2B", "\xEF\xBB\xBFZ",
	};
	unsigned char *out = NULL;
	size_t i, size = 77;

	for (i = 0; i < NELEMS(texts); i++) {
		if (base64_decode(*state, texts[i], strlen(texts[i]), &out,
		    &size) != E_MALFORMED)
			fail_msg("taken for base64: \"%s\"", texts[i]);
		assert_null(out);
		assert_int_equal(size, 77);
	}
	assert_false(arena_failed(*state));
}

static void
hex_digits_are_read_in_either_case(void **_ UNUSED)
{
	unsigned char bytes[256], out[256];
	char text[2 * sizeof(bytes) + 1];
	size_t i;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)i;
	hex_encode(bytes, sizeof(bytes), text);
	assert_memory_equal(text, "000102030405060708090a0b0c0d0e0f10", 34);
	assert_string_equal(text + 2 * 253, "fdfeff");
	assert_true(hex_decode(text, out, sizeof(out)));
	assert_memory_equal(out, bytes, sizeof(bytes));

	for (i = 0; text[i] != '\0'; i++)
		if (text[i] >= 'a')
			text[i] = (char)(text[i] - 'a' + 'A');
	assert_true(hex_decode(text, out, sizeof(out)));
	assert_memory_equal(out, bytes, sizeof(bytes));
	assert_true(hex_decode("", out, 0));
}

static void
what_is_nearly_hex_is_refused(void **_ UNUSED)
{
	static const char *const texts[] = { "", "0", "00", "000", "00000",
	    "000g", "00:0", "/000", "00@0", "00`0", "0x00", " 000", "000 ",
	    "-000", "+000", "0000\n", "00\xff" "0", "\x01" "000" };
	unsigned char out[2] = { 0x5A, 0x5A };
	size_t i;

	for (i = 0; i < NELEMS(texts); i++) {
		if (hex_decode(texts[i], out, sizeof(out)))
			fail_msg("taken for two bytes: \"%s\"", texts[i]);
		assert_int_equal(out[0], 0x5A);
		assert_int_equal(out[1], 0x5A);
	}
	assert_false(hex_decode("00", out, 0));
}

#define WITH_ARENA(f)	cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mac_is_that_of_rfc_4231),
		cmocka_unit_test(nothing_has_a_mac_too),
		cmocka_unit_test(a_key_too_large_for_the_library_is_refused),
		cmocka_unit_test(
		    random_bytes_fill_the_buffer_and_nothing_else),
		cmocka_unit_test(one_bit_makes_a_difference),
		cmocka_unit_test(a_wipe_overwrites_what_it_was_given),
		WITH_ARENA(base64_is_read_in_either_alphabet),
		WITH_ARENA(base64url_is_written_without_padding),
		WITH_ARENA(bytes_of_any_number_come_back),
		WITH_ARENA(the_length_counts_and_not_the_nul),
		WITH_ARENA(what_is_nearly_base64_is_refused),
		cmocka_unit_test(hex_digits_are_read_in_either_case),
		cmocka_unit_test(what_is_nearly_hex_is_refused),
	};

	return cmocka_run_group_tests_name("crypto", tests, NULL, NULL);
}
