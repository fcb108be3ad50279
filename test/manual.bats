#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# pause(1) and pause-node(8), and that the program, its source, pause(1) and README.md do not
# contradict each other.

bats_require_minimum_version 1.5.0

PAGES='src/pause.1 deploy/pause-node.8'

# options: those that the text on stdin names, sorted, a line each.
options() {
	grep -oP -- '(?<![\w-])--?[A-Za-z][a-z-]*' | LC_ALL=C sort -u
}

# page_options SECTION NEXT MACROS: those that pause(1) has between these two headings in the
# lines that begin with these macros and .Fl.
page_options() {
	sed -n "/^\.Sh $1/,/^\.Sh $2/ s/^\.$3Fl //p" src/pause.1 | tr -s ' ,|' '\n' | sed 's/^/-/' | LC_ALL=C sort -u
}

@test "each manual page is without a warning of mandoc or of man" {
	for page in $PAGES; do
		# Whether a page that it refers to is there says something about this machine alone.
		run ! grep -v -e 'referenced manual not found' -e 'mandoc.db' <(mandoc -T lint -W all "$page" 2>&1)
		[ -z "$output" ]
		LC_ALL=C.UTF-8 run -0 --separate-stderr man --warnings=w -E UTF-8 -l -Tutf8 -Z "$page"
		[ -z "$stderr" ]
		[ -n "$output" ]
	done
}

@test "--help, the synopsis and the options of pause(1), and README.md have the same options" {
	build/pause --help | options >"$BATS_TEST_TMPDIR/help"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/help")" -eq 7 ]
	page_options DESCRIPTION SIGNALS 'It ' | diff "$BATS_TEST_TMPDIR/help" -
	page_options SYNOPSIS DESCRIPTION '\(Op \)\?' | diff "$BATS_TEST_TMPDIR/help" -
	sed -n 's/^| \(`-[^|]*\).*/\1/p' README.md | options | diff "$BATS_TEST_TMPDIR/help" -
}

@test "the source, --help, pause(1) and README.md have the same exit statuses" {
	{
		echo 0
		sed -n 's/.*fail(".*", \([0-9]*\)).*/\1/p' src/pause.c
	} | sort -nu >"$BATS_TEST_TMPDIR/source"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/source")" -eq 4 ]
	build/pause --help | sed -n 's/^Exit status: //p' | grep -o '[0-9]*' | diff "$BATS_TEST_TMPDIR/source" -
	sed -n '/^\.Sh EXIT STATUS/,/^\.El/ s/^\.It //p' src/pause.1 | diff "$BATS_TEST_TMPDIR/source" -
	sed -n '/^| exit status /,/^$/ s/^| \([0-9]*\) |.*/\1/p' README.md | diff "$BATS_TEST_TMPDIR/source" -
}

@test "pause(1) has each message of the source, and no other" {
	# Up to the first name or number that is filled in.
	sed -n 's/.*\(say\|fail\)("\([^"$#\\]*\).*/\2/p' src/pause.c | sort -u >"$BATS_TEST_TMPDIR/source"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/source")" -eq 9 ]
	sed -n '/^\.Sh DIAGNOSTICS/,/^\.Sh SEE/ s/^\.It "\(.*\)"/\1/p' src/pause.1 >"$BATS_TEST_TMPDIR/page"
	while IFS= read -r message; do
		grep -qF -- "$message" "$BATS_TEST_TMPDIR/page"
	done <"$BATS_TEST_TMPDIR/source"
	run ! grep -vFf "$BATS_TEST_TMPDIR/source" "$BATS_TEST_TMPDIR/page"
}

@test "make help has every target that README.md, CONTRIBUTING.md and docs speak of" {
	make -s help >"$BATS_TEST_TMPDIR/help"
	# A target of one platform stands with the one of all, as in "platform/ARCH: one".
	grep -ohE '(`|^|^ +|; |&& |sudo )make [a-z][a-z0-9/-]*( |`|;|$)' README.md CONTRIBUTING.md docs/*.md |
		sed -E 's/.*make ([a-z0-9-]+\/?).*/\1/' | sort -u >"$BATS_TEST_TMPDIR/targets"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/targets")" -gt 20 ]
	while read -r target; do
		echo "$target"
		case $target in
		*/) grep -qE " ${target}[A-Z]+: one" "$BATS_TEST_TMPDIR/help" ;;
		*) grep -qE "^  $target " "$BATS_TEST_TMPDIR/help" ;;
		esac
	done <"$BATS_TEST_TMPDIR/targets"
}
