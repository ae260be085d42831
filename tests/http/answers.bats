#!/usr/bin/env bats
# Tables of answers: every endpoint and method, every status that can be
# provoked, and of each of them every header field.

load ../lib/common
load ../lib/batch

ALLOWED=https://app.example.net
BEARER='WWW-Authenticate: Bearer'
INVALID='WWW-Authenticate: Bearer error="invalid_token"'
LATER='Retry-After: 2'
JSON='Content-Type: application/json'
PASSWORD='password=correct horse battery'

# What an allowed origin gets with every answer, and with a preflight's.
CORS=("Access-Control-Allow-Origin: $ALLOWED"
	'Access-Control-Allow-Credentials: true')
PREFLIGHT='Access-Control-Allow-Headers: content-type, authorization'

# Each endpoint: its route, its program, the methods that it has, and what
# each of them gets that brings nothing.
ENDPOINTS='
/api/v1/healthcheck|health|GET, HEAD, OPTIONS|200 ok
/api/v1/users/current-user|me|GET, HEAD, PATCH, OPTIONS|401 unauthenticated
/api/v1/users/login|login|POST, OPTIONS|400 missing_member
/api/v1/users/refresh-token|refresh|POST, OPTIONS|401 unauthenticated
/api/v1/users/logout|logout|POST, OPTIONS|401 unauthenticated
/api/v1/users/update-account|me|GET, HEAD, PATCH, OPTIONS|401 unauthenticated
/api/v1/users/avatar|avatar|POST, PUT, PATCH, DELETE, OPTIONS|401 unauthenticated
/api/v1/users/cover-image|cover|POST, PUT, PATCH, DELETE, OPTIONS|401 unauthenticated
/api/v1/users/register|register|POST, OPTIONS|403 registration_closed
/api/v1/users/change-password|password|POST, OPTIONS|401 unauthenticated
/api/v1/users/sessions|sessions|GET, HEAD, DELETE, OPTIONS|401 unauthenticated
'

setup_file() {
	setup_instance "allowed_origins=$ALLOWED"
	# What is broken here is told to the operator.
	expect_log '[0-9]Z [a-z]+\[[0-9]+\] error '
	add_user alice 'correct horse battery'
}

teardown_file() {
	teardown_instance
}

setup() {
	wanted=()
}

login() {
	request POST login -d username=alice --data-urlencode "$PASSWORD"
	[ "$status" = 200 ]
	access=$(json .data.accessToken) refresh=$(json .data.refreshToken)
}

refresh() {	# TOKEN
	request POST refresh-token -d "refreshToken=$1"
}

# A request whose answer must be so: the fields, a line each, then what ask
# takes.
expect() {	# STATUS CODE FIELDS METHOD PATH [CURL ARGUMENT ...]
	wanted+=("$1 $2 $4"$'\n'"$3")
	ask "${@:4}"
}

# Sends the batch and holds each answer against what must be so.
check_answers() {
	local i fields what
	send_asked
	[ "$answer_count" = "${#wanted[@]}" ]
	for ((i = 1; i <= answer_count; i++)); do
		mapfile -t fields <<<"${wanted[i - 1]}"
		# shellcheck disable=SC2086 # STATUS CODE METHOD
		set -- ${fields[0]}
		what=("${fields[@]:1}")
		[ -n "${what[0]}" ] || what=()
		answer "$i"
		expect_answer "$@" "${what[@]}" || {
			echo "in answer $i, to a $3" >&2
			return 1
		}
	done
	wanted=()
}

# The lines of several fields.
fields() {
	local IFS=$'\n'
	echo "$*"
}

