/*
 * What the `secret` of the configuration is for: MACs, every kind of them
 * under a label of its own, so that none can stand for another.
 */
#ifndef DARBAN_SECRET_H
#define DARBAN_SECRET_H

#include "base/crypto.h"
#include "base/ctx.h"

/* HMAC-SHA256 of the label, a NUL and `size` bytes.  E_INTERNAL. */
enum err	secret_mac(struct ctx *ctx, const char *label,
		    const void *data, size_t size,
		    unsigned char out[MAC_SIZE]) NODISCARD;

#endif
