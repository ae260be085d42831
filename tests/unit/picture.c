/* What a picture claims to be, and what may come back for one. */
#include "avatar/picture.h"
#include "fixture.h"
#include "pretender.h"
#include "said.h"

#define PNG	"\x89PNG\r\n\x1a\n"
#define WEBP	"RIFF....WEBP"

static int
set_up(void **state)
{
	(void)fixture_setup(state);
	said_start();
	return 0;
}

static int
tear_down(void **state)
{
	said_stop();
	return fixture_teardown(state);
}

static void
the_first_bytes_say_what_it_is(void **_ UNUSED)
{
	static const struct {
		const char		*bytes;
		size_t			 size;	/* the least that is enough */
		enum picture_format	 format;
	} formats[] = {
		{ JPEG, 3, PICTURE_JPEG },
		{ PNG, 8, PICTURE_PNG },
		{ WEBP, 12, PICTURE_WEBP },
	};
	char	copy[16];
	size_t	i, n;

	for (i = 0; i < NELEMS(formats); i++) {
		for (n = 0; n <= formats[i].size; n++)
			assert_int_equal(picture_format(formats[i].bytes, n),
			    n < formats[i].size ? PICTURE_NONE :
			    formats[i].format);
		/* Each byte of them counts, but for a RIFF's length. */
		for (n = 0; n < formats[i].size; n++) {
			memcpy(copy, formats[i].bytes, formats[i].size);
			copy[n] ^= 1;
			assert_int_equal(picture_format(copy,
			    formats[i].size), formats[i].bytes[n] == '.' ?
			    PICTURE_WEBP : PICTURE_NONE);
		}
	}
}

static enum err
make(struct fixture *f, const char *bytes, size_t size, const char *type)
{
	struct picture	picture = { .large_size = 4711 };
	enum err	err;

	f->ctx.message = NULL;
	*said = '\0';
	err = picture_make(&f->ctx, bytes, size, type, &picture);
	if (err != OK)
		assert_int_equal(picture.large_size, 4711);
	return err;
}

static enum err
make_text(struct fixture *f, const char *bytes, const char *type)
{
	return make(f, bytes, strlen(bytes), type);
}

static void
what_is_none_of_the_three_is_refused(void **state)
{
	static const char *const others[] = {
		"GIF89a......", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
		"%PDF-1.7....", "....ftypheic", "<!DOCTYPE html><html>",
		"BM..........", "II*.........", "RIFF....WAVE", " " JPEG,
		"\r\n" PNG, "x",
	};
	struct fixture	*f = *state;
	size_t		 i;

	for (i = 0; i < NELEMS(others); i++) {
		assert_int_equal(make_text(f, others[i], NULL), E_MEDIA_TYPE);
		assert_int_equal(make_text(f, others[i], "image/png"),
		    E_MEDIA_TYPE);
		assert_string_equal(f->ctx.message,
		    "The picture is not JPEG, PNG or WebP");
	}
}

static void
a_picture_without_bytes_is_not_well_formed(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(make(f, "", 0, "image/png"), E_MALFORMED);
	assert_int_equal(make(f, "", 0, NULL), E_MALFORMED);
	assert_string_equal(f->ctx.message, "The picture is empty");
}

/* That it comes to the worker says that its type was taken. */
static void
a_declared_type_agrees_with_the_bytes(void **state)
{
	static const struct {
		const char	*type;
		bool		 is_taken;
	} types[] = {
		{ NULL, true },
		{ "image/jpeg", true },
		{ "image/jpg", true },
		{ "IMAGE/JPEG", true },
		{ "image/jpeg; charset=binary", true },
		{ "image/jpeg ;x", true },
		{ "image/jpeg\t", true },
		{ "application/octet-stream", true },
		{ "Application/Octet-Stream;x=y", true },
		{ "image/png", false },
		{ "image/webp", false },
		{ "image/jpegx", false },
		{ "image/jpe", false },
		{ "image/*", false },
		{ "image", false },
		{ "text/html", false },
		{ "text/html; image/jpeg", false },
		{ "application/octet-streams", false },
		{ "", false },
	};
	struct fixture	*f = *state;
	size_t		 i;

	for (i = 0; i < NELEMS(types); i++)
		assert_int_equal(make_text(f, JPEG "exit 3", types[i].type),
		    types[i].is_taken ? E_PICTURE : E_MEDIA_TYPE);
	assert_int_equal(make_text(f, PNG "x", "image/jpeg"), E_MEDIA_TYPE);
	assert_int_equal(make_text(f, WEBP "x", "image/png"), E_MEDIA_TYPE);
	assert_string_equal(f->ctx.message,
	    "The picture is not of the type that was declared");
}

/* The worker writes what stands behind "write ". */
static enum err
make_result(struct fixture *f, const char *result, size_t size,
    struct picture *out)
{
	char	bytes[4096];
	char	*at = mempcpy(bytes, JPEG "write ", strlen(JPEG "write "));

	assert_true(size < sizeof(bytes) - 16);
	at = mempcpy(at, result, size);
	*said = '\0';
	return picture_make(&f->ctx, bytes, (size_t)(at - bytes),
	    "image/jpeg", out);
}

