/* The configuration: what each setting may be. */
#include "conf_file.h"

struct range {
	const char	*name;
	const char	*least, *most;
	const char	*below, *above;		/* by one; or NULL */
	const char	*others;	/* that keep out of its way */
};

#define TTLS	"\naccess_ttl = 1m\nrefresh_grace = 0"

static const struct range ranges[] = {
	{ "access_ttl", "1m", "1d", "59999ms", "86400001ms", "" },
	{ "refresh_ttl", "1m", "400d", "59999ms", "34560000001ms",
	    TTLS "\nsession_ttl = 400d" },
	{ "session_ttl", "1m", "400d", "59999ms", "34560000001ms",
	    TTLS "\nrefresh_ttl = 1m" },
	{ "refresh_grace", "0", "5m", NULL, "300001ms", "" },
	{ "max_sessions", "1", "1000", "0", "1001", "" },
	{ "password_min", "8", "64", "7", "65", "" },
	{ "hash_memory", "1M", "64M", "1048575", "67108865", "" },
	{ "hash_passes", "1", "10", "0", "11", "" },
	{ "hash_slots", "1", "1024", "0", "1025", "" },
	{ "login_floor", "0", "5s", NULL, "5001ms", "" },
	{ "avatar_max_bytes", "1K", "64M", "1023", "67108865", "" },
	{ "avatar_size", "96", "2048", "95", "2049", "" },
};

static void
check_value(const struct range *range, const char *value, bool good)
{
	char text[128];

	if (value == NULL)
		return;
	snprintf(text, sizeof(text), "%s = %s%s", range->name, value,
	    range->others);
	if (good)
		take(text);
	else
		refuse(text);
}

static bool
is_ranged(const struct conf_setting *setting)
{
	return setting->parse == conf_number || setting->parse == conf_size ||
	    setting->parse == conf_duration || setting->parse == conf_slots;
}

static void
every_number_has_limits_and_they_are_exact(void **state)
{
	size_t i, count;

	(void)state;
	for (i = 0; i < NELEMS(ranges); i++) {
		check_value(&ranges[i], ranges[i].least, true);
		check_value(&ranges[i], ranges[i].most, true);
		check_value(&ranges[i], ranges[i].below, false);
		check_value(&ranges[i], ranges[i].above, false);
	}
	for (i = count = 0; i < CONF_SETTINGS; i++)
		count += is_ranged(&conf_settings[i]);
	assert_int_equal(count, NELEMS(ranges));
}

static void
durations_have_units(void **state)
{
	(void)state;
	assert_member("access_ttl = 90001ms", access_ttl, 90001);
	assert_member("access_ttl = 61s", access_ttl, 61000);
	assert_member("access_ttl = 007m", access_ttl, 420000);
	assert_member("access_ttl = 2h", access_ttl, 7200000);
	assert_member("access_ttl = 1d", access_ttl, 86400000);
	assert_member("refresh_grace = 0", refresh_grace, 0);
	assert_member("refresh_grace = 0ms", refresh_grace, 0);
	REFUSE("access_ttl =", "access_ttl = 900000", "access_ttl = 15 m",
	    "access_ttl = -15m", "access_ttl = +15m", "access_ttl = 1.5m",
	    "access_ttl = m", "access_ttl = 15M", "access_ttl = 1w",
	    "access_ttl = 0x10m", "access_ttl = 1m1s", "access_ttl = 15mm",
	    "access_ttl = 15min", "access_ttl = 0", "refresh_grace =",
	    "refresh_grace = 0x", "access_ttl = \xd9\xa1\xd9\xa5m");
}

static void
numbers_that_overflow_are_refused(void **state)
{
	(void)state;
	REFUSE("access_ttl = 99999999999999999999d",
	    "access_ttl = 9223372036854775807d",
	    "access_ttl = 106751991168d",	/* 2^63 ms and a bit */
	    "access_ttl = 213503982335d",	/* 2^64 ms and some hours */
	    "access_ttl = 18446744073709611616ms",	/* 2^64 + a minute */
	    "max_sessions = 18446744073709551617",
	    "max_sessions = 4294967297",
	    "hash_memory = 17592186044417M",	/* 2^64 + 1M */
	    "hash_memory = 17179869185G");
}

