#include "store/mongo.h"
#include "base/base.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/id.h"
#include "store/store.h"

/* Accounts --------------------------------------------------------------- */

static void
put_history(bson_t *doc, const struct user *user)
{
	bson_t		 array = BSON_INITIALIZER;
	char		 buffer[16];
	const char	*key;
	size_t		 i;

	for (i = 0; i < user->watch_count; i++) {
		(void)bson_uint32_to_string((uint32_t)i, &key, buffer,
		    sizeof(buffer));
		mongo_put_id(&array, key, &user->watch_history[i]);
	}
	BSON_APPEND_ARRAY(doc, "watchHistory", &array);
	bson_destroy(&array);
}

/* Mongoose's version is an int32 as long as it fits. */
static void
put_version(bson_t *doc, int64_t version)
{
	if (version < 0)
		return;
	if (version <= INT32_MAX)
		BSON_APPEND_INT32(doc, "__v", (int32_t)version);
	else
		mongo_put_int(doc, "__v", version);
}

static void
put_own(bson_t *doc, const struct user *user)
{
	bson_t own;

	if (user->epoch == 0 && !user->disabled)
		return;
	BSON_APPEND_DOCUMENT_BEGIN(doc, "darban", &own);
	mongo_put_int(&own, "epoch", user->epoch);
	BSON_APPEND_BOOL(&own, "disabled", user->disabled);
	bson_append_document_end(doc, &own);
}

void
mongo_put_user(bson_t *doc, const struct user *user)
{
	mongo_put_id(doc, "_id", &user->id);
	mongo_put_text(doc, "username", user->username);
	mongo_put_text(doc, "email", user->email);
	mongo_put_text(doc, "fullName", user->full_name);
	mongo_put_text(doc, "avatar", user->avatar);
	mongo_put_text(doc, "coverImage", user->cover_image);
	put_history(doc, user);
	mongo_put_text(doc, "password", user->password);
	mongo_put_text(doc, "refreshToken", user->legacy_token);
	mongo_put_date(doc, "createdAt", user->created_at);
	mongo_put_date(doc, "updatedAt", user->updated_at);
	put_version(doc, user->version);
	put_own(doc, user);
}

/* What is no ObjectId among them is left out. */
static void
get_history(const bson_iter_t *it, struct arena *arena, struct user *out)
{
	bson_iter_t	 child;
	struct id	*history, id;
	size_t		 count = 0;

	if (!BSON_ITER_HOLDS_ARRAY(it) || !bson_iter_recurse(it, &child))
		return;
	while (bson_iter_next(&child))
		count += BSON_ITER_HOLDS_OID(&child);
	history = arena_alloc(arena, count * sizeof(*history));
	if (count == 0 || history == NULL ||
	    !bson_iter_recurse(it, &child))
		return;
	while (bson_iter_next(&child))
		if (mongo_get_id(&child, &id))
			history[out->watch_count++] = id;
	out->watch_history = history;
}

static void
get_own(const bson_iter_t *it, struct user *out)
{
	bson_iter_t child;

	if (!BSON_ITER_HOLDS_DOCUMENT(it) || !bson_iter_recurse(it, &child))
		return;
	while (bson_iter_next(&child)) {
		if (strcmp(bson_iter_key(&child), "epoch") == 0)
			out->epoch = mongo_get_int(&child, 0);
		else if (strcmp(bson_iter_key(&child), "disabled") == 0)
			out->disabled = bson_iter_as_bool(&child);
	}
}

static void
get_text(const bson_iter_t *it, struct arena *arena, struct user *out)
{
	const struct {
		const char	 *key;
		const char	**text;
	} texts[] = {
		{ "username", &out->username },
		{ "email", &out->email },
		{ "fullName", &out->full_name },
		{ "avatar", &out->avatar },
		{ "coverImage", &out->cover_image },
		{ "password", &out->password },
	};
	size_t i;

	for (i = 0; i < NELEMS(texts); i++)
		if (strcmp(bson_iter_key(it), texts[i].key) == 0)
			*texts[i].text = mongo_get_text(it, arena);
}

