#!/usr/bin/env bats
# darban(1), as its user sees it.  No web server: the one endpoint that is
# needed, for sessions, runs as a plain CGI program.

load ../lib/cli

# As the help lists them.
commands() {
	"$darban" --help | sed -n 's/^    \([a-z ]*[a-z]\)  .*/\1/p'
}

@test "help is there for everything, and for each command" {
	try 0 "$darban" --help
	for command in init check 'user add' 'user list' 'user show' \
	    'user disable' 'user enable' 'user remove' 'user password' \
	    'session list' 'session end' 'key list' 'key add' \
	    'key promote' 'key retire' import export copy backup \
	    version; do
		[[ $output == *"    $command "* ]]
	done
	commands | while read -r command; do
		try 0 "$darban" $command --help
		[[ $output == "usage: darban [-c FILE] $command"* ]]
	done
	try 0 "$darban" user --help
	[[ $output == *"user add"* && $output != *backup* ]]
}

@test "every command is in the man page, which has no errors" {
	# Whether the pages that these mention are installed is no matter.
	try 0 mandoc -Tlint -Wwarning "$man/darban.1" "$man/darban.conf.5"
	[ "$output" = "" ]
	mandoc -Tascii "$man/darban.1" | sed 's/.\x08//g' >page
	commands | while read -r command; do
		grep -q "^     $command" page
	done
}

@test "every setting is in darban.conf(5)" {
	sed -n 's/^#\{0,1\}\([a-z_]*\) =.*/\1/p' "$conf/darban.conf" >names
	[ "$(wc -l <names)" -gt 30 ]
	while read -r name; do
		grep -qE "^\.It Cm ([a-z_]+ , )?$name( |\$)" \
		    "$man/darban.conf.5"
	done <names
}

@test "wrong use is told with the usage, and exits with 2" {
	while read -r arguments; do
		try 2 "$darban" $arguments </dev/null
		[ "$output" = "" ]
		expect_usage
	done <<-END

		-c
		-x version
		--verbose version
		mistake
		user
		user mistake
		user list --mistake
		user list -x
		user list extra
		user list --force
		user add
		user add alice
		user add alice --email
		user show
		user show alice bob
		user remove alice
		session end
		session end 0123
		session end 0123456789abcdef0123456z
		session end --user alice --all
		session end 0123456789abcdef01234567 --all
		backup
		init extra
		init --set
		init --set registration
		init --set =open
		init --set Registration=open
	END
}

@test "init makes a configuration, a database and two directories" {
	try 0 init
	[ "$output" = "$DARBAN_CONF made" ]
	[ "$(ls | tr '\n' ' ')" = "avatars darban.conf darban.db run " ]
	[ "$(stat -c %a darban.conf darban.db run avatars | tr '\n' ' ')" = \
	    "600 600 700 755 " ]
	try 0 "$darban" check
}

@test "init gives each instance keys of its own" {
	init
	"$darban" -c other.conf init --set store=sqlite:other.db
	keys=$(grep -ohE 'base64:[A-Za-z0-9_-]+' darban.conf other.conf)
	[ "$(wc -l <<<"$keys")" = 6 ]
	[ "$(sort -u <<<"$keys" | wc -l)" = 6 ]
	# 48 bytes each.
	[ "$(awk '{ print length($0) }' <<<"$keys" | sort -u)" = 71 ]
}

@test "init refuses to overwrite" {
	init
	before=$(sha256sum darban.conf)
	try 1 init
	expect_complaint "is there already"
	[ "$(sha256sum darban.conf)" = "$before" ]

	rm darban.conf
	ln -s nowhere darban.conf
	try 1 init
	[ ! -e nowhere ]
}

@test "init keeps a database that is there already" {
	init
	add alice
	rm darban.conf
	try 0 init
	try 0 "$darban" user show alice

	rm darban.conf
	try 1 init --set avatar_dir=no/such/parent
	[ -e darban.db ]
}

@test "of many init at once one makes the configuration" {
	for i in 1 2 3 4 5 6 7 8; do
		{ init >"out.$i" 2>/dev/null && echo made; } &
	done >won
	wait
	[ "$(cat won)" = made ]
	rm out.* won
	[ "$(ls | tr '\n' ' ')" = "avatars darban.conf darban.db run " ]
	try 0 "$darban" check
}

