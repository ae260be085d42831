#!/usr/bin/env bats
# Moving in and out: darban import, export.  On the store that STORE names,
# each test in a database of its own there, else on SQLite files.

load ../lib/cli
load ../lib/moving

@test "what mongoexport writes is imported, and its users log in" {
	cat >users.json <<-END
	{"_id":{"\$oid":"65a000000000000000000001"},"username":"alice","email":"alice@example.org","fullName":"Alice","avatar":"http://x/a.jpg","coverImage":"","watchHistory":[{"\$oid":"65a000000000000000000009"}],"password":"$BCRYPT","createdAt":{"\$date":"2024-01-01T00:00:00.123Z"},"updatedAt":{"\$date":"2024-01-02T00:00:00Z"},"__v":3,"refreshToken":"a.b.c"}
	{"_id":{"\$oid":"65a000000000000000000002"},"username":"bob","email":"Bob@Example.org","fullName":"Bob","avatar":"","coverImage":"","watchHistory":[],"password":"$BCRYPT","createdAt":{"\$date":{"\$numberLong":"1704067200123"}},"updatedAt":{"\$date":{"\$numberLong":"1704153600000"}},"__v":{"\$numberInt":"0"}}
	END
	init
	try 0 "$darban" import users.json
	[ "$output" = "imported 2, there already 0, refused 0" ]
	try 0 "$darban" user show alice --json
	[ "$(jq -r '._id, .fullName, .createdAt, .hash' <<<"$output" |
	    tr '\n' ' ')" = \
	    "65a000000000000000000001 Alice 2024-01-01T00:00:00.123Z bcrypt " ]
	try 0 "$darban" user show bob --json
	[ "$(jq -r .createdAt <<<"$output")" = 2024-01-01T00:00:00.123Z ]
	expect_login alice
	expect_login Bob@Example.org
	expect_no_login Bob@Example.org "wrong horse"
}

@test "an array is imported, and objects that are laid out" {
	lines 3 >lines.json
	jq -s . lines.json >array.json
	jq -sc . lines.json >compact.json
	jq . lines.json >objects.json
	for form in lines array compact objects; do
		init_at "$form"
		try 0 "$darban" -c "$form.conf" import "$form.json"
		[ "$output" = "imported 3, there already 0, refused 0" ]
		"$darban" -c "$form.conf" export >"$form.out"
		cmp "$form.out" lines.out
	done
}

@test "each refused line is named with its reason, and the rest goes on" {
	{
		lines 3
		echo nonsense
		echo
		line 4 | jq -c '.username = "user-1"'
		line 5 | jq -c '.email = "user-2@example.org"'
		line 6 | jq -c '.password = "plain text"'
		line 7 | jq -c 'del(._id)'
		line 8 | jq -c '.email = "user-8@example.org"'
		line 9 | jq -c '.username = "user-8"'
	} >users.json
	init
	try 1 "$darban" import users.json
	[ "$output" = "imported 4, there already 0, refused 6" ]
	sort >expected <<-END
	darban: users.json:4: it is not JSON
	darban: users.json:6: username is taken by another account
	darban: users.json:7: email is taken by another account
	darban: users.json:8: password is no hash that darban knows: bcrypt or Argon2id
	darban: users.json:9: _id is missing
	darban: users.json:11: username is taken by another account
	END
	diff <(sort <<<"$stderr") expected
	"$darban" user list | grep -q user-8@example.org
}

@test "a line of more than 16 MiB is refused, one below is taken" {
	{
		line 1
		line 2 | sed 's/"coverImage":""/"coverImage":"@"/'
		line 3
	} >users.json
	long=$(head -c 17000000 /dev/zero | tr '\0' x)
	sed -i "2s/@/$(head -c 3000000 /dev/zero | tr '\0' x)/" users.json 2>/dev/null ||
	    python3 -c '
text = open("users.json").read()
open("users.json", "w").write(text.replace("@\"", "x" * 3000000 + "\"", 1))'
	printf '{"a":"%s"}\n' "$long" >>users.json
	line 4 >>users.json
	init
	try 1 "$darban" import users.json
	[ "$output" = "imported 4, there already 0, refused 1" ]
	[ "$stderr" = "darban: users.json:4: it is longer than 16 MiB" ]
}

