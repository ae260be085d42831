#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/base.h"
#include "base/err.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/ctx.h"
#include "base/id.h"
#include "base/log.h"
#include "store/store.h"
#include "avatar/gallery.h"

enum { PAGE = 200 };		/* accounts read at a time */

/* A file that may be nobody's. */
struct candidate {
	unsigned char	 digits[DIGITS_SIZE];
	bool		 is_used;
	char		*name;
};

struct candidates {
	struct candidate	*list;
	size_t			 count, room;
};

static void
free_all(struct candidates *all)
{
	size_t i;

	for (i = 0; i < all->count; i++)
		free(all->list[i].name);
	free(all->list);
}

static enum err
add(struct candidates *all, const char *name,
    const unsigned char digits[DIGITS_SIZE])
{
	const size_t		 room = all->room == 0 ? 64 : 2 * all->room;
	struct candidate	*larger, *one;

	if (all->count == all->room) {
		larger = reallocarray(all->list, room, sizeof(*larger));
		if (larger == NULL)
			return E_INTERNAL;
		all->list = larger;
		all->room = room;
	}
	one = &all->list[all->count];
	memcpy(one->digits, digits, DIGITS_SIZE);
	one->is_used = false;
	if ((one->name = strdup(name)) == NULL)
		return E_INTERNAL;
	all->count++;
	return OK;
}

/* By the clock of whoever wrote the file, which may be another host's. */
static bool
is_old(int directory, const char *name)
{
	struct stat	st;
	int64_t		written;

	if (fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
	    !S_ISREG(st.st_mode))
		return false;
	written = SECONDS(st.st_mtim.tv_sec);
	return written < clock_now() - HOURS(1);
}

/* The files that are old enough, those half written too. */
static enum err
read_directory(DIR *directory, struct candidates *all)
{
	unsigned char		 digits[DIGITS_SIZE];
	const struct dirent	*entry;
	const char		*rest;
	enum err		 err = OK;

	errno = 0;
	while (err == OK && (entry = readdir(directory)) != NULL) {
		if (gallery_digits(entry->d_name + (*entry->d_name == '.'),
		    digits, &rest) && is_old(dirfd(directory), entry->d_name))
			err = add(all, entry->d_name, digits);
		errno = 0;
	}
	return err == OK && errno != 0 ? E_UNAVAILABLE : err;
}

static int
compare(const void *a, const void *b)
{
	const struct candidate *one = a, *other = b;

	return memcmp(one->digits, other->digits, DIGITS_SIZE);
}

/* Both files of an address, and what was half written of it before. */
static void
mark(struct candidates *all, const char *address)
{
	struct candidate	 key, *found;
	const char		*rest;

	if (all->count == 0 || !gallery_digits(address, key.digits, &rest) ||
	    (found = bsearch(&key, all->list, all->count, sizeof(key),
	    compare)) == NULL)
		return;
	while (found > all->list && compare(found - 1, &key) == 0)
		found--;
	for (; found < all->list + all->count && compare(found, &key) == 0;
	    found++)
		found->is_used = true;
}

/* Page by page, in an arena that is wiped between them. */
static enum err
mark_used(struct ctx *ctx, struct candidates *all)
{
	struct user	*page;
	struct arena	*arena;
	struct id	 last;
	size_t		 count = PAGE, i;
	bool		 is_first = true;
	enum err	 err = OK;

	if ((arena = arena_new()) == NULL)
		return E_INTERNAL;
	while (err == OK && count == PAGE) {
		page = arena_alloc(arena, PAGE * sizeof(*page));
		if (page == NULL) {
			err = E_INTERNAL;
			break;
		}
		err = store_user_list_after(ctx->store, arena,
		    is_first ? NULL : &last, PAGE, page, &count);
		for (i = 0; err == OK && i < count; i++) {
			mark(all, page[i].avatar);
			mark(all, page[i].cover_image);
			last = page[i].id;
		}
		is_first = false;
		arena_wipe(arena);
	}
	arena_free(arena);
	return err;
}

static enum err
unlink_unused(const struct conf *conf, int directory,
    const struct candidates *all, bool only_count, int64_t *count)
{
	enum err	err = OK;
	int64_t		done = 0;
	size_t		i;

	for (i = 0; i < all->count; i++) {
		if (all->list[i].is_used)
			continue;
		if (only_count ||
		    unlinkat(directory, all->list[i].name, 0) == 0) {
			done++;
		} else if (errno != ENOENT) {
			/* One that is not there its owner has removed. */
			log_error("%s/%s: %s", conf->avatar_dir,
			    all->list[i].name, strerror(errno));
			err = E_UNAVAILABLE;
		}
	}
	*count = done;
	return err;
}

enum err
gallery_collect(struct ctx *ctx, bool only_count, int64_t *count)
{
	struct candidates	 all = { NULL, 0, 0 };
	DIR			*directory;
	enum err		 err;

	if ((directory = opendir(ctx->conf->avatar_dir)) == NULL) {
		log_error("%s: %s", ctx->conf->avatar_dir, strerror(errno));
		return E_UNAVAILABLE;
	}
	if ((err = read_directory(directory, &all)) == OK) {
		/* Before the accounts: what is used later is not listed. */
		if (all.count > 0)
			qsort(all.list, all.count, sizeof(*all.list),
			    compare);
		mark(&all, ctx->conf->avatar_default);
		err = mark_used(ctx, &all);
	}
	if (err == OK)
		err = unlink_unused(ctx->conf, dirfd(directory), &all,
		    only_count, count);
	free_all(&all);
	(void)closedir(directory);
	return err;
}
