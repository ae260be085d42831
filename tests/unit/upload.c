/* Bodies with files: which are taken where, and what becomes of them. */
#include "base/conf.h"
#include "base/ctx.h"
#include "http/endpoint.h"
#include "http/upload.h"
#include "exchange.h"

#define MULTIPART	"multipart/form-data; boundary=B"
#define BEGIN		"--B\r\nContent-Disposition: form-data; "
#define END		"\r\n--B--\r\n"
#define AVATAR_FILE	BEGIN "name=\"avatar\"; filename=\"a.png\"\r\n" \
    "Content-Type: image/png\r\n\r\npng"

enum { FILE_MAX = 20000, BIG = 100 * 1000 };

struct asked {
	struct exchange	*exchange;
	struct conf	 conf;
	struct ctx	 ctx;
	struct request	 req;
	char		 body[BIG];
	size_t		 size;
};

static const char *
no_problem(const char *_ UNUSED)
{
	return NULL;
}

static const struct field fields[] = {
	{ "username", no_problem, REQUIRED },
	{ "flag", NULL, OPTIONAL },
	{ 0 }
};

enum { AVATAR, COVER };

static const struct file_field one_file[] = {
	[AVATAR] = { "avatar", REQUIRED },
	{ 0 }
};

static const struct file_field two_files[] = {
	[AVATAR] = { "avatar", OPTIONAL },
	[COVER] = { "coverImage", OPTIONAL },
	{ 0 }
};

static const struct endpoint put = { .files = one_file };
static const struct endpoint clear = { .max_body = 0 };
static const struct endpoint login = {
	.max_body = BODY_MAX, .fields = fields,
};
static const struct endpoint join = {
	.max_body = BODY_MAX, .fields = fields, .files = two_files,
};

static int
set_up(void **state)
{
	struct asked *a = calloc(1, sizeof(*a));

	assert_non_null(a);
	a->conf.avatar_max_bytes = FILE_MAX;
	a->ctx.arena = arena_new();
	assert_non_null(a->ctx.arena);
	a->exchange = exchange_new();
	*state = a;
	return 0;
}

static int
tear_down(void **state)
{
	struct asked *a = *state;

	exchange_free(a->exchange);
	arena_free(a->ctx.arena);
	free(a);
	return 0;
}

/* A body of `declared` bytes, of which so many come. */
static void
ask(struct asked *a, const char *type, const char *body, size_t size,
    size_t declared)
{
	char length[24];

	exchange_free(a->exchange);
	a->exchange = exchange_new();
	a->ctx = (struct ctx){ .arena = a->ctx.arena, .conf = &a->conf };
	a->req = (struct request){ .transport = &a->exchange->transport };
	(void)snprintf(length, sizeof(length), "%zu", declared);
	exchange_add(a->exchange, "CONTENT_LENGTH", length);
	if (type != NULL)
		exchange_add(a->exchange, "CONTENT_TYPE", type);
	a->exchange->body = body;
	a->exchange->left = size;
	assert_int_equal(request_start(&a->req), OK);
}

/* The steps of dispatch(), and before which of them it failed. */
static enum err
take(struct asked *a, const struct endpoint *endpoint)
{
	const size_t	before = a->exchange->left;
	enum err	err;

	if ((err = upload_check(&a->ctx, &a->req, endpoint)) != OK) {
		assert_int_equal(a->exchange->left, before);
		return err;
	}
	if ((err = upload_read(&a->ctx, &a->req, endpoint)) != OK)
		return err;
	assert_int_equal(a->exchange->left, 0);
	if ((err = upload_require(&a->ctx, &a->req, endpoint->files)) != OK ||
	    (err = request_bind(&a->ctx, &a->req, endpoint->fields)) != OK)
		return err;
	return upload_bind(&a->ctx, &a->req, endpoint->files);
}

static enum err
send(struct asked *a, const struct endpoint *endpoint, const char *type,
    const char *body)
{
	ask(a, type, body, strlen(body), strlen(body));
	return take(a, endpoint);
}

static void
assert_file(const struct asked *a, size_t field, const char *type,
    const char *bytes)
{
	const struct file *file = request_file(&a->req, field);

	assert_non_null(file);
	if (type == NULL)
		assert_null(file->type);
	else
		assert_string_equal(file->type, type);
	assert_int_equal(file->size, strlen(bytes));
	assert_memory_equal(file->bytes, bytes, file->size);
}

