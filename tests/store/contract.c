/* Accounts, in any engine: see STORE in fixture.h. */
#include "fixture.h"

/* What nobody may cut, fold or take for something else. */
static const char *const odd_texts[] = {
	"", " ", "'", "''; DROP TABLE users; --", "\"", "%", "_", "\\", "?",
	"$ne", "{\"$gt\":\"\"}", "a.b", "$a", "\x01\x02\x1f\x7f", "\r\n\t",
	"\xc3\xa4", "a\xcc\x88", "\xf0\x9f\x94\x91", "\xef\xbf\xbf",
	"\xef\xbb\xbf", "NULL", "0", "1e3", ("Stra\xc3\x9f" "e"),
};

static char *
long_text(struct fixture *f, size_t size)
{
	char *text = arena_alloc(f->arena, size + 1);

	assert_non_null(text);
	memset(text, 'x', size);
	return text;
}

static void
an_account_comes_back_as_it_was_written(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = new_user(f), found;
	const struct id	 history[] = { new_id(), new_id(), user.id };

	user.watch_history = history;
	user.watch_count = NELEMS(history);
	user.version = 3;
	user.epoch = 7;
	user.disabled = true;
	insert_user(f, &user);

	found = stored_user(f, &user.id);
	assert_same_user(&user, &found);
}

static void
an_old_record_may_lack_names(void **state)
{
	struct fixture	*f = *state;
	struct user	 user[2], found;
	size_t		 i;

	for (i = 0; i < NELEMS(user); i++) {
		user[i] = new_user(f);
		user[i].username = user[i].email = user[i].full_name = NULL;
		/* To a Mongoose index a missing name is one like others. */
		if (i > 0 && is_mongodb(f))
			user[i] = user[0];
		else
			insert_user(f, &user[i]);
	}
	for (i = 0; i < NELEMS(user); i++) {
		found = stored_user(f, &user[i].id);
		assert_same_user(&user[i], &found);
	}
	assert_ok(store_user_remove(f->store, &user[0].id));
}

static void
texts_are_bytes_that_nobody_interprets(void **state)
{
	struct fixture		*f = *state;
	struct user		 user, found;
	struct login_names	 names = { 0 };
	char			 hex[ID_HEX_SIZE];
	size_t			 i;

	for (i = 0; i < NELEMS(odd_texts); i++) {
		user = new_user(f);
		id_hex(&user.id, hex);
		user.username = arena_printf(f->arena, "%s%s", odd_texts[i],
		    hex);
		user.email = arena_printf(f->arena, "%s%s", hex,
		    odd_texts[i]);
		user.full_name = user.avatar = user.cover_image =
		    user.password = odd_texts[i];
		insert_user(f, &user);

		names.username = user.username;
		assert_ok(store_user_by_login(f->store, f->arena, &names,
		    &found));
		assert_same_user(&user, &found);
	}
}

static void
values_at_their_limits_come_back(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = new_user(f), found;
	struct id	 history[1000];
	size_t		 i;

	for (i = 0; i < NELEMS(history); i++)
		memset(history[i].b, (int)i, sizeof(history[i].b));
	user.watch_history = history;
	user.watch_count = NELEMS(history);
	user.full_name = user.avatar = user.cover_image = user.password =
	    long_text(f, 100 * 1024);
	limits_of_time(f, &user.updated_at, &user.created_at);
	user.version = INT64_MAX;
	user.epoch = INT64_MAX - 1;
	insert_user(f, &user);

	found = stored_user(f, &user.id);
	assert_same_user(&user, &found);
}

static void
a_record_that_cannot_be_held_is_refused_whole(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f), large = user, found;
	unsigned	 taken = 77;

	large.full_name = long_text(f, 17 * 1024 * 1024);
	large.avatar = "changed";
	assert_int_equal(store_user_update(f->store, &large,
	    USER_FULL_NAME | USER_AVATAR, NULL, false, &taken), E_TOO_LARGE);
	found = stored_user(f, &user.id);
	assert_same_user(&user, &found);

	large.id = new_id();
	large.username = large.email = NULL;
	assert_int_equal(store_user_insert(f->store, &large, &taken),
	    E_TOO_LARGE);
	assert_int_equal(store_user_by_id(f->store, f->arena, &large.id,
	    &found), E_NOT_FOUND);
	assert_int_equal(taken, 77);
}

static void
a_name_is_one_accounts_and_the_collision_is_named(void **state)
{
	struct fixture	*f = *state;
	struct user	 first = inserted_user(f), other, found;
	unsigned	 taken = 77;

	other = new_user(f);
	other.username = first.username;
	assert_int_equal(store_user_insert(f->store, &other, &taken),
	    E_EXISTS);
	assert_int_equal(taken, USER_USERNAME);

	other = new_user(f);
	other.email = first.email;
	assert_int_equal(store_user_insert(f->store, &other, &taken),
	    E_EXISTS);
	assert_int_equal(taken, USER_EMAIL);

	other.username = first.username;
	assert_int_equal(store_user_insert(f->store, &other, &taken),
	    E_EXISTS);
	assert_int_equal(taken, USER_USERNAME);
	assert_int_equal(store_user_by_id(f->store, f->arena, &other.id,
	    &found), E_NOT_FOUND);

	other.username = "%";
	assert_int_equal(store_user_insert(f->store, &other, &taken),
	    E_EXISTS);
	assert_int_equal(taken, USER_EMAIL);
}

