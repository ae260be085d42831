#!/usr/bin/env bats
# POST /logout: what was ended stays ended.

load ../lib/common

setup_file() {
	setup_instance
	add_user alice 'correct horse battery'
}

teardown_file() {
	teardown_instance
}

open_session() {
	request POST /api/v1/users/login -d username=alice \
	    --data-urlencode 'password=correct horse battery'
	[ "$status" = 200 ]
	access=$(json .data.accessToken) refresh=$(json .data.refreshToken)
}

setup() {
	open_session
}

logout() {	# CURL-ARGS
	request POST /api/v1/users/logout "$@"
}

is_dead() {	# ACCESS REFRESH
	request GET /api/v1/users/current-user -H "Authorization: Bearer $1"
	expect_error 401 session_ended
	request POST /api/v1/users/refresh-token -d "refreshToken=$2"
	expect_error 401 session_ended
}

is_alive() {	# ACCESS
	request GET /api/v1/users/current-user -H "Authorization: Bearer $1"
	[ "$status" = 200 ]
}

@test "after a logout nothing works, the access token included" {
	logout -d '' -H "Authorization: Bearer $access"
	[ "$status" = 200 ]
	[ "$(json .data)" = '{}' ]
	[ "$(header Set-Cookie | grep -c 'Max-Age=0')" = 2 ]
	is_dead "$access" "$refresh"
	logout -d '' -H "Authorization: Bearer $access"
	expect_error 401 session_ended
}

@test "a cookie serves as well as a Bearer" {
	logout -d '' -H "Cookie: __Host-accessToken=$access"
	[ "$status" = 200 ]
	is_dead "$access" "$refresh"
}

@test "a refresh token serves where there is no good access token" {
	logout -d '' -H "Cookie: __Host-refreshToken=$refresh" \
	    -H 'Authorization: Bearer expired.or.broken'
	[ "$status" = 200 ]
	is_dead "$access" "$refresh"
}

@test "an older refresh token ends the session too, and is no reuse" {
	request POST /api/v1/users/refresh-token -d "refreshToken=$refresh"
	second=$(json .data.refreshToken)
	request POST /api/v1/users/refresh-token -d "refreshToken=$second"
	logout -d "refreshToken=$refresh"
	[ "$status" = 200 ]
	is_dead "$access" "$second"
}

@test "everywhere ends every session, of the current refresh token only" {
	one=$access one_refresh=$refresh
	open_session
	request POST /api/v1/users/refresh-token -d "refreshToken=$refresh"
	second=$(json .data.refreshToken)
	request POST /api/v1/users/refresh-token -d "refreshToken=$second"
	third=$(json .data.refreshToken)

	logout -d everywhere=true -d "refreshToken=$refresh"
	expect_error 401 invalid_token
	is_alive "$one"
	is_alive "$access"

	logout -H 'Content-Type: application/json' \
	    -d "{\"everywhere\":true,\"refreshToken\":\"$third\"}"
	[ "$status" = 200 ]
	is_dead "$one" "$one_refresh"
	is_dead "$access" "$third"
}

@test "the token of an ended session ends no other, whatever is checked" {
	one=$access
	open_session
	logout -d '' -H "Authorization: Bearer $one"
	[ "$status" = 200 ]
	configure session_check=off
	logout -d everywhere=true -H "Authorization: Bearer $one"
	configure session_check=on
	expect_error 401 session_ended
	is_alive "$access"
}

@test "one device's logout leaves the others alone" {
	one=$access
	open_session
	logout -d '' -H "Authorization: Bearer $access"
	[ "$status" = 200 ]
	is_alive "$one"
}

@test "a logout without a credential is 401, a bad one changes nothing" {
	before=$(dump_store)
	logout -d ''
	expect_error 401 unauthenticated
	logout -d '' -H 'Authorization: Bearer x.y.z'
	expect_error 401 invalid_token
	logout -d refreshToken=x.y.z
	expect_error 401 invalid_token
	logout -d everywhere=perhaps -H "Authorization: Bearer $access"
	expect_error 422 invalid_member
	[ "$(dump_store)" = "$before" ]
	is_alive "$access"
}

@test "cookie and Bearer of different sessions are ambiguous" {
	one=$access
	open_session
	logout -d '' -H "Cookie: __Host-accessToken=$one" \
	    -H "Authorization: Bearer $access"
	expect_error 400 ambiguous_credentials
	is_alive "$one"
	is_alive "$access"
}
