/* Changing, listing and removing accounts, in any engine. */
#include "fixture.h"

static const unsigned fields[] = { USER_USERNAME, USER_EMAIL, USER_FULL_NAME,
    USER_AVATAR, USER_COVER_IMAGE, USER_PASSWORD, USER_DISABLED, USER_EPOCH };

/* Like `user`, with another value in everything that can be updated. */
static struct user
changed(struct fixture *f, const struct user *user)
{
	struct user other = new_user(f);

	other.id = user->id;
	other.full_name = "Any Body";
	other.avatar = "";
	other.cover_image = "https://example.org/c.jpg";
	other.password = "another hash";
	other.disabled = !user->disabled;
	other.epoch = user->epoch + 40;
	other.created_at = user->created_at + 5;
	other.updated_at = user->updated_at + 9;
	other.version = user->version + 4;
	return other;
}

/* What `user` is once these fields of `other` have been written. */
static struct user
merged(const struct user *user, const struct user *other, unsigned mask)
{
	struct user result = *user;

	if (mask & USER_USERNAME)
		result.username = other->username;
	if (mask & USER_EMAIL)
		result.email = other->email;
	if (mask & USER_FULL_NAME)
		result.full_name = other->full_name;
	if (mask & USER_AVATAR)
		result.avatar = other->avatar;
	if (mask & USER_COVER_IMAGE)
		result.cover_image = other->cover_image;
	if (mask & USER_PASSWORD)
		result.password = other->password;
	if (mask & USER_DISABLED)
		result.disabled = other->disabled;
	if (mask & USER_EPOCH)
		result.epoch = user->epoch + 1;
	result.updated_at = other->updated_at;
	return result;
}

static void
check_update(struct fixture *f, unsigned mask,
    const struct user_expected *if_so)
{
	struct user	user = inserted_user(f), other, expected, found;
	unsigned	taken = 77;

	other = changed(f, &user);
	expected = merged(&user, &other, mask);
	assert_ok(store_user_update(f->store, &other, mask, if_so,
	    false, &taken));
	found = stored_user(f, &user.id);
	assert_same_user(&expected, &found);
	assert_int_equal(taken, 77);
}

static void
an_update_writes_the_fields_it_names_and_no_other(void **state)
{
	struct fixture	*f = *state;
	unsigned	 all = 0, i;

	for (i = 0; i < NELEMS(fields); i++) {
		check_update(f, fields[i], NULL);
		all |= fields[i];
	}
	for (i = 0; i < NELEMS(fields); i++)
		check_update(f, all & ~fields[i], NULL);
	check_update(f, 0, NULL);
	check_update(f, all, NULL);
	check_update(f, all, &(struct user_expected){ .password =
	    "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA" });
}

static void
a_password_changes_only_while_it_is_the_one_verified(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f), other = changed(f, &user);
	struct user	 found;
	unsigned	 taken = 77;

	assert_int_equal(store_user_update(f->store, &other,
	    USER_PASSWORD | USER_EPOCH,
	    &(struct user_expected){ .password = "not that one" }, false,
	    &taken), E_STALE);
	found = stored_user(f, &user.id);
	assert_same_user(&user, &found);

	other.id = new_id();
	assert_int_equal(store_user_update(f->store, &other, USER_PASSWORD,
	    &(struct user_expected){ .password = user.password }, false,
	    &taken), E_NOT_FOUND);
	assert_int_equal(store_user_update(f->store, &other, USER_PASSWORD,
	    NULL, false, &taken), E_NOT_FOUND);
	assert_int_equal(taken, 77);
}

/* What a picture's writer does to the record it has read. */
static enum err
replace_address(struct fixture *f, struct user *user, unsigned field,
    const char *from, const char *to)
{
	const struct user_expected	expected = {
		.avatar = field == USER_AVATAR ? from : NULL,
		.cover_image = field == USER_COVER_IMAGE ? from : NULL,
	};
	unsigned			taken;

	*(field == USER_AVATAR ? &user->avatar : &user->cover_image) = to;
	return store_user_update(f->store, user, field, &expected, false,
	    &taken);
}

static void
an_address_is_replaced_only_while_it_is_the_one_read(void **state)
{
	static const unsigned	 field[] = { USER_AVATAR, USER_COVER_IMAGE };
	struct fixture		*f = *state;
	struct user		 user = inserted_user(f), found;
	size_t			 i;

	for (i = 0; i < NELEMS(field); i++) {
		assert_ok(replace_address(f, &user, field[i],
		    field[i] == USER_AVATAR ? user.avatar : user.cover_image,
		    "/a"));
		assert_int_equal(replace_address(f, &user, field[i], "/b",
		    "/c"), E_STALE);
		assert_int_equal(replace_address(f, &user, field[i], "",
		    "/c"), E_STALE);
		assert_ok(replace_address(f, &user, field[i], "/a", ""));
		assert_int_equal(replace_address(f, &user, field[i], "/a",
		    "/c"), E_STALE);
		assert_ok(replace_address(f, &user, field[i], "", "/d"));
	}
	found = stored_user(f, &user.id);
	assert_string_equal(found.avatar, "/d");
	assert_string_equal(found.cover_image, "/d");
}

