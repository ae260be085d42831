#include "base/base.h"
#include "base/err.h"
#include "base/conf.h"
#include "base/ctx.h"
#include "base/log.h"
#include "account/blocklist.h"

/*
 * The file as it is, between a newline and a NUL: a string literal of that
 * length is no C, and an array of pointers would be relocated at each start.
 */
__asm__(
	".pushsection .rodata\n"
	"compiled_in:\n"
	"	.ascii \"\\n\"\n"
	"	.incbin \"lib/account/blocklist.txt\"\n"
	"	.byte 0\n"
	".popsection\n");

extern const char compiled_in[] __attribute__((visibility("hidden")));

/* Line by line: somebody's list may have millions of them. */
static enum err
file_has(const char *path, const char *password, bool *out)
{
	char	*line = NULL;
	size_t	 size = 0;
	FILE	*file;
	bool	 found = false, failed;

	if ((file = fopen(path, "re")) == NULL) {
		log_error("password_blocklist: %s", strerror(errno));
		return E_CONFIG;
	}
	while (!found && getline(&line, &size, file) != -1) {
		line[strcspn(line, "\r\n")] = '\0';
		/* Whoever wrote it in upper case meant this as well. */
		found = strcasecmp(line, password) == 0;
	}
	failed = !found && !feof(file);
	if (failed)
		log_error("password_blocklist: %s", strerror(errno));
	free(line);
	(void)fclose(file);
	if (failed)
		return E_CONFIG;
	*out = found;
	return OK;
}

enum err
blocklist_has(const struct ctx *ctx, const char *password, bool *out)
{
	const size_t	 length = strlen(password);
	const char	*at = compiled_in + 1;

	if (ctx->conf->password_blocklist != NULL)
		return file_has(ctx->conf->password_blocklist, password, out);

	/* A line is what stands between two newlines, the last one's too. */
	*out = false;
	while (length > 0 && !*out && (at = strstr(at, password)) != NULL) {
		*out = at[-1] == '\n' && at[length] == '\n';
		at++;
	}
	return OK;
}
