#!/usr/bin/env bats
# POST /change-password: only for whoever knows the old one, and everybody
# else is out.

load ../lib/common

OLD='correct horse battery'
NEW='staple of a horse'

setup_file() {
	setup_instance throttle=on
}

teardown_file() {
	teardown_instance
}

setup() {
	name=u$BATS_TEST_NUMBER
	# Every test has its own net.
	configure trusted_proxies=127.0.0.1
	from=(-H "X-Forwarded-For: 192.0.$BATS_TEST_NUMBER.1")
	add_user "$name" "$OLD"
	printf '%s\n' "$NEW" >>"$INSTANCE/secrets"
}

login() {	# PASSWORD [CURL ARGUMENT ...]
	request POST login "${from[@]}" -d "username=$name" \
	    --data-urlencode "password=$1" "${@:2}"
	access=$(json .data.accessToken)
	refresh=$(json .data.refreshToken)
}

change() {	# OLD NEW [ACCESS]
	request POST change-password "${from[@]}" \
	    -H "Authorization: Bearer ${3:-$access}" \
	    --data-urlencode "oldPassword=$1" \
	    --data-urlencode "newPassword=$2"
}

me() {	# ACCESS
	request GET current-user -H "Authorization: Bearer $1"
}

@test "the new password is the password from then on" {
	login "$OLD"
	change "$OLD" "$NEW"
	expect_status 200
	[ "$(json .data)" = '{}' ]
	login "$OLD"
	expect_error 401 invalid_credentials
	login "$NEW"
	expect_status 200
}

@test "of five devices four are out, and the fifth stays" {
	for i in 1 2 3 4 5; do
		login "$OLD"
		a[i]=$access r[i]=$refresh
	done
	change "$OLD" "$NEW" "${a[3]}"
	expect_status 200
	for i in 1 2 4 5; do
		me "${a[i]}"
		expect_error 401 session_ended
		request POST refresh-token -d "refreshToken=${r[i]}"
		expect_error 401 session_ended
	done
	me "${a[3]}"
	expect_status 200
	# Its own refresh token is as it was, and only its own row is left.
	request POST refresh-token -d "refreshToken=${r[3]}"
	expect_status 200
	request GET sessions \
	    -H "Authorization: Bearer $(json .data.accessToken)"
	[ "$(json '.data | length')" = 1 ]
}

@test "a wrong old password changes nothing" {
	login "$OLD"
	before=$(dump_store users)
	for wrong in x "$OLD " "${OLD^}" "$NEW"; do
		change "$wrong" "$NEW"
		expect_error 400 invalid_password
	done
	[ "$(dump_store users)" = "$before" ]
	me "$access"
	expect_status 200
}

@test "the old password may be tried as often as a name's, then it waits" {
	login "$OLD"
	for i in 1 2 3 4 5; do
		change wrong "$NEW"
		expect_error 400 invalid_password
	done
	change "$OLD" "$NEW"
	expect_error 429 too_many_attempts
	[ "$(header Retry-After)" = 1 ]
	# The login has a count of its own.
	login "$OLD"
	expect_status 200
}

@test "what is missing is 400, what the policy refuses 422, before any hash" {
	login "$OLD"
	request POST change-password -d '' -H "Authorization: Bearer $access"
	expect_error 400 missing_member
	[ "$(json '[.errors[].field] | join(" ")')" = 'oldPassword newPassword' ]
	for bad in short password1 "$name@example.org" \
	    "$(printf '%0257d' 0)"; do
		change "$OLD" "$bad"
		expect_error 422 invalid_member
		[ "$(json '.errors[0].field')" = newPassword ]
	done
	change '' "$NEW"
	expect_error 422 invalid_member
	change wrong short
	expect_error 422 invalid_member
	login "$OLD"
	expect_status 200
}

@test "the device stays a trusted one, the others do not" {
	login "$OLD"
	first=$(cookie __Host-device)
	login "$OLD"
	change "$OLD" "$NEW"
	device=$(cookie __Host-device)
	[ -n "$device" ]
	[ "$device" != "$first" ]
	for i in 1 2 3 4 5; do
		login wrong
		expect_error 401 invalid_credentials
	done
	login "$NEW"
	expect_error 429 too_many_attempts
	login "$NEW" -H "Cookie: __Host-device=$first"
	expect_error 429 too_many_attempts
	login "$NEW" -H "Cookie: __Host-device=$device"
	expect_status 200
}

@test "nobody without a token, and no other site" {
	request POST change-password -d "oldPassword=$OLD" -d "newPassword=$NEW"
	expect_error 401 unauthenticated
	login "$OLD"
	change "$OLD" "$NEW" "$refresh"
	expect_error 401 invalid_token
	request POST change-password -H "Cookie: __Host-accessToken=$access" \
	    -H 'Sec-Fetch-Site: cross-site' --data-urlencode "oldPassword=$OLD" \
	    --data-urlencode "newPassword=$NEW"
	expect_error 403 cross_site
	login "$OLD"
	expect_status 200
}
