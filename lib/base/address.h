/*
 * IP addresses (RFC 4291).  One of IPv4 is kept as IPv6 maps it, so that
 * `192.0.2.7` and `::ffff:192.0.2.7` are the same.
 */
#ifndef DARBAN_ADDRESS_H
#define DARBAN_ADDRESS_H

#include "base/base.h"

enum { ADDRESS_TEXT_SIZE = 46 };

struct address {
	unsigned char	b[16];
};

/* Those that begin with the first `bits` of `first`. */
struct address_net {
	struct address	first;
	unsigned	bits;		/* of all 128 */
};

/* Exactly one address, without a zone or a port, else false. */
bool	address_parse(const char *text, struct address *out) NODISCARD;

/* ADDRESS or ADDRESS/BITS (RFC 4632, RFC 4291 section 2.3), else false. */
bool	address_net_parse(const char *text, struct address_net *out)
	    NODISCARD;

bool	address_net_has(const struct address_net *net,
	    const struct address *address);

/* Zeros behind the first `bits`. */
void	address_mask(struct address *address, unsigned bits);

bool	address_is_ipv4(const struct address *address);

/* As RFC 5952 writes it. */
void	address_text(const struct address *address,
	    char out[ADDRESS_TEXT_SIZE]);

#endif
