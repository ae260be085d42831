/* Who knows the password: hashes replaced, slots, what a stranger learns. */
#include <crypt.h>
#include <sys/wait.h>

#include "base/slot.h"
#include "account/authenticate.h"
#include "account/user.h"
#include "fixture.h"

static enum err
login(struct fixture *f, const char *name, const char *password)
{
	struct user *user;

	return users_authenticate(&f->ctx, name, password, NULL, &user);
}

static const char *
stored_hash(struct fixture *f)
{
	struct user user;

	assert_int_equal(store_user_by_id(f->store, f->ctx.arena,
	    &f->user.id, &user), OK);
	return user.password;
}

static void
store_bcrypt(struct fixture *f, const char *password, const char *setting)
{
	struct user		user = f->user;
	struct crypt_data	data = { 0 };
	unsigned		taken;

	user.password = crypt_rn(password, setting, &data, sizeof(data));
	assert_non_null(user.password);
	assert_int_equal(store_user_update(f->store, &user, USER_PASSWORD,
	    NULL, false, &taken), OK);
}

static void
the_right_password_of_the_right_name_only(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(login(f, "alice", FIXTURE_PASSWORD), OK);
	assert_int_equal(login(f, "alice@example.org", FIXTURE_PASSWORD),
	    OK);
	assert_int_equal(login(f, "alice", FIXTURE_PASSWORD " "),
	    E_CREDENTIALS);
	assert_int_equal(login(f, "alice", "Correct Horse Battery"),
	    E_CREDENTIALS);
	assert_int_equal(login(f, "alice", ""), E_CREDENTIALS);
	assert_int_equal(login(f, "nobody", FIXTURE_PASSWORD),
	    E_CREDENTIALS);
}

static void
an_old_hash_is_replaced_at_login_and_only_then(void **state)
{
	struct fixture	*f = *state;
	const char	*before;

	store_bcrypt(f, "old password", "$2b$04$abcdefghijklmnopqrstuu");
	before = stored_hash(f);
	assert_int_equal(login(f, "alice", "wrong"), E_CREDENTIALS);
	assert_string_equal(stored_hash(f), before);
	assert_int_equal(login(f, "alice", "old password"), OK);
	assert_memory_equal(stored_hash(f), "$argon2id$", 10);
	before = stored_hash(f);
	assert_int_equal(login(f, "alice", "old password"), OK);
	assert_string_equal(stored_hash(f), before);
}

static void
a_rehash_leaves_sessions_alone(void **state)
{
	struct fixture	*f = *state;
	struct user	*user;

	store_bcrypt(f, "old password", "$2a$04$abcdefghijklmnopqrstuu");
	assert_int_equal(users_authenticate(&f->ctx, "alice",
	    "old password", NULL, &user), OK);
	assert_int_equal(user->epoch, f->user.epoch);
}

static void
a_hash_of_more_than_72_bytes_stays_bcrypt(void **state)
{
	struct fixture	*f = *state;
	char		 password[74];

	memset(password, 'x', sizeof(password) - 1);
	password[73] = '\0';
	store_bcrypt(f, password, "$2b$04$abcdefghijklmnopqrstuu");
	assert_int_equal(login(f, "alice", password), OK);
	assert_memory_equal(stored_hash(f), "$2b$", 4);
	password[72] = '\0';
	assert_int_equal(login(f, "alice", password), OK);
	assert_memory_equal(stored_hash(f), "$argon2id$", 10);
}

static void
an_argon2id_hash_of_another_cost_is_replaced(void **state)
{
	struct fixture *f = *state;

	f->conf.hash_memory = 2 * 1024 * 1024;
	assert_int_equal(login(f, "alice", FIXTURE_PASSWORD), OK);
	assert_non_null(strstr(stored_hash(f), "m=2048,"));
}

static void
a_hash_of_a_form_unknown_matches_nothing(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = f->user;
	unsigned	 taken;

	user.password = "$1$abcdefgh$K4Y8xQ0ZJHV3o1O6nA1hd/";
	assert_int_equal(store_user_update(f->store, &user, USER_PASSWORD,
	    NULL, false, &taken), OK);
	assert_int_equal(login(f, "alice", "password"), E_CREDENTIALS);
	assert_string_equal(stored_hash(f), user.password);
}

static void
a_disabled_account_is_a_wrong_password(void **state)
{
	struct fixture *f = *state;

	user_set_disabled(&f->user, true);
	assert_int_equal(user_save(&f->ctx, &f->user, SAVE_UNVALIDATED), OK);
	assert_int_equal(login(f, "alice", FIXTURE_PASSWORD),
	    E_CREDENTIALS);
}

static void
without_a_slot_nothing_is_hashed(void **state)
{
	struct fixture	*f = *state;
	int		 one, two;

	assert_int_equal(slot_take(f->directory, "slot", 2, 0, &one), OK);
	assert_int_equal(slot_take(f->directory, "slot", 2, 0, &two), OK);
	assert_int_equal(login(f, "alice", FIXTURE_PASSWORD), E_BUSY);
	assert_int_equal(login(f, "nobody", "x"), E_BUSY);
	slot_release(one);
	assert_int_equal(login(f, "alice", FIXTURE_PASSWORD), OK);
	slot_release(two);
}

static void
a_new_password_ends_what_was_opened_with_the_old(void **state)
{
	struct fixture	*f = *state;
	struct user	*user;
	bool		 correct;

	assert_int_equal(users_authenticate(&f->ctx, "alice",
	    FIXTURE_PASSWORD, NULL, &user), OK);
	assert_int_equal(user_set_password(&f->ctx, user, "password",
	    "another one"),
	    OK);
	assert_int_equal(user_save(&f->ctx, user, SAVE_UNVALIDATED), OK);
	assert_int_equal(login(f, "alice", FIXTURE_PASSWORD),
	    E_CREDENTIALS);
	assert_int_equal(users_authenticate(&f->ctx, "alice", "another one",
	    NULL, &user), OK);
	assert_int_equal(user->epoch, f->user.epoch + 1);
	assert_int_equal(user_is_password_correct(&f->ctx, user,
	    "another one", &correct), OK);
	assert_true(correct);
	assert_int_equal(user_is_password_correct(&f->ctx, user,
	    FIXTURE_PASSWORD, &correct), OK);
	assert_false(correct);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, \
	fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_right_password_of_the_right_name_only),
		TEST(an_old_hash_is_replaced_at_login_and_only_then),
		TEST(a_rehash_leaves_sessions_alone),
		TEST(a_hash_of_more_than_72_bytes_stays_bcrypt),
		TEST(an_argon2id_hash_of_another_cost_is_replaced),
		TEST(a_hash_of_a_form_unknown_matches_nothing),
		TEST(a_disabled_account_is_a_wrong_password),
		TEST(without_a_slot_nothing_is_hashed),
		TEST(a_new_password_ends_what_was_opened_with_the_old),
	};

	return cmocka_run_group_tests_name("authenticate", tests, NULL, NULL);
}
