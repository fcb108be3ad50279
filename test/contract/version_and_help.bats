#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

load ../helpers

VERSION=$(cat build/version)

@test "-v, -V and --version print the version" {
	for option in -v -V --version; do
		run -0 --separate-stderr "${LIMITED[@]}" "$PAUSE" $option
		[ "$output" = "pause.c $VERSION" ]
		[ -z "$stderr" ]
	done
	"${LIMITED[@]}" "$PAUSE" -v >"$OUT"
	says "$OUT" "pause.c $VERSION"
}

@test "also as PID 1, where a runtime asks for it" {
	pod_start "$PAUSE" -v >"$OUT" 2>"$ERR" 3>&-
	wait "$POD_LAUNCHER"
	says "$OUT" "pause.c $VERSION"
	says "$ERR"
}

@test "-v anywhere among the arguments" {
	run -0 --separate-stderr "${LIMITED[@]}" "$PAUSE" --guard --log-reaped -v
	[ "$output" = "pause.c $VERSION" ]
	[ -z "$stderr" ]
	run -0 --separate-stderr "${LIMITED[@]}" "$PAUSE" other -V --guard
	[ "$output" = "pause.c $VERSION" ]
	[ "$stderr" = "Warning: unknown argument 'other'" ]
}

@test "-h and --help say what a user needs" {
	for option in -h --help; do
		run -0 --separate-stderr "${LIMITED[@]}" "$PAUSE" $option
		[ -z "$stderr" ]
		for word in Usage: --log-reaped --guard --version --help SIGINT SIGTERM 'Exit status' ' 0 ' ' 1 ' ' 3 ' ' 42 '; do
			[[ $output == *"$word"* ]]
		done
	done
	"${LIMITED[@]}" "$PAUSE" -h >"$OUT"
	says "$OUT" "$output"
	[ -z "$(awk 'length > 80' "$OUT")" ]
}

@test "stdout that cannot be written: a line, status 1" {
	for option in -v --help; do
		run -1 --separate-stderr "${LIMITED[@]}" sh -c '"$1" "$2" >/dev/full' - "$PAUSE" $option
		[ "$stderr" = 'Error: cannot write to stdout' ]
		run -1 --separate-stderr "${LIMITED[@]}" sh -c '"$1" "$2" >&-' - "$PAUSE" $option
		[ "$stderr" = 'Error: cannot write to stdout' ]
		full_pipe 5
		run -1 --separate-stderr "${LIMITED[@]}" sh -c '"$1" "$2" >&5' - "$PAUSE" $option
		[ "$stderr" = 'Error: cannot write to stdout' ]
		unread_pipe 6
		run -1 --separate-stderr "${LIMITED[@]}" sh -c '"$1" "$2" >&6' - "$PAUSE" $option
		[ "$stderr" = 'Error: cannot write to stdout' ]
	done
}

@test "stdout that takes only a part of it: status 1" {
	head -c 1000 /dev/zero >"$BATS_TEST_TMPDIR/limited"
	run -1 --separate-stderr "${LIMITED[@]}" bash -c 'ulimit -f 1; "$1" -h >>"$2"' - "$PAUSE" "$BATS_TEST_TMPDIR/limited"
	[ "$stderr" = 'Error: cannot write to stdout' ]
	[ "$(stat -c %s "$BATS_TEST_TMPDIR/limited")" -eq 1024 ]
}

@test "neither stdout nor stderr: status 1 all the same" {
	run -1 "${LIMITED[@]}" sh -c '"$1" -v >/dev/full 2>&-' - "$PAUSE"
}