@test "an account that is there already is skipped, and stays as it is" {
	lines 4 >users.json
	init
	head -n 2 users.json | "$darban" import -
	"$darban" user disable user-1
	try 0 "$darban" import users.json
	[ "$output" = "imported 2, there already 2, refused 0" ]
	try 0 "$darban" import users.json
	[ "$output" = "imported 0, there already 4, refused 0" ]
	[ "$("$darban" user show user-1 --json | jq .disabled)" = true ]
}

@test "members that are not kept are told with their number" {
	{
		line 1 | jq -c '.role = "admin" | .address = {"city": "X"}'
		line 2 | jq -c '.role = 7 | .fullName = 7'
		line 3
	} >users.json
	init
	try_aside 0 "$darban" import users.json
	[ "$output" = "imported 3, there already 0, refused 0" ]
	[ "$(sort <<<"$stderr")" = "$(sort <<-END
	darban: users.json: not kept: role (of 2)
	darban: users.json: not kept: address (of 1)
	darban: users.json: not kept: fullName (of 1)
	END
	)" ]
}

@test "a dry run says what would be, and writes nothing" {
	lines 3 >users.json
	init
	head -n 1 users.json | "$darban" import -
	line 2 | jq -c '._id = "65b000000000000000000002"' >>users.json
	line 5 | jq -c '.username = "user-1"' >>users.json
	line 6 | jq -c '.email = "user-1@example.org"' >>users.json
	echo nonsense >>users.json
	try 1 "$darban" import --dry-run users.json
	[ "$output" = "would import 3, there already 1, refused 3" ]
	[[ $stderr == *"users.json:5: username is taken"* ]]
	[[ $stderr == *"users.json:6: email is taken"* ]]
	[[ $stderr == *"users.json:7: it is not JSON"* ]]
	[ "$("$darban" export | wc -l)" = 1 ]
}

@test "export, import and export again give the same bytes" {
	{
		lines 250
		line 300 | jq -c 'del(.email, .fullName, .__v)'
		line 301 | jq -c '.fullName = "\u0001\u001b[31m\u202e \"\\ é 😀"'
		line 302 | jq -c '.createdAt = {"$date": {"$numberLong": "-7"}}'
		line 303 | jq -c '.__v = {"$numberLong": "9007199254740993"}'
	} >users.json
	init
	try 0 "$darban" import users.json
	"$darban" user disable user-7
	"$darban" export >first
	[ "$(wc -l <first)" = 254 ]
	[ "$(grep -c '"darban":{"epoch":1,"disabled":true}' first)" = 1 ]
	[ "$(grep -c '"refreshToken":"token-1"' first)" = 1 ]
	[ "$(grep -c $'\e' first)" = 0 ]

	init_at other
	try 0 "$darban" -c other.conf import first
	"$darban" -c other.conf export >second
	cmp first second
	DARBAN_CONF=$dir/other.conf
	expect_login user-3
	expect_no_login user-7
}

@test "what is exported is what mongoimport reads" {
	lines 1 >users.json
	init
	"$darban" import users.json
	"$darban" export | jq -e '
	    ._id == {"$oid": "65a000000000000000000001"} and
	    .watchHistory[0] == {"$oid": "65a000000000000000000abc"} and
	    .createdAt == {"$date": "2024-01-01T00:00:00.123Z"} and
	    .__v == 3 and .username == "user-1" and .avatar == "" and
	    (.password | startswith("$2b$"))'
}

