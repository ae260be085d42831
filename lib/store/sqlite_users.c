#include "base/base.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/id.h"
#include "store/sql.h"
#include "store/sqlite.h"
#include "store/store.h"

/* Each name is looked up in its own index, and only while none was found. */
static const char by_login[] =
    "SELECT " USER_COLUMNS " FROM users u WHERE u.rowid = coalesce("
    "(SELECT rowid FROM users WHERE username = ?), "
    "(SELECT rowid FROM users WHERE username = ?), "
    "(SELECT rowid FROM users WHERE email = ?), "
    "(SELECT rowid FROM users WHERE email = ?))";

static const char by_id[] =
    "SELECT " USER_COLUMNS " FROM users u WHERE u.id = ?";

static const char list_after[] =
    "SELECT " USER_COLUMNS ", u.legacy_token FROM users u WHERE u.id > ? "
    "ORDER BY u.id LIMIT ?";

static const char is_there[] = "SELECT 1 FROM users WHERE id = ?";

static const char remove_one[] = "DELETE FROM users WHERE id = ?";

static void
get_watch_history(struct sql *db, struct arena *arena, struct user *out)
{
	const void	*bytes;
	struct id	*history;
	size_t		 size;

	if ((bytes = sql_get_bytes(db, &size)) == NULL || size == 0)
		return;
	if ((history = arena_alloc(arena, size)) == NULL) {
		sql_fail(db, E_INTERNAL);
		return;
	}
	memcpy(history, bytes, size);
	out->watch_history = history;
	out->watch_count = size / sizeof(*history);
}

void
sqlite_get_user(struct sql *db, struct arena *arena, struct user *out)
{
	*out = (struct user){ 0 };
	sqlite_get_id(db, &out->id);
	out->username = sqlite_get_text(db, arena);
	out->email = sqlite_get_text(db, arena);
	out->full_name = sqlite_get_text(db, arena);
	out->avatar = sqlite_get_some_text(db, arena);
	out->cover_image = sqlite_get_some_text(db, arena);
	out->password = sqlite_get_some_text(db, arena);
	out->created_at = sql_get_int(db);
	out->updated_at = sql_get_int(db);
	out->version = sql_get_int(db);
	out->epoch = sql_get_int(db);
	out->disabled = sql_get_int(db) != 0;
	get_watch_history(db, arena, out);
}

/* The current statement finds one account or none. */
static enum err
find(struct sql *db, struct arena *arena, struct user *out)
{
	struct user	user;
	bool		is_found;
	enum err	err;

	if ((is_found = sql_row(db)))
		sqlite_get_user(db, arena, &user);
	if ((err = sql_end(db)) != OK)
		return err;
	if (!is_found)
		return E_NOT_FOUND;
	*out = user;
	return OK;
}

enum err
sqlite_user_by_login(struct store *store, struct arena *arena,
    const struct login_names *names, struct user *out)
{
	struct sql *db = sqlite_of(store)->db;

	sql_query(db, by_login);
	sql_put_text(db, names->username);
	sql_put_text(db, names->username_nfc);
	sql_put_text(db, names->email);
	sql_put_text(db, names->email_lower);
	return find(db, arena, out);
}

enum err
sqlite_user_by_id(struct store *store, struct arena *arena,
    const struct id *id, struct user *out)
{
	struct sql *db = sqlite_of(store)->db;

	sql_query(db, by_id);
	sqlite_put_id(db, id);
	return find(db, arena, out);
}

enum err
sqlite_user_list_after(struct store *store, struct arena *arena,
    const struct id *after, size_t limit, struct user *out, size_t *count)
{
	struct sql	*db = sqlite_of(store)->db;
	struct user	*users;
	size_t		 n = 0;
	enum err	 err;

	if ((users = arena_alloc(arena, limit * sizeof(*users))) == NULL)
		return E_INTERNAL;
	sql_query(db, list_after);
	sqlite_put_id(db, after);
	sql_put_int(db, (int64_t)limit);
	for (; n < limit && sql_row(db); n++) {
		sqlite_get_user(db, arena, &users[n]);
		users[n].legacy_token = sqlite_get_text(db, arena);
	}
	if ((err = sql_end(db)) != OK)
		return err;

	memcpy(out, users, n * sizeof(*out));
	*count = n;
	return OK;
}

