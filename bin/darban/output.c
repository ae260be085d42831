/*
 * What the commands say.  Answers go to standard output and complaints to
 * standard error, and both may hold what a stranger typed into a form: all of
 * it passes print_text, in a pipe too, because a pipe often ends in a
 * terminal, and because a tab or a newline in a name would break a table.
 */
#include "command.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

/* What may be a code point of valid text: at most four bytes. */
static size_t
point_size(const char *text)
{
	const unsigned char first = (unsigned char)*text;
	size_t		    size;

	size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	return strnlen(text, size);
}

static uint32_t
point_value(const char *point, size_t size)
{
	static const unsigned char	mask[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t			value;
	size_t				i;

	value = (unsigned char)point[0] & mask[size];
	for (i = 1; i < size; i++)
		value = value << 6 | ((unsigned char)point[i] & 0x3f);
	return value;
}

/* As JSON writes it: beyond U+FFFF by two surrogates. */
static void
print_escape(FILE *out, uint32_t value)
{
	if (value > 0xffff) {
		value -= 0x10000;
		(void)fprintf(out, "\\u%04" PRIx32, 0xd800 + (value >> 10));
		value = 0xdc00 + (value & 0x3ff);
	}
	(void)fprintf(out, "\\u%04" PRIx32, value);
}

void
print_text(FILE *out, const char *text)
{
	char	point[5];
	size_t	size;

	for (; *text != '\0'; text += size) {
		/* Nearly everything: not worth asking Unicode. */
		if (*text >= ' ' && *text < 0x7f) {
			size = 1;
			(void)putc(*text, out);
			continue;
		}
		size = point_size(text);
		memcpy(point, text, size);
		point[size] = '\0';

		if (!text_is_valid(point, size)) {
			/* One byte, so that what is good behind it is shown. */
			size = 1;
			(void)fputs("\xef\xbf\xbd", out);
		} else if (text_has_control(point))
			print_escape(out, point_value(point, size));
		else
			(void)fputs(point, out);
	}
}

/* What is said may quote what somebody else wrote. */
static void PRINTF(3, 0)
print_line(FILE *out, const char *prefix, const char *format, va_list args)
{
	char line[2048];

	(void)vsnprintf(line, sizeof(line), format, args);
	(void)fputs(prefix, out);
	print_text(out, line);
	(void)putc('\n', out);
}

void
say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_line(stdout, "", format, args);
	va_end(args);
}

void
complain(const char *format, ...)
{
	va_list args;

	progress_clear();
	va_start(args, format);
	print_line(stderr, "darban: ", format, args);
	va_end(args);
}

/* err.h has the words for clients, who are told as little as will do. */
const char *
failure_text(enum err err)
{
	if (err == E_CONFIG)
		return "cannot be used by this program";
	if (err == E_UNAVAILABLE)
		return "not available; try again";
	return err_row(err)->text;
}

enum outcome
failed(const struct invocation *in, enum err err, const char *what)
{
	const struct member_error	*member = in->ctx.member_errors;
	const char			*why = in->ctx.message;

	if (why == NULL)
		why = failure_text(err);
	/* What is wrong with one field says more than what kind of error. */
	if (member == NULL)
		complain("%s: %s", what, why);
	for (; member != NULL; member = member->next)
		complain("%s: %s %s", what, member->field, member->message);
	return COULD_NOT;
}

/* See log.h for the form: time, program, level, address. */
const char *
log_text(const char *line, size_t size, int *length)
{
	const char	*end = line + size, *blank;
	int		 word;

	for (word = 0; word < 4; word++) {
		blank = memchr(line, ' ', (size_t)(end - line));
		if (blank == NULL)
			break;
		line = blank + 1;
	}
	if (end > line && end[-1] == '\n')
		end--;
	*length = (int)(end - line);
	return line;
}

void
log_act(const struct user *user, const char *what)
{
	char hex[ID_HEX_SIZE];

	id_hex(&user->id, hex);
	log_info("%s user=%s", what, hex);
}

void
complain_log(void *_ UNUSED, const char *line, size_t size)
{
	const char	*text;
	int		 length;

	text = log_text(line, size, &length);
	complain("%.*s", length, text);
}

/*
 * A tab behind each value, so that cut(1) finds the columns; for eyes, more
 * of them.  Wide characters and escapes shift a line, which is all they do.
 */
static void
print_cell(const char *text, size_t width)
{
	size_t used;

	print_text(stdout, text);
	(void)putchar('\t');
	if (width == 0 || !text_is_valid(text, strlen(text)))
		return;
	for (used = (text_length(text) / 8 + 1) * 8; used < width; used += 8)
		(void)putchar('\t');
}

void
table_row(const struct column *columns, size_t count,
    const char *const *cells)
{
	const bool	 is_terminal = isatty(STDOUT_FILENO) == 1;
	const char	*text;
	size_t		 i;

	for (i = 0; i < count; i++) {
		text = cells == NULL ? columns[i].title : cells[i];
		if (text == NULL)
			text = "-";
		if (i + 1 < count)
			print_cell(text, is_terminal ? columns[i].width : 0);
		else
			print_text(stdout, text);
	}
	(void)putchar('\n');
}

enum outcome
print_json(struct invocation *in, const struct json *value)
{
	const char *text = NULL;

	if (value != NULL)
		text = json_print(in->ctx.arena, value);
	/* Half an object would be printed as if it were a whole one. */
	if (text == NULL || arena_failed(in->ctx.arena))
		return failed(in, E_INTERNAL, "JSON");
	print_text(stdout, text);
	(void)putchar('\n');
	return DONE;
}

void
add_text(struct arena *arena, struct json *object, const char *name,
    const char *text)
{
	if (text == NULL)
		json_add_null(arena, object, name);
	else
		json_add_text(arena, object, name, text);
}

void
add_time(struct arena *arena, struct json *object, const char *name,
    int64_t time)
{
	char iso[CLOCK_ISO_SIZE];

	clock_iso(time, iso);
	json_add_text(arena, object, name, iso);
}

void
add_id(struct arena *arena, struct json *object, const struct id *id)
{
	char hex[ID_HEX_SIZE];

	id_hex(id, hex);
	json_add_text(arena, object, "_id", hex);
}
