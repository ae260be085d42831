/* The pictures of an account, and what is left where a step fails. */
#include <dirent.h>
#include <sys/stat.h>

#include "account/user.h"
#include "avatar/avatar.h"
#include "avatar/gallery.h"
#include "store/engine.h"
#include "fixture.h"
#include "pretender.h"
#include "said.h"

#define PICTURE	JPEG "write jpg 6 4\n" JPEG "abc" JPEG "d"
#define HEX	"0123456789abcdef0123456789abcdef"
#define DEFAULT	"/pictures/nobody.png"

static char			 directory[128], url[] = "/avatars/";
static const struct engine	*real;
static struct engine		 faulty;
static int			 updates;	/* that were asked for */

static int
set_up(void **state)
{
	struct fixture *f;

	(void)fixture_setup(state);
	f = *state;
	(void)snprintf(directory, sizeof(directory), "%s/avatars",
	    f->directory);
	assert_int_equal(mkdir(directory, 0755), 0);
	f->conf.avatar_dir = directory;
	f->conf.avatar_url = url;
	free(f->conf.avatar_default);
	f->conf.avatar_default = strdup(DEFAULT);
	said_start();
	real = f->store->engine;
	faulty = *real;
	updates = 0;
	return 0;
}

static bool
is_there(const char *address)
{
	char		path[512];
	struct stat	st;

	(void)snprintf(path, sizeof(path), "%s/%s", directory,
	    strrchr(address, '/') + 1);
	return stat(path, &st) == 0;
}

static int
count_files(void)
{
	DIR	*all = opendir(directory);
	int	 count = 0;

	assert_non_null(all);
	while (readdir(all) != NULL)
		count++;
	(void)closedir(all);
	return count - 2;
}

static enum err
set(struct fixture *f, unsigned field)
{
	return user_set_picture(&f->ctx, &f->user, field, PICTURE,
	    strlen(PICTURE), "image/jpeg");
}

/* As the record has it. */
static struct user *
stored(struct fixture *f)
{
	static struct user user;

	f->store->engine = real;
	assert_int_equal(store_user_by_id(f->store, f->ctx.arena,
	    &f->user.id, &user), OK);
	return &user;
}

static void
a_new_picture_takes_the_place_of_the_old_one(void **state)
{
	struct fixture	*f = *state;
	const char	*first, *second;

	fixture_at(f, T0 + 5);
	assert_int_equal(set(f, USER_AVATAR), OK);
	first = f->user.avatar;
	assert_string_equal(stored(f)->avatar, first);
	assert_int_equal(stored(f)->updated_at, T0 + 5);
	assert_true(is_there(first));
	assert_string_equal(f->user.cover_image, "");
	assert_non_null(strstr(f->ctx.note, "avatar changed user="));

	assert_int_equal(set(f, USER_AVATAR), OK);
	second = f->user.avatar;
	assert_string_not_equal(first, second);
	assert_string_equal(stored(f)->avatar, second);
	assert_true(is_there(second));
	assert_false(is_there(first));
	assert_int_equal(count_files(), 2);
}

static void
the_cover_image_is_another_picture(void **state)
{
	struct fixture	*f = *state;

	assert_int_equal(set(f, USER_AVATAR), OK);
	assert_int_equal(set(f, USER_COVER_IMAGE), OK);
	assert_non_null(strstr(f->ctx.note, "cover image changed user="));
	assert_int_equal(count_files(), 4);
	assert_string_equal(stored(f)->cover_image, f->user.cover_image);
	assert_int_equal(set(f, USER_COVER_IMAGE), OK);
	assert_int_equal(count_files(), 4);
	assert_true(is_there(f->user.avatar));
	assert_int_equal(user_clear_picture(&f->ctx, &f->user,
	    USER_COVER_IMAGE), OK);
	assert_string_equal(stored(f)->cover_image, "");
	assert_string_equal(stored(f)->avatar, f->user.avatar);
	assert_int_equal(count_files(), 2);
	assert_true(is_there(f->user.avatar));
}

static void
a_picture_is_cleared_to_the_default_also_twice(void **state)
{
	struct fixture	*f = *state;
	int		 i;

	assert_int_equal(set(f, USER_AVATAR), OK);
	for (i = 0; i < 2; i++) {
		assert_int_equal(user_clear_picture(&f->ctx, &f->user,
		    USER_AVATAR), OK);
		assert_string_equal(f->user.avatar, DEFAULT);
		assert_string_equal(stored(f)->avatar, DEFAULT);
		assert_int_equal(count_files(), 0);
	}
}