@test "every endpoint answers every method, at its route and at its name" {
	while IFS='|' read -r route program allow answer; do
		[ -n "$route" ] || continue
		# shellcheck disable=SC2086
		set -- $answer
		for path in "$route" "/cgi-bin/$program.fcgi" \
		    "$route?a=/b&c"; do
			for method in GET HEAD POST PUT PATCH DELETE; do
				body=(-d '')
				[[ $method != [GH]E* ]] || body=()
				field=
				[ "$1" != 401 ] || field=$BEARER
				case $allow in
				*$method*)
					expect "$1" "$2" "$field" $method \
					    "$path" "${body[@]}"
					;;
				*)
					expect 405 method_not_allowed \
					    "Allow: $allow" $method "$path" \
					    "${body[@]}"
					;;
				esac
			done
			expect 204 ok "Allow: $allow" OPTIONS "$path"
		done
	done <<<"$ENDPOINTS"
	[ "${#wanted[@]}" = 231 ]
	check_answers
}

@test "a method that nobody knows is 501, whoever says so" {
	# The first three reach the program behind every server.
	methods=(PROPFIND LOCK REPORT PURGE BREW get Post OPTION GETS TRACE)
	for path in healthcheck users/current-user users/login \
	    users/refresh-token users/logout users/avatar users/register \
	    users/sessions; do
		for method in "${methods[@]}"; do
			ask "$method" "/api/v1/$path" -H "Origin: $ALLOWED"
		done
	done
	send_asked
	for ((i = 1; i <= answer_count; i++)); do
		answer "$i"
		method=${methods[(i - 1) % ${#methods[@]}]}
		# Apache's own: the request, come back.
		if [ "$method $SERVER" = "TRACE apache" ]; then
			[ "$status" = 200 ]
			continue
		fi
		# lighttpd answers by itself what it has never heard of.
		if [[ $SERVER != apache && $method != @(PROPFIND|LOCK|REPORT) &&
		    $headers != *application/json* ]]; then
			[ "$status" = 501 ] || unlike "501 for $method"
			continue
		fi
		expect_answer 501 method_unknown "$method" "${CORS[@]}" ||
			unlike "501 of the program for $method"
	done
}

@test "HEAD has the header of GET" {
	login
	for path in /api/v1/healthcheck /api/v1/users/current-user \
	    /cgi-bin/me.fcgi /cgi-bin/me.fcgi/more /api/v1/users/login; do
		for bearer in "$access" x.y.z ''; do
			for method in GET HEAD; do
				ask $method "$path" -H "Origin: $ALLOWED" \
				    -H "Authorization: Bearer $bearer"
			done
		done
	done
	send_asked
	seen=
	for ((i = 1; i <= answer_count; i += 2)); do
		answer "$i"
		[ -n "$body" ]
		get=$(grep -Ev '^(Date|Accept-Ranges):' <<<"$headers")
		seen+=" $status"
		answer $((i + 1))
		[ "$(grep -Ev '^(Date|Accept-Ranges):' <<<"$headers")" = \
		    "$get" ] ||
			unlike "$get"
	done
	[ "$seen" = "$(printf ' %s' 200 200 200 200 401 401 200 401 401 \
	    404 404 404 405 405 405)" ]
}

# The rows of a function thrice: without an Origin, from a page of an allowed
# one, and from a page of another that the gate does not stop.
thrice() {	# FUNCTION
	local origin with cors bearer="Authorization: Bearer $access"
	for origin in none "$ALLOWED" https://evil.example; do
		with=(-H "Origin: $origin") cors=()
		case $origin in
		none)		with=() ;;
		"$ALLOWED")	cors=("${CORS[@]}") ;;
		*)		with+=(-H 'Sec-Fetch-Site: same-origin') ;;
		esac
		"$1"
	done
}

# One such row.
say() {		# STATUS CODE [FIELD ...] -- METHOD PATH [CURL ARGUMENT ...]
	local code=("$1" "$2") own=()
	shift 2
	while [ "$1" != -- ]; do
		own+=("$1")
		shift
	done
	shift
	expect "${code[@]}" "$(fields "${own[@]}" "${cors[@]}")" "$@" \
	    "${with[@]}"
}

good_requests() {
	say 200 ok -- GET /api/v1/healthcheck
	say 200 ok -- HEAD /api/v1/healthcheck
	say 200 ok -- GET current-user -H "$bearer"
	say 200 ok 'Set-Cookie: *' -- POST login -d username=alice \
	    -d "$PASSWORD"
	say 200 ok 'Set-Cookie: *' -- POST refresh-token \
	    -d "refreshToken=$refresh"
}

