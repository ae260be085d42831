/*
 * What tests do with a MongoDB server themselves, on the database of the URI:
 *
 *	do URI run COMMAND	runs it, prints the reply
 *	do URI dump [NAME ...]	prints the documents of all collections, or of
 *				these, one a line, in the order of their _id
 *	do URI drop		removes the database
 *	do URI rate SECONDS COMMAND
 *				runs it for so long from eight connections,
 *				each of a process of its own, and prints how
 *				often a second it was answered
 *
 * In MongoDB's extended JSON.
 */
#include <mongoc/mongoc.h>

#include <sys/wait.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS = 8 };

static void
give_up(const char *what, const bson_error_t *error)
{
	(void)fprintf(stderr, "do: %s: %s\n", what, error->message);
	exit(1);
}

static void
print(const char *before, const bson_t *doc)
{
	char *text = bson_as_relaxed_extended_json(doc, NULL);

	(void)printf("%s%s\n", before, text == NULL ? "?" : text);
	bson_free(text);
}

static void
run(mongoc_database_t *db, const char *text)
{
	bson_error_t	 error;
	bson_t		*command, reply;

	command = bson_new_from_json((const uint8_t *)text, -1, &error);
	if (command == NULL ||
	    !mongoc_database_command_simple(db, command, NULL, &reply,
	    &error))
		give_up(text, &error);
	print("", &reply);
	bson_destroy(&reply);
	bson_destroy(command);
}

static double
now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static long
count_answers(const mongoc_uri_t *uri, const bson_t *command, double seconds)
{
	mongoc_client_t	*client = mongoc_client_new_from_uri(uri);
	bson_error_t	 error;
	double		 end;
	long		 count = 0;

	/* The first one connects. */
	for (end = 0; end == 0 || now() < end; count++) {
		if (!mongoc_client_command_simple(client,
		    mongoc_uri_get_database(uri), command, NULL, NULL, &error))
			give_up("rate", &error);
		if (end == 0)
			end = now() + seconds;
	}
	return count - 1;
}

static void
rate(const mongoc_uri_t *uri, double seconds, const char *text)
{
	bson_error_t	 error = { .message = "a connection failed" };
	bson_t		*command;
	long		 count, total = 0;
	int		 pipes[2], i, status, failed;

	command = bson_new_from_json((const uint8_t *)text, -1, &error);
	if (command == NULL || pipe(pipes) == -1)
		give_up(text, &error);
	failed = 0;
	for (i = 0; i < CONNECTIONS; i++)
		if (fork() == 0) {
			count = count_answers(uri, command, seconds);
			_exit(write(pipes[1], &count, sizeof(count)) !=
			    sizeof(count));
		}
	for (i = 0; i < CONNECTIONS; i++) {
		if (wait(&status) == -1 || status != 0)
			failed = 1;
		else if (read(pipes[0], &count, sizeof(count)) ==
		    sizeof(count))
			total += count;
	}
	if (failed)
		give_up(text, &error);
	(void)printf("%.0f\n", (double)total / seconds);
	bson_destroy(command);
}

static void
dump_collection(mongoc_database_t *db, const char *name)
{
	bson_error_t		 error;
	mongoc_collection_t	*collection;
	mongoc_cursor_t		*cursor;
	bson_t			 all = BSON_INITIALIZER, *options;
	const bson_t		*doc;
	char			 before[128];

	(void)snprintf(before, sizeof(before), "%s ", name);
	options = BCON_NEW("sort", "{", "_id", BCON_INT32(1), "}");
	collection = mongoc_database_get_collection(db, name);
	cursor = mongoc_collection_find_with_opts(collection, &all, options,
	    NULL);
	while (mongoc_cursor_next(cursor, &doc))
		print(before, doc);
	if (mongoc_cursor_error(cursor, &error))
		give_up(name, &error);
	mongoc_cursor_destroy(cursor);
	mongoc_collection_destroy(collection);
	bson_destroy(options);
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
dump(mongoc_database_t *db)
{
	bson_error_t	 error;
	char		**names;
	size_t		 i, count = 0;

	names = mongoc_database_get_collection_names_with_opts(db, NULL,
	    &error);
	if (names == NULL)
		give_up("dump", &error);
	while (names[count] != NULL)
		count++;
	qsort(names, count, sizeof(*names), compare);
	for (i = 0; i < count; i++)
		dump_collection(db, names[i]);
	bson_strfreev(names);
}

int
main(int argc, char **argv)
{
	bson_error_t		 error = { .message = "usage: do URI WHAT" };
	mongoc_uri_t		*uri;
	mongoc_client_t		*client;
	mongoc_database_t	*db;
	int			 i;

	if (argc < 3)
		give_up(argv[0], &error);
	mongoc_init();
	if ((uri = mongoc_uri_new_with_error(argv[1], &error)) == NULL ||
	    mongoc_uri_get_database(uri) == NULL)
		give_up("URI", &error);
	client = mongoc_client_new_from_uri(uri);
	db = mongoc_client_get_database(client, mongoc_uri_get_database(uri));
	if (strcmp(argv[2], "run") == 0 && argc == 4)
		run(db, argv[3]);
	else if (strcmp(argv[2], "rate") == 0 && argc == 5)
		rate(uri, strtod(argv[3], NULL), argv[4]);
	else if (strcmp(argv[2], "drop") == 0) {
		if (!mongoc_database_drop(db, &error))
			give_up("drop", &error);
	} else if (strcmp(argv[2], "dump") == 0 && argc == 3)
		dump(db);
	else if (strcmp(argv[2], "dump") == 0)
		for (i = 3; i < argc; i++)
			dump_collection(db, argv[i]);
	else
		give_up(argv[2], &error);
	mongoc_database_destroy(db);
	mongoc_client_destroy(client);
	mongoc_uri_destroy(uri);
	mongoc_cleanup();
	return 0;
}
