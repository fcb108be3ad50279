#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The manual pages have no mistakes; pause(1), README.md, the usage and the source agree, and so do
# pause-init(1) and its source.

bats_require_minimum_version 1.5.0

# section NAME: the lines of pause(1) below this heading.
section() {
	sed -n "/^\.Sh $1/,/^\.Sh/p" src/pause.1
}

# source_options: every option that the program compares an argument with.
source_options() {
	grep -oP '(?<=argv\[i\], ")[^"]*' src/pause.c | LC_ALL=C sort
}

# macro_options: those after .Fl in the lines on stdin.
macro_options() {
	sed -n 's/^\.\(It\|Op\)\? *Fl //p' | tr -s ' ,|' '\n' | sed 's/^/-/' | LC_ALL=C sort
}

# text_options: those that a text on stdin names.
text_options() {
	grep -oP -- '(?<![\w-])--?[A-Za-z][a-z-]*' | LC_ALL=C sort -u
}

@test "each manual page is without a warning of mandoc or of man" {
	for page in src/pause.1 src/pause-init.1 node/pause-node.8; do
		# Which other pages are installed says nothing about this one.
		run ! grep -v -e 'referenced manual not found' -e 'mandoc.db' <(mandoc -T lint -W all "$page" 2>&1)
		[ -z "$output" ]
		LC_ALL=C.UTF-8 run -0 --separate-stderr man --warnings=w -E UTF-8 -l -Tutf8 -Z "$page"
		[ -z "$stderr" ]
		[ -n "$output" ]
	done
}

@test "pause(1) and README.md have every option, and the usage has no other" {
	[ "$(source_options | wc -l)" -eq 7 ]
	diff <(source_options) <(section SYNOPSIS | macro_options)
	diff <(source_options) <(section DESCRIPTION | grep '^\.It' | macro_options)
	diff <(source_options) <(grep '^| `-' README.md | cut -d '|' -f 2 | text_options)
	[ "$(build/pause --help | text_options | wc -l)" -gt 2 ]
	[ -z "$(comm -13 <(source_options) <(build/pause --help | text_options))" ]
}

@test "pause(1) and README.md have every exit status" {
	statuses=$({ echo 0 && sed -n 's/.*fail(".*", \([0-9]*\)).*/\1/p' src/pause.c; } | sort -nu)
	[ "$(wc -w <<<"$statuses")" -eq 4 ]
	diff <(echo "$statuses") <(section 'EXIT STATUS' | sed -n 's/^\.It //p')
	diff <(echo "$statuses") <(sed -n '/^| exit status /,/^$/ s/^| \([0-9]*\) |.*/\1/p' README.md)
}

@test "pause(1) has every message, and no other" {
	# Up to the first name or number that is filled in.
	sed -n 's/.*\(say\|fail\)("\([^"%\\]*\).*/\2/p' src/pause.c | grep -vxF 'Error: ' >"$BATS_TEST_TMPDIR/source"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/source")" -eq 9 ]
	section DIAGNOSTICS | sed -n 's/^\.It "\(.*\)"/\1/p' >"$BATS_TEST_TMPDIR/page"
	while IFS= read -r message; do
		grep -qF -- "$message" "$BATS_TEST_TMPDIR/page"
	done <"$BATS_TEST_TMPDIR/source"
	run ! grep -vFf "$BATS_TEST_TMPDIR/source" "$BATS_TEST_TMPDIR/page"
}

@test "pause(1) and README.md have every system call" {
	calls=$(proof/system-calls amd64 | sort)
	diff <(echo "$calls") <(section SECURITY | sed -n 's/^\.Xr //p' | grep -oP '\w+(?= 2)' | sort)
	diff <(echo "$calls") <(sed -n '/^A seccomp profile must allow/,/goes on without/p' README.md |
		grep -oP '`\K\w+(?=`)' | sort)
	grep -q "all $(wc -w <<<"$calls")\." README.md
}

@test "pause-init(1) has every option and message of the source, and no other option" {
	{
		sed -n "s/^\t*case '\(.\)':$/-\1/p" src/init.c
		sed -n '/long_options\[\] = /,/};/p' src/init.c | grep -oP '"\K[a-z-]+' | sed 's/^/--/'
	} | LC_ALL=C sort >"$BATS_TEST_TMPDIR/options"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/options")" -eq 18 ]
	sed -n '/^\.Sh DESCRIPTION/,/^\.Sh/p' src/pause-init.1 | sed -n 's/^\.It Fl //p' |
		sed -E 's/ Ar (from : Ns Ar to|[a-z]+)//g; s/ , (Fl )?/\n/g' | sed 's/^/-/' | LC_ALL=C sort |
		diff "$BATS_TEST_TMPDIR/options" -
	grep -oP '"\K(Error|Warning|Reaped)[^"%\\]*' src/init.c >"$BATS_TEST_TMPDIR/messages"
	sed -n 's/.*fail("\([^"]*\)".*/Error: \1/p' src/init.c >>"$BATS_TEST_TMPDIR/messages"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/messages")" -eq 10 ]
	while IFS= read -r message; do
		grep '^\.It "' src/pause-init.1 | grep -qF -- "$message"
	done <"$BATS_TEST_TMPDIR/messages"
}
