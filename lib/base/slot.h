/*
 * At most `count` processes of this host do something at a time: whoever
 * holds a slot holds a lock on one of `count` files in a directory, which the
 * kernel gives back when the process ends.
 */
#ifndef DARBAN_SLOT_H
#define DARBAN_SLOT_H

#include "base/base.h"
#include "base/err.h"

/*
 * Waits at most `patience` milliseconds for one of `count` slots for `what`,
 * a word, in `directory`; the result is for slot_release.  E_BUSY: none came
 * free; E_UNAVAILABLE: the directory cannot be written (the log says why).
 */
enum err	slot_take(const char *directory, const char *what,
		    size_t count, int64_t patience, int *out) NODISCARD;

void		slot_release(int slot);

#endif