@test "init --set replaces what it writes, or is added to it" {
	try 0 init --set registration=closed --set registration=open \
	    --set store=sqlite:other.db --set access_ttl=5m \
	    --set 'allowed_origins=https://a.example https://b.example' \
	    --set log_file=
	grep -qx 'registration = open' darban.conf
	grep -qx 'store = sqlite:other.db' darban.conf
	grep -qx 'access_ttl = 5m' darban.conf
	grep -qx 'allowed_origins = https://a.example https://b.example' \
	    darban.conf
	[ "$(grep -c registration darban.conf)" = 1 ]
	[ -e other.db ]
	[ ! -e darban.db ]
}

@test "a failed init names the setting, and leaves nothing behind" {
	while read -r setting; do
		try 1 init --set access_ttl=5m --set "$setting"
		expect_complaint "${setting%%=*}"
		[ "$output" = "" ]
		[ "$(ls -A)" = "" ]
	done <<-END
		colour=blue
		access_ttl=banana
		secret=short
		refresh_grace=5m
		hash_memory=1T
		store=sqlite:no/such/parent/darban.db
		store=mongodb://127.0.0.1:1/darban
		run_dir=no/such/parent
		avatar_dir=no/such/parent
		run_dir=/dev/null
	END
	try 1 "$darban" -c no/such/parent/darban.conf init
}

@test "a value that would bring a second setting along is refused" {
	try 2 init --set "issuer=a
registration = open"
	[ "$(ls -A)" = "" ]
}

@test "init takes an owner and a group that there are" {
	try 1 init --owner no-such-user
	expect_complaint "no such user"
	try 1 init --group no-such-group
	expect_complaint "no such group"
	[ "$(ls -A)" = "" ]

	try 0 init --owner "$(id -un)" --group "$(id -gn)"
	[ "$(stat -c '%a %U %G' darban.conf)" = "640 $(id -un) $(id -gn)" ]
	try 0 "$darban" check
}

@test "only root makes a configuration for somebody else" {
	[ "$(id -u)" != 0 ] || skip "this is root"
	try 1 init --owner root
	expect_complaint "only root"
	[ "$(ls -A)" = "" ]
}

@test "as root, the database belongs to the owner of the configuration" {
	[ "$(id -u)" = 0 ] || skip "this is not root"
	chown nobody "$dir"
	try 0 init --owner nobody
	add alice
	"$darban" user disable alice
	try 0 "$darban" backup "$dir/copy.db"
	for file in darban.conf darban.db run avatars copy.db; do
		[ "$(stat -c %U "$file")" = nobody ]
	done
	[ "$(find . ! -user nobody)" = "" ]

	# A file that root alone may read is not for the owner's commands.
	install -m 600 darban.conf root.conf
	chown nobody root.conf
	chown root darban.db
	try 1 "$darban" -c root.conf user list
}

# Who owns a directory puts a file of root's and one of its own there by turns.
@test "as root, what is read as root is a file of root's" {
	[ "$(id -u)" = 0 ] || skip "this is not root"
	chmod 755 "$dir"
	mkdir site
	"$darban" -c site/own init --set log=info --set "log_file=$dir/log"
	chown -R nobody site
	touch roots
	setpriv --reuid=nobody --regid=nogroup --clear-groups \
	    /usr/bin/python3 -c '
import itertools, os
os.chdir("site")
for target in itertools.cycle(["../roots", "own"]):
	os.symlink(target, "new")
	os.rename("new", "darban.conf")
	if not os.path.exists("../roots"):
		break' 3>&- &
	flipper=$!
	for i in {1..300}; do
		"$darban" -c site/darban.conf session end --all || :
		[ ! -e log ] || break
	done >said 2>&1
	rm roots
	wait "$flipper"
	# Only root could have made it here.
	[ ! -e log ]
}

@test "as root, init makes nothing where the owner may not" {
	[ "$(id -u)" = 0 ] || skip "this is not root"
	chmod 755 "$dir"
	try 1 init --owner nobody
	expect_complaint "Permission denied"
	[ "$(ls -A)" = "" ]
}

@test "the configuration comes from -c, else from the environment" {
	init
	add alice
	unset DARBAN_CONF
	try 0 "$darban" -c darban.conf user show alice
	export DARBAN_CONF=nowhere.conf
	try 0 "$darban" -c "$dir/darban.conf" user show alice
	try 1 "$darban" user show alice
	expect_complaint nowhere.conf
}

