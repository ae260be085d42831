/* The files of pictures: where they lie, who removes them, and when. */
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "avatar/gallery.h"
#include "store/engine.h"
#include "fixture.h"
#include "said.h"

#define HEX	"0123456789abcdef0123456789abcdef"
#define OTHER	"ffffffffffffffffffffffffffffffff"

static char	directory[128], url[] = "/avatars/";

static const struct picture picture = {
	.format = PICTURE_JPEG,
	.large = "the large one",
	.large_size = 13,
	.small = "the small",
	.small_size = 9,
};

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
	clock_set(T0);
	said_start();
	return 0;
}

static int
tear_down(void **state)
{
	said_stop();
	clock_set(0);
	return fixture_teardown(state);
}

static const char *
path_of(const char *name)
{
	static char path[512];

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

static bool
is_there(const char *name)
{
	struct stat st;

	return lstat(path_of(name), &st) == 0;
}

static void
make_older(const char *name, int64_t age)
{
	const struct timespec	written = {
		.tv_sec = (time_t)((T0 - age) / 1000)
	};
	const struct timespec	times[2] = { written, written };

	assert_int_equal(utimensat(AT_FDCWD, path_of(name), times,
	    AT_SYMLINK_NOFOLLOW), 0);
}

/* A file that was written so long ago. */
static void
put(const char *name, int64_t age)
{
	const int fd = open(path_of(name), O_WRONLY | O_CREAT, 0600);

	assert_true(fd != -1);
	assert_int_equal(close(fd), 0);
	make_older(name, age);
}

static int
count_entries(void)
{
	DIR	*all = opendir(directory);
	int	 count = 0;

	assert_non_null(all);
	while (readdir(all) != NULL)
		count++;
	(void)closedir(all);
	return count - 2;
}

static void
assert_file(const char *name, const char *content)
{
	char		bytes[64] = "";
	struct stat	st;
	const int	fd = open(path_of(name), O_RDONLY);

	assert_true(fd != -1);
	assert_int_equal(read(fd, bytes, sizeof(bytes) - 1),
	    strlen(content));
	assert_string_equal(bytes, content);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(close(fd), 0);
}

/* Adding ----------------------------------------------------------------- */

static void
a_picture_is_two_files_that_everybody_may_read(void **state)
{
	struct fixture	*f = *state;
	const mode_t	 mask = umask(077);
	const char	*address;
	char		 name[64];

	assert_int_equal(gallery_add(&f->ctx, &picture, &address), OK);
	(void)umask(mask);
	assert_int_equal(strlen(address), strlen("/avatars/" HEX ".jpg"));
	assert_memory_equal(address, "/avatars/", 9);
	assert_int_equal(strspn(address + 9, "0123456789abcdef"), 32);
	assert_string_equal(address + 9 + 32, ".jpg");
	assert_file(address + 9, "the large one");
	(void)snprintf(name, sizeof(name), "%.32s-96.jpg", address + 9);
	assert_file(name, "the small");
	assert_int_equal(count_entries(), 2);
}

static void
no_two_pictures_have_the_same_name(void **state)
{
	struct fixture	*f = *state;
	struct picture	 webp = picture;
	const char	*one, *other;

	webp.format = PICTURE_WEBP;
	assert_int_equal(gallery_add(&f->ctx, &webp, &one), OK);
	assert_int_equal(gallery_add(&f->ctx, &webp, &other), OK);
	assert_string_not_equal(one, other);
	assert_string_equal(one + 9 + 32, ".webp");
	assert_int_equal(count_entries(), 4);
}

static void
an_address_is_absolute_where_the_origin_is_known(void **state)
{
	struct fixture	*f = *state;
	static char	 origin[] = "https://example.org:8443";
	const char	*address;

	f->conf.origin = origin;
	assert_int_equal(gallery_add(&f->ctx, &picture, &address), OK);
	assert_memory_equal(address, "https://example.org:8443/avatars/", 33);
	gallery_remove(&f->ctx, address);
	assert_int_equal(count_entries(), 0);
}

static enum err
add(struct fixture *f)
{
	const char	*address = "untouched";
	enum err	 err;

	*said = '\0';
	err = gallery_add(&f->ctx, &picture, &address);
	if (err != OK) {
		assert_string_equal(address, "untouched");
		assert_non_null(strstr(said, "error"));
		assert_non_null(strstr(said, f->conf.avatar_dir));
	}
	return err;
}

static void
a_directory_that_is_none_is_logged(void **state)
{
	static char	 missing[] = "/nonexistent/avatars";
	static char	 file[] = "/dev/null";
	struct fixture	*f = *state;

	f->conf.avatar_dir = missing;
	assert_int_equal(add(f), E_UNAVAILABLE);
	assert_non_null(strstr(said, "No such file or directory"));
	f->conf.avatar_dir = file;
	assert_int_equal(add(f), E_UNAVAILABLE);
	assert_non_null(strstr(said, "Not a directory"));
	*said = '\0';
	gallery_remove(&f->ctx, "/avatars/" HEX ".jpg");
	assert_non_null(strstr(said, "warn"));
}

/* Root writes everywhere: it is somebody else for a moment. */
static void
a_directory_of_somebody_else_is_logged(void **state)
{
	struct fixture	*f = *state;
	enum err	 err;

	assert_int_equal(chmod(f->directory, 0755), 0);
	assert_int_equal(chmod(directory, 0555), 0);
	if (getuid() == 0)
		assert_int_equal(seteuid(65534), 0);
	err = add(f);
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(chmod(directory, 0755), 0);
	assert_int_equal(err, E_UNAVAILABLE);
	assert_non_null(strstr(said, "Permission denied"));
	assert_int_equal(count_entries(), 0);
}

/* The small one is written, the large one not whole. */
static void
what_was_half_written_is_removed(void **state)
{
	struct fixture		*f = *state;
	struct rlimit		 before, low;
	enum err		 err;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	low = before;
	low.rlim_cur = 11;
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
	err = add(f);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	(void)signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(err, E_UNAVAILABLE);
	assert_int_equal(count_entries(), 0);
	assert_int_equal(add(f), OK);
}

/* In a namespace that ends with this process. */
static bool
mount_small(void)
{
	return unshare(CLONE_NEWNS) == 0 &&
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	    mount("tmpfs", directory, "tmpfs", 0, "size=64k") == 0;
}

static void
a_full_disk_is_told_apart(void **state)
{
	static char	 bytes[128 * 1024];
	struct fixture	*f = *state;
	struct picture	 large = picture;
	const char	*address;
	enum err	 full, small;
	int		 left;

	if (!mount_small()) {
		print_message("# skipped: no file system to fill here: %s\n",
		    strerror(errno));
		return;
	}
	large.large = bytes;
	large.large_size = sizeof(bytes);
	full = gallery_add(&f->ctx, &large, &address);
	left = count_entries();
	small = gallery_add(&f->ctx, &picture, &address);
	assert_int_equal(umount(directory), 0);
	assert_int_equal(full, E_FULL);
	assert_non_null(strstr(said, "No space left on device"));
	assert_int_equal(left, 0);
	assert_int_equal(small, OK);
}

/* Removing --------------------------------------------------------------- */

static void
a_picture_is_removed_with_all_its_files(void **state)
{
	struct fixture *f = *state;

	put(HEX ".jpg", 0);
	put(HEX "-96.jpg", 0);
	put("." HEX ".jpg", 0);
	put("." HEX "-96.jpg", 0);
	put(HEX ".webp", 0);
	put(OTHER ".jpg", 0);
	gallery_remove(&f->ctx, "/avatars/" HEX ".jpg");
	assert_int_equal(count_entries(), 2);
	assert_true(is_there(HEX ".webp"));
	assert_true(is_there(OTHER ".jpg"));
	/* What is gone is gone. */
	gallery_remove(&f->ctx, "/avatars/" HEX ".jpg");
	assert_string_equal(said, "");
	/* The origin was another. */
	gallery_remove(&f->ctx, "http://old.example.org/avatars/" OTHER
	    ".jpg");
	gallery_remove(&f->ctx, "https://x/avatars/" HEX ".webp");
	assert_int_equal(count_entries(), 0);
}

static void
what_is_not_ours_is_left_alone(void **state)
{
	static const char *const others[] = {
		"", "/", "/avatars/", "/avatars/x.jpg", HEX ".jpg",
		"avatars/" HEX ".jpg", "/avatars", "/avatarsx" HEX ".jpg",
		"/avatars/" HEX, "/avatars/" HEX ".png",
		"/avatars/" HEX ".jpg?v=1", "/avatars/" HEX ".jpg/",
		"/avatars/" HEX ".jpgx", "/avatars/x" HEX ".jpg",
		"/avatars/." HEX ".jpg", "/avatars/" HEX "0.jpg",
		"/avatars//" HEX ".jpg", "/avatars/../avatars/" HEX ".jpg",
		"/avatars/sub/" HEX ".jpg", "/avatars/../" HEX ".jpg",
		"/other/avatars/" HEX ".jpg", "/x/" HEX ".jpg",
		/* Addresses are of the larger one. */
		"/avatars/" HEX "-96.jpg", "/avatars/" HEX "-96.webp",
		"/avatars/0123456789ABCDEF0123456789ABCDEF.jpg",
		/* Of another system, or of no system at all. */
		"https://res.cloudinary.com/demo/image/upload/" HEX ".jpg",
		"https://res.cloudinary.com/demo/avatars/" HEX ".jpg",
		"https://avatars/" HEX ".jpg", "https://", "http://x",
		"ftp://example.org/avatars/" HEX ".jpg",
		"//example.org/avatars/" HEX ".jpg",
		"data:image/png;base64,/avatars/" HEX ".jpg",
	};
	struct fixture	*f = *state;
	size_t		 i;

	assert_int_equal(mkdir(path_of("sub"), 0700), 0);
	put("sub/" HEX ".jpg", 0);
	put("../" HEX ".jpg", 0);
	put(HEX ".jpg", 0);
	put(HEX "-96.jpg", 0);
	put(HEX ".webp", 0);
	put(HEX "-96.webp", 0);
	put("x.jpg", 0);
	for (i = 0; i < NELEMS(others); i++)
		gallery_remove(&f->ctx, others[i]);
	assert_int_equal(count_entries(), 6);
	assert_true(is_there("sub/" HEX ".jpg"));
	assert_true(is_there("../" HEX ".jpg"));
	assert_string_equal(said, "");
}

static void
what_everybody_has_is_left_alone(void **state)
{
	struct fixture	*f = *state;
	int64_t		 count;

	free(f->conf.avatar_default);
	f->conf.avatar_default = strdup("/avatars/" HEX ".jpg");
	put(HEX ".jpg", HOURS(2));
	put(HEX "-96.jpg", HOURS(2));
	gallery_remove(&f->ctx, "/avatars/" HEX ".jpg");
	assert_int_equal(gallery_collect(&f->ctx, false, &count), OK);
	assert_int_equal(count, 0);
	assert_int_equal(count_entries(), 2);
}

static void
what_cannot_be_removed_is_logged(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(mkdir(path_of(HEX ".jpg"), 0700), 0);
	gallery_remove(&f->ctx, "/avatars/" HEX ".jpg");
	assert_non_null(strstr(said, HEX ".jpg: "));
	assert_non_null(strstr(said, "darban avatar gc"));
}

/* Collecting ------------------------------------------------------------- */

/* Another account, with these pictures. */
static void
insert(struct fixture *f, int n, const char *avatar, const char *cover)
{
	struct user	user = f->user;
	char		name[32], email[64];
	unsigned	taken;

	(void)snprintf(name, sizeof(name), "user%d", n);
	(void)snprintf(email, sizeof(email), "user%d@example.org", n);
	user.username = name;
	user.email = email;
	user.avatar = avatar;
	user.cover_image = cover;
	assert_int_equal(id_make(T0 + n, &user.id), OK);
	assert_int_equal(store_user_insert(f->store, &user, &taken), OK);
}

static void
files_that_nobody_uses_are_collected_after_an_hour(void **state)
{
	struct fixture	*f = *state;
	int64_t		 count = -1;

	put(OTHER ".jpg", HOURS(1) + SECONDS(1));
	put(OTHER "-96.jpg", HOURS(1) + SECONDS(1));
	put("." OTHER ".webp", HOURS(1) + SECONDS(1));
	put(HEX ".jpg", HOURS(1));
	put(HEX "-96.jpg", SECONDS(0));
	put("." HEX ".webp", -HOURS(2));
	assert_int_equal(gallery_collect(&f->ctx, true, &count), OK);
	assert_int_equal(count, 3);
	assert_int_equal(count_entries(), 6);
	assert_int_equal(gallery_collect(&f->ctx, false, &count), OK);
	assert_int_equal(count, 3);
	assert_int_equal(count_entries(), 3);
	assert_true(is_there(HEX ".jpg"));
	assert_int_equal(gallery_collect(&f->ctx, false, &count), OK);
	assert_int_equal(count, 0);
}

static void
files_that_somebody_uses_stay(void **state)
{
	struct fixture	*f = *state;
	int64_t		 count;

	insert(f, 1, "/avatars/" HEX ".jpg",
	    "https://example.org/avatars/" OTHER ".webp");
	put(HEX ".jpg", DAYS(9));
	put(HEX "-96.jpg", DAYS(9));
	put(OTHER ".webp", DAYS(9));
	put(OTHER "-96.webp", DAYS(9));
	put("0" HEX ".jpg", DAYS(9));
	assert_int_equal(gallery_collect(&f->ctx, false, &count), OK);
	assert_int_equal(count, 0);
	assert_int_equal(count_entries(), 5);
}

static void
what_is_no_picture_of_ours_is_not_collected(void **state)
{
	static const char *const others[] = {
		"index.html", ".htaccess", "default.png", "x.jpg",
		HEX ".png", HEX, HEX "-96", HEX ".jpg.bak", HEX "-95.jpg",
		".." HEX ".jpg", "x" HEX ".jpg", "darban.conf",
	};
	struct fixture	*f = *state;
	int64_t		 count;
	size_t		 i;

	for (i = 0; i < NELEMS(others); i++)
		put(others[i], DAYS(9));
	assert_int_equal(mkdir(path_of(HEX ".jpg"), 0700), 0);
	make_older(HEX ".jpg", DAYS(9));
	put("../" HEX ".webp", DAYS(9));
	assert_int_equal(symlink("../" HEX ".webp", path_of(OTHER ".webp")),
	    0);
	make_older(OTHER ".webp", DAYS(9));
	assert_int_equal(gallery_collect(&f->ctx, false, &count), OK);
	assert_int_equal(count, 0);
	assert_int_equal(count_entries(), (int)NELEMS(others) + 2);
}

static void
an_empty_directory_holds_nothing_to_collect(void **state)
{
	struct fixture	*f = *state;
	static char	 missing[] = "/nonexistent/avatars";
	int64_t		 count = -1;

	assert_int_equal(gallery_collect(&f->ctx, false, &count), OK);
	assert_int_equal(count, 0);
	f->conf.avatar_dir = missing;
	assert_int_equal(gallery_collect(&f->ctx, false, &count),
	    E_UNAVAILABLE);
	assert_non_null(strstr(said, "/nonexistent/avatars: No such file"));
}

static const struct engine	*real;
static int			 pages;		/* that were asked for */

static enum err
list_two_pages(struct store *store, struct arena *arena,
    const struct id *after, size_t limit, struct user *out, size_t *count)
{
	const struct engine	*mine = store->engine;
	enum err		 err;

	if (++pages > 2)
		return E_UNAVAILABLE;
	store->engine = real;
	err = store_user_list_after(store, arena, after, limit, out, count);
	store->engine = mine;
	return err;
}

static void
all_accounts_are_asked_or_nothing_is_removed(void **state)
{
	enum { ACCOUNTS = 450 };
	struct fixture	*f = *state;
	struct engine	 failing = *f->store->engine;
	char		 address[64];
	int64_t		 count;
	int		 i;

	for (i = 0; i < ACCOUNTS; i++) {
		(void)snprintf(address, sizeof(address),
		    "/avatars/%032x.jpg", i);
		insert(f, i, i % 2 == 0 ? address : "",
		    i % 2 == 0 ? "" : address);
		put(address + strlen("/avatars/"), DAYS(1));
	}
	put(OTHER ".jpg", DAYS(1));

	real = f->store->engine;
	failing.user_list_after = list_two_pages;
	f->store->engine = &failing;
	count = -1;
	pages = 0;
	assert_int_equal(gallery_collect(&f->ctx, false, &count),
	    E_UNAVAILABLE);
	f->store->engine = real;
	assert_int_equal(pages, 3);
	assert_int_equal(count, -1);
	assert_int_equal(count_entries(), ACCOUNTS + 1);

	assert_int_equal(gallery_collect(&f->ctx, false, &count), OK);
	assert_int_equal(count, 1);
	assert_false(is_there(OTHER ".jpg"));
	assert_int_equal(count_entries(), ACCOUNTS);
}

/* Somebody has another picture before anything is collected. */
static enum err
list_and_remove(struct store *store, struct arena *arena,
    const struct id *after, size_t limit, struct user *out, size_t *count)
{
	assert_int_equal(unlink(path_of(HEX ".jpg")), 0);
	return real->user_list_after(store, arena, after, limit, out, count);
}

static void
what_is_gone_already_is_no_failure(void **state)
{
	struct fixture	*f = *state;
	struct engine	 removing = *f->store->engine;
	int64_t		 count = -1;

	put(HEX ".jpg", DAYS(1));
	put(OTHER ".jpg", DAYS(1));
	real = f->store->engine;
	removing.user_list_after = list_and_remove;
	f->store->engine = &removing;
	assert_int_equal(gallery_collect(&f->ctx, false, &count), OK);
	f->store->engine = real;
	assert_int_equal(count, 1);
	assert_string_equal(said, "");
	assert_int_equal(count_entries(), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(a_picture_is_two_files_that_everybody_may_read),
		TEST(no_two_pictures_have_the_same_name),
		TEST(an_address_is_absolute_where_the_origin_is_known),
		TEST(a_directory_that_is_none_is_logged),
		TEST(a_directory_of_somebody_else_is_logged),
		TEST(what_was_half_written_is_removed),
		TEST(a_full_disk_is_told_apart),
		TEST(a_picture_is_removed_with_all_its_files),
		TEST(what_is_not_ours_is_left_alone),
		TEST(what_everybody_has_is_left_alone),
		TEST(what_cannot_be_removed_is_logged),
		TEST(files_that_nobody_uses_are_collected_after_an_hour),
		TEST(files_that_somebody_uses_stay),
		TEST(what_is_no_picture_of_ours_is_not_collected),
		TEST(an_empty_directory_holds_nothing_to_collect),
		TEST(all_accounts_are_asked_or_nothing_is_removed),
		TEST(what_is_gone_already_is_no_failure),
	};

	return cmocka_run_group_tests_name("gallery", tests, NULL, NULL);
}