static void
sizes_have_units(void **state)
{
	(void)state;
	assert_member("avatar_max_bytes = 2000", avatar_max_bytes, 2000);
	assert_member("avatar_max_bytes = 2K", avatar_max_bytes, 2048);
	assert_member("avatar_max_bytes = 3M", avatar_max_bytes, 3 << 20);
	REFUSE("avatar_max_bytes = 1G", "avatar_max_bytes = 3m",
	    "avatar_max_bytes = 3MB", "avatar_max_bytes = 3 M",
	    "avatar_max_bytes = M", "avatar_max_bytes =",
	    "max_sessions = 1K", "max_sessions =", "max_sessions = ten",
	    "hash_slots = all");
	assert_member("hash_slots = 3", hash_slots, 3);
}

static void
words_are_taken_exactly(void **state)
{
	(void)state;
	assert_member("session_check = off", session_check, false);
	assert_member("body_tokens = off", body_tokens, false);
	assert_member("throttle = off", throttle, false);
	assert_member("registration = open", registration_open, true);
	assert_member("sandbox = best-effort", sandbox_required, false);
	assert_member("cookie_same_site = Lax", cookie_same_site,
	    SAME_SITE_LAX);
	assert_member("cookie_same_site = None", cookie_same_site,
	    SAME_SITE_NONE);
	assert_member("log = error", log, LOG_ERROR);
	assert_member("log = warn", log, LOG_WARN);
	assert_member("log = debug", log, LOG_DEBUG);
	assert_member("compat = chai", compat, COMPAT_CHAI);
	REFUSE("throttle = On", "throttle = yes", "throttle = 1",
	    "throttle =", "throttle = of", "throttle = offf",
	    "throttle = off on", "session_check = true", "body_tokens = no",
	    "registration = Open", "sandbox = none", "cookie_same_site = lax",
	    "log = trace", "log = 2", "compat = Chai");
}

static void
durations_that_contradict_each_other_are_refused(void **state)
{
	(void)state;
	TAKE("access_ttl = 60s", "access_ttl = 1m\nrefresh_ttl = 1m",
	    "refresh_ttl = 5d\nsession_ttl = 5d");
	assert_refused(load("refresh_grace = 1m\naccess_ttl = 1m"), 2,
	    "refresh_grace must be shorter than access_ttl");
	assert_refused(load("access_ttl = 1m\n\nrefresh_grace = 61s"), 3,
	    "refresh_grace must be shorter than access_ttl");
	assert_refused(load("refresh_ttl = 14m"), 1,
	    "access_ttl must not be longer than refresh_ttl");
	assert_refused(load("session_ttl = 9d"), 1,
	    "refresh_ttl must not be longer than session_ttl");
	assert_refused(load("refresh_ttl = 91d"), 1,
	    "refresh_ttl must not be longer than session_ttl");
	assert_refused(load("refresh_ttl = 91d\nsession_ttl = 2y"), 2,
	    "session_ttl");
}

#define NO_PREFIX	"\ncookie_prefix ="

static void
a_host_cookie_belongs_to_the_whole_host(void **state)
{
	(void)state;
	assert_refused(load("cookie_path = /api"), 1, "cookie_path must be /");
	assert_refused(load("cookie_path = /a\ncookie_prefix = __Host-"), 2,
	    "cookie_path must be /");
	assert_text("cookie_path = /api\ncookie_prefix = __Secure-",
	    cookie_path, "/api");
	assert_text("cookie_path = /api\ncookie_prefix =", cookie_prefix, "");
	REFUSE("cookie_prefix = __host-", "cookie_prefix = __Host",
	    "cookie_prefix = __Host-x", "cookie_prefix = x-");
	REFUSE("cookie_path =" NO_PREFIX, "cookie_path = api" NO_PREFIX,
	    "cookie_path = /a b" NO_PREFIX, "cookie_path = /a,b" NO_PREFIX,
	    "cookie_path = /a;Domain=x" NO_PREFIX,
	    "cookie_path = /\xc3\xa4" NO_PREFIX,
	    "cookie_path = /\"" NO_PREFIX);
}

