/* Bodies of multipart/form-data, as clients write them and as nobody should. */
#include <ctype.h>

#include "base/base.h"
#include "base/arena.h"
#include "http/multipart.h"

#include <setjmp.h>
#include <cmocka.h>

#define TYPE		"multipart/form-data; boundary=B"
#define DISPOSITION	"Content-Disposition: form-data; name=\"a\""
#define BEGIN		"--B\r\n"
#define END		"\r\n--B--\r\n"

/* In an allocation that ends with the body, for the sanitizers. */
static enum err
parse_bytes(struct arena *arena, const char *type, const char *body,
    size_t size, struct part **out)
{
	char		*exact = malloc(size > 0 ? size : 1);
	enum err	 err;

	assert_non_null(exact);
	memcpy(exact, body, size);
	err = multipart_parse(arena, type, exact, size, out);
	free(exact);
	return err;
}

static enum err
judge(const char *type, const char *body, size_t size)
{
	struct arena	*arena = arena_new();
	struct part	*part;
	enum err	 err;

	assert_non_null(arena);
	err = parse_bytes(arena, type, body, size, &part);
	assert_false(arena_failed(arena));
	arena_free(arena);
	return err;
}

static enum err
judge_text(const char *type, const char *body)
{
	return judge(type, body, strlen(body));
}

/* One part with these lines as its header. */
static enum err
judge_header(const char *lines, size_t size)
{
	char	body[4096];
	size_t	used = strlen(BEGIN);

	assert_true(size + 64 < sizeof(body));
	memcpy(body, BEGIN, used);
	memcpy(body + used, lines, size);
	used += size;
	memcpy(body + used, "\r\nx" END, strlen("\r\nx" END));
	return judge(TYPE, body, used + strlen("\r\nx" END));
}

static enum err
judge_lines(const char *lines)
{
	return judge_header(lines, strlen(lines));
}

struct expected {
	const char	*name, *filename, *type, *bytes;
};

static void
assert_text(const char *text, const char *expected)
{
	if (expected == NULL)
		assert_null(text);
	else
		assert_string_equal(text, expected);
}

/* The parts of a body, up to a row without a name. */
static void
assert_parts(const char *type, const char *body,
    const struct expected *expected)
{
	struct arena	*arena = arena_new();
	struct part	*part;

	assert_non_null(arena);
	assert_int_equal(multipart_parse(arena, type, body, strlen(body),
	    &part), OK);
	for (; expected->name != NULL; expected++, part = part->next) {
		assert_non_null(part);
		assert_string_equal(part->name, expected->name);
		assert_text(part->filename, expected->filename);
		assert_text(part->type, expected->type);
		assert_int_equal(part->size, strlen(expected->bytes));
		assert_memory_equal(part->bytes, expected->bytes, part->size);
	}
	assert_null(part);
	arena_free(arena);
}

/* What clients send ------------------------------------------------------ */

static void
what_curl_sends_is_read(void **_ UNUSED)
{
	assert_parts("multipart/form-data; "
	    "boundary=------------------------d74496d66958873e",
	    "--------------------------d74496d66958873e\r\n"
	    "Content-Disposition: form-data; name=\"avatar\"; "
	    "filename=\"me.png\"\r\n"
	    "Content-Type: image/png\r\n"
	    "\r\n"
	    "\x89PNG\r\n\x1a\n\r\n"
	    "--------------------------d74496d66958873e\r\n"
	    "Content-Disposition: form-data; name=\"note\"\r\n"
	    "\r\n"
	    "two\r\nlines\r\n"
	    "--------------------------d74496d66958873e--\r\n",
	    (const struct expected[]){
		{ "avatar", "me.png", "image/png", "\x89PNG\r\n\x1a\n" },
		{ "note", NULL, NULL, "two\r\nlines" },
		{ 0 } });
}

