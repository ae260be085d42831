#!/usr/bin/env bats
# Bad input: each has its status and code, leaves one line in the log without
# the secret, and changes nothing in the store.

load ../lib/common

SECRET=tell-nobody-about-this

setup_file() {
	setup_instance log_file=log/darban.log
	export LOG=$VAR/log/darban.log
	add_user alice 'correct horse battery'
	curl -sS -o "$INSTANCE/login" "$URL/api/v1/users/login" \
	    -d username=alice -d 'password=correct horse battery'
	REFRESH=$(jq -r .data.refreshToken "$INSTANCE/login")
	export REFRESH
}

teardown_file() {
	teardown_instance
}

setup() {
	before=$(dump_store)
}

log_lines() {
	cat "$LOG" 2>/dev/null | wc -l
}

# A request that must be refused: STATUS CODE METHOD ROUTE CURL-ARGS
refused() {
	local want=$1 code=$2 method=$3 route=$4
	shift 4
	lines=$(log_lines)
	request "$method" "/api/v1/users/$route" "$@"
	expect_error "$want" "$code"
	[ "$(log_lines)" = $((lines + 1)) ]
	tail -n 1 "$LOG" | grep -q " $want $code"
	run -1 grep -q "$SECRET" "$LOG"
	[ "$(dump_store)" = "$before" ]
}

JSON='Content-Type: application/json'

@test "no body" {
	refused 400 missing_member POST login -d ''
	refused 401 unauthenticated POST refresh-token -d ''
	refused 401 unauthenticated POST logout -d ''
	refused 400 missing_member POST login -H "$JSON" -d '{}'
}

@test "a cut body" {
	for program in login refresh logout; do
		cgi $program.fcgi POST CONTENT_LENGTH=50 \
		    CONTENT_TYPE=application/json <<<'{"username":"alice"'
		expect_error 400 malformed_request
	done
	[ "$(dump_store)" = "$before" ]
}

@test "a Content-Length that is no number" {
	for length in -1 1e3 0x10 ' 5' 99999999999999999999999 5,5; do
		cgi login.fcgi POST "CONTENT_LENGTH=$length" \
		    CONTENT_TYPE=application/json <<<'{}'
		expect_error 400 malformed_request
	done
}

@test "a body of a type that is not taken" {
	for type in text/plain application/xml multipart/form-data \
	    'application/json; charset=latin1' application/jsonp ''; do
		refused 415 unsupported_media_type POST login \
		    -H "Content-Type: $type" \
		    -d "{\"username\":\"alice\",\"password\":\"$SECRET\"}"
	done
}

@test "what is not JSON, or no object" {
	for text in '{' '[]' '"alice"' 'null' '1' '{"username":"alice",}' \
	    "{'username':'alice'}" '{"username":"alice"}{}' \
	    '{"username":"alice"} x' '{"username":"al\u0000ice"}' \
	    '{"username":"\ud800"}' '{"username":"\x41"}' \
	    "{\"password\":\"$SECRET\"" '{"username":"alice"' \
	    $'{"username":"al\tice"}' $'\xef\xbb\xbf{}' \
	    $'{"username":"\xff"}' $'{"username":"\xc0\x80"}' \
	    $'{"username":"\xed\xa0\x80"}' '{username:1}' ' '; do
		for route in login refresh-token logout; do
			refused 400 malformed_request POST $route -H "$JSON" \
			    --data-binary "$text"
		done
	done
}

@test "a raw NUL" {
	printf '{"username":"al\0ice","password":"x"}' >"$BATS_TEST_TMPDIR/nul"
	refused 400 malformed_request POST login -H "$JSON" \
	    --data-binary "@$BATS_TEST_TMPDIR/nul"
	refused 400 malformed_request POST login -d 'username=a%00b&password=x'
}

@test "a form with a broken escape" {
	refused 400 malformed_request POST login -d "username=%zz&password=$SECRET"
	refused 400 malformed_request POST login -d 'username=%ff&password=x'
}

@test "an unknown member" {
	refused 422 invalid_member POST login -H "$JSON" \
	    -d "{\"username\":\"alice\",\"password\":\"$SECRET\",\"admin\":true}"
	[ "$(json '.errors[0].field')" = admin ]
	refused 422 invalid_member POST login -H "$JSON" \
	    -d '{"username":"alice","password":"x","Username":"bob"}'
	refused 422 invalid_member POST refresh-token -H "$JSON" \
	    -H "Cookie: __Host-refreshToken=$REFRESH" -d '{"sid":"1"}'
	refused 422 invalid_member POST logout -H "$JSON" \
	    -d "{\"refreshToken\":\"$REFRESH\",\"sid\":\"1\"}"
}

