#!/usr/bin/env bats
# Requests that meet: what must be true, whichever came first.

load ../lib/common

setup_file() {
	setup_instance throttle=off max_sessions=1000
	export ROUNDS=100
	case $SERVER in
	apache) warm_up ;;
	cgi) ROUNDS=20 ;;	# a process a request
	esac
}

teardown_file() {
	teardown_instance
}

race() {	# WHAT NAME
	python3 "$BATS_TEST_DIRNAME/race.py" "$1" "$2"
}

# Twice as many processes as there are connections at once, so that one is
# idle whenever a request comes.
warm_up() {
	local name
	for name in login logout me refresh; do
		for _ in {1..20}; do
			race burst $name
			(($(instance_processes | grep -c " $name") < 8)) ||
				break
		done
	done
}

@test "fifty refreshes of one token at once are one rotation" {
	add_user rosa 'password 0'
	race refreshes rosa
	[ "$(db "SELECT counter FROM sessions")" = $((ROUNDS + 1)) ]
}

@test "a logout stays one, whatever is refreshed meanwhile" {
	add_user luis 'password 0'
	race refresh_against_logout luis
}

@test "a new password ends what the old one opened, whichever came last" {
	add_user petra 'password 0'
	race login_against_password petra
}

@test "a new password stays, though a login replaces the old hash meanwhile" {
	# Of "password 0"; its cost is what makes them meet.
	hash='$2b$08$abcdefghijklmnopqrstuuW13BHtBcRNZp/k1Bpjcso7SoLzNv0OO'
	add_user bertha 'password 0'
	db "WITH RECURSIVE n(i) AS
	    (SELECT 1 UNION SELECT i + 1 FROM n WHERE i < $ROUNDS)
	    INSERT INTO users SELECT randomblob(12), username || i,
	    email || i, full_name, avatar, cover_image, '$hash', created_at,
	    updated_at, version, epoch, disabled, watch_history, legacy_token
	    FROM users, n WHERE username = 'bertha'"
	race rehash_against_password bertha
}

@test "what a login opens while its account is disabled is dead for good" {
	add_user dora 'password 0'
	race login_against_disable dora
}
