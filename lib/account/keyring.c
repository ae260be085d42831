#include "base/base.h"
#include "base/err.h"
#include "base/arena.h"
#include "base/conf.h"
#include "base/crypto.h"
#include "base/log.h"
#include "account/keyring.h"
#include "account/piece.h"
#include "account/token.h"

enum { KEY_MIN = 32 };			/* bytes (RFC 7518 section 3.2) */

struct ring {
	struct signer	*signer;	/* the first signs */
	size_t		 count;
};

struct keyring {
	struct arena	*arena;		/* of the keyring itself */
	struct ring	 ring[TOKEN__MAX];
};

/* 3: without a key, or with a negative length, libjwt takes any signature. */
bool
key_is_usable(const struct conf_key *key)
{
	return key->bytes != NULL &&
	    key->size >= KEY_MIN && key->size <= INT_MAX;
}

/* The kid goes into the header as it is: nothing in it needs escaping. */
static enum err
signer_make(struct arena *arena, const struct conf_key *key,
    struct signer *out)
{
	const char	*json;
	size_t		 length;

	length = strnlen(key->kid, sizeof(key->kid));
	if (length == 0 || length == sizeof(key->kid) ||
	    strspn(key->kid, BASE64URL) != length || !key_is_usable(key)) {
		log_error("a key of the tokens is missing or too short");
		return E_CONFIG;
	}

	json = arena_printf(arena,
	    "{\"alg\":\"HS256\",\"kid\":\"%s\",\"typ\":\"JWT\"}", key->kid);
	if (json == NULL || (out->header =
	    base64url_encode(arena, json, strlen(json))) == NULL)
		return E_INTERNAL;
	out->key = key;
	return OK;
}

static enum err
ring_make(struct arena *arena, const struct conf_keys *keys,
    struct ring *out)
{
	enum err	err;
	size_t		i;

	if (keys->key == NULL || keys->count == 0) {
		log_error("there is no key for the tokens");
		return E_CONFIG;
	}
	out->signer = arena_alloc(arena, keys->count * sizeof(*out->signer));
	if (out->signer == NULL)
		return E_INTERNAL;
	out->count = keys->count;
	for (i = 0; i < keys->count; i++)
		if ((err = signer_make(arena, &keys->key[i],
		    &out->signer[i])) != OK)
			return err;
	return OK;
}

enum err
keyring_new(const struct conf *conf, struct keyring **out)
{
	struct keyring	*keys;
	struct arena	*arena;
	enum err	 err = E_INTERNAL;

	if ((arena = arena_new()) == NULL)
		return E_INTERNAL;
	if ((keys = arena_alloc(arena, sizeof(*keys))) == NULL ||
	    (err = ring_make(arena, &conf->access_keys,
	    &keys->ring[TOKEN_ACCESS])) != OK ||
	    (err = ring_make(arena, &conf->refresh_keys,
	    &keys->ring[TOKEN_REFRESH])) != OK) {
		arena_free(arena);
		return err;
	}
	keys->arena = arena;
	*out = keys;
	return OK;
}

void
keyring_free(struct keyring *keys)
{
	if (keys != NULL)
		arena_free(keys->arena);
}

/*
 * 2: the header is one of ours, byte for byte, so that nobody but us chooses
 * an algorithm, and no header is parsed that an attacker wrote.
 */
bool
signer_has_header(const struct signer *signer, const struct piece *header)
{
	return strlen(signer->header) == header->length &&
	    memcmp(signer->header, header->text, header->length) == 0;
}

const struct signer *
keyring_first(const struct keyring *keys, enum token_use use)
{
	return &keys->ring[use].signer[0];
}

const struct signer *
keyring_find(const struct keyring *keys, enum token_use use,
    const struct piece *header)
{
	const struct ring	*ring = &keys->ring[use];
	size_t			 i;

	for (i = 0; i < ring->count; i++)
		if (signer_has_header(&ring->signer[i], header))
			return &ring->signer[i];
	return NULL;
}
