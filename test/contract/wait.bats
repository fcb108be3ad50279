#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# A wait that is interrupted, which the kernel does after SIGCONT, is begun again, and does not spin.

load ../helpers

@test "SIGSTOP and SIGCONT leave it waiting" {
	for start in elsewhere as_init; do
		$start "$PAUSE"
		for _ in 1 2 3; do
			kill -s STOP "$PID"
			wait_until is_in_state "$PID" T
			kill -s CONT "$PID"
			wait_until waits "$PID"
		done
		before=$(wakeups)
		sleep 0.1 # for a spin to show
		[ "$(wakeups)" = "$before" ]
		stop_pause TERM
	done
}
