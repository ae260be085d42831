/*
 * PUT, PATCH or POST /avatar: a new profile picture.
 * DELETE /avatar: none any more.
 *
 *	takes	the bytes of a JPEG, PNG or WebP picture as the body, or
 *		multipart/form-data with one file, `avatar`
 *	200	the user, with the new address
 *	400	no picture, or the body is not whole
 *	401	no access token, or it is not good (any more)
 *	413	more than `avatar_max_bytes`
 *	415	not a picture of these types, or not of the declared one
 *	422	the picture is broken, or has too many pixels
 *	429	too many uploads; Retry-After says when to come back
 *	503	it could not be decoded in time, or written
 *	507	there is no room for it
 */
#include "http/darban.h"
#include "base/process.h"
#include "avatar/avatar.h"

enum { AVATAR };

static const struct file_field files[] = {
	[AVATAR] = { "avatar", REQUIRED },
	{ 0 }
};

static enum err
put_avatar(struct ctx *ctx, const struct request *req, struct response *res)
{
	const struct file	*file = request_file(req, AVATAR);
	enum err		 err;

	if ((err = user_set_picture(ctx, req->user, USER_AVATAR, file->bytes,
	    file->size, file->type)) != OK)
		return err;
	user_describe(ctx->arena, req->user, response_data(res));
	response_message(res, "Avatar image updated successfully");
	return OK;
}

static enum err
delete_avatar(struct ctx *ctx, const struct request *req,
    struct response *res)
{
	enum err err;

	if ((err = user_clear_picture(ctx, req->user, USER_AVATAR)) != OK)
		return err;
	user_describe(ctx->arena, req->user, response_data(res));
	response_message(res, "Avatar image removed");
	return OK;
}

int
main(void)
{
	process_stand_back();
	return serve((const struct endpoint[]){
		{
			.methods = METHOD_PUT | METHOD_PATCH | METHOD_POST,
			.access  = ACCESS_TOKEN,
			.files   = files,
			.handler = put_avatar,
		},
		{
			.methods = METHOD_DELETE,
			.access  = ACCESS_TOKEN,
			.handler = delete_avatar,
		},
		{ 0 }
	});
}
