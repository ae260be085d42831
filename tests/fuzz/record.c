/*
 * A file of accounts: whatever is accepted could be stored, and written again
 * and read it is the same account.
 */
#include <sys/mman.h>

#include "fuzz.h"
#include "base/json.h"
#include "base/lines.h"
#include "account/password.h"
#include "account/record.h"

static void
check_text(const char *text)
{
	assert(text == NULL || text_is_valid(text, strlen(text)));
}

static void
check_user(const struct user *user)
{
	assert((user->username != NULL && *user->username != '\0') ||
	    (user->email != NULL && *user->email != '\0'));
	check_text(user->username);
	check_text(user->email);
	check_text(user->full_name);
	check_text(user->avatar);
	check_text(user->cover_image);
	check_text(user->legacy_token);
	assert(password_is_known(user->password));
	assert(user->epoch >= 0);
}

static void
check_record(struct arena *arena, const char *text, size_t size)
{
	struct record	 record, again;
	const char	*problem = NULL;
	char		*once, *twice;
	enum err	 err;

	err = record_read(arena, text, size, &record, &problem);
	assert(err == OK || (err == E_MEMBER && problem != NULL));
	if (err != OK)
		return;
	check_user(&record.user);
	once = json_print(arena, record_make(arena, &record.user));
	assert(once != NULL);
	assert(record_read(arena, once, strlen(once), &again,
	    &problem) == OK);
	assert(again.lost_count == 0);
	twice = json_print(arena, record_make(arena, &again.user));
	assert(twice != NULL && strcmp(once, twice) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int	 file = -1;
	struct ctx	*ctx = fuzz_ctx();
	struct lines	*lines;
	const char	*text;
	size_t		 length, number = 0, all = 0;

	if (file == -1)
		assert((file = memfd_create("fuzz", MFD_CLOEXEC)) != -1);
	assert(ftruncate(file, 0) == 0);
	assert(pwrite(file, data, size, 0) == (ssize_t)size);
	assert(lseek(file, 0, SEEK_SET) == 0);
	assert((lines = lines_new(file)) != NULL);
	while (lines_next(lines, &text, &length) == OK) {
		assert(length > 0 && lines_number(lines) > number);
		number = lines_number(lines);
		all += length;
		check_record(ctx->arena, text, length);
	}
	assert(all <= size && lines_offset(lines) == (int64_t)size);
	lines_free(lines);
	return 0;
}