static void
a_result_is_two_pictures(void **state)
{
	static const char	jpeg[] = "jpg 6 4\n" JPEG "abc" JPEG "d";
	static const char	webp[] = "webp 00000014 12\n" WEBP "ab" WEBP;
	struct fixture		*f = *state;
	struct picture		 made;

	assert_int_equal(make_result(f, jpeg, sizeof(jpeg) - 1, &made), OK);
	assert_int_equal(made.format, PICTURE_JPEG);
	assert_int_equal(made.large_size, 6);
	assert_memory_equal(made.large, JPEG "abc", 6);
	assert_int_equal(made.small_size, 4);
	assert_memory_equal(made.small, JPEG "d", 4);

	assert_int_equal(make_result(f, webp, sizeof(webp) - 1, &made), OK);
	assert_int_equal(made.format, PICTURE_WEBP);
	assert_memory_equal(made.large, WEBP "ab", 14);
	assert_memory_equal(made.small, WEBP, 12);
	assert_string_equal(said, "");
}

/* As if the worker were somebody else's by now. */
static void
a_result_that_is_anything_else_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "\n", "x", "jpg\n", "jpg 3\n" JPEG JPEG, "jpg 3 3",
		/* Sizes that are not so. */
		"jpg 3 3\n", "jpg 3 3\n" JPEG, "jpg 3 3\n" JPEG JPEG "x",
		"jpg 4 3\n" JPEG JPEG, "jpg 3 4\n" JPEG JPEG,
		"jpg 6 0\n" JPEG JPEG, "jpg 0 6\n" JPEG JPEG,
		"jpg 99999999 99999999\n" JPEG JPEG,
		"jpg 000000003 3\n" JPEG JPEG,
		"jpg 18446744073709551615 7\n" JPEG JPEG,
		/* Together they are right, and one lies before the result. */
		"jpg -3 9\n" JPEG JPEG, "jpg 9 -3\n" JPEG JPEG,
		"jpg -9999999 10000005\n" JPEG JPEG,
		"jpg +3 3\n" JPEG JPEG, "jpg 3 +3\n" JPEG JPEG,
		"jpg  3 3\n" JPEG JPEG, "jpg 3  3\n" JPEG JPEG,
		" jpg 3 3\n" JPEG JPEG, "jpg 3 3 \n" JPEG JPEG,
		"jpg\t3 3\n" JPEG JPEG, "jpg 3 3\r\n" JPEG JPEG,
		"jpg 0x3 3\n" JPEG JPEG, "jpg 3 3 3\n" JPEG JPEG JPEG,
		/* Formats that are not so, or that nobody asked for. */
		"png 8 8\n" PNG PNG, "gif 3 3\n" JPEG JPEG,
		"gif 3 3\nGIFGIF", "txt 1 1\nab",
		"jpgx 3 3\n" JPEG JPEG, "JPG 3 3\n" JPEG JPEG,
		"webp 3 3\n" JPEG JPEG, "jpg 12 12\n" WEBP WEBP,
		"jpg 3 12\n" JPEG WEBP, "jpg 12 3\n" WEBP JPEG,
		"jpg 6 3\n<html>" JPEG, "jpg 3 6\n" JPEG "<html>",
		"jpg 3 2\n" JPEG "\xff\xd8",
		"jpg 3 3 and a line that is longer than any that it ever "
		    "writes, whatever follows\n" JPEG JPEG,
	};
	static const char	nul[] = "jpg\0 3 3\n" JPEG JPEG;
	struct fixture		*f = *state;
	struct picture		 made = { .large_size = 4711 };
	size_t			 i;

	for (i = 0; i < NELEMS(bad); i++) {
		assert_int_equal(make_result(f, bad[i], strlen(bad[i]),
		    &made), E_UNAVAILABLE);
		assert_non_null(strstr(said, "what it wrote is no picture"));
		assert_int_equal(made.large_size, 4711);
	}
	assert_int_equal(make_result(f, nul, sizeof(nul) - 1, &made),
	    E_UNAVAILABLE);
}

static void
what_the_worker_says_of_a_picture_is_passed_on(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(make_text(f, JPEG "exit 3", NULL), E_PICTURE);
	assert_int_equal(make_text(f, JPEG "exit 4", NULL), E_PICTURE_LIMIT);
	assert_int_equal(make_text(f, JPEG "exit 1", NULL), E_UNAVAILABLE);
	assert_int_equal(make_text(f, JPEG "exit 0", NULL), E_UNAVAILABLE);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(the_first_bytes_say_what_it_is),
		TEST(what_is_none_of_the_three_is_refused),
		TEST(a_picture_without_bytes_is_not_well_formed),
		TEST(a_declared_type_agrees_with_the_bytes),
		TEST(a_result_is_two_pictures),
		TEST(a_result_that_is_anything_else_is_refused),
		TEST(what_the_worker_says_of_a_picture_is_passed_on),
	};
	int status;

	if (pretender_main(argc, argv, &status))
		return status;
	return cmocka_run_group_tests_name("picture", tests, NULL, NULL);
}