static void
what_browsers_send_is_read(void **_ UNUSED)
{
	/* Chrome; the input for the second file was left empty. */
	assert_parts("multipart/form-data; "
	    "boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW",
	    "------WebKitFormBoundary7MA4YWxkTrZu0gW\r\n"
	    "Content-Disposition: form-data; name=\"avatar\"; "
	    "filename=\"caf\xc3\xa9 %22x%22.jpg\"\r\n"
	    "Content-Type: image/jpeg\r\n"
	    "\r\n"
	    "\xff\xd8\xff\r\n"
	    "------WebKitFormBoundary7MA4YWxkTrZu0gW\r\n"
	    "Content-Disposition: form-data; name=\"coverImage\"; "
	    "filename=\"\"\r\n"
	    "Content-Type: application/octet-stream\r\n"
	    "\r\n"
	    "\r\n"
	    "------WebKitFormBoundary7MA4YWxkTrZu0gW--\r\n",
	    (const struct expected[]){
		{ "avatar", "caf\xc3\xa9 %22x%22.jpg", "image/jpeg",
		    "\xff\xd8\xff" },
		{ "coverImage", "", "application/octet-stream", "" },
		{ 0 } });
	/* Firefox, and a canvas's blob. */
	assert_parts("multipart/form-data; boundary="
	    "---------------------------9051914041544843365972754266",
	    "-----------------------------9051914041544843365972754266\r\n"
	    "Content-Disposition: form-data; name=\"avatar\"; "
	    "filename=\"blob\"\r\n"
	    "Content-Type: image/webp\r\n"
	    "\r\n"
	    "RIFF\r\n"
	    "-----------------------------9051914041544843365972754266--\r\n",
	    (const struct expected[]){
		{ "avatar", "blob", "image/webp", "RIFF" },
		{ 0 } });
	/* A form without fields. */
	assert_parts("multipart/form-data; boundary=----WebKitFormBoundaryA",
	    "------WebKitFormBoundaryA--\r\n",
	    (const struct expected[]){ { 0 } });
}

static void
what_programs_send_is_read(void **_ UNUSED)
{
	/* axios over the form-data of Node. */
	assert_parts("multipart/form-data; "
	    "boundary=--------------------------515890814546601021194782",
	    "----------------------------515890814546601021194782\r\n"
	    "Content-Disposition: form-data; name=\"fullName\"\r\n"
	    "\r\n"
	    "Alice\r\n"
	    "----------------------------515890814546601021194782\r\n"
	    "Content-Disposition: form-data; name=\"avatar\"; "
	    "filename=\"a.png\"\r\n"
	    "Content-Type: image/png\r\n"
	    "\r\n"
	    "png\r\n"
	    "----------------------------515890814546601021194782--\r\n",
	    (const struct expected[]){
		{ "fullName", NULL, NULL, "Alice" },
		{ "avatar", "a.png", "image/png", "png" },
		{ 0 } });
	/* Python requests: no type unless it was told one. */
	assert_parts("multipart/form-data; "
	    "boundary=0f54ad7ecd7a6c2d6d1f3fa1f7b3b3c2",
	    "--0f54ad7ecd7a6c2d6d1f3fa1f7b3b3c2\r\n"
	    "Content-Disposition: form-data; name=\"avatar\"; "
	    "filename=\"a.png\"\r\n"
	    "\r\n"
	    "png\r\n"
	    "--0f54ad7ecd7a6c2d6d1f3fa1f7b3b3c2--\r\n",
	    (const struct expected[]){
		{ "avatar", "a.png", NULL, "png" },
		{ 0 } });
	/* HttpClient of .NET: quotes around the boundary alone. */
	assert_parts("multipart/form-data; boundary=\"a-b-c\"",
	    "--a-b-c\r\n"
	    "Content-Type: image/png\r\n"
	    "Content-Disposition: form-data; name=avatar; filename=a.png; "
	    "filename*=utf-8''a.png\r\n"
	    "\r\n"
	    "png\r\n"
	    "--a-b-c--\r\n",
	    (const struct expected[]){
		{ "avatar", "a.png", "image/png", "png" },
		{ 0 } });
	/* undici, which does not end its last line. */
	assert_parts("multipart/form-data; "
	    "boundary=----formdata-undici-012345678901",
	    "------formdata-undici-012345678901\r\n"
	    "Content-Disposition: form-data; name=\"avatar\"; "
	    "filename=\"blob\"\r\n"
	    "Content-Type: image/png\r\n"
	    "\r\n"
	    "png\r\n"
	    "------formdata-undici-012345678901--",
	    (const struct expected[]){
		{ "avatar", "blob", "image/png", "png" },
		{ 0 } });
}

