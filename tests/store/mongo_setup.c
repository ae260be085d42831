/* What opening and setting up a MongoDB store does, and does not. */
#include "mongo_fixture.h"

/* A database of its own, empty before and gone after the test. */
static void
fresh(const struct fixture *f, char uri[512])
{
	other_database(f, "setup", uri, 512);
	drop_database(uri);
}

static bool
has_index(struct raw *raw, const char *collection, const char *name,
    const char *option)
{
	mongoc_collection_t	*where;
	mongoc_cursor_t		*cursor;
	const bson_t		*found;
	bson_iter_t		 it;
	bool			 is_there = false;

	where = mongoc_database_get_collection(raw->db, collection);
	cursor = mongoc_collection_find_indexes_with_opts(where, NULL);
	while (mongoc_cursor_next(cursor, &found))
		if (bson_iter_init_find(&it, found, "name") &&
		    strcmp(bson_iter_utf8(&it, NULL), name) == 0)
			is_there = option == NULL ||
			    bson_has_field(found, option);
	mongoc_cursor_destroy(cursor);
	mongoc_collection_destroy(where);
	return is_there;
}

static bool
has_validator(struct raw *raw)
{
	bson_t	reply;
	char   *text;
	bool	has;

	assert_int_equal(raw_run(raw, BCON_NEW("listCollections",
	    BCON_INT32(1), "filter", "{", "name", "users", "}"), &reply), 0);
	text = bson_as_relaxed_extended_json(&reply, NULL);
	has = strstr(text, "$jsonSchema") != NULL;
	bson_free(text);
	bson_destroy(&reply);
	return has;
}

static void
create(const char *uri, enum err expected)
{
	struct store *store = NULL;

	assert_int_equal(store_open(uri, STORE_CREATE, &store), expected);
	assert_int_equal(store != NULL, expected == OK);
	store_close(store);
}

static void
create_with_validator(const char *uri)
{
	struct store *store;

	assert_ok(store_open(uri, STORE_CREATE_VALIDATOR, &store));
	store_close(store);
}

static void
init_makes_indexes_and_a_second_time_nothing(void **state)
{
	static const struct {
		const char *collection, *name, *option;
	} indexes[] = {
		{ "users", "username_1", "unique" },
		{ "users", "email_1", "unique" },
		{ "sessions", "user_1", NULL },
		{ "sessions", "idleAt_1", "expireAfterSeconds" },
		{ "sessions", "endedAt_1", "expireAfterSeconds" },
		{ "throttle", "forgetAt_1", "expireAfterSeconds" },
	};
	struct fixture	*f = *state;
	struct raw	 raw;
	char		 uri[512];
	size_t		 i;
	int		 round;

	fresh(f, uri);
	raw = raw_open(uri);
	for (round = 0; round < 2; round++) {
		create(uri, OK);
		for (i = 0; i < NELEMS(indexes); i++)
			assert_true(has_index(&raw, indexes[i].collection,
			    indexes[i].name, indexes[i].option));
		assert_true(has_validator(&raw));
	}
	raw_close(&raw);
	drop_database(uri);
}

static void
what_is_there_gets_a_validator_when_asked(void **state)
{
	struct fixture	*f = *state;
	struct raw	 raw;
	char		 uri[512];

	fresh(f, uri);
	raw = raw_open(uri);
	assert_int_equal(raw_run(&raw, BCON_NEW("create", "users"), NULL), 0);
	create(uri, OK);
	assert_false(has_validator(&raw));
	create_with_validator(uri);
	assert_true(has_validator(&raw));
	create(uri, OK);
	assert_true(has_validator(&raw));
	assert_true(has_index(&raw, "users", "username_1", "unique"));
	raw_close(&raw);
	drop_database(uri);
}

static void
an_index_that_is_there_is_left_alone_and_told_of(void **state)
{
	struct fixture	*f = *state;
	struct raw	 raw;
	char		 uri[512];

	fresh(f, uri);
	raw = raw_open(uri);
	assert_int_equal(raw_run(&raw, BCON_NEW("createIndexes", "users",
	    "indexes", "[", "{", "key", "{", "username", BCON_INT32(1), "}",
	    "name", "mine", "}", "{", "key", "{", "email", BCON_INT32(1), "}",
	    "name", "unique_mail", "unique", BCON_BOOL(true), "}", "]"),
	    NULL), 0);
	create(uri, OK);
	assert_said("not a unique index on username");
	assert_false(has_index(&raw, "users", "username_1", NULL));
	assert_false(has_index(&raw, "users", "email_1", NULL));
	raw_close(&raw);
	drop_database(uri);
}

static void
names_that_are_shared_already_are_told_of(void **state)
{
	struct fixture	*f = *state;
	struct raw	 raw;
	char		 uri[512];

	fresh(f, uri);
	raw = raw_open(uri);
	raw_insert(&raw, "users", BCON_NEW("username", "twin"));
	raw_insert(&raw, "users", BCON_NEW("username", "twin"));
	create(uri, E_CONFIG);
	assert_said("two accounts in users have the same username");
	raw_close(&raw);
	drop_database(uri);
}