@test "an export goes to no terminal unless it is forced" {
	lines 1 >users.json
	init
	"$darban" import users.json
	run on_terminal -- "$darban" export
	[ "$status" = 2 ]
	[[ $output == *"standard output is a terminal"* ]]
	[[ $output != *'$2b$'* ]]
	run on_terminal -- "$darban" export --force
	[ "$status" = 0 ]
	[[ $output == *'"password":"$2b$'* ]]
	[ "$("$darban" export | wc -l)" = 1 ]
}

@test "an export that cannot be written has failed" {
	[ -e /dev/full ] || skip "there is no /dev/full"
	lines 1 >users.json
	init
	"$darban" import users.json
	run bash -c '"$1" export >/dev/full' - "$darban"
	[ "$status" = 1 ]
}

@test "an import that is killed has lost nothing, and the next completes it" {
	lines 2500 >users.json
	init
	mkfifo pipe
	"$darban" import - <pipe >said 2>&1 &
	pid=$!
	exec 9>pipe
	head -n 2400 users.json >&9
	# It has written two batches and waits for more of the third.
	tries=600
	until [ "$("$darban" export | wc -l)" = 2000 ]; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ]
		sleep 0.1
	done
	kill -KILL "$pid"
	wait "$pid" || true
	exec 9>&-
	[ ! -s said ]

	"$darban" export >part
	[ "$(wc -l <part)" = 2000 ]
	try 0 "$darban" import users.json
	[ "$output" = "imported 500, there already 2000, refused 0" ]
	"$darban" export >all
	[ "$(wc -l <all)" = 2500 ]
	head -n 2000 all | cmp - part
}

@test "a terminal shows how far an import is, a pipe does not" {
	[ -z "${STORE:-}" ] || skip "no server answers in the time left"
	lines 3000 >users.json
	echo nonsense >>users.json
	init
	# To the command a minute passes with each look at the clock.
	run on_terminal -- "$(command -v faketime)" -f '+0 i60' \
	    "$darban" import users.json
	[ "$status" = 1 ]
	[[ $output == *"[####"*"%"* ]]
	[[ $output == *"users.json:3001: it is not JSON"* ]]
	[[ $output == *"imported 3000, there already 0, refused 1"* ]]

	head -n 3000 users.json >good.json
	try 0 faketime -f '+0 i60' "$darban" import good.json
	[ "$stderr" = "" ]
}

@test "a file that cannot be read is told" {
	init
	try 1 "$darban" import nowhere.json
	expect_complaint "nowhere.json: No such file"
	mkdir folder
	try 1 "$darban" import folder
	expect_complaint "folder: Is a directory"
	try 0 "$darban" import - </dev/null
	[ "$output" = "imported 0, there already 0, refused 0" ]
}

@test "wrong use of import and export exits with 2" {
	while read -r arguments; do
		try 2 "$darban" $arguments </dev/null
		expect_usage
	done <<-END
		import
		import one two
		import --force one
		export extra
		export --dry-run
	END
}

# Tokens of `user-1` from an instance whose configuration is NAME.conf.
tokens_of() {	# name
	DARBAN_CONF=$dir/$1.conf log_in user-1 | sed '1,/^$/d'
}