/* Older Python requests wrote every name beyond ASCII so. */
static void
a_file_may_have_no_name_but_an_encoded_one(void **_ UNUSED)
{
	assert_parts(TYPE, BEGIN "Content-Disposition: form-data; "
	    "name=\"avatar\"; filename*=utf-8''caf%C3%A9.png\r\n\r\nx" END,
	    (const struct expected[]){
		{ "avatar", "utf-8''caf%C3%A9.png", NULL, "x" },
		{ 0 } });
	assert_int_equal(judge_lines(DISPOSITION
	    "; filename*=a; filename*=b\r\n"), E_MALFORMED);
}

/* The boundary ---------------------------------------------------------- */

static void
only_its_own_media_type_is_multipart(void **_ UNUSED)
{
	assert_true(multipart_is("multipart/form-data"));
	assert_true(multipart_is("Multipart/Form-Data; boundary=x"));
	assert_true(multipart_is("multipart/form-data;boundary=x"));
	assert_true(multipart_is("multipart/form-data ; boundary=x"));
	assert_true(multipart_is("multipart/form-data\t; boundary=x"));
	assert_false(multipart_is("multipart/form-dat"));
	assert_false(multipart_is("multipart/form-data2; boundary=x"));
	assert_false(multipart_is("multipart/mixed; boundary=x"));
	assert_false(multipart_is(" multipart/form-data"));
	assert_false(multipart_is("text/plain; multipart/form-data"));
	assert_false(multipart_is(""));
}

static void
a_boundary_is_quoted_or_not(void **_ UNUSED)
{
	static const char *const good[] = {
		"multipart/form-data; boundary=B",
		"multipart/form-data;boundary=B",
		"multipart/form-data ; Boundary=\"B\"",
		"MULTIPART/FORM-DATA;\tboundary=\"B\" \t",
		"multipart/form-data; charset=utf-8; boundary=B",
		"multipart/form-data; boundary=B; charset=\"utf-8\"",
		"multipart/form-data; charset=\"a;boundary=\\\"C\"; boundary=B",
	};
	static const char *const bad[] = {
		"multipart/form-data",
		"multipart/form-data;",
		"multipart/form-data; boundary",
		"multipart/form-data; boundary=",
		"multipart/form-data; boundary=\"\"",
		"multipart/form-data; boundary=\"B",
		"multipart/form-data; boundary=\"B\\\"",
		"multipart/form-data; boundary=\"B\"x",
		"multipart/form-data; boundary= B",
		"multipart/form-data; boundary =B",
		"multipart/form-data; boundary=B C",
		"multipart/form-data; boundary=\"B \"",
		"multipart/form-data; boundary=B; boundary=B",
		"multipart/form-data; boundary=B; BOUNDARY=C",
		"multipart/form-data, boundary=B",
		"multipart/form-data boundary=B",
		"multipart/form-data; =B",
		"multipart/form-data; xboundary=B",
		"multipart/form-data; boundary=b",
	};
	const char	*body = BEGIN DISPOSITION "\r\n\r\nx" END;
	size_t		 i;

	for (i = 0; i < NELEMS(good); i++)
		assert_int_equal(judge_text(good[i], body), OK);
	for (i = 0; i < NELEMS(bad); i++)
		assert_int_equal(judge_text(bad[i], body), E_MALFORMED);
}

