/*
 * Memory that fails: one allocation, or all from that one on, whoever asks
 * for it, the libraries included.
 */
#ifndef DARBAN_TESTS_NO_MEMORY_H
#define DARBAN_TESTS_NO_MEMORY_H

#include <dlfcn.h>

#include "base/base.h"

/*
 * Allocations until one fails; 0: none does.  Volatile, because a compiler
 * knows what malloc does, and that it changes nothing of ours.
 */
static struct {
	volatile long	countdown;
	volatile bool	has_failed;
	bool		is_lasting;
} memory;

#define INTERPOSED __attribute__((visibility("default")))

static inline bool
is_next(void)
{
	if (memory.has_failed)
		return memory.is_lasting;
	if (memory.countdown == 0 || --memory.countdown > 0)
		return false;
	memory.has_failed = true;
	return true;
}

static inline void
find_real(const char *name, void *function, size_t size)
{
	void *symbol = dlsym(RTLD_NEXT, name);

	memcpy(function, &symbol, size);
}

INTERPOSED void *
malloc(size_t size)
{
	static void	*(*real)(size_t);

	if (real == NULL)
		find_real("malloc", &real, sizeof(real));
	return is_next() ? NULL : real(size);
}

INTERPOSED void *
calloc(size_t count, size_t size)
{
	static void	*(*real)(size_t, size_t);

	if (real == NULL)
		find_real("calloc", &real, sizeof(real));
	return is_next() ? NULL : real(count, size);
}

INTERPOSED void *
realloc(void *old, size_t size)
{
	static void	*(*real)(void *, size_t);

	if (real == NULL)
		find_real("realloc", &real, sizeof(real));
	return is_next() ? NULL : real(old, size);
}

/* From now on, allocation number `k`; and with `is_lasting` all behind it. */
static inline void
memory_fail(long k, bool is_lasting)
{
	memory.is_lasting = is_lasting;
	memory.countdown = k;
}

/* Enough again: whether any has failed. */
static inline bool
memory_mend(void)
{
	const bool has_failed = memory.has_failed;

	memory.countdown = 0;
	memory.has_failed = false;
	return has_failed;
}

/* Under valgrind no allocation comes this way, so that none fails. */
static inline bool
memory_can_fail(void)
{
	void *volatile piece;

	memory_fail(1, false);
	piece = malloc(1);
	free(piece);
	return memory_mend();
}

#endif