static void
a_description_tells_what_is_missing(void **state)
{
	struct fixture	*f = *state;
	struct store	*store;
	const char	*text;
	char		 uri[512];

	fresh(f, uri);
	assert_ok(store_open(uri, STORE_ADMIN, &store));
	assert_ok(store_describe(store, f->arena, &text));
	assert_non_null(strstr(text, "MongoDB"));
	assert_non_null(strstr(text, "replica set"));
	assert_non_null(strstr(said, "users: there is no unique index on "
	    "username"));
	assert_said("throttle: there is no TTL index on forgetAt");
	store_close(store);

	assert_ok(store_describe(f->store, f->arena, &text));
	assert_said_nothing();
}

static void
a_backup_is_for_mongodbs_own_tools(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(store_backup(f->store, f->path, NULL), E_CONFIG);
}

static void
what_is_looked_for_often_has_an_index(void **state)
{
	struct fixture	*f = *state;
	struct raw	 raw = raw_open(f->uri);
	const struct id	 id = new_id();
	const bson_oid_t oid = oid_of(&id);
	bson_t		 reply;
	bson_t		*const commands[] = {
		BCON_NEW("explain", "{", "find", "users", "filter", "{",
		    "username", "a", "}", "}"),
		BCON_NEW("explain", "{", "find", "users", "filter", "{",
		    "email", "a", "}", "}"),
		BCON_NEW("explain", "{", "find", "sessions", "filter", "{",
		    "user", BCON_OID(&oid), "}", "}"),
		BCON_NEW("explain", "{", "find", "users", "filter", "{",
		    "$or", "[", "{", "username", "a", "}", "{", "email", "b",
		    "}", "]", "}", "}"),
	};
	const char	*engine;
	char		*text;
	size_t		 i, count = NELEMS(commands);

	/* The server that tests start has no plan for alternatives. */
	assert_ok(store_describe(f->store, f->arena, &engine));
	if (strstr(engine, "SecantusDB") != NULL)
		bson_destroy(commands[--count]);
	for (i = 0; i < count; i++) {
		assert_int_equal(raw_run(&raw, commands[i], &reply), 0);
		text = bson_as_relaxed_extended_json(&reply, NULL);
		if (strstr(text, "IXSCAN") == NULL)
			fail_msg("no index: %s", text);
		bson_free(text);
		bson_destroy(&reply);
	}
	raw_close(&raw);
}

static void
a_uri_that_is_no_good_is_refused_without_its_password(void **state)
{
	static const char *const uris[] = {
		"mongodb://u:hunter2@:x/d", "mongodb://u:hunter2@h",
		"mongodb://u:hunter2@h/", "mongodb://u:hunt:er2@h/d",
		"mongodb://u:hunter2@h/d?authMechanism=GSS%ZZ",
		"mongodb://u:hunter2%zz@h/d", "mongodb://hunter2@h:99999/d",
		"mongodb:hunter2", "mongodb+srv://u:hunter2@h:1/d",
		"mongodb://u:hunter2@h/d?tls=true&tlsInsecure=true"
		    "&tlsAllowInvalidCertificates=true",
	};
	struct store	*store = NULL;
	size_t		 i;

	(void)state;
	for (i = 0; i < NELEMS(uris); i++) {
		assert_int_equal(store_open(uris[i], STORE_SERVE, &store),
		    E_CONFIG);
		assert_null(store);
		assert_null(strstr(said, "hunter2"));
		assert_null(strstr(said, "er2"));
		assert_said("store: ");
	}
}

static void
a_server_that_is_away_is_unavailable_without_its_password(void **state)
{
	struct store		*store;
	struct fixture		*f = *state;
	struct id		 id = new_id();
	struct user		 user;

	assert_ok(store_open("mongodb://u:hunter2@127.0.0.1:1/d?"
	    "serverSelectionTimeoutMS=50", STORE_SERVE, &store));
	assert_ok(store_begin(store, 0));
	assert_int_equal(store_user_by_id(store, f->arena, &id, &user),
	    E_UNAVAILABLE);
	assert_int_equal(store_ping(store), E_UNAVAILABLE);
	assert_null(strstr(said, "hunter2"));
	assert_said("mongodb: ");
	store_close(store);
	create("mongodb://u:hunter2@127.0.0.1:1/d?"
	    "serverSelectionTimeoutMS=50", E_UNAVAILABLE);
	assert_null(strstr(said, "hunter2"));
	assert_said("mongodb: ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(init_makes_indexes_and_a_second_time_nothing),
		TEST(what_is_there_gets_a_validator_when_asked),
		TEST(an_index_that_is_there_is_left_alone_and_told_of),
		TEST(names_that_are_shared_already_are_told_of),
		TEST(a_description_tells_what_is_missing),
		TEST(a_backup_is_for_mongodbs_own_tools),
		TEST(what_is_looked_for_often_has_an_index),
		TEST(a_uri_that_is_no_good_is_refused_without_its_password),
		TEST(a_server_that_is_away_is_unavailable_without_its_password),
	};

	return run_mongo_tests("MongoDB: the set-up", tests, NELEMS(tests));
}
