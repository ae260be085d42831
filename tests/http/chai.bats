#!/usr/bin/env bats
# compat = chai: front-ends and refresh tokens of an application in Express,
# Mongoose and jsonwebtoken.

load ../lib/common
load ../lib/chai

setup_file() {
	setup_instance compat=chai legacy_until=2100-01-01 login_floor=0
	# Theirs verifies, ours signs.
	configure "refresh_keys=$(conf_value refresh_keys) chai:text:$SECRET"
	# Both come with bcrypt, as they left it: the password is "old password".
	printf '%s\n' 'old password' >>"$INSTANCE/secrets"
}

teardown_file() {
	teardown_instance
}

# A new account of a name nobody has, in $id, $name and $token.
arrive() {
	id=$(new_id)
	name=u${id:0:12}
	token=$(theirs "$id")
	move_in "$id" "$name" "$token"
}

refresh() {	# CURL-ARGUMENTS
	request POST refresh-token "$@"
}

@test "a refresh token of theirs is exchanged once, from its cookie" {
	arrive
	refresh -d '' -H "Cookie: refreshToken=$token; accessToken=x"
	expect_status 200
	access=$(json .data.accessToken)
	[ -n "$(cookie __Host-refreshToken)" ]
	request GET current-user -H "Authorization: Bearer $access"
	[ "$(json .data._id)" = "$id" ]

	refresh -d '' -H "Cookie: refreshToken=$token"
	expect_error 401 invalid_token
	request GET current-user -H "Authorization: Bearer $access"
	expect_status 200
}

@test "and from the body, with a session that goes on" {
	arrive
	refresh -d "refreshToken=$token"
	expect_status 200
	refresh -d "refreshToken=$(json .data.refreshToken)"
	expect_status 200
}

@test "an answer that sets our cookies expires both of theirs" {
	arrive
	refresh -d '' -H "Cookie: refreshToken=$token"
	header Set-Cookie | grep -qx 'accessToken=; Path=/; Max-Age=0; .*'
	header Set-Cookie | grep -qx 'refreshToken=; Path=/; Max-Age=0; .*'
	request POST login -d "username=$name" -d 'password=old password'
	expect_status 200
	[ "$(header Set-Cookie | grep -cE '^(access|refresh)Token=;')" = 2 ]
	request POST logout -d '' \
	    -H "Authorization: Bearer $(json .data.accessToken)"
	expect_status 200
	[ "$(header Set-Cookie | grep -cE '^(access|refresh)Token=;')" = 2 ]
}

@test "ours goes first, and theirs never counts as a double" {
	arrive
	refresh -d "refreshToken=$token"
	ours=$(json .data.refreshToken)
	refresh -d '' \
	    -H "Cookie: refreshToken=a; refreshToken=b; __Host-refreshToken=$ours"
	expect_status 200
	# Alone it is looked at for what it may be, and for nothing else.
	refresh -d '' -H "Cookie: refreshToken=$(json .data.refreshToken)"
	expect_error 401 unauthenticated
}

# A sibling's page can set one too, for a longer path, so that it comes first.
@test "of two that differ neither is believed" {
	arrive
	mine=$token
	arrive
	for cookies in "refreshToken=$token; refreshToken=$mine" \
	    "refreshToken=$mine; x=y; refreshToken=$token"; do
		refresh -d '' -H "Cookie: $cookies"
		expect_error 401 unauthenticated
	done
	refresh -d '' -H "Cookie: refreshToken=$mine; refreshToken=$mine"
	expect_status 200
}

# Whatever is wrong with it, the account has it.
not_taken() {	# ID TOKEN
	move_in "$1" "u${1:0:12}" "$2"
	refresh --data-urlencode "refreshToken=$2"
	expect_error 401 invalid_token
	[ -z "$(header Set-Cookie)" ]
}

signed() {	# PAYLOAD
	sign_token "chai:text:$SECRET" "$1" "$HEADER"
}

@test "what is not theirs is not taken" {
	id=$(new_id)
	not_taken "$id" "$(theirs "$id" 1700000001)"
	id=$(new_id)
	not_taken "$id" "$(theirs "$id" 4000000000 another-secret-of-32-bytes-at-least)"
	id=$(new_id)
	not_taken "$id" "$(theirs "$(new_id)")"
	id=$(new_id)
	not_taken "$id" "$(theirs "${id%?}")"
	id=$(new_id)
	not_taken "$id" "$(theirs "$id" 4000000000 "$SECRET" '{"alg":"none","typ":"JWT"}')"
	id=$(new_id)
	not_taken "$id" "$(theirs "$id" 4000000000 "$SECRET" '{"typ":"JWT","alg":"HS256"}')"
	id=$(new_id)
	for payload in "{\"_id\":\"$id\",\"iat\":1,\"exp\":4000000000,\"x\":1}" \
	    "{\"_id\":\"$id\",\"_id\":\"$id\",\"exp\":4000000000}" \
	    "{\"_id\":\"$id\",\"iat\":1}" "[\"$id\"]" \
	    "{\"_id\":\"$id\",\"iat\":1,\"exp\":\"4000000000\"}" \
	    "{\"_id\":{\"\$ne\":1},\"iat\":1,\"exp\":4000000000}" "$id"; do
		"$DARBAN" user remove --force "$id" || :
		not_taken "$id" "$(signed "$payload")"
	done
	for edit in 's/.$//' 's/$/=/' 's/$/./' 's/[^.]*$//' 's/\.[^.]*$//'; do
		id=$(new_id)
		not_taken "$id" "$(theirs "$id" | sed "$edit")"
	done
}

