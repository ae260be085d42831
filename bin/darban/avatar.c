/* darban avatar gc: pictures that no account refers to. */
#include "command.h"
#include "avatar/gallery.h"

enum outcome
command_avatar_gc(struct invocation *in)
{
	const bool	only_count = in->value[OPTION_DRY_RUN] != NULL;
	int64_t		count;
	enum err	err;

	if ((err = gallery_collect(&in->ctx, only_count, &count)) != OK)
		return failed(in, err, "the pictures");
	say("%s: %" PRId64, only_count ? "files of nobody" :
	    "files of nobody removed", count);
	return DONE;
}