static void
an_update_takes_nobodys_name(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f), first = inserted_user(f);
	struct user	 other, found;
	unsigned	 taken = 77;

	other = changed(f, &user);
	other.username = first.username;
	assert_int_equal(store_user_update(f->store, &other,
	    USER_USERNAME | USER_AVATAR, NULL, false, &taken), E_EXISTS);
	assert_int_equal(taken, USER_USERNAME);

	/* A name that is not written is not what was taken. */
	other.email = first.email;
	assert_int_equal(store_user_update(f->store, &other,
	    USER_EMAIL | USER_AVATAR, NULL, false, &taken), E_EXISTS);
	assert_int_equal(taken, USER_EMAIL);
	found = stored_user(f, &user.id);
	assert_same_user(&user, &found);

	taken = 77;
	assert_ok(store_user_update(f->store, &user,
	    USER_USERNAME | USER_EMAIL, NULL, false, &taken));
	assert_int_equal(taken, 77);
}

static void
a_name_that_was_given_up_is_free(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f), other;
	const char	*name = user.username;
	unsigned	 taken;

	user.username = NULL;
	assert_ok(store_user_update(f->store, &user, USER_USERNAME, NULL,
	    false, &taken));
	other = new_user(f);
	other.username = name;
	insert_user(f, &other);
	assert_ok(store_user_remove(f->store, &user.id));
}

static void
accounts_are_listed_in_pages_in_the_order_of_their_ids(void **state)
{
	struct fixture	*f = *state;
	struct id	 start = new_id();
	struct user	 user[7], page[4];
	size_t		 i, count;

	/* The last byte counts, so that nobody's id is in between. */
	start.b[ID_SIZE - 1] = 0;
	for (i = NELEMS(user); i-- > 0;) {
		user[i] = new_user(f);
		user[i].id = start;
		user[i].id.b[ID_SIZE - 1] = (unsigned char)(i * 40 + 1);
		insert_user(f, &user[i]);
	}

	assert_ok(store_user_list_after(f->store, f->arena, &start, 4, page,
	    &count));
	assert_int_equal(count, 4);
	for (i = 0; i < 4; i++)
		assert_same_user(&user[i], &page[i]);
	assert_ok(store_user_list_after(f->store, f->arena, &page[3].id, 3,
	    page, &count));
	assert_int_equal(count, 3);
	for (i = 0; i < 3; i++)
		assert_same_user(&user[4 + i], &page[i]);

	assert_ok(store_user_list_after(f->store, f->arena, NULL, 1, page,
	    &count));
	assert_int_equal(count, 1);
	assert_ok(store_user_list_after(f->store, f->arena, NULL, 0, page,
	    &count));
	assert_int_equal(count, 0);
}

static void
nobody_comes_after_the_last_id(void **state)
{
	struct fixture	*f = *state;
	struct user	 page[1];
	struct id	 last;
	size_t		 count;

	memset(&last, 0xff, sizeof(last));
	assert_ok(store_user_list_after(f->store, f->arena, &last, 1, page,
	    &count));
	assert_int_equal(count, 0);
}

static void
a_removed_account_is_gone_and_its_sessions_are_dead(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = inserted_user(f), other = inserted_user(f);
	struct session	 session = inserted_session(f, &user);
	struct session	 others = inserted_session(f, &other), row;
	struct user	 found;

	assert_ok(store_user_remove(f->store, &user.id));
	assert_int_equal(store_user_by_id(f->store, f->arena, &user.id,
	    &found), E_NOT_FOUND);
	assert_int_equal(store_profile(f->store, f->arena, &user.id,
	    &session.id, &found, &row), E_NOT_FOUND);
	assert_int_equal(store_user_remove(f->store, &user.id), E_NOT_FOUND);

	assert_ok(store_profile(f->store, f->arena, &other.id, &others.id,
	    &found, &row));
	insert_user(f, &user);
}

static void
the_store_says_what_it_is(void **state)
{
	struct fixture	*f = *state;
	const char	*text = NULL;

	assert_ok(store_ping(f->store));
	assert_ok(store_describe(f->store, f->arena, &text));
	assert_non_null(text);
	assert_non_null(strpbrk(text, "0123456789"));
}

static void
an_address_of_no_known_engine_is_refused(void **state)
{
	static const char *const uris[] = { "", "sqlite", "redis://h/db",
	    "/var/lib/darban.db", "SQLITE:/tmp/x", " sqlite:/tmp/x" };
	struct store	*store = NULL;
	size_t		 i;

	(void)state;
	for (i = 0; i < NELEMS(uris); i++) {
		assert_int_equal(store_open(uris[i], STORE_CREATE, &store),
		    E_CONFIG);
		assert_null(store);
		assert_said("store:");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_update_writes_the_fields_it_names_and_no_other),
		TEST(a_password_changes_only_while_it_is_the_one_verified),
		TEST(an_address_is_replaced_only_while_it_is_the_one_read),
		TEST(an_update_takes_nobodys_name),
		TEST(a_name_that_was_given_up_is_free),
		TEST(accounts_are_listed_in_pages_in_the_order_of_their_ids),
		TEST(nobody_comes_after_the_last_id),
		TEST(a_removed_account_is_gone_and_its_sessions_are_dead),
		TEST(the_store_says_what_it_is),
		TEST(an_address_of_no_known_engine_is_refused),
	};

	return cmocka_run_group_tests_name("store contract: changes", tests,
	    NULL, NULL);
}
