/* The configuration: keys and the secret. */
#include "conf_file.h"

/* 32 characters; each KEY is one of 32 bytes. */
#define TEXT32	"0123456789:abcdef=hunter2=#bytes"
#define URL32	"-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_8"
#define PLAIN32	"+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/8="

/* The configuration with this value of access_keys, in line 1. */
static struct conf *
load_keys(const char *value)
{
	char text[4096];

	snprintf(text, sizeof(text), "access_keys = %s\n%ssecret = %s\n",
	    value, REFRESH, SECRET);
	return load_alone(text);
}

static struct conf *
load_secret(const char *value)
{
	char text[4096];

	snprintf(text, sizeof(text), "secret = %s\n%s%s", value, ACCESS,
	    REFRESH);
	return load_alone(text);
}

static void
keys_are_read_in_their_order_and_either_notation(void **state)
{
	static const unsigned char start[] = { 0xfb, 0xff, 0xbf, 0xfb };
	struct conf *conf = load_keys("2026-01_Z:text:" TEXT32
	    " \t old:base64:" URL32 "  sixteen-letters_:base64:" PLAIN32);
	const struct conf_key *key;

	(void)state;
	assert_loaded(conf);
	assert_int_equal(conf->access_keys.count, 3);
	key = conf->access_keys.key;
	assert_string_equal(key[0].kid, "2026-01_Z");
	assert_int_equal(key[0].size, 32);
	assert_memory_equal(key[0].bytes, TEXT32, 32);
	assert_string_equal(key[1].kid, "old");
	assert_int_equal(key[1].size, 32);
	assert_memory_equal(key[1].bytes, start, sizeof(start));
	assert_string_equal(key[2].kid, "sixteen-letters_");
	assert_int_equal(key[2].size, 32);
	assert_memory_equal(key[2].bytes, key[1].bytes, 32);
	assert_int_equal(conf->refresh_keys.count, 1);
	assert_string_equal(conf->refresh_keys.key[0].kid, "b");
	assert_memory_equal(conf->refresh_keys.key[0].bytes, "hunter2", 7);
	conf_free(conf);
}

static void
a_key_has_a_kid_and_a_notation(void **state)
{
	static const char *const bad[] = {
		"text:" TEXT32, "base64:" PLAIN32, TEXT32, ":text:" TEXT32,
		"a:" TEXT32, "a:TEXT:" TEXT32, "a:hex:" TEXT32, "a:", "a",
		"a:text", "a:base64", "a.b:text:" TEXT32, "a/b:text:" TEXT32,
		"\xc3\xa4:text:" TEXT32, "seventeen-letters:text:" TEXT32,
	};
	size_t i;

	(void)state;
	for (i = 0; i < NELEMS(bad); i++)
		assert_refused(load_keys(bad[i]), 1, "access_keys: key 1 ");
	assert_refused(load_keys(""), 1, "access_keys needs a key");
	assert_refused(load_keys("a:text:" TEXT32 " b c:text:1" TEXT32), 1,
	    "access_keys: key 2 ");
}

static void
a_short_key_is_refused_and_told_how_to_make_one(void **state)
{
	static const char *const bad[] = {
		"a:text:", "a:text:hunter2", "a:base64:", "a:base64:AAAA",
		"a:text:chai-aur-backend-hunter2",	/* 24 bytes */
		"a:text:123456789:abcdef=hunter2=#bytes",	/* 31 bytes */
		"a:base64:+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+w==",
	};
	size_t i;

	(void)state;
	for (i = 0; i < NELEMS(bad); i++)
		assert_refused(load_keys(bad[i]), 1, "access_keys: key 1 is "
		    "shorter than 32 bytes; make one with: "
		    "openssl rand -base64 32");
}

static void
a_placeholder_is_no_key_however_long(void **state)
{
	(void)state;
	assert_refused(load_keys("a:text:<put-32-random-bytes-right-here>"),
	    1, "placeholder");
	assert_refused(load_keys("a:base64:<x>"), 1, "placeholder");
	assert_refused(load_secret("text:<put-32-random-bytes-right-here>"),
	    1, "secret is the sample's placeholder");
	conf_free(load_keys("a:text:<" TEXT32));
	assert_int_equal(told_count, 0);
	conf_free(load_keys("a:text:" TEXT32 ">"));
	assert_int_equal(told_count, 0);
}

