/* Files, where POSIX leaves a loop to everybody. */
#ifndef DARBAN_FILE_H
#define DARBAN_FILE_H

#include "base/base.h"

/* Writes all of it, whatever interrupts; false: errno says why not. */
bool	file_write(int fd, const void *bytes, size_t size) NODISCARD;

#endif
