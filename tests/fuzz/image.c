/* A picture, and all that the worker does with it, outside of its sandbox. */
#include "../../bin/darban-image/image.h"

/* libFuzzer calls it with one input after the other. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What came out goes in again, and is then of no format but its own. */
static void
check_file(const struct file *file, const char *format)
{
	struct results again;

	assert(file->size > 12);
	assert(memcmp(file->data, strcmp(format, "jpg") == 0 ? "\xff\xd8\xff" :
	    "RIF", 3) == 0);
	assert(image_convert((struct bytes){ file->data, file->size },
	    SIZE_MAX_ASKED, &again) == DONE);
	assert(strcmp(again.format, format) == 0);
	results_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* The longer the file, the larger the picture: it is as good as any. */
	const unsigned	asked = SIZE_LEAST + (unsigned)(size % 64);
	struct results	results;
	enum result	result;

	result = image_convert((struct bytes){ data, size }, asked, &results);
	assert(result == DONE || result == NOT_A_PICTURE ||
	    result == TOO_LARGE || result == NO_MEMORY);
	if (result != DONE) {
		assert(*result_reason() != '\0' &&
		    strchr(result_reason(), '\n') == NULL);
		return 0;
	}
	check_file(&results.large, results.format);
	check_file(&results.small, results.format);
	results_free(&results);
	return 0;
}
