/* What the MongoDB engine makes of documents, its own and other people's. */
#include "mongo_fixture.h"

static void
an_account_is_a_document_like_mongooses(void **state)
{
	struct fixture	*f = *state;
	struct raw	 raw = raw_open(f->uri);
	struct user	 user = new_user(f);
	const struct id	 history[] = { new_id() };
	bson_t		*doc;
	bson_iter_t	 it;

	user.version = 0;
	user.watch_history = history;
	user.watch_count = 1;
	insert_user(f, &user);
	doc = raw_find(&raw, "users", &user.id);
	(void)at(doc, "_id", BSON_TYPE_OID);
	(void)at(doc, "username", BSON_TYPE_UTF8);
	(void)at(doc, "email", BSON_TYPE_UTF8);
	(void)at(doc, "fullName", BSON_TYPE_UTF8);
	(void)at(doc, "avatar", BSON_TYPE_UTF8);
	(void)at(doc, "coverImage", BSON_TYPE_UTF8);
	(void)at(doc, "watchHistory.0", BSON_TYPE_OID);
	(void)at(doc, "password", BSON_TYPE_UTF8);
	it = at(doc, "createdAt", BSON_TYPE_DATE_TIME);
	assert_true(bson_iter_date_time(&it) == T0);
	(void)at(doc, "updatedAt", BSON_TYPE_DATE_TIME);
	(void)at(doc, "__v", BSON_TYPE_INT32);
	assert_false(bson_has_field(doc, "darban"));
	assert_int_equal(bson_count_keys(doc), 11);
	bson_destroy(doc);
	raw_close(&raw);
}

static void
a_session_is_a_document_with_ids_and_dates(void **state)
{
	static const char *const dates[] = { "createdAt", "rotatedAt",
	    "idleAt", "expiresAt" };
	struct fixture	*f = *state;
	struct raw	 raw = raw_open(f->uri);
	struct user	 user = inserted_user(f);
	struct session	 session = inserted_session(f, &user);
	bson_t		*doc;
	size_t		 i;

	doc = raw_find(&raw, "sessions", &session.id);
	(void)at(doc, "user", BSON_TYPE_OID);
	for (i = 0; i < NELEMS(dates); i++)
		(void)at(doc, dates[i], BSON_TYPE_DATE_TIME);
	(void)at(doc, "counter", BSON_TYPE_INT64);
	(void)at(doc, "nonce", BSON_TYPE_BINARY);
	assert_false(bson_has_field(doc, "endedAt"));
	bson_destroy(doc);

	assert_ok(store_session_end(f->store, &session.id, "logout", T0));
	doc = raw_find(&raw, "sessions", &session.id);
	(void)at(doc, "endedAt", BSON_TYPE_DATE_TIME);
	bson_destroy(doc);
	raw_close(&raw);
}

/* A document as a Mongoose application leaves it, and a stranger's fields. */
static struct id
insert_mongooses(struct fixture *f, struct raw *raw, const char **username)
{
	struct id	id = new_id();
	bson_oid_t	oid = oid_of(&id);
	char		hex[ID_HEX_SIZE];

	id_hex(&id, hex);
	*username = arena_printf(f->arena, "mongoose-%s", hex);
	raw_insert(raw, "users", BCON_NEW("_id", BCON_OID(&oid),
	    "watchHistory", "[", "]", "username", BCON_UTF8(*username),
	    "email", BCON_UTF8(hex), "fullName", "Some Body",
	    "password", "$2b$10$hash", "role", "moderator",
	    "address", "{", "street", "Lane", "number", BCON_INT32(7), "}",
	    "refreshToken", "a.b.c", "createdAt", BCON_DATE_TIME(T0),
	    "updatedAt", BCON_DATE_TIME(T0), "__v", BCON_INT32(3)));
	return id;
}

