/* An account as a line of JSON, as an earlier system left it or as ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "account/record.h"

#define HEX "65a000000000000000000001"
#define BCRYPT "$2b$10$abcdefghijklmnopqrstuu3vNumR3RWJ7JJolGiBKkMLEqUfVHJ0C"
#define ID "\"_id\":{\"$oid\":\"" HEX "\"}"
#define HASH "\"password\":\"" BCRYPT "\""
#define ALICE ID ",\"username\":\"alice\"," HASH

static struct arena *arena;

static int
setup(void **_ UNUSED)
{
	return (arena = arena_new()) == NULL;
}

static int
teardown(void **_ UNUSED)
{
	arena_free(arena);
	return 0;
}

static struct record
read_good(const char *text)
{
	struct record	 record;
	const char	*problem = "none";

	if (record_read(arena, text, strlen(text), &record, &problem) != OK)
		fail_msg("%s: %s", text, problem);
	return record;
}

static void
assert_refused(const char *text, const char *why)
{
	struct record	 record;
	const char	*problem = NULL;

	assert_int_equal(record_read(arena, text, strlen(text), &record,
	    &problem), E_MEMBER);
	if (problem == NULL || strstr(problem, why) == NULL)
		fail_msg("%s: '%s', not '%s'", text, problem, why);
}

static void
mongoexports_line_is_read_whole(void **_ UNUSED)
{
	static const char text[] = "{" ID ",\"username\":\"alice\","
	    "\"email\":\"Alice@Example.org\",\"fullName\":\"Alice \","
	    "\"avatar\":\"http://x/a.jpg\",\"coverImage\":\"http://x/c.jpg\","
	    "\"watchHistory\":[{\"$oid\":\"65a000000000000000000002\"},"
	    "{\"$oid\":\"65a000000000000000000003\"}]," HASH ","
	    "\"createdAt\":{\"$date\":{\"$numberLong\":\"1700000000123\"}},"
	    "\"updatedAt\":{\"$date\":\"2024-01-01T00:00:00Z\"},"
	    "\"__v\":{\"$numberInt\":\"3\"},\"refreshToken\":\"a.b.c\","
	    "\"darban\":{\"epoch\":{\"$numberLong\":\"4\"},"
	    "\"disabled\":true}}\r\n";
	struct record	record = read_good(text);
	struct user	user = record.user;
	char		hex[ID_HEX_SIZE];

	id_hex(&user.id, hex);
	assert_string_equal(hex, HEX);
	assert_string_equal(user.username, "alice");
	assert_string_equal(user.email, "Alice@Example.org");
	assert_string_equal(user.full_name, "Alice ");
	assert_string_equal(user.avatar, "http://x/a.jpg");
	assert_string_equal(user.cover_image, "http://x/c.jpg");
	assert_string_equal(user.password, BCRYPT);
	assert_int_equal(user.watch_count, 2);
	id_hex(&user.watch_history[1], hex);
	assert_string_equal(hex, "65a000000000000000000003");
	assert_true(user.created_at == INT64_C(1700000000123));
	assert_true(user.updated_at == INT64_C(1704067200000));
	assert_true(user.version == 3 && user.epoch == 4 && user.disabled);
	assert_string_equal(user.legacy_token, "a.b.c");
	assert_int_equal(record.lost_count, 0);
}

static void
what_is_missing_has_its_default(void **_ UNUSED)
{
	struct user user = read_good("{" ALICE ",\"email\":null}").user;

	assert_null(user.email);
	assert_null(user.full_name);
	assert_null(user.legacy_token);
	assert_string_equal(user.avatar, "");
	assert_string_equal(user.cover_image, "");
	assert_int_equal(user.watch_count, 0);
	assert_true(user.version == -1 && user.epoch == 0);
	assert_false(user.disabled);
	/* 0x65a00000 seconds: an id begins with the time it was made. */
	assert_true(user.created_at == INT64_C(1704984576000));
	assert_true(user.updated_at == user.created_at);
	user = read_good("{" ALICE ",\"createdAt\":\"2024-01-01T00:00:00Z\"}")
	    .user;
	assert_true(user.created_at == INT64_C(1704067200000));
	assert_true(user.updated_at == user.created_at);
}

static void
what_todays_rules_would_refuse_is_kept(void **_ UNUSED)
{
	struct user user;

	user = read_good("{" ID ",\"username\":\"a b\\u200d@\",\"email\":\"x\","
	    "\"fullName\":\"\",\"avatar\":\"javascript:\"," HASH "}").user;
	assert_string_equal(user.username, "a b\u200d@");
	assert_string_equal(user.email, "x");
	assert_string_equal(user.full_name, "");
	assert_string_equal(user.avatar, "javascript:");
	/* One name that can be typed is enough. */
	user = read_good("{" ID ",\"username\":\"Alice\",\"email\":\"A@x\","
	    HASH "}").user;
	assert_string_equal(user.username, "Alice");
	(void)read_good("{" ID ",\"email\":\"A@x\"," HASH "}");
}

