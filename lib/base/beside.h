/*
 * Files that come with this program and lie near it, wherever that is: in
 * the build's directory, in that of a hosting customer, where it was
 * installed.
 */
#ifndef DARBAN_BESIDE_H
#define DARBAN_BESIDE_H

#include "base/base.h"

/*
 * The first of `count` places, each relative to the program's directory and
 * with a slash at its end, in which there is a `name` that belongs to root or
 * to who owns the program: not what a stranger has put into a directory that
 * we share, /tmp say.  False where there is none.
 */
bool	beside_find(const char *const *places, size_t count,
	    const char *name, char out[PATH_MAX]) NODISCARD;

#endif