static void
an_id_is_one_accounts_whatever_its_names(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f), again = new_user(f), found;
	unsigned	 taken = 77;

	assert_int_equal(store_user_insert(f->store, &user, &taken),
	    E_EXISTS);
	assert_int_equal(taken, 0);

	again.id = user.id;
	taken = 77;
	assert_int_equal(store_user_insert(f->store, &again, &taken),
	    E_EXISTS);
	assert_int_equal(taken, 0);
	found = stored_user(f, &user.id);
	assert_same_user(&user, &found);
}

static void
names_are_compared_byte_by_byte(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f), other;
	const char	*const variants[] = {
		arena_printf(f->arena, "U%s", user.username + 1),
		arena_printf(f->arena, "%s ", user.username),
		arena_printf(f->arena, " %s", user.username),
		arena_printf(f->arena, "%s\xc3\xa4", user.username),
		arena_printf(f->arena, "%sa\xcc\x88", user.username),
	};
	size_t		 i;

	for (i = 0; i < NELEMS(variants); i++) {
		other = new_user(f);
		other.username = variants[i];
		insert_user(f, &other);
	}
}

static void
assert_login(struct fixture *f, const struct login_names *names,
    const struct user *user)
{
	struct user	found, before;
	enum err	err;

	memset(&found, 0xa5, sizeof(found));
	before = found;
	err = store_user_by_login(f->store, f->arena, names, &found);
	if (user == NULL) {
		assert_int_equal(err, E_NOT_FOUND);
		assert_memory_equal(&found, &before, sizeof(found));
	} else {
		assert_ok(err);
		assert_same_user(user, &found);
	}
}

static void
a_login_means_the_first_name_that_is_somebodys(void **state)
{
	struct fixture		*f = *state;
	struct user		 user[4];
	struct login_names	 names;
	size_t			 i;

	for (i = 0; i < NELEMS(user); i++)
		user[i] = inserted_user(f);
	names = (struct login_names){ user[0].username, user[1].username,
	    user[2].email, user[3].email };
	assert_login(f, &names, &user[0]);
	names.username = "nobody";
	assert_login(f, &names, &user[1]);
	names.username = NULL;
	assert_login(f, &names, &user[1]);
	names.username_nfc = NULL;
	assert_login(f, &names, &user[2]);
	names.email = NULL;
	assert_login(f, &names, &user[3]);
	names.email_lower = NULL;
	assert_login(f, &names, NULL);
}

static void
a_username_is_no_address_nor_an_address_a_username(void **state)
{
	struct fixture		*f = *state;
	struct user		 user = inserted_user(f), other = new_user(f);
	struct login_names	 names = { user.email, user.email,
	    user.username, user.username };

	assert_login(f, &names, NULL);

	/* Whose username is another's address is who is meant by it. */
	other.username = user.email;
	insert_user(f, &other);
	names.email = names.email_lower = user.email;
	assert_login(f, &names, &other);
}

static void
an_operator_is_not_a_name(void **state)
{
	static const char *const operators[] = { "%", "_", "*", ".*",
	    "user-%", "' OR 1=1 --", "\" OR \"\"=\"", "{\"$ne\":null}",
	    "$ne", "" };
	struct fixture	*f = *state;
	size_t		 i;

	(void)inserted_user(f);
	for (i = 0; i < NELEMS(operators); i++)
		assert_login(f, &(struct login_names){ operators[i],
		    operators[i], operators[i], operators[i] }, NULL);
}

static void
what_is_not_found_leaves_the_result_alone(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = new_user(f), before;
	struct id	 id = user.id;

	/* Its neighbours are there. */
	id.b[ID_SIZE - 1] = 8;
	user.id.b[ID_SIZE - 1] = 7;
	insert_user(f, &user);
	user = new_user(f);
	user.id = id;
	user.id.b[ID_SIZE - 1] = 9;
	insert_user(f, &user);

	memset(&user, 0xa5, sizeof(user));
	before = user;
	assert_int_equal(store_user_by_id(f->store, f->arena, &id, &user),
	    E_NOT_FOUND);
	assert_memory_equal(&user, &before, sizeof(user));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_account_comes_back_as_it_was_written),
		TEST(an_old_record_may_lack_names),
		TEST(texts_are_bytes_that_nobody_interprets),
		TEST(values_at_their_limits_come_back),
		TEST(a_record_that_cannot_be_held_is_refused_whole),
		TEST(a_name_is_one_accounts_and_the_collision_is_named),
		TEST(an_id_is_one_accounts_whatever_its_names),
		TEST(names_are_compared_byte_by_byte),
		TEST(a_login_means_the_first_name_that_is_somebodys),
		TEST(a_username_is_no_address_nor_an_address_a_username),
		TEST(an_operator_is_not_a_name),
		TEST(what_is_not_found_leaves_the_result_alone),
	};

	return cmocka_run_group_tests_name("store contract: accounts", tests,
	    NULL, NULL);
}
