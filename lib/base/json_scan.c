#include "base/base.h"
#include "base/json_scan.h"

enum { DEPTH_MAX = 32 };

#define DIGITS	"0123456789"
#define HEX	DIGITS "abcdefABCDEF"

/* The scan functions return what stands behind the token at `p`, or NULL. */
static const char *
scan_digits(const char *p)
{
	const size_t n = strspn(p, DIGITS);

	return n > 0 ? p + n : NULL;
}

static const char *
scan_number(const char *p)
{
	if (*p == '-')
		p++;
	p = *p == '0' ? p + 1 : scan_digits(p);
	if (p != NULL && *p == '.')
		p = scan_digits(p + 1);
	if (p != NULL && (*p == 'e' || *p == 'E')) {
		p++;
		p = scan_digits(*p == '+' || *p == '-' ? p + 1 : p);
	}
	/* "01" is not two tokens: cJSON would read it as one. */
	return p != NULL && strspn(p, DIGITS "+-.eE") == 0 ? p : NULL;
}

static const char *
scan_escape(const char *p)
{
	if (p[1] == 'u')
		return strspn(p + 2, HEX) >= 4 &&
		    strncmp(p + 2, "0000", 4) != 0 ? p + 6 : NULL;
	return strspn(p + 1, "\"\\/bfnrt") > 0 ? p + 2 : NULL;
}

static const char *
scan_string(const char *p)
{
	p++;
	while (p != NULL && *p != '"') {
		if (*p == '\\')
			p = scan_escape(p);
		else
			/* The end of the text is a control character too. */
			p = (unsigned char)*p >= ' ' ? p + 1 : NULL;
	}
	return p != NULL ? p + 1 : NULL;
}

static const char *
scan_word(const char *p)
{
	static const char *const words[] = { "null", "true", "false" };
	size_t i;

	for (i = 0; i < NELEMS(words); i++)
		if (strncmp(p, words[i], strlen(words[i])) == 0)
			return p + strlen(words[i]);
	return NULL;
}

bool
json_is_strict(const char *text)
{
	const char *p = text;
	int depth = 0;

	while (p != NULL && *p != '\0' && depth <= DEPTH_MAX) {
		if (strspn(p, "-" DIGITS) > 0)
			p = scan_number(p);
		else if (*p == '"')
			p = scan_string(p);
		else if (strspn(p, "[]{},: \t\r\n") == 0)
			p = scan_word(p);
		else {
			if (*p == '[' || *p == '{')
				depth++;
			else if (*p == ']' || *p == '}')
				depth--;
			p++;
		}
	}
	return p != NULL && *p == '\0';
}
