#!/usr/bin/env bats
# The built programs as files.

bats_require_minimum_version 1.5.0

setup() {
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	BUILD=${BUILD:-$top/build}
	[[ $BUILD = /* ]] || BUILD=$top/$BUILD
	programs=("$BUILD"/cgi-bin/*.fcgi "$BUILD"/bin/darban{,-image})
	[ -x "${programs[0]}" ]
}

@test "every program is position independent and binds everything at start" {
	case $BUILD in
	*/sanitize) skip "a sanitizer's build cannot be hardened as well" ;;
	esac
	for program in "${programs[@]}"; do
		readelf -hW "$program" | grep -q 'Type: *DYN'
		readelf -lW "$program" | grep -q GNU_RELRO
		readelf -dW "$program" | grep -q 'FLAGS_1.*NOW.*PIE'
		readelf -lW "$program" | grep 'GNU_STACK' | grep -qv RWE
	done
}

@test "no name of ours stands in for a library's" {
	case $BUILD in
	*/sanitize) skip "the sanitizers stand in for the C library" ;;
	esac
	for program in "${programs[@]}"; do
		run -1 grep -E ' [TDB] [^@]*$' <(nm -D --defined-only "$program")
	done
}

@test "an endpoint maps only the libraries that it uses" {
	run -1 grep -E 'libsodium|libcrypt\.so' \
	    <(readelf -dW "$BUILD"/cgi-bin/{avatar,logout,refresh,sessions}.fcgi)
	run -1 grep -E 'libmongoc' <(readelf -dW "${programs[@]}")
	run -1 grep -E 'libjpeg|libpng|libwebp|liblcms|libseccomp' \
	    <(readelf -dW "$BUILD"/cgi-bin/*.fcgi "$BUILD/bin/darban")
}

# What a plain CGI program has mapped that waits for its body.
maps_of_waiting()	# DIRECTORY
{
	local pid tenths=100
	mkfifo "$1/body"
	env -i DARBAN_CONF="$1/darban.conf" REQUEST_METHOD=POST \
	    CONTENT_TYPE=application/json CONTENT_LENGTH=20 \
	    "$BUILD/cgi-bin/login.fcgi" <"$1/body" >"$1/out" 2>&1 3>&- &
	pid=$!
	exec 5>"$1/body"
	# In read(2) of its standard input.
	until [ "$(cut -d ' ' -f 1-2 "/proc/$pid/syscall")" = '0 0x0' ] ||
	    ((--tenths == 0)); do
		sleep 0.1
	done
	cat "/proc/$pid/maps"
	exec 5>&-
	wait "$pid" || :
}

@test "libmongoc is mapped where MongoDB is configured, and only there" {
	[ -e "$BUILD/lib/darban-mongo.so" ] || skip "libmongoc is not installed"
	dir=$(mktemp -d)
	"$BUILD/bin/darban" -c "$dir/darban.conf" init --set hash_memory=1M
	maps_of_waiting "$dir" >"$dir/sqlite"
	sed -i 's|^store = .*|store = mongodb://127.0.0.1:1/darban|' \
	    "$dir/darban.conf"
	rm "$dir/body"
	maps_of_waiting "$dir" >"$dir/mongodb"
	grep -q libsqlite3 "$dir/sqlite"
	run -1 grep -E "libmongoc|libbson|darban-mongo" "$dir/sqlite"
	grep -q libmongoc "$dir/mongodb"
	grep -q darban-mongo.so "$dir/mongodb"
	# Nothing of it stays in /dev/shm, whatever ends it.
	run -1 grep /dev/shm "$dir/mongodb"
	rm -rf "$dir"
}

@test "the module of MongoDB exports one name, and is linked like a program" {
	[ -e "$BUILD/lib/darban-mongo.so" ] || skip "libmongoc is not installed"
	case $BUILD in
	*/sanitize) skip "a sanitizer's build cannot be hardened as well" ;;
	esac
	module=$BUILD/lib/darban-mongo.so
	run -0 nm -D --defined-only "$module"
	[[ $output =~ ^[0-9a-f]+\ D\ darban_mongo$ ]]
	readelf -lW "$module" | grep -q GNU_RELRO
	readelf -dW "$module" | grep -q 'FLAGS_1.*NOW'
}

@test "a module that is a stranger's is not opened" {
	[ -e "$BUILD/lib/darban-mongo.so" ] || skip "libmongoc is not installed"
	[ "$(id -u)" = 0 ] || skip "only root makes a file a stranger's"
	dir=$(mktemp -d)
	mkdir "$dir/bin" "$dir/lib"
	cp "$BUILD/bin/darban" "$dir/bin"
	cp "$BUILD/lib/darban-mongo.so" "$dir/lib"
	run -0 "$dir/bin/darban" version
	[[ $output == *mongodb* ]]
	chown www-data "$dir/lib/darban-mongo.so"
	run -0 "$dir/bin/darban" version
	[[ $output != *mongodb* ]]
	rm -rf "$dir"
}