/* The one that is named in the answer. */
static void
assert_error(const struct asked *a, const char *field, const char *message)
{
	assert_non_null(a->ctx.member_errors);
	assert_string_equal(a->ctx.member_errors->field, field);
	assert_string_equal(a->ctx.member_errors->message, message);
	assert_null(a->ctx.member_errors->next);
}

/* Types ------------------------------------------------------------------ */

static void
a_picture_may_be_the_whole_body(void **state)
{
	static const char *const types[] = { "image/jpeg", "image/jpg",
	    "image/png", "IMAGE/WEBP", "application/octet-stream", NULL };
	struct asked	*a = *state;
	size_t		 i;

	for (i = 0; i < NELEMS(types); i++) {
		assert_int_equal(send(a, &put, types[i], "\xff\xd8\r\n"), OK);
		assert_file(a, AVATAR, types[i], "\xff\xd8\r\n");
		assert_string_equal(request_file(&a->req, AVATAR)->name,
		    "avatar");
	}
}

static void
other_types_are_not_read(void **state)
{
	static const char *const types[] = { "image/gif", "image/svg+xml",
	    "image/heic", "text/html", "application/json",
	    "application/x-www-form-urlencoded", "multipart/mixed",
	    "multipart/form-dataX; boundary=B", "image/pngx", "x" };
	struct asked	*a = *state;
	size_t		 i;

	for (i = 0; i < NELEMS(types); i++)
		assert_int_equal(send(a, &put, types[i], "png"),
		    E_MEDIA_TYPE);
	/* Beside fields nobody could tell which file it would be. */
	assert_int_equal(send(a, &join, "image/png", "png"), E_MEDIA_TYPE);
	assert_int_equal(send(a, &join, NULL, "png"), E_MEDIA_TYPE);
	assert_int_equal(send(a, &join, "application/octet-stream", "x"),
	    E_MEDIA_TYPE);
	/* And where there are no files, there is no multipart. */
	assert_int_equal(send(a, &login, MULTIPART, AVATAR_FILE END),
	    E_MEDIA_TYPE);
	assert_int_equal(send(a, &login, "image/png", "png"), E_MEDIA_TYPE);
	assert_int_equal(send(a, &clear, "image/png", "png"), E_TOO_LARGE);
}

static void
fields_come_as_json_as_a_form_or_beside_files(void **state)
{
	struct asked *a = *state;

	assert_int_equal(send(a, &join, "application/json",
	    "{\"username\":\"alice\"}"), OK);
	assert_string_equal(request_field(&a->req, 0), "alice");
	assert_null(request_file(&a->req, AVATAR));
	assert_int_equal(send(a, &join, "application/x-www-form-urlencoded",
	    "username=alice"), OK);
	assert_string_equal(request_field(&a->req, 0), "alice");
	assert_int_equal(send(a, &join, MULTIPART,
	    BEGIN "name=\"username\"\r\n\r\n\xc3\xa9\r\n"
	    BEGIN "name=\"flag\"\r\n\r\ntrue\r\n"
	    BEGIN "name=\"coverImage\"; filename=\"c\"\r\n\r\ncover\r\n"
	    AVATAR_FILE END), OK);
	assert_string_equal(request_field(&a->req, 0), "\xc3\xa9");
	assert_true(request_flag(&a->req, 1));
	assert_file(a, AVATAR, "image/png", "png");
	assert_file(a, COVER, NULL, "cover");
	assert_int_equal(send(a, &login, "application/json",
	    "{\"username\":\"alice\"}"), OK);
}

static void
no_body_is_no_picture(void **state)
{
	static const char *const types[] = { NULL, "image/png", MULTIPART,
	    "application/json" };
	struct asked	*a = *state;
	size_t		 i;

	for (i = 0; i < NELEMS(types); i++) {
		assert_int_equal(send(a, &put, types[i], ""), E_INPUT);
		assert_error(a, "avatar", "is required");
		assert_int_equal(send(a, &clear, types[i], ""), OK);
	}
	assert_int_equal(send(a, &join, MULTIPART, ""), E_INPUT);
	assert_error(a, "username", "is required");
	assert_int_equal(send(a, &put, MULTIPART, "--B--\r\n"), E_INPUT);
	assert_error(a, "avatar", "is required");
}

