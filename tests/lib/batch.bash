# shellcheck shell=bash disable=SC2053
#
# Many requests in a batch, for tests that are tables, and a close look at
# each answer.  Loaded after common.bash.

asked=() asked_count=0 asked_for=()

# bats traces every command of every function, which takes most of the time of
# a test that is a table.  From here on it traces the test itself alone.
trace_less()
{
	set +T
}

# Puts one more request into a batch, its arguments as request()'s; the batch
# goes to one curl, which takes far less time than a curl each.
ask()	# METHOD PATH [CURL ARGUMENT ...]
{
	local path=$2 file=$BATS_TEST_TMPDIR/$((++asked_count))
	local method=(-X "$1" -o "$file.body")
	trace_less
	# There curl's output is the header once more.
	[ "$1" != HEAD ] || method=(--head -o /dev/null)
	shift 2
	[[ $path == /* ]] || path=/api/v1/users/$path
	: >"$file.body"
	[ "$asked_count" = 1 ] || asked+=(--next)
	asked+=(-sS -m 30 --path-as-is "${method[@]}" -D "$file.headers" "$@"
		"$URL$path")
}

# Sends the batch.  The answers are there until the next batch begins.
send_asked()
{
	curl "${asked[@]}" || return
	answer_count=$asked_count
	asked=() asked_count=0
}

# Number N of the answers, from 1, as request() leaves it.
answer()	# N
{
	local line
	body_file=$BATS_TEST_TMPDIR/$1.body
	headers=
	while IFS= read -r line; do
		line=${line%$'\r'}
		[[ $line != HTTP/* ]] || headers=
		headers+=$line$'\n'
	done <"$BATS_TEST_TMPDIR/$1.headers"
	status=${headers#* }
	status=${status%%[ $'\n']*}
	IFS= read -r -d '' body <"$body_file" || :
}

# The same of a request whose answer must have this status and, where it is a
# failure, this code.
ask_for()	# "STATUS [CODE]" METHOD PATH [CURL ARGUMENT ...]
{
	ask "${@:2}"
	asked_for[asked_count]="$1 to ${*:2}"
}

# Sends the batch and sees that each is answered as it was asked for.
check_asked()
{
	local i code
	send_asked
	for ((i = 1; i <= answer_count; i++)); do
		answer "$i"
		code=
		[[ ! $body =~ \"code\":\"([a-z_]+)\" ]] ||
			code=" ${BASH_REMATCH[1]}"
		[ "$status$code" = "${asked_for[i]%% to *}" ] ||
			unlike "${asked_for[i]}" || return
	done
	asked_for=()
}

# The answer has this status and code (ok: it is a success), what every answer
# has and these header fields, whose values are patterns, each once, and no
# other.  To HEAD it has a length, and no content.
expect_answer()	# STATUS CODE METHOD [HEADER-FIELD ...]
{
	local -A has=() wants=(
		[content-type]='application/json; charset=utf-8'
		[cache-control]=no-store
		[x-content-type-options]=nosniff
		[referrer-policy]=no-referrer
		[vary]=Origin
	)
	wants[content-security-policy]="default-src 'none';"
	wants[content-security-policy]+=" frame-ancestors 'none'"
	local code=$2 method=$3 name field want=$1 form LC_ALL=C
	[ "$status" = "$1" ] || unlike "$1 $2" || return
	shift 3
	for field in "$@"; do
		name=${field%%: *}
		wants[${name,,}]=${field#*: }
	done

	while IFS= read -r field; do
		[[ $field == *:* ]] || continue
		name=${field%%:*}
		name=${name,,}
		[ -z "${has[$name]+there}" ] || [ "$name" = set-cookie ] ||
			unlike "one $name" || return
		has[$name]=${field#*: }
	done <<<"$headers"
	for name in "${!has[@]}"; do
		case $name in
		# The server's own, and the content's.
		date | server | connection | keep-alive | accept-ranges | \
		    content-length)
			continue ;;
		esac
		[ -n "${wants[$name]+there}" ] || unlike "no $name" || return
		[[ ${has[$name]} == ${wants[$name]} ]] ||
			unlike "$name: ${wants[$name]}" || return
		unset "wants[$name]"
	done

	if [ "$want" = 204 ]; then
		# Apache leaves out the type of what is not there.
		unset 'wants[content-type]'
		[ -z "$body${has[content-length]-}" ] ||
			unlike "no content" || return
	elif [ "$method" = HEAD ]; then
		[ "${has[content-length]-0}" -gt 0 ] ||
			unlike "the length of GET's content" || return
	else
		[ "${has[content-length]-}" = "${#body}" ] ||
			unlike "Content-Length: ${#body}" || return
		form='"data":null,"message":"[^"]+","success":false'
		form+=",\"errors\":\[.*\],\"code\":\"$code\"}"
		[ "$code" != ok ] ||
			form='"data":\{.*\},"message":"[^"]+","success":true}'
		[[ $body =~ ^\{\"statusCode\":$want,$form$ ]] ||
			unlike "an envelope for $want $code" || return
	fi
	[ "${#wants[@]}" = 0 ] || unlike "${!wants[*]}"
}