static void
fields_that_nobody_here_knows_stay_as_they_are(void **state)
{
	struct fixture	*f = *state;
	struct raw	 raw = raw_open(f->uri);
	const char	*username;
	struct id	 id = insert_mongooses(f, &raw, &username);
	struct user	 user = stored_user(f, &id);
	unsigned	 taken;
	bson_t		*doc;
	bson_iter_t	 it;

	assert_true(user.version == 3);
	assert_string_equal(user.username, username);
	user.password = "another";
	user.updated_at = T0 + 9;
	user.version = 44;
	assert_ok(store_user_update(f->store, &user,
	    USER_PASSWORD | USER_EPOCH | USER_DISABLED,
	    &(struct user_expected){ .password = "$2b$10$hash" }, true,
	    &taken));
	doc = raw_find(&raw, "users", &id);
	it = at(doc, "role", BSON_TYPE_UTF8);
	assert_string_equal(bson_iter_utf8(&it, NULL), "moderator");
	it = at(doc, "address.number", BSON_TYPE_INT32);
	assert_int_equal(bson_iter_int32(&it), 7);
	assert_false(bson_has_field(doc, "refreshToken"));
	it = at(doc, "__v", BSON_TYPE_INT32);
	assert_int_equal(bson_iter_int32(&it), 3);
	it = at(doc, "updatedAt", BSON_TYPE_DATE_TIME);
	assert_true(bson_iter_date_time(&it) == T0 + 9);
	it = at(doc, "darban.epoch", BSON_TYPE_INT64);
	assert_true(bson_iter_int64(&it) == 1);
	(void)at(doc, "darban.disabled", BSON_TYPE_BOOL);
	assert_int_equal(bson_count_keys(doc), 12);
	bson_destroy(doc);
	raw_close(&raw);
}

static void
a_document_may_lack_everything(void **state)
{
	struct fixture	*f = *state;
	struct raw	 raw = raw_open(f->uri);
	struct id	 id = new_id();
	bson_oid_t	 oid = oid_of(&id);
	struct user	 user;

	raw_insert(&raw, "users", BCON_NEW("_id", BCON_OID(&oid)));
	user = stored_user(f, &id);
	assert_null(user.username);
	assert_null(user.email);
	assert_null(user.full_name);
	assert_string_equal(user.avatar, "");
	assert_string_equal(user.cover_image, "");
	assert_string_equal(user.password, "");
	assert_int_equal(user.watch_count, 0);
	assert_true(user.version == -1 && user.epoch == 0 && !user.disabled);
	assert_ok(store_user_remove(f->store, &id));
	raw_close(&raw);
}

static void
what_is_of_another_type_is_as_good_as_absent(void **state)
{
	struct fixture	*f = *state;
	struct raw	 raw = raw_open(f->uri);
	struct id	 id = new_id(), other = new_id();
	bson_oid_t	 oid = oid_of(&id), watched = oid_of(&other);
	struct user	 user;

	raw_insert(&raw, "users", BCON_NEW("_id", BCON_OID(&oid),
	    "username", "[", "array", "]", "email", BCON_INT32(5),
	    "fullName", "{", "first", "Some", "}",
	    "avatar", "{", "url", "https://example.org/a.jpg", "}",
	    "coverImage", BCON_NULL, "password", BCON_BOOL(true),
	    "watchHistory", "[", "text", BCON_OID(&watched), BCON_NULL, "]",
	    "createdAt", "2026-01-01", "updatedAt", BCON_INT64(5),
	    "__v", "3", "darban", "text"));
	user = stored_user(f, &id);
	assert_null(user.username);
	assert_null(user.email);
	assert_null(user.full_name);
	assert_string_equal(user.avatar, "");
	assert_string_equal(user.cover_image, "");
	assert_string_equal(user.password, "");
	assert_int_equal(user.watch_count, 1);
	assert_memory_equal(&user.watch_history[0], &other, sizeof(other));
	assert_true(user.created_at == 0 && user.updated_at == 0);
	assert_true(user.version == -1 && user.epoch == 0 && !user.disabled);
	assert_ok(store_user_remove(f->store, &id));
	raw_close(&raw);
}