# Whether an instance refreshes what `tokens_of` has given.
refreshes() {	# name, tokens
	local token body

	token=$(jq -r .data.refreshToken <<<"$2")
	body="{\"refreshToken\":\"$token\"}"
	printf %s "$body" | env DARBAN_CONF="$dir/$1.conf" \
	    REQUEST_METHOD=POST SERVER_PROTOCOL=HTTP/1.1 \
	    CONTENT_TYPE=application/json CONTENT_LENGTH=${#body} \
	    HTTP_HOST=example.org HTTPS=on REMOTE_ADDR=192.0.2.7 \
	    "$programs/cgi-bin/refresh.fcgi" | grep -q '"success":true'
}

# Two instances with the same keys: the first on SQLite, the second on STORE.
init_two() {
	local keys

	STORE='' init_at one
	init_at two
	keys=$(grep -E '^(access_keys|refresh_keys|secret) ' one.conf)
	sed -i -E '/^(access_keys|refresh_keys|secret) /d' two.conf
	echo "$keys" >>two.conf
}

@test "a copy has every account and live session, and tokens stay good" {
	init_two
	lines 600 >users.json
	"$darban" -c one.conf import users.json
	"$darban" -c one.conf user disable user-2
	first=$(tokens_of one)
	ended=$(tokens_of one)
	list=$("$darban" -c one.conf session list user-1 --json)
	"$darban" -c one.conf session end "$(jq -r '.[0]._id' <<<"$list")"

	try 0 "$darban" copy one.conf two.conf
	[ "${lines[0]}" = \
	    "accounts: copied 600, there already 0, refused 0" ]
	[ "${lines[1]}" = \
	    "sessions: copied 1, there already 0, refused 0" ]
	[[ ${lines[2]} == next:* ]]
	cmp <("$darban" -c one.conf export) <("$darban" -c two.conf export)
	refreshes two "$first"
	run refreshes two "$ended"
	[ "$status" = 1 ]

	# And back, over what is there.
	try 0 "$darban" copy two.conf one.conf
	[ "${lines[0]}" = \
	    "accounts: copied 0, there already 600, refused 0" ]
	[ "${lines[1]}" = \
	    "sessions: copied 0, there already 1, refused 0" ]
	STORE='' init_at three
	try 0 "$darban" copy two.conf three.conf
	cmp <("$darban" -c one.conf export) <("$darban" -c three.conf export)
}

@test "a copy that was cut short is completed" {
	init_two
	lines 1200 >users.json
	"$darban" -c one.conf import users.json
	tokens=$(tokens_of one)
	head -n 700 users.json | "$darban" -c two.conf import -
	try 0 "$darban" copy one.conf two.conf
	[ "${lines[0]}" = \
	    "accounts: copied 500, there already 700, refused 0" ]
	[ "${lines[1]}" = \
	    "sessions: copied 1, there already 0, refused 0" ]
	refreshes two "$tokens"
}

@test "a copy that is killed has lost nothing, and the next completes it" {
	init_two
	lines 3000 >users.json
	"$darban" -c one.conf import users.json
	tokens_of one >/dev/null
	"$darban" copy one.conf two.conf >said &
	pid=$!
	tries=600
	until [ "$("$darban" -c two.conf export | wc -l)" -gt 0 ]; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ]
	done
	# It may have come to its end by now; then this proves less.
	kill -KILL "$pid" || true
	wait "$pid" || true
	"$darban" -c two.conf export | cmp -n 1 - users.json
	run --separate-stderr "$darban" copy one.conf two.conf
	[ "$status" = 0 ]
	cmp <("$darban" -c one.conf export) <("$darban" -c two.conf export)
	[ "$("$darban" -c two.conf session list user-1 --json | jq length)" \
	    = 1 ]
}

@test "what cannot be copied is named, and the rest is copied" {
	init_two
	lines 5 | "$darban" -c one.conf import -
	line 9 | jq -c '.username = "user-2"' | "$darban" -c two.conf import -
	line 8 | jq -c '.email = "user-4@example.org"' |
	    "$darban" -c two.conf import -
	try 1 "$darban" copy one.conf two.conf
	[ "${lines[0]}" = "accounts: copied 3, there already 0, refused 2" ]
	[[ $output != *next:* ]]
	[ "$stderr" = "$(cat <<-END
	darban: 65a000000000000000000002 (user-2): username is taken by another account
	darban: 65a000000000000000000004 (user-4): email is taken by another account
	END
	)" ]
}

