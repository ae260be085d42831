/* The SQLite engine: its schema, its queries and its migrations. */
#include "sqlite_fixture.h"

static const char no_real_id[] =
    "SELECT (SELECT count(*) FROM users WHERE typeof(id) <> 'blob' "
    "OR length(id) <> 12) + (SELECT count(*) FROM sessions WHERE "
    "typeof(id) <> 'blob' OR length(id) <> 12 OR typeof(user) <> 'blob')";

static void
rule_8_the_profile_query_gets_a_real_id_made_and_checked_by_us(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f), found;
	struct session	 session = inserted_session(f, &user), row;
	char		 hex[ID_HEX_SIZE], text[128];
	struct id	 cast;

	/* Made by us, twelve bytes in every column that holds one. */
	assert_int_equal(number(sql_of(f), no_real_id), 0);
	id_hex(&user.id, hex);
	assert_int_equal(number(sql_of(f),
	    "SELECT count(*) FROM users WHERE id = x'%s'", hex), 1);

	/* What a request carries is cast, and only then is it an id. */
	assert_true(id_parse(hex, &cast));
	assert_ok(store_profile(f->store, f->arena, &cast, &session.id,
	    &found, &row));
	assert_false(id_parse("not 24 hexadecimal digit", &cast));

	/* Nobody else casts: its digits match nothing and are not stored. */
	assert_int_equal(number(sql_of(f),
	    "SELECT count(*) FROM users WHERE id = '%s'", hex), 0);
	(void)snprintf(text, sizeof(text), "UPDATE users SET id = '%s'", hex);
	assert_int_equal(sql_script(sql_of(f), text), E_INTERNAL);
	assert_said("cannot store TEXT value in BLOB column users.id");
}

/* Every verb once, so that every statement has been prepared. */
static void
use_every_verb(struct fixture *f)
{
	const struct throttle_rule	 rule = { .burst = 9,
	    .interval = 1 };
	struct user			 user = inserted_user(f), list[2];
	struct session			 session, rows[2];
	struct login_names		 names = { "a", "b", "c", "d" };
	unsigned char			 key[THROTTLE_KEY_SIZE] = { 0 };
	int64_t				 n;
	unsigned			 taken;
	size_t				 count;

	session = inserted_session(f, &user);
	assert_int_equal(store_user_insert(f->store, &user, &taken),
	    E_EXISTS);
	assert_int_equal(store_user_by_login(f->store, f->arena, &names,
	    list), E_NOT_FOUND);
	assert_ok(store_user_update(f->store, &user, USER_EPOCH, NULL, false,
	    &taken));
	assert_int_equal(store_user_update(f->store, &user, USER_USERNAME |
	    USER_PASSWORD, &(struct user_expected){ .password = "x" }, false,
	    &taken), E_STALE);
	assert_ok(store_user_list_after(f->store, f->arena, NULL, 1, list,
	    &count));
	assert_int_equal(store_user_take_legacy(f->store, &user.id, "x", T0),
	    E_STALE);
	assert_ok(store_user_drop_legacy(f->store, &user.id, T0, &n));
	assert_ok(store_profile(f->store, f->arena, &user.id, &session.id,
	    list, rows));
	(void)stored_session(f, &session.id);
	session.counter = 2;
	assert_ok(store_session_swap(f->store, 1, &session));
	assert_ok(store_session_list(f->store, f->arena, &user.id, T0, 2,
	    rows, &count));
	assert_ok(store_session_end_all(f->store, &user.id, NULL, "x", T0,
	    &n));
	assert_ok(store_session_end(f->store, &session.id, "x", T0));
	assert_ok(store_session_purge(f->store, T0));
	assert_ok(store_throttle_take(f->store, key, &rule, T0, &n));
	assert_ok(store_throttle_give_back(f->store, key, &rule));
	assert_ok(store_throttle_forgive(f->store, key));
	(void)stored_user(f, &user.id);
	assert_ok(store_user_remove(f->store, &user.id));
}

static void
no_request_reads_a_table_from_end_to_end(void **state)
{
	struct fixture	*f = *state;
	struct sql	*db = sql_of(f);
	const char	*text, *detail;
	char		 explain[2048];
	size_t		 i, size, searches = 0;

	use_every_verb(f);
	for (i = 0; (text = sql_kept(db, i)) != NULL; i++) {
		/* Ours, and one that counts tables when a file is opened. */
		if (strncmp(text, "EXPLAIN", 7) == 0 ||
		    strstr(text, "sqlite_schema") != NULL)
			continue;
		(void)snprintf(explain, sizeof(explain),
		    "EXPLAIN QUERY PLAN %s", text);
		sql_query(db, explain);
		while (sql_row(db)) {
			(void)sql_get_int(db);
			(void)sql_get_int(db);
			(void)sql_get_int(db);
			detail = sql_get_bytes(db, &size);
			assert_non_null(detail);
			if (strncmp(detail, "SCAN", 4) == 0 &&
			    strcmp(detail, "SCAN CONSTANT ROW") != 0)
				fail_msg("%s: %s", text, detail);
			searches += strncmp(detail, "SEARCH", 6) == 0;
		}
		assert_ok(sql_end(db));
	}
	assert_true(searches > 20);
}

