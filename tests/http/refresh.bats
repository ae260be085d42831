#!/usr/bin/env bats
# POST /refresh-token: rotation as a client sees it.  The six steps, to the
# millisecond, are in tests/unit/session.c.

load ../lib/common

setup_file() {
	setup_instance
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

refresh() {	# TOKEN
	request POST /api/v1/users/refresh-token \
	    -H 'Content-Type: application/json' \
	    -d "{\"refreshToken\":\"$1\"}"
}

# The counter of the newest session of the store.
counter() {
	if on_mongodb; then
		mongodb '{"find":"sessions","sort":{"createdAt":-1,"_id":-1},
		    "limit":1}' | jq '.cursor.firstBatch[0].counter'
		return
	fi
	db 'SELECT counter FROM sessions ORDER BY created_at DESC, id DESC LIMIT 1'
}

me() {	# TOKEN
	request GET /api/v1/users/current-user -H "Authorization: Bearer $1"
}

@test "a refresh token in the body is traded for a new pair" {
	refresh "$refresh"
	[ "$status" = 200 ]
	[ "$(json '.data | keys | join(" ")')" = "accessToken refreshToken" ]
	[ "$(json .data.refreshToken)" != "$refresh" ]
	me "$(json .data.accessToken)"
	[ "$status" = 200 ]
}

@test "a refresh token in its cookie is too, and no body is needed" {
	request POST /api/v1/users/refresh-token -d '' \
	    -H "Cookie: __Host-refreshToken=$refresh"
	[ "$status" = 200 ]
	[ "$(header Set-Cookie | grep -c '^__Host-')" = 2 ]
}

@test "the cookie is taken before a body token of the same session" {
	refresh "$refresh"
	second=$(json .data.refreshToken)
	request POST /api/v1/users/refresh-token \
	    -H "Cookie: __Host-refreshToken=$second" \
	    -d "refreshToken=$refresh"
	[ "$status" = 200 ]
	[ "$(counter)" = 3 ]
}

@test "cookie and body of different sessions are ambiguous" {
	one=$refresh
	setup
	before=$(dump_store)
	request POST /api/v1/users/refresh-token \
	    -H "Cookie: __Host-refreshToken=$one" -d "refreshToken=$refresh"
	expect_error 400 ambiguous_credentials
	[ "$(dump_store)" = "$before" ]
}

@test "a repetition within the grace gets the same successor, byte for byte" {
	refresh "$refresh"
	first=$body
	before=$(dump_store)
	refresh "$refresh"
	[ "$status" = 200 ]
	[ "$body" = "$first" ]
	[ "$(dump_store)" = "$before" ]
}

@test "reuse ends the session and expires the cookies" {
	refresh "$refresh"
	second=$(json .data.refreshToken)
	refresh "$second"
	third=$(json .data.refreshToken) newest=$(json .data.accessToken)
	refresh "$refresh"
	expect_error 401 session_revoked
	[ "$(header WWW-Authenticate)" = 'Bearer error="invalid_token"' ]
	[ "$(header Set-Cookie | grep -c 'Max-Age=0')" = 2 ]
	refresh "$third"
	expect_error 401 session_ended
	[ "$(header Set-Cookie | grep -c 'Max-Age=0')" = 2 ]
	me "$newest"
	expect_error 401 session_ended

	# That it happened, and to whom, is one line.
	session=$(token_payload "$refresh" | jq -r .sid)
	user=$(token_payload "$refresh" | jq -r ._id)
	wait_for_log "POST 401 session_revoked: session ended \\(reuse\\) user=$user session=$session\$"
	[ "$(instance_log | grep "$session" | grep -c 'ended')" = 1 ]
}

@test "a forged token ends nothing and expires no cookies" {
	before=$(dump_store)
	refresh "${refresh%?}A${refresh: -1}"
	expect_error 401 invalid_token
	[ -z "$(header Set-Cookie)" ]
	refresh "$access"
	expect_error 401 invalid_token
	refresh "not a token"
	expect_error 401 invalid_token
	[ "$(dump_store)" = "$before" ]
	refresh "$refresh"
	[ "$status" = 200 ]
}

@test "a bad token is told before bad members, a good one after them" {
	request POST refresh-token -d "refreshToken=x.y.z&more=1"
	expect_error 401 invalid_token
	request POST refresh-token -d more=1
	expect_error 401 unauthenticated
	before=$(dump_store)
	request POST refresh-token -d "refreshToken=$refresh&more=1"
	expect_error 422 invalid_member
	request POST refresh-token \
	    -d "refreshToken=&refreshToken=$refresh"
	expect_error 422 invalid_member
	[ "$(dump_store)" = "$before" ]
	request POST logout -d more=1 -H "Authorization: Bearer x.y.z"
	expect_error 401 invalid_token
	request POST logout -d more=1 -H "Authorization: Bearer $access"
	expect_error 422 invalid_member
}

@test "no token is 401, and so are an empty one and the word undefined" {
	request POST /api/v1/users/refresh-token -d ''
	expect_error 401 unauthenticated
	[ "$(header WWW-Authenticate)" = Bearer ]
	refresh ''
	expect_error 401 unauthenticated
	refresh undefined
	expect_error 401 unauthenticated
	request POST /api/v1/users/refresh-token -d '' \
	    -H 'Cookie: __Host-refreshToken=undefined'
	expect_error 401 unauthenticated
}

@test "tokens in a URL are ignored" {
	request POST "/cgi-bin/refresh.fcgi?refreshToken=$refresh" -d ''
	expect_error 401 unauthenticated
	request GET "/cgi-bin/me.fcgi?accessToken=$access"
	expect_error 401 unauthenticated
}

@test "parallel refreshes of one token end up with one successor" {
	for i in 1 2 3 4 5 6 7 8 9 10; do
		curl -s -o "$BATS_TEST_TMPDIR/$i" -d "refreshToken=$refresh" \
		    "$URL/api/v1/users/refresh-token" &
		pids="$pids $!"
	done
	# shellcheck disable=SC2086
	wait $pids
	for i in 1 2 3 4 5 6 7 8 9 10; do
		jq -e .success "$BATS_TEST_TMPDIR/$i"
		cmp "$BATS_TEST_TMPDIR/1" "$BATS_TEST_TMPDIR/$i"
	done
	[ "$(counter)" = 2 ]
}

@test "a row that was lost is made good from the token" {
	sqlite_only
	db '.backup '"$VAR/earlier.db"
	refresh "$refresh"
	second=$(json .data.refreshToken)
	db "ATTACH '$VAR/earlier.db' AS earlier;
	    UPDATE sessions SET (counter, rotated_at, idle_at) =
	    (SELECT e.counter, e.rotated_at, e.idle_at
	    FROM earlier.sessions AS e WHERE e.id = sessions.id)"
	[ "$(counter)" = 1 ]
	refresh "$second"
	[ "$status" = 200 ]
	[ "$(counter)" = 3 ]
}

@test "with body_tokens off the tokens are in cookies only" {
	configure body_tokens=off
	request POST /api/v1/users/refresh-token -d '' \
	    -H "Cookie: __Host-refreshToken=$refresh"
	configure body_tokens=on
	[ "$status" = 200 ]
	[ "$(json .data)" = '{}' ]
	[ "$(header Set-Cookie | grep -c '^__Host-')" = 2 ]
}
