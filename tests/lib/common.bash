# shellcheck shell=bash disable=SC2015,SC2016
#
# What request tests share.  A file of tests begins with
#
#	load ../lib/common
#	setup_file() { setup_instance registration=open; }
#	teardown_file() { teardown_instance; }
#
# and runs alone: BUILD=build SERVER=apache bats tests/http/login.bats
#
# It has the instance's address in URL, its directory in VAR, and the command
# "$DARBAN" that administers it, as the user who owns it.

bats_require_minimum_version 1.5.0

tests_top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)

export SERVER=${SERVER:-lighttpd}
BUILD=${BUILD:-build}
[[ $BUILD == /* ]] || BUILD=$tests_top/$BUILD
export BUILD no_proxy='*'
mongodb_do=$BUILD/tests/mongod/do

# Instances -----------------------------------------------------------------

# Runs a command as the user whom the servers run as.
as_owner()
{
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid=www-data --regid=www-data --init-groups -- "$@"
	else
		"$@"
	fi
}

# A directory for an instance that its user can reach, in INSTANCE, and the
# programs where that user can run them, in BUILD.
make_instance_directory()
{
	INSTANCE=$(mktemp -d "$BATS_FILE_TMPDIR/XXXXXX")
	chmod 0755 "$BATS_RUN_TMPDIR" "${BATS_FILE_TMPDIR%/*}" \
		"$BATS_FILE_TMPDIR" "$INSTANCE"
	if ! as_owner test -x "$INSTANCE"; then
		INSTANCE=$(mktemp -d /tmp/darban-test.XXXXXX)
		chmod 0755 "$INSTANCE"
	fi
	if ! as_owner test -x "$BUILD/bin/darban"; then
		mkdir "$INSTANCE/build"
		cp -R "$BUILD/bin" "$BUILD/cgi-bin" "$INSTANCE/build"
		[ ! -e "$BUILD/lib" ] || cp -R "$BUILD/lib" "$INSTANCE/build"
		chmod -R u=rwX,go=rX "$INSTANCE/build"
		BUILD=$INSTANCE/build
	fi
	export INSTANCE BUILD
}

# Starts an instance behind $SERVER, with these settings and cheap hashes.
# Everything comes from one address: attempts are limited where a test asks.
setup_instance()	# [NAME=VALUE ...]
{
	local settings="hash_memory=1M;hash_passes=1" setting
	[[ " $*" == *" throttle="* ]] || settings+=";throttle=off"
	for setting in "$@"; do
		settings+=";$setting"
	done

	make_instance_directory
	export VAR=$INSTANCE/var
	# Whatever happens to the tests, the instance ends with them.
	CONF=$settings DEMO=off PORT=0 setpriv --pdeathsig TERM \
		"$tests_top/conf/run" \
		</dev/null >"$INSTANCE/out" 2>"$INSTANCE/err" 3>&- &
	export INSTANCE_PID=$!

	local tenths=200
	until grep -q '^ready: ' "$INSTANCE/out"; do
		if ! kill -0 "$INSTANCE_PID" 2>/dev/null ||
		    ((--tenths == 0)); then
			echo "no instance behind $SERVER:" >&2
			cat "$INSTANCE/err" >&2
			kill "$INSTANCE_PID" 2>/dev/null || :
			return 1
		fi
		sleep 0.1
	done
	URL=$(sed -n 's/^ready: //p' "$INSTANCE/out")
	INSTANCE_GROUP=$(as_owner cat "$VAR/server/server.pid")
	export URL INSTANCE_GROUP

	DARBAN=$INSTANCE/darban
	export DARBAN
	{
		echo '#!/bin/sh'
		printf 'exec'
		[ "$(id -u)" != 0 ] || printf ' %q' setpriv --reuid=www-data \
			--regid=www-data --init-groups --
		printf ' %q' "$BUILD/bin/darban" -c "$VAR/darban.conf"
		echo ' "$@"'
	} >"$DARBAN"
	chmod 0755 "$DARBAN"
}

# The processes of the instance, zombies apart: a line each, PID and name.
instance_processes()
{
	local file stat name
	for file in /proc/[0-9]*/stat; do
		{ read -r stat <"$file"; } 2>/dev/null || continue
		name=${stat#*\(}
		# After the name: the state, the parent, the group.
		# shellcheck disable=SC2086
		set -- ${stat##*) }
		[ "$3" = "$INSTANCE_GROUP" ] && [[ $1 != [ZX] ]] || continue
		echo "${stat%% *} ${name%)*}"
	done
}

# What must never be logged, by whomever: tokens, hashes, and the passwords of
# accounts.  (The access log has the URLs that tests ask for.)
secrets_in_log()
{
	local secrets=(-e 'eyJ[A-Za-z0-9_-]{8}' -e '[$](argon2|2[aby][$])'
		-e '__Host-')
	{
		instance_log
		as_owner sh -c 'cat "$1"/log/darban.log 2>/dev/null' log "$VAR"
	} >"$INSTANCE/everything"
	grep -E "${secrets[@]}" "$INSTANCE/everything" || :
	[ ! -s "$INSTANCE/secrets" ] ||
		grep -F -f "$INSTANCE/secrets" "$INSTANCE/everything" || :
}

# Ends the instance; fails where a process is left or where something was
# logged that nobody expects or should ever read.
teardown_instance()
{
	local problems=0 tenths=200 left
	kill "$INSTANCE_PID" 2>/dev/null || :
	while kill -0 "$INSTANCE_PID" 2>/dev/null; do
		if ((--tenths == 0)); then
			echo "the instance did not end" >&2
			kill -KILL "$INSTANCE_PID" || :
			problems=1
			break
		fi
		sleep 0.1
	done
	# One that was just killed may still be on its way out.
	tenths=50
	while left=$(instance_processes) && [ -n "$left" ]; do
		if ((--tenths == 0)); then
			echo "processes are left: $left" >&2
			problems=1
			break
		fi
		sleep 0.1
	done
	if [ -n "$(unexpected_lines)" ]; then
		echo "unexpected lines in the logs:" >&2
		unexpected_lines >&2
		problems=1
	fi
	if [ -n "$(secrets_in_log)" ]; then
		echo "secrets in the logs:" >&2
		secrets_in_log >&2
		problems=1
	fi
	remove_instance_directory
	return "$problems"
}

# bats removes what lies in its own directories.
remove_instance_directory()
{
	[[ $INSTANCE != /tmp/darban-test.* ]] || rm -rf "$INSTANCE"
}

# Everything that servers and programs said, and conf/run itself.
instance_log()
{
	as_owner sh -c 'cat "$1"/log/error.log* "$1"/log/stderr 2>/dev/null' \
		log "$VAR" || :
	cat "$INSTANCE/err"
}

# Lines of the logs that match this extended regular expression are expected.
expect_log()	# PATTERN
{
	printf '%s\n' "$1" >>"$INSTANCE/expected"
}

# The log has, or gets within five seconds, a line that matches.
wait_for_log()	# PATTERN
{
	local tenths=50
	until instance_log | grep -Eq -e "$1"; do
		if ((--tenths == 0)); then
			echo "nothing in the log matches $1:" >&2
			instance_log >&2
			return 1
		fi
		sleep 0.1
	done
}

# Servers say when they start and stop, programs what is level info or below.
unexpected_lines()
{
	local usual="$INSTANCE/usual"
	cat >"$usual" <<-'END'
	\(server\.c\.[0-9]+\) (server started|server stopped|\[note\] graceful)
	\[(core|mpm_event):notice\]
	\[fcgid:info\].* Process manager [0-9]+ (started|stopped)$
	\[fcgid:info\].* server .* started$
	\[fcgid:emerg\].* server is restarted, pid [0-9]+ must exit$
	\[fcgid:info\].* terminated by calling exit\(\), return code: 0$
	[0-9]Z [a-z]+\[[0-9]+\] (info|debug) 
	END
	[ ! -e "$INSTANCE/expected" ] || cat "$INSTANCE/expected" >>"$usual"
	instance_log | grep -Ev -f "$usual" || :
}

# The instance's configuration ------------------------------------------------

# The value of a setting that stands in the configuration.
conf_value()	# NAME
{
	as_owner sed -n "s/^$1 *= *//p" "$VAR/darban.conf"
}

# Changes settings of the running instance, or removes them where there is no
# VALUE: programs read them at their next request.
configure()	# NAME[=VALUE] ...
{
	local text setting
	text=$(as_owner cat "$VAR/darban.conf")
	for setting in "$@"; do
		text=$(sed "/^${setting%%=*} *=/d" <<<"$text")
		[[ $setting != *=* ]] ||
			text+=$'\n'"${setting%%=*} = ${setting#*=}"
	done
	as_owner sh -c 'umask 077; cat >"$1.new" && mv "$1.new" "$1"' \
		configure "$VAR/darban.conf" <<<"$text"
}

add_user()	# NAME PASSWORD
{
	printf '%s\n' "$2" >>"$INSTANCE/secrets"
	printf '%s\n' "$2" | "$DARBAN" user add "$1" --email "$1@example.org" \
		--full-name "${1^}" >/dev/null
}

# The store -------------------------------------------------------------------

# STORE names a database in MongoDB, else every instance has a file of its own.
on_mongodb()
{
	[[ ${STORE:-} == mongodb* ]]
}

# For tests that look into, or change, what only SQLite has.
sqlite_only()
{
	! on_mongodb || skip "about SQLite's file"
}

# Runs a command on the database in MongoDB, prints the reply.
mongodb()	# JSON
{
	"$mongodb_do" "$STORE" run "$1"
}

db()	# SQL
{
	as_owner sqlite3 -batch -cmd '.timeout 5000' "$VAR/darban.db" "$1"
}

# Everything in the store, or in these tables, as text: what was refused must
# leave it as it was.
dump_store()	# [TABLE ...]
{
	if on_mongodb; then
		"$mongodb_do" "$STORE" dump "$@"
	else
		db ".dump $*"
	fi
}

# Requests --------------------------------------------------------------------

# Sends a request, curl's own arguments with it; a PATH without a slash is a
# route under /api/v1/users/.  The answer is in $status, $headers and $body,
# byte for byte in the file $body_file.
request()	# METHOD PATH [CURL ARGUMENT ...]
{
	local method=(-X "$1") path=$2
	shift 2
	[ "${method[1]}" != HEAD ] || method=(--head)
	[[ $path == /* ]] || path=/api/v1/users/$path
	body_file=$BATS_TEST_TMPDIR/body
	: >"$body_file"
	status=$(curl -sS -m 30 --path-as-is "${method[@]}" -o "$body_file" \
		-D "$BATS_TEST_TMPDIR/headers" -w '%{http_code}' "$@" \
		"$URL$path")
	read_answer "$BATS_TEST_TMPDIR/headers"
}

# $headers and $body; only the last of several headers, which 100 begins.
read_answer()	# HEADER-FILE
{
	headers=$(tr -d '\r' <"$1" |
	    awk '/^HTTP\// { h = "" } { h = h $0 "\n" } END { print h }')
	body=$(tr -d '\0' <"$body_file")
}

# Runs a program as plain CGI in a clean environment; standard input is the
# body for POST, PUT and PATCH.  --at '+20 min' moves the program's clock.
cgi()	# [--at WHEN] PROGRAM METHOD [NAME=VALUE ...]
{
	local at=() program method in=$BATS_TEST_TMPDIR/in
	local out=$BATS_TEST_TMPDIR/out variables name
	if [ "$1" = --at ]; then
		at=(faketime "$2")
		shift 2
	fi
	program=$1 method=$2
	shift 2
	variables=(PATH=/usr/bin:/bin GATEWAY_INTERFACE=CGI/1.1
		SERVER_PROTOCOL=HTTP/1.1 SERVER_NAME=localhost SERVER_PORT=80
		HTTP_HOST=localhost REMOTE_ADDR=192.0.2.1 QUERY_STRING=
		SCRIPT_NAME="/cgi-bin/$program" REQUEST_URI="/cgi-bin/$program"
		REQUEST_METHOD="$method" DARBAN_CONF="$VAR/darban.conf")
	# faketime comes before the sanitizer among the libraries.
	variables+=("ASAN_OPTIONS=verify_asan_link_order=0:${ASAN_OPTIONS:-}"
		"UBSAN_OPTIONS=${UBSAN_OPTIONS:-}")
	: >"$in"
	case $method in
	POST | PUT | PATCH)
		cat >"$in"
		variables+=(CONTENT_LENGTH="$(stat -c %s "$in")")
		;;
	esac
	as_owner sh -c 'log=$1; shift; exec "$@" 2>>"$log"' cgi \
		"$VAR/log/stderr" env -i "${variables[@]}" "$@" \
		"${at[@]}" "$BUILD/cgi-bin/$program" <"$in" >"$out"

	body_file=$BATS_TEST_TMPDIR/body
	sed '1,/^\r\?$/d' "$out" >"$body_file"
	sed '/^\r\?$/q' "$out" >"$BATS_TEST_TMPDIR/headers"
	read_answer "$BATS_TEST_TMPDIR/headers"
	status=$(header Status)
	status=${status%% *}
	status=${status:-200}
}

# The values of a header field of the answer, a line each.
header()	# NAME
{
	awk -v name="${1,,}:" 'tolower(substr($0, 1, length(name))) == name {
		sub(/^[^:]*: */, "")
		print
	}' <<<"$headers"
}

# The value of a cookie that the answer sets, without its attributes.
cookie()	# NAME
{
	header Set-Cookie | sed -n "s/^$1=\([^;]*\).*/\1/p"
}

# jq over the body.
json()	# EXPRESSION
{
	jq -r "$1" <<<"$body"
}

# Tells what was answered, for whoever reads why a test failed.
unlike()	# WHAT-WAS-EXPECTED
{
	printf 'expected %s; the answer was %s\n%s\n%s\n' "$1" "$status" \
		"$headers" "$body" >&2
	return 1
}

# The answer has this status, and what every answer of a program has.
expect_status()	# STATUS
{
	local line
	[ "$status" = "$1" ] || unlike "status $1" || return
	while read -r line; do
		header "${line%%:*}" | grep -qxF -- "${line#*: }" ||
			unlike "$line" || return
	done <<-'END'
	Content-Type: application/json; charset=utf-8
	Cache-Control: no-store
	X-Content-Type-Options: nosniff
	Referrer-Policy: no-referrer
	Content-Security-Policy: default-src 'none'; frame-ancestors 'none'
	END
	header Vary | grep -qw Origin || unlike "Vary: Origin" || return
	jq -e --argjson status "$1" '.statusCode == $status and
	    .success == ($status < 400) and (.message | type) == "string"' \
	    <<<"$body" >/dev/null || unlike "an envelope for $1"
}

# The same, a failure with this code.
expect_error()	# STATUS CODE
{
	expect_status "$1" || return
	jq -e --arg code "$2" '.code == $code and .data == null and
	    (.errors | type) == "array"' <<<"$body" >/dev/null ||
	    unlike "code $2"
}

# Tokens ----------------------------------------------------------------------

base64url()
{
	openssl base64 -A | tr '+/' '-_' | tr -d '='
}

# The key that signs, as the configuration has it: KID:base64:… or KID:text:…
signing_key()	# access | refresh
{
	conf_value "$1_keys" | cut -d ' ' -f 1
}

# The bytes of a key in hexadecimal digits.
key_hex()	# KEY
{
	local value=${1#*:*:}
	case $1 in
	*:base64:*)
		value=$(tr -- '-_' '+/' <<<"$value" | tr -d '=')
		while ((${#value} % 4)); do
			value+="="
		done
		openssl base64 -d -A <<<"$value"
		;;
	*)
		printf '%s' "$value"
		;;
	esac | od -An -v -tx1 | tr -d ' \n'
}

# A JWT that is well signed with this key, whatever is in it.
sign_token()	# KEY PAYLOAD [HEADER]
{
	local text
	text=${3:-"{\"alg\":\"HS256\",\"kid\":\"${1%%:*}\",\"typ\":\"JWT\"}"}
	text=$(printf '%s' "$text" | base64url).$(printf '%s' "$2" | base64url)
	printf '%s.%s\n' "$text" "$(printf '%s' "$text" | openssl dgst -sha256 \
		-mac HMAC -macopt "hexkey:$(key_hex "$1")" -binary | base64url)"
}

# The payload of a token.
token_payload()	# TOKEN
{
	local value=${1#*.}
	value=$(tr -- '-_' '+/' <<<"${value%%.*}")
	while ((${#value} % 4)); do
		value+="="
	done
	openssl base64 -d -A <<<"$value"
}
