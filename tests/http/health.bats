#!/usr/bin/env bats
# What is broken is a 503 that recovers without a restart.

load ../lib/common

setup_file() {
	setup_instance
	# What is broken here is told to the operator.
	expect_log '[0-9]Z [a-z]+\[[0-9]+\] error '
	add_user alice 'correct horse battery'
}

teardown_file() {
	teardown_instance
}

setup() {
	request POST /api/v1/users/login -d username=alice \
	    --data-urlencode 'password=correct horse battery'
	[ "$status" = 200 ]
	access=$(json .data.accessToken) refresh=$(json .data.refreshToken)
}

# Every program answers 503, and none of them has to be started again.
all_unavailable() {
	for route in users/current-user healthcheck; do
		request GET /api/v1/$route -H "Authorization: Bearer $access"
		expect_error 503 unavailable
		[ "$(header Retry-After)" = 2 ]
	done
	request POST /api/v1/users/login -d 'username=alice&password=x'
	expect_error 503 unavailable
	request POST /api/v1/users/refresh-token -d "refreshToken=$refresh"
	expect_error 503 unavailable
	[ -z "$(header Set-Cookie)" ]
	request POST /api/v1/users/logout -d "refreshToken=$refresh"
	expect_error 503 unavailable
}

all_well() {
	request GET /api/v1/healthcheck
	[ "$status" = 200 ]
	[ "$(json .data)" = '{}' ]
	request GET /api/v1/users/current-user \
	    -H "Authorization: Bearer $access"
	[ "$status" = 200 ]
	request POST /api/v1/users/refresh-token -d "refreshToken=$refresh"
	[ "$status" = 200 ]
}

@test "health says that configuration and store are well" {
	all_well
}

@test "a broken configuration is 503 until it is mended" {
	cp -p "$VAR/darban.conf" "$VAR/kept.conf"
	echo 'nonsense = yes' >>"$VAR/darban.conf"
	all_unavailable
	cp -p "$VAR/kept.conf" "$VAR/darban.conf"
	all_well
}

@test "a missing configuration is 503 until it is back" {
	mv "$VAR/darban.conf" "$VAR/away.conf"
	all_unavailable
	mv "$VAR/away.conf" "$VAR/darban.conf"
	all_well
}

@test "a configuration that others may read is 503" {
	chmod 644 "$VAR/darban.conf"
	all_unavailable
	chmod 600 "$VAR/darban.conf"
	all_well
}

@test "a database that is away is 503 until it is back" {
	sqlite_only
	mv "$VAR/darban.db" "$VAR/away.db"
	all_unavailable
	[ ! -e "$VAR/darban.db" ]
	mv "$VAR/away.db" "$VAR/darban.db"
	all_well
}

@test "a database that is garbage is 503 until it is put back" {
	sqlite_only
	db 'PRAGMA wal_checkpoint(TRUNCATE)'
	mv "$VAR/darban.db" "$VAR/away.db"
	as_owner dd if=/dev/urandom of="$VAR/darban.db" bs=4096 count=4 \
	    status=none
	all_unavailable
	rm -f "$VAR/darban.db"
	mv "$VAR/away.db" "$VAR/darban.db"
	all_well
}

@test "a method is looked at only after the configuration" {
	mv "$VAR/darban.conf" "$VAR/away.conf"
	request DELETE /api/v1/users/login
	expect_error 503 unavailable
	mv "$VAR/away.conf" "$VAR/darban.conf"
	request DELETE /api/v1/users/login
	expect_error 405 method_not_allowed
}
