#!/usr/bin/env bats
# Front-ends and accounts of an application in Express, with the real packages
# from npm: axios and the usual interceptor, jsonwebtoken, bcrypt, form-data.

load ../lib/common
load ../lib/chai

# As in that application's .env, but long enough.
ACCESS=an-access-secret-of-32-bytes-or-more
PASSWORD='correct horse battery'

setup_file() {
	[ -e "$tests_top/build/interop/installed" ] ||
		skip "the packages are not installed (tests/npm tests/interop)"
	setup_instance compat=chai legacy_until=2100-01-01 login_floor=0 \
	    registration=open allowed_origins=http://localhost:5173
	configure "access_keys=k1:text:$ACCESS" \
	    "refresh_keys=$(conf_value refresh_keys) chai:text:$SECRET"
	printf '%s\n' "$PASSWORD" >>"$INSTANCE/secrets"
	picture=$BATS_FILE_TMPDIR/small.jpg
	export picture
	PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -c 'import sys
sys.path.insert(0, sys.argv[1])
from corpus import photo
open(sys.argv[2], "wb").write(photo(320, 240, 80))' \
	    "$tests_top/tests/image" "$picture"
	[ "$(stat -c %s "$picture")" -lt 60000 ]
}

teardown_file() {
	[ -z "${INSTANCE_PID:-}" ] || teardown_instance
}

interop() {	# FILE ARGUMENT ...
	NODE_PATH=$tests_top/build/interop/node_modules \
	    node "$tests_top/tests/interop/$1" "${@:2}"
}

# In both styles, each with an account of its own.
front() {	# VERB [ARGUMENT ...]
	local style
	for style in cookies bearer; do
		add_user "$1-$style" "$PASSWORD"
		interop front.js "$1" "$URL" $style "$1-$style" "$PASSWORD" \
		    "${@:2}"
	done
}

hash_of() {	# NAME
	"$DARBAN" user show "$1" --json | jq -r .hash
}

@test "axios: an access token that has expired is renewed, and nobody sees it" {
	front session "$ACCESS"
}

@test "axios: requests that find out at the same time all succeed" {
	front together "$ACCESS"
}

@test "axios: after a logout the interceptor gives up" {
	front logout
}

@test "axios: names and password are changed as they always were" {
	front account 'another pass word'
}

@test "axios: a picture is sent again once the token is renewed" {
	front pictures "$ACCESS" "$picture"
}

@test "a form with pictures registers, and one without as FormData has it" {
	for style in cookies bearer; do
		interop front.js register "$URL" $style reg-$style \
		    "$PASSWORD" "$picture"
	done
	# Nothing is called what the client called it.
	run as_owner ls "$VAR/avatars"
	[[ $output != *evil* && $output != *cover* ]]
}

@test "jsonwebtoken verifies our access token with the same secret" {
	add_user claims "$PASSWORD"
	request POST login -d username=claims \
	    --data-urlencode "password=$PASSWORD"
	id=$(json .data.user._id)
	run -0 interop theirs.js claims "$(json .data.accessToken)" "$ACCESS"
	jq -e --arg id "$id" '._id == $id and .username == "claims" and
	    .email == "claims@example.org" and .fullName == "Claims" and
	    .exp - .iat == 900' <<<"$output"
}

@test "what jsonwebtoken signs otherwise is refused" {
	add_user forged "$PASSWORD"
	request POST login -d username=forged \
	    --data-urlencode "password=$PASSWORD"
	interop theirs.js forge "$(json .data.accessToken)" "$ACCESS" \
	    >"$BATS_TEST_TMPDIR/forged"
	while read -r how token; do
		request GET current-user -H "Authorization: Bearer $token"
		if [ "$how" = well ]; then
			expect_status 200
		else
			expect_error 401 invalid_token
		fi
		seen+=" $how"
	done <"$BATS_TEST_TMPDIR/forged"
	[ "$seen" = ' well another-secret HS384 HS512 none chai' ]
}

@test "a hash of bcrypt's is imported, logs in, and is Argon2id afterwards" {
	id=$(new_id)
	interop theirs.js account "$id" hashed "$PASSWORD" "$SECRET" \
	    >"$BATS_TEST_TMPDIR/line"
	[[ $(jq -r .password "$BATS_TEST_TMPDIR/line") == '$2b$10$'* ]]
	"$DARBAN" import - <"$BATS_TEST_TMPDIR/line"
	[ "$(hash_of hashed)" = bcrypt ]
	request POST login -d username=hashed -d 'password=correct horse'
	expect_error 401 invalid_credentials
	[ "$(hash_of hashed)" = bcrypt ]
	for _ in 1 2; do
		request POST login -d username=hashed \
		    --data-urlencode "password=$PASSWORD"
		expect_status 200
		[ "$(json .data.user._id)" = "$id" ]
		[ "$(hash_of hashed)" = argon2id ]
	done
}

@test "who was logged in there stays so, in the same front-end" {
	for style in cookies bearer; do
		id=$(new_id)
		interop theirs.js account "$id" "moved-$style" "$PASSWORD" \
		    "$SECRET" >"$BATS_TEST_TMPDIR/line"
		"$DARBAN" import - <"$BATS_TEST_TMPDIR/line"
		interop theirs.js move-in "$URL" $style "$id" "moved-$style" \
		    "$ACCESS" "$(jq -r .refreshToken "$BATS_TEST_TMPDIR/line")"
	done
}