/* Sizes ------------------------------------------------------------------ */

static void
what_is_declared_too_long_is_not_read(void **state)
{
	static const struct {
		const struct endpoint	*endpoint;
		const char		*type;
		size_t			 max;
	} limits[] = {
		{ &put, "image/png", FILE_MAX },
		{ &put, NULL, FILE_MAX },
		{ &put, MULTIPART, FILE_MAX },
		{ &put, "text/html", FILE_MAX },
		{ &join, MULTIPART, BODY_MAX + 2 * FILE_MAX },
		{ &join, "application/json", BODY_MAX },
		{ &join, "image/png", BODY_MAX },
		{ &login, "application/json", BODY_MAX },
		{ &login, MULTIPART, BODY_MAX },
		{ &clear, "image/png", 0 },
		{ &clear, NULL, 0 },
	};
	struct asked	*a = *state;
	size_t		 i;

	for (i = 0; i < NELEMS(limits); i++) {
		ask(a, limits[i].type, a->body, 4, limits[i].max + 1);
		assert_int_equal(take(a, limits[i].endpoint), E_TOO_LARGE);
		ask(a, limits[i].type, a->body, 4, 1000 * 1000 * 1000);
		assert_int_equal(take(a, limits[i].endpoint), E_TOO_LARGE);
		ask(a, limits[i].type, a->body, limits[i].max,
		    limits[i].max);
		assert_int_not_equal(take(a, limits[i].endpoint),
		    E_TOO_LARGE);
	}
	memset(a->body, 'x', FILE_MAX);
	ask(a, "image/png", a->body, FILE_MAX, FILE_MAX);
	assert_int_equal(take(a, &put), OK);
	assert_int_equal(request_file(&a->req, AVATAR)->size, FILE_MAX);
}

static void
a_body_that_was_cut_is_not_well_formed(void **state)
{
	static const char *const types[] = { "image/png", NULL, MULTIPART };
	struct asked	*a = *state;
	const char	*body = AVATAR_FILE END;
	size_t		 i;

	for (i = 0; i < NELEMS(types); i++) {
		/* Apache's LimitRequestBody leaves nothing, others a part. */
		ask(a, types[i], body, 0, strlen(body));
		assert_int_equal(take(a, &put), E_MALFORMED);
		ask(a, types[i], body, strlen(body) - 2, strlen(body));
		assert_int_equal(take(a, &put), E_MALFORMED);
		assert_string_equal(a->ctx.message,
		    "The body is shorter than its Content-Length");
		assert_null(a->req.sent);
	}
	/* Cut and declared so. */
	assert_int_equal(send(a, &put, MULTIPART, AVATAR_FILE),
	    E_MALFORMED);
	assert_string_equal(a->ctx.message,
	    "The body is not well-formed multipart/form-data");
	assert_int_equal(send(a, &put, "multipart/form-data", AVATAR_FILE END),
	    E_MALFORMED);
}

static void
append(struct asked *a, const char *text, size_t filler)
{
	const size_t length = strlen(text);

	assert_true(a->size + length + filler < sizeof(a->body));
	memcpy(a->body + a->size, text, length);
	memset(a->body + a->size + length, 'x', filler);
	a->size += length + filler;
}

static enum err
take_all(struct asked *a, const struct endpoint *endpoint)
{
	ask(a, MULTIPART, a->body, a->size, a->size);
	a->size = 0;
	return take(a, endpoint);
}

static void
one_file_does_not_get_the_share_of_another(void **state)
{
	struct asked *a = *state;

	append(a, BEGIN "name=\"username\"\r\n\r\n", 1);
	append(a, "\r\n" BEGIN "name=\"avatar\"; filename=\"a\"\r\n\r\n",
	    FILE_MAX);
	append(a, END, 0);
	assert_int_equal(take_all(a, &join), OK);
	append(a, BEGIN "name=\"username\"\r\n\r\n", 1);
	append(a, "\r\n" BEGIN "name=\"avatar\"; filename=\"a\"\r\n\r\n",
	    FILE_MAX + 1);
	append(a, END, 0);
	assert_int_equal(take_all(a, &join), E_TOO_LARGE);
}

