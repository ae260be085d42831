#!/usr/bin/env bats
# GET /sessions, DELETE /sessions/ID: the devices of an account.

load ../lib/common

setup_file() {
	setup_instance
	add_user alice 'correct horse battery'
	add_user bob 'correct horse battery'
}

teardown_file() {
	teardown_instance
}

# The session's tokens in $access and $refresh, its id in $session.
login() {	# NAME [CURL ARGUMENT ...]
	request POST login -d "username=$1" \
	    --data-urlencode 'password=correct horse battery' "${@:2}"
	expect_status 200
	access=$(json .data.accessToken)
	refresh=$(json .data.refreshToken)
	session=$(token_payload "$access" | jq -r .sid)
}

sessions() {	# ACCESS
	request GET sessions -H "Authorization: Bearer $1"
}

end() {	# ID ACCESS
	request DELETE "sessions/$1" -H "Authorization: Bearer $2"
}

setup() {
	"$DARBAN" session end --all >/dev/null
}

@test "devices are listed, the newest first, with what is known of each" {
	login alice -A 'Phone 1'
	first=$session
	login alice -A 'Desk 2'
	sessions "$access"
	expect_status 200
	[ "$(json '.data | length')" = 2 ]
	[ "$(json '.data[0] | keys_unsorted | join(" ")')" = \
	    "_id createdAt lastUsedAt expiresAt userAgent ip current" ]
	[ "$(json '.data[0]._id')" = "$session" ]
	[ "$(json '.data[1]._id')" = "$first" ]
	[ "$(json '[.data[].userAgent] | join(",")')" = 'Desk 2,Phone 1' ]
	[ "$(json '[.data[].current] | map(tostring) | join(",")')" = true,false ]
	[ "$(json '.data[0].ip')" = 127.0.0.1 ]
	for time in createdAt lastUsedAt expiresAt; do
		json ".data[0].$time" | grep -qxE \
		    '20[0-9-]{8}T[0-9:]{8}\.[0-9]{3}Z'
	done
	# Ten days after its last use.
	[ "$(json '.data[0] | ([.expiresAt, .lastUsedAt] |
	    map(sub("\\.[0-9]+Z"; "Z") | fromdate) | .[0] - .[1])')" = 864000 ]
}

@test "one device ends another, and that one is out" {
	login alice
	victim=$access other=$session old=$refresh
	login alice
	end "$other" "$access"
	expect_status 200
	[ "$(json .data)" = '{}' ]
	[ -z "$(header Set-Cookie)" ]
	sessions "$victim"
	expect_error 401 session_ended
	request POST refresh-token -d "refreshToken=$old"
	expect_error 401 session_ended
	sessions "$access"
	[ "$(json '.data | length')" = 1 ]
	end "$other" "$access"
	expect_error 404 not_found
}

@test "a device that ends itself loses its cookies" {
	login alice
	end "${session^^}" "$access"
	expect_status 200
	[ "$(header Set-Cookie | grep -c 'Token=; .*Max-Age=0')" = 2 ]
	sessions "$access"
	expect_error 401 session_ended
}

@test "the token of an ended session changes nothing, whatever is checked" {
	login alice
	stolen=$access
	login alice
	request DELETE "sessions/$(token_payload "$stolen" | jq -r .sid)" \
	    -H "Authorization: Bearer $access"
	expect_status 200
	configure session_check=off compat=chai legacy_until=2100-01-01
	before=$(dump_store users sessions)
	sessions "$stolen"
	[ "$status" = 200 ] || unlike 200
	end "$session" "$stolen"
	expect_error 401 session_ended
	request PATCH update-account -d email=thief@example.org \
	    -H "Authorization: Bearer $stolen"
	expect_error 401 session_ended
	after=$(dump_store users sessions)
	configure session_check=on compat legacy_until
	[ "$after" = "$before" ]
}

@test "what is not a live session of this user is not there, all alike" {
	login bob
	theirs=$session
	login alice
	ended=$session
	end "$session" "$access"
	login alice
	end "$theirs" "$access"
	expect_error 404 not_found
	first=$body
	for id in "$ended" 0123456789abcdef01234567 0123 x "$session"0 \
	    "${session%?}" "$session%26id=$session" \
	    "%20$session"; do
		end "$id" "$access"
		expect_error 404 not_found
		[ "$body" = "$first" ]
	done
	sessions "$access"
	[ "$(json '.data | length')" = 1 ]
}

@test "the id comes from the path, once" {
	login alice
	other=$session
	login alice
	# What the client adds is dropped, or makes two of it; never another.
	request DELETE "sessions/0123456789abcdef01234567?id=$other" \
	    -H "Authorization: Bearer $access"
	expect_error 404 not_found
	request DELETE "/cgi-bin/sessions.fcgi?id=$other&id=$other" \
	    -H "Authorization: Bearer $access"
	expect_error 400 malformed_request
	request DELETE sessions -H "Authorization: Bearer $access"
	expect_error 400 missing_member
	[ "$(json '.errors[0].field')" = id ]
	sessions "$access"
	[ "$(json '.data | length')" = 2 ]
	request DELETE "/cgi-bin/sessions.fcgi?x=1&id=$other" \
	    -H "Authorization: Bearer $access"
	expect_status 200
}

@test "nobody lists or ends sessions without a token" {
	login alice
	request GET sessions
	expect_error 401 unauthenticated
	request DELETE "sessions/$session"
	expect_error 401 unauthenticated
	request DELETE "sessions/$session" -H "Authorization: Bearer $refresh"
	expect_error 401 invalid_token
	request DELETE "sessions/$session" \
	    -H "Cookie: __Host-accessToken=$access" -H 'Origin: https://evil.example'
	expect_error 403 cross_site
	sessions "$access"
	expect_status 200
}