@test "a token that the account has not, or has no more, is not taken" {
	arrive
	refresh -d "refreshToken=$(theirs "$id" 4000000001)"
	expect_error 401 invalid_token
	"$DARBAN" user disable "$name"
	"$DARBAN" user enable "$name"
	refresh -d "refreshToken=$token"
	expect_error 401 invalid_token
}

@test "a disabled account's token is not taken" {
	arrive
	sed -i 's/"__v":0/"darban":{"disabled":true}/' "$BATS_TEST_TMPDIR/line"
	"$DARBAN" user remove --force "$name"
	"$DARBAN" import - <"$BATS_TEST_TMPDIR/line"
	refresh -d "refreshToken=$token"
	expect_error 401 invalid_token
}

@test "an access token of theirs is not taken, so that front-ends refresh" {
	arrive
	request GET current-user -H "Authorization: Bearer $token"
	expect_error 401 invalid_token
	request GET current-user -H "Cookie: accessToken=$token"
	expect_error 401 unauthenticated
}

@test "of many that bring it at once, one gets a session" {
	arrive
	for i in 1 2 3 4 5 6 7 8; do
		curl -sS -m 30 -o /dev/null -w '%{http_code}\n' \
		    -d "refreshToken=$token" \
		    "$URL/api/v1/users/refresh-token" \
		    >"$BATS_TEST_TMPDIR/$i.status" 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}"
	cat "$BATS_TEST_TMPDIR"/*.status
	[ "$(cat "$BATS_TEST_TMPDIR"/*.status | grep -c 200)" = 1 ]
	[ "$(cat "$BATS_TEST_TMPDIR"/*.status | grep -c 401)" = 7 ]
}

@test "logout, a new password, disabling and session end forget it" {
	for how in logout everywhere password disable enduser endone endall; do
		arrive
		request POST login -d "username=$name" \
		    -d 'password=old password'
		expect_status 200
		bearer="Authorization: Bearer $(json .data.accessToken)"
		request GET sessions -H "$bearer"
		session=$(json '.data[0]._id')
		case $how in
		logout)	request POST logout -d '' -H "$bearer" ;;
		everywhere)
			request POST logout -d everywhere=true -H "$bearer" ;;
		password)
			request POST change-password -H "$bearer" \
			    -d 'oldPassword=old password' \
			    -d 'newPassword=fresh password'
			;;
		disable)
			"$DARBAN" user disable "$name"
			"$DARBAN" user enable "$name"
			;;
		enduser) "$DARBAN" session end --user "$name" ;;
		endone)	"$DARBAN" session end "$session" ;;
		endall)	"$DARBAN" session end --all ;;
		esac
		[[ $how = [de]* ]] || expect_status 200
		refresh -d "refreshToken=$token"
		[ "$status" = 401 ] || unlike "401 after $how"
	done
}

@test "a logout that could not forget it can be repeated" {
	sqlite_only
	for everywhere in false true; do
		arrive
		request POST login -d "username=$name" \
		    -d 'password=old password'
		bearer="Authorization: Bearer $(json .data.accessToken)"
		db "ALTER TABLE users RENAME COLUMN legacy_token TO other"
		expect_log 'no such column: legacy_token'
		expect_log 'POST 500 internal'
		request POST logout -d "everywhere=$everywhere" -H "$bearer"
		db "ALTER TABLE users RENAME COLUMN other TO legacy_token"
		expect_error 500 internal
		request POST logout -d "everywhere=$everywhere" -H "$bearer"
		expect_status 200
		refresh -d "refreshToken=$token"
		expect_error 401 invalid_token
	done
}

@test "where cookie and body differ, theirs took the cookie" {
	arrive
	request POST login -d "username=$name" -d 'password=old password'
	one=$(json .data.refreshToken)
	request POST login -d "username=$name" -d 'password=old password'
	two=$(json .data.refreshToken)
	refresh -d "refreshToken=$one" -H "Cookie: __Host-refreshToken=$two"
	expect_status 200
}

@test "update-account asks for no password" {
	arrive
	request POST login -d "username=$name" -d 'password=old password'
	request PATCH update-account -d "email=$name@y.org" \
	    -H "Authorization: Bearer $(json .data.accessToken)"
	expect_status 200
	[ "$(json .data.email)" = "$name@y.org" ]
}

@test "after legacy_until, and without compat, it is a bad token" {
	arrive
	configure legacy_until=2020-01-01
	refresh -d "refreshToken=$token"
	expect_error 401 invalid_token
	refresh -d '' -H "Cookie: refreshToken=$token"
	expect_error 401 unauthenticated
	configure legacy_until=2100-01-01 compat=none
	refresh -d "refreshToken=$token"
	expect_error 401 invalid_token
	refresh -d '' -H "Cookie: refreshToken=$token"
	expect_error 401 unauthenticated
	request POST login -d "username=$name" -d 'password=old password'
	run -1 grep -E '^(access|refresh)Token=' <(header Set-Cookie)
	configure compat=chai
	refresh -d "refreshToken=$token"
	expect_status 200
}

@test "without a prefix their cookies are ours" {
	arrive
	configure cookie_prefix=
	refresh -d '' -H "Cookie: refreshToken=$token"
	expect_status 200
	[ "$(header Set-Cookie | grep -c '^refreshToken=')" = 1 ]
	[ -n "$(cookie refreshToken)" ]
	refresh -d '' -H "Cookie: refreshToken=$(cookie refreshToken)"
	expect_status 200
	configure cookie_prefix=__Host-
}
