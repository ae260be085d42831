#include "base/base.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/extended.h"
#include "base/id.h"
#include "base/json.h"
#include "base/text.h"
#include "store/store.h"
#include "account/password.h"
#include "account/policy.h"
#include "account/record.h"

/* Reading one; the first problem sticks. */
struct reading {
	struct arena	*arena;
	struct record	*record;
	const char	*problem;
	unsigned	 seen;		/* members, by their place below */
};

/* How a value gets into the account; false where it is of another type. */
typedef bool taker(struct reading *reading, const struct json *value,
    void *field);

static bool
take_id(struct reading *_ UNUSED, const struct json *value, void *field)
{
	return extended_id(value, field);
}

static bool
take_text(struct reading *_ UNUSED, const struct json *value, void *field)
{
	if (json_type(value) == JSON_TEXT)
		*(const char **)field = json_text(value);
	return json_type(value) == JSON_TEXT ||
	    json_type(value) == JSON_NULL;
}

static bool
take_time(struct reading *_ UNUSED, const struct json *value, void *field)
{
	return extended_time(value, field);
}

static bool
take_number(struct reading *_ UNUSED, const struct json *value, void *field)
{
	return extended_number(value, field);
}

/* What is no id among them is left out, and told. */
static bool
take_history(struct reading *reading, const struct json *value, void *field)
{
	struct user		*user = field;
	const struct json	*member;
	struct id		*ids;
	size_t			 count = 0, n = 0;

	if (json_type(value) != JSON_ARRAY)
		return false;
	for (member = json_first(value); member != NULL;
	    member = json_next(member))
		count++;
	ids = arena_alloc(reading->arena, count * sizeof(*ids));
	if (ids == NULL)
		return false;
	for (member = json_first(value); member != NULL;
	    member = json_next(member))
		n += extended_id(member, &ids[n]);
	user->watch_history = ids;
	user->watch_count = n;
	return n == count;
}

/* No spelling brings a disabled account back; each epoch can be raised. */
static bool
take_own(struct reading *reading, const struct json *value, void *field)
{
	struct user		*user = field;
	const struct json	*member;
	bool			 good = json_type(value) == JSON_OBJECT;
	unsigned		 seen = 0, which;

	for (member = good ? json_first(value) : NULL; good && member != NULL;
	    member = json_next(member)) {
		if (strcmp(json_name(member), "epoch") == 0) {
			which = 1;
			good = extended_number(member, &user->epoch) &&
			    user->epoch >= 0 && user->epoch < INT32_MAX;
		} else if (strcmp(json_name(member), "disabled") == 0 &&
		    json_type(member) == JSON_BOOL) {
			which = 2;
			user->disabled = json_bool(member);
		} else
			break;
		good = good && (seen & which) == 0;
		seen |= which;
	}
	if (!good || member != NULL)
		reading->problem = "darban is not { epoch, disabled }";
	return true;
}

/* The members whose absence matters. */
enum { ID, CREATED_AT, UPDATED_AT, OTHERS };

#define AT(field)	offsetof(struct user, field)

/* What is needed is refused where it is of another type, not left out. */
static const struct {
	const char	*name;
	taker		*take;
	size_t		 offset;
	const char	*problem;
} members[] = {
	[ID] = { "_id", take_id, AT(id), "_id is not an id" },
	[CREATED_AT] = { "createdAt", take_time, AT(created_at), NULL },
	[UPDATED_AT] = { "updatedAt", take_time, AT(updated_at), NULL },
	[OTHERS] = { "username", take_text, AT(username),
	    "username is not text" },
	{ "email", take_text, AT(email), "email is not text" },
	{ "password", take_text, AT(password), "password is not text" },
	{ "darban", take_own, 0, NULL },
	{ "fullName", take_text, AT(full_name), NULL },
	{ "avatar", take_text, AT(avatar), NULL },
	{ "coverImage", take_text, AT(cover_image), NULL },
	{ "watchHistory", take_history, 0, NULL },
	{ "refreshToken", take_text, AT(legacy_token), NULL },
	{ "__v", take_number, AT(version), NULL },
};

static void
take(struct reading *reading, const struct json *member)
{
	struct record	*record = reading->record;
	const char	*name = json_name(member);
	size_t		 i;

	for (i = 0; i < NELEMS(members); i++)
		if (strcmp(members[i].name, name) == 0)
			break;
	if (i == NELEMS(members)) {
		record->lost[record->lost_count++] = name;
		return;
	}
	if (reading->seen & (1u << i)) {
		reading->problem = arena_printf(reading->arena,
		    "%s is there twice", name);
		return;
	}
	reading->seen |= 1u << i;
	if (members[i].take(reading, member,
	    (char *)&record->user + members[i].offset))
		return;
	if (members[i].problem != NULL)
		reading->problem = members[i].problem;
	else {
		reading->seen &= ~(1u << i);
		record->lost[record->lost_count++] = name;
	}
}

