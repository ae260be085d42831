#!/usr/bin/env bats
# The rules that the project was founded on, each by its name.  The picture's
# (rule 7) comes with the picture; 2, 3 and 9 are in tests/unit/user.c, 8 in
# tests/store/sqlite.c.

load ../lib/common

setup_file() {
	setup_instance
	add_user alice 'correct horse battery'
}

teardown_file() {
	teardown_instance
}

login() {
	request POST /api/v1/users/login -d username=alice \
	    --data-urlencode 'password=correct horse battery'
	[ "$status" = 200 ]
	access=$(json .data.accessToken) refresh=$(json .data.refreshToken)
}

claim() {	# TOKEN NAME
	token_payload "$1" | jq -r ".$2"
}

@test "rule 1: the access token is short-lived, the refresh token must match the database's" {
	login
	[ $(($(claim "$access" exp) - $(claim "$access" iat))) = 900 ]
	[ $(($(claim "$refresh" exp) - $(claim "$refresh" iat))) = 864000 ]
	[ "$(claim "$access" username)" = alice ]

	# Twenty minutes later the access token is no good; the refresh token,
	# which the database knows, gets a new one.
	cgi --at '+20 min' me.fcgi GET "HTTP_AUTHORIZATION=Bearer $access"
	expect_error 401 invalid_token
	cgi --at '+20 min' refresh.fcgi POST \
	    CONTENT_TYPE=application/json <<<"{\"refreshToken\":\"$refresh\"}"
	expect_status 200
	new=$(json .data.accessToken)
	cgi --at '+20 min' me.fcgi GET "HTTP_AUTHORIZATION=Bearer $new"
	expect_status 200
	[ "$(json .data.username)" = alice ]

	# One that the database does not match is no good.
	login
	if on_mongodb; then
		mongodb '{"update":"sessions","updates":[{"q":{},"multi":true,
		    "u":{"$set":{"nonce":{"$binary":{
		    "base64":"MDEyMzQ1Njc4OWFiY2RlZg==","subType":"00"}}}}}]}'
	else
		db "UPDATE sessions SET nonce = randomblob(16)"
	fi
	request POST /api/v1/users/refresh-token -d "refreshToken=$refresh"
	expect_error 401 invalid_token
}

@test "rule 4: token cookies are HttpOnly and Secure" {
	login
	[ "$(header Set-Cookie | wc -l)" = 2 ]
	for name in __Host-accessToken __Host-refreshToken; do
		header Set-Cookie | grep "^$name=" |
		    grep '; HttpOnly' | grep '; Secure' |
		    grep '; Path=/;' | grep -q '; SameSite=Strict'
	done
}

@test "rule 5: the tokens are sent in the body as well as in cookies" {
	login
	header Set-Cookie | grep -q "^__Host-accessToken=$access;"
	header Set-Cookie | grep -q "^__Host-refreshToken=$refresh;"
	request POST /api/v1/users/refresh-token -d "refreshToken=$refresh"
	access=$(json .data.accessToken) refresh=$(json .data.refreshToken)
	header Set-Cookie | grep -q "^__Host-accessToken=$access;"
	header Set-Cookie | grep -q "^__Host-refreshToken=$refresh;"
}

@test "rule 6: a parameter that is not used is named _ and marked UNUSED" {
	# The compiler's -Wunused-parameter, an error, finds the unmarked ones.
	grep -q -- -Wextra Makefile
	# Where there are several, the others are _2, _3.
	run -0 grep -rhoE --include='*.c' '[A-Za-z_0-9]+ UNUSED' \
	    cgi-bin lib bin tests
	run -1 grep -vE '^_[2-9]? UNUSED$' <<<"$output"
}
