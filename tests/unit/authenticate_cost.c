/* What a login costs, whoever asks, and what it leaves behind. */
#include <crypt.h>
#include <dlfcn.h>

#include "base/log.h"
#include "base/slot.h"
#include "account/authenticate.h"
#include "account/user.h"
#include "store/engine.h"
#include "fixture.h"

/* "e" and an accent, or both in one, nobody can see which. */
#define NFD "cafe\xcc\x81 au lait"
#define NFC "caf\xc3\xa9 au lait"

static enum err
login(struct fixture *f, const char *name, const char *password)
{
	struct user *user;

	return users_authenticate(&f->ctx, name, password, NULL, &user);
}

static struct user
stored(struct fixture *f)
{
	struct user user;

	assert_int_equal(store_user_by_id(f->store, f->ctx.arena,
	    &f->user.id, &user), OK);
	return user;
}

static void
store_bcrypt(struct fixture *f, const char *password)
{
	struct user		user = f->user;
	struct crypt_data	data = { 0 };
	unsigned		taken;

	user.password = crypt_rn(password, "$2b$04$abcdefghijklmnopqrstuu",
	    &data, sizeof(data));
	assert_non_null(user.password);
	assert_int_equal(store_user_update(f->store, &user, USER_PASSWORD,
	    NULL, false, &taken), OK);
}

/* What libsodium was asked to compute: these stand before its own. */
struct hashes {
	int			count;
	unsigned long long	passes;
	size_t			memory;
};

static struct hashes asked;

#define INTERPOSED __attribute__((visibility("default")))
INTERPOSED int	crypto_pwhash(unsigned char *, unsigned long long,
		    const char *, unsigned long long, const unsigned char *,
		    unsigned long long, size_t, int);
INTERPOSED int	crypto_pwhash_str_alg(char *, const char *,
		    unsigned long long, unsigned long long, size_t, int);

static void
count_hash(unsigned long long passes, size_t memory)
{
	asked.count++;
	asked.passes = passes;
	asked.memory = memory;
}

int
crypto_pwhash(unsigned char *out, unsigned long long size,
    const char *password, unsigned long long length,
    const unsigned char *salt, unsigned long long passes, size_t memory,
    int algorithm)
{
	int	(*real)(unsigned char *, unsigned long long, const char *,
		    unsigned long long, const unsigned char *,
		    unsigned long long, size_t, int);
	void	*symbol = dlsym(RTLD_NEXT, "crypto_pwhash");

	memcpy(&real, &symbol, sizeof(real));
	count_hash(passes, memory);
	return real(out, size, password, length, salt, passes, memory,
	    algorithm);
}

int
crypto_pwhash_str_alg(char *out, const char *password,
    unsigned long long length, unsigned long long passes, size_t memory,
    int algorithm)
{
	int	(*real)(char *, const char *, unsigned long long,
		    unsigned long long, size_t, int);
	void	*symbol = dlsym(RTLD_NEXT, "crypto_pwhash_str_alg");

	memcpy(&real, &symbol, sizeof(real));
	count_hash(passes, memory);
	return real(out, password, length, passes, memory, algorithm);
}

static void
an_unknown_name_costs_what_a_wrong_password_costs(void **state)
{
	struct fixture	*f = *state;
	struct hashes	 known;

	f->conf.hash_memory = 2 * 1024 * 1024;
	f->conf.hash_passes = 3;
	assert_int_equal(login(f, "alice", FIXTURE_PASSWORD), OK);
	asked.count = 0;
	assert_int_equal(login(f, "alice", "wrong"), E_CREDENTIALS);
	known = asked;
	asked = (struct hashes){ 0 };
	assert_int_equal(login(f, "nobody", "wrong"), E_CREDENTIALS);
	assert_int_equal(known.count, 1);
	assert_memory_equal(&asked, &known, sizeof(known));
}

