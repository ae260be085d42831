#include <malloc.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/base.h"
#include "base/process.h"

void
process_harden(void)
{
	const struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L);
#ifdef M_PERTURB
	/* The buffers of libfcgi, in which bodies arrive, are not ours. */
	(void)mallopt(M_PERTURB, 0x5a);
#endif
}

void
process_stand_back(void)
{
	(void)setpriority(PRIO_PROCESS, 0, PROCESS_NICE);
}
