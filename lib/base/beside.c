#include <sys/stat.h>

#include "base/base.h"
#include "base/beside.h"

/* Where the program lies, and a slash. */
static bool
find_program(char *out, size_t size)
{
	ssize_t	 length;
	char	*slash;

	length = readlink("/proc/self/exe", out, size - 1);
	if (length <= 0 || (size_t)length >= size - 1)
		return false;
	out[length] = '\0';
	if ((slash = strrchr(out, '/')) == NULL)
		return false;
	slash[1] = '\0';
	return true;
}

static bool
is_ours(const char *path)
{
	struct stat file, program;

	return stat(path, &file) == 0 &&
	    stat("/proc/self/exe", &program) == 0 &&
	    (file.st_uid == 0 || file.st_uid == program.st_uid);
}

bool
beside_find(const char *const *places, size_t count, const char *name,
    char out[PATH_MAX])
{
	char	directory[PATH_MAX / 2];
	size_t	i;
	int	length;

	if (!find_program(directory, sizeof(directory)))
		return false;
	for (i = 0; i < count; i++) {
		length = snprintf(out, PATH_MAX, "%s%s%s", directory,
		    places[i], name);
		if (length > 0 && length < PATH_MAX && is_ours(out))
			return true;
	}
	return false;
}