static void
a_number_is_one_whatever_javascript_made_of_it(void **state)
{
	struct fixture	*f = *state;
	struct raw	 raw = raw_open(f->uri);
	struct id	 id = new_id();
	bson_oid_t	 oid = oid_of(&id);
	char		 hex[ID_HEX_SIZE];
	struct user	 user;

	id_hex(&id, hex);
	raw_insert(&raw, "users", BCON_NEW("_id", BCON_OID(&oid),
	    "username", BCON_UTF8(hex), "email", BCON_UTF8(hex), "__v",
	    BCON_DOUBLE(1e300), "darban", "{", "epoch", BCON_DOUBLE(12),
	    "disabled", BCON_INT32(1), "}"));
	user = stored_user(f, &id);
	assert_true(user.version == -1);
	assert_true(user.epoch == 12);
	assert_true(user.disabled);
	raw_close(&raw);
}

static void
a_text_with_a_nul_in_it_is_none(void **state)
{
	struct fixture		*f = *state;
	struct raw		 raw = raw_open(f->uri);
	struct id		 id = new_id();
	bson_oid_t		 oid = oid_of(&id);
	bson_t			*doc = BCON_NEW("_id", BCON_OID(&oid));
	struct login_names	 names = { .username = "ad" };
	struct user		 user;
	char			 hex[ID_HEX_SIZE];

	id_hex(&id, hex);
	(void)bson_append_utf8(doc, "username", -1, "ad\0min", 6);
	(void)bson_append_utf8(doc, "email", -1, hex, -1);
	raw_insert(&raw, "users", doc);
	user = stored_user(f, &id);
	assert_null(user.username);
	assert_int_equal(store_user_by_login(f->store, f->arena, &names,
	    &user), E_NOT_FOUND);
	assert_ok(store_user_remove(f->store, &id));
	raw_close(&raw);
}

static void
an_account_whose_id_is_no_objectid_is_nobodys(void **state)
{
	struct fixture		*f = *state;
	struct raw		 raw = raw_open(f->uri);
	struct id		 id = new_id(), last;
	char			 hex[ID_HEX_SIZE];
	struct login_names	 names = { .username = hex };
	struct user		 user, page[1];
	size_t			 count;

	id_hex(&id, hex);
	raw_insert(&raw, "users", BCON_NEW("_id", BCON_UTF8(hex),
	    "username", BCON_UTF8(hex), "email", BCON_UTF8(hex)));
	assert_int_equal(store_user_by_login(f->store, f->arena, &names,
	    &user), E_NOT_FOUND);
	assert_int_equal(store_user_by_id(f->store, f->arena, &id, &user),
	    E_NOT_FOUND);
	memset(&last, 0xff, sizeof(last));
	assert_ok(store_user_list_after(f->store, f->arena, &last, 1, page,
	    &count));
	assert_int_equal(count, 0);
	raw_close(&raw);
}

/* Founding rule 8: nobody casts the id in a pipeline, so it is a real one. */
static void
a_session_whose_user_is_hex_digits_is_nobodys(void **state)
{
	struct fixture	*f = *state;
	struct raw	 raw = raw_open(f->uri);
	struct user	 user = inserted_user(f), found;
	struct id	 id = new_id();
	bson_oid_t	 oid = oid_of(&id);
	struct session	 row;
	char		 hex[ID_HEX_SIZE];

	id_hex(&user.id, hex);
	raw_insert(&raw, "sessions", BCON_NEW("_id", BCON_OID(&oid), "user",
	    BCON_UTF8(hex), "idleAt", BCON_DATE_TIME(T0)));
	assert_int_equal(store_profile(f->store, f->arena, &user.id, &id,
	    &found, &row), E_NOT_FOUND);
	raw_close(&raw);
}