bad_requests() {
	say 400 malformed_request -- POST login -H "$JSON" -d '{'
	say 400 malformed_request -- POST login -d 'username=%'
	say 400 malformed_request -- POST refresh-token -H "$JSON" -d '[]'
	say 400 missing_member -- POST login -H "$JSON" -d '{}'
	say 400 missing_member -- POST login -d username=alice
	say 400 ambiguous_credentials -- GET current-user \
	    -H 'Cookie: __Host-accessToken=a; __Host-accessToken=b'
	say 404 not_found -- GET /cgi-bin/me.fcgi/more
	say 404 not_found -- POST /cgi-bin/login.fcgi/ -d ''
	say 405 method_not_allowed 'Allow: GET, HEAD, PATCH, OPTIONS' -- \
	    DELETE current-user -H "$bearer"
	say 405 method_not_allowed 'Allow: POST, OPTIONS' -- GET login
	say 413 too_large -- POST login -H "$JSON" -d "@$BATS_TEST_TMPDIR/big"
	say 415 unsupported_media_type -- POST logout \
	    -H 'Content-Type: text/plain' -d x
	say 422 invalid_member -- POST login -d 'username=x&password=&y=1'
	say 422 invalid_member -- POST logout -H "$bearer" -d everywhere=1
	say 422 invalid_member -- POST refresh-token -H "$JSON" \
	    -d '{"refreshToken":{"$ne":null}}'
	say 501 method_unknown -- PROPFIND login
}

unauthorized() {
	# None was sent, or none that is one.
	say 401 unauthenticated "$BEARER" -- GET current-user
	say 401 unauthenticated "$BEARER" -- HEAD current-user
	say 401 unauthenticated "$BEARER" -- GET current-user \
	    -H 'Authorization: Basic YTpi'
	say 401 unauthenticated "$BEARER" -- GET current-user \
	    -H 'Authorization: Bearer'
	say 401 unauthenticated "$BEARER" -- GET current-user \
	    -H 'Cookie: __Host-refreshToken=x.y.z'
	say 401 unauthenticated "$BEARER" -- POST refresh-token -d ''
	say 401 unauthenticated "$BEARER" -- POST refresh-token -d '' \
	    -H "$bearer"
	say 401 unauthenticated "$BEARER" -- POST refresh-token -H "$JSON" \
	    -d '{"refreshToken":""}'
	say 401 unauthenticated "$BEARER" -- POST logout -d everywhere=true
	# A bad one was.
	say 401 invalid_token "$INVALID" -- GET current-user \
	    -H 'Authorization: Bearer x.y.z'
	say 401 invalid_token "$INVALID" -- HEAD current-user \
	    -H "Authorization: Bearer $refresh"
	say 401 invalid_token "$INVALID" -- GET current-user \
	    -H 'Cookie: __Host-accessToken=x'
	say 401 invalid_token "$INVALID" -- POST refresh-token \
	    -d "refreshToken=$access"
	say 401 invalid_token "$INVALID" -- POST refresh-token -d '' \
	    -H 'Cookie: __Host-refreshToken=x'
	say 401 invalid_token "$INVALID" -- POST logout -d '' \
	    -H 'Authorization: Bearer x.y.z'
	# It was good once.
	say 401 session_ended "$INVALID" -- GET current-user \
	    -H "Authorization: Bearer $ended_access"
	say 401 session_ended "$INVALID" 'Set-Cookie: *' -- \
	    POST refresh-token -d "refreshToken=$ended_refresh"
	# A wrong password is no token at all.
	say 401 invalid_credentials "$BEARER" -- POST login \
	    -d 'username=alice&password=wrong'
	say 401 invalid_credentials "$BEARER" -- POST login \
	    -d 'username=nobody&password=wrong'
}

