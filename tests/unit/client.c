/* Addresses and nets; who the client is behind proxies. */
#include "base/address.h"
#include "base/log.h"
#include "http/client.h"
#include "exchange.h"
#include "fixture.h"

struct client {
	struct fixture		*f;
	struct exchange		*x;
	struct request		 req;
	struct address_net	 nets[4];
};

static int
set_up(void **state)
{
	struct client *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	(void)fixture_setup((void **)&c->f);
	c->f->conf.trusted_proxies.net = c->nets;
	*state = c;
	return 0;
}

static int
tear_down(void **state)
{
	struct client *c = *state;

	(void)fixture_teardown((void **)&c->f);
	if (c->x != NULL)
		exchange_free(c->x);
	free(c);
	return 0;
}

static void
trust(struct client *c, const char *net)
{
	struct conf_nets *proxies = &c->f->conf.trusted_proxies;

	assert_true(address_net_parse(net, &proxies->net[proxies->count++]));
}

static void
ask(struct client *c, const char *peer)
{
	if (c->x != NULL)
		exchange_free(c->x);
	c->x = exchange_new();
	c->req = (struct request){ .transport = &c->x->transport };
	if (peer != NULL)
		exchange_add(c->x, "REMOTE_ADDR", peer);
}

static const char *
address_of(struct client *c)
{
	client_find(&c->f->ctx, &c->req);
	client_behind_proxy(&c->f->ctx, &c->req);
	return c->f->ctx.address;
}

static const char *
forwarded_for(struct client *c, const char *peer, const char *list)
{
	ask(c, peer);
	exchange_add(c->x, "HTTP_X_FORWARDED_FOR", list);
	return address_of(c);
}

static void
an_address_has_one_form(void **state)
{
	static const struct {
		const char *text, *canonical;
	} rows[] = {
		{ "192.0.2.7", "192.0.2.7" },
		{ "::ffff:192.0.2.7", "192.0.2.7" },
		{ "2001:DB8:0:0:0:0:0:1", "2001:db8::1" },
		{ "::", "::" },
		{ "192.0.2", NULL },
		{ "192.0.2.256", NULL },
		{ "192.0.2.07", NULL },
		{ " 192.0.2.7", NULL },
		{ "192.0.2.7:80", NULL },
		{ "[::1]", NULL },
		{ "fe80::1%lo", NULL },
		{ "", NULL },
	};
	struct address	address;
	char		text[ADDRESS_TEXT_SIZE];
	size_t		i;

	(void)state;
	for (i = 0; i < NELEMS(rows); i++) {
		if (rows[i].canonical == NULL) {
			assert_false(address_parse(rows[i].text, &address));
			continue;
		}
		assert_true(address_parse(rows[i].text, &address));
		address_text(&address, text);
		assert_string_equal(text, rows[i].canonical);
	}
}

static void
a_net_has_what_begins_like_it(void **state)
{
	static const struct {
		const char *net, *in, *out;
	} rows[] = {
		{ "192.0.2.7", "192.0.2.7", "192.0.2.6" },
		{ "192.0.2.99/24", "192.0.2.255", "192.0.3.0" },
		{ "192.0.2.0/31", "192.0.2.1", "192.0.2.2" },
		{ "10.0.0.0/8", "::ffff:10.255.255.255", "11.0.0.0" },
		{ "0.0.0.0/0", "255.255.255.255", "::1" },
		{ "2001:db8::/33", "2001:db8:7fff::", "2001:db8:8000::" },
		{ "::1", "::1", "::2" },
		{ "::/0", "192.0.2.7", NULL },
	};
	struct address_net	net;
	struct address		address;
	size_t			i;

	(void)state;
	for (i = 0; i < NELEMS(rows); i++) {
		assert_true(address_net_parse(rows[i].net, &net));
		assert_true(address_parse(rows[i].in, &address));
		assert_true(address_net_has(&net, &address));
		if (rows[i].out == NULL)
			continue;
		assert_true(address_parse(rows[i].out, &address));
		assert_false(address_net_has(&net, &address));
	}
}

static void
nobody_is_believed_who_is_not_trusted(void **state)
{
	struct client *c = *state;

	assert_string_equal(forwarded_for(c, "192.0.2.7", "203.0.113.1"),
	    "192.0.2.7");
	trust(c, "10.0.0.0/8");
	assert_string_equal(forwarded_for(c, "192.0.2.7", "203.0.113.1"),
	    "192.0.2.7");
	exchange_add(c->x, "HTTP_X_FORWARDED_PROTO", "https");
	(void)address_of(c);
	assert_false(c->req.is_https);
}