@test "what was disabled or got a new password since an earlier copy is named" {
	init_two
	lines 5 | "$darban" -c one.conf import -
	"$darban" -c one.conf user disable user-5
	try 0 "$darban" copy one.conf two.conf
	"$darban" -c one.conf user disable user-2
	echo 'another good password' |
	    "$darban" -c one.conf user password user-3
	"$darban" -c one.conf user enable user-5
	tokens_of one >/dev/null	# which replaces a hash
	try 1 "$darban" copy one.conf two.conf
	[ "${lines[0]}" = "accounts: copied 0, there already 2, refused 3" ]
	[[ $output != *next:* ]]
	[ "$stderr" = "$(for i in 2 3 5; do
		echo "darban: 65a00000000000000000000$i (user-$i): is there" \
		    "already, and has another password or was disabled or" \
		    "enabled since"
	done)" ]
	# Once they are gone there they are copied.
	for i in 2 3 5; do
		"$darban" -c two.conf user remove --force "user-$i"
	done
	try 0 "$darban" copy one.conf two.conf
	cmp <("$darban" -c one.conf export | grep -v user-1) \
	    <("$darban" -c two.conf export | grep -v user-1)
}

@test "a store is not copied to itself, by whatever name" {
	init
	lines 1 | "$darban" import -
	try 1 "$darban" copy darban.conf darban.conf
	expect_complaint "the same store"
	[ -z "${STORE:-}" ] || {
		store=$(cat stores)
		try 1 "$darban" copy "$store" "${store%%\?*}?appname=x"
		expect_complaint "the same store"
		return
	}
	ln -s darban.db link.db
	for other in ./darban.db link.db "$dir/darban.db"; do
		try 1 "$darban" copy sqlite:darban.db "sqlite:$other"
		expect_complaint "the same store"
	done
}

@test "a copy to a file that is not there makes it, for its owner alone" {
	[ -z "${STORE:-}" ] || skip "it is about files"
	init
	lines 3 | "$darban" import -
	try 0 "$darban" copy darban.conf sqlite:new.db
	[ "$(stat -c %a new.db)" = 600 ]
	try 1 "$darban" copy sqlite:nowhere.db sqlite:other.db
	expect_complaint "nowhere.db"
	[ ! -e other.db ]
	try 1 "$darban" copy darban.conf sqlite:no/such/parent.db
	try 1 "$darban" copy nowhere.conf sqlite:other.db
	try 2 "$darban" copy one
	try 2 "$darban" copy one two three
}

@test "a store of a newer darban is neither copied nor copied to" {
	[ -z "${STORE:-}" ] || skip "it is about SQLite's schema"
	init
	lines 1 | "$darban" import -
	"$darban" backup newer.db
	sqlite3 newer.db 'PRAGMA user_version = 99'
	try 1 "$darban" copy sqlite:darban.db sqlite:newer.db
	[[ $stderr == *"is of a newer program"* ]]
	try 1 "$darban" copy sqlite:newer.db sqlite:darban.db
	[[ $stderr == *"is of a newer program"* ]]
}

@test "root's copy belongs to the owner of the configuration" {
	[ "$(id -u)" = 0 ] || skip "only root becomes somebody else"
	[ -z "${STORE:-}" ] || skip "it is about files"
	id www-data || skip "there is no www-data"
	chmod 755 "$dir"
	mkdir site
	chown www-data site
	"$darban" -c site/darban.conf init --owner www-data
	try 0 "$darban" copy site/darban.conf sqlite:site/new.db
	[ "$(stat -c %U site/new.db)" = www-data ]
	try 0 "$darban" -c site/darban.conf copy sqlite:site/darban.db \
	    sqlite:site/newer.db
	[ "$(stat -c %U site/newer.db)" = www-data ]
}

@test "a terminal shows how far a copy is" {
	[ -z "${STORE:-}" ] || skip "no server answers in the time left"
	init
	lines 1200 | "$darban" import -
	run on_terminal -- "$(command -v faketime)" -f '+0 i60' \
	    "$darban" copy darban.conf sqlite:new.db
	[ "$status" = 0 ]
	[[ $output == *"[####"*"%"* ]]
	try 0 "$darban" copy darban.conf sqlite:other.db
}
