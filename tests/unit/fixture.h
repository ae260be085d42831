/*
 * A configuration, keys, a fresh SQLite store in a directory of its own and
 * one account: what tests of lib/account and lib/http stand on.
 */
#ifndef TEST_FIXTURE_H
#define TEST_FIXTURE_H

#include "base/base.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/ctx.h"
#include "account/password.h"
#include "account/token.h"
#include "store/store.h"

/* Last, because its fail() is a macro. */
#include <setjmp.h>
#include <cmocka.h>

#define FIXTURE_PASSWORD "correct horse battery"

/* 2026-01-01T00:00:00Z */
static const int64_t T0 = INT64_C(1767225600000);

struct fixture {
	char		 directory[64];
	char		 uri[128];
	struct conf	 conf;
	struct conf_key	 access_key, refresh_key;
	struct keyring	*keys;
	struct store	*store;
	struct ctx	 ctx;
	struct user	 user;
};

static unsigned char fixture_access[32] = "access key of the tests, 32 byt";
static unsigned char fixture_refresh[32] = "refresh key of the tests, 32 by";
static unsigned char fixture_secret[32] = "the secret of the tests, 32 byt";

static void
fixture_conf(struct fixture *f)
{
	f->access_key = (struct conf_key){ "a1", fixture_access, 32 };
	f->refresh_key = (struct conf_key){ "r1", fixture_refresh, 32 };
	f->conf = (struct conf){
		.store = f->uri,
		.access_keys = { &f->access_key, 1 },
		.refresh_keys = { &f->refresh_key, 1 },
		.secret = fixture_secret,
		.secret_size = sizeof(fixture_secret),
		.issuer = strdup("darban"),
		.audience = strdup("darban"),
		.access_ttl = MINUTES(15),
		.refresh_ttl = DAYS(10),
		.session_ttl = DAYS(90),
		.refresh_grace = SECONDS(30),
		.session_check = true,
		.max_sessions = 3,
		.cookie_prefix = strdup("__Host-"),
		.cookie_path = strdup("/"),
		.body_tokens = true,
		.password_min = 8,
		.hash_memory = 1024 * 1024,
		.hash_passes = 1,
		.hash_slots = 2,
		.avatar_default = strdup(""),
		.run_dir = f->directory,
	};
}

/* Goes on at this time, with nothing said yet. */
static void
fixture_at(struct fixture *f, int64_t now)
{
	arena_wipe(f->ctx.arena);
	f->ctx = (struct ctx){
		.arena = f->ctx.arena,
		.conf = &f->conf,
		.keys = f->keys,
		.store = f->store,
		.now = now,
		.address = "192.0.2.7",
		.user_agent = "cmocka",
	};
}

static void
fixture_user(struct fixture *f)
{
	static char			 hash[PASSWORD_HASH_SIZE];
	const struct password_cost	 cost = { 1024 * 1024, 1 };
	unsigned			 taken;

	if (*hash == '\0')
		assert_int_equal(password_hash(&cost, FIXTURE_PASSWORD,
		    hash), OK);
	f->user = (struct user){
		.username = "alice",
		.email = "alice@example.org",
		.full_name = "Alice Example",
		.avatar = "",
		.cover_image = "",
		.password = hash,
		.created_at = T0,
		.updated_at = T0,
		.version = -1,
	};
	assert_int_equal(id_make(T0, &f->user.id), OK);
	assert_int_equal(store_user_insert(f->store, &f->user, &taken), OK);
}

static int
fixture_setup(void **state)
{
	struct fixture	*f = calloc(1, sizeof(*f));
	const char	*tmp = getenv("TMPDIR");

	assert_non_null(f);
	(void)snprintf(f->directory, sizeof(f->directory),
	    "%.40s/darban.XXXXXX", tmp != NULL ? tmp : "/tmp");
	assert_non_null(mkdtemp(f->directory));
	(void)snprintf(f->uri, sizeof(f->uri), "sqlite:%s/darban.db",
	    f->directory);
	fixture_conf(f);
	assert_int_equal(keyring_new(&f->conf, &f->keys), OK);
	assert_int_equal(store_open(f->uri, STORE_CREATE, &f->store), OK);
	f->ctx.arena = arena_new();
	assert_non_null(f->ctx.arena);
	fixture_user(f);
	fixture_at(f, T0);
	*state = f;
	return 0;
}

static int
fixture_teardown(void **state)
{
	struct fixture	*f = *state;
	char		 command[128];

	store_close(f->store);
	keyring_free(f->keys);
	arena_free(f->ctx.arena);
	free(f->conf.issuer);
	free(f->conf.audience);
	free(f->conf.cookie_prefix);
	free(f->conf.cookie_path);
	free(f->conf.avatar_default);
	(void)snprintf(command, sizeof(command), "rm -rf '%s'",
	    f->directory);
	assert_int_equal(system(command), 0);
	free(f);
	return 0;
}

#endif