@test "check says nothing is wrong" {
	init
	try 0 "$darban" check
	[[ $output == *SQLite* ]]
	try 0 "$darban" check --json
	[ "$(jq -c '[.findings, .notes]' <<<"$output")" = "[[],[]]" ]
	[ "$(jq -r .configuration <<<"$output")" = "$DARBAN_CONF" ]
	[[ $(jq -r .store <<<"$output") == *SQLite* ]]
}

@test "check prints every error of a broken configuration" {
	init
	echo 'colour = blue' >>darban.conf
	echo 'access_ttl = banana' >>darban.conf
	chmod 644 darban.conf
	last=$(wc -l <darban.conf)
	try 3 "$darban" check
	[[ $output == *"darban.conf:$((last - 1)): "* ]]
	[[ $output == *"darban.conf:$last: access_ttl"* ]]
	[[ $output == *"chmod 600"* ]]
	[ "$stderr" = "" ]

	try 3 "$darban" check --json
	[ "$(jq '.findings | length' <<<"$output")" = 3 ]
	try 1 "$darban" user list
	expect_complaint "darban.conf:$last: access_ttl"
}

@test "check finds a configuration that is not there" {
	try 3 "$darban" check
	[[ $output == *"$DARBAN_CONF: "* ]]
}

@test "check never prints a key" {
	init
	sed -i 's/^secret = /secrets = /' darban.conf
	try 3 "$darban" check
	for key in $(grep -oE 'base64:.*' darban.conf); do
		[[ $output$stderr != *"${key#base64:}"* ]]
	done
}

@test "check finds a store that cannot be opened" {
	init
	mv darban.db away.db
	try 3 "$darban" check
	[[ $output == *"store: not available"* ]]
	[ ! -e darban.db ]

	head -c 8192 /dev/urandom >darban.db
	try 3 "$darban" check
	try 3 "$darban" check --json
	[ "$(jq '.findings | length > 0' <<<"$output")" = true ]

	sed -i 's|^store = .*|store = mongodb://127.0.0.1:1/darban|' darban.conf
	try 3 "$darban" check
	[[ $output == *"store: "* ]]
}

@test "check finds a host on which no picture can be decoded" {
	init
	# The command alone, with nothing beside it.
	cp "$darban" darban
	[ ! -e /usr/local/libexec/darban/darban-image ] ||
	    skip "there is a darban-image where it is installed"
	try 3 ./darban check
	[[ $output == *"darban-image does not start: No such file"* ]]
	[[ $output == *"pictures: not available"* ]]
	cp "${darban%/*}/darban-image" darban-image
	try 0 ./darban check
}

@test "check finds directories that are missing or none" {
	init
	rmdir run avatars
	: >avatars
	try 3 "$darban" check
	[[ $output == *"$dir/run: No such file or directory"* ]]
	[[ $output == *"$dir/avatars: not a directory"* ]]
}

@test "check finds directories that cannot be written" {
	if [ "$(id -u)" = 0 ]; then
		chown nobody "$dir"
		init --owner nobody
	else
		init
	fi
	chmod 500 run
	try 3 "$darban" check
	[[ $output == *"$dir/run: cannot be written"* ]]
	chmod 700 run
}

@test "check notes origins from which browsers send no cookies" {
	init --set allowed_origins=https://app.example
	try 0 "$darban" check
	[[ $output == *"note: "*cookie_same_site* ]]
	try 0 "$darban" check --json
	[ "$(jq '.notes | length' <<<"$output")" = 1 ]
	"$darban" -c none.conf init --set cookie_same_site=None \
	    --set allowed_origins=https://app.example
	try 0 "$darban" -c none.conf check
	[[ $output != *"note: "* ]]
}