static void
text_that_is_not_utf8_is_neither_written_nor_found(void **state)
{
	static const char *const bad[] = { "\xff", "\xc0\x80",
	    "\xed\xa0\x80", "a\xf4\x90\x80\x80", "\xc3" };
	struct fixture		*f = *state;
	struct user		 user = inserted_user(f), other, found;
	struct session		 session;
	struct login_names	 names = { 0 };
	unsigned		 taken;
	size_t			 i;

	for (i = 0; i < NELEMS(bad); i++) {
		names.username = names.email = bad[i];
		assert_int_equal(store_user_by_login(f->store, f->arena,
		    &names, &found), E_NOT_FOUND);
		other = new_user(f);
		other.full_name = bad[i];
		assert_int_equal(store_user_insert(f->store, &other, &taken),
		    E_INTERNAL);
		other.id = user.id;
		assert_int_equal(store_user_update(f->store, &other,
		    USER_FULL_NAME, NULL, false, &taken), E_INTERNAL);
		assert_int_equal(store_user_update(f->store, &user,
		    USER_EPOCH, &(struct user_expected){ .password = bad[i] },
		    false, &taken), E_INTERNAL);
		assert_int_equal(store_user_update(f->store, &user,
		    USER_EPOCH, &(struct user_expected){ .avatar = bad[i] },
		    false, &taken), E_INTERNAL);
		session = new_session(&user);
		session.user_agent = bad[i];
		assert_int_equal(store_session_insert(f->store, &session),
		    E_INTERNAL);
	}
	found = stored_user(f, &user.id);
	assert_same_user(&user, &found);
}

/* Names, which no two documents may lack. */
static void
mongo_names(bson_t *doc, const struct id *id)
{
	char hex[ID_HEX_SIZE];

	id_hex(id, hex);
	BSON_APPEND_UTF8(doc, "username", hex);
	BSON_APPEND_UTF8(doc, "email", hex);
}

/* Founding rule 3: one value is saved without the whole schema's consent. */
static void
an_old_document_takes_a_change_that_is_not_validated(void **state)
{
	struct fixture	*f = *state;
	struct raw	 raw = raw_open(f->uri);
	struct id	 id = new_id();
	bson_oid_t	 oid = oid_of(&id);
	char		 hex[ID_HEX_SIZE];
	struct user	 user;
	unsigned	 taken;

	id_hex(&id, hex);
	raw_insert(&raw, "users", BCON_NEW("_id", BCON_OID(&oid), "username",
	    BCON_UTF8(hex), "email", BCON_UTF8(hex), "fullName",
	    BCON_INT32(7), "password", "hash"));
	user = stored_user(f, &id);
	user.avatar = "https://example.org/new.jpg";
	assert_int_equal(store_user_update(f->store, &user, USER_AVATAR,
	    NULL, true, &taken), E_INTERNAL);
	assert_said("failed validation");
	assert_string_equal(stored_user(f, &id).avatar, "");
	/* What is not there is read as an empty address, and expected so. */
	assert_ok(store_user_update(f->store, &user, USER_AVATAR,
	    &(struct user_expected){ .avatar = "" }, false, &taken));
	assert_string_equal(stored_user(f, &id).avatar, user.avatar);
	raw_close(&raw);
}

/* As libraries for uploads leave them, an object say: read as "" as well. */
static void
an_address_of_another_type_gives_way_to_one(void **state)
{
	struct fixture	*f = *state;
	struct raw	 raw = raw_open(f->uri);
	struct id	 id = new_id();
	bson_oid_t	 oid = oid_of(&id);
	struct user	 user;
	unsigned	 taken;

	raw_insert(&raw, "users", BCON_NEW("_id", BCON_OID(&oid), "username",
	    "carol", "email", "carol@example.org", "fullName", "Carol",
	    "avatar", "{", "url", "https://example.org/a.jpg", "}",
	    "coverImage", BCON_INT32(7), "password", "hash"));
	user = stored_user(f, &id);
	user.avatar = "/new.jpg";
	assert_ok(store_user_update(f->store, &user, USER_AVATAR,
	    &(struct user_expected){ .avatar = "" }, false, &taken));
	assert_string_equal(stored_user(f, &id).avatar, "/new.jpg");
	assert_int_equal(store_user_update(f->store, &user, USER_AVATAR,
	    &(struct user_expected){ .avatar = "" }, false, &taken),
	    E_STALE);
	user.cover_image = "/cover.jpg";
	assert_ok(store_user_update(f->store, &user, USER_COVER_IMAGE,
	    &(struct user_expected){ .cover_image = "" }, false, &taken));
	assert_string_equal(stored_user(f, &id).cover_image, "/cover.jpg");
	raw_close(&raw);
}