static void
get_other(const bson_iter_t *it, struct arena *arena, struct user *out)
{
	const char *key = bson_iter_key(it);

	if (strcmp(key, "watchHistory") == 0)
		get_history(it, arena, out);
	else if (strcmp(key, "createdAt") == 0)
		out->created_at = mongo_get_date(it);
	else if (strcmp(key, "updatedAt") == 0)
		out->updated_at = mongo_get_date(it);
	else if (strcmp(key, "__v") == 0)
		out->version = mongo_get_int(it, -1);
	else if (strcmp(key, "darban") == 0)
		get_own(it, out);
	else
		get_text(it, arena, out);
}

enum err
mongo_get_user(const bson_t *doc, struct arena *arena, struct user *out)
{
	struct user	user = { .version = -1, .avatar = NULL };
	bson_iter_t	it;

	if (!bson_iter_init_find(&it, doc, "_id") ||
	    !mongo_get_id(&it, &user.id))
		return E_NOT_FOUND;
	if (!bson_iter_init(&it, doc))
		return E_INTERNAL;
	while (bson_iter_next(&it))
		get_other(&it, arena, &user);
	if (user.avatar == NULL)
		user.avatar = "";
	if (user.cover_image == NULL)
		user.cover_image = "";
	if (user.password == NULL)
		user.password = "";
	if (arena_failed(arena))
		return E_INTERNAL;
	*out = user;
	return OK;
}

/* Sessions --------------------------------------------------------------- */

void
mongo_put_session(bson_t *doc, const struct session *session)
{
	mongo_put_id(doc, "_id", &session->id);
	mongo_put_id(doc, "user", &session->user);
	mongo_put_int(doc, "epoch", session->epoch);
	mongo_put_int(doc, "counter", session->counter);
	mongo_put_bytes(doc, "nonce", session->nonce, sizeof(session->nonce));
	mongo_put_date(doc, "createdAt", session->created_at);
	mongo_put_date(doc, "rotatedAt", session->rotated_at);
	mongo_put_date(doc, "idleAt", session->idle_at);
	mongo_put_date(doc, "expiresAt", session->expires_at);
	if (session->ended_at != 0)
		mongo_put_date(doc, "endedAt", session->ended_at);
	mongo_put_text(doc, "endReason", session->end_reason);
	mongo_put_text(doc, "userAgent", session->user_agent);
	mongo_put_text(doc, "ip", session->ip);
}

static void
get_part(const bson_iter_t *it, struct arena *arena, struct session *out)
{
	const struct {
		const char	*key;
		int64_t		*date;
	} dates[] = {
		{ "createdAt", &out->created_at },
		{ "rotatedAt", &out->rotated_at },
		{ "idleAt", &out->idle_at },
		{ "expiresAt", &out->expires_at },
		{ "endedAt", &out->ended_at },
	};
	const char	*key = bson_iter_key(it);
	size_t		 i;

	for (i = 0; i < NELEMS(dates); i++)
		if (strcmp(key, dates[i].key) == 0)
			*dates[i].date = mongo_get_date(it);
	if (strcmp(key, "user") == 0)
		(void)mongo_get_id(it, &out->user);
	else if (strcmp(key, "epoch") == 0)
		out->epoch = mongo_get_int(it, -1);
	else if (strcmp(key, "counter") == 0)
		out->counter = mongo_get_int(it, -1);
	else if (strcmp(key, "nonce") == 0)
		mongo_get_bytes(it, out->nonce, sizeof(out->nonce));
	else if (strcmp(key, "endReason") == 0)
		out->end_reason = mongo_get_text(it, arena);
	else if (strcmp(key, "userAgent") == 0)
		out->user_agent = mongo_get_text(it, arena);
	else if (strcmp(key, "ip") == 0)
		out->ip = mongo_get_text(it, arena);
}

enum err
mongo_get_session(const bson_t *doc, struct arena *arena,
    struct session *out)
{
	/* What is missing or of another type makes a session that is dead. */
	struct session	session = { .epoch = -1, .counter = -1 };
	bson_iter_t	it;

	if (!bson_iter_init_find(&it, doc, "_id") ||
	    !mongo_get_id(&it, &session.id))
		return E_NOT_FOUND;
	if (!bson_iter_init(&it, doc))
		return E_INTERNAL;
	while (bson_iter_next(&it))
		get_part(&it, arena, &session);
	if (session.user_agent == NULL)
		session.user_agent = "";
	if (session.ip == NULL)
		session.ip = "";
	if (arena_failed(arena))
		return E_INTERNAL;
	*out = session;
	return OK;
}
