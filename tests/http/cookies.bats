#!/usr/bin/env bats
# Cookies as browsers get them for every setting, and as browsers, proxies and
# strangers send them.

load ../lib/common
load ../lib/batch

setup_file() {
	# Lives that are nobody's default, to be told apart.
	setup_instance access_ttl=7m refresh_ttl=3h session_ttl=5h \
	    refresh_grace=5m
	add_user alice 'correct horse battery'
	add_user bob 'correct horse battery'
}

teardown_file() {
	teardown_instance
}

setup() {
	# As the browser holds them, once a test has logged in.
	A=__Host-accessToken R=__Host-refreshToken
	settings=()
}

teardown() {
	[ "${#settings[@]}" = 0 ] || configure "${settings[@]%%=*}"
}

# Settings for the rest of a test.
with() {	# NAME=VALUE ...
	settings=("$@")
	configure "$@"
}

login() {	# NAME
	request POST login -d "username=$1" \
	    --data-urlencode 'password=correct horse battery'
	[ "$status" = 200 ]
}

refresh() {	# TOKEN
	request POST refresh-token -d '' -H "Cookie: $R=$1"
}

log_in_both() {
	login bob
	other=$(json .data.accessToken)
	login alice
	access=$(json .data.accessToken) refresh=$(json .data.refreshToken)
}

# What the answer sets the cookie of this name to, a line each.
set_cookies() {	# NAME
	local line
	while IFS= read -r line; do
		[[ $line != [Ss]et-[Cc]ookie:\ "$1="* ]] ||
			echo "${line#*: "$1="}"
	done <<<"$headers"
}

# It sets it once, and just so.
expect_cookie() {	# NAME VALUE MAX-AGE PATH SAME-SITE
	local want="$2; Path=$4; Max-Age=$3; HttpOnly; Secure; SameSite=$5"
	[ "$(set_cookies "$1")" = "$want" ] || unlike "$1=$want"
}

expect_expired() {	# PREFIX PATH SAME-SITE
	expect_cookie "$1accessToken" '' 0 "$2" "$3"
	expect_cookie "$1refreshToken" '' 0 "$2" "$3"
}

# The cookie lives more than LEAST and at most MOST seconds.
expect_age() {	# NAME LEAST MOST
	local age
	age=$(set_cookies "$1" | sed -n 's/.*; Max-Age=\([0-9]*\);.*/\1/p')
	[ "$age" -gt "$2" ] || unlike "more than $2 seconds" || return
	[ "$age" -le "$3" ] || unlike "at most $3 seconds"
}

# Login, refresh and logout with these settings.
check_settings() {	# PREFIX PATH SAME-SITE BODY-TOKENS
	local prefix=$1 where=("$2" "$3") access refresh tokens
	with "cookie_prefix=$1" "cookie_path=$2" "cookie_same_site=$3" \
	    "body_tokens=$4"
	login alice
	for _ in login refresh; do
		access=$(cookie "${prefix}accessToken")
		refresh=$(cookie "${prefix}refreshToken")
		[[ $access == ?*.?*.?* && $refresh == ?*.?*.?* ]]
		expect_cookie "${prefix}accessToken" "$access" 420 "${where[@]}"
		expect_cookie "${prefix}refreshToken" "$refresh" 10800 \
		    "${where[@]}"
		tokens="$access $refresh"
		[ "$4" = on ] || tokens="null null"
		[ "$(json '"\(.data.accessToken) \(.data.refreshToken)"')" = \
		    "$tokens" ]
		request POST refresh-token -d '' \
		    -H "Cookie: ${prefix}refreshToken=$refresh"
		[ "$status" = 200 ]
	done
	access=$(cookie "${prefix}accessToken")
	request POST logout -d '' -H "Cookie: ${prefix}accessToken=$access"
	[ "$status" = 200 ]
	expect_expired "$prefix" "${where[@]}"
}

@test "every setting is seen at login, refresh and logout" {
	trace_less
	for same_site in Strict Lax None; do
		check_settings __Host- / $same_site on
		check_settings __Secure- /api $same_site off
		check_settings '' /cgi-bin/ $same_site on
	done
	check_settings __Host- / Strict off
	check_settings __Secure- / Lax on
	check_settings '' / None off
}

@test "a session that is over takes its cookies along, as they were set" {
	with cookie_prefix=__Secure- cookie_path=/api cookie_same_site=Lax
	R=__Secure-refreshToken
	login alice
	first=$(cookie $R)
	refresh "$first"
	refresh "$(cookie $R)"
	refresh "$first"
	expect_error 401 session_revoked
	expect_expired __Secure- /api Lax
	refresh "$first"
	expect_error 401 session_ended
	expect_expired __Secure- /api Lax
}

