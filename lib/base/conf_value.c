#include <time.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/conf_value.h"

struct unit {
	const char	*suffix;
	int64_t		 factor;
};

static const struct unit no_units[] = { { "", 1 }, { NULL, 0 } };
static const struct unit durations[] = {
	{ "ms", 1 }, { "s", SECONDS(1) }, { "m", MINUTES(1) },
	{ "h", HOURS(1) }, { "d", DAYS(1) }, { NULL, 0 }
};
static const struct unit sizes[] = {
	{ "", 1 }, { "K", 1 << 10 }, { "M", 1 << 20 }, { "G", 1 << 30 },
	{ NULL, 0 }
};

/* Digits and one of the units, of which 0 needs none. */
static bool
scan(const char *text, const struct unit *unit, int64_t *out)
{
	int64_t n, product;

	if (*text < '0' || *text > '9')
		return false;
	for (n = 0; *text >= '0' && *text <= '9'; text++)
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, *text - '0', &n))
			return false;
	for (; unit->suffix != NULL; unit++) {
		if (strcmp(text, unit->suffix) != 0 &&
		    (n != 0 || *text != '\0'))
			continue;
		if (__builtin_mul_overflow(n, unit->factor, &product))
			return false;
		*out = product;
		return true;
	}
	return false;
}

/* A value in these units and within the setting's limits. */
static bool
ranged(struct conf_reader *reader, const struct conf_setting *setting,
    const char *value, const struct unit *units, const char *kind,
    int64_t *field)
{
	char	low[16], high[16];
	int64_t	least, most, n;

	if (sscanf(setting->limits, "%15s %15s", low, high) != 2 ||
	    !scan(low, units, &least) || !scan(high, units, &most))
		assert(!"limits of the table are of the setting's kind");
	if (!scan(value, units, &n) || n < least || n > most)
		return conf_complain(reader, "%s must be %s from %s to %s",
		    setting->name, kind, low, high);
	*field = n;
	return true;
}

CONF_PARSER(conf_number)
{
	return ranged(reader, setting, value, no_units, "a number", field);
}

CONF_PARSER(conf_duration)
{
	return ranged(reader, setting, value, durations,
	    "a duration (ms s m h d)", field);
}

CONF_PARSER(conf_size)
{
	return ranged(reader, setting, value, sizes, "a size (K M G)", field);
}

CONF_PARSER(conf_slots)
{
	int64_t	*slots = field;
	long	 processors;

	if (*value != '\0')
		return conf_number(reader, setting, value, field);
	processors = sysconf(_SC_NPROCESSORS_ONLN);
	*slots = processors < 1 ? 1 : processors > 1024 ? 1024 : processors;
	return true;
}

/* The place of `word` among `words`, or -1. */
static int
word_index(const char *words, const char *word)
{
	const char	*candidate;
	size_t		 length;
	int		 i;

	for (i = 0; (candidate = conf_list_next(&words, &length)) != NULL; i++)
		if (strlen(word) == length &&
		    memcmp(candidate, word, length) == 0)
			return i;
	return -1;
}

CONF_PARSER(conf_word)
{
	int i;

	if ((i = word_index(setting->limits, value)) == -1) {
		conf_complain(reader, "%s must be one of: %s",
		    setting->name, setting->limits);
		return false;
	}
	*(int *)field = i;
	return true;
}

CONF_PARSER(conf_switch)
{
	int i;

	if (!conf_word(reader, setting, value, &i))
		return false;
	*(bool *)field = i == 1;
	return true;
}

bool
conf_keep(struct conf_reader *reader, char *text, void *field)
{
	if (text == NULL)
		return conf_complain(reader, "out of memory");
	*(char **)field = text;
	return true;
}

/* Empty is no prefix. */
CONF_PARSER(conf_cookie_prefix)
{
	if (*value != '\0' && word_index(setting->limits, value) == -1)
		return conf_complain(reader, "%s must be empty or one of: %s",
		    setting->name, setting->limits);
	return conf_keep(reader, strdup(value), field);
}

