#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

load ../helpers

# bats test_tags=kernel
@test "descriptors that a runtime leaked are closed, the first three kept" {
	as_init bash -c 'exec 3</etc/passwd 9>/dev/null 200</; exec "$@"' - "$PAUSE"
	[ "$(ls "/proc/$PID/fd")" = $'0\n1\n2' ]
	stop_pause TERM
}

@test "also those that close on exec would have closed, and a thousand of them" {
	as_init bash -c 'for fd in {10..1000}; do eval "exec $fd</dev/null"; done; exec "$@"' - "$PAUSE"
	[ "$(ls "/proc/$PID/fd")" = $'0\n1\n2' ]
	stop_pause TERM
}

@test "a pipe that leaked is at its end for who reads it" {
	open_fifo 5
	# No launcher in between, which would have it open, too.
	elsewhere sh -c 'exec "$@" 7>&5 5>&-' - "$PAUSE"
	exec 6<"$(readlink /proc/self/fd/5)" 5>&-
	run -0 timeout 10 cat <&6
	[ -z "$output" ]
	stop_pause TERM
}
