#!/usr/bin/env bats
# A MongoDB server that goes away, falls silent and comes back, while the
# programs go on.  It is one of the test's own.

load ../lib/common

# It outlives the test that started it, but not for long.
start_mongod() {
	: >"$BATS_FILE_TMPDIR/mongod"
	PORT=${mongod_port:-0} DATA=$BATS_FILE_TMPDIR/data \
	    timeout 300 "$tests_top/tests/mongod/run" \
	    </dev/null >>"$BATS_FILE_TMPDIR/mongod" 2>&1 3>&- &
	echo $! >"$BATS_FILE_TMPDIR/script"
	local tenths=300
	until grep -q '^ready: ' "$BATS_FILE_TMPDIR/mongod"; do
		((--tenths > 0))
		sleep 0.1
	done
	STORE=$(sed -n 's/^ready: //p' "$BATS_FILE_TMPDIR/mongod")
	mongod_port=${STORE#*127.0.0.1:}
	mongod_port=${mongod_port%%/*}
	export STORE mongod_port
}

# The server's process id: the child of the script, which is timeout's.
mongod_pid() {
	local script pid
	script=$(cat "$BATS_FILE_TMPDIR/script")
	script=$(tr -d ' ' <"/proc/$script/task/$script/children")
	for pid in $(cat "/proc/$script/task/$script/children"); do
		! grep -q secantusd "/proc/$pid/comm" || echo "$pid"
	done
}

setup_file() {
	on_mongodb || skip "about MongoDB"
	"$tests_top/tests/mongod/run" is-installed ||
	    skip "there is no test server"
	start_mongod
	setup_instance
	add_user alice 'correct horse battery'
}

teardown_file() {
	[ -z "${INSTANCE_PID:-}" ] || teardown_instance
	[ ! -e "$BATS_FILE_TMPDIR/script" ] ||
	    kill "$(cat "$BATS_FILE_TMPDIR/script")" 2>/dev/null || :
}

login() {
	request POST login -d username=alice \
	    --data-urlencode 'password=correct horse battery'
}

me() {
	request GET current-user -H "Authorization: Bearer $access"
}

refresh() {
	request POST refresh-token -d "refreshToken=$refresh"
}

begin() {
	login
	expect_status 200
	access=$(json .data.accessToken) refresh=$(json .data.refreshToken)
}

all_unavailable() {
	request GET /api/v1/healthcheck
	expect_error 503 unavailable
	[ -n "$(header Retry-After)" ]
	for what in login me refresh; do
		"$what"
		expect_error 503 unavailable
		[ -n "$(header Retry-After)" ]
	done
}

@test "a server that was killed is 503 until it is back, and nothing is lost" {
	expect_log 'error .*(mongodb: |503 unavailable)'
	begin
	kill -KILL "$(mongod_pid)"
	all_unavailable
	start_mongod
	# The first request of each program, which kept running.
	me
	expect_status 200
	refresh
	expect_status 200
	login
	expect_status 200
	request GET /api/v1/healthcheck
	expect_status 200
}

@test "a restart between two requests is not noticed" {
	begin
	kill "$(mongod_pid)"
	while [ -d "/proc/$(cat "$BATS_FILE_TMPDIR/script")" ]; do
		sleep 0.1
	done
	start_mongod
	for what in me refresh login; do
		"$what"
		expect_status 200
	done
}

@test "a server that has fallen silent is 503 until it speaks again" {
	begin
	kill -STOP "$(mongod_pid)"
	for what in login me refresh; do
		"$what"
		expect_error 503 unavailable
	done
	kill -CONT "$(mongod_pid)"
	me
	expect_status 200
	refresh
	expect_status 200
}

@test "an account of MongoDB and its password are what the URI says" {
	begin
	mongodb '{"createUser":"darban","pwd":"hunter2 @:/","roles":
	    [{"role":"readWrite","db":"darban"}]}'
	kill "$(mongod_pid)"
	while [ -d "/proc/$(cat "$BATS_FILE_TMPDIR/script")" ]; do
		sleep 0.1
	done
	AUTH=on start_mongod
	all_unavailable
	secret=hunter2%20%40%3A%2F
	configure "store=mongodb://darban:$secret@${STORE#*://}"
	for what in me refresh login; do
		"$what"
		expect_status 200
	done
	configure "store=mongodb://darban:hunter3@${STORE#*://}"
	all_unavailable
	run -1 grep -E 'hunter[23]' <(instance_log)

	kill "$(mongod_pid)"
	while [ -d "/proc/$(cat "$BATS_FILE_TMPDIR/script")" ]; do
		sleep 0.1
	done
	start_mongod
	configure "store=$STORE"
	login
	expect_status 200
}

@test "the password of the URI is in no log" {
	begin
	configure "store=mongodb://u:hunter2@127.0.0.1:1/darban"
	all_unavailable
	configure "store=$STORE"
	me
	expect_status 200
	run -1 grep -F hunter2 <(instance_log)
}