@test "an account is made, shown and listed" {
	init
	try 0 add Alice --full-name 'Alice Example'
	[[ $output =~ ^alice\ added:\ [0-9a-f]{24}$ ]]
	id=${output##* }

	for name in alice ALICE alice@example.org Alice@Example.org "$id" \
	    "${id^^}"; do
		try 0 "$darban" user show "$name"
		[ "${lines[0]}" = "id         $id" ]
	done
	try 0 "$darban" user show alice --json
	[ "$(jq -r 'keys_unsorted | join(" ")' <<<"$output")" = "_id username \
email fullName createdAt updatedAt disabled hash sessions failures \
lockedUntil delayedUntil" ]
	[ "$(jq -c '[.username, .email, .fullName, .disabled, .hash,
	    .sessions, .failures, .lockedUntil, .delayedUntil]' \
	    <<<"$output")" = '["alice","alice@example.org",'\
'"Alice Example",false,"argon2id",0,0,null,null]' ]
	[[ $(jq -r .createdAt <<<"$output") =~ ^....-..-..T..:..:..\....Z$ ]]

	add bob
	try 0 "$darban" user list
	[ "${#lines[@]}" = 3 ]
	# Two accounts of one second are in no order that anybody can foretell.
	[[ $output == *"$id"$'\talice\talice@example.org\t'* ]]
	[[ $output == *$'\tbob\tbob@example.org\t'* ]]
	[ "$(cut -f 5 <<<"$output" | sort -u | tr '\n' ' ')" = \
	    "STATE enabled " ]
}

@test "neither password nor hash is shown anywhere" {
	init
	add alice
	for command in 'user list' 'user show alice' check version; do
		try 0 "$darban" $command --json
		[[ $output != *"$PASSWORD"* && $output != *'$argon2'* ]]
		try 0 "$darban" $command
		[[ $output != *"$PASSWORD"* && $output != *'$argon2'* ]]
	done
	[[ $(sqlite3 darban.db .dump) == *'$argon2id$'* ]]
	[[ $(sqlite3 darban.db .dump) != *"$PASSWORD"* ]]
}

@test "the full name is the username where none is given" {
	init
	add Alice
	[ "$("$darban" user show alice --json | jq -r .fullName)" = Alice ]
}

@test "what is one account's username and another's id means neither" {
	init
	add alice
	id=$("$darban" user show alice --json | jq -r ._id)
	try 0 "$darban" user show "$id"
	add "$id"
	for command in disable unlock show; do
		try 1 "$darban" user "$command" "$id"
		expect_complaint "$id: one account's username and another's id"
	done
	try 1 "$darban" session end --user "$id"
	expect_login "$id"
	try 0 "$darban" user disable alice
	expect_no_login alice
	expect_login "$id"

	try 0 "$darban" user remove alice --force
	[ "$("$darban" user show "$id" --json | jq -r .username)" = "$id" ]
}

@test "a bcrypt hash is called by its name, others unknown" {
	init
	add alice
	sqlite3 darban.db "UPDATE users SET password =
	    '\$2b\$10\$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy'"
	[ "$("$darban" user show alice --json | jq -r .hash)" = bcrypt ]
	sqlite3 darban.db "UPDATE users SET password = 'secret'"
	try 0 "$darban" user show alice
	[[ $output == *"hash       unknown"* && $output != *secret* ]]
}

@test "an empty list is an empty list" {
	init
	try 0 "$darban" user list
	[ "${#lines[@]}" = 1 ]
	try 0 "$darban" user list --json
	[ "$(jq -c . <<<"$output")" = "[]" ]
}

@test "a list of several pages has every account once, in order" {
	init
	add alice
	columns=$(sqlite3 darban.db "SELECT group_concat(name) FROM
	    pragma_table_info('users') WHERE
	    name NOT IN ('id', 'username', 'email')")
	# 199 more make two full pages, after which nothing may be repeated.
	sqlite3 darban.db "WITH RECURSIVE n(i) AS
	    (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 199)
	    INSERT INTO users (id, username, email, $columns)
	    SELECT randomblob(12), 'user' || i, 'user' || i || '@example.org',
	    $columns FROM n, users"
	for many in 200 201; do
		try 0 "$darban" user list
		[ "${#lines[@]}" = "$((many + 1))" ]
		tail -n +2 <<<"$output" | cut -f 1 >ids
		LC_ALL=C sort -uc ids
		try 0 "$darban" user list --json
		[ "$(jq length <<<"$output")" = "$many" ]
		[ "$(jq -r '.[]._id' <<<"$output")" = "$(cat ids)" ]
		add "one-more-$many"
	done
}

@test "what cannot be added is said, and exits with 1" {
	init
	add alice
	try 1 add alice
	expect_complaint "username is taken"
	try 1 "$darban" user add bob --email alice@example.org <<<"$PASSWORD"
	expect_complaint "email is taken"
	try 1 "$darban" user add 'bob smith' --email b@example.org \
	    <<<"$PASSWORD"
	expect_complaint "username contains white space"
	try 1 "$darban" user add bob --email nonsense <<<"$PASSWORD"
	expect_complaint "not an e-mail address"
	try 2 "$darban" user add $'b\xffb' --email b@example.org <<<"$PASSWORD"
	[ "$("$darban" user list --json | jq length)" = 1 ]
}

@test "a password is one line of standard input, and is as policy wants it" {
	init
	while IFS='|' read -r input complaint; do
		run --separate-stderr "$darban" user add bob \
		    --email bob@example.org < <(printf "$input")
		[ "$status" = 1 ]
		expect_complaint "$complaint"
	done <<-'END'
		|no password
		\n|password
		short\n|password is too short
		bob@example.org\n|password is one of
		with a \000 in it\n|UTF-8
		not \377 UTF-8\n|UTF-8
	END
	run --separate-stderr "$darban" user add bob --email bob@example.org \
	    < <(head -c 1025 /dev/zero | tr '\0' a)
	[ "$status" = 1 ]
	expect_complaint "at most 1024 bytes"

	printf '  blanks and \\ count  \nanother line' |
	    "$darban" user add bob --email bob@example.org
	expect_login bob '  blanks and \\ count  '
	# A line that ends without a newline is one too.
	printf %s "$PASSWORD" | "$darban" user password bob
	expect_login bob
}

@test "no password is taken from the arguments" {
	init
	try 2 "$darban" user add bob --email b@example.org \
	    --password "$PASSWORD"
	try 2 "$darban" user add bob --email b@example.org "$PASSWORD"
	expect_usage
	[ "$("$darban" user list --json)" = "[]" ]
}

@test "the terminal shows no password, and shows again what follows" {
	init
	run on_terminal 'Password: ' "$PASSWORD" 'same again: ' "$PASSWORD" -- \
	    "$darban" user add alice --email alice@example.org
	[ "$status" = 0 ]
	[[ $output == *"echo while typing: False"* ]]
	[[ $output == *"echo afterwards: True"* ]]
	[[ $output == *"alice added: "* ]]
	[[ $output != *"$PASSWORD"* ]]
	expect_login alice

	run on_terminal 'Password: ' 'another password' \
	    'same again: ' 'another password' -- \
	    "$darban" user password alice
	[ "$status" = 0 ]
	[[ $output != *"another password"* ]]
	expect_login alice 'another password'
}

@test "two passwords that differ change nothing" {
	init
	add alice
	run on_terminal 'Password: ' 'one password' \
	    'same again: ' 'two passwords' -- "$darban" user password alice
	[ "$status" = 1 ]
	[[ $output == *"passwords differ"* ]]
	expect_login alice
}

@test "Ctrl-C at the prompt leaves the terminal as it was" {
	init
	run on_terminal 'Password: ' ^C -- \
	    "$darban" user add alice --email alice@example.org
	# 256 less SIGINT: it died of the signal.
	[ "$status" = 254 ]
	[[ $output == *"echo while typing: False"* ]]
	[[ $output == *"echo afterwards: True"* ]]
	[ "$("$darban" user list --json)" = "[]" ]
}

@test "an account that there is not exits with 1" {
	init
	for command in 'user show' 'user disable' 'user enable' \
	    'user password' 'user remove --force' 'session list' \
	    'session end --user'; do
		for name in nobody nobody@example.org '' $'\xff' \
		    0123456789abcdef01234567; do
			try 1 "$darban" $command "$name"
			expect_complaint "no such account"
		done
	done
}

@test "a disabled account has no sessions and cannot log in, until enabled" {
	init
	add alice
	expect_login alice
	expect_login alice
	[ "$("$darban" user show alice --json | jq .sessions)" = 2 ]

	try 0 "$darban" user disable alice
	[ "$output" = "alice disabled; sessions ended: 2" ]
	[ "$("$darban" user show alice --json |
	    jq -c '[.disabled, .sessions]')" = "[true,0]" ]
	[[ $("$darban" user list) == *$'\tdisabled' ]]
	expect_no_login alice

	try 0 "$darban" user enable alice
	[ "$output" = "alice enabled" ]
	[ "$("$darban" user show alice --json |
	    jq -c '[.disabled, .sessions]')" = "[false,0]" ]
	expect_login alice
}

@test "a new password ends the sessions" {
	init
	add alice
	expect_login alice
	try 0 "$darban" user password alice <<<"another password"
	[ "$output" = "alice has a new password; sessions ended: 1" ]
	[ "$("$darban" session list alice --json)" = "[]" ]
	expect_no_login alice
	expect_login alice "another password"

	try 1 "$darban" user password alice <<<short
	expect_complaint "password is too short"
	expect_login alice "another password"
}

@test "whoever failed too often is shown, and unlocked" {
	init
	add alice
	for _ in 1 2 3 4 5; do
		expect_no_login alice wrong
	done
	[[ $(log_in alice) == "Status: 429"*"Retry-After: 1"* ]]
	try 0 "$darban" user show alice
	[[ $output == *$'\nfailures   5\nlocked     no\n'* ]]
	[[ $output =~ delayed\ +until\ 2.*Z$ ]]
	try 0 "$darban" user show alice --json
	[ "$(jq -c '[.failures, .lockedUntil]' <<<"$output")" = '[5,null]' ]
	[[ $(jq -r .delayedUntil <<<"$output") == 2*Z ]]

	# A hundred in a row are not waited for.
	sqlite3 darban.db "UPDATE throttle SET failures = 99, until = 0"
	expect_no_login alice wrong
	sqlite3 darban.db "UPDATE throttle SET until = 0 WHERE until <
	    1000 * (unixepoch() + 3600)"
	expect_no_login alice
	try 0 "$darban" user show alice
	[[ $output =~ locked\ +until\ 2.*Z ]]

	try 0 "$darban" user unlock alice
	[ "$output" = "alice unlocked" ]
	try 0 "$darban" user show alice
	[[ $output == *$'\nfailures   0\nlocked     no\ndelayed    no' ]]
	expect_login alice
	try 1 "$darban" user unlock nobody
	expect_complaint "nobody: no such account"
}

@test "what is done to accounts and sessions stands in the log" {
	init --set log=info --set log_file=log
	add alice
	id=$("$darban" user show alice --json | jq -r ._id)
	for command in disable enable unlock; do
		try 0 "$darban" user "$command" alice
	done
	echo 'another password' | "$darban" user password alice
	expect_login alice 'another password'
	session=$("$darban" session list alice --json | jq -r '.[0]._id')
	try 0 "$darban" session end "$session"
	try 0 "$darban" session end --user alice
	try 0 "$darban" session end --all
	try 0 "$darban" user remove alice --force
	sed -E 's/^[^ ]*Z darban\[[0-9]+\] info - //; t; d' log \
	    >"$BATS_TEST_TMPDIR/acts"
	diff "$BATS_TEST_TMPDIR/acts" - <<-END
	account added user=$id
	account disabled user=$id
	all sessions ended (disabled) user=$id
	account enabled user=$id
	account unlocked user=$id
	password changed user=$id
	all sessions ended (password) user=$id
	session ended (operator) session=$session
	all sessions ended (operator) user=$id
	all sessions of everybody ended (operator)
	account removed user=$id
	END
	run ! grep -E "$PASSWORD|another password|argon2" log
}

@test "what went wrong is told here as well as in the log" {
	init --set log_file=log
	add alice
	printf garbage | dd of=darban.db bs=1 seek=30 conv=notrunc 2>&1
	rm -f darban.db-*
	try 1 "$darban" user show alice
	expect_complaint .
	grep -q ' darban\[[0-9]*\] error - ' log
}

@test "an account of an earlier system can be disabled and given a password" {
	init
	add alice
	sqlite3 darban.db "UPDATE users SET username = 'a b', email = ''"
	try 0 "$darban" user disable 'a b'
	try 0 "$darban" user enable 'a b'
	try 0 "$darban" user password 'a b' <<<"another password"
	expect_login 'a b' "another password"
}

@test "an account is removed once somebody says yes" {
	init
	add alice
	expect_login alice
	for answer in n '' yup no yesyesyes; do
		run on_terminal '[y/N]' "$answer" -- \
		    "$darban" user remove alice
		[ "$status" = 1 ]
		[[ $output == *"Remove alice (alice@example.org) for good?"* ]]
		"$darban" user show alice
	done
	run on_terminal '[y/N]' Yes -- "$darban" user remove alice
	[ "$status" = 0 ]
	[[ $output == *"alice removed"* ]]
	try 1 "$darban" user show alice
	expect_no_login alice
}

@test "a picture that came while somebody was asked goes too" {
	init
	add alice
	name=0123456789abcdef0123456789abcdef
	touch "avatars/$name.jpg" "avatars/$name-96.jpg"
	run on_terminal '[y/N]' "!sqlite3 darban.db \
	    \"UPDATE users SET avatar = '/avatars/$name.jpg'\"" '' Yes -- \
	    "$darban" user remove alice
	[ "$status" = 0 ]
	[[ $output == *"alice removed"* ]]
	[ -z "$(ls avatars)" ]
}

@test "without a terminal an account is removed only with --force" {
	init
	add alice
	try 2 "$darban" user remove alice <<<yes
	expect_complaint "--force"
	"$darban" user show alice
	try 0 "$darban" user remove alice --force </dev/null
	[ "$output" = "alice removed" ]
	[ "$("$darban" user list --json)" = "[]" ]
}

@test "sessions are listed, the newest first, and ended one by one" {
	init
	add alice
	expect_login alice
	sleep 0.01
	expect_login alice
	try 0 "$darban" session list alice --json
	[ "$(jq -r '.[0].createdAt > .[1].createdAt' <<<"$output")" = true ]
	[ "$(jq -c '.[0] | [.ip, .userAgent, (.createdAt == .lastUsedAt)]' \
	    <<<"$output")" = '["192.0.2.7","bats",true]' ]
	id=$(jq -r '.[0]._id' <<<"$output")
	other=$(jq -r '.[1]._id' <<<"$output")

	try 0 "$darban" session list alice@example.org
	[ "${#lines[@]}" = 3 ]
	[ "$(cut -f 1,5,6 <<<"${lines[1]}")" = "$id"$'\t192.0.2.7\tbats' ]

	try 0 "$darban" session end "${id^^}"
	try 0 "$darban" session list alice
	[ "${#lines[@]}" = 2 ]
	[[ ${lines[1]} == "$other"* ]]
	try 0 "$darban" session end "$id"
	try 1 "$darban" session end 0123456789abcdef01234567
	expect_complaint "no such session"
}

@test "what is no id is told from what is no session" {
	init
	try 2 "$darban" session end alice
	expect_complaint "24 hexadecimal digits"
}

@test "sessions are ended for one account, or for all" {
	init
	add alice
	add bob
	for name in alice alice bob bob bob; do
		expect_login "$name"
	done
	try 0 "$darban" session end --user alice@example.org
	[ "$output" = "sessions ended: 2" ]
	[ "$("$darban" session list bob --json | jq length)" = 3 ]
	try 0 "$darban" session end --all
	[ "$output" = "sessions ended: 3" ]
	try 0 "$darban" session end --all
	[ "$output" = "sessions ended: 0" ]
	[ "$("$darban" session list bob --json)" = "[]" ]
}

@test "a session that has expired, or is of an earlier epoch, is not listed" {
	init
	add alice
	expect_login alice
	sqlite3 darban.db "UPDATE users SET epoch = epoch + 1"
	[ "$("$darban" session list alice --json)" = "[]" ]
	expect_login alice
	expect_login alice
	sqlite3 darban.db "UPDATE sessions SET idle_at = 1
	    WHERE id = (SELECT max(id) FROM sessions WHERE epoch = 1)"
	[ "$("$darban" session list alice --json | jq length)" = 1 ]
	[ "$("$darban" user show alice --json | jq .sessions)" = 1 ]
}

@test "what others wrote cannot steer the terminal" {
	init
	add alice
	expect_login alice
	sqlite3 darban.db "UPDATE users SET full_name = char(27) || '[2J' ||
	    char(155) || 'x' || char(8238) || char(10) || char(917505)"
	sqlite3 darban.db "UPDATE sessions SET
	    user_agent = 'a' || char(9) || 'b'"
	try 0 "$darban" user show alice
	[[ $output == *'full name  \u001b[2J\u009bx\u202e\u000a\udb40\udc01'* ]]
	try 0 "$darban" user show alice --json
	[[ $output == *'\u001b[2J\u009bx\u202e\n\udb40\udc01'* ]]
	[ "$(jq -r '.fullName | explode | length' <<<"$output")" = 9 ]
	try 0 "$darban" session list alice
	[ "$(cut -f 6 <<<"${lines[1]}")" = 'a\u0009b' ]
	# What is no text at all counts as none.
	sqlite3 darban.db "UPDATE sessions SET user_agent = CAST(x'ff' AS TEXT)"
	try 0 "$darban" session list alice
	[ -z "$(cut -f 6 <<<"${lines[1]}")" ]
}

@test "a terminal gets aligned columns" {
	init
	add alice
	add bartholomew-the-second
	run on_terminal -- "$darban" user list
	[ "$status" = 0 ]
	lines=$(tail -n +2 <<<"$output" | grep . | expand)
	[ "$(awk '{ print match($0, /EMAIL|[^ ]*@/) }' <<<"$lines" |
	    sort -u | wc -l)" = 1 ]
}

@test "a backup is whole, private, and not written over anything" {
	init
	add alice
	expect_login alice
	try 0 "$darban" backup copy.db
	[ "$output" = "copy.db written" ]
	[ "$(stat -c %a copy.db)" = 600 ]
	sed 's|^store = .*|store = sqlite:copy.db|' darban.conf >copy.conf
	chmod 600 copy.conf
	try 0 "$darban" -c copy.conf check
	[ "$("$darban" -c copy.conf user show alice)" = \
	    "$("$darban" user show alice)" ]

	before=$(sha256sum copy.db)
	try 1 "$darban" backup copy.db
	expect_complaint "there is a file already"
	[ "$(sha256sum copy.db)" = "$before" ]
	try 1 "$darban" backup no/such/parent/copy.db
	expect_complaint "no/such/parent/copy.db"
}

@test "a backup can be made while others write" {
	init
	add alice
	while [ ! -e stop ]; do
		"$darban" user disable alice && "$darban" user enable alice
	done >/dev/null 2>writer.err &
	writer=$!
	for copy in one two three four five; do
		try 0 "$darban" backup "$copy.db"
		[ "$(sqlite3 "$copy.db" 'PRAGMA integrity_check')" = ok ]
		[ "$(sqlite3 "$copy.db" 'SELECT count(*) FROM users')" = 1 ]
	done
	: >stop
	wait "$writer"
	[ "$(cat writer.err)" = "" ]
}

@test "a backup is restored as the man page says" {
	init
	add alice
	"$darban" backup backup.db
	expect_login alice
	printf 'another password\n' | "$darban" user password alice
	add bob

	mv darban.conf darban.conf.away
	try 1 "$darban" user list
	mkdir away
	mv darban.db away/
	for file in darban.db-wal darban.db-shm; do
		[ ! -e "$file" ] || mv "$file" away/
	done
	cp -p backup.db darban.db
	mv darban.conf.away darban.conf
	try 0 "$darban" session end --all
	try 0 "$darban" check
	try 1 "$darban" user show bob
	expect_login alice
}

@test "check finds a log and a list that cannot be" {
	init --set log_file=/nonexistent/log --set password_blocklist=/nowhere
	try 3 "$darban" check
	[[ $output == *"/nonexistent: No such file"* ]]
	[[ $output == *"/nowhere: No such file"* ]]
}

@test "version says which it is" {
	try 0 "$darban" version
	[[ ${lines[0]} =~ ^darban\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
	[[ $output == *sqlite* ]]
	version=${lines[0]#darban }
	try 0 "$darban" version --json
	[ "$(jq -r .version <<<"$output")" = "$version" ]
	[[ $(jq -r .engines.sqlite <<<"$output") =~ ^3\.[0-9]+\.[0-9]+$ ]]
	[ "$(jq -r '.libraries | keys | join(" ")' <<<"$output")" = \
	    "cjson libsodium openssl utf8proc" ]
}

@test "output that cannot be written is a failure" {
	init
	add alice
	for command in 'user list' version 'check --json'; do
		run --separate-stderr bash -c \
		    '"$@" >/dev/full' - "$darban" $command
		[ "$status" = 1 ]
		expect_complaint "standard output: No space left"
	done
}

@test "nothing that fails leaves a file beside the store" {
	init
	add alice
	try 1 "$darban" user show bob
	try 1 add alice
	try 0 "$darban" user list
	[ "$(ls -A | tr '\n' ' ')" = "avatars darban.conf darban.db run " ]
}
