#!/usr/bin/env bats
# htdocs/openapi.json: it is valid, it has the routes that there are, and real
# answers of every operation, of each status and code that a test can provoke,
# are as it says.

load ../lib/common
load ../lib/batch

DOCUMENT=$tests_top/htdocs/openapi.json
PASSWORD='correct horse battery'
JSON='Content-Type: application/json'

setup_file() {
	setup_instance registration=open
	expect_log '[0-9]Z [a-z]+\[[0-9]+\] error '
}

teardown_file() {
	teardown_instance
}

check() {	# WHAT [ARGUMENT ...]
	local python=$tests_top/build/openapi/bin/python
	[ -e "$tests_top/build/openapi/installed" ] ||
		skip "the validator is not installed (tests/pip tests/openapi)"
	PYTHONDONTWRITEBYTECODE=1 "$python" "$tests_top/tests/openapi/check.py" \
		"$1" "$DOCUMENT" "${@:2}"
}

# What an exchange was about, of curl's arguments: $type and $sent.
read_arguments() {	# CURL-ARGUMENT ...
	type='' sent=''
	while [ $# -gt 0 ]; do
		case $1 in
		-d | --data-urlencode | --data-binary)
			type=${type:-application/x-www-form-urlencoded}
			sent+=${sent:+&}$2
			shift
			;;
		-F)
			type=multipart/form-data sent+=$2
			shift
			;;
		-H)
			[[ $2 != Content-Type:* ]] || type=${2#*: }
			shift
			;;
		esac
		shift
	done
}

# Keeps the answer that is there, which must be this one.
keep() {	# "STATUS [CODE]" METHOD PATH [CURL-ARGUMENT ...]
	local type sent code
	# There curl's output is the header once more.
	[ "$2" != HEAD ] || body=
	code=$(jq -r '.code // empty' <<<"$body")
	[ "$status${code:+ $code}" = "$1" ] || unlike "$1 to ${*:2}" || return
	read_arguments "${@:4}"
	jq -nc --arg method "$2" --arg path "/api/v1$3" --arg type "$type" \
		--arg request "$sent" --argjson status "$status" \
		--arg headers "$headers" --arg body "$body" \
		'$ARGS.named' >>"$BATS_TEST_TMPDIR/recorded"
}

# lighttpd wants to be told that there is no body.
say() {		# "STATUS [CODE]" METHOD PATH [CURL-ARGUMENT ...]
	[[ $2 == @(GET|HEAD) || " $* " =~ ' '-[dF]|' '--data ]] ||
		set -- "$@" -d ''
	request "$2" "/api/v1$3" "${@:4}"
	keep "$@"
}

# The operations: method, path and program, a line each.
operations() {
	jq -r '.paths | to_entries[] | .key as $path |
	    .value["x-program"] as $program | .value | to_entries[] |
	    select(.value.operationId?) |
	    "\(.key | ascii_upcase) \($path) \($program)"' "$DOCUMENT"
}

log_in() {	# NAME
	say 200 POST /users/login -H "$JSON" \
	    -d "{\"username\":\"$1\",\"password\":\"$PASSWORD\"}"
	access=$(json .data.accessToken) refresh=$(json .data.refreshToken)
	bearer="Authorization: Bearer $access"
}

# What is checked before anybody is known, of every operation.
refused_unread() {
	local method path program id=/65f000000000000000000000 type
	head -c 17000 /dev/zero | tr '\0' ' ' >"$BATS_TEST_TMPDIR/long"
	configure avatar_max_bytes=1K
	while read -r method path program; do
		path=${path/\/\{id\}/$id}
		cgi "$program.fcgi" "$method" CONTENT_LENGTH=x </dev/null
		keep '400 malformed_request' "$method" "$path"
		say '400 ambiguous_credentials' "$method" "$path" \
		    -H 'Cookie: __Host-accessToken=a; __Host-accessToken=b'
		[ "$method" != GET ] || continue
		say '403 cross_site' "$method" "$path" \
		    -H 'Sec-Fetch-Site: cross-site'
		type=$JSON
		[[ $program != @(avatar|cover) ]] ||
			type='Content-Type: image/png'
		say '413 too_large' "$method" "$path" -H "$type" \
		    --data-binary "@$BATS_TEST_TMPDIR/long"
		[ "$method" != DELETE ] || continue
		say '415 unsupported_media_type' "$method" "$path" \
		    -H 'Content-Type: text/plain' -d x
	done < <(operations)
	configure avatar_max_bytes
	say '405 method_not_allowed' GET /users/login
	say '405 method_not_allowed' PUT /users/current-user
	cgi login.fcgi BREW
	keep '501 method_unknown' BREW /users/login
}

