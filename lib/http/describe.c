#include "base/base.h"
#include "base/clock.h"
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
