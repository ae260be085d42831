#include <dlfcn.h>

#include "base/base.h"
#include "base/beside.h"
#include "base/err.h"
#include "base/log.h"
#include "store/engine.h"
#include "store/module.h"
#include "store/store.h"

static void
log_for_module(enum log_level level, const char *text)
{
	if (level == LOG_ERROR)
		log_error("%s", text);
	else
		log_warn("%s", text);
}

static const struct module_host host = { .log = log_for_module };

/*
 * Beside the program's directory (BUILD/bin and BUILD/lib, a hosting
 * customer's cgi-bin and lib), up to two floors up for the tests' programs,
 * else where it was installed.
 */
static void *
open_file(void)
{
	static const char *const	 beside[] = { "../lib/",
	    "../../lib/" };
	char				 path[PATH_MAX];

	/*
	 * Else libmongoc counts what it does in a file in /dev/shm, as soon as
	 * it is there, complains of one that a killed process of the same
	 * number has left, and leaves one itself.
	 */
	(void)setenv("MONGOC_DISABLE_SHM", "1", 1);
	return dlopen(beside_find(beside, NELEMS(beside), MONGO_MODULE,
	    path) ? path : LIBDIR "/" MONGO_MODULE, RTLD_NOW | RTLD_LOCAL);
}

/* The module, once opened kept; NULL: there is none that fits. */
static const struct module *
find_module(const char **problem)
{
	static const struct module	*module;
	const struct module		*found;
	void				*file;

	if (module != NULL)
		return module;
	if ((file = open_file()) == NULL ||
	    (found = dlsym(file, "darban_mongo")) == NULL) {
		*problem = dlerror();
		return NULL;
	}
	if (strcmp(found->darban, VERSION) != 0) {
		*problem = MONGO_MODULE " is of another version of darban";
		return NULL;
	}
	return module = found;
}

enum err
mongo_open(const char *uri, enum store_mode mode, struct store **out)
{
	const struct module	*module;
	const char		*problem = NULL;

	if ((module = find_module(&problem)) == NULL) {
		log_error("store: there is no MongoDB engine: %s",
		    problem == NULL ? MONGO_MODULE : problem);
		return E_CONFIG;
	}
	return module->open(&host, uri, mode, out);
}

const char *
mongo_version(void)
{
	const struct module	*module;
	const char		*problem;

	module = find_module(&problem);
	return module == NULL ? NULL : module->library();
}
