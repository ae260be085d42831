#!/usr/bin/env bats
# The application whose accounts darban takes over, at the same collection:
# the real Mongoose and bcrypt write, darban serves and changes, Mongoose
# reads it back and finds it valid.

load ../lib/common

setup_file() {
	on_mongodb || skip "about MongoDB"
	[ -e "$tests_top/build/mongoose/installed" ] ||
	    skip "Mongoose is not installed (tests/npm tests/mongod/mongoose)"
	accounts indexes >/dev/null
	setup_instance
	accounts make bob bob@example.org 'old pass word'
}

teardown_file() {
	[ -z "${INSTANCE_PID:-}" ] || teardown_instance
}

accounts() {	# VERB [ARGUMENT ...]
	NODE_PATH=$tests_top/build/mongoose/node_modules \
	    node "$tests_top/tests/mongod/mongoose/accounts.js" "$STORE" "$@"
}

login() {	# PASSWORD
	request POST login -d username=bob --data-urlencode "password=$1"
}

@test "an account of Mongoose logs in, and is the same to both afterwards" {
	before=$(accounts show bob)
	login 'wrong pass word'
	expect_error 401 invalid_credentials
	login 'old pass word'
	expect_status 200
	[ "$(json .data.user._id)" = "$(jq -r ._id <<<"$before")" ]
	[ "$(json .data.user.createdAt)" = "$(jq -r .createdAt <<<"$before")" ]
	[ "$(json '.data.user.watchHistory | length')" = 1 ]

	# The hash is Argon2id now; nothing else is another.
	after=$(accounts show bob)
	[[ $(jq -r .password <<<"$before") == '$2b$10$'* ]]
	[[ $(jq -r .password <<<"$after") == '$argon2id$'* ]]
	strip='del(.password, .updatedAt)'
	[ "$(jq -S "$strip" <<<"$before")" = "$(jq -S "$strip" <<<"$after")" ]
	[[ $(jq -r .updatedAt <<<"$after") > $(jq -r .updatedAt <<<"$before") ]]
}

@test "what either writes is served and valid to the other" {
	login 'old pass word'
	access=$(json .data.accessToken)
	accounts rename bob 'Another Name'
	request GET current-user -H "Authorization: Bearer $access"
	expect_status 200
	[ "$(json .data.fullName)" = 'Another Name' ]

	"$DARBAN" user disable bob
	request GET current-user -H "Authorization: Bearer $access"
	[ "$status" = 401 ]
	[ "$(accounts show bob | jq -r '.nickname + " " + .fullName')" = \
	    'kept Another Name' ]
	accounts rename bob 'Third Name'
	request GET current-user -H "Authorization: Bearer $access"
	[ "$status" = 401 ]
	login 'old pass word'
	expect_error 401 invalid_credentials
	"$DARBAN" user enable bob
	login 'old pass word'
	expect_status 200
	[ "$(json .data.user.fullName)" = 'Third Name' ]
}

@test "an account of darban is one to Mongoose" {
	add_user alice 'correct horse battery'
	mongodb '{"update":"users","updates":[{"q":{"username":"alice"},
	    "u":{"$set":{"avatar":"https://example.org/a.jpg"}}}]}'
	run -0 accounts show alice
	[ "$(jq -r .fullName <<<"$output")" = Alice ]
	[ "$(jq -r '.createdAt | length' <<<"$output")" = 24 ]
	accounts rename alice 'Alice Liddell'
	request POST login -d username=alice \
	    --data-urlencode 'password=correct horse battery'
	[ "$(json .data.user.fullName)" = 'Alice Liddell' ]
}

@test "Mongoose's indexes are enough, and it takes ours for its own" {
	run -0 "$DARBAN" check
	accounts indexes | jq -e 'map(.name) | index("username_1")'
	accounts indexes |
	    jq -e '[.[] | select(.unique) | .name] | sort ==
	        ["email_1", "username_1"]'
}
