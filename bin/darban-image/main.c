/*
 * darban-image: a picture on descriptor 0, two clean ones on descriptor 1.
 *
 *	darban-image [--size N] [--sandbox required|best-effort]
 *	darban-image --self-test
 *
 * The answer is a line "FORMAT LARGE SMALL", format "jpg" or "webp" and two
 * numbers of bytes, then the bytes of both; or nothing, a line on descriptor 2
 * that says why, and an exit status of enum result.
 */
#include <getopt.h>

#include "image.h"

struct options {
	unsigned	size;
	bool		best_effort, self_test;
};

/* Decimal digits and nothing else, within its range. */
static bool
parse_size(const char *text, unsigned *size)
{
	unsigned long value;

	if (strspn(text, "0123456789") != strlen(text) || strlen(text) > 4)
		return false;
	value = strtoul(text, NULL, 10);
	if (value < SIZE_LEAST || value > SIZE_MAX_ASKED)
		return false;
	*size = (unsigned)value;
	return true;
}

static enum result
options_parse(int argc, char **argv, struct options *options)
{
	static const struct option names[] = {
		{ "size", required_argument, NULL, 's' },
		{ "sandbox", required_argument, NULL, 'b' },
		{ "self-test", no_argument, NULL, 't' },
		{ NULL, 0, NULL, 0 }
	};
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (c == 's' && parse_size(optarg, &options->size))
			continue;
		if (c == 'b' && (strcmp(optarg, "required") == 0 ||
		    strcmp(optarg, "best-effort") == 0))
			options->best_effort = *optarg == 'b';
		else if (c == 't')
			options->self_test = true;
		else
			break;
	}
	return c == -1 && optind == argc ? DONE : refuse(WRONG_USE,
	    "usage: darban-image [--size 96..2048] "
	    "[--sandbox required|best-effort] | --self-test");
}

/* Room for twice as much as there was, or for all that may come. */
static enum result
input_grow(uint8_t **data, size_t *room)
{
	uint8_t *larger;

	*room = *room == 0 ? 1 << 20 : *room * 2;
	if (*room > INPUT_MAX)
		*room = INPUT_MAX + 1;
	if ((larger = realloc(*data, *room)) == NULL)
		return refuse(NO_MEMORY, "no memory for the file");
	*data = larger;
	return DONE;
}

/* `*data` is to be freed, whatever comes back. */
static enum result
input_read(uint8_t **data, size_t *size)
{
	size_t		room = 0;
	ssize_t		count;
	enum result	result;

	for (*data = NULL, *size = 0;; *size += (size_t)count) {
		if (*size > INPUT_MAX)
			return refuse(TOO_LARGE, "too many bytes");
		if (*size == room &&
		    (result = input_grow(data, &room)) != DONE)
			return result;
		do
			count = read(STDIN_FILENO, *data + *size,
			    room - *size);
		while (count == -1 && errno == EINTR);
		if (count == -1)
			return refuse(FAILED, "cannot read");
		if (count == 0)
			return DONE;
	}
}

static enum result
output_write(int fd, const void *data, size_t size)
{
	const uint8_t	*at = data;
	ssize_t		 count;

	while (size > 0) {
		count = write(fd, at, size);
		if (count == -1 && errno == EINTR)
			continue;
		if (count == -1)
			return refuse(FAILED, "cannot write");
		at += count;
		size -= (size_t)count;
	}
	return DONE;
}

/* Not by stdio, which asks things about descriptors that it may not. */
static void
complain(void)
{
	char	line[256];
	int	length;

	length = snprintf(line, sizeof(line), "darban-image: %s\n",
	    result_reason());
	(void)output_write(STDERR_FILENO, line, (size_t)length);
}

static enum result
results_write(const struct results *results)
{
	char		line[64];
	int		length;
	enum result	result;

	sandbox_write_begins();
	length = snprintf(line, sizeof(line), "%s %zu %zu\n", results->format,
	    results->large.size, results->small.size);
	if ((result = output_write(STDOUT_FILENO, line,
	    (size_t)length)) == DONE &&
	    (result = output_write(STDOUT_FILENO, results->large.data,
	    results->large.size)) == DONE)
		result = output_write(STDOUT_FILENO, results->small.data,
		    results->small.size);
	return result;
}

/*
 * Memory ran out, and all of it is free again.  Where most of what a picture
 * may have is to be had now, it was the picture that wanted more.
 */
static enum result
blame_for_memory(void)
{
	void *volatile most = malloc(MEMORY_MAX / 4 * 3);
	const bool	there = most != NULL;

	free(most);
	return there ? TOO_LARGE : FAILED;
}

static enum result
work(unsigned size)
{
	struct results	results;
	uint8_t	       *data;
	size_t		length;
	enum result	result;

	if ((result = input_read(&data, &length)) == DONE)
		result = image_convert((struct bytes){ data, length }, size,
		    &results);
	free(data);
	if (result == NO_MEMORY)
		return blame_for_memory();
	if (result != DONE)
		return result;
	result = results_write(&results);
	results_free(&results);
	return result;
}

int
main(int argc, char **argv)
{
	struct options	options = { .size = SIZE_DEFAULT };
	enum result	result;

	/* libjpeg and others would look there for orders. */
	(void)clearenv();
	if ((result = options_parse(argc, argv, &options)) == DONE &&
	    (result = sandbox_enter(options.best_effort)) == DONE)
		result = options.self_test ? sandbox_test() :
		    work(options.size);
	if (result != DONE)
		complain();
	/* Nothing is left to do at exit, least of all in the sandbox. */
	_exit((int)result);
}
