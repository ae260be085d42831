#!/usr/bin/env bats
# How often a password may be tried.  Clients tell the web server, whom these
# instances trust as a proxy, which address they have.

load ../lib/common

setup_file() {
	setup_instance throttle=on trusted_proxies=127.0.0.1
	add_user alice 'correct horse battery'
}

teardown_file() {
	teardown_instance
}

setup() {
	if on_mongodb; then
		mongodb '{"delete":"throttle","deletes":[{"q":{},"limit":0}]}'
	else
		db 'DELETE FROM throttle'
	fi
}

# Changes every key in MongoDB that the filter meets.
change_keys() {	# FILTER UPDATE
	mongodb "{\"update\":\"throttle\",\"updates\":[{\"multi\":true,
	    \"q\":$1,\"u\":$2}]}" >/dev/null
}

login() {	# NAME PASSWORD ADDRESS [CURL ARGUMENT ...]
	request POST login -d username="$1" --data-urlencode password="$2" \
	    -H "X-Forwarded-For: $3" "${@:4}"
}

# Nothing here waits, or minds that a machine takes its time: what the last
# attempt closed stays closed for ten minutes.
hold() {
	if on_mongodb; then
		change_keys '{"$expr":{"$gt":["$until",
		    {"$subtract":["$forgetAt",2592000000]}]}}' \
		    '[{"$set":{"until":{"$add":["$until",600000]}}}]'
		return
	fi
	db 'UPDATE throttle SET until = until + 600000
	    WHERE until > forget_at - 30 * 86400000'
}

hold_net() {
	if on_mongodb; then
		change_keys '{"tat":{"$gt":{"$date":{"$numberLong":"0"}}}}' \
		    '[{"$set":{"tat":{"$add":["$tat",600000]}}}]'
		return
	fi
	db 'UPDATE throttle SET tat = tat + 600000 WHERE tat > 0'
}

fail_often() {	# NAME COUNT ADDRESS
	local i
	for ((i = 0; i < $2; i++)); do
		login "$1" wrong "$3"
		[ "$status" = 401 ]
	done
}

close() {	# NAME ADDRESS
	fail_often "$1" 5 "$2"
	hold
}

@test "five wrong passwords are free, the next attempt has to wait" {
	fail_often alice 4 192.0.2.1
	login alice wrong 192.0.2.1
	expect_error 401 invalid_credentials
	hold
	login alice 'correct horse battery' 198.51.100.1
	expect_error 429 too_many_attempts
	[[ $(header Retry-After) =~ ^(59[0-9]|60[01])$ ]]
	[ -z "$(header Set-Cookie)" ]
	[ -z "$(header WWW-Authenticate)" ]
	[ "$(json .message)" = "Too many attempts; try again later" ]
	# Over, not waited for.
	if on_mongodb; then
		change_keys '{}' \
		    '{"$set":{"until":{"$date":{"$numberLong":"0"}}}}'
	else
		db 'UPDATE throttle SET until = 0'
	fi
	login alice wrong 198.51.100.1
	expect_error 401 invalid_credentials
	hold
	login alice wrong 203.0.113.1
	expect_error 429 too_many_attempts
}

@test "an unknown name is answered attempt by attempt like a known one" {
	for name in alice nobody; do
		for i in 1 2 3 4 5 6 7 8; do
			login "$name" wrong "192.0.$i.1"
			echo "$status $body"
			grep -viE '^(date|retry-after|server):' <<<"$headers"
			[ $i != 5 ] || hold
		done >"$BATS_TEST_TMPDIR/$name"
	done
	[ "$(grep -c '^429' "$BATS_TEST_TMPDIR/alice")" = 3 ]
	cmp "$BATS_TEST_TMPDIR/alice" "$BATS_TEST_TMPDIR/nobody"
}

@test "of 200 wrong passwords at once five are looked at" {
	for ((i = 0; i < 200; i++)); do
		printf 'url = "%s/api/v1/users/login"\noutput = /dev/null\n' \
		    "$URL"
		printf 'data = "username=alice&password=wrong"\n'
		printf 'header = "X-Forwarded-For: 10.0.%d.1"\n' "$i"
		printf 'write-out = "%%{http_code}\\n"\n'
		[ $i = 199 ] || echo next
	done >"$BATS_TEST_TMPDIR/curl"
	curl -sS --no-progress-meter -m 60 --parallel --parallel-max 16 \
	    -K "$BATS_TEST_TMPDIR/curl" |
	    sort | uniq -c >"$BATS_TEST_TMPDIR/answers"
	cat "$BATS_TEST_TMPDIR/answers"
	# While that lasted the next one may have been due: after 1 s, 3, 7 ...
	looked_at=$(awk '$2 == 401 { print $1 }' "$BATS_TEST_TMPDIR/answers")
	[ "$looked_at" -ge 5 ]
	[ "$looked_at" -le 10 ]
	[ "$(awk '{ n += $1 } END { print n }' \
	    "$BATS_TEST_TMPDIR/answers")" = 200 ]
	[ "$(awk '$2 != 401 && $2 != 429' "$BATS_TEST_TMPDIR/answers")" = "" ]
}