static void
a_key_in_broken_base64_is_refused(void **state)
{
	static const char *const bad[] = {
		"a:base64:*" PLAIN32, "a:base64:" PLAIN32 "=",
		"a:base64:" PLAIN32 "!", "a:base64:" PLAIN32 "AAAA",
		"a:base64:hunter2-hunter2/hunter2-hunter2-hunter2/hunter",
	};
	size_t i;

	(void)state;
	for (i = 0; i < NELEMS(bad); i++)
		assert_refused(load_keys(bad[i]), 1,
		    "access_keys: key 1 is not base64");
}

static void
a_kid_is_unique_in_its_list(void **state)
{
	struct conf *conf;

	(void)state;
	assert_refused(load_keys("a:text:" TEXT32 " b:text:1" TEXT32
	    " a:text:2" TEXT32), 1,
	    "access_keys: key 3 has the KID of one before it: a");
	conf = load_keys("b:text:" TEXT32 " B:text:1" TEXT32);
	assert_loaded(conf);	/* as the refresh key's */
	conf_free(conf);
}

static void
access_and_refresh_share_no_key(void **state)
{
	(void)state;
	assert_refused(load_alone("access_keys = a:base64:" PLAIN32 "\n"
	    "secret = " SECRET "\nrefresh_keys = b:text:" TEXT32
	    " c:base64:" URL32 "\n"), 3,
	    "access_keys and refresh_keys share a key: a and c");
	assert_refused(load_alone("refresh_keys = a:text:" TEXT32 "\n"
	    "access_keys = b:base64:" PLAIN32 " a:text:" TEXT32 "\n"
	    "secret = " SECRET "\n"), 2,
	    "access_keys and refresh_keys share a key: a and a");
}

static void
the_secret_is_32_bytes_in_either_notation(void **state)
{
	struct conf *conf;

	(void)state;
	conf = load_secret("text:" TEXT32);
	assert_loaded(conf);
	assert_int_equal(conf->secret_size, 32);
	assert_memory_equal(conf->secret, TEXT32, 32);
	conf_free(conf);
	conf = load_secret("base64:" URL32);
	assert_loaded(conf);
	assert_int_equal(conf->secret_size, 32);
	conf_free(conf);

	assert_refused(load_secret(""), 1, "secret must have base64: or");
	assert_refused(load_secret(TEXT32), 1, "secret must have");
	assert_refused(load_secret("a:text:" TEXT32), 1, "secret must have");
	assert_refused(load_secret("text:hunter2"), 1, "secret is shorter");
	assert_refused(load_secret("base64:hunter2"), 1, "secret is not");
	assert_refused(load_secret("text:" TEXT32 " text:" TEXT32), 1,
	    "secret is one word");
}

/*
 * A key that slipped into the wrong place, as the second line of a list that
 * somebody wrapped, is not repeated in the message either: remember() looks.
 */
static void
no_message_repeats_what_stands_in_the_file(void **state)
{
	static const char *const names[] = {
		"store", "access_ttl", "max_sessions", "throttle", "log",
		"hash_memory", "hash_slots", "origin", "allowed_origins",
		"trusted_proxies", "legacy_until", "cookie_prefix",
		"cookie_path", "avatar_url", "avatar_default",
	};
	char	text[64];
	size_t	i;

	(void)state;
	assert_refused(load("  k:text:hunter2-hunter2"), 1, "is missing");
	assert_refused(load("k:base64:hunter2hunter2="), 1, "no setting");
	assert_refused(load("hunter2 = 1"), 1, "no setting");
	assert_refused(load("issuer = hunter2\xff"), 1, "UTF-8");
	assert_refused(load("issuer = hunter2\thunter2"), 1, "issuer");
	assert_refused(load("run_dir = hunter2\thunter2"), 1, "run_dir");
	for (i = 0; i < NELEMS(names); i++) {
		snprintf(text, sizeof(text), "%s = hunter2", names[i]);
		assert_refused(load(text), 1, names[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    keys_are_read_in_their_order_and_either_notation),
		cmocka_unit_test(a_key_has_a_kid_and_a_notation),
		cmocka_unit_test(
		    a_short_key_is_refused_and_told_how_to_make_one),
		cmocka_unit_test(a_placeholder_is_no_key_however_long),
		cmocka_unit_test(a_key_in_broken_base64_is_refused),
		cmocka_unit_test(a_kid_is_unique_in_its_list),
		cmocka_unit_test(access_and_refresh_share_no_key),
		cmocka_unit_test(the_secret_is_32_bytes_in_either_notation),
		cmocka_unit_test(no_message_repeats_what_stands_in_the_file),
	};

	return cmocka_run_group_tests_name("conf_key", tests,
	    make_directory, remove_directory);
}