static void
texts_have_16_kib_in_all(void **state)
{
	struct asked *a = *state;

	append(a, BEGIN "name=\"username\"\r\n\r\n", BODY_MAX - 4);
	append(a, "\r\n" BEGIN "name=\"flag\"\r\n\r\ntrue" END, 0);
	assert_int_equal(take_all(a, &join), OK);
	append(a, BEGIN "name=\"username\"\r\n\r\n", BODY_MAX - 3);
	append(a, "\r\n" BEGIN "name=\"flag\"\r\n\r\ntrue" END, 0);
	assert_int_equal(take_all(a, &join), E_TOO_LARGE);
	append(a, BEGIN "name=\"username\"\r\n\r\n", BODY_MAX + 1);
	append(a, END, 0);
	assert_int_equal(take_all(a, &join), E_TOO_LARGE);
}

/* Parts ------------------------------------------------------------------ */

static void
an_unknown_part_is_named(void **state)
{
	struct asked *a = *state;

	assert_int_equal(send(a, &put, MULTIPART,
	    BEGIN "name=\"file\"; filename=\"a\"\r\n\r\nx\r\n"
	    AVATAR_FILE END), E_MEMBER);
	assert_error(a, "file", "is not taken here");
	assert_int_equal(send(a, &put, MULTIPART,
	    BEGIN "name=\"coverImage\"; filename=\"a\"\r\n\r\nx\r\n"
	    AVATAR_FILE END), E_MEMBER);
	assert_error(a, "coverImage", "is not taken here");
	assert_int_equal(send(a, &put, MULTIPART,
	    AVATAR_FILE "\r\n" BEGIN "name=\"title\"\r\n\r\nx" END),
	    E_MEMBER);
	assert_error(a, "title", "is not taken here");
	/* Neither a field for a file nor a file for a field. */
	assert_int_equal(send(a, &put, MULTIPART, AVATAR_FILE "\r\n"
	    BEGIN "name=\"avatar\"\r\n\r\nhttps://example.org/a.png" END),
	    E_MEMBER);
	assert_error(a, "avatar", "is not taken here");
	assert_int_equal(send(a, &join, MULTIPART,
	    BEGIN "name=\"username\"\r\n\r\nalice\r\n"
	    BEGIN "name=\"username\"; filename=\"a\"\r\n\r\nbob" END),
	    E_MEMBER);
	assert_error(a, "username", "is not taken here");
	assert_int_equal(send(a, &put, MULTIPART,
	    BEGIN "name=\"Avatar\"; filename=\"a\"\r\n\r\nx\r\n"
	    AVATAR_FILE END), E_MEMBER);
}

static void
what_is_missing_is_told_before_what_is_wrong(void **state)
{
	struct asked *a = *state;

	assert_int_equal(send(a, &put, MULTIPART,
	    BEGIN "name=\"title\"\r\n\r\nx" END), E_INPUT);
	assert_error(a, "avatar", "is required");
	assert_int_equal(send(a, &put, MULTIPART,
	    BEGIN "name=\"file\"; filename=\"a\"\r\n\r\nx" END), E_INPUT);
	assert_error(a, "avatar", "is required");
	assert_int_equal(send(a, &join, MULTIPART,
	    BEGIN "name=\"file\"; filename=\"a\"\r\n\r\nx" END), E_INPUT);
	assert_error(a, "username", "is required");
}

static void
a_doubled_part_is_named(void **state)
{
	struct asked *a = *state;

	assert_int_equal(send(a, &put, MULTIPART,
	    AVATAR_FILE "\r\n" AVATAR_FILE END), E_MEMBER);
	assert_error(a, "avatar", "is there more than once");
	assert_int_equal(send(a, &join, MULTIPART,
	    BEGIN "name=\"username\"\r\n\r\nalice\r\n"
	    BEGIN "name=\"username\"\r\n\r\nalice" END), E_MEMBER);
	assert_error(a, "username", "is there more than once");
}