static void
texts_have_1_to_255_bytes(void **state)
{
	char text[300];

	(void)state;
	assert_text("audience = one two", audience, "one two");
	REFUSE("issuer =", "audience =", "issuer = a\tb");
	snprintf(text, sizeof(text), "issuer = %0255d", 0);
	take(text);
	snprintf(text, sizeof(text), "audience = %0256d", 0);
	refuse(text);
}

static void
paths_are_relative_to_the_file(void **state)
{
	struct conf *conf = load("avatar_dir = a b/c\nlog_file = ../x.log\n"
	    "password_blocklist = /etc/words\nrun_dir = #1\n"
	    "store = sqlite:db/my.db");

	(void)state;
	assert_loaded(conf);
	check_path(conf->avatar_dir, "", "a b/c");
	check_path(conf->log_file, "", "../x.log");
	check_path(conf->run_dir, "", "#1");
	check_path(conf->store, "sqlite:", "db/my.db");
	assert_string_equal(conf->password_blocklist, "/etc/words");
	conf_free(conf);
	assert_text("store = sqlite:/var/x.db", store, "sqlite:/var/x.db");
	REFUSE("avatar_dir =", "run_dir =", "run_dir = a\tb",
	    "log_file = a\tb");
}

static void
paths_are_absolute_wherever_the_file_was_named_from(void **state)
{
	struct conf	*conf;
	char		 name[80];
	int		 here;

	(void)state;
	write_bytes(REQUIRED, strlen(REQUIRED));
	here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(chdir(directory), 0);
	conf = load_file("darban.conf");
	assert_int_equal(fchdir(here), 0);
	close(here);
	assert_loaded(conf);
	check_path(conf->store, "sqlite:", "darban.db");
	check_path(conf->avatar_dir, "", "avatars");
	conf_free(conf);

	/* Through a symbolic link to its directory too. */
	snprintf(name, sizeof(name), "%s/link", directory);
	assert_int_equal(symlink(".", name), 0);
	snprintf(name, sizeof(name), "%s/link/darban.conf", directory);
	conf = load_file(name);
	snprintf(name, sizeof(name), "%s/link", directory);
	assert_int_equal(unlink(name), 0);
	assert_loaded(conf);
	check_path(conf->run_dir, "", "run");
	conf_free(conf);
}

static void
a_store_is_a_file_or_a_database_by_name(void **state)
{
	(void)state;
	assert_text("store = mongodb://u:p@h:27017,h2/db?x=/&y=?", store,
	    "mongodb://u:p@h:27017,h2/db?x=/&y=?");
	assert_text("store = mongodb+srv://h.example/db", store,
	    "mongodb+srv://h.example/db");
	REFUSE("store =", "store = sqlite:", "store = darban.db",
	    "store = SQLite:x", "store = sqlite:a\tb", "store = mysql://h/db",
	    "store = mongodb://", "store = mongodb://u:hunter2@h",
	    "store = mongodb://u:hunter2@h/", "store = mongodb:///db",
	    "store = mongodb://h/?replicaSet=rs0",
	    "store = mongodb://h?x=/db", "store = mongodb://h i/db",
	    "store = mongodb://h/a b",
	    "store = mongodb://u:hunter2/@h/db", "store = mongodb://h/a.b",
	    "store = mongodb://h/a$b", "store = mongodb:h/db",
	    "store = mongodb+srv://h.example");
}