/* A body between delimiters of this boundary, which is quoted. */
static enum err
judge_boundary(const char *boundary)
{
	char type[256], body[512];

	(void)snprintf(type, sizeof(type),
	    "multipart/form-data; boundary=\"%s\"", boundary);
	(void)snprintf(body, sizeof(body), "--%s\r\n" DISPOSITION
	    "\r\n\r\nx\r\n--%s--\r\n", boundary, boundary);
	return judge_text(type, body);
}

static void
a_boundary_has_at_most_70_of_the_characters_it_may_have(void **_ UNUSED)
{
	static const char	good[] = "'()+_,-./:=? 09AZaz";
	char			boundary[72];
	int			c;

	memset(boundary, 'x', sizeof(boundary));
	boundary[71] = '\0';
	assert_int_equal(judge_boundary(boundary), E_MALFORMED);
	boundary[70] = '\0';
	assert_int_equal(judge_boundary(boundary), OK);

	assert_int_equal(judge_boundary(good), OK);
	assert_int_equal(judge_boundary(" x"), OK);
	assert_int_equal(judge_boundary("x "), E_MALFORMED);
	for (c = 1; c < 256; c++) {
		(void)snprintf(boundary, sizeof(boundary), "x%cx", c);
		assert_int_equal(judge_boundary(boundary),
		    isalnum(c) || strchr(good, c) != NULL ? OK : E_MALFORMED);
	}
}

/* The body --------------------------------------------------------------- */

static void
a_body_begins_and_ends_with_its_boundaries(void **_ UNUSED)
{
	static const char *const bad[] = {
		"", "-", "--", "--B", "--B\r", "--B\r\n", "--B-", "B--\r\n",
		"\r\n", "--B\r\n\r\n", "--B\r\n--B--\r\n",
		/* Before the first, and behind the last. */
		"\r\n" BEGIN DISPOSITION "\r\n\r\nx" END,
		"preamble\r\n" BEGIN DISPOSITION "\r\n\r\nx" END,
		" " BEGIN DISPOSITION "\r\n\r\nx" END,
		BEGIN DISPOSITION "\r\n\r\nx" END "epilogue",
		BEGIN DISPOSITION "\r\n\r\nx" END "\r\n",
		BEGIN DISPOSITION "\r\n\r\nx" END BEGIN,
		BEGIN DISPOSITION "\r\n\r\nx\r\n--B-- \r\n",
		BEGIN DISPOSITION "\r\n\r\nx\r\n--B--\n",
		BEGIN DISPOSITION "\r\n\r\nx\r\n--B--\r",
		/* No end, or not this one. */
		BEGIN DISPOSITION "\r\n\r\nx",
		BEGIN DISPOSITION "\r\n\r\nx\r\n",
		BEGIN DISPOSITION "\r\n\r\nx\r\n--B\r\n",
		BEGIN DISPOSITION "\r\n\r\nx\r\n--b--\r\n",
		BEGIN DISPOSITION "\r\n\r\nx--B--\r\n",
		BEGIN DISPOSITION "\r\n\r\nx\n--B--\r\n",
		/* A boundary that goes on is another. */
		"--BB\r\n" DISPOSITION "\r\n\r\nx" END,
		"--B \r\n" DISPOSITION "\r\n\r\nx" END,
		BEGIN DISPOSITION "\r\n\r\nx\r\n--BB--\r\n",
		/* Lines that end otherwise. */
		"--B\n" DISPOSITION "\r\n\r\nx" END,
		"--B\r" DISPOSITION "\r\n\r\nx" END,
		BEGIN DISPOSITION "\n\nx" END,
		BEGIN DISPOSITION "\n\r\nx" END,
		BEGIN DISPOSITION "\r\n\nx" END,
		BEGIN DISPOSITION "\r\r\n\r\nx" END,
		BEGIN DISPOSITION "\r\n" "x" END,
		"--B\n" DISPOSITION "\n\nx\n--B--\n",
	};
	size_t i;

	assert_int_equal(judge_text(TYPE, BEGIN DISPOSITION "\r\n\r\nx" END),
	    OK);
	for (i = 0; i < NELEMS(bad); i++)
		assert_int_equal(judge_text(TYPE, bad[i]), E_MALFORMED);
}

