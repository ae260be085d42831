/*
 * Password hashes.  What is refused is refused although it is the right hash
 * of the password: each is one that crypt(3) or libsodium would accept.
 */
#include <sys/mman.h>
#include <crypt.h>
#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "account/password.h"

#include <cmocka.h>

/* "Passwort-é", with one code point and with two. */
#define NFC	"Passwort-\xc3\xa9"
#define NFD	"Passwort-e\xcc\x81"

#define SALT	"MDEyMzQ1Njc4OWFiY2RlZg"
#define DIGEST	"dxM42BlXPGcRaznheIro4EsOsM+d+7/i5tdGzz5GT8c"

/* Argon2id of "password", made by the reference implementation. */
#define CHEAP	"$argon2id$v=19$m=8,t=1,p=1$" SALT "$" DIGEST

/* Bcrypt of "password", cost 4. */
#define BCRYPT_TAIL "$04$abcdefghijklmnopqrstuughE8Ev8uGFaUgY2cNEySvxngrb/Jzdm"

static const struct password_cost cheap = { 8 * 1024, 1 };

static bool
opens(const char *hash, const char *password, const char *nfc)
{
	bool correct;

	assert_int_equal(password_verify(hash, password, nfc, &correct), OK);
	return correct;
}

/* A password that is the same in NFC. */
static bool
opens_plain(const char *hash, const char *password)
{
	return opens(hash, password, password);
}

static void
make(const char *password, char out[PASSWORD_HASH_SIZE])
{
	assert_int_equal(password_hash(&cheap, password, out), OK);
}

static void
a_new_hash_is_argon2id_of_the_cost_asked_for(void **state)
{
	const struct password_cost	usual = { 19 << 20, 2 };
	char				hash[PASSWORD_HASH_SIZE];

	(void)state;
	assert_int_equal(password_hash(&usual, "password", hash), OK);
	assert_int_equal(strncmp(hash, "$argon2id$v=19$m=19456,t=2,p=1$", 31),
	    0);
	assert_int_equal(strlen(hash), 97);
	assert_true(password_is_known(hash));
	assert_true(opens_plain(hash, "password"));
}

static void
two_hashes_of_one_password_differ(void **state)
{
	char a[PASSWORD_HASH_SIZE], b[PASSWORD_HASH_SIZE];

	(void)state;
	make("password", a);
	make("password", b);
	assert_string_not_equal(a, b);
}

static void
a_hash_opens_for_its_password_and_for_no_other(void **state)
{
	static const char *const others[] = { "", "P", "password", "Passwor",
	    "Password ", " Password", "Password\n", "Passwore", "PASSWORD" };
	char	hash[PASSWORD_HASH_SIZE];
	size_t	i;

	(void)state;
	make("Password", hash);
	assert_true(opens_plain(hash, "Password"));
	for (i = 0; i < NELEMS(others); i++)
		assert_false(opens_plain(hash, others[i]));
}

static void
hashes_made_by_other_programs_open(void **state)
{
	static const struct {
		const char *password, *hash;
	} known[] = {
		/* The reference implementation of Argon2. */
		{ "password", CHEAP },
		{ "password", "$argon2id$v=19$m=19456,t=2,p=1$" SALT
		    "$0qsHs573+LgGInzYb7sRqlOTBmqY4X6srNEm6ybpJ20" },
		{ "password", "$argon2id$v=19$m=65536,t=2,p=1$" SALT
		    "$7+/qEheh109gdg4M3e8OHdzFjQSPKlC6NgbVvwpor58" },
		{ "password", "$argon2id$v=19$m=8,t=10,p=1$" SALT
		    "$nKornybJTn6gA+LavAXpv2+WJvAsBsT1ph4HPOJtPUs" },
		/* The test vectors of Openwall's crypt_blowfish. */
		{ "U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC."
		    "E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW" },
		{ "U*U*U", "$2a$05$XXXXXXXXXXXXXXXXXXXXXO"
		    "AcXxm9kjPGEMsLznoKqmqw7tc8WCx4a" },
		{ "", "$2a$05$CCCCCCCCCCCCCCCCCCCCC."
		    "7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy" },
		{ "\xff\xff\xa3", "$2y$05$/OK.fbVrR/bpIqNJ5ianF."
		    "CE5elHaaO4EbggVDjb8P19RukzXSM3e" },
		/* Node's bcrypt. */
		{ "correct horse battery staple", "$2b$10$Laze1f5i5boKDpe11w"
		    "Kxw.2kWIEA.12pBaHi003VngtC0y2ry4L1W" },
		{ NFC, "$2b$10$QdstBW7Jl.hKofREstSzzeU8t8FhIGsed2KAMZoaSGMHw"
		    "4tzDcm8a" },
	};
	size_t	i;

	(void)state;
	for (i = 0; i < NELEMS(known); i++) {
		assert_true(opens_plain(known[i].hash, known[i].password));
		assert_false(opens_plain(known[i].hash, "Password"));
	}
}