static void
a_refused_login_takes_its_time_a_good_one_does_not(void **state)
{
	struct fixture	*f = *state;
	int64_t		 before = clock_monotonic();

	f->conf.login_floor = 3000;
	assert_int_equal(login(f, "alice", FIXTURE_PASSWORD), OK);
	assert_true(clock_monotonic() - before < 3000);
	f->conf.login_floor = 300;
	before = clock_monotonic();
	assert_int_equal(login(f, "alice", "wrong"), E_CREDENTIALS);
	assert_true(clock_monotonic() - before >= 300);
	before = clock_monotonic();
	assert_int_equal(login(f, "nobody", "wrong"), E_CREDENTIALS);
	assert_true(clock_monotonic() - before >= 300);
}

/* Of an old account it may take two hashes; of no account it takes as long. */
static void
a_password_not_in_nfc_is_refused_after_twice_the_time(void **state)
{
	struct fixture	*f = *state;
	int64_t		 before;

	f->conf.login_floor = 150;
	before = clock_monotonic();
	assert_int_equal(login(f, "nobody", NFD), E_CREDENTIALS);
	assert_true(clock_monotonic() - before >= 300);
	before = clock_monotonic();
	assert_int_equal(login(f, "alice", NFD), E_CREDENTIALS);
	assert_true(clock_monotonic() - before >= 300);
}

static void
the_log_may_know_whose_password_was_wrong(void **state)
{
	struct fixture	*f = *state;
	char		 hex[ID_HEX_SIZE];

	id_hex(&f->user.id, hex);
	assert_int_equal(login(f, "nobody", "wrong"), E_CREDENTIALS);
	assert_string_equal(f->ctx.note, "unknown name");
	assert_int_equal(login(f, "alice", "hunter2"), E_CREDENTIALS);
	assert_non_null(strstr(f->ctx.note, "wrong password"));
	assert_non_null(strstr(f->ctx.note, hex));
	assert_null(strstr(f->ctx.note, "hunter2"));
	user_set_disabled(&f->user, true);
	assert_int_equal(user_save(&f->ctx, &f->user, SAVE_UNVALIDATED), OK);
	assert_int_equal(login(f, "alice", FIXTURE_PASSWORD),
	    E_CREDENTIALS);
	assert_non_null(strstr(f->ctx.note, "disabled"));
	assert_null(f->ctx.message);
}

static void
every_hash_gives_its_slot_back(void **state)
{
	struct fixture	*f = *state;
	bool		 correct;
	int		 i;

	f->conf.hash_slots = 1;
	for (i = 0; i < 3; i++) {
		assert_int_equal(user_is_password_correct(&f->ctx, &f->user,
		    "wrong", &correct), OK);
		assert_int_equal(user_set_password(&f->ctx, &f->user,
		    "password", "another one"), OK);
		assert_int_equal(login(f, "alice", "wrong"), E_CREDENTIALS);
	}
}

static void
a_login_waits_for_a_slot_before_it_gives_up(void **state)
{
	struct fixture	*f = *state;
	const int64_t	 before = clock_monotonic();
	int		 slot;

	f->conf.hash_slots = 1;
	assert_int_equal(slot_take(f->directory, "slot", 1, 0, &slot), OK);
	assert_int_equal(login(f, "alice", FIXTURE_PASSWORD), E_BUSY);
	assert_true(clock_monotonic() - before >= 1500);
	slot_release(slot);
}

static void
either_spelling_of_a_password_is_the_password(void **state)
{
	static const char *const spellings[] = { NFD, NFC };
	struct fixture	*f = *state;
	size_t		 i;

	for (i = 0; i < NELEMS(spellings); i++) {
		assert_int_equal(user_set_password(&f->ctx, &f->user,
		    "password", spellings[i]), OK);
		assert_int_equal(user_save(&f->ctx, &f->user,
		    SAVE_UNVALIDATED), OK);
		assert_int_equal(login(f, "alice", NFC), OK);
		assert_int_equal(login(f, "alice", NFD), OK);
		assert_int_equal(login(f, "alice", "cafe au lait"),
		    E_CREDENTIALS);
	}
}