/* The record gets this address, in another tab say. */
static void
change(struct fixture *f, const char *address)
{
	const struct engine	*engine = f->store->engine;
	struct user		 user = f->user;
	unsigned		 taken;

	f->store->engine = real;
	user.avatar = address;
	assert_int_equal(store_user_update(f->store, &user, USER_AVATAR,
	    NULL, false, &taken), OK);
	f->store->engine = engine;
}

static void
a_picture_of_another_system_is_only_forgotten(void **state)
{
	struct fixture	*f = *state;

	f->user.avatar = "https://res.cloudinary.com/demo/" HEX ".jpg";
	change(f, f->user.avatar);
	assert_int_equal(set(f, USER_AVATAR), OK);
	assert_int_equal(count_files(), 2);
	assert_true(is_there(stored(f)->avatar));
}

/* Steps that fail -------------------------------------------------------- */

static struct fixture	*racing;
static int		 races;		/* that somebody else wins */

static enum err
be_late(struct store *store, const struct user *user, unsigned fields,
    const struct user_expected *expected, bool validated, unsigned *taken)
{
	const char	*address;
	enum err	 err;

	updates++;
	store->engine = real;
	if (races-- > 0) {
		const struct picture theirs = { PICTURE_JPEG, JPEG, 3, JPEG,
		    3 };

		assert_int_equal(gallery_add(&racing->ctx, &theirs,
		    &address), OK);
		change(racing, address);
	}
	err = store_user_update(store, user, fields, expected, validated,
	    taken);
	store->engine = &faulty;
	return err;
}

static void
race(struct fixture *f, int count)
{
	racing = f;
	races = count;
	faulty.user_update = be_late;
	f->store->engine = &faulty;
}

static void
after_a_lost_race_the_later_one_stays(void **state)
{
	struct fixture *f = *state;

	race(f, 1);
	assert_int_equal(set(f, USER_AVATAR), OK);
	assert_int_equal(updates, 2);
	assert_string_equal(stored(f)->avatar, f->user.avatar);
	assert_true(is_there(f->user.avatar));
	/* Those of whoever was quicker are gone. */
	assert_int_equal(count_files(), 2);
}

static void
two_lost_races_are_enough(void **state)
{
	struct fixture	*f = *state;

	race(f, 2);
	assert_int_equal(set(f, USER_AVATAR), E_STALE);
	assert_int_equal(updates, 2);
	/* What the others have, and nothing of ours. */
	assert_true(is_there(stored(f)->avatar));
	assert_string_equal(f->user.avatar, stored(f)->avatar);
	assert_int_equal(count_files(), 4);
}

static void
an_account_that_is_gone_gets_no_files(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(store_user_remove(f->store, &f->user.id), OK);
	assert_int_equal(set(f, USER_AVATAR), E_NOT_FOUND);
	assert_int_equal(count_files(), 0);
	assert_string_equal(f->user.avatar, "");
	assert_int_equal(user_clear_picture(&f->ctx, &f->user, USER_AVATAR),
	    E_NOT_FOUND);
}

static enum err
be_away(struct store *_ UNUSED, const struct user *_2 UNUSED,
    unsigned _3 UNUSED, const struct user_expected *_4 UNUSED,
    bool _5 UNUSED, unsigned *_6 UNUSED)
{
	updates++;
	return E_UNAVAILABLE;
}

/* It may have done it, for all we know. */
static enum err
be_away_afterwards(struct store *store, const struct user *user,
    unsigned fields, const struct user_expected *expected, bool validated,
    unsigned *taken)
{
	store->engine = real;
	assert_int_equal(store_user_update(store, user, fields, expected,
	    validated, taken), OK);
	store->engine = &faulty;
	return E_UNAVAILABLE;
}

/* Calls it stale, having done it. */
static enum err
be_confused(struct store *store, const struct user *user, unsigned fields,
    const struct user_expected *expected, bool validated, unsigned *taken)
{
	(void)be_away_afterwards(store, user, fields, expected, validated,
	    taken);
	store->engine = real;
	return E_STALE;
}