static void
bcrypt_as_crypt_makes_it_opens(void **state)
{
	static const char *const settings[] = { "$2a$04", "$2b$04", "$2y$04",
	    "$2b$05", "$2b$09", "$2b$10" };
	struct crypt_data	 data;
	char			 setting[30], hash[61];
	size_t			 i;

	(void)state;
	for (i = 0; i < NELEMS(settings); i++) {
		snprintf(setting, sizeof(setting), "%s$%s", settings[i],
		    "abcdefghijklmnopqrstuu");
		memset(&data, 0, sizeof(data));
		snprintf(hash, sizeof(hash), "%s", crypt_r("password",
		    setting, &data));
		assert_int_equal(strlen(hash), 60);
		assert_true(opens_plain(hash, "password"));
		assert_false(opens_plain(hash, "Password"));
	}
}

static void
bytes_73_and_100_of_a_password_matter_in_a_new_hash(void **state)
{
	static const size_t	at[] = { 71, 72, 73, 99, 254, 255, 511, 1023 };
	char			password[PASSWORD_MAX + 1] = { 0 };
	char			hash[PASSWORD_HASH_SIZE];
	size_t			i;

	(void)state;
	memset(password, 'x', PASSWORD_MAX);
	make(password, hash);
	assert_true(opens_plain(hash, password));
	for (i = 0; i < NELEMS(at); i++) {
		password[at[i]] = 'y';
		assert_false(opens_plain(hash, password));
		password[at[i]] = 'x';
	}
}

/* As the earlier system did it; libxcrypt refuses more than 511. */
static void
bcrypt_looks_at_72_bytes_of_a_longer_password(void **state)
{
	/* Node's bcrypt of 600 times x. */
	static const char	hash[] = "$2b$04$2E0WyB7Ff9AXs3Qe1FQ1g."
				"J6OjfY1bKL3TErsrq3bLg6rxLKpoP5e";
	char			password[PASSWORD_MAX + 1] = { 0 };

	(void)state;
	memset(password, 'x', PASSWORD_MAX);
	assert_true(opens_plain(hash, password));
	password[600] = '\0';
	assert_true(opens_plain(hash, password));
	password[72] = 'y';
	assert_true(opens_plain(hash, password));
	password[72] = '\0';
	assert_true(opens_plain(hash, password));
	password[71] = 'y';
	assert_false(opens_plain(hash, password));
	password[71] = '\0';
	assert_false(opens_plain(hash, password));
}

static void
the_nfd_spelling_of_a_password_opens_its_nfc_twin(void **state)
{
	char hash[PASSWORD_HASH_SIZE];

	(void)state;
	make(NFC, hash);
	assert_true(opens(hash, NFC, NFC));
	assert_true(opens(hash, NFD, NFC));
	assert_false(opens(hash, NFC, NFD));

	/* Node's bcrypt of the bytes of NFC. */
	assert_true(opens("$2b$10$QdstBW7Jl.hKofREstSzzeU8t8FhIGsed2KAMZoaSGM"
	    "Hw4tzDcm8a", NFD, NFC));
}

/* Node's bcrypt of the bytes of NFD, which nobody normalized. */
static void
an_old_hash_of_bytes_not_in_nfc_opens_for_these_bytes(void **state)
{
	static const char hash[] =
	    "$2b$04$j3iP1g4Bnl9sUcdrZG6PzuH49x7RkB0AhK98lBOus6iCYLprHXMVW";

	(void)state;
	assert_true(opens(hash, NFD, NFC));
	assert_false(opens(hash, NFC, NFC));
}

