#!/usr/bin/env bats
# POST /login, as a front-end would use it.

load ../lib/common

setup_file() {
	setup_instance
	add_user alice 'correct horse battery'
}

teardown_file() {
	teardown_instance
}

login() {	# JSON
	request POST /api/v1/users/login \
	    -H 'Content-Type: application/json' -d "$1"
}

@test "a username and a password are traded for a session" {
	login '{"username":"alice","password":"correct horse battery"}'
	[ "$status" = 200 ]
	[ "$(json .statusCode)" = 200 ]
	[ "$(json .success)" = true ]
	[ "$(json .message)" = "User logged in successfully" ]
	[ "$(json .data.user.username)" = alice ]
	[ "$(json '.data.accessToken | split(".") | length')" = 3 ]
	[ "$(json '.data.refreshToken | split(".") | length')" = 3 ]
}

@test "an e-mail address serves as well, in either member" {
	for member in username email; do
		for name in alice@example.org ALICE@EXAMPLE.ORG ' alice '; do
			login "{\"$member\":\"$name\",
			    \"password\":\"correct horse battery\"}"
			[ "$status" = 200 ]
		done
	done
}

@test "of two names the username is tried, an empty one counts as absent" {
	login '{"username":"","email":"alice","password":"correct horse battery"}'
	[ "$status" = 200 ]
	login '{"username":" \t","email":"alice","password":"correct horse battery"}'
	[ "$status" = 200 ]
	login '{"username":"bob","email":"alice","password":"correct horse battery"}'
	expect_error 401 invalid_credentials
}

@test "a form does too" {
	request POST /cgi-bin/login.fcgi --data-urlencode username=alice \
	    --data-urlencode 'password=correct horse battery'
	[ "$status" = 200 ]
}

@test "the user is shown without secrets" {
	login '{"username":"alice","password":"correct horse battery"}'
	[ "$(json '.data.user | keys_unsorted | join(" ")')" = \
	    "_id username email fullName avatar coverImage watchHistory createdAt updatedAt" ]
	[[ $(json .data.user._id) =~ ^[0-9a-f]{24}$ ]]
	[[ $(json .data.user.createdAt) =~ ^....-..-..T..:..:..\....Z$ ]]
	[[ $body != *argon2* ]]
}

@test "an unknown name and a wrong password are answered alike" {
	login '{"username":"alice","password":"wrong"}'
	expect_error 401 invalid_credentials
	[ "$(header WWW-Authenticate)" = Bearer ]
	known=$body
	login '{"username":"nobody","password":"wrong"}'
	expect_error 401 invalid_credentials
	[ "$body" = "$known" ]
	[ -z "$(header Set-Cookie)" ]
}

@test "a login without a name or a password names what is missing" {
	login '{"password":"correct horse battery"}'
	expect_error 400 missing_member
	[ "$(json '.errors[0].field')" = username ]
	login '{"username":"","email":" ","password":""}'
	expect_error 400 missing_member
	[ "$(json '.errors | length')" = 1 ]
	login '{"username":"alice"}'
	expect_error 400 missing_member
	[ "$(json '.errors[0].field')" = password ]
	request POST /api/v1/users/login -d ''
	expect_error 400 missing_member
}

@test "a password of 1025 bytes is refused unhashed, one of 1024 is tried" {
	long=$(head -c 1024 /dev/zero | tr '\0' x)
	login "{\"username\":\"alice\",\"password\":\"${long}x\"}"
	expect_error 422 invalid_member
	[ "$(json '.errors[0].field')" = password ]
	login "{\"username\":\"alice\",\"password\":\"$long\"}"
	expect_error 401 invalid_credentials
	login '{"username":"alice","password":""}'
	expect_error 422 invalid_member
}

@test "several devices have sessions of their own" {
	login '{"username":"alice","password":"correct horse battery"}'
	one=$(json .data.accessToken)
	login '{"username":"alice","password":"correct horse battery"}'
	two=$(json .data.accessToken)
	[ "$one" != "$two" ]
	for token in "$one" "$two"; do
		request GET /api/v1/users/current-user \
		    -H "Authorization: Bearer $token"
		[ "$status" = 200 ]
	done
}

@test "a login that carries an old session's cookie ends that session" {
	login '{"username":"alice","password":"correct horse battery"}'
	access=$(json .data.accessToken) refresh=$(json .data.refreshToken)
	request POST /api/v1/users/login \
	    -H 'Content-Type: application/json' \
	    -H "Cookie: __Host-refreshToken=$refresh" \
	    -d '{"username":"alice","password":"correct horse battery"}'
	[ "$status" = 200 ]
	new=$(json .data.accessToken)
	request GET /api/v1/users/current-user -H "Authorization: Bearer $access"
	expect_error 401 session_ended
	request GET /api/v1/users/current-user -H "Authorization: Bearer $new"
	[ "$status" = 200 ]
}

@test "a failed login leaves the old session alone" {
	login '{"username":"alice","password":"correct horse battery"}'
	access=$(json .data.accessToken) refresh=$(json .data.refreshToken)
	request POST /api/v1/users/login \
	    -H 'Content-Type: application/json' \
	    -H "Cookie: __Host-refreshToken=$refresh" \
	    -d '{"username":"alice","password":"wrong"}'
	expect_error 401 invalid_credentials
	request GET /api/v1/users/current-user -H "Authorization: Bearer $access"
	[ "$status" = 200 ]
}

@test "a bcrypt hash of an old system logs in and is Argon2id afterwards" {
	add_user bertha 'password one'
	hash=$(python3 -c 'import crypt
print(crypt.crypt("old password", "$2b$10$abcdefghijklmnopqrstuu"))')
	if on_mongodb; then
		mongodb "{\"update\":\"users\",\"updates\":[{
		    \"q\":{\"username\":\"bertha\"},
		    \"u\":{\"\$set\":{\"password\":\"$hash\"}}}]}"
	else
		db "UPDATE users SET password = '$hash'
		    WHERE username = 'bertha'"
	fi
	login '{"username":"bertha","password":"wrong password"}'
	expect_error 401 invalid_credentials
	login '{"username":"bertha","password":"old password"}'
	[ "$status" = 200 ]
	dump_store users | grep -F bertha@ | grep -qF '$argon2id$'
	login '{"username":"bertha","password":"old password"}'
	[ "$status" = 200 ]
}

@test "any User-Agent will do" {
	for agent in "$(printf '%121s' x)" "$(printf '%2000s' x)" $'\xff\xfe'; do
		request POST login -A "$agent" -d username=alice \
		    --data-urlencode 'password=correct horse battery'
		[ "$status" = 200 ]
	done
}

@test "an account whose record holds bytes that are no text still logs in" {
	sqlite_only
	add_user otto 'password one'
	db "UPDATE users SET full_name = CAST(x'ff41' AS TEXT)
	    WHERE username = 'otto'"
	request POST login -d username=otto -d 'password=password one'
	[ "$status" = 200 ]
	[ "$(json '.data.user | has("fullName")')" = false ]
}

@test "a disabled account is answered like a wrong password" {
	add_user dora 'password one'
	"$DARBAN" user disable dora
	login '{"username":"dora","password":"password one"}'
	expect_error 401 invalid_credentials
	"$DARBAN" user enable dora
	login '{"username":"dora","password":"password one"}'
	[ "$status" = 200 ]
}

@test "the NFD spelling of a password opens its NFC twin" {
	add_user nora $'caf\xc3\xa9 au lait'
	login $'{"username":"nora","password":"cafe\xcc\x81 au lait"}'
	[ "$status" = 200 ]
}
