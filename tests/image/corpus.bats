#!/usr/bin/env bats
# Pictures good and bad (corpus.py), each given to the worker, each answer
# looked at (result.py).

bats_require_minimum_version 1.5.0

setup() {
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	BUILD=${BUILD:-$top/build}
	[[ $BUILD = /* ]] || BUILD=$top/$BUILD
	export PYTHONDONTWRITEBYTECODE=1
}

pictures() {	# GROUP
	# Debian's own, which has Debian's python3-pil.
	/usr/bin/python3 "$BATS_TEST_DIRNAME/driver.py" \
	    "$BUILD/bin/darban-image" "$1"
}

@test "EXIF's eight orientations come out upright, from all formats" {
	pictures orientation
}

@test "all kinds of JPEG, PNG and WebP come out, of the size they must be" {
	pictures kinds
}

@test "nothing shines through that was hidden under glass" {
	pictures hidden
}

@test "of an animation the first frame comes out" {
	pictures animated
}

@test "profiles and inks come out as sRGB, broken profiles do no harm" {
	pictures colours
}

@test "no EXIF, place, XMP, comment, or script behind the end comes out" {
	pictures metadata
}

@test "anything else is no picture" {
	pictures wrong
}

@test "bombs are too large, or no larger than they look" {
	pictures bombs
}

@test "the largest pictures get through, and none that is larger" {
	pictures largest
}

@test "a cut picture is no picture, wherever it is cut" {
	pictures cut
}

@test "a mutated picture does no harm" {
	pictures mutated
}

@test "the corpus is the same each time" {
	for copy in one two; do
		/usr/bin/python3 "$BATS_TEST_DIRNAME/corpus.py" small \
		    "$BATS_TEST_TMPDIR/$copy.jpg"
	done
	cmp "$BATS_TEST_TMPDIR"/{one,two}.jpg
}