@test "without the module everything else works, and MongoDB is refused" {
	dir=$(mktemp -d)
	mkdir "$dir/bin"
	cp "$BUILD"/bin/darban* "$dir/bin"
	darban=$dir/bin/darban
	[ ! -e "$(strings "$darban" | grep -m 1 '/lib/darban/darban-mongo.so')" ] ||
	    skip "a module is installed"
	"$darban" -c "$dir/darban.conf" init --set hash_memory=1M
	run -0 "$darban" -c "$dir/darban.conf" check
	run -0 "$darban" version
	[[ $output != *mongodb* ]]
	sed -i 's|^store = .*|store = mongodb://u:hunter2@127.0.0.1:1/d|' \
	    "$dir/darban.conf"
	run -3 "$darban" -c "$dir/darban.conf" check
	[[ $output == *"there is no MongoDB engine: "*darban-mongo.so* ]]
	[[ $output != *hunter2* ]]
	rm -rf "$dir"
}

@test "the manual pages are well formed" {
	run -0 mandoc -Tlint -Wwarning "$top/man/darban.1" \
	    "$top/man/darban-image.8" \
	    "$top/man/darban.conf.5"
}

@test "SIGTERM in the middle of a body finishes the request and exits 0" {
	dir=$(mktemp -d)
	"$BUILD/bin/darban" -c "$dir/darban.conf" init --set hash_memory=1M
	body='{"username":"nobody","password":"wrong"}'
	run -0 python3 "$BATS_TEST_DIRNAME/ask.py" "$BUILD/cgi-bin/login.fcgi" \
	    DARBAN_CONF="$dir/darban.conf" REQUEST_METHOD=POST \
	    CONTENT_TYPE=application/json CONTENT_LENGTH=${#body} <<<"$body"
	rm -rf "$dir"
	[[ $output == *"Status: 401"* ]]
	[[ $output == *'"code":"invalid_credentials"'* ]]
}

@test "so does a plain CGI program" {
	dir=$(mktemp -d)
	"$BUILD/bin/darban" -c "$dir/darban.conf" init --set hash_memory=1M
	body='{"username":"nobody","password":"wrong"}'
	mkfifo "$dir/body"
	env -i DARBAN_CONF="$dir/darban.conf" REQUEST_METHOD=POST \
	    CONTENT_TYPE=application/json CONTENT_LENGTH=${#body} \
	    "$BUILD/cgi-bin/login.fcgi" <"$dir/body" >"$dir/out" 2>/dev/null &
	pid=$!
	exec 5>"$dir/body"
	printf '%s' "${body:0:20}" >&5
	sleep 0.3
	kill "$pid"
	sleep 0.1
	printf '%s' "${body:20}" >&5
	exec 5>&-
	# Once the answer is out, the signal may have its way.
	wait "$pid" || [ $? = 143 ]
	output=$(cat "$dir/out")
	rm -rf "$dir"
	[[ $output == *"Status: 401"* ]]
}

@test "a body that does not come in time is not waited for" {
	dir=$(mktemp -d)
	"$BUILD/bin/darban" -c "$dir/darban.conf" init --set hash_memory=1M \
	    --set log=error --set log_file=log
	body='{"username":"nobody","password":"wrong"}'
	set -- DARBAN_CONF="$dir/darban.conf" REQUEST_METHOD=POST \
	    CONTENT_TYPE=application/json CONTENT_LENGTH=${#body}

	# As plain CGI at the same time; both wait ten seconds and no more.
	mkfifo "$dir/body"
	env -i "$@" timeout 30 "$BUILD/cgi-bin/login.fcgi" <"$dir/body" \
	    >"$dir/out" &
	pid=$!
	exec 5>"$dir/body"
	printf '%s' "${body:0:20}" >&5
	run -0 python3 "$BATS_TEST_DIRNAME/ask.py" --stall \
	    "$BUILD/cgi-bin/login.fcgi" "$@" <<<"$body"
	[[ $output == *"Status: 503"*"Retry-After: 2"*'"code":"unavailable"'* ]]
	wait "$pid"
	exec 5>&-
	[[ $(cat "$dir/out") == *"Status: 503"*'"code":"unavailable"'* ]]
	[ "$(grep -c 'POST 503 unavailable: the body did not come in time$' \
	    "$dir/log")" = 2 ]
	rm -rf "$dir"
}

@test "no request is taken from the body of another" {
	dir=$(mktemp -d)
	"$BUILD/bin/darban" -c "$dir/darban.conf" init --set hash_memory=1M
	run -0 python3 "$BATS_TEST_DIRNAME/smuggle.py" \
	    "$BUILD/cgi-bin/login.fcgi" DARBAN_CONF="$dir/darban.conf" \
	    REQUEST_METHOD=POST CONTENT_TYPE=application/x-www-form-urlencoded
	rm -rf "$dir"
	[[ $output == *"Status: 413"* ]]
	[[ $output != *"Status: "*"Status: "* ]]
	[[ $output != *198.51.100.99* ]]
}

@test "make help says what each command does" {
	run -0 make -s -C "$top" help
	for word in 'make run' 'install what is missing' 'make test' bench; do
		[[ $output == *"$word"* ]]
	done
}
