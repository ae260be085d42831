# shellcheck shell=bash disable=SC2016
#
# Accounts and refresh tokens of an application in Express and Mongoose.
# Loaded after common.bash.

# What it signs refresh tokens with, and how.
SECRET=a-refresh-secret-of-32-bytes-or-more
HEADER='{"alg":"HS256","typ":"JWT"}'

theirs() {	# ID [EXPIRES [SECRET [HEADER]]]
	sign_token "chai:text:${3:-$SECRET}" \
	    "{\"_id\":\"$1\",\"iat\":1700000000,\"exp\":${2:-4000000000}}" \
	    "${4:-$HEADER}"
}

# An account with this refresh token, as mongoexport wrote it.
move_in() {	# ID NAME TOKEN
	printf '{"_id":{"$oid":"%s"},"username":"%s","email":"%s@x.org",' \
	    "$1" "$2" "$2" >"$BATS_TEST_TMPDIR/line"
	printf '"fullName":"%s","avatar":"","password":"%s",' "$2" \
	    "$HASH" >>"$BATS_TEST_TMPDIR/line"
	printf '"refreshToken":"%s","createdAt":{"$date":"2024-01-01T00:00:00Z"},' \
	    "$3" >>"$BATS_TEST_TMPDIR/line"
	printf '"updatedAt":{"$date":"2024-01-01T00:00:00Z"},"__v":0}\n' \
	    >>"$BATS_TEST_TMPDIR/line"
	"$DARBAN" import - <"$BATS_TEST_TMPDIR/line"
}

# bcrypt, cost 4, of "old password".
HASH='$2b$04$abcdefghijklmnopqrstuuFkqCYl1sZhFcdBXBznR1I2LdekaY3XO'

new_id() {
	od -An -N12 -tx1 /dev/urandom | tr -d ' \n'
}
