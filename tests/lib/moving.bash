# shellcheck shell=bash disable=SC2154
#
# What tests of moving share, after lib/cli: accounts of an earlier system, and
# stores that are this test's own.

# Of PASSWORD, with the least cost there is.
BCRYPT='$2b$04$abcdefghijklmnopqrstuuqREtd3VJD2QVZbuFskFSLk6eRIrQoOS'

# An address for `--set store=`; nothing where STORE names no database.
store_of() {	# name
	local base

	[ -n "${STORE:-}" ] || return 0
	base=${STORE##*/}
	"$top/tests/mongod/uri" "$STORE" \
	    "${base%%\?*}_${BATS_TEST_NUMBER}_$1" | tee -a "$dir/stores"
}

# An instance with the configuration NAME.conf; `init` makes darban.conf.
init_at() {	# name, argument...
	local store

	store=$(store_of "$1")
	"$darban" -c "$1.conf" init --set hash_memory=1M \
	    --set hash_passes=1 --set log=warn \
	    --set "store=${store:-sqlite:$1.db}" --set "run_dir=run-$1" \
	    --set "avatar_dir=avatars-$1" "${@:2}"
}

init() {
	init_at darban "$@"
}

teardown() {
	local store

	while read -r store; do
		"$programs/tests/mongod/do" "$store" drop
	done < <(cat "$dir/stores" 2>/dev/null)
	cd /
	rm -rf "$dir"
}

# Accounts FIRST to LAST, one a line, with PASSWORD.
accounts() {	# first, last
	awk -v first="$1" -v last="$2" -v hash="$BCRYPT" 'BEGIN {
		for (i = first; i <= last; i++) {
			name = "user-" i
			printf "{\"_id\":{\"$oid\":\"65a0%020x\"}," \
			    "\"username\":\"%s\"," \
			    "\"email\":\"%s@example.org\"," \
			    "\"fullName\":\"User %d\",\"avatar\":\"\"," \
			    "\"coverImage\":\"\",\"watchHistory\":[" \
			    "{\"$oid\":\"65a000000000000000000abc\"}]," \
			    "\"password\":\"%s\"," \
			    "\"refreshToken\":\"token-%d\"," \
			    "\"createdAt\":{\"$date\":" \
			    "\"2024-01-01T00:00:00.123Z\"}," \
			    "\"updatedAt\":{\"$date\":" \
			    "\"2024-01-02T00:00:00.000Z\"},\"__v\":3}\n",
			    i, name, name, i, hash, i
		}
	}'
}

lines() {	# count
	accounts 1 "$1"
}

line() {	# number
	accounts "$1" "$1"
}

# Like `try`, but standard error may say something, too.
try_aside() {	# status, command...
	run --separate-stderr "${@:2}"
	[ "$status" = "$1" ]
}
