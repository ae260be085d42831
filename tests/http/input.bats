#!/usr/bin/env bats
# Bad input: each has its status and code, leaves one line in the log without
# the secret, and changes nothing in the store.

load ../lib/common
load ../lib/batch

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
			ask_for "400 malformed_request" POST $route \
			    -H "$JSON" --data-binary "$text"
		done
	done
	lines=$(log_lines)
	check_asked
	[ "$(log_lines)" = $((lines + answer_count)) ]
	[ "$(grep -c ' 400 malformed_request' "$LOG")" -ge "$answer_count" ]
	run -1 grep -q "$SECRET" "$LOG"
	[ "$(dump_store)" = "$before" ]
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

# What databases take for questions, and every other type that is none.
OPERATORS=(
	'{"$ne":null}' '{"$ne":""}' '{"$gt":""}' '{"$gte":0}' '{"$lt":"~"}'
	'{"$exists":true}' '{"$type":2}' '{"$regex":".*"}'
	'{"$regex":"^a","$options":"i"}' '{"$in":["alice",null]}'
	'{"$nin":[]}' '{"$not":{"$eq":"x"}}' '{"$or":[{},{}]}'
	'{"$where":"1"}' '{"$expr":{"$eq":[1,1]}}' '{"$eq":"alice"}'
	'{"$set":{"username":"x"}}' '{"$oid":"0123456789abcdef01234567"}'
	'{"$numberLong":"1"}' '{"length":1}' '{"toString":"alice"}'
	'{"username":"alice"}' '{}' '[]' '["alice"]' '[{"$ne":null}]' '[[]]'
	1 0 -1.5 1e400 null
)

# Each value in the place of MEMBER, of whose body the rest is REST.
operators_for() {	# ROUTE MEMBER REST [VALUE ...]
	local value
	for value in "${OPERATORS[@]}" "${@:4}"; do
		ask_for "422 invalid_member" POST "$1" -H "$JSON" \
		    -H "Cookie: __Host-refreshToken=$REFRESH" \
		    -d "{$3\"$2\":$value}"
		members+=("$2")
	done
}

@test "an operator for any member of any endpoint reaches no store" {
	members=()
	lines=$(log_lines)
	operators_for login username "\"password\":\"$SECRET\"," true
	operators_for login email "\"password\":\"$SECRET\"," true
	operators_for login password '"username":"alice",' true
	operators_for refresh-token refreshToken '' true
	operators_for logout refreshToken '' true
	operators_for logout everywhere '' '"true"' '"{\"$ne\":null}"'
	[ "${#members[@]}" -gt 190 ]
	check_asked
	for ((i = 1; i <= answer_count; i++)); do
		answer "$i"
		member=${members[i - 1]}
		[[ $body == *"\"errors\":[{\"field\":\"$member\","* ]] ||
			unlike "an error about $member"
	done
	[ "$(log_lines)" = $((lines + answer_count)) ]
	run -1 grep -q "$SECRET" "$LOG"
	[ "$(dump_store)" = "$before" ]
}