static void
what_front_ends_make_of_no_file_is_none(void **state)
{
	static const char *const nothing[] = { "", "undefined", "null" };
	struct asked	*a = *state;
	char		 body[512];
	size_t		 i;

	for (i = 0; i < NELEMS(nothing); i++) {
		(void)snprintf(body, sizeof(body),
		    BEGIN "name=\"avatar\"\r\n\r\n%s" END, nothing[i]);
		assert_int_equal(send(a, &put, MULTIPART, body), E_INPUT);
		assert_error(a, "avatar", "is required");
		(void)snprintf(body, sizeof(body),
		    BEGIN "name=\"username\"\r\n\r\n%s\r\n"
		    BEGIN "name=\"coverImage\"\r\n\r\n%s" END,
		    "alice", nothing[i]);
		assert_int_equal(send(a, &join, MULTIPART, body), OK);
		assert_null(request_file(&a->req, COVER));
		/* In a text it is what it says. */
		(void)snprintf(body, sizeof(body),
		    BEGIN "name=\"username\"\r\n\r\n%s" END, nothing[i]);
		assert_int_equal(send(a, &join, MULTIPART, body), OK);
		assert_string_equal(request_field(&a->req, 0), nothing[i]);
	}
	assert_int_equal(send(a, &put, MULTIPART,
	    BEGIN "name=\"avatar\"\r\n\r\nnullx\r\n" AVATAR_FILE END),
	    E_MEMBER);
	assert_int_equal(send(a, &put, MULTIPART,
	    BEGIN "name=\"avatar\"; filename=\"\"\r\n"
	    "Content-Type: application/octet-stream\r\n\r\n" END), E_INPUT);
	/* Beside a file it does not count. */
	assert_int_equal(send(a, &put, MULTIPART,
	    BEGIN "name=\"avatar\"\r\n\r\nundefined\r\n" AVATAR_FILE END),
	    OK);
}

static void
an_empty_file_is_a_file(void **state)
{
	struct asked *a = *state;

	assert_int_equal(send(a, &put, MULTIPART,
	    BEGIN "name=\"avatar\"; filename=\"a.png\"\r\n\r\n" END), OK);
	assert_file(a, AVATAR, NULL, "");
	/* Nor is it nothing where it has no name, or these bytes. */
	assert_int_equal(send(a, &put, MULTIPART,
	    BEGIN "name=\"avatar\"; filename=\"\"\r\n\r\nx" END), OK);
	assert_file(a, AVATAR, NULL, "x");
	assert_int_equal(send(a, &put, MULTIPART,
	    BEGIN "name=\"avatar\"; filename=\"a\"\r\n\r\nnull" END), OK);
	assert_file(a, AVATAR, NULL, "null");
}

static void
texts_are_utf_8_without_nul_files_are_bytes(void **state)
{
	static const char	nul[] = BEGIN "name=\"username\"\r\n\r\na\0b"
	    END;
	static const char	file[] = BEGIN "name=\"username\"\r\n\r\na\r\n"
	    BEGIN "name=\"avatar\"; filename=\"a\"\r\n\r\na\0\xff" END;
	struct asked		*a = *state;

	ask(a, MULTIPART, nul, sizeof(nul) - 1, sizeof(nul) - 1);
	assert_int_equal(take(a, &join), E_MALFORMED);
	assert_int_equal(send(a, &join, MULTIPART,
	    BEGIN "name=\"username\"\r\n\r\n\xff" END), E_MALFORMED);
	ask(a, MULTIPART, file, sizeof(file) - 1, sizeof(file) - 1);
	assert_int_equal(take(a, &join), OK);
	assert_int_equal(request_file(&a->req, AVATAR)->size, 3);
	assert_memory_equal(request_file(&a->req, AVATAR)->bytes, "a\0\xff",
	    3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(a_picture_may_be_the_whole_body),
		TEST(other_types_are_not_read),
		TEST(fields_come_as_json_as_a_form_or_beside_files),
		TEST(no_body_is_no_picture),
		TEST(what_is_declared_too_long_is_not_read),
		TEST(a_body_that_was_cut_is_not_well_formed),
		TEST(one_file_does_not_get_the_share_of_another),
		TEST(texts_have_16_kib_in_all),
		TEST(an_unknown_part_is_named),
		TEST(what_is_missing_is_told_before_what_is_wrong),
		TEST(a_doubled_part_is_named),
		TEST(what_front_ends_make_of_no_file_is_none),
		TEST(an_empty_file_is_a_file),
		TEST(texts_are_utf_8_without_nul_files_are_bytes),
	};

	return cmocka_run_group_tests_name("upload", tests, NULL, NULL);
}