/* What one reader takes for the end is not the end for another. */
static void
a_body_that_was_cut_is_refused_wherever_it_was(void **_ UNUSED)
{
	static const char	body[] = BEGIN DISPOSITION
	    "; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n"
	    "one\r\n--" "\r\n--A" "\r\n" BEGIN DISPOSITION "\r\n\r\n"
	    "\r\n" BEGIN DISPOSITION "\r\n\r\ntwo" END;
	const size_t		whole = strlen(body);
	size_t			size;

	for (size = 0; size <= whole; size++)
		assert_int_equal(judge(TYPE, body, size),
		    size == whole || size == whole - 2 ? OK : E_MALFORMED);
}

static void
contents_are_bytes_and_nothing_is_done_to_them(void **_ UNUSED)
{
	struct arena	*arena = arena_new();
	struct part	*part;
	char		 body[2048], *at = body;
	char		 content[3 * 256 + 16];
	size_t		 i, size = 0;

	for (i = 0; i < 256; i++) {
		content[size++] = (char)i;
		content[size++] = (char)(255 - i);
		content[size++] = '\n';
	}
	memcpy(content + size, "\r\n--\r\n--A\r\n\r\n", 13);
	size += 13;
	at = mempcpy(at, BEGIN DISPOSITION "\r\n\r\n",
	    strlen(BEGIN DISPOSITION "\r\n\r\n"));
	at = mempcpy(at, content, size);
	at = mempcpy(at, END, strlen(END));

	assert_int_equal(multipart_parse(arena, TYPE, body,
	    (size_t)(at - body), &part), OK);
	assert_int_equal(part->size, size);
	assert_memory_equal(part->bytes, content, size);
	assert_null(part->next);
	arena_free(arena);
}

static void
a_boundary_inside_a_line_is_content(void **_ UNUSED)
{
	assert_parts(TYPE, BEGIN DISPOSITION "\r\n\r\n"
	    "x--B\r\nx--B--\r\n--A\r\n\n--B--\n\r--B" END,
	    (const struct expected[]){
		{ "a", NULL, NULL,
		    "x--B\r\nx--B--\r\n--A\r\n\n--B--\n\r--B" },
		{ 0 } });
}

static void
parts_may_be_empty(void **_ UNUSED)
{
	/* With the empty line's end as the delimiter's, as some write it. */
	assert_parts(TYPE, BEGIN DISPOSITION "\r\n\r\n--B\r\n"
	    DISPOSITION "; filename=\"x\"\r\n\r\n\r\n--B\r\n"
	    DISPOSITION "\r\n\r\n\r\n" END,
	    (const struct expected[]){
		{ "a", NULL, NULL, "" },
		{ "a", "x", NULL, "" },
		{ "a", NULL, NULL, "\r\n" },
		{ 0 } });
}

static void
there_are_at_most_32_parts(void **_ UNUSED)
{
	static const char	one[] = BEGIN DISPOSITION "\r\n\r\nx\r\n";
	char			body[4096] = "";
	size_t			used = 0, i;

	for (i = 0; i < 32; i++, used += strlen(one))
		memcpy(body + used, one, sizeof(one));
	memcpy(body + used, "--B--\r\n", sizeof("--B--\r\n"));
	assert_int_equal(judge_text(TYPE, body), OK);
	memcpy(body + used, one, sizeof(one));
	used += strlen(one);
	memcpy(body + used, "--B--\r\n", sizeof("--B--\r\n"));
	assert_int_equal(judge_text(TYPE, body), E_MALFORMED);
}

/* The header of a part --------------------------------------------------- */

static void
a_part_has_at_most_8_header_lines(void **_ UNUSED)
{
	static const char eight[] = "X-1: a\r\nX-2: b\r\nX-3: c\r\n"
	    "X-4: d\r\nX-5: e\r\nX-6: f\r\nX-7:\r\n" DISPOSITION "\r\n";
	char nine[256];

	assert_int_equal(judge_lines(eight), OK);
	(void)snprintf(nine, sizeof(nine), "%sX-9: x\r\n", eight);
	assert_int_equal(judge_lines(nine), E_MALFORMED);
}

