#!/usr/bin/env bats
# What is left in a program once it has answered, and who may look.

load ../lib/common

PASSWORD='the horse has a Battery of its own'

setup_file() {
	setup_instance throttle=on
	add_user alice "$PASSWORD"
}

teardown_file() {
	teardown_instance
}

setup() {
	[ "$SERVER" != cgi ] ||
		skip "a plain CGI program has ended once it has answered"
}

programs() {	# NAME
	instance_processes | awk -v name="$1.fcgi" '$2 == name { print $1 }'
}

login() {	# PASSWORD [CURL ARGUMENT ...]
	jq -n --arg password "$1" '{ username: "alice", $password }' |
	    request POST login -H 'Content-Type: application/json' -d @- \
	    "${@:2}"
}

only_root() {
	[ "$(id -u)" = 0 ] ||
		skip "root alone may look, as the test before this one shows"
	! readelf -sW "$BUILD/cgi-bin/login.fcgi" | grep -q __asan_init ||
		skip "a sanitizer keeps what is freed"
}

@test "a program leaves no core file, and its user cannot look into it" {
	login "$PASSWORD"
	login wrong
	count=0
	for pid in $(programs login); do
		grep -qE '^Max core file size +0 +0 ' "/proc/$pid/limits"
		run ! as_owner cat "/proc/$pid/environ"
		run ! as_owner cat "/proc/$pid/mem"
		count=$((count + 1))
	done
	[ "$count" -gt 0 ]
}

@test "no password stays in memory, right or wrong" {
	only_root
	for _ in 1 2 3 4 5; do
		login "$PASSWORD"
		login "${PASSWORD^^}"
		request POST login -d username=alice \
		    --data-urlencode "password=$PASSWORD"
	done
	count=0
	for pid in $(programs login); do
		for text in "Battery of its" "BATTERY OF ITS" Battery+of+its \
		    Battery%20of%20its; do
			run -0 python3 "$BATS_TEST_DIRNAME/memory.py" "$pid" \
			    < <(printf %s "$text")
			[ "$output" = 0 ]
		done
		# The test can see: the issuer, for one, has to be there.
		run -0 python3 "$BATS_TEST_DIRNAME/memory.py" "$pid" \
		    < <(printf %s darban)
		[ "$output" -gt 0 ]
		count=$((count + 1))
	done
	[ "$count" -gt 0 ]
}

key_in() {	# KEY PID
	key_hex "$1" | perl -pe 's/(..)/chr hex $1/ge' |
	    python3 "$BATS_TEST_DIRNAME/memory.py" "$2"
}

@test "a key that was taken out of the configuration is forgotten" {
	only_root
	old=$(signing_key access)
	request GET current-user -H 'Authorization: Bearer a.b.c'
	for pid in $(programs me); do
		[ "$(key_in "$old" "$pid")" = 0 ] || break
	done
	[ "$(key_in "$old" "$pid")" = 1 ]

	# As it is written in the file it is not kept at all.
	run -0 python3 "$BATS_TEST_DIRNAME/memory.py" "$pid" \
	    < <(printf %s "${old#*:*:}")
	[ "$output" = 0 ]

	configure "access_keys=new:base64:$(head -c 32 /dev/urandom | base64)"
	request GET current-user -H 'Authorization: Bearer a.b.c'
	expect_error 401 invalid_token
	[ "$(key_in "$old" "$pid")" = 0 ]
}
