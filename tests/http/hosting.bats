# What a host does with the programs: which path reaches which, what cannot be
# had at all, and how processes end.
#
# shellcheck disable=SC2154

load ../lib/common

setup_file() { setup_instance; }
teardown_file() { teardown_instance; }

processes_named()
{
	instance_processes | sed -n "s/ $1\$//p"
}

@test "a program answers at its own name" {
	request GET /cgi-bin/health.fcgi
	expect_status 200
}

@test "a program answers at its route" {
	request GET /api/v1/healthcheck
	expect_status 200
	request GET current-user
	expect_status 401
	request PATCH update-account
	[ "$status" = 401 ] || [ "$status" = 405 ]
	for route in login refresh-token logout; do
		request GET "$route"
		expect_error 405 method_not_allowed
		[ "$(header Allow)" != "" ]
	done
}

@test "a query is no part of a route" {
	request GET '/api/v1/healthcheck?a=/b&c'
	expect_status 200
	request GET 'login?a=b'
	expect_error 405 method_not_allowed
}

@test "what only begins like a route is not there" {
	for path in loginxyz login.fcgi login/ login/extra logi \
	    /api/v1/users /api/v1/users/ /api/v1/healthcheckx \
	    /api/v1/healthcheck/ /api/v2/users/login /x/api/v1/users/login; do
		request GET "$path"
		[ "$status" = 404 ] || unlike "404 for $path"
	done
}

@test "what follows a program's name is not there, says the program" {
	for path in health.fcgi/ health.fcgi/extra login.fcgi/api/v1/login; do
		request GET "/cgi-bin/$path"
		expect_error 404 not_found
	done
}

@test "each route has its program" {
	request POST register -d ''
	expect_error 403 registration_closed
	request POST change-password -d ''
	expect_error 401 unauthenticated
	for path in avatar cover-image sessions \
	    sessions/0123456789abcdef01234567; do
		request DELETE "$path"
		expect_error 401 unauthenticated
	done
}

@test "neither configuration nor programs can be downloaded" {
	expect_log 'AH01630: client denied by server configuration: '
	expect_log 'AH10244: invalid URI path'
	[ ! -d "$VAR/server/www/cgi-bin" ] ||
		as_owner cp "$VAR/darban.conf" "$VAR/server/www/cgi-bin"
	for path in /.htaccess /darban.conf /lib/darban-mongo.so /cgi-bin \
	    /cgi-bin/ \
	    /cgi-bin/.htaccess /cgi-bin/darban.conf /cgi-bin/nothing \
	    /cgi-bin/nothing.fcgi /cgi-bin/login.fcgi.bak /cgi-bin/login \
	    /cgi-bin/../.htaccess /cgi-bin/%2e%2e/.htaccess \
	    /cgi-bin/login.o /cgi-bin/../../darban.conf /var/darban.conf; do
		request GET "$path"
		case $status in
		301 | 400 | 403 | 404) ;;
		*)	unlike "301, 400, 403 or 404 for $path" ;;
		esac
	done
	for path in /cgi-bin/login.fcgi '/cgi-bin/login.fcgi?x' \
	    //cgi-bin/login.fcgi /cgi-bin//login.fcgi \
	    /cgi-bin/./login.fcgi /cgi-bin/%6cogin.fcgi; do
		request GET "$path"
		! head -c 4 "$body_file" | grep -q ELF
	done
}

@test "paths that are not ours are left alone" {
	page=$VAR/server/www/elsewhere
	as_owner mkdir "$page"
	echo "a page" | as_owner tee "$page/page.html" >/dev/null
	request GET /elsewhere/page.html
	[ "$status $body" = "200 a page" ]
}

