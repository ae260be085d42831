/*
 * kill -9 of the MongoDB server under eight writers, and its return: what was
 * answered is there, and an open store goes on by itself.  The server is one
 * of the test's own, whatever STORE says.
 */
#include "mongo_fixture.h"

enum { ROUNDS = 3, WRITES = 4000 };

struct server {
	pid_t	 script;
	pid_t	 pid;			/* of the server itself */
	unsigned port;
	char	 data[96];
};

/* What each of the writers has had answered. */
struct answered {
	_Atomic int	 sessions[RACERS];
	struct id	 id[RACERS][WRITES];
	_Atomic int	 epochs[RACERS];
	struct id	 user[RACERS];
};

/* The script's only child that is a server. */
static pid_t
child_of(pid_t script)
{
	char	 path[64], name[64];
	FILE	*file;
	long	 pid;

	(void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children",
	    (int)script, (int)script);
	assert_non_null(file = fopen(path, "r"));
	assert_int_equal(fscanf(file, "%ld", &pid), 1);
	(void)fclose(file);
	(void)snprintf(path, sizeof(path), "/proc/%ld/comm", pid);
	assert_non_null(file = fopen(path, "r"));
	assert_non_null(fgets(name, sizeof(name), file));
	(void)fclose(file);
	assert_non_null(strstr(name, "secantusd"));
	return (pid_t)pid;
}

static void
start(struct server *server)
{
	char	 port[16], line[256] = "";
	FILE	*out;
	int	 ends[2];

	(void)snprintf(port, sizeof(port), "%u", server->port);
	assert_int_equal(pipe(ends), 0);
	if ((server->script = new_process()) == 0) {
		(void)alarm(0);
		(void)dup2(ends[1], STDOUT_FILENO);
		(void)close(ends[0]);
		(void)setenv("PORT", port, 1);
		(void)setenv("DATA", server->data, 1);
		(void)execl("tests/mongod/run", "run", NULL);
		_exit(127);
	}
	(void)close(ends[1]);
	assert_non_null(out = fdopen(ends[0], "r"));
	while (strncmp(line, "ready: ", 7) != 0)
		assert_non_null(fgets(line, sizeof(line), out));
	(void)fclose(out);
	assert_int_equal(sscanf(line, "ready: mongodb://127.0.0.1:%u",
	    &server->port), 1);
	server->pid = child_of(server->script);
}

/* It says that its server has ended, on standard error. */
static void
kill_server(struct server *server)
{
	int status;

	assert_int_equal(kill(server->pid, SIGKILL), 0);
	assert_int_equal(waitpid(server->script, &status, 0),
	    server->script);
}

/* Writes until the server is gone. */
static void
keep_writing(struct fixture *f, struct answered *answered, int who)
{
	struct user	user = new_user(f);
	struct session	session;
	unsigned	taken;
	int		i;

	must(store_open(f->uri, STORE_SERVE, &f->store) == OK);
	must(store_user_insert(f->store, &user, &taken) == OK);
	answered->user[who] = user.id;
	for (i = 0; i < WRITES; i++) {
		session = new_session(&user);
		if (store_session_insert(f->store, &session) != OK)
			break;
		answered->id[who][i] = session.id;
		answered->sessions[who]++;
		if (store_user_update(f->store, &user, USER_EPOCH, NULL,
		    true, &taken) != OK)
			break;
		answered->epochs[who]++;
	}
	_exit(0);
}

static void
check_answered(struct fixture *f, struct answered *answered)
{
	int who, i, total = 0;

	for (who = 0; who < RACERS; who++) {
		for (i = 0; i < answered->sessions[who]; i++)
			(void)stored_session(f, &answered->id[who][i]);
		assert_true(stored_user(f, &answered->user[who]).epoch >=
		    answered->epochs[who]);
		total += answered->sessions[who];
		answered->sessions[who] = answered->epochs[who] = 0;
	}
	assert_true(total > 0);
}

static void
round_of(struct fixture *f, struct server *server,
    struct answered *answered)
{
	struct store	*open = f->store;
	struct user	 user;
	pid_t		 pids[RACERS];
	unsigned	 taken;
	int		 i, status;

	for (i = 0; i < RACERS; i++)
		if ((pids[i] = new_process()) == 0)
			keep_writing(f, answered, i);
	for (i = 0; i < RACERS; i++)
		while (answered->epochs[i] < 3)
			usleep(1000);
	kill_server(server);
	for (i = 0; i < RACERS; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	f->store = open;
	user = new_user(f);
	assert_int_equal(store_user_insert(f->store, &user, &taken),
	    E_UNAVAILABLE);
	assert_said("mongodb: ");
	start(server);

	/* The same open store, and the first operation of a request. */
	assert_ok(store_begin(f->store, 0));
	check_answered(f, answered);
	insert_user(f, &user);
}

static void
what_was_answered_survives_a_kill_and_the_store_goes_on(void **state)
{
	struct fixture	*f = *state;
	struct answered	*answered = shared(sizeof(*answered));
	struct server	 server = { .port = 0 };
	int		 i, status;

	store_close(f->store);
	(void)snprintf(server.data, sizeof(server.data), "%s/data",
	    f->directory);
	start(&server);
	(void)snprintf(f->uri, sizeof(f->uri),
	    "mongodb://127.0.0.1:%u/kill?serverSelectionTimeoutMS=1000",
	    server.port);
	fixture_open(f, STORE_CREATE);
	for (i = 0; i < ROUNDS; i++)
		round_of(f, &server, answered);
	assert_int_equal(kill(server.script, SIGTERM), 0);
	assert_int_equal(waitpid(server.script, &status, 0), server.script);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_answered_survives_a_kill_and_the_store_goes_on),
	};

	return run_mongo_tests("MongoDB: kill -9", tests, NELEMS(tests));
}