@test "thousands of unknown members" {
	refused 422 invalid_member POST login \
	    -d "password=x&username=y$(printf '&%s' {a..z}{a..z}{a..f})"
	[ "$(json '.errors | length')" = 16 ]
}

@test "a doubled member" {
	refused 422 invalid_member POST login -H "$JSON" \
	    -d '{"username":"alice","password":"x","username":"bob"}'
	refused 422 invalid_member POST login \
	    -d 'username=alice&username=bob&password=x'
}

@test "an operator object as a name, and every other wrong type" {
	for value in '{"$ne":null}' '{"$gt":""}' '{"$regex":".*"}' '[]' \
	    '["alice"]' 1 true null; do
		refused 422 invalid_member POST login -H "$JSON" \
		    -d "{\"username\":$value,\"password\":\"$SECRET\"}"
		[ "$(json '.errors[0].field')" = username ]
		refused 422 invalid_member POST login -H "$JSON" \
		    -d "{\"username\":\"alice\",\"password\":$value}"
		refused 422 invalid_member POST refresh-token -H "$JSON" \
		    -d "{\"refreshToken\":$value}"
	done
	for value in 1 '"true"' null '{}'; do
		refused 422 invalid_member POST logout -H "$JSON" \
		    -d "{\"refreshToken\":\"$REFRESH\",\"everywhere\":$value}"
	done
}

@test "16 KiB and one byte more" {
	# Blanks behind the value count.
	big=$BATS_TEST_TMPDIR/big
	printf '%-16384s' '{"username":"a","password":""}' >"$big"
	refused 422 invalid_member POST login -H "$JSON" --data-binary "@$big"
	printf ' ' >>"$big"
	for route in login refresh-token logout; do
		refused 413 too_large POST $route -H "$JSON" \
		    --data-binary "@$big"
	done
}

@test "a password of 1025 bytes" {
	refused 422 invalid_member POST login -d username=alice \
	    -d "password=$(head -c 1025 /dev/zero | tr '\0' x)"
}

@test "a cookie called undefined, and two of one name" {
	refused 401 unauthenticated POST refresh-token -d '' \
	    -H 'Cookie: __Host-refreshToken=undefined'
	refused 400 ambiguous_credentials POST refresh-token -d '' \
	    -H "Cookie: __Host-refreshToken=$SECRET; __Host-refreshToken=b"
	refused 400 ambiguous_credentials POST login \
	    -H 'Cookie: __Host-accessToken=a, __Host-accessToken=b' \
	    -d 'username=alice&password=x'
}

@test "two Cookie headers" {
	refused 400 ambiguous_credentials POST refresh-token -d '' \
	    -H "Cookie: __Host-refreshToken=a" \
	    -H "Cookie: __Host-refreshToken=b"
}

@test "a well-signed token with an id of 24 characters that are not hex" {
	now=$(date +%s)
	good='"iss":"darban","aud":"darban","token_use":"access"'
	token=$(sign_token "$(signing_key access)" "{$good,\"iat\":$now,\"exp\":$((now + 60)),
	    \"_id\":\"zzzzzzzzzzzzzzzzzzzzzzzz\",
	    \"sid\":\"0123456789abcdef01234567\"}")
	refused 401 invalid_token GET current-user \
	    -H "Authorization: Bearer $token"
	token=$(sign_token "$(signing_key access)" "{$good,\"iat\":$now,\"exp\":$((now + 60)),
	    \"_id\":\"0123456789abcdef01234567\",
	    \"sid\":\"0123456789abcdef01234567\"}")
	refused 401 invalid_token GET current-user \
	    -H "Authorization: Bearer $token"
}

@test "a page of another site" {
	for route in login refresh-token logout; do
		refused 403 cross_site POST $route -d '' \
		    -H 'Origin: https://evil.example' \
		    -H "Cookie: __Host-refreshToken=$REFRESH"
		refused 403 cross_site POST $route -d '' \
		    -H 'Sec-Fetch-Site: cross-site'
	done
	request POST login -H "Origin: $URL" -d username=alice \
	    -d 'password=correct horse battery'
	[ "$status" = 200 ]
}

@test "a path behind the program's name" {
	for program in login refresh logout me health; do
		cgi $program.fcgi GET PATH_INFO=/more
		expect_error 404 not_found
	done
}