static void
a_header_line_has_at_most_1024_bytes(void **_ UNUSED)
{
	char lines[2048];

	(void)snprintf(lines, sizeof(lines), "X: %01021d\r\n" DISPOSITION
	    "\r\n", 0);
	assert_int_equal(judge_lines(lines), OK);
	(void)snprintf(lines, sizeof(lines), "X: %01022d\r\n" DISPOSITION
	    "\r\n", 0);
	assert_int_equal(judge_lines(lines), E_MALFORMED);
}

static void
a_header_that_could_be_read_in_two_ways_is_refused(void **_ UNUSED)
{
	static const char *const bad[] = {
		"",
		"Content-Type: image/png\r\n",
		"Content-Disposition: form-data\r\n",
		"Content-Disposition: form-data;\r\n",
		"Content-Disposition: form-data; filename=\"x\"\r\n",
		"Content-Disposition: attachment; name=\"a\"\r\n",
		"Content-Disposition: form-datax; name=\"a\"\r\n",
		"Content-Disposition: name=\"a\"\r\n",
		"Content-Disposition: form-data, name=\"a\"\r\n",
		"Content-Disposition: form-data; name=\"a\r\n",
		"Content-Disposition: form-data; name=\"a\\\"\r\n",
		"Content-Disposition: form-data; name=\"a\"b\r\n",
		"Content-Disposition: form-data; name=a b\r\n",
		"Content-Disposition: form-data; name=\r\n",
		"Content-Disposition: form-data; name =\"a\"\r\n",
		"Content-Disposition : form-data; name=\"a\"\r\n",
		" Content-Disposition: form-data; name=\"a\"\r\n",
		"Content-Disposition form-data; name=\"a\"\r\n",
		/* Twice. */
		DISPOSITION "\r\n" DISPOSITION "\r\n",
		DISPOSITION "\r\nCONTENT-DISPOSITION: form-data; name=b\r\n",
		DISPOSITION "\r\nContent-Disposition: form-data; "
		    "filename=\"b\"\r\n",
		DISPOSITION "; =b\r\n",
		DISPOSITION "; name=\"b\"\r\n",
		DISPOSITION "; NAME=\"a\"\r\n",
		DISPOSITION "; filename=\"b\"; filename=\"c\"\r\n",
		DISPOSITION "\r\nContent-Type: a/b\r\nContent-Type: a/b\r\n",
		/* Folded, which has been obsolete for long. */
		"Content-Disposition: form-data;\r\n name=\"a\"\r\n",
		"Content-Disposition: form-data;\r\n\tname=\"a\"\r\n",
		DISPOSITION "\r\n x\r\n",
		DISPOSITION "\r\n: x\r\n",
		DISPOSITION "\r\nX\r\n",
		/* Another layer. */
		DISPOSITION "\r\nContent-Transfer-Encoding: base64\r\n",
		DISPOSITION
		    "\r\ncontent-transfer-encoding: quoted-printable\r\n",
		DISPOSITION "\r\nContent-Transfer-Encoding:\r\n",
		/* Not UTF-8. */
		"Content-Disposition: form-data; name=\"\xe9\"\r\n",
		"Content-Disposition: form-data; name=\"\xc3\"\r\n",
		"Content-Disposition: form-data; name=\"\xed\xa0\x80\"\r\n",
		DISPOSITION "; filename=\"\xff\"\r\n",
		DISPOSITION "; filename=\"\xc0\x80\"\r\n",
		DISPOSITION "\r\nContent-Type: \xff\r\n",
	};
	size_t i;

	assert_int_equal(judge_lines(DISPOSITION "\r\n"), OK);
	for (i = 0; i < NELEMS(bad); i++)
		assert_int_equal(judge_lines(bad[i]), E_MALFORMED);
}