static void
text_that_is_not_utf_8_counts_as_none(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f), found;
	struct session	 session = inserted_session(f, &user), row;

	assert_ok(sql_script(sql_of(f), "UPDATE users SET "
	    "username = CAST(x'ff' AS TEXT), email = CAST(x'c0af' AS TEXT), "
	    "full_name = CAST(x'eda080' AS TEXT), "
	    "avatar = CAST(x'61ff' AS TEXT), "
	    "cover_image = CAST(x'6100' AS TEXT), "
	    "password = CAST(x'80' AS TEXT)"));
	assert_ok(sql_script(sql_of(f), "UPDATE sessions SET "
	    "end_reason = CAST(x'ff' AS TEXT), "
	    "user_agent = CAST(x'ff' AS TEXT), ip = CAST(x'ff' AS TEXT)"));

	user.username = user.email = user.full_name = NULL;
	user.avatar = user.cover_image = user.password = "";
	session.user_agent = session.ip = "";
	assert_ok(store_profile(f->store, f->arena, &user.id, &session.id,
	    &found, &row));
	assert_same_user(&user, &found);
	assert_same_session(&session, &row);
}

static void
sessions_go_with_their_account(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f), other = inserted_user(f);

	(void)inserted_session(f, &user);
	(void)inserted_session(f, &user);
	(void)inserted_session(f, &other);
	assert_ok(store_user_remove(f->store, &user.id));
	assert_int_equal(number(sql_of(f), "SELECT count(*) FROM sessions"),
	    1);
	assert_sound(sql_of(f));
}

static void
a_purge_removes_a_hundred_rows_that_are_over(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f);
	struct session	 session;
	int		 i;

	for (i = 0; i < 150; i++) {
		session = new_session(&user);
		if (i % 3 == 0)
			session.ended_at = T0;
		else if (i % 3 == 1)
			session.idle_at = T0;
		else
			session.expires_at = T0;
		assert_ok(store_session_insert(f->store, &session));
	}
	(void)inserted_session(f, &user);

	assert_ok(store_session_purge(f->store, T0));
	assert_int_equal(number(sql_of(f), "SELECT count(*) FROM sessions"),
	    151);
	assert_ok(store_session_purge(f->store, T0 + 1));
	assert_int_equal(number(sql_of(f), "SELECT count(*) FROM sessions"),
	    51);
	assert_ok(store_session_purge(f->store, T0 + 1));
	assert_ok(store_session_purge(f->store, T0 + 1));
	assert_int_equal(number(sql_of(f), "SELECT count(*) FROM sessions"),
	    1);
}

static void
a_purge_removes_a_hundred_keys_that_are_forgotten(void **state)
{
	static const struct throttle_rule rule = { .burst = 2,
	    .interval = 1000 };
	struct fixture	*f = *state;
	unsigned char	 key[THROTTLE_KEY_SIZE] = { 0 };
	int64_t		 wait;
	int		 i;

	for (i = 0; i < 150; i++) {
		key[0] = (unsigned char)i;
		assert_ok(store_throttle_take(f->store, key, &rule, T0,
		    &wait));
	}
	assert_ok(store_session_purge(f->store, T0 + DAYS(30)));
	assert_int_equal(number(sql_of(f), "SELECT count(*) FROM throttle"),
	    150);
	assert_ok(store_session_purge(f->store, T0 + DAYS(30) + 1));
	assert_int_equal(number(sql_of(f), "SELECT count(*) FROM throttle"),
	    50);
}

static void
a_refused_attempt_writes_nothing(void **state)
{
	static const struct throttle_rule rule = { .burst = 1,
	    .interval = 1000 };
	struct fixture	*f = *state;
	unsigned char	 key[THROTTLE_KEY_SIZE] = { 0 };
	int64_t		 wait, before;

	assert_ok(store_throttle_take(f->store, key, &rule, T0, &wait));
	before = number(sql_of(f), "SELECT total_changes()");
	assert_int_equal(store_throttle_take(f->store, key, &rule, T0 + 1,
	    &wait), E_STALE);
	assert_int_equal(number(sql_of(f), "SELECT total_changes()"), before);
}

/* What two versions after this one might do; none may be done twice. */
static const char *const later[] = {
	"this stands for version 1, which is there",
	"and this for version 2",
	"CREATE TABLE test (n INTEGER); INSERT INTO test VALUES (1);",
	"INSERT INTO test SELECT n + 1 FROM test;",
	"ALTER TABLE test ADD COLUMN late INTEGER DEFAULT 7;",
};

