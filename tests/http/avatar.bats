#!/usr/bin/env bats
# PUT, PATCH, POST and DELETE of /avatar and /cover-image, and the pictures as
# the web server hands them out.

load ../lib/common

setup_file() {
	setup_instance avatar_max_bytes=256K
	python3=/usr/bin/python3
	export MADE=$INSTANCE/made
	mkdir "$MADE"
	"$python3" "$tests_top/tests/image/corpus.py" small "$MADE/small.jpg"
	add_user alice 'correct horse battery'
}

teardown_file() {
	teardown_instance
}

setup() {
	small=$MADE/small.jpg
	door=$tests_top/conf/demo-picture.png
	request POST login -d username=alice \
	    --data-urlencode 'password=correct horse battery'
	expect_status 200
	bearer="Authorization: Bearer $(json .data.accessToken)"
}

send() {	# METHOD ROUTE [CURL ARGUMENT ...]
	request "$1" "$2" -H "$bearer" "${@:3}"
}

files() {
	as_owner sh -c 'cd "$1" && ls -A' files "$VAR/avatars"
}

# There are as many files as this, and $1 is among them with its thumbnail.
expect_files() {	# COUNT ADDRESS ...
	local name
	[ "$(files | wc -l)" = "$1" ]
	for name in "${@:2}"; do
		name=${name##*/}
		files | grep -qxF "$name"
		files | grep -qxF "${name%.*}-96.${name##*.}"
	done
}

@test "a picture goes up by each method, raw or in a form, and comes back" {
	last=
	for how in PUT:raw PATCH:raw POST:raw PUT:form PATCH:form POST:form; do
		body=(--data-binary "@$small" -H 'Content-Type: image/jpeg')
		[ "${how#*:}" = raw ] || body=(-F "avatar=@$small")
		send "${how%:*}" avatar "${body[@]}"
		expect_status 200
		avatar=$(json .data.avatar)
		[[ $avatar =~ ^/avatars/[0-9a-f]{32}\.jpg$ ]]
		[ "$avatar" != "$last" ]
		last=$avatar
		expect_files 2 "$avatar"
	done
	request GET "$avatar"
	[ "$status" = 200 ]
	[ "$(od -An -N3 -tx1 "$body_file")" = ' ff d8 ff' ]
	send GET current-user
	[ "$(json .data.avatar)" = "$avatar" ]
	[ "$(json .data.coverImage)" = '' ]
}

@test "the cover is another picture, with routes of its own" {
	send PUT avatar -T "$door"
	expect_status 200
	avatar=$(json .data.avatar)
	send PATCH cover-image -F "coverImage=@$small"
	expect_status 200
	cover=$(json .data.coverImage)
	[ "$(json .data.avatar)" = "$avatar" ]
	expect_files 4 "$avatar" "$cover"
	send DELETE avatar
	expect_status 200
	[ "$(json .data.avatar)" = '' ]
	expect_files 2 "$cover"
	send DELETE cover-image
	expect_status 200
	expect_files 0
	# There was none: that is what was asked for.
	send DELETE cover-image
	expect_status 200
	send PATCH cover-image -F "avatar=@$small"
	expect_error 400 missing_member
}

@test "curl -T sends a picture, whatever it is called" {
	cp "$small" "$BATS_TEST_TMPDIR/evil.php"
	send PUT avatar -T "$BATS_TEST_TMPDIR/evil.php"
	expect_status 200
	[[ $(json .data.avatar) == *.jpg ]]
	send PATCH avatar -F "avatar=@$small;filename=../../evil.php;type=application/octet-stream"
	expect_status 200
	[[ $(json .data.avatar) =~ ^/avatars/[0-9a-f]{32}\.jpg$ ]]
}

@test "pictures are files that never change, of their type, and run nothing" {
	send PUT avatar -T "$door"
	avatar=$(json .data.avatar)
	for path in "$avatar" "${avatar/./-96.}"; do
		request GET "$path"
		[ "$status" = 200 ]
		[ "$(header Content-Type)" = image/jpeg ]
		[ "$(header X-Content-Type-Options)" = nosniff ]
		[ "$(header Content-Security-Policy)" = \
		    "default-src 'none'; sandbox" ]
		[ "$(header Cross-Origin-Resource-Policy)" = cross-origin ]
		[[ $(header Cache-Control) == *max-age=31536000* ]]
	done
	# What is not there now may be there in a moment.
	request GET /avatars/0123456789abcdef0123456789abcdef.jpg
	[ "$status" = 404 ]
	[[ $(header Cache-Control) != *max-age* ]]
	for path in /avatars /avatars/ /avatars/.htaccess /avatars/x.php \
	    "${avatar%.jpg}.php" "$avatar/x.php" "${avatar%.jpg}" \
	    "/avatars/.${avatar##*/}"; do
		request GET "$path"
		[ "$status" = 404 ] || [ "$status" = 403 ] ||
			unlike "404 for $path"
	done
}

@test "what lies among the pictures and is none is not handed out" {
	name=0123456789abcdef0123456789abcdef
	expect_log 'AH01630: client denied by server configuration: '
	for file in "$name.php" "$name.html" "$name.jpg.php" x.jpg \
	    ".$name.jpg" "$name-97.jpg"; do
		as_owner sh -c 'echo "<?php 1;" >"$1"' put "$VAR/avatars/$file"
		request GET "/avatars/$file"
		[ "$status" = 404 ] || [ "$status" = 403 ] ||
			unlike "404 for $file"
		as_owner rm "$VAR/avatars/$file"
	done
	# HTML under a picture's name stays an image to whoever asks for it.
	as_owner sh -c 'echo "<script>1</script>" >"$1"' put \
	    "$VAR/avatars/$name.jpg"
	request GET "/avatars/$name.jpg"
	[ "$(header Content-Type)" = image/jpeg ]
	as_owner rm "$VAR/avatars/$name.jpg"
}

@test "what is no picture, or not the declared one, changes nothing" {
	send PUT avatar -T "$door"
	avatar=$(json .data.avatar)
	cd "$BATS_TEST_TMPDIR"
	echo '<svg xmlns="http://www.w3.org/2000/svg"/>' >x.svg
	printf 'GIF89a\1\0\1\0\0\0\0;' >x.gif
	head -c 1000 "$small" >cut.jpg
	for file in x.svg x.gif /dev/null; do
		send PUT avatar -H 'Content-Type: image/png' \
		    --data-binary "@$file"
		[[ $file = /dev/null ]] || expect_error 415 unsupported_media_type
	done
	expect_error 400 missing_member
	send PUT avatar -H 'Content-Type: image/png' --data-binary "@$small"
	expect_error 415 unsupported_media_type
	send PATCH avatar -F "avatar=@$small;type=image/webp"
	expect_error 415 unsupported_media_type
	send PUT avatar -T cut.jpg
	expect_error 422 invalid_picture
	send PUT avatar -H 'Content-Type: text/plain' --data-binary "@$small"
	expect_error 415 unsupported_media_type
	send POST avatar -H 'Content-Type: application/json' -d '{}'
	expect_error 415 unsupported_media_type
	send PATCH avatar -F "avatar=@$door" -F "avatar=@$door"
	expect_error 422 invalid_member
	send PATCH avatar -F "avatar=@$door" -F x=y
	expect_error 422 invalid_member
	send PATCH avatar -F "photo=@$door"
	expect_error 400 missing_member
	send PATCH avatar -F avatar=x
	expect_error 400 missing_member
	send PATCH avatar -H 'Content-Type: multipart/form-data' -d x
	expect_error 400 malformed_request
	send GET current-user
	[ "$(json .data.avatar)" = "$avatar" ]
	expect_files 2 "$avatar"
}

@test "too many bytes are refused, too many pixels too" {
	send DELETE avatar
	configure avatar_max_bytes=16K
	send PUT avatar -T "$small"
	expect_error 413 too_large
	configure avatar_max_bytes=256K
	# A PNG of 20000 times 20000 points says so in its first bytes.
	{
		head -c 16 "$door"
		printf '\0\0\116\040\0\0\116\040\1\0\0\0\0'
		tail -c +30 "$door"
	} >"$BATS_TEST_TMPDIR/bomb.png"
	send PUT avatar -T "$BATS_TEST_TMPDIR/bomb.png"
	[ "$status" = 422 ] || unlike 422
	expect_files 0
}

@test "a body that was cut on its way is refused" {
	send DELETE avatar
	cgi_cut() {	# BYTES THAT ARE MISSING
		local length
		length=$(stat -c %s "$small")
		cgi avatar.fcgi PUT CONTENT_TYPE=image/jpeg \
		    HTTP_AUTHORIZATION="${bearer#*: }" \
		    CONTENT_LENGTH="$((length + $1))" <"$small"
	}
	cgi_cut 1
	expect_error 400 malformed_request
	expect_files 0
	cgi_cut 0
	expect_status 200
	send DELETE avatar
	[ "$SERVER" = apache ] || return 0

	# What LimitRequestBody cuts, Apache does not say.
	as_owner sh -c 'echo "LimitRequestBody 20000" >>"$1"' limit \
	    "$VAR/server/www/.htaccess"
	expect_log 'AH01587|Requested content-length|LimitRequestBody'
	expect_log 'AH02623'
	send PUT avatar -T "$small"
	[ "$status" = 400 ] || [ "$status" = 413 ] || unlike "400 or 413"
	expect_files 0
	as_owner sed -i '/^LimitRequestBody/d' "$VAR/server/www/.htaccess"
}

@test "Apache's mod_fcgid takes 128 KiB, unless its owner says more" {
	[ "$SERVER" = apache ] || skip "about mod_fcgid's default"
	head -c 131073 /dev/zero >"$BATS_TEST_TMPDIR/large"
	expect_log 'mod_fcgid: HTTP request length [0-9]+ .* exceeds MaxRequestLen'
	send PUT avatar -T "$BATS_TEST_TMPDIR/large"
	[ "$status" = 500 ]
	[[ $body != *statusCode* ]]
	head -c 131072 /dev/zero >"$BATS_TEST_TMPDIR/large"
	send PUT avatar -T "$BATS_TEST_TMPDIR/large"
	expect_error 415 unsupported_media_type
}

@test "nobody without a token, and no other site" {
	request PUT avatar -T "$small"
	expect_error 401 unauthenticated
	request PUT avatar -T "$small" -H 'Authorization: Bearer x.y.z'
	expect_error 401 invalid_token
	request PATCH avatar -F "avatar=@$small" \
	    -H "Cookie: __Host-accessToken=${bearer##* }" \
	    -H 'Origin: https://evil.example'
	expect_error 403 cross_site
	request DELETE avatar
	expect_error 401 unauthenticated
}

@test "without a directory to write to it is 503, and nothing changes" {
	send PUT avatar -T "$door"
	avatar=$(json .data.avatar)
	expect_log '[0-9]Z avatar\[[0-9]+\] error .*/avatars'
	expect_log '[0-9]Z avatar\[[0-9]+\] error .* 503 unavailable'
	as_owner mv "$VAR/avatars" "$VAR/away"
	send PUT avatar -T "$small"
	expect_error 503 unavailable
	[ -n "$(header Retry-After)" ]
	as_owner mv "$VAR/away" "$VAR/avatars"
	as_owner chmod 0555 "$VAR/avatars"
	send PUT avatar -T "$small"
	expect_error 503 unavailable
	as_owner chmod 0755 "$VAR/avatars"
	send GET current-user
	[ "$(json .data.avatar)" = "$avatar" ]
	expect_files 2 "$avatar"
	send PUT avatar -T "$small"
	expect_status 200
}

@test "where there is no room it is 507, and nothing changes" {
	[ "$(id -u)" = 0 ] || skip "only root may mount"
	send DELETE avatar
	mount -t tmpfs -o size=4k,mode=0777 tmpfs "$VAR/avatars" ||
		skip "nothing can be mounted here"
	expect_log '[0-9]Z avatar\[[0-9]+\] error .*No space left'
	expect_log '[0-9]Z avatar\[[0-9]+\] error .* 507 insufficient_storage'
	send PUT avatar -T "$small"
	left=$(files)
	umount "$VAR/avatars"
	expect_error 507 insufficient_storage
	[ -z "$left" ]
	send GET current-user
	[ "$(json .data.avatar)" = '' ]
}

@test "where files may not be as large it is 503, and no program dies" {
	send DELETE avatar
	configure avatar_max_bytes=16M
	{
		cat "$small"
		head -c 9M /dev/zero
	} >"$BATS_TEST_TMPDIR/large.jpg"
	as_owner prlimit --fsize=8388608 env -i DARBAN_CONF="$VAR/darban.conf" \
	    REQUEST_METHOD=PUT CONTENT_TYPE=image/jpeg \
	    CONTENT_LENGTH="$(stat -c %s "$BATS_TEST_TMPDIR/large.jpg")" \
	    HTTP_AUTHORIZATION="${bearer#*: }" "$BUILD/cgi-bin/avatar.fcgi" \
	    <"$BATS_TEST_TMPDIR/large.jpg" 2>&1 |
	    cat >"$BATS_TEST_TMPDIR/out"
	configure avatar_max_bytes=256K
	grep -q '^Status: 503' "$BATS_TEST_TMPDIR/out"
	grep -q 'darban-image does not start: File too large' \
	    "$BATS_TEST_TMPDIR/out"
	expect_files 0
}

@test "two uploads at once: one picture, and nothing left" {
	send DELETE avatar
	pids=()
	for i in 1 2 3 4 5 6; do
		curl -sS -m 30 -o "$BATS_TEST_TMPDIR/$i.body" -H "$bearer" \
		    -T "$small" "$URL/api/v1/users/avatar" 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}"
	send GET current-user
	avatar=$(json .data.avatar)
	[ -n "$avatar" ]
	expect_files 2 "$avatar"
}

