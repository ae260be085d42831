#!/usr/bin/env bats
# POST /register: by JSON, by form, and with pictures.

load ../lib/common

JSON='Content-Type: application/json'
PASSWORD='correct horse battery'

setup_file() {
	setup_instance registration=open
	printf '%s\n' "$PASSWORD" >>"$INSTANCE/secrets"
}

teardown_file() {
	teardown_instance
}

setup() {
	name=u$RANDOM$RANDOM
	form=(-F "fullName=Some Body" -F "email=$name@example.org"
		-F "username=$name" -F "password=$PASSWORD")
	picture=$tests_top/conf/demo-picture.png
}

fields() {	# USERNAME EMAIL FULL-NAME PASSWORD
	request POST register --data-urlencode "username=$1" \
	    --data-urlencode "email=$2" --data-urlencode "fullName=$3" \
	    --data-urlencode "password=$4"
}

wrong() {	# FIELD ...
	[ "$(json '[.errors[].field] | sort | join(" ")')" = "$*" ]
}

pictures() {
	as_owner find "$VAR/avatars" -type f
}

@test "a form makes an account that may log in, and no session" {
	fields "  ${name^^} " " $name@Example.ORG" " Some Body " "$PASSWORD"
	expect_status 201
	[ "$(json .data.username)" = "$name" ]
	[ "$(json .data.email)" = "$name@example.org" ]
	[ "$(json .data.fullName)" = 'Some Body' ]
	[ "$(json '.data | has("password")')" = false ]
	[ -z "$(header Set-Cookie)" ]
	request POST login -d "username=$name" --data-urlencode \
	    "password=$PASSWORD"
	expect_status 200
	[ "$(json .data.user.avatar)" = '' ]
}

@test "JSON does too" {
	request POST register -H "$JSON" -d "{\"username\":\"$name\",
	    \"email\":\"$name@example.org\",\"fullName\":\"Some Body\",
	    \"password\":\"$PASSWORD\"}"
	expect_status 201
}

@test "multipart does, with pictures or without" {
	request POST register "${form[@]}"
	expect_status 201
	setup
	request POST register "${form[@]}" -F "avatar=@$picture" \
	    -F "coverImage=@$picture;type=image/png"
	expect_status 201
	avatar=$(json .data.avatar) cover=$(json .data.coverImage)
	[ "$avatar" != "$cover" ]
	for path in "$avatar" "$cover" "${avatar/./-96.}"; do
		request GET "$path"
		[ "$status" = 200 ]
		[ "$(header Content-Type)" = image/jpeg ]
	done
}

@test "a file field that was left empty is no picture" {
	: >"$BATS_TEST_TMPDIR/empty"
	request POST register "${form[@]}" \
	    -F "avatar=@$BATS_TEST_TMPDIR/empty;filename=" -F coverImage=undefined
	expect_status 201
	[ "$(json .data.avatar)" = '' ]
	[ "$(json .data.coverImage)" = '' ]
}

@test "a name that is taken is told, and no picture is left" {
	request POST register "${form[@]}"
	expect_status 201
	before=$(pictures)
	request POST register "${form[@]}" -F "avatar=@$picture"
	expect_error 409 already_exists
	wrong username
	fields "x$name" "$name@EXAMPLE.org" x "$PASSWORD"
	expect_error 409 already_exists
	wrong email
	[ "$(pictures)" = "$before" ]
}

part() {	# NAME [FILENAME]
	printf -- '--b\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n' \
	    "$1" "${2:+; filename=x}"
	cat
	printf '\r\n'
}

@test "a second picture that cannot be made takes the first one along" {
	before=$(pictures)
	configure avatar_max_bytes=16M
	# No file may have more than 8 MiB, that of the worker neither.
	{
		part username <<<"$name"
		part email <<<"$name@example.org"
		part fullName <<<"Some Body"
		printf %s "$PASSWORD" | part password
		part avatar file <"$picture"
		{ cat "$picture"; head -c 9M /dev/zero; } |
			part coverImage file
		printf -- '--b--'
	} >"$BATS_TEST_TMPDIR/body"
	as_owner prlimit --fsize=8388608 env -i DARBAN_CONF="$VAR/darban.conf" \
	    REQUEST_METHOD=POST CONTENT_TYPE='multipart/form-data; boundary=b' \
	    CONTENT_LENGTH="$(stat -c %s "$BATS_TEST_TMPDIR/body")" \
	    HTTP_HOST=localhost REMOTE_ADDR=192.0.2.9 \
	    "$BUILD/cgi-bin/register.fcgi" <"$BATS_TEST_TMPDIR/body" 2>&1 |
	    cat >"$BATS_TEST_TMPDIR/out"
	configure avatar_max_bytes
	grep -q '^Status: 503' "$BATS_TEST_TMPDIR/out"
	grep -q 'File too large' "$BATS_TEST_TMPDIR/out"
	run -1 "$DARBAN" user show "$name"
	[ "$(pictures)" = "$before" ]
}

