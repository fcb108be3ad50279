#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# How pause-init ends: as its command does, or by what kept it from starting one.

load ../helpers
load init

# runs STATUS WORD...: WORDs under INIT, in both ways, end with STATUS.
runs() {
	for way in "${WAYS[@]}"; do
		# shellcheck disable=SC2086 # words
		run -"$1" "${LIMITED[@]}" $way "$INIT" "${@:2}" 3>&-
	done
}

# bats test_tags=kernel
@test "the exit status is the command's" {
	for status in 0 1 2 32 64 126 127 128 254 255; do
		runs $status sh -c "exit $status"
	done
	[ -z "$output" ]
}

# bats test_tags=kernel
@test "or 128 and the signal that ended the command" {
	for signal in HUP INT KILL TERM USR1 SEGV ABRT; do
		runs $((128 + $(kill -l $signal))) sh -c "kill -s $signal \$\$"
	done
	runs $((128 + 34)) bash -c "kill -34 \$\$"
}

@test "-e maps a status to 0, as often as given, also one of a signal" {
	runs 0 -e 7 sh -c 'exit 7'
	runs 0 -e7 -e 143 sh -c 'kill -s TERM $$'
	runs 0 -e 0 -e 255 -e 8 sh -c 'exit 255'
	runs 9 -e 7 -e 8 sh -c 'exit 9'
	runs 6 -e 7 sh -c 'exit 6'
}

@test "no such command: a line, 127; one that cannot be executed: a line, 126" {
	touch "$BATS_TEST_TMPDIR/empty"
	chmod +x "$BATS_TEST_TMPDIR/empty"
	runs 127 no-such-command
	[ "$output" = "Error: not found: 'no-such-command'" ]
	runs 127 ./no/such/command
	[ "$output" = "Error: not found: './no/such/command'" ]
	runs 127 ''
	[ "$output" = "Error: not found: ''" ]
	runs 126 /
	[ "$output" = "Error: permission denied: '/'" ]
	runs 126 "$BATS_TEST_TMPDIR/empty"
	[ "$output" = "Error: not executable here: '$BATS_TEST_TMPDIR/empty'" ]
}

@test "a command is found by PATH, in its order; what is not executable does not hide another" {
	mkdir "$BATS_TEST_TMPDIR"/{1,2,3}
	touch "$BATS_TEST_TMPDIR/1/found"
	for folder in 2 3; do
		printf '#!/bin/sh\necho %s "$0"\n' $folder >"$BATS_TEST_TMPDIR/$folder/found"
		chmod +x "$BATS_TEST_TMPDIR/$folder/found"
	done
	run -0 env "PATH=/nonexistent:$BATS_TEST_TMPDIR/1:$BATS_TEST_TMPDIR/2:$BATS_TEST_TMPDIR/3" "$INIT" found
	[ "$output" = "2 $BATS_TEST_TMPDIR/2/found" ]
	run -126 env "PATH=$BATS_TEST_TMPDIR/1:/nonexistent" "$INIT" found
	# What is no folder holds nothing.
	run -0 env "PATH=$BATS_TEST_TMPDIR/1/found:$BATS_TEST_TMPDIR/2" "$INIT" found
	run -127 env "PATH=$BATS_TEST_TMPDIR/1/found" "$INIT" found
	# An empty folder is the one that init is in.
	init=$PWD/$INIT
	cd "$BATS_TEST_TMPDIR/3"
	run -0 env PATH=/nonexistent: "$init" found
	[ "$output" = '3 found' ]
	run -0 env -u PATH "$init" sh -c 'echo without'
	[ "$output" = without ]
}

@test "what is no option, or no value of one, and no command: two lines and the usage, status 1" {
	for words in '' '-x' '-e' '-e 256 true' '-e x true' '-e -1 true' '-e 1: true' '-p TREM true' '-p SIG true' '-r 15 true' \
		'-r 32:1 true' '-r 0:1 true' '-r 1:32 true' '-r 15:derp true' '--wat true' '--waiting true' $'-\1 true' $'-g\2 true' '--' '--install'; do
		# shellcheck disable=SC2086 # words
		runs 1 $words
		[[ ${lines[0]} == "Error: unknown option, or no COMMAND: '"*"'" ]]
		[[ ${lines[1]} == 'Usage: init '* ]]
	done
}

@test "--version is one that Docker takes for tini's; -h prints the usage, on stdout" {
	for option in --version -V; do
		[ "$("$INIT" $option 2>/dev/null)" = "tini version $(cat build/version)" ]
	done
	for option in --help -h; do
		[[ $("$INIT" $option 2>/dev/null) == 'Usage: init '* ]]
	done
	[ "$("$INIT" -- echo -h)" = -h ]
	[ "$("$INIT" echo -h)" = -h ]
}

@test "stderr closed, full or broken: it carries on" {
	run -127 "$INIT" no-such-command 2>&-
	run -127 "$INIT" no-such-command 2>/dev/full
	full_pipe 7
	run -127 "${LIMITED[@]}" "$INIT" no-such-command 2>&7
}
