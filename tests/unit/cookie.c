/* Cookie headers as browsers, proxies and strangers send them. */
#include "http/cookie.h"
#include "fixture.h"

static void
a_cookie_of_ours_is_found_among_others(void **state)
{
	static const struct {
		const char *header, *value;
	} rows[] = {
		{ NULL, NULL },
		{ "", NULL },
		{ "__Host-accessToken=abc", "abc" },
		{ "__Host-accessToken=abc; other=1", "abc" },
		{ "other=1; __Host-accessToken=abc", "abc" },
		{ "other=1;__Host-accessToken=abc;", "abc" },
		{ ";;; __Host-accessToken = abc\t;", "abc" },
		{ "a=\"b,c\"; =x; novalue; __Host-accessToken=abc", "abc" },
		{ "odd=,,,; __Host-accessToken=abc", "abc" },
		{ "other=__Host-accessToken=abc", NULL },
		{ "x__Host-accessToken=abc", NULL },
		{ "__Host-accessTokenx=abc", NULL },
		{ "__Host-accessToken", NULL },
		{ "__Host-accessToken=", NULL },
		{ "__Host-accessToken=undefined", NULL },
		{ "__HOST-accessToken=abc", NULL },
		{ "__Host-accesstoken=abc", NULL },
		{ "accessToken=abc", NULL },
		{ "__Host-refreshToken=abc", NULL },
	};
	struct fixture	*f = *state;
	const char	*values[COOKIE__MAX], *value;
	size_t		 i;

	for (i = 0; i < NELEMS(rows); i++) {
		assert_int_equal(cookies_find(&f->ctx, rows[i].header,
		    values), OK);
		value = values[COOKIE_ACCESS];
		if (rows[i].value == NULL)
			assert_null(value);
		else
			assert_string_equal(value, rows[i].value);
	}
}

static void
all_cookies_of_ours_are_found_at_once(void **state)
{
	struct fixture	*f = *state;
	const char	*values[COOKIE__MAX];

	assert_int_equal(cookies_find(&f->ctx, "__Host-device=d; x=1; "
	    "__Host-refreshToken=r; __Host-accessToken=a", values), OK);
	assert_string_equal(values[COOKIE_ACCESS], "a");
	assert_string_equal(values[COOKIE_REFRESH], "r");
	assert_string_equal(values[COOKIE_DEVICE], "d");
}

static void
a_cookie_of_ours_twice_is_ambiguous(void **state)
{
	static const char *const headers[] = {
		"__Host-accessToken=a; __Host-accessToken=b",
		"__Host-accessToken=a; __Host-accessToken=a",
		"__Host-accessToken=; __Host-accessToken=b",
		"__Host-accessToken=a; x=1; __Host-accessToken=undefined",
		"__Host-accessToken=a, __Host-accessToken=b",
		"__Host-accessToken=a, other=1",
		"other=1, __Host-accessToken=a",
		"other=1,__Host-accessToken=a",
		"other=1, \t__Host-accessToken =a",
		"__Host-accessToken=a,b",
		"__Host-device=a; __Host-device=b",
		"__Host-refreshToken=a; __Host-accessToken=b, __Host-device=c",
	};
	struct fixture	*f = *state;
	const char	*values[COOKIE__MAX] = { "untouched" };
	size_t		 i;

	for (i = 0; i < NELEMS(headers); i++) {
		assert_int_equal(cookies_find(&f->ctx, headers[i], values),
		    E_AMBIGUOUS);
		assert_string_equal(values[COOKIE_ACCESS], "untouched");
	}
}

static void
only_the_server_changes_a_cookie(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(cookie_make(&f->ctx, COOKIE_ACCESS, "abc", 900),
	    "__Host-accessToken=abc; Path=/; Max-Age=900; HttpOnly; Secure; "
	    "SameSite=Strict");
	assert_string_equal(cookie_make(&f->ctx, COOKIE_REFRESH, NULL, 900),
	    "__Host-refreshToken=; Path=/; Max-Age=0; HttpOnly; Secure; "
	    "SameSite=Strict");
}

static void
prefix_path_and_same_site_are_settings(void **state)
{
	struct fixture	*f = *state;
	char		*prefix = f->conf.cookie_prefix;
	char		*path = f->conf.cookie_path;
	char		 empty[] = "", api[] = "/api";

	f->conf.cookie_prefix = empty;
	f->conf.cookie_path = api;
	f->conf.cookie_same_site = SAME_SITE_NONE;
	assert_string_equal(cookie_make(&f->ctx, COOKIE_ACCESS, "abc", 1),
	    "accessToken=abc; Path=/api; Max-Age=1; HttpOnly; Secure; "
	    "SameSite=None");
	f->conf.cookie_prefix = prefix;
	f->conf.cookie_path = path;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, \
	fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_cookie_of_ours_is_found_among_others),
		TEST(all_cookies_of_ours_are_found_at_once),
		TEST(a_cookie_of_ours_twice_is_ambiguous),
		TEST(only_the_server_changes_a_cookie),
		TEST(prefix_path_and_same_site_are_settings),
	};

	return cmocka_run_group_tests_name("cookie", tests, NULL, NULL);
}