@test "a net has twenty attempts, whatever the names" {
	for i in {1..20}; do
		login "nobody$i" wrong "192.0.2.$i"
		expect_error 401 invalid_credentials
	done
	hold_net
	login alice 'correct horse battery' 192.0.2.200
	expect_error 429 too_many_attempts
	[ "$(header Retry-After)" -gt 20 ]
	login alice 'correct horse battery' 192.0.3.1
	expect_status 200
}

@test "who is not a trusted proxy's client has the address it has" {
	configure trusted_proxies
	for i in {1..20}; do
		login "nobody$i" wrong "192.0.$i.1"
		[ "$status" = 401 ]
	done
	hold_net
	login nobody21 wrong 192.0.21.1
	configure trusted_proxies=127.0.0.1
	expect_error 429 too_many_attempts
}

@test "a success forgives" {
	fail_often alice 4 192.0.2.1
	login alice 'correct horse battery' 192.0.2.1
	expect_status 200
	fail_often alice 4 192.0.2.1
	login alice 'correct horse battery' 192.0.2.1
	expect_status 200
}

@test "the owner's device gets in whatever strangers do" {
	login alice 'correct horse battery' 192.0.2.1
	expect_status 200
	device=$(cookie __Host-device)
	[ "${#device}" = 86 ]
	header Set-Cookie | grep '^__Host-device=' | grep '; HttpOnly' |
	    grep '; Secure' | grep '; Path=/;' | grep '; SameSite=Strict' |
	    grep -q '; Max-Age=31536000;'

	close alice 203.0.113.1
	login alice 'correct horse battery' 198.51.100.1
	expect_error 429 too_many_attempts
	login alice 'correct horse battery' 198.51.100.1 \
	    -b "__Host-device=${device}x"
	expect_error 429 too_many_attempts
	login alice 'correct horse battery' 203.0.113.1 \
	    -b "__Host-device=$device"
	expect_status 200
}

@test "a refresh trusts the device too, a logout leaves it trusted" {
	login alice 'correct horse battery' 192.0.2.1
	device=$(cookie __Host-device)
	refresh=$(json .data.refreshToken)
	request POST refresh-token -d "refreshToken=$refresh"
	expect_status 200
	[ "${#device}" = 86 ]
	renewed=$(cookie __Host-device)
	[ "${#renewed}" = 86 ]
	request POST logout -d "refreshToken=$(json .data.refreshToken)"
	expect_status 200
	[ "$(header Set-Cookie | grep -c 'Max-Age=0')" = 2 ]
	[ "$(header Set-Cookie | grep -c device)" = 0 ]

	close alice 203.0.113.1
	for proof in "$device" "$renewed"; do
		login alice 'correct horse battery' 203.0.113.1 \
		    -b "__Host-device=$proof"
		expect_status 200
	done
}

@test "a new password makes a stranger of every device" {
	add_user bob 'correct horse battery'
	login bob 'correct horse battery' 192.0.2.1
	device=$(cookie __Host-device)
	echo 'another password' | "$DARBAN" user password bob
	close bob 203.0.113.1
	login bob 'another password' 198.51.100.1 -b "__Host-device=$device"
	expect_error 429 too_many_attempts
}

@test "two device cookies are ambiguous" {
	request GET current-user -b '__Host-device=a; __Host-device=b'
	expect_error 400 ambiguous_credentials
}

@test "an administrator lets a name in again" {
	close alice 192.0.2.1
	login alice 'correct horse battery' 198.51.100.1
	expect_error 429 too_many_attempts
	"$DARBAN" user unlock alice
	login alice 'correct horse battery' 198.51.100.1
	expect_status 200
}

@test "the log has the client's address, and one line an attempt" {
	close alice 192.0.2.77
	login alice wrong 192.0.2.77
	login nobody wrong 192.0.2.78
	wait_for_log ' info 192\.0\.2\.78 POST 401 invalid_credentials: unknown name$'
	[ "$(instance_log | grep -c ' 192\.0\.2\.77 POST 401 invalid_credentials: wrong password user=[0-9a-f]*$')" = 5 ]
	[ "$(instance_log | grep -c ' 192\.0\.2\.77 POST 429 too_many_attempts: too soon for its name user=[0-9a-f]*$')" = 1 ]
	[ "$(instance_log | grep -c ' 192\.0\.2\.77 ')" = 6 ]
}

@test "names and addresses are not in the store" {
	fail_often carlos 1 192.0.2.77
	# Three keys of 32 bytes, which are 44 characters in base64.
	if on_mongodb; then
		[ "$(dump_store throttle |
		    grep -cE '"_id" :.*"base64" *: *"[^"]{44}"')" = 3 ]
	else
		[ "$(db 'SELECT count(*), min(length(key))
		    FROM throttle')" = '3|32' ]
	fi
	run ! grep -E 'carlos|192\.0\.2' <<<"$(dump_store throttle)"
}

@test "a store that is away is no reason to blame the proxy" {
	sqlite_only
	expect_log ' (me|login)\[[0-9]+\] error '
	mv "$VAR/darban.db" "$VAR/away.db"
	request GET current-user -H 'X-Forwarded-For: 192.0.2.79'
	mv "$VAR/away.db" "$VAR/darban.db"
	expect_error 503 unavailable
	wait_for_log ' error 192\.0\.2\.79 GET 503 unavailable'
}
