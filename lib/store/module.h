/*
 * An engine that is no part of the programs: a shared object that is opened
 * only where the configuration names it, because libmongoc would cost every
 * process 9 ms and 3 MB, and need not be installed at all.
 *
 * The programs export no names (an exported json_integer would stand in for a
 * library's), so a module brings its own copy of what has no state, the arena
 * and the throttle's sums, and gets the rest handed in: the log is one.
 */
#ifndef DARBAN_MODULE_H
#define DARBAN_MODULE_H

#include "base/base.h"
#include "base/err.h"
#include "base/log.h"
#include "store/store.h"

struct module_host {
	void	(*log)(enum log_level level, const char *text);
};

/* The one name that the module exports is of this type. */
struct module {
	const char	*darban;	/* VERSION of the program it fits */
	const char	*(*library)(void);	/* version at run time */
	enum err	 (*open)(const struct module_host *host,
			    const char *uri, enum store_mode mode,
			    struct store **out);
};

#define MONGO_MODULE	"darban-mongo.so"
extern const struct module	darban_mongo;

#endif
