#!/usr/bin/env bats
# darban key: new keys for tokens, with nobody logged out.  The endpoints run
# as plain CGI programs, on days that faketime gives.

load ../lib/cli

# A request `when` after now: its answer's body, and the cookies with it.
ask() {	# when, program, body or "-", NAME=VALUE...
	local length=${#3} method=POST body=$3

	[ "$3" != - ] || { method=GET length=0 body=; }
	printf %s "$body" | faketime -f "$1" env REQUEST_METHOD=$method \
	    SERVER_PROTOCOL=HTTP/1.1 CONTENT_TYPE=application/json \
	    CONTENT_LENGTH="$length" HTTP_HOST=example.org HTTPS=on \
	    REMOTE_ADDR=192.0.2.7 "${@:4}" "$programs/cgi-bin/$2.fcgi" |
	    tr -d '\r' | sed '1,/^$/d'
}

log_in_at() {	# when
	tokens=$(ask "$1" login \
	    "{\"username\":\"alice\",\"password\":\"$PASSWORD\"}")
	[ "$(jq .success <<<"$tokens")" = true ]
}

refresh_at() {	# when
	tokens=$(ask "$1" refresh \
	    "{\"refreshToken\":\"$(jq -r .data.refreshToken <<<"$tokens")\"}")
	[ "$(jq .success <<<"$tokens")" = true ]
}

is_known_at() {	# when
	[ "$(ask "$1" me - HTTP_AUTHORIZATION="Bearer $(jq -r \
	    .data.accessToken <<<"$tokens")" | jq .success)" = true ]
}

# The KID of a token of the last answer.
kid() {	# accessToken | refreshToken
	jq -r ".data.$1" <<<"$tokens" | cut -d. -f1 | tr _- /+ |
	    awk '{ while (length($0) % 4) $0 = $0 "="; print }' |
	    base64 -d | jq -r .kid
}

# The KIDs of a list, in order.
kids() {	# access | refresh
	"$darban" key list "$1" --json | jq -r '.[].kid' | tr '\n' ' '
}

@test "add, promote, wait, retire: nobody is logged out" {
	init
	add alice
	old=$(kids refresh)
	old=${old% }
	log_in_at +0
	first=$tokens
	log_in_at +0
	second=$tokens

	for list in access refresh; do
		try 0 "$darban" key add $list new
		tokens=$first
		is_known_at +0
	done
	refresh_at +1m
	[ "$(kid accessToken) $(kid refreshToken)" = "$old $old" ]
	is_known_at +1m

	for list in access refresh; do
		try 0 "$darban" key promote $list new
		is_known_at +1m
		try 1 "$darban" key retire $list "$old"
		expect_complaint "the last token of $old expires"
	done
	# Tokens of the old keys are good, and those that follow are new.
	refresh_at +2m
	[ "$(kid accessToken) $(kid refreshToken)" = "new new" ]
	is_known_at +2m
	first=$tokens

	# The access tokens of before are over, the refresh tokens not yet.
	try 1 faketime -f +15m "$darban" key retire access "$old"
	try 0 faketime -f +20m "$darban" key retire access "$old"
	tokens=$second
	refresh_at +9d
	second=$tokens
	[ "$(kid refreshToken)" = new ]
	is_known_at +9d
	tokens=$first
	refresh_at +9d
	first=$tokens
	try 1 faketime -f +10d "$darban" key retire refresh "$old"
	try 0 faketime -f +241h "$darban" key retire refresh "$old"

	for tokens in "$first" "$second"; do
		refresh_at +12d
		is_known_at +12d
	done
	[ "$(kids access)$(kids refresh)" = "new new " ]
	try 0 "$darban" check
}

@test "every other byte of the configuration stays, and its mode" {
	init
	{
		printf '\xef\xbb\xbf# a comment, no newline at the end\r\n'
		printf '  access_keys\t=  k1:text:%s   k2:text:%s \t\r\n' \
		    0123456789abcdef0123456789abcdef \
		    0123456789abcdef0123456789abcdeg
		printf '# access_keys = nothing\n\n'
		grep -v '^access_keys' darban.conf
		printf 'issuer = x'
	} >edited
	cp edited darban.conf
	chmod 640 darban.conf
	"$darban" key add access k3
	[ "$(stat -c %a darban.conf)" = 640 ]
	key=$(grep -ao 'k3:base64:[A-Za-z0-9_-]*' darban.conf)
	[ "${#key}" = 74 ]
	sed "s/^\\(  access_keys.*[a-g]\\)\\( *\\t\\r\\)\$/\\1 $key\\2/" edited |
	    sed "s/cdef   k2/cdef k2/" >expected
	cmp darban.conf expected

	# Whatever was done is undone to the byte, but for two blanks.
	"$darban" key retire access k3 --force
	sed "s/cdef   k2/cdef k2/" edited | cmp - darban.conf
	"$darban" key promote access k2
	[ "$(grep -ac '^# darban: the last token of access key k1' \
	    darban.conf)" = 1 ]
	"$darban" key promote access k1
	"$darban" key promote access k2
	"$darban" key promote access k1
	sed '/^# darban: /d' darban.conf >rest
	sed "s/cdef   k2/cdef k2/" edited | cmp - rest
	[ "$(grep -ac '^# darban: ' darban.conf)" = 1 ]
	"$darban" key retire access k2 --force
	[ "$(grep -ac '^# darban: ' darban.conf)" = 0 ]
}

@test "a list names keys and never shows one" {
	init
	"$darban" key add access k2
	"$darban" key add access k3
	"$darban" key promote access k2
	old=$(date +%Y-%m)
	try 0 "$darban" key list
	[ "${lines[0]}" = $'KEYS\tKID\tSTATE' ]
	[ "${lines[1]}" = $'access\tk2\tsigns' ]
	[[ ${lines[2]} == "access	$old	verifies, until 2"*Z ]]
	[ "${lines[3]}" = $'access\tk3\tverifies' ]
	[ "${lines[4]}" = "refresh	$old	signs" ]
	[ "${#lines[@]}" = 5 ]
	try 0 faketime -f +1h "$darban" key list access
	[ "${lines[2]}" = "access	$old	can be retired" ]
	try 0 "$darban" key list refresh --json
	[ "$output" = "[{\"keys\":\"refresh\",\"kid\":\"$old\",\"signs\":true,\"lastExpires\":null}
]" ]
	for arguments in 'list' 'list --json' 'add access' \
	    'promote access k3' 'retire access k2 --force'; do
		run "$darban" key $arguments
		while read -r secret; do
			[[ $output != *"$secret"* ]]
		done < <(grep -o 'base64:.*' darban.conf | tr ' ' '\n' |
		    sed 's/.*base64://')
	done
}

@test "a key gets a name and bytes of its own" {
	init
	for i in 1 2 3; do
		"$darban" key add refresh
	done
	day=$(date -u +%Y-%m-%d)
	[ "$(kids refresh)" = "$(date -u +%Y-%m) $day $day-2 $day-3 " ]
	[ "$(grep -o 'base64:[A-Za-z0-9_-]*' darban.conf | sort -u |
	    wc -l)" = 6 ]
	try 0 "$darban" check
}

@test "what would log somebody out is refused" {
	init
	old=$(date +%Y-%m)
	cp darban.conf before
	try 1 "$darban" key retire access "$old"
	expect_complaint "$old signs"
	try 1 "$darban" key retire access "$old" --force
	expect_complaint "$old signs"
	try 1 "$darban" key retire access nobody --force
	expect_complaint "there is no nobody"
	try 1 "$darban" key promote access nobody
	expect_complaint "there is no nobody"
	try 1 "$darban" key add access "$old"
	expect_complaint "is there already"
	try 0 "$darban" key promote access "$old"
	[ "$output" = "$old signs already" ]
	cmp darban.conf before

	# Who edited the list by hand left no word about when.
	"$darban" key add access k2
	try 1 "$darban" key retire access k2
	expect_complaint "nothing says when k2 last signed"
	try 0 "$darban" key retire access k2 --force
	cmp darban.conf before

	# Nor is what was true before it signed again.
	sed -i "1i # darban: the last token of access key $old expires \
2020-01-01T00:00:00Z" darban.conf
	"$darban" key add access k2
	"$darban" key promote access k2
	try 1 "$darban" key retire access "$old"
	expect_complaint "the last token of $old expires 2"
}

@test "the key of an earlier system is wanted until its tokens are not" {
	init
	old=$(date +%Y-%m)
	"$darban" key add refresh chai
	cat >>darban.conf <<-END
	compat = chai
	legacy_until = $(date -d '+60 days' +%Y-%m-%d)
	END
	# It has never signed one of ours, and then it has.
	try 1 "$darban" key retire refresh chai
	expect_complaint "the last token of chai expires"
	"$darban" key promote refresh chai
	"$darban" key promote refresh "$old"
	try 1 faketime '+20 days' "$darban" key retire refresh chai
	expect_complaint "the last token of chai expires"
	[ "$(faketime '+20 days' "$darban" key list refresh --json |
	    jq -r '.[] | select(.kid == "chai").lastExpires' | cut -c1-10)" = \
	    "$(date -d '+60 days' +%Y-%m-%d)" ]
	# Of access keys, or without such tokens, it is a name like others.
	"$darban" key add access chai
	"$darban" key promote access chai
	"$darban" key promote access "$old"
	try 0 faketime '+20 days' "$darban" key retire access chai
	try 0 faketime '+61 days' "$darban" key retire refresh chai
}

@test "a list that is full takes no key" {
	init
	cp darban.conf before
	for i in {1..60}; do
		"$darban" key add access "k$i" >/dev/null 2>said || break
	done
	grep -q 'there is no room for another key' said
	[ "$i" -gt 40 ]
	try 0 "$darban" check
}

@test "of many who change keys at once none loses another's" {
	init
	for i in 1 2 3 4 5 6 7 8; do
		"$darban" key add access "k$i" >/dev/null 2>>said &
	done
	wait
	[ ! -s said ]
	[ "$(kids access | tr ' ' '\n' | sed '/^$/d' | sort | tr '\n' ' ')" = \
	    "$(date +%Y-%m) k1 k2 k3 k4 k5 k6 k7 k8 " ]
	[ "$(ls | tr '\n' ' ')" = "avatars darban.conf darban.db run said " ]
}

@test "a configuration that is a link stays one" {
	mkdir real
	"$darban" -c real/darban.conf init
	ln -s real/darban.conf darban.conf
	try 0 "$darban" key add access k2
	[ -L darban.conf ]
	grep -q ' k2:base64:' real/darban.conf
	[ "$(ls real | tr '\n' ' ')" = "avatars darban.conf darban.db run " ]
}

@test "a configuration that is broken is left as it is" {
	init
	echo 'nonsense = 7' >>darban.conf
	cp darban.conf before
	try 1 "$darban" key add access
	expect_complaint "there is no setting of this name"
	try 1 "$darban" key list
	cmp darban.conf before
	[ "$(ls | tr '\n' ' ')" = \
	    "avatars before darban.conf darban.db run " ]
	rm darban.conf
	try 1 "$darban" key add access
	expect_complaint "No such file"
}

@test "root's change leaves the configuration to its owner" {
	[ "$(id -u)" = 0 ] || skip "only root becomes somebody else"
	id www-data || skip "there is no www-data"
	chmod 755 "$dir"
	mkdir site
	chown www-data site
	"$darban" -c site/darban.conf init --owner www-data
	# A directory that gives its group to what is made in it.
	chgrp www-data site/darban.conf
	chgrp nogroup site
	chmod g+s site
	try 0 "$darban" -c site/darban.conf key add access k2
	[ "$(stat -c '%U %G %a' site/darban.conf)" = \
	    "www-data www-data 600" ]

	# It is that owner who does it, and not root.
	chown root site
	try 1 "$darban" -c site/darban.conf key add access k3
	expect_complaint "Permission denied"
}

@test "wrong use of key exits with 2" {
	while read -r arguments; do
		try 2 "$darban" key $arguments
		expect_usage
	done <<-END
		list mistake
		list access refresh
		add
		add mistake
		add access k1 k2
		add access k.1
		add access 12345678901234567
		promote access
		retire refresh
		promote mistake k1
		add access --force
	END
}
