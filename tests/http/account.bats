#!/usr/bin/env bats
# PATCH /update-account: other names, and what they cost.

load ../lib/common

PASSWORD='correct horse battery'

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
	add_user "$name" "$PASSWORD"
	login "$name"
	expect_status 200
	bearer="Authorization: Bearer $(json .data.accessToken)"
	refresh=$(json .data.refreshToken)
}

login() {	# NAME
	request POST login "${from[@]}" --data-urlencode "username=$1" \
	    --data-urlencode "password=$PASSWORD"
}

update() {	# NAME=VALUE ...
	local members=() member
	for member in "$@"; do
		members+=(--data-urlencode "$member")
	done
	request PATCH update-account "${from[@]}" -H "$bearer" \
	    "${members[@]}"
}

@test "another full name is had for the asking" {
	update 'fullName= Somebody Else '
	expect_status 200
	[ "$(json .data.fullName)" = 'Somebody Else' ]
	[ "$(json .data.username)" = "$name" ]
	request GET current-user -H "$bearer"
	[ "$(json .data.fullName)" = 'Somebody Else' ]
	# Tokens have it from the next refresh on.
	request POST refresh-token -d "refreshToken=$refresh"
	[ "$(token_payload "$(json .data.accessToken)" |
	    jq -r .fullName)" = 'Somebody Else' ]
}

@test "another username or address costs the password" {
	before=$(dump_store users)
	for member in username=other$name email=other@$name.org; do
		update "$member"
		expect_error 400 missing_member
		[ "$(json '.errors[0].field')" = password ]
		update "$member" 'password=not the password'
		expect_error 400 invalid_password
		update "$member" "password=$PASSWORD and more"
		expect_error 400 invalid_password
		[ "$(dump_store users)" = "$before" ]
	done

	update "username= OTHER$name" "email= Other@$name.org" \
	    "password=$PASSWORD"
	expect_status 200
	[ "$(json .data.username)" = "other$name" ]
	[ "$(json .data.email)" = "other@$name.org" ]
	login "other$name"
	expect_status 200
	login "$name"
	expect_error 401 invalid_credentials
}

@test "names that stay as they are cost nothing" {
	update "username=${name^^}" "email=$name@Example.org" fullName=New
	expect_status 200
	[ "$(json .data.username)" = "$name" ]
	[ "$(json .data.email)" = "$name@example.org" ]
	# One that is sent though nobody needs it is not looked at.
	update fullName=Newer 'password=not the password'
	expect_status 200
}

@test "the password may be tried as often as a name's, then it waits" {
	for i in 1 2 3 4 5; do
		update username=thief "password=guess $i"
		expect_error 400 invalid_password
	done
	update username=thief "password=$PASSWORD"
	expect_error 429 too_many_attempts
	[ "$(header Retry-After)" = 1 ]
	# What needs no password goes on, and so does a login.
	update fullName=New
	expect_status 200
	login "$name"
	expect_status 200
}

@test "a name that is taken is told, and nothing changes" {
	add_user "taken$name" "$PASSWORD"
	before=$(dump_store users)
	update "username=Taken$name" fullName=New "password=$PASSWORD"
	expect_error 409 already_exists
	[ "$(json '.errors[0].field')" = username ]
	update "email=taken$name@example.org" "password=$PASSWORD"
	expect_error 409 already_exists
	[ "$(json '.errors[0].field')" = email ]
	[ "$(dump_store users)" = "$before" ]
	# Whoever does not know the password is not told.
	update "username=taken$name" 'password=not the password'
	expect_error 400 invalid_password
}

@test "nothing to change is 400, what is of no form 422, before any hash" {
	before=$(dump_store users throttle)
	request PATCH update-account "${from[@]}" -H "$bearer" -d ''
	expect_error 400 missing_member
	update "password=$PASSWORD"
	expect_error 400 missing_member
	for wrong in 'username=a b' username=a@b username= email=x \
	    'email=a@b@c' fullName= $'fullName=a\tb' avatar=x \
	    watchHistory=x password=; do
		update "$wrong"
		expect_error 422 invalid_member
		[ "$(json '.errors[0].field')" = "${wrong%%=*}" ]
	done
	request PATCH update-account "${from[@]}" -H "$bearer" \
	    -H 'Content-Type: application/json' \
	    -d '{"email":{"$ne":null},"username":["x"],"fullName":null}'
	expect_error 422 invalid_member
	[ "$(json '.errors | length')" = 3 ]
	[ "$(dump_store users throttle)" = "$before" ]
}

@test "nobody without a token, and no other site" {
	request PATCH update-account -d fullName=x
	expect_error 401 unauthenticated
	request PATCH update-account -d fullName=x \
	    -H "Authorization: Bearer $refresh"
	expect_error 401 invalid_token
	request PATCH update-account -d fullName=x \
	    -H "Cookie: __Host-accessToken=${bearer##* }" \
	    -H 'Origin: https://evil.example'
	expect_error 403 cross_site
	request GET current-user -H "$bearer"
	[ "$(json .data.fullName)" != x ]
}
