# shellcheck shell=sh
#
# The other half of tests/bench/run, where STORE is in MongoDB: in turn, the
# programs on SQLite, the programs on MongoDB and, where it is installed, the
# twin on the same server.  Then what that server gives without any program:
# where the programs are near to it, it is the server that was measured.
# Therefore also the processor's time that an answer takes, without the
# server's and the client's; and memory, after all that.

database() {	# NAME
	database=$(tests/mongod/uri "$STORE" "darban_bench_$$_$1")
	databases="$databases $database"
}

# The twin, as the user whom the programs run as.
start_twin() {
	cp -R build/twin "$tmp"
	cp tests/bench/twin/twin.js "$tmp/twin"
	chmod -R u=rwX,go=rX "$tmp/twin"
	database twin
	STORE=$database NODE_ENV=production $as \
	    node "$tmp/twin/twin.js" >"$tmp/out" 2>"$tmp/err" &
	twin=$!
	instances="$instances $twin"
	wait_until_ready
}

add_users() {
	for i in 1 2 3 4 5 6 7 8; do
		add_user "bench$i"
	done
}

# The web server of an instance, and what it has started.
processes() {
	ps -o pid= -s "$($as cat "$var/server/server.pid")"
}

# What of memory belongs to processes, in MB; ? for who is not told.
memory() {	# PID ...
	for pid; do
		sed -n 's/^Pss: *\([0-9]*\) kB/\1/p' \
		    "/proc/$pid/smaps_rollup" 2>/dev/null || echo "?"
	done | awk '/[?]/ { unknown = 1 } { kb += $1 }
	    END { print unknown ? "?" : sprintf("%.1f", kb / 1024) }'
}

# The processor's time that processes have taken, in ms.
used() {	# PID ...
	for pid; do
		sed 's/.*) //' "/proc/$pid/stat"
	done | awk -v hz="$(getconf CLK_TCK)" '{ ticks += $12 + $13 }
	    END { printf "%d\n", ticks * 1000 / hz }'
}

# One more figure of $name, of its processes $pids at $url.
measure_one() {	# WHAT PATH [TOKEN ...]
	what=$1
	shift
	# shellcheck disable=SC2086 # a list
	before=$(used $pids)
	answers=$(rate "$@")
	# shellcheck disable=SC2086
	after=$(used $pids)
	echo "$answers" >>"$tmp/$name-$what"
	awk -v ms=$((after - before)) -v n="$answers" -v s="$each" \
	    'BEGIN { printf "%.3f\n", ms / (n * s) }' >>"$tmp/$name-$what-ms"
}

measure_sessions() {
	measure_one me /api/v1/users/current-user "$(login | token accessToken)"
	set --
	for i in 1 2 3 4 5 6 7 8; do
		set -- "$@" "$(login "bench$i" | token refreshToken)"
	done
	measure_one refresh /api/v1/users/refresh-token "$@"
}

measure_logins() {
	set --
	for i in 1 2 3 4 5 6 7 8; do
		set -- "$@" "{\"username\":\"bench$i\",
		    \"password\":\"right-password\"}"
	done
	measure_one login /api/v1/users/login "$@"
}

bare() {	# NAME COMMAND
	"$BUILD/tests/mongod/do" "$store" rate "$each" "$2" >>"$tmp/bare-$1"
}

# The third is what a `me` asks.
measure_server() {
	# shellcheck disable=SC2046 # the ids of a session and of its user
	set -- $("$BUILD/tests/mongod/do" "$store" dump sessions |
	    sed -n '1s/.*"_id" : \({[^}]*}\), "user" : \({[^}]*}\).*/\1 \2/p' |
	    tr -d ' ' | sed 's/}{/} {/')
	bare ping '{"ping":1}'
	bare find "{\"find\":\"users\",\"filter\":{\"_id\":$2},\"limit\":1}"
	bare lookup "{\"aggregate\":\"users\",\"cursor\":{},\"pipeline\":[
	    {\"\$match\":{\"_id\":$2}},{\"\$lookup\":{\"from\":\"sessions\",
	    \"pipeline\":[{\"\$match\":{\"_id\":$1,\"user\":$2}}],
	    \"as\":\"session\"}}]}"
	bare write '{"update":"bare","updates":[
	    {"q":{"_id":1},"u":{"$inc":{"n":1}},"upsert":true}]}'
}

[ -x "$BUILD/tests/mongod/do" ] || {
	echo "bench: libmongoc is not installed" >&2
	exit 1
}
account=bench1
start lighttpd
sqlite="url=$url var=$var"
add_users
database darban
store=$database
start lighttpd "$store"
mongodb="url=$url var=$var"
add_users
names="sqlite mongodb"
if [ -e build/twin/installed ] && command -v node >/dev/null; then
	start_twin
	twin="url=$url pids=$twin"
	names="$names twin"
else
	echo "There is no twin: tests/npm tests/bench/twin installs it."
fi

# Its address and its processes in $url and $pids.
choose() {	# NAME
	var=
	eval "eval \"\$$1\""
	[ -z "$var" ] || pids=$(processes)
}

# Logins come last: the test server looks through all sessions for one, which
# is its own way and not MongoDB's.
for _ in 1 2 3; do
	for name in $names; do
		choose "$name"
		measure_sessions
	done
	measure_server
done
for _ in 1 2 3; do
	for name in $names; do
		choose "$name"
		measure_logins
	done
done

printf '%-16s%20s%20s%20s\n' '' me refresh login
for name in $names; do
	choose "$name"
	printf '%-16s' "$name"
	for what in me refresh login; do
		rate=$(median <"$tmp/$name-$what")
		ms=$(median <"$tmp/$name-$what-ms")
		eval "${name}_$what=$rate ${name}_${what}_ms=$ms"
		printf '%7d/s%8.2f ms' "$rate" "$ms"
	done
	# shellcheck disable=SC2086
	memory=$(memory $pids)
	eval "${name}_memory=\$memory"
	printf '%7s MB, %d processes\n' "$memory" "$(echo "$pids" | wc -w)"
done
for name in ${names#sqlite }; do
	[ "$name" != mongodb ] || name=sqlite
	printf '%-16s' "mongodb : $name"
	for what in me refresh login; do
		eval "a=\$mongodb_$what b=\$${name}_$what"
		printf '%9s' "$(ratio "$a" "$b")"
		eval "a=\$mongodb_${what}_ms b=\$${name}_${what}_ms"
		printf '%11s' "$(ratio "$a" "$b")"
	done
	eval "b=\$${name}_memory"
	case $mongodb_memory$b in
	*[?]*)	printf '%7s\n' '?' ;;
	*)	printf '%7s\n' "$(ratio "$mongodb_memory" "$b")" ;;
	esac
done
printf 'the server alone:'
for what in ping find lookup write; do
	printf ' %s %s/s' $what "$(median <"$tmp/bare-$what")"
done
echo
var=$tmp/var-mongodb url=${mongodb#url=} url=${url% *}
measure_start
