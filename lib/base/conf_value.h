/*
 * What the files of the configuration share: the row of a setting, the state
 * of one reading, and the parsers that the table names.  For conf*.c and
 * their test alone; everybody else includes conf.h.
 */
#ifndef DARBAN_CONF_VALUE_H
#define DARBAN_CONF_VALUE_H

enum {
	CONF_SETTINGS = 38,		/* rows of the table */
	CONF_FILE_MAX = 64 * 1024,	/* bytes */
	CONF_LINE_MAX = 4096,		/* bytes without the newline */
	KEY_MIN = 32,			/* bytes of a key or secret */
};

struct conf_reader;

/*
 * One setting.  `limits` says what the value may be, in the words that a
 * message repeats: "LOWEST HIGHEST" of a number, a duration, a size or a
 * length, all the words of an enumeration, else "".
 */
struct conf_setting {
	const char	*name;
	const char	*standard;	/* the default; NULL: required */
	const char	*limits;
	bool		(*parse)(struct conf_reader *reader,
			    const struct conf_setting *setting,
			    const char *value, void *field);
	size_t		 offset;	/* of the field in struct conf */
};

extern const struct conf_setting	conf_settings[];

/* One reading of a file; all of it belongs to conf_load. */
struct conf_reader {
	const char	*path;
	char		*directory;	/* of the file, "" for the root */
	struct conf	*conf;
	struct arena	*arena;		/* for what is decoded */
	size_t		 line;		/* to blame for an error, or 0 */
	bool		 failed;
	size_t		 given[CONF_SETTINGS];	/* the line, or 0 */
	bool		 good[CONF_SETTINGS];	/* the field has its value */
	void		(*complain)(void *arg, const char *line);
	void		*arg;
};

/*
 * Tells one error and returns false.  Nothing that stood in the file may be
 * an argument, but numbers and checked KIDs: a value, and what looks like a
 * name, may be a secret that was written into the wrong place.
 */
bool	 conf_complain(struct conf_reader *reader, const char *format, ...)
	    PRINTF(2, 3);

/* The place of the setting in the table; CONF_SETTINGS where it is none. */
size_t	 conf_setting_index(const char *name);

/* Parses the value into the setting's field and remembers whether it was. */
void	 conf_setting_parse(struct conf_reader *reader, size_t index,
	    const char *value);

/*
 * Reads the file, judges its permissions, and parses every line of it.  False
 * where there was nothing to parse; every error has been told.
 */
bool	 conf_file_read(struct conf_reader *reader);

/*
 * The next word of a list separated by blanks, which ends at `*length`, or
 * NULL; moves `*rest` behind it.
 */
const char	*conf_list_next(const char **rest, size_t *length);
size_t		 conf_list_count(const char *list);

/* Makes `text`, allocated, the field's; NULL: tells that memory is out. */
bool	 conf_keep(struct conf_reader *reader, char *text, void *field);

/*
 * The parsers.  Each tells its errors and returns false, or fills `field`,
 * whose type it knows: int64_t, bool, an enum, char *, one of conf.h's.  What
 * it allocates is conf_free's, also after an error.
 */
#define CONF_PARSER(name)						\
	bool name(struct conf_reader *reader,				\
	    const struct conf_setting *setting, const char *value,	\
	    void *field)

CONF_PARSER(conf_number);
CONF_PARSER(conf_duration);
CONF_PARSER(conf_size);
CONF_PARSER(conf_slots);		/* empty: the processors */
CONF_PARSER(conf_date);			/* empty: 0 */
CONF_PARSER(conf_word);			/* an enum, by its order */
CONF_PARSER(conf_switch);		/* a bool, by the order of words */
CONF_PARSER(conf_text);
CONF_PARSER(conf_path);
CONF_PARSER(conf_path_or_none);		/* empty: NULL */
CONF_PARSER(conf_store);
CONF_PARSER(conf_keys);
CONF_PARSER(conf_secret);		/* secret and secret_size */
CONF_PARSER(conf_origin);		/* empty: NULL */
CONF_PARSER(conf_origins);
CONF_PARSER(conf_proxies);
CONF_PARSER(conf_cookie_prefix);
CONF_PARSER(conf_cookie_path);
CONF_PARSER(conf_url_path);
CONF_PARSER(conf_address);

#endif