@test "who is refused for another reason keeps the cookies" {
	log_in_both
	for cookies in "$A=x.y.z; $R=x.y.z" "$A=$access; $A=$access" \
	    "$A=$refresh; $R=$access"; do
		ask POST refresh-token -d '' -H "Cookie: $cookies"
		ask GET current-user -H "Cookie: $cookies"
		ask POST logout -d '' -H "Cookie: $cookies"
		ask POST login -d 'username=alice&password=wrong' \
		    -H "Cookie: $cookies"
		ask POST login -d '' -H 'Origin: null' -H "Cookie: $cookies"
	done
	send_asked
	for ((i = 1; i <= answer_count; i++)); do
		answer "$i"
		[[ $status == 40[013] ]] || unlike "400, 401 or 403"
		[ -z "$(set_cookies $A)$(set_cookies $R)" ] ||
			unlike "no cookie"
	done
	request GET current-user -H "Cookie: $A=$access"
	[ "$status" = 200 ]
}

@test "a cookie lives as long as its token has to go" {
	login alice
	refresh "$(cookie $R)"
	token=$(cookie $R)
	refresh "$token"
	first=$body

	# A repetition gets the same tokens, which have 100 seconds less to go.
	cgi --at '+100 sec' refresh.fcgi POST "HTTP_COOKIE=$R=$token" </dev/null
	expect_status 200
	[ "$body" = "$first" ]
	expect_age $A 200 320
	expect_age $R 10580 10700

	# Of the session's five hours two and a half are left, of a refresh
	# token's three as much.
	login alice
	cgi --at '+150 min' refresh.fcgi POST "HTTP_COOKIE=$R=$(cookie $R)" \
	    </dev/null
	expect_status 200
	expect_age $A 419 420
	expect_age $R 8880 9000
}

# What is answered to GET /current-user with these header fields.
row() {		# "STATUS [CODE]" FIELD ...
	local field fields=()
	for field in "${@:2}"; do
		fields+=(-H "$field")
	done
	ask_for "$1" GET current-user "${fields[@]}"
}

ABSENT="401 unauthenticated" BAD="401 invalid_token"
TWICE="400 ambiguous_credentials"

@test "other applications' cookies are nobody's business, however odd" {
	log_in_both
	for odd in x= =x = '' ';;' 'no value' novalue '"' '"a' 'a="b"' \
	    'a="b, c"' 'a=b,c' 'a=,,,' ',' ',,' 'a=b==' 'a==b' 'a=b=c' \
	    'a=eyJhbGciOi/J9+==' '$Version=1' '$Path="/"' 'a[]=b' 'a[b]=c' \
	    'a={"b":[1,2]}' 'a=%00%0d%0a' 'a=%' 'a=\' 'a b=c d' $'a=\tb' \
	    $'a=caf\xc3\xa9' $'a=\xff\xfe' $'\xff=a' $'\xc0\x80=\xed\xa0\x80' \
	    'a=undefined' 'undefined' 'undefined=undefined' 'a=<script>' \
	    "a='; DROP TABLE sessions; --" 'a=b; a=c' 'a=b; A=b' \
	    "accessToken=$other" "accessToken=a; accessToken=b" \
	    "__Secure-accessToken=$other" "refreshToken=a; refreshToken=b" \
	    "a=$A" "a=, $A" "a=$A=$other" "a=${A}x=1, ${A}x=2" \
	    "a=$(printf '%03500d' 0)"; do
		row 200 "Cookie: $odd; $A=$access"
		row 200 "Cookie: $A=$access; $odd"
		row 200 "Cookie: $odd;$A=$access;$odd"
		row "$ABSENT" "Cookie: $odd"
	done
	check_asked
}

@test "a name is ours to the last letter, or is not" {
	log_in_both
	for name in __HOST-accessToken __host-accessToken __Host-AccessToken \
	    __Host-accesstoken __HOST-ACCESSTOKEN __Host_accessToken \
	    _Host-accessToken Host-accessToken accessToken AccessToken \
	    access_token __Secure-accessToken __Host-__Host-accessToken \
	    __Secure-__Host-accessToken __Host-accessToke \
	    __Host-accessTokens __Host-accessToken2 __Host-accessToken. \
	    '__Host-accessToken[]' '__Host-accessToken[0]' \
	    '__Host- accessToken' '__Host-access Token' x__Host-accessToken \
	    '"__Host-accessToken"' "'__Host-accessToken'" \
	    '%5F_Host-accessToken' '__Host-accessToken%20' \
	    $'\xef\xbb\xbf__Host-accessToken' $'__Host-accessToken\xc2\xa0' \
	    $'__Host-\xc2\xadaccessToken' '$__Host-accessToken' $R; do
		row "$ABSENT" "Cookie: $name=$access"
		row 200 "Cookie: $name=x; $A=$access"
		row 200 "Cookie: $A=$access; $name=x"
	done
	for around in "$A=$access" " $A=$access" "$A=$access " \
	    "  $A=$access  ;" "a=b;$A=$access" "a=b;  $A=$access;" \
	    "$A =$access" "$A= $access"; do
		row 200 "Cookie: $around"
	done
	check_asked
}

