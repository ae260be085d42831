/* One account and all accounts: rules 2, 3 and 9. */
#include "account/authenticate.h"
#include "account/policy.h"
#include "account/user.h"
#include "account/users.h"
#include "fixture.h"

static struct user *
find(struct fixture *f, const char *name)
{
	struct user *user = NULL;

	assert_int_equal(users_find_by_login(&f->ctx, name, &user), OK);
	return user;
}

/* An old record that today's rules would refuse: blanks, no full name. */
static void
insert_old(struct fixture *f)
{
	struct user	old = f->user;
	unsigned	taken;

	old.username = "old name";
	old.email = "Old@Example.ORG";
	old.full_name = NULL;
	old.version = 3;
	assert_int_equal(id_make(T0, &old.id), OK);
	assert_int_equal(store_user_insert(f->store, &old, &taken), OK);
}

static void
rule_2_one_is_an_instance_and_all_are_the_collection(void **state)
{
	struct fixture	*f = *state;
	struct session	 session = { .user = f->user.id, .rotated_at = T0 };
	struct claims	 claims;
	struct user	*alice = find(f, "alice"), *bob = NULL;
	struct user	 new = { .username = "bob", .full_name = "Bob",
			    .email = "bob@example.org" };
	char		*token, hex[ID_HEX_SIZE];
	bool		 correct;

	/* On the collection: what is looked for or comes to be. */
	assert_int_equal(users_insert(&f->ctx, &new, "bob's password"), OK);
	id_hex(&new.id, hex);
	assert_int_equal(users_find_by_id(&f->ctx, hex, &bob), OK);

	/* On the instance: each answers for itself alone. */
	assert_int_equal(user_is_password_correct(&f->ctx, bob,
	    "bob's password", &correct), OK);
	assert_true(correct);
	assert_int_equal(user_is_password_correct(&f->ctx, alice,
	    "bob's password", &correct), OK);
	assert_false(correct);
	assert_int_equal(user_access_token(&f->ctx, alice, &session, &token),
	    OK);
	assert_int_equal(token_read(&f->ctx, TOKEN_ACCESS, token, &claims),
	    OK);
	assert_true(id_equal(&claims.user, &alice->id));
	assert_string_equal(claims.username, "alice");
	user_set_full_name(bob, "Robert");
	assert_int_equal(user_save(&f->ctx, bob, SAVE_VALIDATED), OK);
	assert_string_equal(find(f, "alice")->full_name, "Alice Example");
}

static void
rule_3_saving_one_value_does_not_validate_the_whole(void **state)
{
	struct fixture	*f = *state;
	struct user	*user;

	insert_old(f);
	fixture_at(f, T0 + 1);
	user = find(f, "old name");
	user->avatar = "https://example.org/a.jpg";
	user->changed |= USER_AVATAR;
	assert_int_equal(user_save(&f->ctx, user, SAVE_VALIDATED), E_MEMBER);
	assert_string_equal(f->ctx.member_errors->field, "username");
	assert_string_equal(find(f, "old name")->avatar, "");

	assert_int_equal(user_save(&f->ctx, user, SAVE_UNVALIDATED), OK);
	assert_int_equal(user->changed, 0);
	user = find(f, "old name");
	assert_string_equal(user->avatar, "https://example.org/a.jpg");
	assert_int_equal(user->updated_at, T0 + 1);
}

static void
rule_3_an_unvalidated_save_writes_only_what_changed(void **state)
{
	struct fixture	*f = *state;
	struct user	*stale = find(f, "alice"), *other = find(f, "alice");

	user_set_full_name(other, "Alice Other");
	assert_int_equal(user_save(&f->ctx, other, SAVE_VALIDATED), OK);
	user_set_email(stale, "new@example.org");
	assert_int_equal(user_save(&f->ctx, stale, SAVE_UNVALIDATED), OK);
	assert_string_equal(find(f, "alice")->full_name, "Alice Other");
	assert_string_equal(find(f, "alice")->email, "new@example.org");
}