static void
refuse(const char *hash)
{
	if (password_is_known(hash))
		fail_msg("%s is known", hash);
	if (opens_plain(hash, "password"))
		fail_msg("%s opens", hash);
}

static void
the_right_hash_of_another_scheme_opens_nothing(void **state)
{
	static const char *const hashes[] = {
		"abJnggxhB/yWI",
		"_J9..saltJW8FtKdEkNM",
		"$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/",
		"$3$$8846f7eaee8fb117ad06bdd830b7586c",
		"$5$saltsalt$gOjOtoMpVhru2uyjeJSEc/JaLQWOXMNmlOnj6T4AtC.",
		"$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2/"
		    "jctKu9YterLp8wwnSq.qc.eoxqOmSuNp2xS0ktL3nh/",
		"$7$CU..../....saltsaltsalt$"
		    "vrTxXHfHumvNNxSQpVt.nlsYJ.EdIr.pJH..KQIj.M7",
		"$y$j9T$F5Jx5fExrKuPp53xLKQ..1$"
		    "tnSYvahCwPBHKZUspmcxMfb0.WiB9W.zEaKlOBL35rC",
		"$sha1$24680$saltsalt$cjWYY8m.GxzIaOChpqX.LIZkGuOY",
		"$2x" BCRYPT_TAIL,
		"$argon2i$v=19$m=19456,t=2,p=1$" SALT
		    "$uOCBTyHvYcm1h5pfrT7axFhmwgGyiexbyIbwinhlSB0",
		"$argon2d$v=19$m=19456,t=2,p=1$" SALT
		    "$Sh5WFftcpxlEMEqGQmXiZr9r2KAVFHtqlFqnbXGGzVM",
		"$argon2id$v=16$m=19456,t=2,p=1$" SALT
		    "$uLG3kmx1H6l6EUAwm397RsATjwfuZ6PVmWW2cr+Aw3Q",
	};
	size_t	i;

	(void)state;
	for (i = 0; i < NELEMS(hashes); i++)
		refuse(hashes[i]);
}

static void
the_right_hash_of_a_cost_out_of_bounds_opens_nothing(void **state)
{
	static const char *const hashes[] = {
		"$2b$15$xCKM6YgNTRjz0s/Xxpvmk.3G.qRhUXX6gDpq7I/3d8I/tOG6rlvt6",
		"$argon2id$v=19$m=65537,t=2,p=1$" SALT
		    "$IQfCrdJB0/1v3Y3zw8Fa6nrtAG73aRVleZqIkF6nLgc",
		"$argon2id$v=19$m=8,t=11,p=1$" SALT
		    "$yeWgCOIuz/i0pnksqcMOWdUZmVms1LRCDIqvbZHAKIw",
		"$argon2id$v=19$m=19456,t=2,p=2$" SALT
		    "$TSUhYyWInOPtreZTlF4v50jLYuZcnLGvakwPEiI07xs",
		/* Eight bytes of salt, 64 of digest. */
		"$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ"
		    "$PL01amPyeUuxG7H0vIr5X+qHkZvWnHmGBGXFYvh8z2E",
		"$argon2id$v=19$m=19456,t=2,p=1$" SALT
		    "$g+Zxth88u8GsF+xG4Yiqwoqwqgy3j7HSbkNwyiFhHnLdBOuGyzCf6S7q"
		    "AVi02TtXBdUboS5FZKNAHULzBxuU0w",
	};
	size_t	i;

	(void)state;
	for (i = 0; i < NELEMS(hashes); i++)
		refuse(hashes[i]);
}

static void
bcrypt_is_known_from_cost_4_to_14(void **state)
{
	char	hash[] = "$2b$00$abcdefghijklmnopqrstuughE8Ev8uGFaUgY2cNEySvx"
		    "ngrb/Jzdm";
	int	cost;

	(void)state;
	for (cost = 0; cost < 100; cost++) {
		hash[4] = (char)('0' + cost / 10);
		hash[5] = (char)('0' + cost % 10);
		assert_int_equal(password_is_known(hash),
		    cost >= 4 && cost <= 14);
	}
}

