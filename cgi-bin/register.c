/*
 * POST /register: a new account, where `registration = open`.
 *
 *	takes	{ "fullName", "email", "username", "password" }; as
 *		multipart/form-data also the pictures `avatar` and `coverImage`
 *	201	the user
 *	400	one of the four is missing, or the body is not whole
 *	403	registration is closed
 *	409	username or email is taken: whoever may register can find out
 *	413, 415, 422, 507	about a picture as of avatar.fcgi
 *	422	one of the four is not of its form
 *	429	too many registrations from there; Retry-After says when to
 *		come back
 */
#include "http/darban.h"
#include "avatar/avatar.h"

enum { FULL_NAME, EMAIL, USERNAME, PASSWORD };
enum { AVATAR, COVER };

static const struct field fields[] = {
	[FULL_NAME] = { "fullName", any_text, REQUIRED },
	[EMAIL]     = { "email",    any_text, REQUIRED },
	[USERNAME]  = { "username", any_text, REQUIRED },
	[PASSWORD]  = { "password", any_text, REQUIRED },
	{ 0 }
};

static const struct file_field files[] = {
	[AVATAR] = { "avatar",     OPTIONAL },
	[COVER]  = { "coverImage", OPTIONAL },
	{ 0 }
};

static enum err
publish(struct ctx *ctx, const struct file *file, const char **address)
{
	return file == NULL ? OK : picture_publish(ctx, file->bytes,
	    file->size, file->type, address);
}

/* All that were sent, or none. */
static enum err
publish_all(struct ctx *ctx, const struct request *req, struct user *user)
{
	enum err err;

	if ((err = publish(ctx, request_file(req, AVATAR),
	    &user->avatar)) == OK &&
	    (err = publish(ctx, request_file(req, COVER),
	    &user->cover_image)) == OK)
		return OK;
	/* Whatever failed, nobody can have written this one's address. */
	picture_withdraw(ctx, E_PICTURE, user->avatar);
	return err;
}

static enum err
register_user(struct ctx *ctx, const struct request *req,
    struct response *res)
{
	const struct user_names	 names = {
		.full_name = request_field(req, FULL_NAME),
		.email     = request_field(req, EMAIL),
		.username  = request_field(req, USERNAME),
	};
	const char		*password = request_field(req, PASSWORD);
	struct user		 user = { .changed = 0 };
	enum err		 err;

	if ((err = user_rename(ctx, &user, &names)) != OK ||
	    (err = user_check_password(ctx, &user, "password",
	    password)) != OK ||
	    (err = throttle_registration(ctx)) != OK ||
	    (err = publish_all(ctx, req, &user)) != OK)
		return err;
	if ((err = users_insert(ctx, &user, password)) != OK) {
		picture_withdraw(ctx, err, user.avatar);
		picture_withdraw(ctx, err, user.cover_image);
		return err;
	}

	user_note(ctx, &user, "account registered");
	user_describe(ctx->arena, &user, response_data(res));
	response_created(res);
	response_message(res, "User registered successfully");
	return OK;
}

int
main(void)
{
	return serve((const struct endpoint[]){
		{
			.methods  = METHOD_POST,
			.access   = REGISTRATION,
			.max_body = BODY_MAX,
			.fields   = fields,
			.files    = files,
			.handler  = register_user,
		},
		{ 0 }
	});
}