preflights() {
	local route allow program rest methods=()
	while IFS='|' read -r route program allow rest; do
		[ -n "$route" ] || continue
		methods=()
		[ "${#cors[@]}" = 0 ] || methods=(
			"Access-Control-Allow-Methods: $allow" "$PREFLIGHT")
		say 204 ok "Allow: $allow" "${methods[@]}" -- OPTIONS "$route" \
		    -H 'Access-Control-Request-Method: POST'
	done <<<"$ENDPOINTS"
}

@test "a success has its headers, and CORS for an allowed origin only" {
	login
	thrice good_requests
	check_answers
}

@test "a failure has its headers, and CORS for an allowed origin only" {
	login
	head -c 16385 /dev/zero | tr '\0' ' ' >"$BATS_TEST_TMPDIR/big"
	thrice bad_requests
	check_answers
}

@test "another site's request has no CORS, the same from an allowed one has" {
	for route in login refresh-token logout; do
		for with in 'Sec-Fetch-Site: cross-site' 'Origin: null' \
		    'Origin: https://evil.example'; do
			expect 403 cross_site '' POST $route -d '' -H "$with"
		done
	done
	expect 400 missing_member "$(fields "${CORS[@]}")" POST login -d '' \
	    -H "Origin: $ALLOWED" -H 'Sec-Fetch-Site: cross-site'
	check_answers
}

@test "a 401 says whether a token was sent, and CORS as ever" {
	login
	ended_access=$access ended_refresh=$refresh
	request POST logout -d '' -H "Authorization: Bearer $access"
	[ "$status" = 200 ]
	login
	thrice unauthorized
	check_answers
}

@test "a token that was used before says so, and expires the cookies" {
	for origin in "$ALLOWED" https://evil.example; do
		login
		first=$refresh
		refresh "$first"
		refresh "$(json .data.refreshToken)"
		cors=()
		[ "$origin" != "$ALLOWED" ] || cors=("${CORS[@]}")
		request POST refresh-token -d "refreshToken=$first" \
		    -H "Origin: $origin" -H 'Sec-Fetch-Site: none'
		expect_answer 401 session_revoked POST "$INVALID" \
		    'Set-Cookie: *' "${cors[@]}"
	done
}

@test "a preflight has no content, and CORS for an allowed origin only" {
	thrice preflights
	[ "${#wanted[@]}" = 33 ]
	check_answers
}

@test "a logout has its headers, and CORS for an allowed origin only" {
	for origin in "$ALLOWED" https://evil.example; do
		login
		cors=()
		[ "$origin" != "$ALLOWED" ] || cors=("${CORS[@]}")
		request POST logout -d '' -H "Authorization: Bearer $access" \
		    -H "Origin: $origin" -H 'Sec-Fetch-Site: none'
		expect_answer 200 ok POST 'Set-Cookie: *' "${cors[@]}"
	done
}

# Every endpoint and method is 503, and says when to come back.
all_unavailable() {	# [FIELD ...]
	local route rest method body more
	while IFS='|' read -r route rest; do
		[ -n "$route" ] || continue
		for method in GET HEAD POST DELETE OPTIONS PROPFIND; do
			body=(-d '') more=()
			[ "$method" != HEAD ] || body=()
			[ "$method $#" != "OPTIONS 2" ] || more=(
			    'Access-Control-Allow-Methods: *' "$PREFLIGHT")
			expect 503 unavailable \
			    "$(fields "$LATER" "$@" "${more[@]}")" \
			    $method "$route" -H "Origin: $ALLOWED" "${body[@]}"
		done
	done <<<"$ENDPOINTS"
	check_answers
}

@test "without a configuration every method is 503, and nobody is allowed" {
	configure nonsense=yes
	all_unavailable
	configure nonsense
	request GET /api/v1/healthcheck
	[ "$status" = 200 ]
}

@test "without a store every method is 503, and who is allowed may read it" {
	mv "$VAR/darban.db" "$VAR/away.db"
	all_unavailable "${CORS[@]}"
	mv "$VAR/away.db" "$VAR/darban.db"
	request GET /api/v1/healthcheck
	[ "$status" = 200 ]
}