static void
what_could_never_log_in_is_refused(void **_ UNUSED)
{
	assert_refused("{\"username\":\"alice\"," HASH "}", "_id is missing");
	assert_refused("{\"_id\":7,\"username\":\"alice\"," HASH "}",
	    "_id is not an id");
	assert_refused("{\"_id\":\"alice\",\"username\":\"alice\"," HASH "}",
	    "_id is not an id");
	assert_refused("{" ID "," HASH "}", "neither username nor email");
	assert_refused("{" ID ",\"username\":\"\",\"email\":\"\"," HASH "}",
	    "neither username nor email");
	assert_refused("{" ID ",\"username\":{\"$ne\":null}," HASH "}",
	    "username is not text");
	assert_refused("{" ALICE ",\"email\":7}", "email is not text");
	assert_refused("{" ID ",\"username\":\"Alice\"," HASH "}",
	    "nobody could log in");
	assert_refused("{" ID ",\"username\":\" alice\",\"email\":\"a@x \","
	    HASH "}", "nobody could log in");
	assert_refused("{" ID ",\"username\":\"alice\"}",
	    "password is missing");
	assert_refused("{" ID ",\"username\":\"alice\",\"password\":null}",
	    "password is missing");
	assert_refused("{" ID ",\"username\":\"alice\",\"password\":7}",
	    "password is not text");
	assert_refused("{" ID ",\"username\":\"alice\",\"password\":"
	    "\"$1$abc$0123456789\"}", "password is no hash");
	assert_refused("{" ID ",\"username\":\"alice\",\"password\":"
	    "\"correct horse battery\"}", "password is no hash");
}

static void
what_is_no_account_is_refused(void **_ UNUSED)
{
	assert_refused("", "not JSON");
	assert_refused("{" ALICE, "not JSON");
	assert_refused("{" ALICE "} {}", "not JSON");
	assert_refused("{" ALICE ",\"fullName\":\"\\u0000\"}", "not JSON");
	assert_refused("{" ALICE ",\"fullName\":\"\xff\"}", "not UTF-8");
	assert_refused("[]", "not an object");
	assert_refused("7", "not an object");
	assert_refused("{" ALICE ",\"username\":\"bob\"}",
	    "username is there twice");
	assert_refused("{" ALICE ",\"refreshToken\":null,"
	    "\"refreshToken\":\"a\"}", "refreshToken is there twice");
}

/* An account that was disabled must not come in as one that is not. */
static void
what_is_darbans_own_is_read_strictly(void **_ UNUSED)
{
	static const char *const bad[] = { "7", "null", "[]",
	    "{\"disabled\":1}", "{\"disabled\":\"true\"}", "{\"epoch\":-1}",
	    "{\"epoch\":\"x\"}", "{\"Disabled\":true}",
	    "{\"epoch\":{\"$numberLong\":\"9223372036854775807\"}}",
	    "{\"epoch\":2147483647}",
	    "{\"disabled\":true,\"disabled\":false}",
	    "{\"epoch\":1,\"epoch\":1}" };
	char	text[512];
	size_t	i;

	for (i = 0; i < NELEMS(bad); i++) {
		(void)snprintf(text, sizeof(text), "{" ALICE
		    ",\"darban\":%s}", bad[i]);
		assert_refused(text, "darban is not");
	}
	assert_true(read_good("{" ALICE ",\"darban\":{\"disabled\":true}}")
	    .user.disabled);
	assert_true(read_good("{" ALICE ",\"darban\":{\"epoch\":7}}")
	    .user.epoch == 7);
	/* One that can be raised as often as anybody likes. */
	assert_true(read_good("{" ALICE
	    ",\"darban\":{\"epoch\":2147483646}}")
	    .user.epoch == INT32_MAX - 1);
}

static void
what_is_not_kept_is_told(void **_ UNUSED)
{
	static const char *const expected[] = { "role", "fullName", "avatar",
	    "watchHistory", "createdAt", "__v", "role" };
	struct record	record;
	size_t		i;

	record = read_good("{" ALICE ",\"role\":{\"a\":[1]},\"fullName\":7,"
	    "\"avatar\":{\"url\":\"x\"},\"watchHistory\":[7,{\"$oid\":\"" HEX
	    "\"},null],\"createdAt\":7,\"__v\":\"x\",\"role\":1}");
	assert_int_equal(record.lost_count, NELEMS(expected));
	for (i = 0; i < NELEMS(expected); i++)
		assert_string_equal(record.lost[i], expected[i]);
	assert_null(record.user.full_name);
	assert_int_equal(record.user.watch_count, 1);
	assert_true(record.user.created_at == INT64_C(1704984576000));
	assert_true(record.user.version == -1);
}

static void
what_is_written_is_read_again(void **_ UNUSED)
{
	static const char *const texts[] = {
		"{" ALICE "}",
		"{" ID ",\"username\":\"a\\u0001\\\"\\\\\","
		"\"email\":\"\u00e9@x\","
		"\"fullName\":\"\\ud83d\\ude00\"," HASH ","
		"\"refreshToken\":\"\","
		"\"watchHistory\":[\"" HEX "\"],\"__v\":0,"
		"\"darban\":{\"epoch\":1,\"disabled\":false}}",
	};
	struct record	record;
	char		*first, *second;
	size_t		 i;

	for (i = 0; i < NELEMS(texts); i++) {
		record = read_good(texts[i]);
		first = json_print(arena, record_make(arena, &record.user));
		assert_non_null(first);
		record = read_good(first);
		assert_int_equal(record.lost_count, 0);
		second = json_print(arena, record_make(arena, &record.user));
		assert_string_equal(first, second);
	}
	assert_non_null(strstr(first, "\"refreshToken\":\"\""));
	assert_non_null(strstr(first, "\"darban\":{\"epoch\":1,"
	    "\"disabled\":false}"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(mongoexports_line_is_read_whole),
		TEST(what_is_missing_has_its_default),
		TEST(what_todays_rules_would_refuse_is_kept),
		TEST(what_could_never_log_in_is_refused),
		TEST(what_is_no_account_is_refused),
		TEST(what_is_darbans_own_is_read_strictly),
		TEST(what_is_not_kept_is_told),
		TEST(what_is_written_is_read_again),
	};

	return cmocka_run_group_tests_name("accounts as JSON", tests, NULL,
	    NULL);
}