/*
 * Whether somebody could type it so that it is found: users_find_by_login
 * trims, and of usernames has only the lower case.
 */
static bool
is_reachable(struct arena *arena, const char *name, bool lower)
{
	char *found;

	if (name == NULL || login_name_problem(name) != NULL)
		return false;
	found = text_trim(arena, name);
	if (lower)
		found = text_lower(arena, found);
	return found != NULL && strcmp(found, name) == 0;
}

static const char *
find_problem(struct reading *reading)
{
	const struct user	*user = &reading->record->user;
	const char		*username = user->username;
	const char		*email = user->email;

	if ((reading->seen & 1u << ID) == 0)
		return "_id is missing";
	if ((username == NULL || *username == '\0') &&
	    (email == NULL || *email == '\0'))
		return "it has neither username nor email";
	if (!is_reachable(reading->arena, username, true) &&
	    !is_reachable(reading->arena, email, false))
		return "nobody could log in with its username or email: "
		    "blanks around it, or capitals in a username";
	if (*user->password == '\0')
		return "password is missing";
	if (!password_is_known(user->password))
		return "password is no hash that darban knows: "
		    "bcrypt or Argon2id";
	return NULL;
}

/* An account that does not say when it was made was made with its id. */
static void
complete(struct reading *reading)
{
	struct user	*user = &reading->record->user;
	const unsigned	 seen = reading->seen;

	if ((seen & 1u << CREATED_AT) == 0)
		user->created_at = SECONDS((uint32_t)user->id.b[0] << 24 |
		    (uint32_t)user->id.b[1] << 16 |
		    (uint32_t)user->id.b[2] << 8 | user->id.b[3]);
	if ((seen & 1u << UPDATED_AT) == 0)
		user->updated_at = user->created_at;
}

static enum err
take_all(struct reading *reading, const struct json *object)
{
	const struct json	*member;
	size_t			 count = 0;

	for (member = json_first(object); member != NULL;
	    member = json_next(member))
		count++;
	reading->record->lost = arena_alloc(reading->arena,
	    count * sizeof(*reading->record->lost));
	if (reading->record->lost == NULL)
		return E_INTERNAL;
	for (member = json_first(object); member != NULL &&
	    reading->problem == NULL; member = json_next(member))
		take(reading, member);
	return OK;
}

enum err
record_read(struct arena *arena, const char *text, size_t size,
    struct record *out, const char **problem)
{
	struct record	 record = { .user = { .avatar = "",
	    .cover_image = "", .password = "", .version = -1 } };
	struct reading	 reading = { .arena = arena, .record = &record };
	struct json	*object;
	enum err	 err;

	if ((err = json_parse(arena, text, size, &object)) == E_INTERNAL)
		return err;
	if (err != OK)
		reading.problem = text_is_valid(text, size) ?
		    "it is not JSON" : "it is not UTF-8 without NUL";
	else if (json_type(object) != JSON_OBJECT)
		reading.problem = "it is not an object";
	else if (take_all(&reading, object) != OK)
		return E_INTERNAL;
	if (reading.problem == NULL)
		reading.problem = find_problem(&reading);
	if (arena_failed(arena))
		return E_INTERNAL;
	if (reading.problem != NULL) {
		*problem = reading.problem;
		return E_MEMBER;
	}
	complete(&reading);
	*out = record;
	return OK;
}

struct json *
record_make(struct arena *arena, const struct user *user)
{
	struct json	*object = json_new_object(arena), *part;
	size_t		 i;

	extended_add_id(arena, object, "_id", &user->id);
	json_add_text(arena, object, "username", user->username);
	json_add_text(arena, object, "email", user->email);
	json_add_text(arena, object, "fullName", user->full_name);
	json_add_text(arena, object, "avatar", user->avatar);
	json_add_text(arena, object, "coverImage", user->cover_image);
	part = json_add_array(arena, object, "watchHistory");
	for (i = 0; i < user->watch_count; i++)
		extended_append_id(arena, part, &user->watch_history[i]);
	json_add_text(arena, object, "password", user->password);
	json_add_text(arena, object, "refreshToken", user->legacy_token);
	extended_add_time(arena, object, "createdAt", user->created_at);
	extended_add_time(arena, object, "updatedAt", user->updated_at);
	if (user->version >= 0)
		extended_add_number(arena, object, "__v", user->version);
	if (user->epoch != 0 || user->disabled) {
		part = json_add_object(arena, object, "darban");
		extended_add_number(arena, part, "epoch", user->epoch);
		json_add_bool(arena, part, "disabled", user->disabled);
	}
	return object;
}
