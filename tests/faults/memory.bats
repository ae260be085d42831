#!/usr/bin/env bats
# The built program where memory fails: me.fcgi, as plain CGI once for each of
# its allocations, and as a FastCGI program that has another request to answer.

bats_require_minimum_version 1.5.0

# The sanitizers bring an allocator of their own, which would have to be
# loaded first.
is_sanitized() {
	case $BUILD in
	*/sanitize) return 0 ;;
	esac
	return 1
}

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.."
	BUILD=$(cd "${BUILD:-build}" && pwd)
	export BUILD
	! is_sanitized || return 0
	dir=$(mktemp -d)
	export dir DARBAN_CONF=$dir/darban.conf
	gcc -std=gnu17 -O2 -Wall -Wextra -Werror -D_GNU_SOURCE -shared -fPIC \
	    -o "$dir/no_memory.so" tests/faults/no_memory.c

	"$BUILD/bin/darban" init --set hash_memory=1M --set hash_passes=1
	make_tokens
	local how pid pids=()
	for how in good-once good-lasting forged-once forged-lasting; do
		run_each "$how" "$(cat "$dir/${how%-*}")" &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
}

teardown_file() {
	[ -z "${dir:-}" ] || rm -rf "$dir"
}

setup() {
	! is_sanitized || skip "the sanitizers' allocator has to come first"
}

log_in() {	# name
	local body="{\"username\":\"$1\",\"password\":\"correct horse\"}"

	printf 'correct horse\n' | "$BUILD/bin/darban" user add "$1" \
	    --email "$1@example.org" --full-name "$1" >&2
	printf %s "$body" | env REQUEST_METHOD=POST \
	    CONTENT_TYPE=application/json CONTENT_LENGTH=${#body} \
	    "$BUILD/cgi-bin/login.fcgi" 2>/dev/null | tail -n 1 |
	    jq -r .data.accessToken
}

# The forged one is what mallory's would be if alice's signature were good
# for it; were nothing verified, it would be served as hers.
make_tokens() {
	local good others

	good=$(log_in alice)
	others=$(log_in mallory)
	[[ $good == *.*.* && $others == *.*.* ]]
	echo "$good" >"$dir/good"
	echo "${others%.*}.${good##*.}" >"$dir/forged"
}

# Each allocation, of a request with this token; a file each in $dir/NAME.
run_each() {	# NAME TOKEN
	local lasting=()
	case $1 in
	*-lasting) lasting=(FAIL_LASTING=1) ;;
	esac

	mkdir "$dir/$1"
	env -i LD_PRELOAD="$dir/no_memory.so" FAIL_DIR="$dir/$1" \
	    "${lasting[@]}" DARBAN_CONF="$DARBAN_CONF" REQUEST_METHOD=GET \
	    HTTP_AUTHORIZATION="Bearer $2" "$BUILD/cgi-bin/me.fcgi" \
	    </dev/null 2>"$dir/$1.log"
}

# One of each different answer of these runs, by its file.
answers() {	# NAME
	(cd "$dir/$1" && sha256sum -- [0-9]*) | sort -k 2n |
	    awk -v dir="$dir/$1" '!seen[$1]++ { print dir "/" $2 }'
}

# An answer is that of the first run, in which nothing failed, or a whole
# "internal" or "unavailable", or there is none and the program says so.
expect_no_other_answer() {	# NAME
	local file line count=0

	while read -r file; do
		count=$((count + 1))
		if cmp -s "$file" "$dir/$1/0"; then
			continue
		elif [ ! -s "$file" ]; then
			continue
		fi
		grep -Eq '^Status: (500|503) ' "$file"
		tail -n 1 "$file" | jq -e '.success == false and
		    .data == null and .statusCode >= 500' >/dev/null
		run -1 grep -E 'alice|mallory' "$file"
	done < <(answers "$1")
	# Not only the first, and not each another.
	[ "$count" -ge 3 ]
	[ "$count" -le 10 ]

	while read -r line; do
		[ -s "$dir/$1/${line%% *}" ] || [[ $line != *" exit 0" ]]
	done <"$dir/$1/ends"
	[ "$(wc -l <"$dir/$1/ends")" -ge 2000 ]
}

@test "a forged token serves nobody, whichever allocation fails" {
	for how in forged-once forged-lasting; do
		grep -q '^Status: 401 ' "$dir/$how/0"
		tail -n 1 "$dir/$how/0" | jq -e '.code == "invalid_token"'
		expect_no_other_answer "$how"
	done
}

@test "a good one serves its user or fails, whichever allocation fails" {
	for how in good-once good-lasting; do
		grep -q '^Status: 200 ' "$dir/$how/0"
		tail -n 1 "$dir/$how/0" | jq -e '.data.username == "alice"'
		expect_no_other_answer "$how"
	done
}

@test "no allocation that fails is followed through a null pointer" {
	run -1 grep signal "$dir"/*/ends
}

@test "where memory fails no token stands in the log" {
	run -0 grep -c ' error ' "$dir/good-once.log"
	run -1 grep eyJ "$dir"/*.log
}

@test "with memory again the same token is served as before" {
	run -0 env REQUEST_METHOD=GET \
	    HTTP_AUTHORIZATION="Bearer $(cat "$dir/good")" \
	    "$BUILD/cgi-bin/me.fcgi" </dev/null
	[ "$output" = "$(cat "$dir/good-once/0")" ]
}

# One allocation that fails costs at most one answer, or the process, which
# the web server starts again.  Where it was the configuration that could not
# be read, the next look at it is ten seconds away: that is the 503.  libfcgi
# ends a process by an assertion where it finds no memory: that is the -6.
@test "a program that lives on has forgotten that memory once failed" {
	python3 "$BATS_TEST_DIRNAME/serve.py" "$BUILD/cgi-bin/me.fcgi" \
	    "$dir/no_memory.so" "$(cat "$dir/good")" \
	    {1..150} {151..7000..97} 2>"$dir/fastcgi.log" >"$dir/fastcgi"
	line='[0-9]+( alice)*( 500)?( 503)*( alice)*( -)* (0|1|244|-6)'
	run -1 grep -Evx "$line" "$dir/fastcgi"
	run -1 grep eyJ "$dir/fastcgi.log"
	# It was seen to go on, to have failed once, and to end before all.
	grep -q ' alice alice alice alice 0$' "$dir/fastcgi"
	grep -q ' 500 alice ' "$dir/fastcgi"
	grep -q ' - - - - 1$' "$dir/fastcgi"
}
