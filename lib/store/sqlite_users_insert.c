/* New accounts, one or many at a time. */
#include "base/base.h"
#include "base/err.h"
#include "base/id.h"
#include "store/sql.h"
#include "store/sqlite.h"
#include "store/store.h"

#define INSERT \
    "INSERT INTO users (id, username, email, full_name, avatar, cover_image, " \
    "password, created_at, updated_at, version, epoch, disabled, " \
    "watch_history, legacy_token) " \
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

static const char insert[] = INSERT;

static const char insert_new[] = INSERT " ON CONFLICT (id) DO NOTHING";

static const char others[] =
    "SELECT EXISTS (SELECT 1 FROM users WHERE username = ? AND id <> ?), "
    "EXISTS (SELECT 1 FROM users WHERE email = ? AND id <> ?)";

enum err
sqlite_find_taken(struct sql *db, const struct user *user, unsigned fields,
    unsigned *taken)
{
	bool		username = false, email = false;
	enum err	err;

	sql_query(db, others);
	sql_put_text(db, fields & USER_USERNAME ? user->username : NULL);
	sqlite_put_id(db, &user->id);
	sql_put_text(db, fields & USER_EMAIL ? user->email : NULL);
	sqlite_put_id(db, &user->id);
	if (sql_row(db)) {
		username = sql_get_int(db) != 0;
		email = sql_get_int(db) != 0;
	}
	if ((err = sql_end(db)) != OK)
		return err;

	*taken = username ? USER_USERNAME : email ? USER_EMAIL : 0;
	return E_EXISTS;
}

static enum err
run_insert(struct sql *db, const char *statement, const struct user *user)
{
	sql_query(db, statement);
	sqlite_put_id(db, &user->id);
	sql_put_text(db, user->username);
	sql_put_text(db, user->email);
	sql_put_text(db, user->full_name);
	sql_put_text(db, user->avatar);
	sql_put_text(db, user->cover_image);
	sql_put_text(db, user->password);
	sql_put_int(db, user->created_at);
	sql_put_int(db, user->updated_at);
	sql_put_int(db, user->version);
	sql_put_int(db, user->epoch);
	sql_put_int(db, user->disabled);
	sql_put_blob(db, user->watch_history,
	    user->watch_count * sizeof(*user->watch_history));
	sql_put_text(db, user->legacy_token);
	return sql_run(db);
}

enum err
sqlite_user_insert(struct store *store, const struct user *user,
    unsigned *taken)
{
	struct sqlite	*sq = sqlite_of(store);
	enum err	 err;

	if ((err = sqlite_write(sq, SYNC_FULL)) != OK)
		return err;
	if ((err = run_insert(sq->db, insert, user)) == E_EXISTS)
		err = sqlite_find_taken(sq->db, user,
		    USER_USERNAME | USER_EMAIL, taken);
	return sqlite_written(sq, err);
}

/* What fails here has taken back nothing but itself, or everything. */
static enum err
insert_one(struct sql *db, const struct user *user,
    struct store_result *result)
{
	*result = (struct store_result){ .err = OK };
	result->err = run_insert(db, insert_new, user);
	if (result->err == OK && sql_changes(db) == 0)
		result->err = E_EXISTS;
	else if (result->err == E_EXISTS)
		result->err = sqlite_find_taken(db, user,
		    USER_USERNAME | USER_EMAIL, &result->taken);
	return result->err == E_EXISTS || result->err == E_TOO_LARGE ? OK :
	    result->err;
}

/* In one transaction: what each of them would wait for is one sync. */
enum err
sqlite_user_insert_many(struct store *store, const struct user *users,
    size_t count, struct store_result *results)
{
	struct sqlite	*sq = sqlite_of(store);
	enum err	 err;
	size_t		 i;

	if ((err = sqlite_write(sq, SYNC_FULL)) != OK)
		return err;
	for (i = 0; i < count && err == OK; i++)
		err = insert_one(sq->db, &users[i], &results[i]);
	return sqlite_written(sq, err);
}
