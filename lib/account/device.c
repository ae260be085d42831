#include "base/base.h"
#include "base/err.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/ctx.h"
#include "base/id.h"
#include "store/store.h"
#include "account/device.h"
#include "account/secret.h"

/*
 * The bytes: whose, the session by which the device came to be trusted, until
 * when, and a MAC of these and of the account's epoch.
 */
enum {
	USER_AT = 0,
	DEVICE_AT = USER_AT + ID_SIZE,
	EXPIRES_AT = DEVICE_AT + ID_SIZE,
	MAC_AT = EXPIRES_AT + INT64_SIZE,
	DEVICE_SIZE = MAC_AT + MAC_SIZE,
};

static enum err
make_mac(struct ctx *ctx, const unsigned char *bytes, int64_t epoch,
    unsigned char out[MAC_SIZE])
{
	unsigned char data[MAC_AT + INT64_SIZE];

	memcpy(data, bytes, MAC_AT);
	int64_encode(epoch, data + MAC_AT);
	return secret_mac(ctx, "device", data, sizeof(data), out);
}

int64_t
device_expires_at(const struct session *session)
{
	return session->rotated_at + DAYS(365);
}

enum err
device_make(struct ctx *ctx, const struct user *user,
    const struct session *session, char **out)
{
	unsigned char	 bytes[DEVICE_SIZE];
	enum err	 err;

	memcpy(bytes + USER_AT, user->id.b, ID_SIZE);
	memcpy(bytes + DEVICE_AT, session->id.b, ID_SIZE);
	int64_encode(device_expires_at(session), bytes + EXPIRES_AT);
	if ((err = make_mac(ctx, bytes, user->epoch, bytes + MAC_AT)) != OK)
		return err;
	*out = base64url_encode(ctx->arena, bytes, sizeof(bytes));
	return *out != NULL ? OK : E_INTERNAL;
}

/* Where it cannot be judged the device is a stranger's. */
bool
device_read(struct ctx *ctx, const struct user *user, const char *text,
    struct id *out)
{
	unsigned char	*bytes, mac[MAC_SIZE];
	size_t		 size;

	if (text == NULL || base64_decode(ctx->arena, text, strlen(text),
	    &bytes, &size) != OK || size != DEVICE_SIZE ||
	    make_mac(ctx, bytes, user->epoch, mac) != OK ||
	    !crypto_equal(mac, bytes + MAC_AT, MAC_SIZE) ||
	    memcmp(bytes + USER_AT, user->id.b, ID_SIZE) != 0 ||
	    ctx->now >= int64_decode(bytes + EXPIRES_AT))
		return false;
	memcpy(out->b, bytes + DEVICE_AT, ID_SIZE);
	return true;
}
