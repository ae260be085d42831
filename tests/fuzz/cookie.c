/* A Cookie header. */
#include "fuzz.h"
#include "http/cookie.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ctx	*ctx = fuzz_ctx();
	char		*header = fuzz_text(data, size);
	const char	*values[COOKIE__MAX], *value;
	enum cookie	 cookie;
	enum err	 err;

	err = cookies_find(ctx, header, values);
	assert(err == OK || err == E_AMBIGUOUS);
	for (cookie = 0; err == OK && cookie < COOKIE__MAX; cookie++) {
		if ((value = values[cookie]) == NULL)
			continue;
		assert(*value != '\0' && strcmp(value, "undefined") != 0);
		assert(strpbrk(value, ",;") == NULL);
		assert(strstr(header, value) != NULL);
		assert(strstr(header, "__Host-") != NULL);
	}
	free(header);
	return 0;
}
