/*
 * Where pictures lie: `avatar_dir`, whose files the web server hands out under
 * `avatar_url`.  A picture is two files, `<32 hex digits>.jpg` (or .webp) and
 * `<the same>-96.jpg`; the digits are random, so that nobody guesses them, and
 * what stands in a file never changes.
 */
#ifndef DARBAN_GALLERY_H
#define DARBAN_GALLERY_H

#include "base/ctx.h"
#include "avatar/picture.h"

enum { DIGITS_SIZE = 16 };	/* bytes that the hex digits stand for */

/*
 * The digits in the name of a file that gallery_add made, or in an address
 * that ends with one; false where it is another name.  Behind them, `*rest`
 * is "-96.jpg", say.
 */
bool		gallery_digits(const char *name,
		    unsigned char digits[DIGITS_SIZE], const char **rest)
		    NODISCARD;

/*
 * Writes both files, to the disk before it is OK, and makes the address of
 * the larger, absolute where `origin` is set.  E_FULL: no room;
 * E_UNAVAILABLE: the directory cannot be written (the log says why);
 * E_INTERNAL.  Where it fails nothing is left behind.
 */
enum err	gallery_add(struct ctx *ctx, const struct picture *picture,
		    const char **address) NODISCARD;

/*
 * Removes the files of an address that gallery_add made.  An address of
 * another system, "", `avatar_default`, which is everybody's, and one whose
 * files are gone are nothing; what cannot be removed now is collected later,
 * and the log says why.
 */
void		gallery_remove(struct ctx *ctx, const char *address);

/*
 * Removes the files to which neither an account nor `avatar_default` refers
 * and that are older than an hour: by then nobody is about to write their
 * address.  With `only_count` none is removed.  `*count` is how many.  Nothing
 * is removed where the accounts cannot all be read.  E_UNAVAILABLE,
 * E_INTERNAL.
 */
enum err	gallery_collect(struct ctx *ctx, bool only_count,
		    int64_t *count) NODISCARD;

#endif