static void
an_origin_is_what_browsers_send(void **state)
{
	(void)state;
	assert_text("origin = https://example.org", origin,
	    "https://example.org");
	TAKE("origin =", "origin = http://localhost:8080",
	    "origin = https://[2001:db8::1]:8443", "origin = http://[::1]",
	    "origin = https://a-b.xn--p1ai:65535", "origin = http://h:443",
	    "origin = https://h:80", "origin = http://127.0.0.1:1");
	REFUSE("origin = example.org", "origin = https://example.org/",
	    "origin = https://example.org/app", "origin = https://Example.org",
	    "origin = HTTPS://example.org", "origin = ftp://example.org",
	    "origin = https://", "origin = https://:443", "origin = null",
	    "origin = *", "origin = https://*.example.org",
	    "origin = https://.example.org", "origin = https://u@h",
	    "origin = https://h:443", "origin = http://h:80",
	    "origin = https://h:", "origin = https://h:0",
	    "origin = https://h:65536", "origin = https://h:08080",
	    "origin = https://h:99999999999", "origin = https://h:8x",
	    "origin = https://h?x", "origin = https://h https://i",
	    "origin = https://[::1", "origin = https://[::1]x",
	    "origin = https://[]", "origin = https://[0:0::1]",
	    "origin = https://[2001:DB8::1]", "origin = https://[h]",
	    "origin = https://\xc3\xa4.example");
}

static void
other_origins_are_a_list(void **state)
{
	struct conf *conf = load("allowed_origins = \thttps://a.example \t"
	    " http://b.example:81  ");

	(void)state;
	assert_loaded(conf);
	assert_int_equal(conf->allowed_origins.count, 2);
	assert_string_equal(conf->allowed_origins.item[0],
	    "https://a.example");
	assert_string_equal(conf->allowed_origins.item[1],
	    "http://b.example:81");
	conf_free(conf);
	take("allowed_origins =");
	refuse("allowed_origins = *");
	refuse("allowed_origins = https://a,https://b");
	assert_null(load("allowed_origins = https://a https://b/ https://C"));
	assert_int_equal(told_count, 2);
	assert_told(0, 1, "allowed_origins: item 2 must be");
	assert_told(1, 1, "allowed_origins: item 3 must be");
}

static void
proxies_are_addresses_and_nets(void **state)
{
	struct conf *conf = load("trusted_proxies = 127.0.0.1 2001:db8::/32");
	char address[ADDRESS_TEXT_SIZE];

	(void)state;
	assert_loaded(conf);
	assert_int_equal(conf->trusted_proxies.count, 2);
	assert_int_equal(conf->trusted_proxies.net[0].bits, 128);
	address_text(&conf->trusted_proxies.net[0].first, address);
	assert_string_equal(address, "127.0.0.1");
	assert_int_equal(conf->trusted_proxies.net[1].bits, 32);
	address_text(&conf->trusted_proxies.net[1].first, address);
	assert_string_equal(address, "2001:db8::");
	conf_free(conf);
	TAKE("trusted_proxies =", "trusted_proxies = 10.0.0.0/8 ::1",
	    "trusted_proxies = 0.0.0.0/0 10.0.0.1/32 ::/0 ::1/128",
	    "trusted_proxies = ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255");
	REFUSE("trusted_proxies = localhost", "trusted_proxies = 10.0.0/8",
	    "trusted_proxies = 10.0.0.1/33", "trusted_proxies = ::1/129",
	    "trusted_proxies = 10.0.0.1/", "trusted_proxies = 10.0.0.1/-1",
	    "trusted_proxies = 10.0.0.1/08", "trusted_proxies = 10.0.0.1/8/8",
	    "trusted_proxies = 10.0.0.1/255.0.0.0", "trusted_proxies = /8",
	    "trusted_proxies = 10.0.0.256", "trusted_proxies = [::1]",
	    "trusted_proxies = fe80::1%eth0", "trusted_proxies = 1.2.3.4,::1",
	    "trusted_proxies = ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.2555",
	    "trusted_proxies = unix:");
}

