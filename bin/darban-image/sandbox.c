/*
 * The sandbox: limits, Landlock, and a filter of system calls (libseccomp).
 *
 * Decoders have had holes, and will have more.  Whoever gets through one finds
 * a process that can read the rest of his own picture, answer with another,
 * and burn three seconds.
 */
#include <linux/futex.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "image.h"

/* The address sanitizer maps terabytes, by calls of its own. */
#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED	true
#else
#define IS_SANITIZED	false
#endif

static volatile sig_atomic_t is_writing;

void
sandbox_write_begins(void)
{
	is_writing = 1;
}

/* Half an answer would be worse than a late one. */
static void
out_of_time(int _ UNUSED)
{
	static const char text[] =
	    "darban-image: takes too much processor time\n";

	if (is_writing)
		return;
	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(TOO_LARGE);
	_exit(TOO_LARGE);
}

/* The lower of what is wanted and what there is. */
static bool
limit(__rlimit_resource_t resource, rlim_t soft, rlim_t hard)
{
	struct rlimit now;

	if (getrlimit(resource, &now) == -1)
		return false;
	if (now.rlim_max < hard)
		hard = now.rlim_max;
	if (soft > hard)
		soft = hard;
	return setrlimit(resource, &(struct rlimit){ soft, hard }) == 0;
}

/*
 * Time that is up is told by a signal, a second before the one that kills;
 * the caller's mask, which is inherited, may not hold it back.
 */
static bool
limit_all(void)
{
	sigset_t none;

	return sigemptyset(&none) == 0 &&
	    sigprocmask(SIG_SETMASK, &none, NULL) == 0 &&
	    signal(SIGXCPU, out_of_time) != SIG_ERR &&
	    limit(RLIMIT_CPU, SECONDS_MAX, SECONDS_MAX + 1) &&
	    (IS_SANITIZED || limit(RLIMIT_AS, MEMORY_MAX, MEMORY_MAX)) &&
	    limit(RLIMIT_NOFILE, 0, 0) && limit(RLIMIT_NPROC, 0, 0) &&
	    limit(RLIMIT_CORE, 0, 0);
}

/*
 * landlock(7): no files at all, no TCP from ABI 4 on, no foreign abstract
 * sockets and signals from 6 on.  Debian 12's headers know ABI 2, and a kernel
 * refuses what it does not know.  One that has no Landlock still has the rest.
 */
static void
landlock(void)
{
	static const unsigned char files[] = { 0, 13, 14, 15, 15, 16 };
	struct {
		uint64_t files, net, scopes;
	} handled;
	const long	abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
	size_t		known;
	long		rules;

	if (abi < 1)
		return;
	known = abi < (long)NELEMS(files) ? (size_t)abi : NELEMS(files) - 1;
	handled.files = (UINT64_C(1) << files[known]) - 1;
	handled.net = abi >= 4 ? 3 : 0;
	handled.scopes = abi >= 6 ? 3 : 0;
	rules = syscall(SYS_landlock_create_ruleset, &handled,
	    abi >= 6 ? 24 : abi >= 4 ? 16 : 8, 0);
	if (rules < 0)
		return;
	(void)syscall(SYS_landlock_restrict_self, rules, 0);
	(void)close((int)rules);
}

#define MASKED(argument, mask, value) \
	SCMP_CMP(argument, SCMP_CMP_MASKED_EQ, mask, value)

/* Memory of one's own, in which there can be no code. */
static bool
allow_memory(scmp_filter_ctx filter)
{
	static const int plain[] = { SCMP_SYS(brk), SCMP_SYS(munmap),
		SCMP_SYS(mremap), SCMP_SYS(madvise) };
	size_t i;

	for (i = 0; i < NELEMS(plain); i++)
		if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, plain[i], 0) < 0)
			return false;
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
	    MASKED(2, PROT_EXEC, 0),
	    MASKED(3, MAP_ANONYMOUS, MAP_ANONYMOUS)) == 0 &&
	    seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
	    MASKED(2, PROT_EXEC, 0)) == 0;
}

static bool
allow_descriptors(scmp_filter_ctx filter)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(read), 1,
	    SCMP_A0(SCMP_CMP_EQ, STDIN_FILENO)) == 0 &&
	    seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1,
	    SCMP_A0(SCMP_CMP_EQ, STDOUT_FILENO)) == 0 &&
	    seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1,
	    SCMP_A0(SCMP_CMP_EQ, STDERR_FILENO)) == 0;
}

/*
 * What is not allowed fails with EPERM and does not kill.  To an intruder both
 * are the same; but a C library that asks for something new and harmless (the
 * time zone, a random number) goes on without it, and the test below tries the
 * very filter that is in force, not a milder one.  Only calls by another
 * architecture's numbers kill, since no library makes them.
 */
static bool
filter_calls(void)
{
	static const int plain[] = { SCMP_SYS(exit), SCMP_SYS(exit_group),
		SCMP_SYS(rt_sigreturn), SCMP_SYS(futex) };
	scmp_filter_ctx	filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	bool		done;
	size_t		i;

	if (filter == NULL)
		return false;
	done = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH,
	    SCMP_ACT_KILL_PROCESS) == 0 &&
	    allow_memory(filter) && allow_descriptors(filter);
	for (i = 0; done && i < NELEMS(plain); i++)
		done = seccomp_rule_add(filter, SCMP_ACT_ALLOW, plain[i],
		    0) == 0;
	done = done && seccomp_load(filter) == 0;
	seccomp_release(filter);
	return done;
}

/* In this order: each step still may do what the next one takes away. */
enum result
sandbox_enter(bool best_effort)
{
	bool done;

	/* A caller that has gone away is an error of writing like others. */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)close_range(STDERR_FILENO + 1, UINT_MAX, 0);
	/* Once the caller is gone nobody would end what only waits. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	done = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
	landlock();
	done = limit_all() && done;
	done = (IS_SANITIZED || filter_calls()) && done;
	return done || best_effort ? DONE :
	    refuse(FAILED, "no sandbox: see --sandbox");
}
