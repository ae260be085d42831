/* Passwords that everybody tries first, and that nobody may choose. */
#ifndef DARBAN_BLOCKLIST_H
#define DARBAN_BLOCKLIST_H

#include "base/ctx.h"

/*
 * Whether `password`, in NFC and in lower case, is a line of the list that is
 * compiled in (blocklist.txt, in lower case), or of the configuration's
 * `password_blocklist` instead.  E_CONFIG: that cannot be read, and the log
 * says why.
 */
enum err	blocklist_has(const struct ctx *ctx, const char *password,
		    bool *out) NODISCARD;

#endif
