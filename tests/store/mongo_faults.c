/*
 * The MongoDB engine at a server that does not play along: a scripted one
 * (tests/mongod/fake.py), and none at all.
 */
#include <sys/stat.h>
#include <fcntl.h>

#include "mongo_fixture.h"

enum { ASKED_MAX = 1024 * 1024 };	/* bytes */

struct fake {
	struct fixture	*f;
	struct store	*store;
	pid_t		 pid;
	char		 script[128], log[128], uri[256];
};

/* From now on it answers so. */
static void
tell(const struct fake *fake, const char *script)
{
	char	 path[160];
	FILE	*file;

	(void)snprintf(path, sizeof(path), "%s.new", fake->script);
	assert_non_null(file = fopen(path, "w"));
	assert_true(fputs(script, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(rename(path, fake->script), 0);
	assert_int_equal(truncate(fake->log, 0), 0);
}

/* Everything that it was asked, a line a command. */
static char *
asked(const struct fake *fake)
{
	char	*text = arena_alloc(fake->f->arena, ASKED_MAX);
	FILE	*file = fopen(fake->log, "r");

	assert_non_null(text);
	assert_non_null(file);
	assert_true(fread(text, 1, ASKED_MAX - 1, file) <
	    ASKED_MAX - 1);
	(void)fclose(file);
	return text;
}

static unsigned
count(const char *text, const char *what)
{
	unsigned n = 0;

	for (; (text = strstr(text, what)) != NULL; text += strlen(what))
		n++;
	return n;
}

static int
fake_setup(void **state)
{
	struct fake	*fake = calloc(1, sizeof(*fake));
	void		*fixture;
	unsigned	 port;
	FILE		*out;
	int		 ends[2];

	assert_non_null(fake);
	assert_int_equal(fixture_setup(&fixture), 0);
	fake->f = fixture;
	(void)snprintf(fake->script, sizeof(fake->script), "%s/script",
	    fake->f->directory);
	(void)snprintf(fake->log, sizeof(fake->log), "%s/asked",
	    fake->f->directory);
	assert_int_equal(close(open(fake->log, O_CREAT | O_WRONLY, 0600)), 0);
	tell(fake, "");
	assert_int_equal(pipe(ends), 0);
	if ((fake->pid = new_process()) == 0) {
		(void)alarm(0);
		(void)dup2(ends[1], STDOUT_FILENO);
		(void)execlp("python3", "python3",
		    getenv("FAKE_MONGOD") != NULL ? getenv("FAKE_MONGOD") :
		    "tests/mongod/fake.py", fake->script, fake->log, NULL);
		_exit(127);
	}
	(void)close(ends[1]);
	assert_non_null(out = fdopen(ends[0], "r"));
	assert_int_equal(fscanf(out, "%u", &port), 1);
	(void)fclose(out);
	(void)snprintf(fake->uri, sizeof(fake->uri),
	    "mongodb://127.0.0.1:%u/fake?socketTimeoutMS=300"
	    "&serverSelectionTimeoutMS=500", port);
	assert_ok(store_open(fake->uri, STORE_SERVE, &fake->store));
	*state = fake;
	return 0;
}

static int
fake_teardown(void **state)
{
	struct fake	*fake = *state;
	void		*fixture = fake->f;
	int		 status;

	store_close(fake->store);
	assert_int_equal(kill(fake->pid, SIGKILL), 0);
	assert_int_equal(waitpid(fake->pid, &status, 0), fake->pid);
	free(fake);
	return fixture_teardown(&fixture);
}

static enum err
write_user(const struct fake *fake)
{
	struct user	user = new_user(fake->f);
	unsigned	taken;

	return store_user_insert(fake->store, &user, &taken);
}

static enum err
change_user(const struct fake *fake)
{
	struct user	user = new_user(fake->f);
	unsigned	taken;

	return store_user_update(fake->store, &user, USER_EPOCH,
	    &(struct user_expected){ .password = "hash" }, false, &taken);
}

static enum err
remove_user(const struct fake *fake)
{
	struct id id = new_id();

	return store_user_remove(fake->store, &id);
}

static enum err
write_session(const struct fake *fake)
{
	struct user	user = new_user(fake->f);
	struct session	session = new_session(&user);

	return store_session_insert(fake->store, &session);
}

static enum err
swap_session(const struct fake *fake)
{
	struct user	user = new_user(fake->f);
	struct session	session = new_session(&user);

	return store_session_swap(fake->store, 1, &session);
}

static enum err
end_session(const struct fake *fake)
{
	struct id id = new_id();

	return store_session_end(fake->store, &id, "end", T0);
}

static enum err
end_sessions(const struct fake *fake)
{
	struct id	id = new_id();
	int64_t		n;

	return store_session_end_all(fake->store, &id, NULL, "end", T0, &n);
}

static enum err
take(const struct fake *fake)
{
	const struct throttle_rule	rule = { .burst = 3,
	    .interval = 1000 };
	unsigned char			key[THROTTLE_KEY_SIZE] = { 0 };
	int64_t				wait;

	return store_throttle_take(fake->store, key, &rule, T0, &wait);
}

static enum err
forgive(const struct fake *fake)
{
	unsigned char key[THROTTLE_KEY_SIZE] = { 0 };

	return store_throttle_forgive(fake->store, key);
}

static enum err
find_user(const struct fake *fake)
{
	struct user	user;
	struct id	id = new_id();
	enum err	err;

	err = store_user_by_id(fake->store, fake->f->arena, &id, &user);
	return err == E_NOT_FOUND ? OK : err;
}

static enum err
ask_profile(const struct fake *fake)
{
	struct user	user;
	struct session	session;
	struct id	id = new_id();
	enum err	err;

	err = store_profile(fake->store, fake->f->arena, &id, &id, &user,
	    &session);
	return err == E_NOT_FOUND ? OK : err;
}

static const struct {
	enum err	(*verb)(const struct fake *);
	const char	*command;
	bool		 is_sure;	/* waits for a majority */
} writes[] = {
	{ write_user, "insert", true },
	{ change_user, "findAndModify", true },
	{ remove_user, "findAndModify", true },
	{ write_session, "insert", true },
	{ swap_session, "findAndModify", false },
	{ end_session, "findAndModify", true },
	{ end_sessions, "update", true },
	{ take, "insert", false },
	{ forgive, "findAndModify", false },
};

static enum err (*const reads[])(const struct fake *) = { find_user,
    ask_profile };

static void
every_operation_says_how_sure_and_how_long(void **state)
{
	static const char	 sure[] = "\"writeConcern\": {\"w\": "
	    "\"majority\", \"wtimeout\": 2500}";
	static const char	 one[] = "\"writeConcern\": {\"w\": 1}";
	struct fake		*fake = *state;
	const char		*text;
	size_t			 i;

	for (i = 0; i < NELEMS(writes); i++) {
		tell(fake, "");
		assert_ok(writes[i].verb(fake));
		text = asked(fake);
		assert_non_null(strstr(text, writes[i].command));
		assert_non_null(strstr(text,
		    writes[i].is_sure ? sure : one));
		assert_null(strstr(text, writes[i].is_sure ? one : sure));
		assert_int_equal(count(text, "\"maxTimeMS\": 2500"),
		    count(text, "\n"));
	}
	for (i = 0; i < NELEMS(reads); i++) {
		tell(fake, "");
		assert_ok(reads[i](fake));
		text = asked(fake);
		assert_int_equal(count(text, "\"maxTimeMS\": 2500"), 1);
		assert_null(strstr(text, "secondary"));
	}
}

static void
fail_and_recover(struct fake *fake, const char *code,
    enum err (*verb)(const struct fake *))
{
	char script[64];

	(void)snprintf(script, sizeof(script), "* %s\n", code);
	tell(fake, script);
	assert_int_equal(verb(fake), E_UNAVAILABLE);
	assert_said("mongodb: ");
	tell(fake, "");
	assert_ok(verb(fake));
}

/* Not the primary any more, shutting down, out of time, not yet known. */
static void
what_passes_by_itself_is_unavailable_and_then_it_works(void **state)
{
	static const char *const codes[] = { "13435", "91", "11600", "11602",
	    "189", "50", "13", "wait 91" };
	struct fake	*fake = *state;
	size_t		 i;

	for (i = 0; i < NELEMS(writes); i++) {
		fail_and_recover(fake, "10107", writes[i].verb);
		fail_and_recover(fake, "wait 64", writes[i].verb);
	}
	for (i = 0; i < NELEMS(reads); i++)
		fail_and_recover(fake, "10107", reads[i]);
	for (i = 0; i < NELEMS(codes); i++)
		fail_and_recover(fake, codes[i], writes[i].verb);
}

static void
a_write_is_repeated_once_by_its_number(void **state)
{
	struct fake	*fake = *state;
	const char	*text, *number, *again;
	size_t		 i;

	for (i = 0; i < NELEMS(writes); i++) {
		tell(fake, "* cut\nfind ok\n");
		assert_int_equal(writes[i].verb(fake), E_UNAVAILABLE);
		assert_said("mongodb: ");
		text = asked(fake);
		number = strstr(text, "\"txnNumber\": ");
		if (strcmp(writes[i].command, "update") == 0) {
			/* Of many documents none is numbered. */
			assert_null(number);
			assert_int_equal(count(text, "\n"), 1);
			continue;
		}
		assert_non_null(number);
		assert_int_equal(count(text, "\"txnNumber\": "), 2);
		again = strstr(number + 1, "\"txnNumber\": ");
		assert_memory_equal(number, again,
		    strcspn(number, ",}"));
	}
	tell(fake, "");
	assert_ok(write_user(fake));
}

static void
silence_is_unavailable_and_then_it_works(void **state)
{
	struct fake	*fake = *state;
	size_t		 i;

	for (i = 0; i < NELEMS(writes); i += 2) {
		tell(fake, "* silence\nfind ok\n");
		assert_int_equal(writes[i].verb(fake), E_UNAVAILABLE);
		assert_said("mongodb: ");
		tell(fake, "");
		assert_ok(writes[i].verb(fake));
	}
	for (i = 0; i < NELEMS(reads); i++) {
		tell(fake, "* silence\n");
		assert_int_equal(reads[i](fake), E_UNAVAILABLE);
		assert_said("mongodb: ");
		tell(fake, "");
		assert_ok(reads[i](fake));
	}
}

static void
what_nobody_knows_is_internal(void **state)
{
	static const char *const codes[] = { "1", "9", "121", "40324",
	    "write 121" };
	struct fake	*fake = *state;
	char		 script[64];
	size_t		 i;

	for (i = 0; i < NELEMS(codes); i++) {
		(void)snprintf(script, sizeof(script), "* %s\n", codes[i]);
		tell(fake, script);
		assert_int_equal(end_sessions(fake), E_INTERNAL);
		assert_said("mongodb: ");
		assert_int_equal(write_user(fake), E_INTERNAL);
		assert_said("mongodb: ");
	}
}

/* Whoever had it has gone in between: whoever asks again may get it. */
static void
a_name_that_was_taken_a_moment_ago_may_be_tried_again(void **state)
{
	struct fake *fake = *state;

	tell(fake, "insert write 11000\n");
	assert_int_equal(write_user(fake), E_UNAVAILABLE);
	assert_said("free again");
	tell(fake, "findAndModify 11000\n");
	assert_int_equal(change_user(fake), E_UNAVAILABLE);
	assert_said("free again");
}

static void
a_throttle_key_that_is_never_ours_is_given_up(void **state)
{
	struct fake *fake = *state;

	tell(fake, "insert write 11000\n");
	assert_int_equal(take(fake), E_UNAVAILABLE);
	assert_said("too many at one throttle key");
	assert_int_equal(count(asked(fake), "\"insert\""), 500);
}

#define FAKE(name) cmocka_unit_test_setup_teardown(name, fake_setup, \
	fake_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FAKE(every_operation_says_how_sure_and_how_long),
		FAKE(what_passes_by_itself_is_unavailable_and_then_it_works),
		FAKE(a_write_is_repeated_once_by_its_number),
		FAKE(silence_is_unavailable_and_then_it_works),
		FAKE(what_nobody_knows_is_internal),
		FAKE(a_name_that_was_taken_a_moment_ago_may_be_tried_again),
		FAKE(a_throttle_key_that_is_never_ours_is_given_up),
	};

	return run_mongo_tests("MongoDB: faults", tests, NELEMS(tests));
}
