/* What of an account the world may see. */
#include "http/describe.h"

#include <setjmp.h>
#include <cmocka.h>

static const struct id watched[] = {
	{ { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0, 0, 0, 1 } },
	{ { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 2 } },
};

static const char *
description(struct arena *arena, const struct user *user)
{
	struct json *object = json_new_object(arena);

	user_describe(arena, user, object);
	return json_print(arena, object);
}

static void
an_account_is_shown_without_its_secrets(void **state)
{
	struct user user = {
		.id = watched[0],
		.username = "alice", .email = "a@example.org",
		.full_name = "Alice", .avatar = "https://a/1",
		.cover_image = "",
		.password = "secret", .epoch = 77,
		.created_at = INT64_C(1767225600000),
		.updated_at = INT64_C(1767225600999), .version = -1,
	};

	assert_string_equal(description(*state, &user),
	    "{\"_id\":\"0123456789abcdef00000001\",\"username\":\"alice\","
	    "\"email\":\"a@example.org\",\"fullName\":\"Alice\","
	    "\"avatar\":\"https://a/1\",\"coverImage\":\"\","
	    "\"watchHistory\":[],\"createdAt\":\"2026-01-01T00:00:00.000Z\","
	    "\"updatedAt\":\"2026-01-01T00:00:00.999Z\"}");
}

static void
an_old_record_shows_what_it_has(void **state)
{
	struct id	history[] = { watched[1], watched[0] };
	struct user	user = {
		.id = watched[1],
		.username = "alice",
		.watch_history = history, .watch_count = NELEMS(history),
		.version = 0,
	};

	assert_string_equal(description(*state, &user),
	    "{\"_id\":\"ffffffffffffffff00000002\",\"username\":\"alice\","
	    "\"watchHistory\":[\"ffffffffffffffff00000002\","
	    "\"0123456789abcdef00000001\"],"
	    "\"createdAt\":\"1970-01-01T00:00:00.000Z\","
	    "\"updatedAt\":\"1970-01-01T00:00:00.000Z\",\"__v\":0}");
	user.version = 3;
	assert_non_null(strstr(description(*state, &user), "\"__v\":3}"));
}

static int
set_up(void **state)
{
	*state = arena_new();
	return *state == NULL;
}

static int
tear_down(void **state)
{
	arena_free(*state);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_account_is_shown_without_its_secrets),
		TEST(an_old_record_shows_what_it_has),
	};

	return cmocka_run_group_tests_name("describe", tests, NULL, NULL);
}
