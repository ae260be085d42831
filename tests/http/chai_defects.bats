#!/usr/bin/env bats
# Defects of chai-backend that must not come back, those that no other file of
# tests is about: operators among the members are in input.bats, unknown names
# and a second device in login.bats, what logout ends in logout.bats, a new
# password in password.bats, refreshing, alone and twice at once, in
# refresh.bats and races.bats.

load ../lib/common
load ../lib/chai

PASSWORD='correct horse battery'

setup_file() {
	setup_instance compat=chai legacy_until=2100-01-01 login_floor=0 \
	    registration=open
	configure "refresh_keys=$(conf_value refresh_keys) chai:text:$SECRET"
	printf '%s\n' "$PASSWORD" >>"$INSTANCE/secrets"
}

teardown_file() {
	teardown_instance
}

hex() {
	od -An -v -tx1 | tr -d ' \n'
}

# Whatever of a token the store has, as text, in hexadecimal digits, or in the
# base64 of MongoDB's binary values.
stored() {	# TOKEN
	local part raw
	for part in ${1//./ }; do
		raw=$(tr -- '-_' '+/' <<<"$part")
		while ((${#raw} % 4)); do
			raw+="="
		done
		grep -i -F -e "$part" -e "$(printf %s "$part" | hex)" \
		    -e "$(openssl base64 -d -A <<<"$raw" | hex)" -e "$raw" \
		    "$BATS_TEST_TMPDIR/dump" || :
	done
}

@test "no token is stored readable, nor its signature" {
	add_user alice "$PASSWORD"
	request POST login -d username=alice \
	    --data-urlencode "password=$PASSWORD"
	tokens=("$(json .data.accessToken)" "$(json .data.refreshToken)")
	request POST refresh-token -d "refreshToken=${tokens[1]}"
	expect_status 200
	tokens+=("$(json .data.accessToken)" "$(json .data.refreshToken)")
	dump_store >"$BATS_TEST_TMPDIR/dump"
	grep -q alice@example.org "$BATS_TEST_TMPDIR/dump"
	for token in "${tokens[@]}"; do
		[ "$(wc -c <<<"$token")" -gt 100 ]
		[ -z "$(stored "$token")" ]
	done
}

@test "a refresh token of theirs is stored until it is exchanged, not after" {
	id=$(new_id)
	token=$(theirs "$id")
	move_in "$id" bob "$token"
	dump_store users >"$BATS_TEST_TMPDIR/dump"
	[ -n "$(stored "${token##*.}")" ]
	request POST refresh-token -d "refreshToken=$token"
	expect_status 200
	dump_store >"$BATS_TEST_TMPDIR/dump"
	[ -z "$(stored "${token##*.}")" ]
}

see() {		# STATUS METHOD PATH [CURL-ARGUMENT ...]
	request "${@:2}"
	expect_status "$1"
	printf '%s\n' "$body" >>"$BATS_TEST_TMPDIR/seen"
}

@test "no answer tells a stored refresh token, nor a password's hash" {
	id=$(new_id)
	move_in "$id" eve "$(theirs "$id")"
	printf '%s\n' 'old password' >>"$INSTANCE/secrets"
	request POST login -d username=eve -d 'password=old password'
	expect_status 200
	json .data.user >"$BATS_TEST_TMPDIR/seen"
	bearer="Authorization: Bearer $(json .data.accessToken)"
	see 200 GET current-user -H "$bearer"
	see 200 GET sessions -H "$bearer"
	see 200 PATCH update-account -H "$bearer" -d fullName=Eve
	see 200 DELETE avatar -H "$bearer" -d ''
	see 201 POST register -d username=carol -d email=carol@example.org \
	    -d fullName=Carol --data-urlencode "password=$PASSWORD"
	grep -q '"eve"' "$BATS_TEST_TMPDIR/seen"
	run -1 grep -E 'refreshToken|eyJ|[$](2b|argon2)|"password' \
	    "$BATS_TEST_TMPDIR/seen"
}

@test "an upload is not called what the client called it" {
	picture=$BATS_TEST_TMPDIR/small.png
	/usr/bin/python3 -c 'import sys; from PIL import Image
Image.new("RGB", (64, 64)).save(sys.argv[1])' "$picture"
	request POST register -F username=dave -F email=dave@example.org \
	    -F fullName=Dave -F "password=$PASSWORD" \
	    -F "avatar=@$picture;filename=../cgi-bin/own.fcgi" \
	    -F "coverImage=@$picture;filename=own.php"
	expect_status 201
	for name in avatar coverImage; do
		[[ $(json ".data.$name") =~ \
		    ^/avatars/[0-9a-f]{32}\.(jpg|webp)$ ]]
	done
	[ "$(json .data.avatar)" != "$(json .data.coverImage)" ]
	run as_owner find "$VAR" -name '*own*'
	[ -z "$output" ]
}
