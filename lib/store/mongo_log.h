/* Where the MongoDB module logs to; see module.h. */
#ifndef DARBAN_MONGO_LOG_H
#define DARBAN_MONGO_LOG_H

#include "store/module.h"

/* Before anything is logged; `to` is kept. */
void	mongo_log_to(const struct module_host *to);

#endif
