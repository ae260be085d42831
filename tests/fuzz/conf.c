/*
 * A configuration file: the input alone, and behind the settings that are
 * required.
 */
#include <sys/mman.h>
#include <sys/stat.h>

#include "fuzz.h"

static const char required[] =
	"access_keys = a:text:hunter2-is-what-nobody-may-read!!\n"
	"refresh_keys = b:text:hunter2-is-what-no-one-may-ever-read!!\n"
	"secret = text:hunter2-of-the-throttle-and-devices\n";

static size_t complaints;

static void
complain(void *_ UNUSED, const char *line)
{
	complaints++;
	assert(strchr(line, '\n') == NULL);
	assert(strstr(line, "hunter2") == NULL);
}

static void
check_keys(const struct conf_keys *keys)
{
	size_t i;

	assert(keys->count >= 1);
	for (i = 0; i < keys->count; i++)
		assert(keys->key[i].size >= 32 && *keys->key[i].kid != '\0');
}

static void
check_conf(const struct conf *conf)
{
	check_keys(&conf->access_keys);
	check_keys(&conf->refresh_keys);
	assert(conf->secret_size >= 32);
	assert(conf->refresh_grace < conf->access_ttl);
	assert(conf->access_ttl <= conf->refresh_ttl);
	assert(conf->refresh_ttl <= conf->session_ttl);
	assert(*conf->cookie_path == '/');
	assert(strpbrk(conf->cookie_path, " ;,\"\\") == NULL);
	assert(conf->cookie_same_site < SAME_SITE__MAX);
	assert(conf->hash_slots > 0 && conf->hash_passes > 0);
}

static void
load(const char *before, const uint8_t *data, size_t size)
{
	const int	 fd = memfd_create("darban.conf", MFD_CLOEXEC);
	struct conf	*conf;
	char		 path[32];

	assert(fd != -1 && fchmod(fd, 0600) == 0);
	assert(write(fd, before, strlen(before)) == (ssize_t)strlen(before));
	assert(write(fd, data, size) == (ssize_t)size);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	complaints = 0;
	conf = conf_load(path, complain, NULL);
	assert((conf == NULL) == (complaints > 0));
	if (conf != NULL)
		check_conf(conf);
	conf_free(conf);
	assert(close(fd) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	load("", data, size);
	load(required, data, size);
	return 0;
}