static void
a_header_may_be_written_otherwise(void **_ UNUSED)
{
	static const char *const good[] = {
		"content-disposition:form-data;name=a\r\n",
		"CONTENT-DISPOSITION: \t FORM-DATA ; NAME=\"a\" \r\n",
		"Content-Disposition: form-data; x=y; name=\"a\"\r\n",
		DISPOSITION "\r\nContent-Transfer-Encoding: binary\r\n",
		DISPOSITION "\r\nContent-Transfer-Encoding: 8BIT\r\n",
		DISPOSITION "\r\nContent-Transfer-Encoding: 7bit \r\n",
		DISPOSITION "\r\nContent-Length: 1\r\nX-Any:\r\n",
	};
	size_t i;

	for (i = 0; i < NELEMS(good); i++)
		assert_int_equal(judge_lines(good[i]), OK);
}

static void
a_nul_in_a_header_is_refused_wherever_it_is(void **_ UNUSED)
{
	static const char	lines[] = DISPOSITION
	    "; filename=\"a.png\"\r\nContent-Type: image/png\r\nX-Y: z\r\n";
	const size_t		size = strlen(lines);
	char			copy[sizeof(lines) + 1];
	size_t			i;

	assert_int_equal(judge_header(lines, size), OK);
	for (i = 0; i <= size; i++) {
		memcpy(copy, lines, i);
		copy[i] = '\0';
		memcpy(copy + i + 1, lines + i, size - i);
		assert_int_equal(judge_header(copy, size + 1), E_MALFORMED);
		if (i == size)
			break;
		memcpy(copy, lines, size);
		copy[i] = '\0';
		assert_int_equal(judge_header(copy, size), E_MALFORMED);
	}
}

static void
the_name_of_a_file_may_be_anything(void **_ UNUSED)
{
	static const char *const names[] = {
		"C:\\Users\\me\\a.png", "../../etc/passwd", "/a/b",
		"a \\\"quoted\\\" name.png", "%22.png", "\xe2\x82\xac.png",
		"a;name=b", "=;=", "\\\\", "\t", "",
	};
	char	body[512];
	size_t	i;

	for (i = 0; i < NELEMS(names); i++) {
		(void)snprintf(body, sizeof(body), BEGIN DISPOSITION
		    "; filename=\"%s\"\r\n\r\nx" END, names[i]);
		assert_parts(TYPE, body, (const struct expected[]){
		    { "a", names[i], NULL, "x" }, { 0 } });
	}
}

static void
the_type_of_a_part_is_what_stands_before_its_parameters(void **_ UNUSED)
{
	assert_parts(TYPE, BEGIN DISPOSITION "\r\n"
	    "content-type:Image/PNG; x=\"y\"\r\n\r\nx" END,
	    (const struct expected[]){
		{ "a", NULL, "Image/PNG", "x" }, { 0 } });
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test(name)
		TEST(what_curl_sends_is_read),
		TEST(what_browsers_send_is_read),
		TEST(what_programs_send_is_read),
		TEST(a_file_may_have_no_name_but_an_encoded_one),
		TEST(only_its_own_media_type_is_multipart),
		TEST(a_boundary_is_quoted_or_not),
		TEST(a_boundary_has_at_most_70_of_the_characters_it_may_have),
		TEST(a_body_begins_and_ends_with_its_boundaries),
		TEST(a_body_that_was_cut_is_refused_wherever_it_was),
		TEST(contents_are_bytes_and_nothing_is_done_to_them),
		TEST(a_boundary_inside_a_line_is_content),
		TEST(parts_may_be_empty),
		TEST(there_are_at_most_32_parts),
		TEST(a_part_has_at_most_8_header_lines),
		TEST(a_header_line_has_at_most_1024_bytes),
		TEST(a_header_that_could_be_read_in_two_ways_is_refused),
		TEST(a_header_may_be_written_otherwise),
		TEST(a_nul_in_a_header_is_refused_wherever_it_is),
		TEST(the_name_of_a_file_may_be_anything),
		TEST(the_type_of_a_part_is_what_stands_before_its_parameters),
	};

	return cmocka_run_group_tests_name("multipart", tests, NULL, NULL);
}