static void
rule_9_an_id_is_text_of_24_hex_digits_or_a_clear_error(void **state)
{
	static const char *const bad[] = {
		"", "0", "zzzzzzzzzzzzzzzzzzzzzzzz",
		"0123456789abcdef0123456", "0123456789abcdef012345678",
		"0123456789abcdef0123456g", "0x23456789abcdef01234567",
		" 123456789abcdef01234567", "{\"$ne\":null}aaaaaaaaaaaa",
		"0123456789abcdef0123456\n", "ABCDEFGHIJKLMNOPQRSTUVWX",
	};
	struct fixture	*f = *state;
	struct user	*user;
	char		 hex[ID_HEX_SIZE];
	size_t		 i;

	for (i = 0; i < NELEMS(bad); i++)
		assert_int_equal(users_find_by_id(&f->ctx, bad[i], &user),
		    E_BAD_ID);
	assert_int_equal(users_find_by_id(&f->ctx, NULL, &user), E_BAD_ID);
	assert_int_equal(users_find_by_id(&f->ctx,
	    "0123456789abcdef01234567", &user), E_NOT_FOUND);

	id_hex(&f->user.id, hex);
	assert_int_equal(users_find_by_id(&f->ctx, hex, &user), OK);
	assert_string_equal(user->username, "alice");
}

static void
a_name_means_a_username_then_an_address(void **state)
{
	struct fixture	*f = *state;
	struct user	*user;

	insert_old(f);
	assert_string_equal(find(f, " Alice\t")->username, "alice");
	assert_string_equal(find(f, "ALICE@example.org")->username, "alice");
	assert_string_equal(find(f, "Old@Example.ORG")->username,
	    "old name");
	assert_int_equal(users_find_by_login(&f->ctx, "old@example.org",
	    &user), E_NOT_FOUND);
	assert_int_equal(users_find_by_login(&f->ctx, "", &user),
	    E_NOT_FOUND);
	assert_int_equal(users_find_by_login(&f->ctx, "ali%", &user),
	    E_NOT_FOUND);
}

static void
a_new_account_is_checked_and_its_names_are_unique(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = {
		.username = "bob", .email = "bob@example.org",
		.full_name = "Bob",
	};

	assert_int_equal(users_insert(&f->ctx, &user, "short"), E_MEMBER);
	assert_string_equal(f->ctx.member_errors->field, "password");

	fixture_at(f, T0 + 1);
	assert_int_equal(users_insert(&f->ctx, &user, "a good password"),
	    OK);
	assert_int_equal(find(f, "bob")->created_at, T0 + 1);

	fixture_at(f, T0 + 2);
	assert_int_equal(users_insert(&f->ctx, &user, "a good password"),
	    E_EXISTS);
	assert_string_equal(f->ctx.member_errors->field, "username");
	fixture_at(f, T0 + 2);
	user.username = "robert";
	assert_int_equal(users_insert(&f->ctx, &user, "a good password"),
	    E_EXISTS);
	assert_string_equal(f->ctx.member_errors->field, "email");
	fixture_at(f, T0 + 2);
	user.email = "no address";
	assert_int_equal(users_insert(&f->ctx, &user, "a good password"),
	    E_MEMBER);
	assert_string_equal(f->ctx.member_errors->field, "email");
}

static void
saving_an_account_that_is_gone_says_so(void **state)
{
	struct fixture	*f = *state;
	struct user	*user = find(f, "alice");

	assert_int_equal(store_user_remove(f->store, &user->id), OK);
	user_set_full_name(user, "Ghost");
	assert_int_equal(user_save(&f->ctx, user, SAVE_UNVALIDATED),
	    E_NOT_FOUND);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, \
	fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rule_2_one_is_an_instance_and_all_are_the_collection),
		TEST(rule_3_saving_one_value_does_not_validate_the_whole),
		TEST(rule_3_an_unvalidated_save_writes_only_what_changed),
		TEST(rule_9_an_id_is_text_of_24_hex_digits_or_a_clear_error),
		TEST(a_name_means_a_username_then_an_address),
		TEST(a_new_account_is_checked_and_its_names_are_unique),
		TEST(saving_an_account_that_is_gone_says_so),
	};

	return cmocka_run_group_tests_name("user", tests, NULL, NULL);
}
