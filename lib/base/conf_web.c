#include <arpa/inet.h>

#include "base/address.h"
#include "base/arena.h"
#include "base/base.h"
#include "base/conf.h"
#include "base/conf_value.h"

const char *
conf_list_next(const char **rest, size_t *length)
{
	const char *word = *rest + strspn(*rest, " \t");

	*length = strcspn(word, " \t");
	*rest = word + *length;
	return *length == 0 ? NULL : word;
}

size_t
conf_list_count(const char *list)
{
	size_t count, length;

	for (count = 0; conf_list_next(&list, &length) != NULL; count++)
		continue;
	return count;
}

/* A decimal number with nothing around it, no larger than `most`. */
static bool
valid_decimal(const char *text, unsigned long most)
{
	size_t length = strspn(text, "0123456789");

	return length > 0 && length < 6 && text[length] == '\0' &&
	    (*text != '0' || length == 1) && strtoul(text, NULL, 10) <= most;
}

/* An IPv6 address as browsers write it, between brackets: `length` of it. */
static bool
valid_ipv6(const char *text, size_t length)
{
	char		address[INET6_ADDRSTRLEN], canonical[INET6_ADDRSTRLEN];
	struct in6_addr	bits;

	if (length < 2 || length - 2 >= sizeof(address) ||
	    text[length - 1] != ']')
		return false;
	snprintf(address, sizeof(address), "%.*s", (int)length - 2, text + 1);
	return inet_pton(AF_INET6, address, &bits) == 1 &&
	    inet_ntop(AF_INET6, &bits, canonical, sizeof(canonical)) != NULL &&
	    strcmp(address, canonical) == 0;
}

/*
 * An origin as browsers send it (RFC 6454 section 6.2), because it is compared
 * byte by byte: in lower case, no path, and no port that the scheme implies.
 */
static bool
valid_origin(const char *text)
{
	const char	*implied;
	size_t		 length;

	if (strncmp(text, "https://", 8) == 0) {
		implied = "443";
		text += 8;
	} else if (strncmp(text, "http://", 7) == 0) {
		implied = "80";
		text += 7;
	} else
		return false;

	length = *text == '[' ? strcspn(text, "]") + 1 :
	    strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-._");
	if (*text == '[' ? !valid_ipv6(text, length) :
	    length == 0 || *text == '.')
		return false;
	text += length;
	return *text == '\0' || (*text == ':' && text[1] != '0' &&
	    valid_decimal(text + 1, 65535) && strcmp(text + 1, implied) != 0);
}

#define AN_ORIGIN \
	"SCHEME://HOST[:PORT] as browsers send it: http or https, in lower " \
	"case, nothing behind, no :80 or :443 that goes without saying"

CONF_PARSER(conf_origin)
{
	if (*value == '\0')
		return true;
	if (!valid_origin(value))
		return conf_complain(reader, "%s must be " AN_ORIGIN,
		    setting->name);
	return conf_keep(reader, strdup(value), field);
}

CONF_PARSER(conf_origins)
{
	struct conf_list	*list = field;
	const char		*word;
	char			*item;
	size_t			 length;
	bool			 good = true;

	list->item = calloc(conf_list_count(value) + 1, sizeof(*list->item));
	if (list->item == NULL)
		return conf_complain(reader, "out of memory");
	while ((word = conf_list_next(&value, &length)) != NULL) {
		if ((item = strndup(word, length)) == NULL)
			return conf_complain(reader, "out of memory");
		list->item[list->count++] = item;
		if (!valid_origin(item))
			good = conf_complain(reader, "%s: item %zu must be "
			    AN_ORIGIN, setting->name, list->count);
	}
	return good;
}

CONF_PARSER(conf_proxies)
{
	struct conf_nets	*nets = field;
	const char		*word;
	char			*item;
	size_t			 length;
	bool			 good = true;

	nets->net = calloc(conf_list_count(value) + 1, sizeof(*nets->net));
	if (nets->net == NULL)
		return conf_complain(reader, "out of memory");
	while ((word = conf_list_next(&value, &length)) != NULL) {
		if ((item = arena_strndup(reader->arena, word,
		    length)) == NULL)
			return conf_complain(reader, "out of memory");
		if (!address_net_parse(item, &nets->net[nets->count++]))
			good = conf_complain(reader, "%s: item %zu must be "
			    "an address or a net, ADDRESS/BITS",
			    setting->name, nets->count);
	}
	return good;
}

/* Only characters that are seen, and none of `refused`. */
static bool
is_plain(const char *text, const char *refused)
{
	if (strpbrk(text, refused) != NULL)
		return false;
	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text > '~')
			return false;
	return true;
}

CONF_PARSER(conf_cookie_path)
{
	if (*value != '/' || !is_plain(value, "\";,\\"))
		return conf_complain(reader, "%s must begin with / and have "
		    "no blanks, quotes, commas or semicolons", setting->name);
	return conf_keep(reader, strdup(value), field);
}

/* A file's name is put behind it, and the origin before it. */
CONF_PARSER(conf_url_path)
{
	size_t length = strlen(value);

	if (*value != '/' || value[1] == '/' || value[length - 1] != '/' ||
	    !is_plain(value, "\"<>\\?#"))
		return conf_complain(reader, "%s must be a path of this host, "
		    "beginning and ending with /", setting->name);
	return conf_keep(reader, strdup(value), field);
}

/* An address that a page shows: nothing that a browser would run. */
CONF_PARSER(conf_address)
{
	if (*value != '\0' && ((*value != '/' &&
	    strncmp(value, "https://", 8) != 0 &&
	    strncmp(value, "http://", 7) != 0) || !is_plain(value, "\"<>\\")))
		return conf_complain(reader, "%s must be empty or begin with "
		    "/, https:// or http://, without blanks or quotes",
		    setting->name);
	return conf_keep(reader, strdup(value), field);
}