@test "a file with a program's name that somebody uploaded is not run" {
	as_owner mkdir -p "$VAR/server/www/uploads/cgi-bin"
	for file in uploads/me.fcgi uploads/cgi-bin/me.fcgi; do
		printf '#!/bin/sh\ntouch "%s"\n' "$VAR/ran" |
		    as_owner tee "$VAR/server/www/$file" >/dev/null
		as_owner chmod 755 "$VAR/server/www/$file"
		request GET "/$file"
		[ ! -e "$VAR/ran" ]
		[[ $file == */cgi-bin/* && $status = 404 ||
		    $status = 200 && $body == '#!/bin/sh'* ]] || unlike 200
	done
}

@test "each route reaches its own program" {
	request POST login -d ''
	expect_error 400 missing_member
	request POST refresh-token -d ''
	expect_error 401 unauthenticated
	request POST logout -d ''
	expect_error 401 unauthenticated
	request GET current-user
	expect_error 401 unauthenticated
}

@test "Authorization reaches the program, at its name and at its route" {
	for path in /cgi-bin/me.fcgi current-user; do
		request GET "$path"
		expect_error 401 unauthenticated
		request GET "$path" -H 'Authorization;'
		expect_error 401 unauthenticated
		request GET "$path" -H 'Authorization: Bearer nobody'
		expect_error 401 invalid_token
		request GET "$path" -H 'authorization: bearer nobody'
		expect_error 401 invalid_token
	done
}

@test "a request cannot choose the configuration" {
	for name in DARBAN_CONF Darban-Conf REDIRECT_DARBAN_CONF; do
		request GET "/api/v1/healthcheck?$name=/dev/null" \
			-H "$name: /dev/null"
		expect_status 200
	done
}

@test "TRACE is answered by nobody's handler" {
	request TRACE login -H 'Cookie: a=b'
	case $SERVER in
	apache)	# Apache's own answer, which no .htaccess can forbid.
		[ "$status" = 200 ]
		[ "$(header Content-Type)" = message/http ]
		;;
	vhost)	[ "$status" = 405 ] ;;
	*)	expect_error 501 method_unknown ;;
	esac
}

@test "a body within the host's limit reaches the program, which refuses it" {
	head -c 65536 /dev/zero >"$BATS_TEST_TMPDIR/large"
	request POST login -H 'Content-Type: application/json' \
		--data-binary "@$BATS_TEST_TMPDIR/large"
	expect_error 413 too_large
}

@test "a body above the host's limit never reaches a program" {
	head -c 11600000 /dev/zero >"$BATS_TEST_TMPDIR/large"
	expect_log 'request-size too long: 11600000 -> 413'
	expect_log 'HTTP request length [0-9]+ .*exceeds MaxRequestLen'
	request POST login -H 'Content-Type: application/json' \
		--data-binary "@$BATS_TEST_TMPDIR/large"
	case $SERVER in
	apache | vhost)	[ "$status" = 500 ] ;;
	*)		[ "$status" = 413 ] ;;
	esac
	# lighttpd's and Apache's own pages, no envelope.
	[ "$(header Content-Type)" != "application/json; charset=utf-8" ]
}

@test "requests at the same time are all answered" {
	for _ in 1 2 3 4 5 6 7 8; do
		curl -s -m 30 -o /dev/null -w '%{http_code}\n' \
			"$URL/api/v1/healthcheck" 3>&- &
	done >"$BATS_TEST_TMPDIR/codes"
	wait
	[ "$(sort "$BATS_TEST_TMPDIR/codes" | uniq -c | tr -d ' \n')" = 8200 ]
}

@test "an idle program ends at SIGTERM with 0, and the next request is served" {
	[ "$SERVER" != cgi ] || skip "plain CGI has no idle programs"
	expect_log 'gw_backend.* child exited: 0 unix:'
	expect_log 'gw_backend.* connect .*: Connection refused'
	expect_log 'fcgid:.* Connection refused: mod_fcgid: '
	request GET /api/v1/healthcheck
	expect_status 200
	for pid in $(processes_named health.fcgi); do
		as_owner kill "$pid"
	done
	for _ in 1 2 3 4 5 6 7 8; do
		request GET /api/v1/healthcheck
		expect_status 200
	done
	wait_for_log 'child exited: 0 unix:|health\.fcgi\(.* return code: 0$'
}

@test "a second instance does not take a port or a directory that is in use" {
	run env PORT="${URL##*:}" VAR="$VAR" "$tests_top/conf/run" 3>&-
	[ "$status" = 1 ]
	[[ $output == *"$VAR is in use by another instance"* ]]

	as_owner mkdir "$VAR/other"
	run env PORT="${URL##*:}" VAR="$VAR/other" "$tests_top/conf/run" 3>&-
	[ "$status" = 1 ]
	[[ $output == *"port ${URL##*:} is taken"* ]]
}

@test "ending an instance ends every process that it started" {
	setup_instance
	for path in login current-user /api/v1/healthcheck; do
		request GET "$path"
	done
	[ "$(instance_processes | wc -l)" -gt 0 ]
	as_owner kill -0 -- "-$INSTANCE_GROUP"
	SECONDS=0
	teardown_instance
	[ "$SECONDS" -lt 8 ]
	[ "$(instance_processes)" = "" ]
	[ ! -e "$VAR/server/health-0" ]
}

@test "so it does with a program that hangs" {
	[ "$SERVER" != cgi ] || skip "plain CGI has no idle programs"
	setup_instance
	expect_log 'fcgid:info.* exit\(shutting down\),'
	request GET /api/v1/healthcheck
	for pid in $(processes_named health.fcgi); do
		as_owner kill -STOP "$pid"
	done
	teardown_instance
	[ "$(instance_processes)" = "" ]
}

@test "an instance that is killed leaves no process either" {
	setup_instance
	request GET /api/v1/healthcheck
	kill -KILL "$INSTANCE_PID"
	tenths=100
	while [ -n "$(instance_processes)" ] && [ "$((--tenths))" -gt 0 ]; do
		sleep 0.1
	done
	[ "$(instance_processes)" = "" ]
	teardown_instance
}

@test "the demonstration says what to type, and what it says works" {
	make_instance_directory
	VAR=$INSTANCE/var PORT=0 CONF='hash_memory = 1M;registration=open' \
		setpriv --pdeathsig TERM "$tests_top/conf/run" \
		</dev/null >"$INSTANCE/out" 2>&1 3>&- &
	pid=$!
	tenths=200
	until grep -q '^ready: ' "$INSTANCE/out"; do
		[ "$((--tenths))" -gt 0 ]
		sleep 0.1
	done
	grep '^  curl ' "$INSTANCE/out" >"$INSTANCE/lines"
	[ "$(wc -l <"$INSTANCE/lines")" = 4 ]
	while read -r line; do
		body=$(sh -c "$line -s")
		[ "$(json .success)" = true ] || {
			echo "$line: $body" >&2
			false
		}
	done <"$INSTANCE/lines"
	grep -q '^registration = open$' <(as_owner cat "$INSTANCE/var/darban.conf")
	[ "$(as_owner stat -c %a "$INSTANCE/var/demo-account")" = 600 ]
	kill "$pid"
	wait "$pid"
	remove_instance_directory
}

@test "a program run by hand answers as plain CGI" {
	cgi health.fcgi GET
	expect_status 200
	cgi health.fcgi GET PATH_INFO=/extra
	expect_error 404 not_found
	cgi login.fcgi POST CONTENT_TYPE=application/json <<<'{}'
	expect_error 400 missing_member
}
