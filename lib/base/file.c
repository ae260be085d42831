#include "base/base.h"
#include "base/file.h"

bool
file_write(int fd, const void *bytes, size_t size)
{
	const char	*rest = bytes;
	ssize_t		 n;

	for (; size > 0; rest += n, size -= (size_t)n) {
		n = write(fd, rest, size);
		if (n == -1 && errno == EINTR)
			n = 0;
		else if (n == -1)
			return false;
	}
	return true;
}