/* Not even where the document is one that the validator refuses. */
static void
an_old_document_gives_up_its_refresh_token(void **state)
{
	struct fixture	*f = *state;
	struct raw	 raw = raw_open(f->uri);
	struct id	 id[3] = { new_id(), new_id(), new_id() };
	bson_oid_t	 oid;
	bson_t		*doc;
	int64_t		 count;
	size_t		 i;

	for (i = 0; i < NELEMS(id); i++) {
		oid = oid_of(&id[i]);
		doc = BCON_NEW("_id", BCON_OID(&oid), "fullName",
		    BCON_INT32(7), "theirs", BCON_INT32(8));
		mongo_names(doc, &id[i]);
		if (i < 2)
			BSON_APPEND_UTF8(doc, "refreshToken", "a.b.c");
		else
			BSON_APPEND_NULL(doc, "refreshToken");
		raw_insert(&raw, "users", doc);
	}
	assert_ok(store_user_take_legacy(f->store, &id[0], "a.b.c", T0));
	assert_int_equal(store_user_take_legacy(f->store, &id[2], "", T0),
	    E_STALE);
	assert_ok(store_user_drop_legacy(f->store, NULL, T0, &count));
	assert_true(count >= 2);
	for (i = 0; i < NELEMS(id); i++) {
		doc = raw_find(&raw, "users", &id[i]);
		assert_false(bson_has_field(doc, "refreshToken"));
		(void)at(doc, "fullName", BSON_TYPE_INT32);
		(void)at(doc, "theirs", BSON_TYPE_INT32);
		(void)at(doc, "updatedAt", BSON_TYPE_DATE_TIME);
		bson_destroy(doc);
	}
	raw_close(&raw);
}

static void
a_username_comes_before_an_address(void **state)
{
	struct fixture		*f = *state;
	struct user		 first = new_user(f), second = new_user(f);
	struct login_names	 names = { 0 };
	struct user		 found;
	int			 i;

	/* Whichever of them the server finds first. */
	for (i = 0; i < 2; i++) {
		first = new_user(f);
		second = new_user(f);
		first.username = second.email;
		insert_user(f, i == 0 ? &first : &second);
		insert_user(f, i == 0 ? &second : &first);
		names.username = names.username_nfc = names.email =
		    names.email_lower = second.email;
		assert_ok(store_user_by_login(f->store, f->arena, &names,
		    &found));
		assert_same_user(&first, &found);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_account_is_a_document_like_mongooses),
		TEST(a_session_is_a_document_with_ids_and_dates),
		TEST(fields_that_nobody_here_knows_stay_as_they_are),
		TEST(a_document_may_lack_everything),
		TEST(what_is_of_another_type_is_as_good_as_absent),
		TEST(a_number_is_one_whatever_javascript_made_of_it),
		TEST(a_text_with_a_nul_in_it_is_none),
		TEST(an_account_whose_id_is_no_objectid_is_nobodys),
		TEST(a_session_whose_user_is_hex_digits_is_nobodys),
		TEST(text_that_is_not_utf8_is_neither_written_nor_found),
		TEST(an_old_document_takes_a_change_that_is_not_validated),
		TEST(an_address_of_another_type_gives_way_to_one),
		TEST(an_old_document_gives_up_its_refresh_token),
		TEST(a_username_comes_before_an_address),
	};

	return run_mongo_tests("MongoDB: documents", tests, NELEMS(tests));
}