# A session that is over, and tokens that are none.
refused_unknown() {
	local method path program with
	log_in alice
	say 200 POST /users/logout -H "$bearer" -H "$JSON" -d '{}'
	while read -r method path program; do
		path=${path/\{id\}/65f000000000000000000000}
		case $program in
		health | login | register)
			continue ;;
		refresh)
			say '401 unauthenticated' POST "$path"
			say '401 invalid_token' POST "$path" -d refreshToken=x
			say '401 session_ended' POST "$path" \
			    -d "refreshToken=$refresh"
			continue
			;;
		esac
		say '401 unauthenticated' "$method" "$path"
		say '401 invalid_token' "$method" "$path" \
		    -H 'Authorization: Bearer x.y.z'
		say '401 session_ended' "$method" "$path" -H "$bearer"
	done < <(operations)
	say '401 invalid_credentials' POST /users/login -d username=alice \
	    -d password=wrong
}

# A small picture, a broken one, and one of 100 megapixels.
make_pictures() {
	small=$BATS_TEST_TMPDIR/small.jpg
	PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 \
	    "$tests_top/tests/image/corpus.py" small "$small"
	head -c 2000 "$small" >"$BATS_TEST_TMPDIR/cut.jpg"
	# Apache's mod_fcgid takes two of them in 128 KiB.
	/usr/bin/python3 -c 'import sys
from PIL import Image
small, wide = sys.argv[1:]
Image.open(small).resize((160, 120)).save(small)
Image.new("1", (10000, 10000)).save(wide)' "$small" "$BATS_TEST_TMPDIR/wide.png"
}

register() {	# NAME
	form=(-F "username=$1" -F "email=$1@example.org"
		-F "fullName=A Name" -F "password=$PASSWORD")
	printf '%s\n' "$PASSWORD" >>"$INSTANCE/secrets"
}

accounts() {
	local path=/users/register
	register alice
	say 201 POST $path "${form[@]}" -F "avatar=@$small" \
	    -F "coverImage=@$small"
	say '409 already_exists' POST $path "${form[@]}"
	register bob
	say '422 invalid_picture' POST $path "${form[@]}" \
	    -F "avatar=@$BATS_TEST_TMPDIR/cut.jpg"
	say '422 picture_too_large' POST $path "${form[@]}" \
	    -F "coverImage=@$BATS_TEST_TMPDIR/wide.png"
	say 201 POST $path -H "$JSON" -d "{\"username\":\"bob\",
	    \"email\":\"bob@example.org\",\"fullName\":\"Bob\",
	    \"password\":\"$PASSWORD\"}"
	say '400 missing_member' POST $path
	say '422 invalid_member' POST $path -d username=c -d email=c -d x=y \
	    -d fullName=c -d password=c
	configure registration=closed
	say '403 registration_closed' POST $path
	configure registration=open
}

names() {
	local path=/users/update-account
	log_in alice
	say 200 GET /users/current-user -H "$bearer"
	say 200 HEAD /users/current-user -H "$bearer"
	say 200 PATCH $path -H "$bearer" -H "$JSON" -d '{"fullName":"Alice"}'
	say 200 PATCH $path -H "$bearer" -H "$JSON" \
	    -d "{\"email\":\"a@example.org\",\"password\":\"$PASSWORD\"}"
	say '400 missing_member' PATCH $path -H "$bearer"
	say '400 invalid_password' PATCH $path -H "$bearer" \
	    -d email=b@example.org -d password=wrong
	say '409 already_exists' PATCH $path -H "$bearer" \
	    -d email=bob@example.org --data-urlencode "password=$PASSWORD"
	say '422 invalid_member' PATCH $path -H "$bearer" -d email=x

	path=/users/change-password
	say 200 POST $path -H "$bearer" -H "$JSON" \
	    -d "{\"oldPassword\":\"$PASSWORD\",
	    \"newPassword\":\"$PASSWORD\"}"
	say '400 missing_member' POST $path -H "$bearer" -d oldPassword=x
	say '400 invalid_password' POST $path -H "$bearer" \
	    -d oldPassword=x -d newPassword=qwhj9821ooi
	say '422 invalid_member' POST $path -H "$bearer" \
	    -d oldPassword=x -d newPassword=short
}

sessions() {
	local first id
	say 200 GET /healthcheck
	say '400 missing_member' POST /users/login -d username=alice
	say '422 invalid_member' POST /users/login -d username=alice \
	    -d password=x -d y=1
	log_in alice
	first=$refresh
	say 200 GET /users/sessions -H "$bearer"
	id=$(json '.data[-1]._id')
	say 200 DELETE "/users/sessions/$id" -H "$bearer"
	say '404 not_found' DELETE "/users/sessions/$id" -H "$bearer"
	say '422 invalid_member' POST /users/refresh-token -H "$JSON" \
	    -d '{"refreshToken":{"$ne":null}}'
	say '422 invalid_member' POST /users/logout -H "$bearer" \
	    -d everywhere=1

	log_in alice
	first=$refresh
	say 200 POST /users/refresh-token -H "$JSON" \
	    -d "{\"refreshToken\":\"$first\"}"
	say 200 POST /users/refresh-token \
	    -H "Cookie: __Host-refreshToken=$(json .data.refreshToken)"
	say '401 session_revoked' POST /users/refresh-token \
	    -d "refreshToken=$first"

	log_in alice
	configure body_tokens=off
	say 200 POST /users/refresh-token -d "refreshToken=$refresh"
	say 200 POST /users/login -d username=alice \
	    --data-urlencode "password=$PASSWORD"
	configure body_tokens
	log_in alice
	say 200 POST /users/logout -H "$bearer" -H "$JSON" \
	    -d '{"everywhere":true}'
}

