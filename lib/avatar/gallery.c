#include <fcntl.h>
#include <sys/stat.h>

#include "base/base.h"
#include "base/err.h"
#include "base/arena.h"
#include "base/conf.h"
#include "base/crypto.h"
#include "base/ctx.h"
#include "base/file.h"
#include "base/log.h"
#include "avatar/gallery.h"

enum { NAME_SIZE = 2 * DIGITS_SIZE + sizeof("-96.webp") };

/* What stands behind the digits of the larger file, and of the smaller. */
static const char *const suffixes[][2] = {
	[PICTURE_JPEG] = { ".jpg", "-96.jpg" },
	[PICTURE_WEBP] = { ".webp", "-96.webp" },
};

/* The one place where a picture's files are named. */
struct names {
	char	large[NAME_SIZE], small[NAME_SIZE];
	/* While they are written; the web server hands out no dot files. */
	char	new_large[NAME_SIZE + 1], new_small[NAME_SIZE + 1];
};

static void
make_names(struct names *out, const char *digits,
    enum picture_format format)
{
	(void)snprintf(out->large, sizeof(out->large), "%s%s", digits,
	    suffixes[format][0]);
	(void)snprintf(out->small, sizeof(out->small), "%s%s", digits,
	    suffixes[format][1]);
	(void)snprintf(out->new_large, sizeof(out->new_large), ".%s",
	    out->large);
	(void)snprintf(out->new_small, sizeof(out->new_small), ".%s",
	    out->small);
}

bool
gallery_digits(const char *name, unsigned char digits[DIGITS_SIZE],
    const char **rest)
{
	const char	*slash = strrchr(name, '/');
	char		 hex[2 * DIGITS_SIZE + 1];
	size_t		 i;

	if (slash != NULL)
		name = slash + 1;
	(void)snprintf(hex, sizeof(hex), "%s", name);
	if (strspn(hex, "0123456789abcdef") != 2 * DIGITS_SIZE ||
	    !hex_decode(hex, digits, DIGITS_SIZE))
		return false;
	*rest = name + 2 * DIGITS_SIZE;
	for (i = 0; i < NELEMS(suffixes); i++)
		if (suffixes[i][0] != NULL &&
		    (strcmp(*rest, suffixes[i][0]) == 0 ||
		    strcmp(*rest, suffixes[i][1]) == 0))
			return true;
	return false;
}

/* Writing --------------------------------------------------------------- */

static enum err
could_not(const struct conf *conf, const char *what)
{
	const bool is_full = errno == ENOSPC || errno == EDQUOT;

	log_error("%s: %s: %s", conf->avatar_dir, what, strerror(errno));
	return is_full ? E_FULL : E_UNAVAILABLE;
}

/* The web server reads it, whoever that is, and so may everybody. */
static bool
write_file(int directory, const char *name, const char *bytes, size_t size)
{
	bool	is_written;
	int	fd, error;

	fd = openat(directory, name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1)
		return false;
	is_written = file_write(fd, bytes, size) && fchmod(fd, 0644) == 0 &&
	    fsync(fd) == 0;
	error = errno;
	/* A file system on a network may only now say that it is full. */
	if (close(fd) == -1 && is_written)
		return false;
	errno = error;
	return is_written;
}

static enum err
write_files(const struct conf *conf, int directory,
    const struct picture *picture, const struct names *names)
{
	if (!write_file(directory, names->new_small, picture->small,
	    picture->small_size) ||
	    !write_file(directory, names->new_large, picture->large,
	    picture->large_size))
		return could_not(conf, "a picture cannot be written");
	if (renameat(directory, names->new_small, directory,
	    names->small) == -1 ||
	    renameat(directory, names->new_large, directory,
	    names->large) == -1)
		return could_not(conf, "a picture cannot be renamed");
	if (fsync(directory) == -1)
		return could_not(conf, "the directory cannot be written");
	return OK;
}

static void
unlink_one(const struct conf *conf, int directory, const char *name)
{
	if (unlinkat(directory, name, 0) == -1 && errno != ENOENT)
		log_warn("%s/%s: %s; `darban avatar gc` collects it",
		    conf->avatar_dir, name, strerror(errno));
}

static void
unlink_files(const struct conf *conf, int directory,
    const struct names *names)
{
	unlink_one(conf, directory, names->new_large);
	unlink_one(conf, directory, names->new_small);
	unlink_one(conf, directory, names->large);
	unlink_one(conf, directory, names->small);
}

static int
open_directory(const struct conf *conf)
{
	return open(conf->avatar_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

enum err
gallery_add(struct ctx *ctx, const struct picture *picture,
    const char **address)
{
	const struct conf	*conf = ctx->conf;
	unsigned char		 digits[DIGITS_SIZE];
	char			 hex[2 * DIGITS_SIZE + 1];
	struct names		 names;
	const char		*made;
	enum err		 err;
	int			 directory;

	if ((err = crypto_random(digits, sizeof(digits))) != OK)
		return err;
	hex_encode(digits, sizeof(digits), hex);
	make_names(&names, hex, picture->format);
	made = arena_printf(ctx->arena, "%s%s%s",
	    conf->origin != NULL ? conf->origin : "", conf->avatar_url,
	    names.large);
	if (made == NULL)
		return E_INTERNAL;

	if ((directory = open_directory(conf)) == -1)
		return could_not(conf, "it cannot be opened");
	err = write_files(conf, directory, picture, &names);
	if (err == OK)
		*address = made;
	else
		unlink_files(conf, directory, &names);
	(void)close(directory);
	return err;
}

/* Removing -------------------------------------------------------------- */

/* Behind the origin, which may have been another when it was made. */
static const char *
path_of(const char *address)
{
	const char *host;

	if (strncmp(address, "https://", 8) != 0 &&
	    strncmp(address, "http://", 7) != 0)
		return address;
	host = strstr(address, "//") + 2;
	return host + strcspn(host, "/");
}

void
gallery_remove(struct ctx *ctx, const char *address)
{
	const struct conf	*conf = ctx->conf;
	const char		*path = path_of(address), *rest;
	const size_t		 length = strlen(conf->avatar_url);
	unsigned char		 digits[DIGITS_SIZE];
	char			 hex[2 * DIGITS_SIZE + 1];
	struct names		 names;
	int			 directory;

	if (strcmp(address, conf->avatar_default) == 0 ||
	    strncmp(path, conf->avatar_url, length) != 0 ||
	    strchr(path + length, '/') != NULL ||
	    !gallery_digits(path, digits, &rest) || *rest != '.')
		return;
	hex_encode(digits, sizeof(digits), hex);
	make_names(&names, hex, strcmp(rest, suffixes[PICTURE_WEBP][0]) == 0 ?
	    PICTURE_WEBP : PICTURE_JPEG);
	if ((directory = open_directory(conf)) == -1) {
		log_warn("%s: %s; pictures stay until `darban avatar gc`",
		    conf->avatar_dir, strerror(errno));
		return;
	}
	unlink_files(conf, directory, &names);
	(void)close(directory);
}
