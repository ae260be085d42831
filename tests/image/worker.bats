#!/usr/bin/env bats
# The picture worker as a program: its sandbox, its options, what it answers.

bats_require_minimum_version 1.5.0

setup() {
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	BUILD=${BUILD:-$top/build}
	[[ $BUILD = /* ]] || BUILD=$top/$BUILD
	worker=$BUILD/bin/darban-image
	cd "$BATS_TEST_TMPDIR"
	/usr/bin/python3 "$BATS_TEST_DIRNAME/corpus.py" small photo.jpg
}

teardown() {
	[ ! -e pid ] || kill "$(<pid)" 2>/dev/null || :
}

needs_sandbox() {
	case $BUILD in
	*/sanitize) skip "the sanitizers need what the sandbox takes" ;;
	esac
}

# A worker that waits for its picture, with descriptors that it was not to
# have; its number is in $pid.
start_waiting() {	# [ARGUMENT ...]
	mkfifo in
	"${worker[@]}" "$@" <in >out 2>err 5<photo.jpg 6>other &
	pid=$!
	echo "$pid" >pid
	exec 7>in
	# Still another program, or not yet as far as its last limit.
	local tries=1000
	until [[ $(tr '\0' ' ' <"/proc/$pid/cmdline") == *darban-image* &&
	    $(wchan) == *read* ]]; do
		((--tries > 0))
		sleep 0.02
	done
}

wchan() {
	if [ -r "/proc/$pid/syscall" ] &&
	    [[ $(<"/proc/$pid/syscall") =~ ^0\ 0x0\  ]]; then
		echo read
	else
		cat "/proc/$pid/wchan"
	fi
}

kernel_has_landlock() {
	# landlock_create_ruleset(NULL, 0, LANDLOCK_CREATE_RULESET_VERSION)
	/usr/bin/python3 -c 'import ctypes, sys
sys.exit(ctypes.CDLL(None).syscall(444, None, 0, 1) < 1)'
}

@test "nobody gets out of the sandbox" {
	needs_sandbox
	run -0 --separate-stderr "$worker" --self-test
	[ "$stderr" = "" ]
	for try in open socket execve fork ptrace kill 'mmap with PROT_EXEC' \
	    'read from another descriptor'; do
		[[ $'\n'$output$'\n' == *$'\n'"$try: refused (Operation not \
permitted)"$'\n'* ]]
	done
	[ "${#lines[@]}" = 8 ]
}

@test "nor does anybody who calls it with --sandbox best-effort" {
	needs_sandbox
	run -0 "$worker" --sandbox best-effort --self-test
	[[ $output != *NOT* ]]
}

@test "a worker at its picture has no privileges, limits, and three files" {
	needs_sandbox
	start_waiting
	grep -qx $'NoNewPrivs:\t1' "/proc/$pid/status"
	grep -qx $'Seccomp:\t2' "/proc/$pid/status"
	[ "$(ls "/proc/$pid/fd" | tr '\n' ' ')" = "0 1 2 " ]
	limits=$(tr -s ' ' <"/proc/$pid/limits")
	for limit in 'cpu time 3 4 seconds' 'open files 0 0 files' \
	    'address space 268435456 268435456 bytes' \
	    'processes 0 0 processes' 'core file size 0 0 bytes'; do
		[[ $limits == *"Max $limit "* ]]
	done
	cat photo.jpg >&7
	exec 7>&-
	wait "$pid"
	rm pid
	[ "$(head -c 4 out)" = "jpg " ]
	[ ! -s err ]
}

# An intruder who only waits takes no processor time.
@test "a worker does not outlive whoever started it" {
	mkfifo in
	sh -c '"$@" & echo $! >worker; wait' sh \
	    sh -c 'exec "$0" <in' "$worker" >out 2>err 3>&- &
	parent=$!
	exec 7>in
	tries=1000
	until [ -s worker ]; do
		((--tries > 0))
		sleep 0.02
	done
	pid=$(<worker)
	echo "$pid" >pid
	until [[ $(tr '\0' ' ' <"/proc/$pid/cmdline") == *darban-image* &&
	    $(wchan) == *read* ]]; do
		((--tries > 0))
		sleep 0.02
	done
	kill -KILL "$parent"
	until [ ! -e "/proc/$pid" ] ||
	    grep -q '^State:.[ZX]' "/proc/$pid/status"; do
		((--tries > 0))
		sleep 0.02
	done
	rm pid
}

@test "without a sandbox it does nothing, unless it is told to do its best" {
	needs_sandbox
	cat >no_seccomp.c <<-'END'
		#include <errno.h>
		int seccomp_load(void *filter);
		int
		seccomp_load(void *filter)
		{
			(void)filter;
			return -EINVAL;
		}
	END
	gcc -shared -fPIC -o no_seccomp.so no_seccomp.c
	without() {
		env LD_PRELOAD="$PWD/no_seccomp.so" "$@"
	}
	run -1 --separate-stderr without "$worker" <photo.jpg
	[ "$output" = "" ]
	[[ $stderr == "darban-image: no sandbox"* ]]
	run -1 without "$worker" --sandbox required <photo.jpg
	without "$worker" --sandbox best-effort <photo.jpg >out
	[ "$(head -c 4 out)" = "jpg " ]
	# The other guards are there all the same, and Landlock if at all.
	run without "$worker" --sandbox best-effort --self-test
	[ "$status" != 0 ]
	[[ $output == *"mmap with PROT_EXEC: NOT REFUSED (Success)"* ]]
	[[ $output == *"open: NOT REFUSED (Too many open files)"* ||
	    $output == *"open: NOT REFUSED (Permission denied)"* ]]
	! kernel_has_landlock ||
	    [[ $output == *"execve: NOT REFUSED (Permission denied)"* ]]
	LD_PRELOAD=$PWD/no_seccomp.so start_waiting --sandbox best-effort
	grep -qx $'NoNewPrivs:\t1' "/proc/$pid/status"
	grep -qx $'Seccomp:\t0' "/proc/$pid/status"
}

@test "environment, locale and directory do not matter" {
	"$worker" <photo.jpg >expected
	(cd / && exec env -i "$worker") <photo.jpg >out 2>err
	cmp out expected
	env LC_ALL=tr_TR.UTF-8 TZ=:/nowhere JPEGMEM=1 "$worker" \
	    <photo.jpg >out 2>err
	cmp out expected
	[ ! -s err ]
}

@test "the sizes asked for are the sizes made" {
	for size in 96 100 2048; do
		"$worker" --size "$size" <photo.jpg >out
		/usr/bin/python3 "$BATS_TEST_DIRNAME/result.py" out >sizes
		# The original lies on its side and is 1200 high.
		[ "$size" != 2048 ] || size=1200
		grep -qE "^jpg [0-9]+ $size [0-9]+ [0-9]+$" sizes
	done
}

@test "wrong use exits with 2 and one line" {
	while read -r arguments; do
		# shellcheck disable=SC2086
		run -2 --separate-stderr "$worker" $arguments <photo.jpg
		[ "$output" = "" ]
		[ "${#stderr_lines[@]}" = 1 ]
		[[ $stderr == "darban-image: usage: "* ]]
	done <<-END
		--size
		--size 95
		--size 2049
		--size 1e2
		--size 0x100
		--size -512
		--size +512
		--size 00512
		--size 512px
		--sandbox
		--sandbox none
		--sandbox Required
		--self-test=1
		--mistake
		-s 512
		extra
	END
}

@test "nobody who takes the answer, nobody who gives the picture: 1" {
	needs_sandbox
	run -1 --separate-stderr bash -c '"$1" <photo.jpg >&-' - "$worker"
	[ "$stderr" = "darban-image: cannot write" ]
	run -1 --separate-stderr bash -c '"$1" <&-' - "$worker"
	[ "$stderr" = "darban-image: cannot read" ]
	run -1 --separate-stderr bash -c '"$1" <photo.jpg >/dev/full' - \
	    "$worker"
	[ "$stderr" = "darban-image: cannot write" ]
}

@test "a caller who does not wait for the answer kills nobody" {
	mkfifo answer
	"$worker" <photo.jpg >answer 2>err &
	pid=$!
	exec 8<answer 8<&-
	status=0
	wait "$pid" || status=$?
	[ "$status" = 1 ]
	[ "$(<err)" = "darban-image: cannot write" ]
}

@test "a host that gives little memory is not the picture's fault" {
	needs_sandbox
	(ulimit -v 30000 && exec "$worker" <photo.jpg) >out 2>err
	[ "$(head -c 4 out)" = "jpg " ]
	/usr/bin/python3 "$BATS_TEST_DIRNAME/corpus.py" wide wide.png
	"$worker" <wide.png >out
	[ "$(head -c 4 out)" = "jpg " ]
	run -1 --separate-stderr bash -c 'ulimit -v 30000
		exec "$1" <wide.png' - "$worker"
	[ "$output" = "" ]
}

@test "what takes too long is told before it is killed" {
	needs_sandbox
	worker=(env --block-signal=XCPU "$worker")
	start_waiting
	kill -XCPU "$pid"
	exec 7>&-
	status=0
	wait "$pid" || status=$?
	rm pid
	[ "$status" = 4 ]
	[ "$(<err)" = "darban-image: takes too much processor time" ]
	[ ! -s out ]
}
