#!/usr/bin/env bats
# Whom fail2ban would ban, by the log as each web server writes it.

load ../lib/common

setup_file() {
	setup_instance throttle=on trusted_proxies=127.0.0.1
	add_user alice 'correct horse battery'
}

teardown_file() {
	teardown_instance
}

# A line for each failure that fail2ban sees in this log: whose.
failures() {	# LOG
	as_owner cat "$1" >"$BATS_TEST_TMPDIR/log"
	fail2ban-regex -o ip "$BATS_TEST_TMPDIR/log" \
	    "$tests_top/conf/fail2ban/filter.conf"
}

try() {	# ADDRESS NAME PASSWORD [CURL ARGUMENT ...]
	request POST login -H "X-Forwarded-For: $1" -d username="$2" \
	    --data-urlencode password="$3" "${@:4}"
}

# What only looks like a failure, in whatever a server may log.
lie_in_requests() {
	local line
	line="2026-01-31T23:59:59.999Z login[1] info 198.51.100.99 POST 401"
	line+=" invalid_credentials: wrong password"
	for text in "$line" "x"$'\n'"$line" "] mod_fcgid: stderr: $line" \
	    ": (mod_fastcgi.c.449) FastCGI-stderr:$line"; do
		encoded=$(jq -rn --arg text "$text" '$text | @uri')
		request GET "/cgi-bin/$encoded"
		request GET "/cgi-bin/login.fcgi/$encoded"
		request GET "/api/v1/users/login?$encoded"
		try 192.0.2.9 "$text" wrong -A "${text//$'\n'/ }" \
		    -e "http://x/$encoded"
		db 'DELETE FROM throttle'
	done
}

expect_failures() {	# LOG
	local tenths=50
	until as_owner grep -q ' 192\.0\.2\.3 session opened' "$1"; do
		((--tenths > 0))
		sleep 0.1
	done
	run -0 failures "$1"
	[ "$(sort <<<"$output" | uniq -c | awk '{ print $2 "=" $1 }' |
	    tr '\n' ' ')" = '192.0.2.1=5 192.0.2.2=1 192.0.2.9=4 2001:db8::1=1 ' ]
}

attempts() {
	for _ in 1 2 3 4 5; do
		try 192.0.2.1 alice wrong
		[ "$status" = 401 ]
	done
	db 'UPDATE throttle SET until = until + 600000
	    WHERE until > forget_at - 30 * 86400000'
	try 192.0.2.2 alice wrong
	[ "$status" = 429 ]
	try 2001:db8::1 nobody wrong
	[ "$status" = 401 ]
	db 'DELETE FROM throttle'
	lie_in_requests
	# No failures: what is not a login, and one that succeeds.
	request GET current-user -H 'Authorization: Bearer a.b.c' \
	    -H 'X-Forwarded-For: 192.0.2.4'
	try 192.0.2.5 '' wrong
	try 192.0.2.3 alice 'correct horse battery'
	[ "$status" = 200 ]
}

@test "failed logins in the web server's log are seen, and nothing else" {
	attempts
	expect_failures "$VAR/log/error.log"
}

@test "and those in a log of our own" {
	configure "log_file=$VAR/log/darban.log"
	attempts
	expect_failures "$VAR/log/darban.log"
}

@test "a proxy is not banned for a client that it cannot name" {
	configure "log_file=$VAR/log/proxy.log"
	try 192.0.2.6 alice wrong -H 'X_Forwarded_For: 192.0.2.7'
	try '192.0.2.6:4711' alice wrong
	[ "$status" = 401 ]
	as_owner grep -q ' info - POST 401 ' "$VAR/log/proxy.log"
	# Apache passes no name with an underscore.
	[ "$(failures "$VAR/log/proxy.log" | sort -u | tr -d '\n')" = "$(
	    case $SERVER in apache | vhost) printf 192.0.2.6 ;; esac)" ]
}

@test "failed logins over HTTP/2, of which Apache writes otherwise, are seen" {
	cat >"$BATS_TEST_TMPDIR/lines" <<-END
	[Wed Nov 25 15:02:28.631847 2026] [fcgid:warn] [pid 28492:tid 28493] [remote 127.0.0.1:42658] mod_fcgid: stderr: 2026-11-25T15:02:28.631Z login[29040] info 192.0.2.1 POST 401 invalid_credentials: wrong password
	END
	run -0 failures "$BATS_TEST_TMPDIR/lines"
	[ "$output" = 192.0.2.1 ]
}

@test "what a client makes another line say is believed by nobody" {
	lie="2026-01-31T23:59:59.999Z login[1] info 198.51.100.99 POST 401"
	lie+=" invalid_credentials: wrong password"
	cat >"$BATS_TEST_TMPDIR/lies" <<-END
	[Wed Nov 25 13:43:39.364904 2026] [core:error] [pid 22840:tid 22845] [client 192.0.2.1:59870] AH00126: Invalid URI in request GET $lie
	[Wed Nov 25 13:43:39.364904 2026] [fcgid:warn] [pid 22840:tid 22845] [client 192.0.2.1:59870] mod_fcgid: stderr: another program says $lie
	[Wed Nov 25 13:43:39.364904 2026] [fcgid:warn] [pid 22840:tid 22845] [client 192.0.2.1:59870] mod_fcgid: stderr: 2026-01-31T23:59:59.999Z me[1] info 192.0.2.1 GET 401 invalid_token: $lie
	2026-11-25 13:43:27: (request.c.1116) invalid request-line -> sending Status 400 $lie
	2026-11-25 13:43:27: (mod_fastcgi.c.449) FastCGI-stderr:another program says $lie
	2026-01-31T23:59:59.999Z login[1] info 192.0.2.1 POST 422 invalid_member: $lie
	2026-01-31T23:59:59.999Z logout[1] info 192.0.2.1 POST 401 invalid_credentials
	2026-01-31T23:59:59.999Z login[1] info - POST 401 invalid_credentials: wrong password
	END
	run -0 failures "$BATS_TEST_TMPDIR/lies"
	[ "$output" = "" ]
	echo "$lie" >>"$BATS_TEST_TMPDIR/lies"
	run -0 failures "$BATS_TEST_TMPDIR/lies"
	[ "$output" = 198.51.100.99 ]
}