@test "addresses of an earlier system stay as they are until they change" {
	sqlite_only
	send DELETE avatar
	expect_files 0
	db "UPDATE users SET avatar = 'https://res.cloudinary.com/x/a.jpg'"
	send GET current-user
	[ "$(json .data.avatar)" = https://res.cloudinary.com/x/a.jpg ]
	send PUT avatar -T "$door"
	expect_status 200
	expect_files 2 "$(json .data.avatar)"
}

@test "with an origin the address is absolute" {
	configure origin=https://example.org
	send PUT avatar -T "$door"
	[[ $(json .data.avatar) =~ ^https://example\.org/avatars/[0-9a-f]{32}\.jpg$ ]]
	configure origin
	send DELETE avatar
	expect_files 0
}

@test "an account that is removed takes its pictures along" {
	add_user carol 'correct horse battery'
	request POST login -d username=carol \
	    --data-urlencode 'password=correct horse battery'
	bearer="Authorization: Bearer $(json .data.accessToken)"
	before=$(files)
	send PUT avatar -T "$door"
	send PUT cover-image -T "$door"
	[ "$(files)" != "$before" ]
	"$DARBAN" user remove --force carol
	[ "$(files)" = "$before" ]
}

@test "avatar gc removes what is nobody's and an hour old" {
	send PUT avatar -T "$door"
	avatar=$(json .data.avatar)
	name=fedcba9876543210fedcba9876543210
	as_owner sh -c 'cd "$1" && touch -d "2 hours ago" * "$2.jpg" \
	    "$2-96.jpg" ".$2.webp" other.txt && touch "0$2.jpg" \
	    "00000000000000000000000000000000.webp"' old "$VAR/avatars" "$name"
	[ "$("$DARBAN" avatar gc --dry-run)" = 'files of nobody: 3' ]
	[ "$("$DARBAN" avatar gc)" = 'files of nobody removed: 3' ]
	[ "$(files | wc -l)" = 5 ]
	files | grep -qxF other.txt
	files | grep -qxF 00000000000000000000000000000000.webp
	request GET "$avatar"
	[ "$status" = 200 ]
	as_owner sh -c 'cd "$1" && rm other.txt 0*' tidy "$VAR/avatars"
}