static void
the_rightmost_that_is_no_proxy_of_ours_is_the_client(void **state)
{
	static const struct {
		const char *list, *client;
	} rows[] = {
		{ "203.0.113.1", "203.0.113.1" },
		{ "203.0.113.9, 203.0.113.1", "203.0.113.1" },
		{ "203.0.113.9,203.0.113.1,10.1.1.1", "203.0.113.1" },
		{ "203.0.113.1 ,\t10.1.1.1 , 2001:db8::9", "203.0.113.1" },
		{ "evil, 203.0.113.1", "203.0.113.1" },
		{ "10.0.0.2, 10.0.0.3", "10.0.0.2" },
		{ "::ffff:203.0.113.1", "203.0.113.1" },
		{ "2001:DB8:1::0001", "2001:db8:1::1" },
		/* Not to be read: the peer. */
		{ "", "10.0.0.1" },
		{ ",", "10.0.0.1" },
		{ "unknown", "10.0.0.1" },
		{ "203.0.113.1,", "10.0.0.1" },
		{ "203.0.113.1, evil", "10.0.0.1" },
		{ "203.0.113.1, evil, 10.1.1.1", "10.0.0.1" },
		{ "203.0.113.1 evil", "10.0.0.1" },
		{ "203.0.113.1:4711", "10.0.0.1" },
		{ "\"203.0.113.1\"", "10.0.0.1" },
	};
	struct client	*c = *state;
	size_t		 i;

	trust(c, "10.0.0.0/8");
	trust(c, "2001:db8::9");
	for (i = 0; i < NELEMS(rows); i++)
		assert_string_equal(forwarded_for(c, "10.0.0.1",
		    rows[i].list), rows[i].client);

	ask(c, "10.0.0.1");
	assert_string_equal(address_of(c), "10.0.0.1");
	/* lighttpd's X_Forwarded_For is the client's own. */
	(void)forwarded_for(c, "10.0.0.1", "203.0.113.1");
	exchange_add(c->x, "HTTP_X_FORWARDED_FOR", "203.0.113.2");
	assert_string_equal(address_of(c), "10.0.0.1");
}

static void
keep_line(void *arg, const char *line, size_t size)
{
	assert_true(size < 256);
	memcpy(arg, line, size);
	((char *)arg)[size] = '\0';
}

/* Else whoever reads the log would ban the proxy, and with it everybody. */
static void
the_log_blames_no_proxy_for_what_it_passes_on(void **state)
{
	static const struct {
		const char *list, *twice, *logged;
	} rows[] = {
		{ "203.0.113.1", NULL, " error 203.0.113.1 x\n" },
		{ "203.0.113.1:4711", NULL, " error - x\n" },
		{ "203.0.113.1", "203.0.113.2", " error - x\n" },
		{ "203.0.113.1", "", " error - x\n" },
		{ "", "203.0.113.1", " error - x\n" },
		{ "", NULL, " error 10.0.0.1 x\n" },
	};
	char		 line[256];
	struct client	*c = *state;
	size_t		 i;

	trust(c, "10.0.0.0/8");
	log_sink(keep_line, line);
	for (i = 0; i < NELEMS(rows); i++) {
		ask(c, "10.0.0.1");
		exchange_add(c->x, "HTTP_X_FORWARDED_FOR", rows[i].list);
		if (rows[i].twice != NULL)
			exchange_add(c->x, "HTTP_X_FORWARDED_FOR",
			    rows[i].twice);
		(void)address_of(c);
		log_error("x");
		assert_non_null(strstr(line, rows[i].logged));
	}
	log_sink(NULL, NULL);
	log_address(NULL);
}

static void
a_trusted_proxy_says_which_scheme_it_was(void **state)
{
	static const struct {
		const char *https, *proto;
		bool is_https;
	} rows[] = {
		{ NULL, NULL, false },
		{ "on", NULL, true },
		{ "off", NULL, false },
		{ NULL, "https", true },
		{ NULL, "HTTPS", true },
		{ "on", "http", false },
		{ "on", "https, http", true },
		{ NULL, "https, http", false },
		{ NULL, "wss", false },
	};
	struct client	*c = *state;
	size_t		 i;

	trust(c, "10.0.0.1");
	for (i = 0; i < NELEMS(rows); i++) {
		ask(c, "10.0.0.1");
		if (rows[i].https != NULL)
			exchange_add(c->x, "HTTPS", rows[i].https);
		if (rows[i].proto != NULL)
			exchange_add(c->x, "HTTP_X_FORWARDED_PROTO",
			    rows[i].proto);
		(void)address_of(c);
		assert_int_equal(c->req.is_https, rows[i].is_https);
	}
}

static void
without_an_address_nobody_is_believed(void **state)
{
	struct client *c = *state;

	trust(c, "0.0.0.0/0");
	trust(c, "::/0");
	ask(c, NULL);
	exchange_add(c->x, "HTTP_X_FORWARDED_FOR", "203.0.113.1");
	assert_string_equal(address_of(c), "");
	assert_string_equal(forwarded_for(c, "unix:", "203.0.113.1"),
	    "unix:");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_has_one_form),
		cmocka_unit_test(a_net_has_what_begins_like_it),
		TEST(nobody_is_believed_who_is_not_trusted),
		TEST(the_rightmost_that_is_no_proxy_of_ours_is_the_client),
		TEST(the_log_blames_no_proxy_for_what_it_passes_on),
		TEST(a_trusted_proxy_says_which_scheme_it_was),
		TEST(without_an_address_nobody_is_believed),
	};

	return cmocka_run_group_tests_name("client", tests, NULL, NULL);
}
