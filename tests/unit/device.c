/* What makes a device a trusted one, and what does not. */
#include "account/device.h"
#include "account/secret.h"
#include "base/crypto.h"
#include "fixture.h"

static const struct session the_session = {
	.id = { { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 } },
	.rotated_at = INT64_C(1767225600000),
};

static char *
make(struct fixture *f)
{
	char *text = NULL;

	assert_int_equal(device_make(&f->ctx, &f->user, &the_session, &text),
	    OK);
	assert_non_null(text);
	return text;
}

static bool
is_trusted(struct fixture *f, const struct user *user, const char *text)
{
	struct id id = { { 0 } };

	if (!device_read(&f->ctx, user, text, &id)) {
		assert_int_equal(id.b[0], 0);
		return false;
	}
	assert_true(id_equal(&id, &the_session.id));
	return true;
}

static void
what_was_made_is_read(void **state)
{
	struct fixture *f = *state;

	assert_true(is_trusted(f, &f->user, make(f)));
	assert_string_equal(make(f), make(f));
	assert_int_equal(strlen(make(f)), 86);
}

static void
nothing_and_anything_is_no_device(void **state)
{
	static const char *const texts[] = { "", "a", "undefined", "....",
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	    "AAAAAAAAAAAAAAAAAAAAAA" };
	struct fixture	*f = *state;
	size_t		 i;

	assert_false(is_trusted(f, &f->user, NULL));
	for (i = 0; i < NELEMS(texts); i++)
		assert_false(is_trusted(f, &f->user, texts[i]));
}

static void
every_bit_counts(void **state)
{
	struct fixture	*f = *state;
	unsigned char	*bytes;
	size_t		 size, i;

	assert_int_equal(base64_decode(f->ctx.arena, make(f), 86, &bytes,
	    &size), OK);
	for (i = 0; i < size * 8; i++) {
		bytes[i / 8] ^= (unsigned char)(1 << i % 8);
		assert_false(is_trusted(f, &f->user,
		    base64url_encode(f->ctx.arena, bytes, size)));
		bytes[i / 8] ^= (unsigned char)(1 << i % 8);
	}
	assert_true(is_trusted(f, &f->user,
	    base64url_encode(f->ctx.arena, bytes, size)));
	for (i = 0; i < size; i++)
		assert_false(is_trusted(f, &f->user,
		    base64url_encode(f->ctx.arena, bytes, i)));
	assert_false(is_trusted(f, &f->user, arena_printf(f->ctx.arena,
	    "%s%s", make(f), "AA")));
}

static void
it_is_of_one_account_and_one_epoch(void **state)
{
	struct fixture	*f = *state;
	struct user	 user = f->user;
	const char	*text = make(f);

	user.id.b[11] ^= 1;
	assert_false(is_trusted(f, &user, text));
	user = f->user;
	user.epoch++;
	assert_false(is_trusted(f, &user, text));
}

static void
it_holds_for_a_year(void **state)
{
	struct fixture	*f = *state;
	const char	*text = make(f);

	f->ctx.now = the_session.rotated_at + DAYS(365) - 1;
	assert_true(is_trusted(f, &f->user, text));
	f->ctx.now++;
	assert_false(is_trusted(f, &f->user, text));
}

static void
it_is_made_with_the_secret(void **state)
{
	struct fixture	*f = *state;
	const char	*text = make(f);

	f->conf.secret_size = 30;
	assert_false(is_trusted(f, &f->user, text));
}

static void
a_label_is_no_part_of_what_it_labels(void **state)
{
	struct fixture	*f = *state;
	unsigned char	 one[MAC_SIZE], two[MAC_SIZE];

	assert_int_equal(secret_mac(&f->ctx, "net", "name", 4, one), OK);
	assert_int_equal(secret_mac(&f->ctx, "not", "name", 4, two), OK);
	assert_memory_not_equal(one, two, MAC_SIZE);
	assert_int_equal(secret_mac(&f->ctx, "netn", "ame", 3, two), OK);
	assert_memory_not_equal(one, two, MAC_SIZE);
	assert_int_equal(secret_mac(&f->ctx, "net", "name", 4, two), OK);
	assert_memory_equal(one, two, MAC_SIZE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, \
	fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_made_is_read),
		TEST(nothing_and_anything_is_no_device),
		TEST(every_bit_counts),
		TEST(it_is_of_one_account_and_one_epoch),
		TEST(it_holds_for_a_year),
		TEST(it_is_made_with_the_secret),
		TEST(a_label_is_no_part_of_what_it_labels),
	};

	return cmocka_run_group_tests_name("device", tests, NULL, NULL);
}