static void
addresses_of_pictures_are_harmless(void **state)
{
	(void)state;
	assert_text("avatar_url = /", avatar_url, "/");
	assert_text("avatar_url = /a/b/", avatar_url, "/a/b/");
	REFUSE("avatar_url =", "avatar_url = /a", "avatar_url = a/",
	    "avatar_url = //evil.example/", "avatar_url = /a b/",
	    "avatar_url = https://cdn.example/", "avatar_url = /a?b/",
	    "avatar_url = /<b>/");
	assert_text("avatar_default = /none.png", avatar_default, "/none.png");
	assert_text("avatar_default = https://h/n.png?s=1", avatar_default,
	    "https://h/n.png?s=1");
	TAKE("avatar_default =", "avatar_default = http://h/n.png");
	REFUSE("avatar_default = none.png", "avatar_default = javascript:x",
	    "avatar_default = https://h/\">", "avatar_default = /a b");
}

static void
a_date_is_a_day_or_a_second_in_utc(void **state)
{
	(void)state;
	assert_member("legacy_until = 2026-03-01", legacy_until,
	    1772323200000LL);
	assert_member("legacy_until = 2026-03-01T12:30:59Z", legacy_until,
	    1772368259000LL);
	TAKE("legacy_until =", "legacy_until = 2000-01-01",
	    "legacy_until = 2028-02-29", "legacy_until = 9999-12-31");
	REFUSE("legacy_until = 2026-02-29", "legacy_until = 2026-13-01",
	    "legacy_until = 2026-00-10", "legacy_until = 2026-01-00",
	    "legacy_until = 1999-12-31", "legacy_until = 26-03-01",
	    "legacy_until = 2026-3-1", "legacy_until = 2026/03/01",
	    "legacy_until = 2026-03-01T24:00:00Z",
	    "legacy_until = 2026-03-01T12:60:00Z",
	    "legacy_until = 2026-03-01T12:00:60Z",
	    "legacy_until = 2026-03-01T12:00:00",
	    "legacy_until = 2026-03-01 12:00:00Z",
	    "legacy_until = 2026-03-01T12:00:00+01:00",
	    "legacy_until = 2026-03-01x", "legacy_until = never");
}

static void
failing_logins_take_longer_with_chai(void **state)
{
	(void)state;
	assert_member("compat = chai", login_floor, 120);
	assert_member("compat = none", login_floor, 0);
	assert_member("login_floor = 0\ncompat = chai", login_floor, 0);
	assert_member("compat = chai\nlogin_floor = 1s", login_floor, 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_number_has_limits_and_they_are_exact),
		cmocka_unit_test(durations_have_units),
		cmocka_unit_test(numbers_that_overflow_are_refused),
		cmocka_unit_test(sizes_have_units),
		cmocka_unit_test(words_are_taken_exactly),
		cmocka_unit_test(
		    durations_that_contradict_each_other_are_refused),
		cmocka_unit_test(a_host_cookie_belongs_to_the_whole_host),
		cmocka_unit_test(texts_have_1_to_255_bytes),
		cmocka_unit_test(paths_are_relative_to_the_file),
		cmocka_unit_test(
		    paths_are_absolute_wherever_the_file_was_named_from),
		cmocka_unit_test(a_store_is_a_file_or_a_database_by_name),
		cmocka_unit_test(an_origin_is_what_browsers_send),
		cmocka_unit_test(other_origins_are_a_list),
		cmocka_unit_test(proxies_are_addresses_and_nets),
		cmocka_unit_test(addresses_of_pictures_are_harmless),
		cmocka_unit_test(a_date_is_a_day_or_a_second_in_utc),
		cmocka_unit_test(failing_logins_take_longer_with_chai),
	};

	return cmocka_run_group_tests_name("conf_value", tests,
	    make_directory, remove_directory);
}