pictures() {
	local path method name bad=$BATS_TEST_TMPDIR
	log_in alice
	for name in avatar coverImage; do
		path=/users/avatar
		[ $name = avatar ] || path=/users/cover-image
		for method in PATCH PUT POST; do
			say '400 missing_member' $method $path -H "$bearer"
			say '422 invalid_picture' $method $path -H "$bearer" \
			    -F "$name=@$bad/cut.jpg"
			say '422 picture_too_large' $method $path \
			    -H "$bearer" -F "$name=@$bad/wide.png"
			say '422 invalid_member' $method $path -H "$bearer" \
			    -F "$name=@$small" -F x=y
			say 200 $method $path -H "$bearer" -F "$name=@$small"
			say 200 $method $path -H "$bearer" \
			    -H 'Content-Type: image/jpeg' \
			    --data-binary "@$small"
		done
		say 200 DELETE $path -H "$bearer"
	done
}

# The last one, refused, is kept.
until_throttled() {	# METHOD PATH CURL-ARGUMENT ...
	local tries=40
	until [ "$status" = 429 ]; do
		((tries--)) || unlike 429 || return
		request "$1" "/api/v1$2" "${@:3}"
	done
	keep '429 too_many_attempts' "$@"
	status=
}

throttled() {
	local path method
	log_in alice
	configure throttle=on
	for path in /users/avatar /users/cover-image; do
		for method in PATCH PUT POST; do
			until_throttled $method $path -H "$bearer" \
			    -H 'Content-Type: image/png' -d x
		done
	done
	until_throttled POST /users/register "${form[@]}"
	until_throttled POST /users/change-password -H "$bearer" \
	    -d oldPassword=x -d newPassword=qwhj9821ooi
	until_throttled PATCH /users/update-account -H "$bearer" \
	    -d email=b@example.org -d password=wrong
	until_throttled POST /users/login -d username=alice -d password=wrong
	configure throttle=off
}

unavailable() {
	local method path program
	configure nonsense=yes
	while read -r method path program; do
		say '503 unavailable' "$method" "${path/\{id\}/x}"
	done < <(operations)
	configure nonsense
}

@test "it is valid OpenAPI 3.1, of this version" {
	check document
	[ "$(jq -r .openapi "$DOCUMENT")" = 3.1.0 ]
	[ "$(jq -r .info.version "$DOCUMENT")" = \
	    "$("$DARBAN" version | sed -n 's/^darban //p')" ]
}

@test "it and the README have the codes that there are" {
	sed -n 's/.*{ [0-9]*, "\([a-z_]*\)".*/\1/p' \
	    "$tests_top/lib/base/err.c" | grep -vx ok | sort -u \
	    >"$BATS_TEST_TMPDIR/codes"
	# A session's id that is none is 404, so no route answers invalid_id.
	jq -r '.components.responses, .paths | .. | objects | .code? |
	    (.const, .enum[]?) // empty' "$DOCUMENT" | sort -u |
	    diff - <(grep -vx invalid_id "$BATS_TEST_TMPDIR/codes")
	grep -E '^[|] [45][0-9]{2}' "$tests_top/README.md" | cut -d '|' -f 3 |
	    grep -oE '[a-z_]+' | sort -u | diff - "$BATS_TEST_TMPDIR/codes"
}

@test "the server hands it out" {
	request GET /openapi.json
	[ "$status" = 200 ]
	[[ $(header Content-Type) = application/json* ]]
	cmp "$body_file" "$DOCUMENT"
}

@test "routes, programs and methods are those that there are" {
	check routes "$tests_top/conf/apache/htaccess" >"$BATS_TEST_TMPDIR/out"
	while read -r route program methods; do
		for path in "${route/\{id\}/x}" "/cgi-bin/$program.fcgi"; do
			request OPTIONS "$path"
			[ "$status" = 204 ]
			allow=$(header Allow | tr -d ' ' | tr , '\n' |
			    grep -vxE 'HEAD|OPTIONS' | sort | paste -sd ,)
			[ "$allow" = "$methods" ] ||
				unlike "$methods to $path"
		done
	done <"$BATS_TEST_TMPDIR/out"
	[ "$(cut -d ' ' -f 2 "$BATS_TEST_TMPDIR/out" | sort -u)" = \
	    "$(cd "$BUILD/cgi-bin" && printf '%s\n' *.fcgi |
	    sed 's/\.fcgi$//')" ]
}

@test "every operation answers as it is described" {
	trace_less
	make_pictures
	accounts
	names
	sessions
	pictures
	refused_unread
	refused_unknown
	throttled
	unavailable
	check answers "$BATS_TEST_TMPDIR/recorded"
}
