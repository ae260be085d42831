#include "base/base.h"
#include "base/clock.h"
#include "account/sessions.h"
#include "http/describe.h"

static void
add_text(struct arena *arena, struct json *out, const char *name,
    const char *text)
{
	if (text != NULL)
		json_add_text(arena, out, name, text);
}

static void
add_time(struct arena *arena, struct json *out, const char *name,
    int64_t time)
{
	char iso[CLOCK_ISO_SIZE];

	clock_iso(time, iso);
	json_add_text(arena, out, name, iso);
}

void
user_describe(struct arena *arena, const struct user *user, struct json *out)
{
	struct json	*history;
	char		 hex[ID_HEX_SIZE];
	size_t		 i;

	id_hex(&user->id, hex);
	json_add_text(arena, out, "_id", hex);
	add_text(arena, out, "username", user->username);
	add_text(arena, out, "email", user->email);
	add_text(arena, out, "fullName", user->full_name);
	add_text(arena, out, "avatar", user->avatar);
	add_text(arena, out, "coverImage", user->cover_image);
	history = json_add_array(arena, out, "watchHistory");
	for (i = 0; i < user->watch_count; i++) {
		id_hex(&user->watch_history[i], hex);
		json_append_text(arena, history, hex);
	}
	add_time(arena, out, "createdAt", user->created_at);
	add_time(arena, out, "updatedAt", user->updated_at);
	if (user->version >= 0)
		json_add_integer(arena, out, "__v", user->version);
}

void
sessions_describe(struct arena *arena, const struct session *sessions,
    size_t count, const struct session *current, struct json *out)
{
	const struct session	*session;
	struct json		*object;
	char			 hex[ID_HEX_SIZE];

	for (session = sessions; session < sessions + count; session++) {
		object = json_append_object(arena, out);
		id_hex(&session->id, hex);
		json_add_text(arena, object, "_id", hex);
		add_time(arena, object, "createdAt", session->created_at);
		add_time(arena, object, "lastUsedAt", session->rotated_at);
		add_time(arena, object, "expiresAt",
		    session_expires_at(session));
		json_add_text(arena, object, "userAgent",
		    session->user_agent);
		json_add_text(arena, object, "ip", session->ip);
		json_add_bool(arena, object, "current",
		    id_equal(&session->id, &current->id));
	}
}
