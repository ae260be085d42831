#include <fcntl.h>
#include <time.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/slot.h"

/* How long a process that found every slot taken sleeps, in nanoseconds. */
enum { PAUSE = 5 * 1000 * 1000 };

/*
 * Locks of open file descriptions, not of processes: the descriptor is the
 * slot, and closing another one of the same file does not give it back.
 */
static enum err
slot_try(const char *directory, const char *what, size_t number, int *out)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char path[PATH_MAX];
	enum err err;
	int fd, length;

	length = snprintf(path, sizeof(path), "%s/%s-%zu.lock", directory,
	    what, number);
	if (length < 0 || (size_t)length >= sizeof(path)) {
		log_error("slot: the path of the directory is too long");
		return E_UNAVAILABLE;
	}
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd == -1) {
		log_error("slot: %s: %s", path, strerror(errno));
		return E_UNAVAILABLE;
	}
	if (fcntl(fd, F_OFD_SETLK, &lock) == 0) {
		*out = fd;
		return OK;
	}

	err = E_BUSY;
	if (errno != EAGAIN && errno != EACCES) {
		log_error("slot: %s: %s", path, strerror(errno));
		err = E_UNAVAILABLE;
	}
	close(fd);
	return err;
}

/* Each slot once; the processes start at different ones. */
static enum err
slot_try_all(const char *directory, const char *what, size_t count, int *out)
{
	size_t i, start;
	enum err err = E_BUSY;

	start = (size_t)getpid() % count;
	for (i = 0; i < count && err == E_BUSY; i++)
		err = slot_try(directory, what, (start + i) % count, out);
	return err;
}

enum err
slot_take(const char *directory, const char *what, size_t count,
    int64_t patience, int *out)
{
	const struct timespec pause = { .tv_nsec = PAUSE };
	int64_t deadline;
	enum err err;

	assert(count > 0);
	deadline = clock_monotonic() + patience;
	while ((err = slot_try_all(directory, what, count, out)) == E_BUSY &&
	    clock_monotonic() < deadline)
		nanosleep(&pause, NULL);
	return err;
}

void
slot_release(int slot)
{
	close(slot);
}
