/*
 * The log: what the operator must know, one line an event, in UTC, of at most
 * 1024 bytes.  Control characters (text.h) and what is not UTF-8 are written
 * as \xNN, byte by byte.  Nobody passes a secret to it.
 *
 *	2026-01-31T23:59:59.999Z login[4711] info 192.0.2.7 text
 */
#ifndef DARBAN_LOG_H
#define DARBAN_LOG_H

#include "base/base.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG, LOG__MAX };

/* The name of this program in every line; kept, not copied. */
void	log_program(const char *name);

/* The client's address in the lines that follow, or NULL for "-"; kept. */
void	log_address(const char *address);

/* What is above `level` is left out; LOG_INFO at first. */
void	log_level(enum log_level level);

/*
 * Where lines go while there is no file: `sink` gets each finished line, its
 * newline included, and `arg`.  NULL: standard error.
 */
void	log_sink(void (*sink)(void *arg, const char *line, size_t size),
	    void *arg);

/*
 * Appends to the file at `path`, which is copied, from now on, reopened when
 * another file has come to stand there; NULL or "": back to the sink.  What
 * the file cannot take goes to the sink.
 */
void	log_file(const char *path);

/* Up to this level lines go to the sink as well as to the file. */
void	log_copy(enum log_level level);

void	log_error(const char *format, ...) PRINTF(1, 2);
void	log_warn(const char *format, ...) PRINTF(1, 2);
void	log_info(const char *format, ...) PRINTF(1, 2);
void	log_debug(const char *format, ...) PRINTF(1, 2);

#endif
