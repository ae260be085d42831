/*
 * The keys of the tokens, each with the one header that a token signed with
 * it may have: points 2 and 3 of the seven.  token.c's own; keyring_new and
 * keyring_free, which others need, stand in token.h.
 */
#ifndef DARBAN_KEYRING_H
#define DARBAN_KEYRING_H

#include "base/conf.h"
#include "account/piece.h"
#include "account/token.h"

struct signer {
	const struct conf_key	*key;
	const char		*header;	/* encoded */
};

/* 3: whether libjwt may be given this key; to be asked before each use. */
bool	 key_is_usable(const struct conf_key *key);

/* 2: whether the header is this signer's, byte for byte. */
bool	 signer_has_header(const struct signer *signer,
	    const struct piece *header);

/* The one that signs. */
const struct signer	*keyring_first(const struct keyring *keys,
			    enum token_use use);

/* 2 and 3: the one of this header, or NULL. */
const struct signer	*keyring_find(const struct keyring *keys,
			    enum token_use use, const struct piece *header);

#endif