/* A statement that names only what it writes; sql.c keeps it by its text. */
static void
query_update(struct sql *db, unsigned fields,
    const struct user_expected *expected)
{
	static const struct {
		unsigned	 field;
		const char	*text;
	} set[] = {
		{ USER_USERNAME, ", username = ?" },
		{ USER_EMAIL, ", email = ?" },
		{ USER_FULL_NAME, ", full_name = ?" },
		{ USER_AVATAR, ", avatar = ?" },
		{ USER_COVER_IMAGE, ", cover_image = ?" },
		{ USER_PASSWORD, ", password = ?" },
		{ USER_DISABLED, ", disabled = ?" },
		{ USER_EPOCH, ", epoch = epoch + 1, legacy_token = NULL" },
	};
	char	text[384] = "UPDATE users SET updated_at = ?";
	size_t	i, end = strlen(text);

	for (i = 0; i < NELEMS(set); i++)
		if (fields & set[i].field)
			end += (size_t)snprintf(text + end,
			    sizeof(text) - end, "%s", set[i].text);
	end += (size_t)snprintf(text + end, sizeof(text) - end,
	    " WHERE id = ?%s%s%s",
	    expected->password != NULL ? " AND password = ?" : "",
	    expected->avatar != NULL ? " AND avatar = ?" : "",
	    expected->cover_image != NULL ? " AND cover_image = ?" : "");
	assert(end < sizeof(text));
	sql_query(db, text);
}

static enum err
run_update(struct sql *db, const struct user *user, unsigned fields,
    const struct user_expected *expected)
{
	query_update(db, fields, expected);
	sql_put_int(db, user->updated_at);
	if (fields & USER_USERNAME)
		sql_put_text(db, user->username);
	if (fields & USER_EMAIL)
		sql_put_text(db, user->email);
	if (fields & USER_FULL_NAME)
		sql_put_text(db, user->full_name);
	if (fields & USER_AVATAR)
		sql_put_text(db, user->avatar);
	if (fields & USER_COVER_IMAGE)
		sql_put_text(db, user->cover_image);
	if (fields & USER_PASSWORD)
		sql_put_text(db, user->password);
	if (fields & USER_DISABLED)
		sql_put_int(db, user->disabled);
	sqlite_put_id(db, &user->id);
	if (expected->password != NULL)
		sql_put_text(db, expected->password);
	if (expected->avatar != NULL)
		sql_put_text(db, expected->avatar);
	if (expected->cover_image != NULL)
		sql_put_text(db, expected->cover_image);
	return sql_run(db);
}

/* Why an update met no row. */
static enum err
why_not(struct sql *db, const struct id *id)
{
	bool		is_found;
	enum err	err;

	sql_query(db, is_there);
	sqlite_put_id(db, id);
	is_found = sql_row(db);
	if ((err = sql_end(db)) != OK)
		return err;
	return is_found ? E_STALE : E_NOT_FOUND;
}

enum err
sqlite_user_update(struct store *store, const struct user *user,
    unsigned fields, const struct user_expected *expected, bool _ UNUSED,
    unsigned *taken)
{
	static const struct user_expected	 anything;
	struct sqlite				*sq = sqlite_of(store);
	enum err				 err;

	if ((err = sqlite_write(sq, SYNC_FULL)) != OK)
		return err;
	err = run_update(sq->db, user, fields,
	    expected != NULL ? expected : &anything);
	if (err == E_EXISTS)
		err = sqlite_find_taken(sq->db, user, fields, taken);
	else if (err == OK && sql_changes(sq->db) == 0)
		err = why_not(sq->db, &user->id);
	return sqlite_written(sq, err);
}

enum err
sqlite_user_remove(struct store *store, const struct id *id)
{
	struct sqlite	*sq = sqlite_of(store);
	enum err	 err;

	if ((err = sqlite_write(sq, SYNC_FULL)) != OK)
		return err;
	sql_query(sq->db, remove_one);
	sqlite_put_id(sq->db, id);
	if ((err = sql_run(sq->db)) == OK && sql_changes(sq->db) == 0)
		err = E_NOT_FOUND;
	return sqlite_written(sq, err);
}
