#!/usr/bin/env bats
# GET /current-user, and what every answer has.

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
	access=$(json .data.accessToken)
}

me() {	# CURL-ARGS
	request GET /api/v1/users/current-user "$@"
}

@test "who I am: by cookie, by Bearer, by the program's own name" {
	me -H "Cookie: a=b; __Host-accessToken=$access"
	[ "$status" = 200 ]
	[ "$(json .data.username)" = alice ]
	me -H "Authorization: bearer $access"
	[ "$status" = 200 ]
	request GET /cgi-bin/me.fcgi -H "Authorization: Bearer $access"
	[ "$status" = 200 ]
}

@test "HEAD is GET without content" {
	request HEAD /api/v1/users/current-user -I \
	    -H "Authorization: Bearer $access"
	[ "$status" = 200 ]
	request HEAD /api/v1/users/current-user -I
	[ "$status" = 401 ]
}

@test "no token, an empty one and the word undefined: no credential" {
	for args in '' 'Authorization: Bearer' 'Authorization: Bearer undefined' \
	    'Authorization: Basic YTpi' 'Cookie: __Host-accessToken=' \
	    'Cookie: __Host-accessToken=undefined' \
	    "Cookie: accessToken=$access"; do
		me -H "$args"
		expect_error 401 unauthenticated
		[ "$(header WWW-Authenticate)" = Bearer ]
	done
}

@test "a bad token says invalid_token" {
	for token in x "$access." "${access%?}" "x$access" a.b.c; do
		me -H "Authorization: Bearer $token"
		expect_error 401 invalid_token
		[ "$(header WWW-Authenticate)" = \
		    'Bearer error="invalid_token"' ]
	done
}

@test "two cookies of one name are ambiguous" {
	me -H "Cookie: __Host-accessToken=$access; __Host-accessToken=$access"
	expect_error 400 ambiguous_credentials
	me -H "Cookie: __Host-accessToken=$access, __Host-accessToken=$access"
	expect_error 400 ambiguous_credentials
}

@test "an account that was removed is nobody" {
	add_user zoe 'password one'
	request POST /api/v1/users/login -d username=zoe \
	    --data-urlencode 'password=password one'
	token=$(json .data.accessToken)
	me -H "Authorization: Bearer $token"
	[ "$status" = 200 ]
	"$DARBAN" user remove --force zoe
	me -H "Authorization: Bearer $token"
	expect_error 401 invalid_token
}

@test "every answer has the headers of every answer, whatever its status" {
	me -H "Authorization: Bearer $access"
	expect_status 200
	me
	expect_status 401
	request POST /api/v1/users/current-user -d ''
	expect_status 405
	cgi me.fcgi PURGE	# lighttpd answers unknown methods by itself
	expect_status 501
	request POST /api/v1/users/login -d 'username=%'
	expect_status 400
	request POST /api/v1/users/login -d 'username=x&password=&y=1'
	expect_status 422
	request POST /api/v1/users/login -H 'Content-Type: text/plain' -d x
	expect_status 415
	request OPTIONS /api/v1/users/current-user
	[ "$status" = 204 ]
	[ -z "$body" ]
	[ "$(header Cache-Control)" = no-store ]
	[ "$(header X-Content-Type-Options)" = nosniff ]
}

@test "a wrong method is told which there are, an unknown one is not known" {
	for method in POST PUT DELETE; do
		request $method /api/v1/users/current-user -d ''
		expect_error 405 method_not_allowed
		[ "$(header Allow)" = "GET, HEAD, PATCH, OPTIONS" ]
	done
	for route in login refresh-token logout; do
		for method in GET PUT PATCH DELETE; do
			request $method /api/v1/users/$route -d ''
			expect_error 405 method_not_allowed
			[ "$(header Allow)" = "POST, OPTIONS" ]
		done
	done
	cgi login.fcgi PURGE
	expect_error 501 method_unknown
	request OPTIONS /api/v1/users/login
	[ "$status" = 204 ]
	[ "$(header Allow)" = "POST, OPTIONS" ]
}
