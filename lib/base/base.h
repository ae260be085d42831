/*
 * What every file may use: the standard headers, three attributes, and a list
 * of functions that nobody may use.  A file that includes a foreign library
 * includes it before this one, because some of their headers name the
 * poisoned functions.
 */
#ifndef DARBAN_BASE_H
#define DARBAN_BASE_H

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#ifdef NDEBUG
#error "assertions guard against programmer errors in release builds too"
#endif

#define NODISCARD	__attribute__((warn_unused_result))
#define PRINTF(f, a)	__attribute__((format(printf, f, a)))

/* A parameter that a function must take but does not use is named `_`. */
#define UNUSED		__attribute__((unused))

#define NELEMS(a)	(sizeof(a) / sizeof((a)[0]))

#pragma GCC poison strcpy strcat sprintf vsprintf atoi atol strtok gets

#endif