/* Within bounds, and in one spelling: there is one 8 and no other. */
static const struct {
	const char	*text;
	bool		 is_known;
} parameters[] = {
	{ "m=8,t=1,p=1", true },
	{ "m=65536,t=10,p=1", true },
	{ "m=19456,t=2,p=1", true },
	{ "m=7,t=1,p=1", false },
	{ "m=0,t=1,p=1", false },
	{ "m=,t=1,p=1", false },
	{ "m=8,t=0,p=1", false },
	{ "m=8,t=,p=1", false },
	{ "m=8,t=1,p=0", false },
	{ "m=8,t=1,p=", false },
	{ "m=8,t=1,p=11", false },
	{ "m=8,t=1,p=01", false },
	{ "m=08,t=1,p=1", false },
	{ "m=8,t=01,p=1", false },
	{ "m=+8,t=1,p=1", false },
	{ "m=-8,t=1,p=1", false },
	{ "m= 8,t=1,p=1", false },
	{ "m=8 ,t=1,p=1", false },
	{ "m=0x8,t=1,p=1", false },
	{ "m=8k,t=1,p=1", false },
	{ "m=8.0,t=1,p=1", false },
	{ "m=65537,t=1,p=1", false },
	{ "m=100000,t=1,p=1", false },
	{ "m=4294967295,t=1,p=1", false },
	{ "m=4294967304,t=1,p=1", false },
	{ "m=18446744073709551624,t=1,p=1", false },
	{ "m=8,t=4294967297,p=1", false },
	{ "t=1,m=8,p=1", false },
	{ "m=8,t=1", false },
	{ "m=8,p=1", false },
	{ "m=8,t=1,p=1,", false },
	{ "m=8,t=1,p=1,keyid=AAAA", false },
	{ "m=8,t=1,p=1,data=AAAA", false },
	{ "M=8,t=1,p=1", false },
	{ "", false },
};

static void
argon2id_is_known_within_its_bounds_in_one_spelling(void **state)
{
	char	hash[200];
	size_t	i;

	(void)state;
	for (i = 0; i < NELEMS(parameters); i++) {
		snprintf(hash, sizeof(hash), "$argon2id$v=19$%s$%s$%s",
		    parameters[i].text, SALT, DIGEST);
		if (password_is_known(hash) != parameters[i].is_known)
			fail_msg("%s", parameters[i].text);
	}
}

static const char *const malformed[] = {
	"", "$", "password", "*0", "*1", "!", "x", "$2b$", "$2b$04$",
	"$argon2id$", "$argon2id$v=19$m=8,t=1,p=1$",
	"$argon2id$v=19$m=8,t=1,p=1$" SALT,
	"$argon2id$v=19$m=8,t=1,p=1$" SALT "$",
	"$argon2id$v=19$m=8,t=1,p=1$$" DIGEST,
	"$argon2id$v=19$m=8,t=1,p=1$" SALT "=$" DIGEST,
	"$argon2id$v=19$m=8,t=1,p=1$" SALT "==$" DIGEST,
	"$argon2id$v=19$m=8,t=1,p=1$" SALT "$$" DIGEST,
	"$argon2id$m=8,t=1,p=1$" SALT "$" DIGEST,
	"$argon2id$v=19$m=8,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZh$" DIGEST,
	"$argon2id$v=19$m=8,t=1,p=1$MDEyMzQ1Njc4OWFiY2Rl*g$" DIGEST,
	"$argon2id$v=19$m=8,t=1,p=1$MDEyMzQ1Njc4OWFiY2Rl\ng$" DIGEST,
	"$argon2id$v=19$m=8,t=1,p=1$" SALT
	    "$dxM42BlXPGcRaznheIro4EsOsM-d-7_i5tdGzz5GT8c",
	"$argon2id$v=19$m=8,t=1,p=1$" SALT
	    "$dxM42BlXPGcRaznheIro4EsOsM+d+7/i5tdGzz5GT8d",
	"$Argon2id$v=19$m=8,t=1,p=1$" SALT "$" DIGEST,
	" " CHEAP, CHEAP " ", CHEAP "\n", CHEAP "=", CHEAP "$",
	CHEAP "A", CHEAP "$A", CHEAP "\xff",
	" $2b" BCRYPT_TAIL, "$2b" BCRYPT_TAIL " ",
	"$2b" BCRYPT_TAIL "\n", "$2b" BCRYPT_TAIL "$",
	"$2b" BCRYPT_TAIL "m", "$2" BCRYPT_TAIL, "$2c" BCRYPT_TAIL,
	"$2B" BCRYPT_TAIL, "$2z" BCRYPT_TAIL, "2b" BCRYPT_TAIL,
	"$2bb" BCRYPT_TAIL, "$3b" BCRYPT_TAIL, "x2b" BCRYPT_TAIL,
	"$2b$4$abcdefghijklmnopqrstuughE8Ev8uGFaUgY2cNEySvxngrb/Jzdmm",
	"$2b$ 4$abcdefghijklmnopqrstuughE8Ev8uGFaUgY2cNEySvxngrb/Jzdm",
	"$2b$0:$abcdefghijklmnopqrstuughE8Ev8uGFaUgY2cNEySvxngrb/Jzdm",
	"$2b$1/$abcdefghijklmnopqrstuughE8Ev8uGFaUgY2cNEySvxngrb/Jzdm",
	"$2b.04$abcdefghijklmnopqrstuughE8Ev8uGFaUgY2cNEySvxngrb/Jzdm",
	"$2b$04.abcdefghijklmnopqrstuughE8Ev8uGFaUgY2cNEySvxngrb/Jzdm",
	"$2b$04$abcdefghijklmnopqrst+ughE8Ev8uGFaUgY2cNEySvxngrb/Jzdm",
	"$2b$04$abcdefghijklmnopqrstuughE8Ev8uGFaUgY2cNEySvxngrb/Jzd ",
	"$2b$04$abcdefghijklmnopqrstuu$hE8Ev8uGFaUgY2cNEySvxngrb/Jzdm",
};

