/* Records of a file that may be larger than memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/socket.h>

#include "base/base.h"
#include "base/err.h"
#include "base/lines.h"

/* A file with this in it, at its beginning. */
static int
file_of(const char *text, size_t size)
{
	FILE	*file = tmpfile();
	int	 fd;

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, size, file), size);
	assert_int_equal(fflush(file), 0);
	assert_true((fd = dup(fileno(file))) != -1);
	(void)fclose(file);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static struct lines *
lines_of(const char *text, size_t size)
{
	struct lines *lines = lines_new(file_of(text, size));

	assert_non_null(lines);
	return lines;
}

static void
assert_record(struct lines *lines, size_t number, const char *expected)
{
	const char	*text;
	char		 copy[256];
	size_t		 size;

	assert_int_equal(lines_next(lines, &text, &size), OK);
	assert_true(size < sizeof(copy));
	memcpy(copy, text, size);
	copy[size] = '\0';
	assert_string_equal(copy, expected);
	assert_int_equal(lines_number(lines), number);
}

static void
assert_end(struct lines *lines)
{
	const char	*text;
	size_t		 size;

	assert_int_equal(lines_next(lines, &text, &size), E_NOT_FOUND);
	assert_int_equal(lines_next(lines, &text, &size), E_NOT_FOUND);
	lines_free(lines);
}

#define LINES(text) lines_of(text, sizeof(text) - 1)

static void
a_record_is_a_line_and_blank_ones_are_counted(void **_ UNUSED)
{
	struct lines *lines;

	lines = LINES("{\"a\":1}\n\n \t\r\nsecond\r\nthird");
	assert_record(lines, 1, "{\"a\":1}\n");
	assert_record(lines, 4, "second\r\n");
	assert_record(lines, 5, "third");
	assert_int_equal(lines_offset(lines), 26);
	assert_end(lines);

	assert_end(LINES(""));
	assert_end(LINES("\n\n"));
	lines = LINES("\xef\xbb\xbf{}\n");
	assert_record(lines, 1, "{}\n");
	assert_end(lines);
}

static void
a_line_may_have_anything_in_it(void **_ UNUSED)
{
	static const char	 odd[] = "a\0b\xff\n}}}{\"\n[1]\n";
	struct lines		*lines = lines_of(odd, sizeof(odd) - 1);
	const char		*text;
	size_t			 size;

	assert_int_equal(lines_next(lines, &text, &size), OK);
	assert_int_equal(size, 5);
	assert_memory_equal(text, odd, 5);
	assert_record(lines, 2, "}}}{\"\n");
	assert_record(lines, 3, "[1]\n");
	assert_end(lines);
}

static void
an_array_is_its_objects(void **_ UNUSED)
{
	struct lines *lines;

	lines = LINES("[{\"a\":[{}]},{\"b\":\"}]\\\"{\"},\n  {}\n]\n");
	assert_record(lines, 1, "{\"a\":[{}]}");
	assert_record(lines, 2, "{\"b\":\"}]\\\"{\"}");
	assert_record(lines, 3, "{}");
	assert_end(lines);
	assert_end(LINES("[]"));

	/* What is none goes to the end of its line, and the next is read. */
	lines = LINES("[ nonsense,\n{}, 7\n, {\"c\":2}]");
	assert_record(lines, 1, "nonsense,\n");
	assert_record(lines, 2, "{}");
	assert_record(lines, 3, "7\n");
	assert_record(lines, 4, "{\"c\":2}");
	assert_end(lines);

	/* One that does not end is what is left. */
	lines = LINES("[{\"a\":1},{\"b\":{");
	assert_record(lines, 1, "{\"a\":1}");
	assert_record(lines, 2, "{\"b\":{");
	assert_end(lines);
}

static void
objects_may_be_laid_out(void **_ UNUSED)
{
	struct lines *lines;

	lines = LINES("{\n  \"a\": {\n  }\n}\n{\n  \"b\": 2\n}\n");
	assert_record(lines, 1, "{\n  \"a\": {\n  }\n}");
	assert_record(lines, 2, "{\n  \"b\": 2\n}");
	assert_end(lines);
}

