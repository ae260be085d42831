/* What is written when one account is made or saved, and what is refused. */
#include "account/authenticate.h"
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

static void
insert_bob(struct fixture *f, struct user *bob)
{
	*bob = (struct user){
		.username = "bob", .email = "bob@example.org",
		.full_name = "Bob", .epoch = 7, .version = 9,
		.changed = USER_EMAIL,
	};
	assert_int_equal(users_insert(&f->ctx, bob, "a good password"), OK);
}

/* A validated save of alice is refused for this member. */
static void
refused(struct fixture *f, struct user *alice, enum err want,
    const char *field)
{
	fixture_at(f, T0 + 1);
	assert_int_equal(user_save(&f->ctx, alice, SAVE_VALIDATED), want);
	assert_non_null(f->ctx.member_errors);
	assert_string_equal(f->ctx.member_errors->field, field);
}

static void
each_member_is_validated_when_it_is_saved(void **state)
{
	struct fixture	*f = *state;
	struct user	 alice = f->user;

	user_set_username(&alice, "al ice");
	refused(f, &alice, E_MEMBER, "username");
	alice = f->user;
	user_set_email(&alice, "alice");
	refused(f, &alice, E_MEMBER, "email");
	alice = f->user;
	user_set_full_name(&alice, "");
	refused(f, &alice, E_MEMBER, "fullName");
	assert_string_equal(find(f, "alice")->full_name, "Alice Example");
}

static void
a_name_of_somebody_else_is_taken_and_named(void **state)
{
	struct fixture	*f = *state;
	struct user	 alice, bob;

	insert_bob(f, &bob);
	alice = f->user;
	user_set_username(&alice, "bob");
	refused(f, &alice, E_EXISTS, "username");
	alice = f->user;
	user_set_email(&alice, "bob@example.org");
	refused(f, &alice, E_EXISTS, "email");
	assert_string_equal(find(f, "alice")->email, "alice@example.org");
}

static void
disabling_raises_the_epoch_enabling_does_not(void **state)
{
	struct fixture	*f = *state;
	struct user	*alice = find(f, "alice");

	user_set_disabled(alice, true);
	assert_int_equal(user_save(&f->ctx, alice, SAVE_UNVALIDATED), OK);
	alice = find(f, "alice");
	assert_true(alice->disabled);
	assert_int_equal(alice->epoch, f->user.epoch + 1);
	user_set_disabled(alice, false);
	assert_int_equal(user_save(&f->ctx, alice, SAVE_UNVALIDATED), OK);
	alice = find(f, "alice");
	assert_false(alice->disabled);
	assert_int_equal(alice->epoch, f->user.epoch + 1);
}

static void
a_new_account_begins_at_the_beginning(void **state)
{
	struct fixture	*f = *state;
	struct user	 bob, *stored;

	free(f->conf.avatar_default);
	f->conf.avatar_default = strdup("https://example.org/nobody.png");
	fixture_at(f, T0 + 3);
	insert_bob(f, &bob);
	assert_int_equal(bob.changed, 0);
	stored = find(f, "bob");
	assert_string_equal(stored->avatar, "https://example.org/nobody.png");
	assert_string_equal(stored->cover_image, "");
	assert_int_equal(stored->created_at, T0 + 3);
	assert_int_equal(stored->updated_at, T0 + 3);
	assert_int_equal(stored->epoch, 0);
	assert_int_equal(stored->version, -1);
}

static void
a_name_is_found_in_either_spelling(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = {
		.username = "andr\xc3\xa9", .email = "andre@example.org",
		.full_name = "Andr\xc3\xa9",
	};

	assert_int_equal(users_insert(&f->ctx, &user, "a good password"),
	    OK);
	assert_string_equal(find(f, "andr\xc3\xa9")->email,
	    "andre@example.org");
	assert_string_equal(find(f, "Andre\xcc\x81")->email,
	    "andre@example.org");
}

/*
 * Front-ends send the whole form back.  What an earlier system kept, an
 * address in capitals, a name longer than ours may be, is no change then.
 */
static void
what_an_account_has_already_is_no_change(void **state)
{
	struct fixture		*f = *state;
	char			 full_name[201];
	struct user		 user = f->user;
	struct user_names	 names;
	unsigned		 taken;

	memset(full_name, 'x', sizeof(full_name) - 1);
	full_name[sizeof(full_name) - 1] = '\0';
	user.username = "Old Name";
	user.email = "Old@Example.ORG";
	user.full_name = full_name;
	assert_int_equal(id_make(T0, &user.id), OK);
	assert_int_equal(store_user_insert(f->store, &user, &taken), OK);

	user = *find(f, "Old@Example.ORG");
	names = (struct user_names){ .username = user.username,
	    .email = user.email, .full_name = user.full_name };
	assert_int_equal(user_rename(&f->ctx, &user, &names), OK);
	assert_int_equal(user.changed, 0);
	names.full_name = "Short";
	assert_int_equal(user_rename(&f->ctx, &user, &names), OK);
	assert_int_equal(user.changed, USER_FULL_NAME);
}

/*
 * Who knows the old password proves it, and takes its time until the owner
 * has a new one: that must not rename the account.  What needs no proof goes
 * on.
 */
static void
a_rename_that_a_new_password_overtook_is_not_written(void **state)
{
	struct fixture	*f = *state;
	struct user	*stale = find(f, "alice"), *owner = find(f, "alice");

	assert_int_equal(user_set_password(&f->ctx, owner, "password",
	    "another good password"), OK);
	assert_int_equal(user_save(&f->ctx, owner, SAVE_UNVALIDATED), OK);

	user_set_email(stale, "thief@example.org");
	assert_int_equal(user_save(&f->ctx, stale, SAVE_UNVALIDATED),
	    E_STALE);
	assert_string_equal(find(f, "alice")->email, "alice@example.org");
	*stale = f->user;
	user_set_username(stale, "thief");
	assert_int_equal(user_save(&f->ctx, stale, SAVE_UNVALIDATED),
	    E_STALE);
	*stale = f->user;
	user_set_full_name(stale, "Alice Other");
	assert_int_equal(user_save(&f->ctx, stale, SAVE_UNVALIDATED), OK);
	assert_string_equal(find(f, "alice")->full_name, "Alice Other");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, \
	fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_member_is_validated_when_it_is_saved),
		TEST(a_name_of_somebody_else_is_taken_and_named),
		TEST(disabling_raises_the_epoch_enabling_does_not),
		TEST(a_new_account_begins_at_the_beginning),
		TEST(a_name_is_found_in_either_spelling),
		TEST(what_an_account_has_already_is_no_change),
		TEST(a_rename_that_a_new_password_overtook_is_not_written),
	};

	return cmocka_run_group_tests_name("user_save", tests, NULL, NULL);
}