static void
what_is_not_quite_a_hash_opens_nothing(void **state)
{
	size_t	i;

	(void)state;
	assert_true(opens_plain(CHEAP, "password"));
	assert_true(opens_plain("$2b" BCRYPT_TAIL, "password"));
	for (i = 0; i < NELEMS(malformed); i++)
		refuse(malformed[i]);
}

static void
a_hash_cut_short_opens_nothing(void **state)
{
	char	hash[] = CHEAP;
	char	old[] = "$2b" BCRYPT_TAIL;
	size_t	i;

	(void)state;
	for (i = strlen(hash); i > 0; i--) {
		hash[i - 1] = '\0';
		refuse(hash);
	}
	for (i = strlen(old); i > 0; i--) {
		old[i - 1] = '\0';
		refuse(old);
	}
}

static void
no_hash_at_all_opens_nothing(void **state)
{
	(void)state;
	assert_false(password_is_known(NULL));
	assert_false(opens_plain(NULL, "password"));
	assert_true(password_needs_rehash(&cheap, NULL));
}

/* In place of each character of salt and digest another. */
static void
a_hash_with_one_character_changed_opens_nothing(void **state)
{
	char	hash[] = CHEAP;
	char	old[] = "$2b" BCRYPT_TAIL;
	size_t	i;

	(void)state;
	for (i = strlen("$argon2id$v=19$m=8,t=1,p=1$"); hash[i] != '\0'; i++) {
		hash[i] ^= 1;
		assert_false(opens_plain(hash, "password"));
		hash[i] ^= 1;
	}
	for (i = 7; i < 60; i++) {
		old[i] = old[i] == 'Z' ? 'Y' : 'Z';
		assert_false(opens_plain(old, "password"));
		old[i] = ("$2b" BCRYPT_TAIL)[i];
	}
}