/* So many bytes of a text value, in a line or an object of `size` bytes. */
static char *
long_record(size_t size)
{
	char *text = malloc(size + 1);

	assert_non_null(text);
	memset(text, 'x', size);
	memcpy(text, "{\"a\":\"", 6);
	memcpy(text + size - 2, "\"}", 2);
	text[size] = '\n';
	return text;
}

/* Behind one of `size` bytes the next one is read as if nothing had been. */
static void
check_long(const char *before, size_t size, const char *after, enum err err)
{
	char		*record = long_record(size), *whole;
	const char	*text;
	struct lines	*lines;
	size_t		 length, all;

	all = strlen(before) + size + strlen(after);
	assert_non_null(whole = malloc(all));
	memcpy(whole, before, strlen(before));
	memcpy(whole + strlen(before), record, size);
	memcpy(whole + strlen(before) + size, after, strlen(after));
	lines = lines_of(whole, all);
	assert_int_equal(lines_next(lines, &text, &length), err);
	assert_int_equal(lines_number(lines), 1);
	if (err == OK) {
		assert_true(length >= size);
		assert_memory_equal(text, record, size);
	}
	assert_record(lines, 2, "{}");
	assert_end(lines);
	free(whole);
	free(record);
}

static void
a_record_may_be_long_but_not_without_end(void **_ UNUSED)
{
	const size_t chunk = 256 * 1024;

	check_long("", 5 * chunk + 7, "\n{}", OK);
	check_long("", LINES_MAX - 1, "\n{}", OK);
	check_long("", LINES_MAX, "\n{}", E_TOO_LARGE);
	check_long("", LINES_MAX + 5 * chunk + 7, "\n{}", E_TOO_LARGE);
	check_long("", 3 * (size_t)LINES_MAX, "\n{}", E_TOO_LARGE);
	check_long("[", LINES_MAX, ",{}]", OK);
	check_long("[", LINES_MAX + 1, ",{}]", E_TOO_LARGE);
	check_long("[", 3 * (size_t)LINES_MAX + 1, ",{}]", E_TOO_LARGE);
}

static void
what_cannot_be_read_is_an_error_and_no_end(void **_ UNUSED)
{
	struct lines	*lines = lines_new(-1);
	const char	*text;
	size_t		 size;

	assert_non_null(lines);
	assert_int_equal(lines_next(lines, &text, &size), E_UNAVAILABLE);
	assert_int_equal(errno, EBADF);
	lines_free(lines);
}

/* Each byte is a datagram, which is what one read gives. */
static struct lines *
in_pieces(const char *all)
{
	struct lines	*lines;
	int		 ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	for (; *all != '\0'; all++)
		assert_int_equal(send(ends[1], all, 1, 0), 1);
	(void)close(ends[1]);
	assert_non_null(lines = lines_new(ends[0]));
	return lines;
}

static void
a_record_may_come_in_pieces(void **_ UNUSED)
{
	struct lines *lines;

	lines = in_pieces("[{\"a\":\"\\\"}\"},\n{}]");
	assert_record(lines, 1, "{\"a\":\"\\\"}\"}");
	assert_record(lines, 2, "{}");
	assert_end(lines);
	lines = in_pieces("\xef\xbb\xbf\n { \r\n}\n{}");
	assert_record(lines, 1, "{ \r\n}");
	assert_record(lines, 2, "{}");
	assert_end(lines);
	lines = in_pieces("\xef\xbb\xbf{ \"\n{\"\n");
	assert_record(lines, 1, "{ \"\n");
	assert_record(lines, 2, "{\"\n");
	assert_end(lines);
	lines = in_pieces("{");
	assert_record(lines, 1, "{");
	assert_end(lines);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_is_a_line_and_blank_ones_are_counted),
		cmocka_unit_test(a_line_may_have_anything_in_it),
		cmocka_unit_test(an_array_is_its_objects),
		cmocka_unit_test(objects_may_be_laid_out),
		cmocka_unit_test(a_record_may_be_long_but_not_without_end),
		cmocka_unit_test(what_cannot_be_read_is_an_error_and_no_end),
		cmocka_unit_test(a_record_may_come_in_pieces),
	};

	return cmocka_run_group_tests_name("lines", tests, NULL, NULL);
}