@test "a picture that is none leaves no account, and a bad name no picture" {
	before=$(pictures)
	echo '<?php' >"$BATS_TEST_TMPDIR/x.jpg"
	head -c 60 "$picture" >"$BATS_TEST_TMPDIR/cut.png"
	request POST register "${form[@]}" -F "avatar=@$BATS_TEST_TMPDIR/x.jpg"
	expect_error 415 unsupported_media_type
	request POST register "${form[@]}" -F "avatar=@$picture" \
	    -F "coverImage=@$BATS_TEST_TMPDIR/cut.png"
	expect_error 422 invalid_picture
	request POST register "${form[@]}" -F "avatar=@$picture" \
	    -F "avatar=@$picture"
	expect_error 422 invalid_member
	request POST register "${form[@]}" -F "photo=@$picture"
	expect_error 422 invalid_member
	run -1 "$DARBAN" user show "$name"
	fields "$name name" "$name@example.org" x "$PASSWORD"
	expect_error 422 invalid_member
	[ "$(pictures)" = "$before" ]
	request POST register "${form[@]}"
	expect_status 201
}

@test "what is missing is 400, what is wrong 422, each named" {
	request POST register -d ''
	expect_error 400 missing_member
	wrong email fullName password username
	fields 'a b' nobody '' "$PASSWORD"
	expect_error 422 invalid_member
	wrong email fullName username
	fields "$name" "$name@example.org" x short
	expect_error 422 invalid_member
	wrong password
	for own in "$name" "$name@example.org" 'some body'; do
		fields "$name" "$name@example.org" 'Some Body' "$own"
		expect_error 422 invalid_member
		wrong password
	done
	request POST register "${form[@]}" -F admin=true
	expect_error 422 invalid_member
	wrong admin
	request POST register -H "$JSON" -d "{\"username\":{\"\$ne\":null},
	    \"email\":\"$name@example.org\",\"fullName\":\"x\",
	    \"password\":\"$PASSWORD\"}"
	expect_error 422 invalid_member
	wrong username
	run -1 "$DARBAN" user show "$name"
}

@test "texts beside pictures have 16 KiB in all" {
	request POST register "${form[@]}" \
	    -F "note=$(printf '%016384d' 0)"
	expect_error 413 too_large
	request POST register -H "$JSON" -d "\"$(printf '%016384d' 0)\""
	expect_error 413 too_large
}

@test "closed, nobody registers, whatever they send" {
	configure registration=closed
	request POST register "${form[@]}"
	expect_error 403 registration_closed
	request POST register -H 'Content-Type: text/plain' -d x
	expect_error 403 registration_closed
	request POST register -d '' -H 'Origin: https://evil.example'
	expect_error 403 cross_site
	configure registration=open
	run -1 "$DARBAN" user show "$name"
}

@test "from one net five register at once, then one every twelve minutes" {
	configure throttle=on trusted_proxies=127.0.0.1
	for i in 1 2 3 4 5; do
		setup
		request POST register "${form[@]}" \
		    -H "X-Forwarded-For: 198.51.100.$i"
		expect_status 201
	done
	setup
	# A bad form is no registration.
	request POST register -d username=x -H 'X-Forwarded-For: 198.51.100.9'
	expect_error 400 missing_member
	request POST register "${form[@]:0:6}" -F password=short \
	    -H 'X-Forwarded-For: 198.51.100.9'
	expect_error 422 invalid_member
	request POST register "${form[@]}" -H 'X-Forwarded-For: 198.51.100.9'
	expect_error 429 too_many_attempts
	after=$(header Retry-After)
	[ "$after" -gt 600 ]
	[ "$after" -le 720 ]
	run -1 "$DARBAN" user show "$name"
	request POST register "${form[@]}" -H 'X-Forwarded-For: 198.51.101.9'
	expect_status 201
	configure throttle=off trusted_proxies
}

@test "of many that register one name at once, one does" {
	for i in 1 2 3 4 5 6; do
		curl -sS -m 30 -o /dev/null -w '%{http_code}\n' "${form[@]}" \
		    "$URL/api/v1/users/register" \
		    >"$BATS_TEST_TMPDIR/$i.status" 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}"
	cat "$BATS_TEST_TMPDIR"/*.status
	[ "$(cat "$BATS_TEST_TMPDIR"/*.status | grep -c 201)" = 1 ]
	[ "$(cat "$BATS_TEST_TMPDIR"/*.status | grep -c 409)" = 5 ]
}

@test "an account without a picture has the default one" {
	configure avatar_default=https://example.org/nobody.png
	fields "$name" "$name@example.org" x "$PASSWORD"
	expect_status 201
	[ "$(json .data.avatar)" = https://example.org/nobody.png ]
	[ "$(json .data.coverImage)" = '' ]
	configure avatar_default
}
