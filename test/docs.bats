#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The documents lead nowhere wrong: links, files, targets and commands in them exist.

bats_require_minimum_version 1.5.0

setup_file() {
	export DOCUMENTS
	DOCUMENTS=$(git ls-files '*.md' 2>/dev/null || find . -name '*.md' -not -path './build/*')
}

# anchors FILE: those that its headings have, as forges make them.
anchors() {
	sed -n 's/^#\{1,\} //p' "$1" | tr '[:upper:]' '[:lower:]' | sed 's/[^a-z0-9 _-]//g; s/ /-/g'
}

# blocks FILE...: the lines of the blocks for a shell.
blocks() {
	awk '/^ *```sh$/ { inside = 1; next } /^ *```/ { inside = 0 } inside' "$@"
}

@test "every relative link leads to a file, and to a heading in it" {
	local document link target broken=0

	for document in $DOCUMENTS; do
		while read -r link; do
			target=$document
			[[ $link == '#'* ]] || target=$(dirname "$document")/${link%%#*}
			[ -e "$target" ] || { echo "$document: no such file: $link" && broken=1; }
			[[ $link != *#* ]] || [[ $target != *.md ]] || anchors "$target" | grep -qxF -- "${link#*#}" ||
				{ echo "$document: no such heading: $link" && broken=1; }
		done < <(sed 's/`[^`]*`//g' "$document" | grep -oE '\]\([^)]+\)' | sed 's/^](//; s/)$//' | grep -v '://')
	done
	[ $broken -eq 0 ]
}

@test "every file of the repository that a document names exists" {
	local document path missing=0

	for document in $DOCUMENTS; do
		[ "$document" != CHANGELOG.md ] || continue # of the past
		while read -r path; do
			[ -e "$path" ] || [ -e "$path.template" ] || [ -e "$(dirname "$document")/$path" ] ||
				{ echo "$document: no $path" && missing=1; }
		done < <({ grep -oE '`[^`]+`' "$document" && blocks "$document"; } |
			grep -oP '(?<![\w./:-])(bench|demo|deploy|docs|examples|image|node|pod|proof|src|test|tools)/[\w./-]*\w(?![*{…])')
	done
	[ $missing -eq 0 ]
}

@test "make help has every target that a document names" {
	make -s help >"$BATS_TEST_TMPDIR/help"
	# A target of one platform stands with the one of all, as in "platform/ARCH: one".
	# shellcheck disable=SC2086 # a list
	grep -ohE '(`|^|^ +|; |&& |sudo )make [a-z][a-z0-9/-]*( |`|;|$)' $DOCUMENTS |
		sed -E 's/.*make (build\/[a-z-]+|[a-z0-9-]+\/?).*/\1/' | sort -u >"$BATS_TEST_TMPDIR/targets"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/targets")" -gt 20 ]
	while read -r target; do
		echo "$target"
		case $target in
		*/) grep -qE " ${target}[A-Z]+: one" "$BATS_TEST_TMPDIR/help" ;;
		*) grep -qE "^  $target " "$BATS_TEST_TMPDIR/help" ;;
		esac
	done <"$BATS_TEST_TMPDIR/targets"
}

@test "pause-node knows every command and option that a document gives it" {
	local words word

	# shellcheck disable=SC2086 # a list
	words=$(blocks $DOCUMENTS | sed 's/ *#.*//' | grep -oP '^pause-node \K.*' | tr ' ' '\n' | sort -u)
	[ "$(wc -w <<<"$words")" -gt 5 ]
	for word in $words; do
		echo "$word"
		node/pause-node --help | grep -qP -- "(?<![\w-])$word(?![\w-])"
	done
}

@test "a shell can read every block of commands" {
	for document in $DOCUMENTS; do
		echo "$document"
		bash -n <(blocks "$document")
	done
}