static void
only_argon2id_of_exactly_this_cost_stays(void **state)
{
	static const struct password_cost usual = { 19 << 20, 2 };
	static const struct {
		const char	*hash;
		bool		 stays;
	} cases[] = {
		{ "$argon2id$v=19$m=19456,t=2,p=1$" SALT "$" DIGEST, true },
		{ "$argon2id$v=19$m=19455,t=2,p=1$" SALT "$" DIGEST, false },
		{ "$argon2id$v=19$m=19457,t=2,p=1$" SALT "$" DIGEST, false },
		{ "$argon2id$v=19$m=65536,t=2,p=1$" SALT "$" DIGEST, false },
		{ "$argon2id$v=19$m=19456,t=1,p=1$" SALT "$" DIGEST, false },
		{ "$argon2id$v=19$m=19456,t=3,p=1$" SALT "$" DIGEST, false },
		{ "$argon2id$v=19$m=19456,t=2,p=2$" SALT "$" DIGEST, false },
		{ "$argon2i$v=19$m=19456,t=2,p=1$" SALT "$" DIGEST, false },
		{ "$argon2id$v=19$m=19456,t=2,p=1$" SALT "$", false },
		{ "$2b" BCRYPT_TAIL, false },
		{ "abJnggxhB/yWI", false },
		{ "", false },
	};
	char	hash[PASSWORD_HASH_SIZE];
	size_t	i;

	(void)state;
	for (i = 0; i < NELEMS(cases); i++)
		assert_int_equal(password_needs_rehash(&usual, cases[i].hash),
		    !cases[i].stays);

	make("password", hash);
	assert_false(password_needs_rehash(&cheap, hash));
	/* A size that is no whole number of KiB is rounded down when made. */
	assert_int_equal(password_hash(&(struct password_cost){ 9215, 1 },
	    "password", hash), OK);
	assert_false(password_needs_rehash(&(struct password_cost){ 9215, 1 },
	    hash));
	assert_true(password_needs_rehash(&(struct password_cost){ 9216, 1 },
	    hash));
}

/* libsodium takes the memory of a hash from mmap. */
static bool no_memory;

__attribute__((visibility("default"))) void *
mmap(void *address, size_t length, int protection, int flags, int fd,
    off_t offset)
{
	void	*(*real)(void *, size_t, int, int, int, off_t);
	void	*symbol;

	if (no_memory) {
		errno = ENOMEM;
		return MAP_FAILED;
	}
	symbol = dlsym(RTLD_NEXT, "mmap");
	memcpy(&real, &symbol, sizeof(real));
	return real(address, length, protection, flags, fd, offset);
}

/* The owner must not be told that the password is wrong. */
static void
want_of_memory_is_an_error_and_not_a_wrong_password(void **state)
{
	char		hash[PASSWORD_HASH_SIZE];
	bool		correct = true;
	enum err	verified, hashed;

	(void)state;
	no_memory = true;
	verified = password_verify(CHEAP, "password", "password", &correct);
	hashed = password_hash(&cheap, "password", hash);
	no_memory = false;

	assert_int_equal(verified, E_INTERNAL);
	assert_true(correct);
	assert_int_equal(hashed, E_INTERNAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_hash_is_argon2id_of_the_cost_asked_for),
		cmocka_unit_test(two_hashes_of_one_password_differ),
		cmocka_unit_test(
		    a_hash_opens_for_its_password_and_for_no_other),
		cmocka_unit_test(hashes_made_by_other_programs_open),
		cmocka_unit_test(bcrypt_as_crypt_makes_it_opens),
		cmocka_unit_test(
		    bytes_73_and_100_of_a_password_matter_in_a_new_hash),
		cmocka_unit_test(bcrypt_looks_at_72_bytes_of_a_longer_password),
		cmocka_unit_test(
		    the_nfd_spelling_of_a_password_opens_its_nfc_twin),
		cmocka_unit_test(
		    an_old_hash_of_bytes_not_in_nfc_opens_for_these_bytes),
		cmocka_unit_test(
		    the_right_hash_of_another_scheme_opens_nothing),
		cmocka_unit_test(
		    the_right_hash_of_a_cost_out_of_bounds_opens_nothing),
		cmocka_unit_test(bcrypt_is_known_from_cost_4_to_14),
		cmocka_unit_test(
		    argon2id_is_known_within_its_bounds_in_one_spelling),
		cmocka_unit_test(what_is_not_quite_a_hash_opens_nothing),
		cmocka_unit_test(a_hash_cut_short_opens_nothing),
		cmocka_unit_test(no_hash_at_all_opens_nothing),
		cmocka_unit_test(
		    a_hash_with_one_character_changed_opens_nothing),
		cmocka_unit_test(only_argon2id_of_exactly_this_cost_stays),
		cmocka_unit_test(
		    want_of_memory_is_an_error_and_not_a_wrong_password),
	};

	return cmocka_run_group_tests_name("password", tests, NULL, NULL);
}