static void
a_hash_stays_bcrypt_where_either_spelling_is_too_long(void **state)
{
	struct fixture	*f = *state;
	char		 password[128];
	size_t		 i;

	/* As typed 75 bytes, in NFC 50. */
	for (i = 0; i < 25; i++)
		memcpy(password + 3 * i, "e\xcc\x81", 4);
	store_bcrypt(f, password);
	assert_int_equal(login(f, "alice", password), OK);
	assert_memory_equal(stored(f).password, "$2b$", 4);

	/* As typed 72 bytes, in NFC 144. */
	for (i = 0; i < 24; i++)
		memcpy(password + 3 * i, "\xe0\xa5\x98", 4);
	store_bcrypt(f, password);
	assert_int_equal(login(f, "alice", password), OK);
	assert_memory_equal(stored(f).password, "$2b$", 4);
}

static void
a_replaced_hash_is_a_change_of_the_record(void **state)
{
	struct fixture *f = *state;

	store_bcrypt(f, "old password");
	fixture_at(f, T0 + 5);
	assert_int_equal(login(f, "alice", "old password"), OK);
	assert_int_equal(stored(f).updated_at, T0 + 5);
}

static const struct engine *real;

/* While the old hash is being replaced, the user changes the password. */
static enum err
change_first(struct store *store, const struct user *user, unsigned changed,
    const struct user_expected *verified, bool validated, unsigned *taken)
{
	struct user	 other = *user;
	enum err	 err;

	store->engine = real;
	other.password = "the new one";
	err = store_user_update(store, &other, USER_PASSWORD, NULL, false,
	    taken);
	assert_int_equal(err, OK);
	return store_user_update(store, user, changed, verified, validated,
	    taken);
}

static void
a_new_password_is_not_undone_by_the_old_ones_rehash(void **state)
{
	struct fixture	*f = *state;
	struct engine	 engine;

	store_bcrypt(f, "old password");
	real = f->store->engine;
	engine = *real;
	engine.user_update = change_first;
	f->store->engine = &engine;
	assert_int_equal(login(f, "alice", "old password"), OK);
	assert_ptr_equal(f->store->engine, real);
	assert_string_equal(stored(f).password, "the new one");
}

static void
expect_error(void *arg, const char *line, size_t size)
{
	assert_non_null(memmem(line, size, " error ", 7));
	*(bool *)arg = true;
}

static void
a_store_that_is_away_is_no_wrong_password(void **state)
{
	struct fixture	*f = *state;
	bool		 is_told = false;

	log_sink(expect_error, &is_told);
	/* The time of this request is over before it began. */
	assert_int_equal(store_begin(f->store, 1), OK);
	assert_int_equal(login(f, "alice", FIXTURE_PASSWORD),
	    E_UNAVAILABLE);
	log_sink(NULL, NULL);
	assert_true(is_told);
	assert_int_equal(store_begin(f->store, 0), OK);
	assert_int_equal(login(f, "alice", FIXTURE_PASSWORD), OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, \
	fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_unknown_name_costs_what_a_wrong_password_costs),
		TEST(a_refused_login_takes_its_time_a_good_one_does_not),
		TEST(a_password_not_in_nfc_is_refused_after_twice_the_time),
		TEST(the_log_may_know_whose_password_was_wrong),
		TEST(every_hash_gives_its_slot_back),
		TEST(a_login_waits_for_a_slot_before_it_gives_up),
		TEST(either_spelling_of_a_password_is_the_password),
		TEST(a_hash_stays_bcrypt_where_either_spelling_is_too_long),
		TEST(a_replaced_hash_is_a_change_of_the_record),
		TEST(a_new_password_is_not_undone_by_the_old_ones_rehash),
		TEST(a_store_that_is_away_is_no_wrong_password),
	};

	return cmocka_run_group_tests_name("authenticate_cost", tests, NULL,
	    NULL);
}
