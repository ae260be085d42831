#include "base/base.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/id.h"
#include "base/text.h"
#include "store/sql.h"
#include "store/sqlite.h"

void
sqlite_put_id(struct sql *db, const struct id *id)
{
	if (id == NULL)
		sql_put_blob(db, NULL, 0);
	else
		sql_put_blob(db, id->b, sizeof(id->b));
}

void
sqlite_get_id(struct sql *db, struct id *out)
{
	sqlite_get_bytes(db, out->b, sizeof(out->b));
}

/*
 * Nothing of ours wrote text that is not UTF-8, and no JSON can carry it: it
 * counts as none.
 */
const char *
sqlite_get_text(struct sql *db, struct arena *arena)
{
	const void	*bytes;
	char		*text;
	size_t		 size;

	if ((bytes = sql_get_bytes(db, &size)) == NULL ||
	    !text_is_valid(bytes, size))
		return NULL;
	if ((text = arena_strndup(arena, bytes, size)) == NULL)
		sql_fail(db, E_INTERNAL);
	return text;
}

const char *
sqlite_get_some_text(struct sql *db, struct arena *arena)
{
	const char *text = sqlite_get_text(db, arena);

	return text == NULL ? "" : text;
}

void
sqlite_get_bytes(struct sql *db, void *out, size_t size)
{
	const void	*bytes;
	size_t		 found;

	bytes = sql_get_bytes(db, &found);
	if (bytes != NULL && found == size)
		memcpy(out, bytes, size);
	else
		sql_fail(db, E_INTERNAL);
}

enum err
sqlite_number(struct sql *db, const char *text, int64_t *out)
{
	int64_t		number = 0;
	enum err	err;

	sql_query(db, text);
	if (sql_row(db))
		number = sql_get_int(db);
	if ((err = sql_end(db)) == OK)
		*out = number;
	return err;
}
