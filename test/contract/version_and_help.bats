#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# -v and -h answer as any tool does: they wait for their reader, and signals end them.

load ../helpers

VERSION=$(cat build/version)

@test "-v, -V and --version print the version" {
	for option in -v -V --version; do
		"${LIMITED[@]}" "$PAUSE" $option >"$OUT" 2>"$ERR"
		says "$OUT" "pause.c $VERSION"
		says "$ERR"
	done
}

@test "-v anywhere among the arguments" {
	run -0 --separate-stderr "${LIMITED[@]}" "$PAUSE" --guard --log-reaped -v
	[ "$output" = "pause.c $VERSION" ]
	[ -z "$stderr" ]
	run -0 --separate-stderr "${LIMITED[@]}" "$PAUSE" other -V --guard
	[ "$output" = "pause.c $VERSION" ]
	[ "$stderr" = "Warning: unknown argument 'other'" ]
}

@test "-h and --help say how to use it, in lines of a terminal" {
	for option in -h --help; do
		"${LIMITED[@]}" "$PAUSE" $option >"$OUT" 2>"$ERR"
		says "$ERR"
		[[ $(<"$OUT") == 'Usage: pause '* ]]
		for word in --log-reaped --guard -v -h 'pause(1)'; do
			grep -qF -- "$word" "$OUT"
		done
		says "$OUT" "$(<"$OUT")" # with a newline at its end, and no other there
		[ -z "$(awk 'length > 80' "$OUT")" ]
	done
}

@test "stdout that cannot be written: a line, status 1" {
	for option in -v --help; do
		for stdout in '>/dev/full' '>&-' '</dev/null'; do
			run -1 --separate-stderr "${LIMITED[@]}" sh -c "exec \"\$@\" 1$stdout" - "$PAUSE" $option
			[ "$stderr" = 'Error: cannot write to stdout' ]
		done
	done
	run -1 "${LIMITED[@]}" sh -c '"$1" -v >/dev/full 2>&-' - "$PAUSE" # nor stderr
}

# bats test_tags=native
@test "stdout that takes a part: the rest follows" {
	strace -qq -o /dev/null -e inject=write:retval=6:when=1 "$PAUSE" -v >"$OUT" 2>"$ERR" 3>&-
	says "$OUT" "c $VERSION"
	says "$ERR"
}

# The next three are so for any tool that does not handle signals.
@test "a pipe that nobody reads: SIGPIPE ends it, or, if it is ignored, status 1 with a line" {
	unread_pipe 6
	run -141 env --default-signal=PIPE "${LIMITED[@]}" sh -c 'exec "$@" >&6' - "$PAUSE" -v
	[ -z "$output" ]
	run -1 --separate-stderr env --ignore-signal=PIPE "${LIMITED[@]}" sh -c 'exec "$@" >&6' - "$PAUSE" -v
	[ "$stderr" = 'Error: cannot write to stdout' ]
}

@test "a full pipe: it waits, SIGTERM and SIGINT end it, and a reader gets all of it" {
	for signal in TERM INT; do
		full_pipe 5
		elsewhere env --default-signal sh -c 'exec "$@" >&5' - "$PAUSE" --help
		kill -s $signal "$PID"
		ends $((128 + $(kill -l $signal)))
		says "$ERR"
	done
	full_pipe 5
	elsewhere sh -c 'exec "$@" >&5' - "$PAUSE" -v
	head -c 65536 <&5 | tr -d '\0' >"$OUT"
	ends 0
	head -c "$(wc -c <build/version)" <&5 >/dev/null # what came later
}

@test "a stopped terminal: it waits until its output goes on" {
	elsewhere build/test/exec_on stopped 1 "$PAUSE" -v
	kill -s TERM "$PID"
	ends 143
}
