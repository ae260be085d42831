# shellcheck shell=bash disable=SC2034
#
# What tests of darban(1) share.  Each has a directory of its own, is in it,
# and has no configuration there until it calls `init`.

bats_require_minimum_version 1.5.0

PASSWORD='correct horse battery'

setup() {
	cd "$BATS_TEST_DIRNAME/../.."
	top=$PWD
	programs=$(cd "${BUILD:-build}" && pwd)
	darban=$programs/bin/darban
	man=$PWD/man
	conf=$PWD/conf
	dir=$(mktemp -d)
	cd "$dir"
	export DARBAN_CONF=$dir/darban.conf
	# faketime comes before the sanitizer among the libraries.
	export ASAN_OPTIONS="verify_asan_link_order=0:${ASAN_OPTIONS:-}"
}

teardown() {
	cd /
	rm -rf "$dir"
}

# Hashes that cost little: their strength is not what is tested here.
init() {	# argument...
	"$darban" init --set hash_memory=1M --set hash_passes=1 \
	    --set log=warn "$@"
}

add() {	# name, argument...
	printf '%s\n' "$PASSWORD" |
	    "$darban" user add "$1" --email "$1@example.org" "${@:2}"
}

log_in() {	# name, password
	local body="{\"username\":\"$1\",\"password\":\"${2:-$PASSWORD}\"}"

	printf %s "$body" | env REQUEST_METHOD=POST SERVER_PROTOCOL=HTTP/1.1 \
	    CONTENT_TYPE=application/json CONTENT_LENGTH=${#body} \
	    HTTP_HOST=example.org HTTPS=on REMOTE_ADDR=192.0.2.7 \
	    HTTP_USER_AGENT=bats "$programs/cgi-bin/login.fcgi" | tr -d '\r'
}

expect_login() {	# name, password
	[[ $(log_in "$@") == *'"success":true'* ]]
}

expect_no_login() {	# name, password
	[[ $(log_in "$@") == *'"success":false'* ]]
}

# `run`, and: this status, and nothing on standard error when it is 0.
try() {	# status, command...
	run --separate-stderr "${@:2}"
	if [ "$status" != "$1" ] ||
	    { [ "$1" = 0 ] && [ "$stderr" != "" ]; }; then
		printf 'status %s\n%s\n%s\n' "$status" "$output" "$stderr"
		return 1
	fi
}

# Errors look all alike.
expect_complaint() {	# pattern
	[[ ${stderr_lines[0]} == "darban: "* ]]
	[[ $stderr == *$1* ]]
}

expect_usage() {
	[[ $stderr == *"usage: darban [-c FILE] "* ]]
}

# Runs a command on a terminal of its own, waits for each prompt and types the
# answer, or, where that is !COMMAND, types nothing and runs the command; prints
# all that was to be seen there.
on_terminal() {	# [prompt, answer]... -- command...
	python3 -c '
import os, pty, subprocess, sys, termios

split = sys.argv.index("--")
talk, command = sys.argv[1:split], sys.argv[split + 1:]
child, terminal = pty.fork()
if child == 0:
    os.execv(command[0], command)

def echoes():
    return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)

seen = at = b""
def read():
    global seen
    try:
        data = os.read(terminal, 4096)
    except OSError:
        return False
    seen += data
    return data != b""

position = 0
for prompt, answer in zip(talk[::2], talk[1::2]):
    while prompt.encode() not in seen[position:] and read():
        pass
    position = len(seen)
    if "assword" in prompt:
        print("echo while typing:", echoes())
    if answer.startswith("!"):
        subprocess.run(answer[1:], shell=True, check=True)
        continue
    os.write(terminal, b"\x03" if answer == "^C" else answer.encode() + b"\n")
while read():
    pass
_, how = os.waitpid(child, 0)
print("echo afterwards:", echoes())
print(seen.decode().replace("\r", ""))
sys.exit(os.waitstatus_to_exitcode(how) % 256)
' "$@"
}
