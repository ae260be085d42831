/*
 * Bodies that carry files.  An endpoint that takes files takes them as
 * multipart/form-data.  One that takes fields as well also takes JSON and
 * forms, for those who send no file; one that takes none also takes the bytes
 * of its one file as the whole body.
 *
 * A body may have `avatar_max_bytes` for each file, its wrapping included,
 * and `max_body` for the texts beside it; of those BODY_MAX in all.
 */
#ifndef DARBAN_UPLOAD_H
#define DARBAN_UPLOAD_H

#include "http/endpoint.h"

/*
 * Before the body is read, whatever the endpoint takes: E_TOO_LARGE,
 * E_MEDIA_TYPE.  No body is fine.
 */
enum err	upload_check(const struct ctx *ctx, const struct request *req,
		    const struct endpoint *endpoint) NODISCARD;

/*
 * Reads the body into `members` and `sent`.  E_TOO_LARGE: a part has more
 * than its share; else as request_read_body.
 */
enum err	upload_read(struct ctx *ctx, struct request *req,
		    const struct endpoint *endpoint) NODISCARD;

/*
 * Sees that the files that must be there are there, before anybody looks at
 * what else is (fields NULL: there need be none).  E_INPUT, E_INTERNAL.
 */
enum err	upload_require(struct ctx *ctx, const struct request *req,
		    const struct file_field *fields) NODISCARD;

/*
 * Fits the files to the fields (NULL: there are none).  E_MEMBER: one is
 * unknown or there twice; E_INTERNAL.
 */
enum err	upload_bind(struct ctx *ctx, struct request *req,
		    const struct file_field *fields) NODISCARD;

#endif
