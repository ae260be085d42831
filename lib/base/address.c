#include <arpa/inet.h>

#include "base/base.h"
#include "base/address.h"

enum { IPV4_AT = 12, IPV4_BITS = 96 };

_Static_assert(ADDRESS_TEXT_SIZE == INET6_ADDRSTRLEN, "inet_ntop's size");

static const struct address mapped = {
	{ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0 }
};

bool
address_is_ipv4(const struct address *address)
{
	return memcmp(address->b, mapped.b, IPV4_AT) == 0;
}

bool
address_parse(const char *text, struct address *out)
{
	struct address address = mapped;

	if (inet_pton(AF_INET, text, address.b + IPV4_AT) != 1 &&
	    inet_pton(AF_INET6, text, address.b) != 1)
		return false;
	*out = address;
	return true;
}

/* A decimal number up to `most`, in its one spelling. */
static bool
parse_bits(const char *text, unsigned most, unsigned *out)
{
	const size_t	length = strspn(text, "0123456789");
	unsigned long	value;

	if (length == 0 || length > 3 || text[length] != '\0' ||
	    (*text == '0' && length > 1))
		return false;
	if ((value = strtoul(text, NULL, 10)) > most)
		return false;
	*out = (unsigned)value;
	return true;
}

bool
address_net_parse(const char *text, struct address_net *out)
{
	const size_t		length = strcspn(text, "/");
	struct address_net	net = { .bits = 128 };
	char			address[ADDRESS_TEXT_SIZE];
	unsigned		offset;

	if (length >= sizeof(address))
		return false;
	memcpy(address, text, length);
	address[length] = '\0';
	if (!address_parse(address, &net.first))
		return false;

	/* The bits are counted as the address was written. */
	offset = strchr(address, ':') == NULL ? IPV4_BITS : 0;
	if (text[length] == '/') {
		if (!parse_bits(text + length + 1, 128 - offset, &net.bits))
			return false;
		net.bits += offset;
	}
	address_mask(&net.first, net.bits);
	*out = net;
	return true;
}

void
address_mask(struct address *address, unsigned bits)
{
	unsigned i;

	assert(bits <= 128);
	for (i = bits / 8; i < sizeof(address->b); i++) {
		address->b[i] &= (unsigned char)(0xff00 >> bits % 8);
		bits = 0;
	}
}

bool
address_net_has(const struct address_net *net, const struct address *address)
{
	struct address masked = *address;

	address_mask(&masked, net->bits);
	return memcmp(masked.b, net->first.b, sizeof(masked.b)) == 0;
}

void
address_text(const struct address *address, char out[ADDRESS_TEXT_SIZE])
{
	const bool	is_ipv4 = address_is_ipv4(address);
	const char	*text;

	text = inet_ntop(is_ipv4 ? AF_INET : AF_INET6,
	    address->b + (is_ipv4 ? IPV4_AT : 0), out, ADDRESS_TEXT_SIZE);
	assert(text != NULL);
}