@test "an operator in a name, and in a form, reaches no store" {
	for name in '$where' '$or' '$ne' 'username.$ne' 'username[$ne]' \
	    __proto__ constructor _id 'username ' USERNAME; do
		ask_for "422 invalid_member" POST login -H "$JSON" \
		    -d "{\"email\":\"x\",\"password\":\"y\",\"$name\":\"1\"}"
		ask_for "422 invalid_member" POST login \
		    -d email=x -d password=y -d "$name=1"
		ask_for "422 invalid_member" POST logout \
		    -H "Cookie: __Host-refreshToken=$REFRESH" -d "$name=1"
		ask_for "422 invalid_member" POST refresh-token \
		    -H "Cookie: __Host-refreshToken=$REFRESH" -d "$name=1"
		# Nor does it stand for what is missing.
		ask_for "400 missing_member" POST login \
		    -d "$name=alice" -d password=y
	done
	# In a form every value is text, and this is nobody's name.
	ask_for "401 invalid_credentials" POST login \
	    --data-urlencode 'username={"$ne":null}' -d password=y
	ask_for "422 invalid_member" POST logout \
	    -H "Cookie: __Host-refreshToken=$REFRESH" \
	    --data-urlencode 'everywhere={"$ne":null}'
	check_asked
	[ "$(dump_store)" = "$before" ]
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

@test "what a page says of where it is from arrives, in any spelling" {
	evil="Origin: https://evil.example" own="Origin: $URL"
	no="403 cross_site" yes="400 missing_member"
	for route in login refresh-token logout; do
		[ "$route" = login ] || yes="401 unauthenticated"
		for field in "$evil" 'origin: https://evil.example' \
		    'ORIGIN: null' "$own.evil.example" "${own}0" \
		    'Sec-Fetch-Site: same-site' 'sec-fetch-site: cross-site' \
		    'SEC-FETCH-SITE: CROSS-SITE'; do
			ask_for "$no" POST "$route" -d '' -H "$field"
		done
		for field in "$own" "origin: $URL" 'Sec-Fetch-Site: none' \
		    'sec-fetch-site: same-origin' 'Origin;' 'Sec-Fetch-Site;' \
		    'X-Origin: https://evil.example' \
		    'Referer: https://evil.example/'; do
			ask_for "$yes" POST "$route" -d '' -H "$field"
		done
		# What the browser says itself counts more than Origin.
		ask_for "$yes" POST "$route" -d '' -H "$evil" \
		    -H 'Sec-Fetch-Site: same-origin'
		ask_for "$no" POST "$route" -d '' -H "$own" \
		    -H 'Sec-Fetch-Site: cross-site'
	done
	check_asked
	[ "$(dump_store)" = "$before" ]
}

@test "what a page says twice it has not said well" {
	no="403 cross_site" twice="400 malformed_request"
	# Apache lets no name with an underscore through, lighttpd both.
	[ "$SERVER" != apache ] || twice=$no
	for route in login refresh-token logout; do
		# The servers join them by a comma, which makes none of both.
		for one in "$URL" https://evil.example; do
			ask_for "$no" POST "$route" -d '' \
			    -H "Origin: $URL" -H "Origin: $one"
			ask_for "$no" POST "$route" -d '' \
			    -H "Origin: $one" -H "origin: $URL"
		done
		for one in none same-origin cross-site; do
			ask_for "$no" POST "$route" -d '' \
			    -H "Sec-Fetch-Site: none" -H "Sec-Fetch-Site: $one"
			ask_for "$no" POST "$route" -d '' \
			    -H "Sec-Fetch-Site: $one" -H "sec-fetch-site: none"
		done
		ask_for "$twice" POST "$route" -d '' \
		    -H 'Sec-Fetch-Site: cross-site' -H 'Sec_Fetch_Site: none'
		ask_for "$twice" POST "$route" -d '' \
		    -H 'Sec_Fetch_Site: none' -H 'Sec-Fetch-Site: cross-site'
	done
	check_asked
	[ "$(dump_store)" = "$before" ]
}

@test "a Bearer without a cookie of ours passes the gate, nothing else does" {
	curl -sS -o "$BATS_TEST_TMPDIR/login" "$URL/api/v1/users/login" \
	    -d username=alice -d 'password=correct horse battery'
	access=$(jq -r .data.accessToken "$BATS_TEST_TMPDIR/login")
	bearer="Authorization: Bearer $access" no="403 cross_site"
	before=$(dump_store)
	for from in 'Origin: https://evil.example' 'Origin: null' \
	    'Sec-Fetch-Site: cross-site'; do
		ask_for 200 GET current-user -H "$from" -H "$bearer"
		ask_for 200 GET current-user -H "$from" \
		    -H "Cookie: __Host-accessToken=$access"
		for cookie in "__Host-accessToken=$access" \
		    "__Host-refreshToken=$REFRESH" __Host-refreshToken=x; do
			ask_for "$no" POST logout -d '' -H "$from" \
			    -H "$bearer" -H "Cookie: $cookie"
			ask_for "$no" POST logout -d '' -H "$from" \
			    -H "Cookie: $cookie"
		done
		# The scheme must be Bearer and have a token.
		for word in 'Basic YTpi' Bearer 'Bearer undefined' "$access"; do
			ask_for "$no" POST logout -d '' -H "$from" \
			    -H "Authorization: $word"
		done
		# These take no access token, so that one excuses nothing.
		ask_for "$no" POST login -H "$from" -H "$bearer" \
		    -d username=alice -d 'password=correct horse battery'
		ask_for "$no" POST refresh-token -H "$from" -H "$bearer" \
		    -d "refreshToken=$REFRESH"
	done
	ask_for "401 invalid_token" POST logout -d '' -H "$from" \
	    -H 'Authorization: Bearer x.y.z'
	check_asked
	[ "$(dump_store)" = "$before" ]
	request POST logout -d '' -H "$from" -H "$bearer" -H 'Cookie: a=b'
	[ "$status" = 200 ]
}

@test "a path behind the program's name" {
	for program in login refresh logout me health; do
		cgi $program.fcgi GET PATH_INFO=/more
		expect_error 404 not_found
	done
}