static void
where_nobody_knows_what_was_written_all_files_stay(void **state)
{
	struct fixture	*f = *state;
	const char	*old;

	assert_int_equal(set(f, USER_AVATAR), OK);
	old = f->user.avatar;
	faulty.user_update = be_away;
	f->store->engine = &faulty;
	assert_int_equal(set(f, USER_AVATAR), E_UNAVAILABLE);
	assert_int_equal(updates, 1);
	assert_string_equal(f->user.avatar, old);
	assert_string_equal(stored(f)->avatar, old);
	assert_true(is_there(old));
	assert_int_equal(count_files(), 4);

	faulty.user_update = be_away_afterwards;
	f->store->engine = &faulty;
	assert_int_equal(set(f, USER_AVATAR), E_UNAVAILABLE);
	assert_string_not_equal(stored(f)->avatar, old);
	assert_true(is_there(stored(f)->avatar));
	assert_true(is_there(old));
}

static void
what_the_record_names_is_never_removed(void **state)
{
	struct fixture *f = *state;

	faulty.user_update = be_confused;
	f->store->engine = &faulty;
	assert_int_equal(set(f, USER_AVATAR), OK);
	assert_true(is_there(stored(f)->avatar));
	assert_int_equal(count_files(), 2);
}

static void
a_picture_that_is_none_changes_nothing(void **state)
{
	struct fixture	*f = *state;
	const char	*old;

	assert_int_equal(set(f, USER_AVATAR), OK);
	old = f->user.avatar;
	assert_int_equal(user_set_picture(&f->ctx, &f->user, USER_AVATAR,
	    JPEG "exit 3", strlen(JPEG "exit 3"), NULL), E_PICTURE);
	directory[strlen(directory) - 1] = 'x';
	assert_int_equal(set(f, USER_AVATAR), E_UNAVAILABLE);
	directory[strlen(directory) - 1] = 's';
	assert_string_equal(f->user.avatar, old);
	assert_string_equal(stored(f)->avatar, old);
	assert_int_equal(count_files(), 2);
}

/* How often -------------------------------------------------------------- */

/* An upload at `now` of something that costs no worker. */
static enum err
upload(struct fixture *f, int64_t now)
{
	fixture_at(f, now);
	return user_set_picture(&f->ctx, &f->user, USER_COVER_IMAGE, "GIF",
	    3, NULL);
}

static void
an_account_has_30_uploads_and_then_one_every_2_minutes(void **state)
{
	struct fixture	*f = *state;
	int		 i;

	f->conf.throttle = true;
	for (i = 0; i < 30; i++)
		assert_int_equal(upload(f, T0), E_MEDIA_TYPE);
	assert_int_equal(upload(f, T0), E_THROTTLED);
	assert_int_equal(f->ctx.retry_after, MINUTES(2));
	assert_non_null(strstr(f->ctx.note, "too soon for its upload user="));
	assert_int_equal(upload(f, T0 + MINUTES(2) - 1), E_THROTTLED);
	assert_int_equal(f->ctx.retry_after, 1);
	assert_int_equal(upload(f, T0 + MINUTES(2)), E_MEDIA_TYPE);
	assert_int_equal(upload(f, T0 + MINUTES(2)), E_THROTTLED);
	/* Wherever it comes from, but not whoever it is. */
	f->ctx.address = "198.51.100.1";
	assert_int_equal(set(f, USER_AVATAR), E_THROTTLED);
	f->user.id.b[0] ^= 1;
	assert_int_equal(upload(f, T0 + MINUTES(2)), E_MEDIA_TYPE);
	f->user.id.b[0] ^= 1;
	/* To take one away costs nothing. */
	assert_int_equal(user_clear_picture(&f->ctx, &f->user, USER_AVATAR),
	    OK);
}

static void
switched_off_no_upload_is_counted(void **state)
{
	struct fixture	*f = *state;
	int		 i;

	for (i = 0; i < 100; i++)
		assert_int_equal(upload(f, T0), E_MEDIA_TYPE);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, \
		    fixture_teardown)
		TEST(a_new_picture_takes_the_place_of_the_old_one),
		TEST(the_cover_image_is_another_picture),
		TEST(a_picture_is_cleared_to_the_default_also_twice),
		TEST(a_picture_of_another_system_is_only_forgotten),
		TEST(after_a_lost_race_the_later_one_stays),
		TEST(two_lost_races_are_enough),
		TEST(an_account_that_is_gone_gets_no_files),
		TEST(where_nobody_knows_what_was_written_all_files_stay),
		TEST(what_the_record_names_is_never_removed),
		TEST(a_picture_that_is_none_changes_nothing),
		TEST(an_account_has_30_uploads_and_then_one_every_2_minutes),
		TEST(switched_off_no_upload_is_counted),
	};
	int status;

	if (pretender_main(argc, argv, &status))
		return status;
	return cmocka_run_group_tests_name("avatar", tests, NULL, NULL);
}