@test "an empty cookie and the word undefined are none" {
	log_in_both
	for value in '' ' ' undefined ' undefined '; do
		row "$ABSENT" "Cookie: $A=$value"
		row 200 "Cookie: $A=$value" "Authorization: Bearer $access"
		row "$ABSENT" "Cookie: $A=$value; $R=$value"
	done
	row "$ABSENT" "Cookie: $A"
	row "$ABSENT" "Cookie: a=$A; $R=$refresh"
	for value in null Undefined UNDEFINED undefined. '"undefined"' 0 \
	    '""' "\"$access\"" "$access=" "$access." "Bearer $access" \
	    "$access $access" "$(printf '%3000s' | tr ' ' x)"; do
		row "$BAD" "Cookie: $A=$value"
		# A cookie speaks where there is one.
		row "$BAD" "Cookie: $A=$value" "Authorization: Bearer $access"
	done
	check_asked
}

@test "a cookie of ours twice, or joined by a comma, is ambiguous" {
	log_in_both
	for twice in "$A=$access; $A=$access" "$A=$access; $A=$other" \
	    "$A=$access;$A=$access" "$A=; $A=$access" "$A=$access; $A=" \
	    "$A=undefined; $A=$access" "$A=$access; a=b; $A=x" \
	    "$A=$access; a=b;; $A =x" "$A=$access, $A=$other" \
	    "$A=$access,$A=$access" "$A=$access, a=b" "a=b, $A=$access" \
	    "a=b,$A=$access" "a=b,  $A=$access" "a=\"b, $A=$access" \
	    "a=b, c=d, $A=$access" ", $A=$access" "$A=$access," \
	    "$A=a,b" "$A=,"; do
		row "$TWICE" "Cookie: $twice"
	done
	# Of the cookie that nobody asked for here as well.
	row "$TWICE" "Cookie: $A=$access; $R=$refresh; $R=$refresh"
	row "$TWICE" "Cookie: $A=$access; $R=$refresh, x=y"
	row "$TWICE" "Cookie: $R=a; $R=b" "Authorization: Bearer $access"
	check_asked
}

@test "two Cookie headers are as good as one where the server can join them" {
	log_in_both
	row "$TWICE" "Cookie: $A=$access" "Cookie: $A=$access"
	row "$TWICE" "Cookie: $A=$access" "Cookie: $A=$other"
	if [ "$SERVER" = apache ]; then
		# It joins them by a comma, and nobody can take them apart.
		row "$TWICE" "Cookie: $A=$access" 'Cookie: a=b'
		row "$TWICE" 'Cookie: a=b' "Cookie: $A=$access"
	else
		row 200 "Cookie: $A=$access" 'Cookie: a=b'
		row 200 'Cookie: a=b' "Cookie: $A=$access"
	fi
	row "$ABSENT" 'Cookie: a=b' 'Cookie: a=b'
	check_asked
}

@test "with another prefix the old names mean nothing" {
	log_in_both
	for prefix in __Secure- ''; do
		with "cookie_prefix=$prefix"
		new=${prefix}accessToken
		row 200 "Cookie: $new=$access"
		row "$ABSENT" "Cookie: $A=$access"
		row 200 "Cookie: $A=x; $A=y; $new=$access"
		row 200 "Cookie: $new=$access; $A=$other, $A=$other"
		row 200 "Cookie: $A=$other" "Authorization: Bearer $access"
		row "$TWICE" "Cookie: $new=$access; $A=$access; $new=$access"
		check_asked
		request POST refresh-token -d '' -H "Cookie: $R=$refresh"
		expect_error 401 unauthenticated
		# Its session is not ended by a login, either.
		request POST login -d username=alice -H "Cookie: $R=$refresh" \
		    --data-urlencode 'password=correct horse battery'
		[ "$status" = 200 ]
		[ -z "$(set_cookies $A)$(set_cookies $R)" ]
	done
	configure cookie_prefix
	row 200 "Cookie: $A=$access"
	row "$ABSENT" "Cookie: accessToken=$access"
	check_asked
}