static void
migrate(struct fixture *f, int who, void *arg)
{
	pthread_barrier_t *barrier = arg;

	(void)pthread_barrier_wait(barrier);
	must(sqlite_migrate(sqlite_of(f->store), later,
	    NELEMS(later)) == OK);
	must(number(sql_of(f), "PRAGMA user_version") == NELEMS(later));
	(void)pthread_barrier_wait(barrier);

	/* So that the fixture can open it again. */
	if (who == 0)
		must(sql_script(sql_of(f), "PRAGMA user_version = 2") == OK);
}

static void
every_step_of_a_migration_is_done_once(void **state)
{
	struct fixture *f = *state;

	race(f, migrate, new_barrier());
	assert_int_equal(number(sql_of(f), "SELECT count(*) FROM test"), 2);
	assert_int_equal(number(sql_of(f), "SELECT sum(late) FROM test"), 14);
}

static void
a_step_that_fails_leaves_the_schema_as_it_was(void **state)
{
	static const char *const broken[] = { "", "", "CREATE TABLE test (n);",
	    "INSERT INTO nowhere VALUES (1);" };
	struct fixture *f = *state;

	assert_int_equal(sqlite_migrate(sqlite_of(f->store), broken,
	    NELEMS(broken)),
	    E_INTERNAL);
	assert_said("no such table: nowhere");
	assert_int_equal(number(sql_of(f), "PRAGMA user_version"), 2);
	assert_int_equal(number(sql_of(f), "SELECT count(*) FROM "
	    "sqlite_schema WHERE name = 'test'"), 0);
	(void)inserted_user(f);
}

static void
an_older_database_is_brought_up_to_date_by_any_program(void **state)
{
	struct fixture	*f = *state;
	struct sql	*db;

	store_close(f->store);
	f->store = NULL;
	assert_int_equal(unlink(f->path), 0);
	write_file(f->path, "", 0, 0);
	assert_ok(sql_open(f->path, true, &db));
	assert_ok(sql_script(db, "PRAGMA application_id = 1685217902"));
	sql_close(db);

	fixture_open(f, STORE_SERVE);
	assert_int_equal(number(sql_of(f), "PRAGMA user_version"), 2);
	(void)inserted_user(f);
}

static void
accounts_of_the_first_schema_have_no_legacy_token(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f), list[2];
	size_t		 count;

	assert_ok(sql_script(sql_of(f), "ALTER TABLE users "
	    "DROP COLUMN legacy_token; PRAGMA user_version = 1"));
	store_close(f->store);
	f->store = NULL;
	fixture_open(f, STORE_SERVE);
	assert_int_equal(number(sql_of(f), "PRAGMA user_version"), 2);
	assert_ok(store_user_list_after(f->store, f->arena, NULL, 2, list,
	    &count));
	assert_int_equal(count, 1);
	assert_same_user(&user, &list[0]);
	assert_null(list[0].legacy_token);
}

static void
a_database_of_a_newer_program_is_left_alone(void **state)
{
	struct fixture *f = *state;

	assert_ok(sql_script(sql_of(f), "PRAGMA user_version = 99"));
	assert_refused(f, STORE_SERVE, E_CONFIG, "newer program");
	assert_refused(f, STORE_ADMIN, E_CONFIG, "newer program");
	assert_refused(f, STORE_CREATE, E_CONFIG, "newer program");
	assert_int_equal(number(sql_of(f), "PRAGMA user_version"), 99);
}

static void
a_uri_that_cannot_be_served_is_told_without_its_password(void **state)
{
	struct store *store = NULL;

	(void)state;
	assert_int_equal(store_open("postgres://u:hunter2@h/d", STORE_SERVE,
	    &store), E_CONFIG);
	assert_null(strstr(said, "hunter2"));
	assert_said("no known scheme");
	assert_int_equal(store_open("sqlite:darban.db", STORE_CREATE,
	    &store), E_CONFIG);
	assert_said("not an absolute path");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(
		rule_8_the_profile_query_gets_a_real_id_made_and_checked_by_us),
		TEST(no_request_reads_a_table_from_end_to_end),
		TEST(text_that_is_not_utf_8_counts_as_none),
		TEST(sessions_go_with_their_account),
		TEST(a_purge_removes_a_hundred_rows_that_are_over),
		TEST(a_purge_removes_a_hundred_keys_that_are_forgotten),
		TEST(a_refused_attempt_writes_nothing),
		TEST(every_step_of_a_migration_is_done_once),
		TEST(a_step_that_fails_leaves_the_schema_as_it_was),
		TEST(an_older_database_is_brought_up_to_date_by_any_program),
		TEST(accounts_of_the_first_schema_have_no_legacy_token),
		TEST(a_database_of_a_newer_program_is_left_alone),
		TEST(a_uri_that_cannot_be_served_is_told_without_its_password),
	};

	return run_sqlite_tests("store: SQLite", tests, NELEMS(tests));
}