CONF_PARSER(conf_text)
{
	unsigned int least, most;

	if (sscanf(setting->limits, "%u %u", &least, &most) != 2)
		assert(!"limits of a text are its lengths");
	if (strchr(value, '\t') != NULL ||
	    strlen(value) < least || strlen(value) > most)
		return conf_complain(reader,
		    "%s must be %u to %u bytes of text without a tab",
		    setting->name, least, most);
	return conf_keep(reader, strdup(value), field);
}

/* An absolute path behind `prefix`. */
static bool
keep_path(struct conf_reader *reader, const struct conf_setting *setting,
    const char *prefix, const char *path, void *field)
{
	char	*text;
	int	 length;

	if (*path == '\0' || strchr(path, '\t') != NULL)
		return conf_complain(reader, "%s must be %sPATH, without a "
		    "tab", setting->name, prefix);
	length = *path == '/' ? asprintf(&text, "%s%s", prefix, path) :
	    asprintf(&text, "%s%s/%s", prefix, reader->directory, path);
	return conf_keep(reader, length < 0 ? NULL : text, field);
}

CONF_PARSER(conf_path)
{
	return keep_path(reader, setting, "", value, field);
}

CONF_PARSER(conf_path_or_none)
{
	return *value == '\0' || conf_path(reader, setting, value, field);
}

/* mongodb://[USER:PASSWORD@]HOST[,HOST]/DATABASE[?OPTIONS], no more is seen. */
static bool
valid_mongodb(const char *uri)
{
	size_t length;

	if (strncmp(uri, "mongodb://", 10) == 0)
		uri += 10;
	else if (strncmp(uri, "mongodb+srv://", 14) == 0)
		uri += 14;
	else
		return false;
	if (strpbrk(uri, " \t") != NULL || *uri == '/')
		return false;
	uri += strcspn(uri, "/?");
	if (*uri++ != '/')
		return false;
	length = strcspn(uri, "?");
	/* MongoDB's own rules for the name of a database. */
	return length > 0 && length < 64 &&
	    strcspn(uri, "/\\. \"$*<>:|") >= length;
}

CONF_PARSER(conf_store)
{
	if (strncmp(value, "sqlite:", 7) == 0)
		return keep_path(reader, setting, "sqlite:", value + 7,
		    field);
	if (!valid_mongodb(value))
		return conf_complain(reader, "%s must be sqlite:PATH or a "
		    "mongodb:// or mongodb+srv:// URI with a host and a "
		    "database, mongodb://HOST/DATABASE", setting->name);
	return conf_keep(reader, strdup(value), field);
}

/* Whether `text` has digits where `form` has 0, else the form's characters. */
static bool
has_form(const char *text, const char *form)
{
	for (; *form != '\0'; form++, text++)
		if (*form == '0' ? *text < '0' || *text > '9' :
		    *text != *form)
			return false;
	return *text == '\0';
}

/*
 * False for the 30th of February, which timegm makes a day of March.  What is
 * too large changes its own field or the one above: a second 60 the minute, a
 * 25th hour the day.
 */
static bool
valid_time(const struct tm *tm, int64_t *out)
{
	struct tm	normal = *tm;
	time_t		time = timegm(&normal);

	*out = SECONDS(time);
	return tm->tm_year >= 100 && normal.tm_mon == tm->tm_mon &&
	    normal.tm_mday == tm->tm_mday && normal.tm_min == tm->tm_min;
}

CONF_PARSER(conf_date)
{
	struct tm	tm = { 0 };
	int64_t		time;

	if (*value == '\0')
		return true;
	/* Another form leaves the year 0, which is before 2000. */
	if (has_form(value, "0000-00-00") ||
	    has_form(value, "0000-00-00T00:00:00Z"))
		sscanf(value, "%d-%d-%dT%d:%d:%d", &tm.tm_year, &tm.tm_mon,
		    &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec);
	tm.tm_year -= 1900;
	tm.tm_mon--;
	if (!valid_time(&tm, &time))
		return conf_complain(reader, "%s must be a day since 2000, "
		    "YYYY-MM-DD, or a second of it, YYYY-MM-DDTHH:MM:SSZ",
		    setting->name);
	*(int64_t *)field = time;
	return true;
}
