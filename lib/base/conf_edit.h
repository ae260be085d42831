/*
 * Changing a configuration as a careful person would: one setting, with every
 * other byte of the file left as it is, and never a half of it to be seen.
 * Who else edits the file this way waits meanwhile.
 */
#ifndef DARBAN_CONF_EDIT_H
#define DARBAN_CONF_EDIT_H

#include "base/base.h"
#include "base/arena.h"
#include "base/err.h"

struct conf_edit;

/*
 * Waits for the file at `path` to be nobody else's, and reads it into the
 * arena.  E_UNAVAILABLE: errno says why; E_INTERNAL: no memory.
 */
enum err	 conf_edit_begin(struct arena *arena, const char *path,
		    struct conf_edit **out) NODISCARD;

/* The value that the setting has in the file, or NULL: it is not there. */
const char	*conf_edit_value(const struct conf_edit *edit,
		    const char *name);

/*
 * Another value for a setting that is there.  False: its line would be longer
 * than a configuration's may be.
 */
bool		 conf_edit_set(struct conf_edit *edit, const char *name,
		    const char *value) NODISCARD;

/*
 * What stands behind `prefix`, which begins with '#', in the one comment that
 * begins with it; NULL: there is none.
 */
const char	*conf_edit_comment(const struct conf_edit *edit,
		    const char *prefix);

/* Takes that comment away, or puts one above the setting `name`. */
void		 conf_edit_uncomment(struct conf_edit *edit,
		    const char *prefix);
void		 conf_edit_put_comment(struct conf_edit *edit,
		    const char *name, const char *comment);

/*
 * Puts the file, with the mode and the owner of the old one, in its place,
 * once it has been read without an error; each is told to `complain`.
 * E_CONFIG: there was one; E_STALE: somebody has changed the file meanwhile;
 * E_UNAVAILABLE: errno says why; E_INTERNAL: no memory.
 */
enum err	 conf_edit_commit(struct conf_edit *edit,
		    void (*complain)(void *arg, const char *line), void *arg)
		    NODISCARD;

/* Gives the file free, whatever came of it; NULL is nothing. */
void		 conf_edit_end(struct conf_edit *edit);

#endif
