#!/usr/bin/env bats
# The rules that the project was founded on, each by its name.  2, 9 and the
# library's part of 3 are in tests/unit/user.c, 8 in tests/store/mongo.c.

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

# An account that today's rules would refuse for nearly everything: its names
# here, the type of its history where the database looks at types.  bcrypt,
# cost 4, of "old password".
OLD_ID=65a000000000000000000abc
OLD_HASH='$2b$04$abcdefghijklmnopqrstuuFkqCYl1sZhFcdBXBznR1I2LdekaY3XO'

insert_old() {
	printf '%s\n' 'old password' >>"$INSTANCE/secrets"
	if on_mongodb; then
		mongodb "{\"insert\":\"users\",
		    \"bypassDocumentValidation\":true,
		    \"documents\":[{\"_id\":{\"\$oid\":\"$OLD_ID\"},
		    \"username\":\"old name\",\"email\":\"Old@Example.ORG\",
		    \"watchHistory\":\"none\",\"theirs\":[1],
		    \"password\":\"$OLD_HASH\"}]}"
	else
		db "INSERT INTO users (id, username, email, avatar, cover_image,
		    password, created_at, updated_at, version, epoch, disabled,
		    watch_history) VALUES (x'$OLD_ID', 'old name',
		    'Old@Example.ORG', '', '', '$OLD_HASH', 0, 0, -1, 0, 0,
		    x'')"
	fi
}

# What the store has of it, without what a change of its names, of its picture
# or of its hash may change.
old_rest() {
	if on_mongodb; then
		dump_store users | sed 's/^users //' |
		    jq -cS --arg id "$OLD_ID" 'select(._id["$oid"] == $id) |
		    del(.fullName, .avatar, .updatedAt, .password)'
	else
		db "SELECT hex(id), username, email, cover_image, created_at,
		    version, epoch, disabled, hex(watch_history), legacy_token
		    FROM users WHERE id = x'$OLD_ID'"
	fi
}

@test "rule 3: an account that today's schema would refuse logs in, and changes" {
	insert_old
	if on_mongodb; then
		# The validator is there, and would not have it.
		mongodb "{\"update\":\"users\",\"updates\":[{
		    \"q\":{\"_id\":{\"\$oid\":\"$OLD_ID\"}},
		    \"u\":{\"\$set\":{\"fullName\":\"Refused\"}}}]}" |
		    grep -q 121
	fi
	before=$(old_rest)
	[ -n "$before" ]
	request POST login -d email=Old@Example.ORG -d 'password=old password'
	expect_status 200
	bearer="Authorization: Bearer $(json .data.accessToken)"

	# What it has is sent back with what is new.
	request PATCH update-account -H "$bearer" -d fullName=New \
	    --data-urlencode email=Old@Example.ORG \
	    --data-urlencode 'username=old name'
	expect_status 200
	request PUT avatar -H "$bearer" -H 'Content-Type: image/png' \
	    --data-binary "@$tests_top/conf/demo-picture.png"
	expect_status 200
	avatar=$(json .data.avatar)
	[[ $avatar == */avatars/* ]]
	request GET current-user -H "$bearer"
	[ "$(json .data.fullName)" = New ]
	[ "$(json .data.avatar)" = "$avatar" ]
	[ "$(json .data.username)" = 'old name' ]
	[ "$(old_rest)" = "$before" ]

	# One value that is new is looked at, and it alone.
	request PATCH update-account -H "$bearer" -d 'username=other name' \
	    -d 'password=old password'
	expect_error 422 invalid_member
	request PATCH update-account -H "$bearer" -d username=othername \
	    -d 'password=old password'
	expect_status 200
	[ "$(json .data.email)" = Old@Example.ORG ]
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

# Programs of this test's own, beside which a worker does what $1 says.
own_worker() {
	own=$INSTANCE/own
	if [ ! -d "$own" ]; then
		mkdir "$own" "$own/cgi-bin"
		cp "$BUILD"/cgi-bin/{avatar,me}.fcgi "$own/cgi-bin"
		[ ! -e "$BUILD/lib" ] || cp -R "$BUILD/lib" "$own"
	fi
	printf '#!/bin/sh\n%s\n' "$1" >"$own/cgi-bin/darban-image"
	chmod -R u=rwX,go=rX "$own"
	chmod 0755 "$own/cgi-bin/darban-image"
}

@test "rule 7: the picture has its own endpoint, its own process, its own limits" {
	login
	bearer="Authorization: Bearer $access"
	picture=$tests_top/conf/demo-picture.png

	# Its own endpoint: nobody else takes one, as a body or by its address.
	request PATCH update-account -H "$bearer" \
	    -H 'Content-Type: image/png' --data-binary "@$picture"
	expect_error 415 unsupported_media_type
	request PATCH update-account -H "$bearer" \
	    -d avatar=https://example.org/a.png
	expect_error 422 invalid_member

	# Its own limits, beside those of all other bodies.
	head -c 20000 /dev/zero | tr '\0' x >"$BATS_TEST_TMPDIR/large"
	request PATCH update-account -H "$bearer" \
	    --data-binary "@$BATS_TEST_TMPDIR/large"
	expect_error 413 too_large
	request PUT avatar -H "$bearer" -H 'Content-Type: image/png' \
	    --data-binary "@$BATS_TEST_TMPDIR/large"
	expect_error 415 unsupported_media_type
	configure avatar_max_bytes=10K
	request PUT avatar -H "$bearer" -H 'Content-Type: image/png' \
	    --data-binary "@$BATS_TEST_TMPDIR/large"
	configure avatar_max_bytes
	expect_error 413 too_large

	# Its own process: what a picture does to it is done to nobody else.
	run -1 sh -c 'ldd "$1"/cgi-bin/*.fcgi | grep -E "jpeg|png|webp"' sh \
	    "$BUILD"
	own_worker 'kill -SEGV $$'
	BUILD=$own cgi avatar.fcgi PUT "HTTP_AUTHORIZATION=Bearer $access" \
	    CONTENT_TYPE=image/png <"$picture"
	expect_error 422 invalid_picture
	expect_log 'darban-image was ended by signal 11'
	BUILD=$own cgi me.fcgi GET "HTTP_AUTHORIZATION=Bearer $access"
	expect_status 200
	[ "$(json .data.avatar)" = "" ]
	own_worker "exec '$BUILD/bin/darban-image' \"\$@\""
	BUILD=$own cgi avatar.fcgi PUT "HTTP_AUTHORIZATION=Bearer $access" \
	    CONTENT_TYPE=image/png <"$picture"
	expect_status 200
	[[ $(json .data.avatar) == */avatars/* ]]
}
