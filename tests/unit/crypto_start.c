/*
 * OpenSSL starts once in a process, so that here each start has a process of
 * its own, and one allocation that fails, or all from that one on.
 */
#include <sys/wait.h>
#include <signal.h>

#include "base/base.h"
#include "base/crypto.h"
#include "base/err.h"
#include "no_memory.h"

/* Last, because its fail() is a macro. */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum end { STARTED, STARTED_SHORT, NOT_STARTED, WRONG };

/* More than OpenSSL needs for what it never makes good again. */
enum { ALLOCATIONS = 150 };

/* RFC 4231, section 4.3. */
static bool
is_right(const unsigned char mac[MAC_SIZE])
{
	char hex[2 * MAC_SIZE + 1];

	hex_encode(mac, MAC_SIZE, hex);
	return strcmp(hex, "5bdcc146bf60754e6a042426089575c7"
	    "5a003f089d2739839dec58b964ec3843") == 0;
}

static enum err
make_mac(unsigned char mac[MAC_SIZE])
{
	static const char text[] = "what do ya want for nothing?";

	return crypto_mac("Jefe", 4, text, strlen(text), mac);
}

static enum end
start(long k, bool is_lasting)
{
	unsigned char	mac[MAC_SIZE];
	bool		has_failed;
	enum err	err;
	int		i;

	memory_fail(k, is_lasting);
	err = crypto_start();
	has_failed = memory_mend();
	for (i = 0; i < 2; i++)
		if (make_mac(mac) == OK ? !is_right(mac) : err == OK)
			return WRONG;
	return err != OK ? NOT_STARTED : has_failed ? STARTED_SHORT : STARTED;
}

/* The same where nobody had made it start. */
static enum end
use(long k, bool is_lasting)
{
	unsigned char	mac[MAC_SIZE];
	enum err	err;
	int		i;

	memory_fail(k, is_lasting);
	for (i = 0; i < 2; i++)
		if ((err = make_mac(mac)) == OK && !is_right(mac))
			return WRONG;
	(void)memory_mend();
	return err == OK ? STARTED : NOT_STARTED;
}

/* How it ended in another process; a signal is what nobody expects. */
static enum end
alone(enum end (*what)(long k, bool is_lasting), long k, bool is_lasting)
{
	pid_t	child;
	int	status;

	assert_int_not_equal(child = fork(), -1);
	if (child == 0) {
		/* cmocka's handler would go on with the tests here. */
		(void)signal(SIGSEGV, SIG_DFL);
		_exit((int)what(k, is_lasting));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (!WIFEXITED(status) || WEXITSTATUS(status) == WRONG)
		fail_msg("allocation %ld%s: status %#x", k,
		    is_lasting ? " and all behind" : "", (unsigned)status);
	return (enum end)WEXITSTATUS(status);
}

static void
what_has_started_works_ever_after(void **_ UNUSED)
{
	int	ends[WRONG] = { 0 };
	long	k;

	assert_int_equal(alone(start, 0, false), STARTED);
	for (k = 1; k <= ALLOCATIONS; k++) {
		ends[alone(start, k, false)]++;
		ends[alone(start, k, true)]++;
	}
	/* All of them were seen, where an allocation fails at all. */
	if (memory_can_fail()) {
		assert_int_equal(ends[STARTED], 0);
		assert_true(ends[STARTED_SHORT] > 0);
		assert_true(ends[NOT_STARTED] > 0);
	}
}

static void
a_mac_without_memory_is_an_error_and_no_end(void **_ UNUSED)
{
	long k;

	assert_int_equal(alone(use, 0, false), STARTED);
	for (k = 1; k <= ALLOCATIONS; k++) {
		(void)alone(use, k, false);
		(void)alone(use, k, true);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_has_started_works_ever_after),
		cmocka_unit_test(a_mac_without_memory_is_an_error_and_no_end),
	};

	return cmocka_run_group_tests_name("crypto_start", tests, NULL,
	    NULL);
}
