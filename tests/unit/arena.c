#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <wchar.h>

#include "base/base.h"
#include "base/arena.h"

static int
set_up(void **state)
{
	return (*state = arena_new()) == NULL;
}

static int
tear_down(void **state)
{
	arena_free(*state);
	return 0;
}

static void
memory_is_zeroed_and_aligned(void **state)
{
	static const size_t sizes[] = { 0, 1, 2, 7, 16, 17, 1000, 16383,
	    16384, 16385, 100000, 3 };
	static const unsigned char zeros[100000];
	unsigned char *bytes;
	size_t i;

	for (i = 0; i < NELEMS(sizes); i++) {
		bytes = arena_alloc(*state, sizes[i]);
		assert_non_null(bytes);
		assert_int_equal((uintptr_t)bytes % _Alignof(max_align_t), 0);
		assert_memory_equal(bytes, zeros, sizes[i]);
		memset(bytes, 0xA5, sizes[i]);
	}
}

static void
allocations_do_not_overlap(void **state)
{
	enum { COUNT = 3000 };
	unsigned char *bytes[COUNT];
	size_t i, j, size;

	for (i = 0; i < COUNT; i++) {
		size = i % 61;
		bytes[i] = arena_alloc(*state, size);
		assert_non_null(bytes[i]);
		memset(bytes[i], (int)(i % 251), size);
	}
	for (i = 0; i < COUNT; i++)
		for (j = 0; j < i % 61; j++)
			assert_int_equal(bytes[i][j], i % 251);
}

static void
a_failure_is_remembered_until_the_wipe(void **state)
{
	static const size_t sizes[] = { SIZE_MAX, SIZE_MAX - 15,
	    SIZE_MAX - 63, SIZE_MAX / 2 + 1, PTRDIFF_MAX };
	size_t i;

	for (i = 0; i < NELEMS(sizes); i++) {
		assert_false(arena_failed(*state));
		assert_null(arena_alloc(*state, sizes[i]));
		assert_true(arena_failed(*state));
		assert_non_null(arena_alloc(*state, 10));
		assert_true(arena_failed(*state));
		arena_wipe(*state);
	}
	assert_false(arena_failed(*state));
	assert_non_null(arena_alloc(*state, 10));
}

static void
text_is_copied(void **state)
{
	char text[] = "doorkeeper";
	char *copy;

	copy = arena_strdup(*state, text);
	text[0] = 'D';
	assert_string_equal(copy, "doorkeeper");
	assert_string_equal(arena_strdup(*state, ""), "");
}

static void
a_part_of_text_ends_at_its_size_or_its_end(void **state)
{
	const char open_ended[] = { 'd', 'o', 'o', 'r' };

	assert_string_equal(arena_strndup(*state, "doorkeeper", 4), "door");
	assert_string_equal(arena_strndup(*state, "door", 400), "door");
	assert_string_equal(arena_strndup(*state, "door", 0), "");
	assert_string_equal(arena_strndup(*state, open_ended, 4), "door");
	assert_string_equal(arena_strndup(*state, "do\0or", 5), "do");
}

static void
no_text_passes_through_without_a_failure(void **state)
{
	assert_null(arena_strdup(*state, NULL));
	assert_null(arena_strndup(*state, NULL, 7));
	assert_false(arena_failed(*state));
}

static void
formatted_text_has_any_length(void **state)
{
	char *text;

	assert_string_equal(arena_printf(*state, "%s=%d", "a", 42), "a=42");
	assert_string_equal(arena_printf(*state, "%s", ""), "");
	text = arena_printf(*state, "%070000d|", 7);
	assert_int_equal(strlen(text), 70001);
	assert_string_equal(text + 69998, "07|");
}

static void
what_cannot_be_formatted_is_a_failure(void **state)
{
	/* No locale here has this character, so that printf gives up. */
	assert_null(arena_printf(*state, "%lc", (wint_t)0x7FFFFFFF));
	assert_true(arena_failed(*state));
}

/* How many of the bytes of a secret still stand where it stood. */
static size_t
remains(uintptr_t address, unsigned char byte, size_t size)
{
	unsigned char left[256] = { 0 };
	size_t i, count = 0;
	ssize_t n;
	int fd;

	/* Not through a pointer: the memory is no longer ours. */
	fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	assert_int_not_equal(fd, -1);
	n = pread(fd, left, size, (off_t)address);
	close(fd);
	for (i = 0; n > 0 && i < (size_t)n; i++)
		count += left[i] == byte;
	return count;
}

static void
a_wipe_overwrites_every_block(void **state)
{
	enum { COUNT = 600, SIZE = 200, SECRET = 0x5A };
	uintptr_t address[COUNT];
	void *secret;
	size_t i;

	for (i = 0; i < COUNT; i++) {
		secret = arena_alloc(*state, SIZE);
		assert_non_null(secret);
		memset(secret, SECRET, SIZE);
		address[i] = (uintptr_t)secret;
		assert_int_equal(remains(address[i], SECRET, SIZE), SIZE);
	}
	arena_wipe(*state);
	for (i = 0; i < COUNT; i++)
		assert_true(remains(address[i], SECRET, SIZE) < SIZE / 2);
}

static void
a_wiped_arena_gives_zeroed_memory_again(void **state)
{
	static const char zeros[500];
	char *bytes;
	int i;

	for (i = 0; i < 100; i++) {
		bytes = arena_alloc(*state, sizeof(zeros));
		assert_memory_equal(bytes, zeros, sizeof(zeros));
		memset(bytes, 0x5A, sizeof(zeros));
		arena_wipe(*state);
	}
}

static void
freeing_no_arena_is_nothing(void **_ UNUSED)
{
	arena_free(NULL);
}

#define WITH_ARENA(f)	cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_ARENA(memory_is_zeroed_and_aligned),
		WITH_ARENA(allocations_do_not_overlap),
		WITH_ARENA(a_failure_is_remembered_until_the_wipe),
		WITH_ARENA(text_is_copied),
		WITH_ARENA(a_part_of_text_ends_at_its_size_or_its_end),
		WITH_ARENA(no_text_passes_through_without_a_failure),
		WITH_ARENA(formatted_text_has_any_length),
		WITH_ARENA(what_cannot_be_formatted_is_a_failure),
		WITH_ARENA(a_wipe_overwrites_every_block),
		WITH_ARENA(a_wiped_arena_gives_zeroed_memory_again),
		cmocka_unit_test(freeing_no_arena_is_nothing),
	};

	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
