#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What disturbs the wait does not end it, and does not make it spin.

load ../helpers

# still_waits_well: it waits, keeps still, and ends as it should.
still_waits_well() {
	local before

	wait_until waits "$PID"
	before=$(wakeups)
	sleep 0.1 # for a spin to show
	[ "$(wakeups)" = "$before" ]
	stop_pause TERM
}

@test "it sleeps, and nothing wakes it" {
	as_init "$PAUSE"
	still_waits_well
	says "$ERR" "$TERMINATED"
}

@test "SIGSTOP and SIGCONT leave it waiting" {
	for start in as_init elsewhere; do
		$start "$PAUSE"
		for _ in 1 2 3; do
			kill -s STOP "$PID"
			wait_until is_in_state "$PID" T
			kill -s CONT "$PID"
			wait_until waits "$PID"
		done
		still_waits_well
	done
}

@test "SIGTERM sent while it is stopped ends it when it goes on" {
	as_init "$PAUSE"
	kill -s STOP "$PID"
	wait_until is_in_state "$PID" T
	kill -s TERM "$PID"
	kill -s CONT "$PID"
	ends 0
	says "$ERR" "$TERMINATED"
}

@test "a debugger may attach and leave" {
	[ "$(id -u)" -eq 0 ] || skip "needs root, as pause is not dumpable"
	for start in as_init elsewhere; do
		$start "$PAUSE"
		for _ in 1 2 3; do
			strace -qq -o "$BATS_TEST_TMPDIR/trace" -p "$PID" 3>&- &
			tracer=$!
			wait_until test -s "$BATS_TEST_TMPDIR/trace"
			kill -s INT $tracer
			wait $tracer || true
			rm "$BATS_TEST_TMPDIR/trace"
			wait_until waits "$PID"
		done
		still_waits_well
	done
}

five_times_interrupted() {
	[ "$(grep -c EINTR "$BATS_TEST_TMPDIR/trace")" -eq 5 ]
}

@test "a wait that is interrupted is begun again" {
	elsewhere strace -D -qq -o "$BATS_TEST_TMPDIR/trace" \
		-e inject=rt_sigtimedwait:error=EINTR:when=1..5 "$PAUSE"
	wait_until five_times_interrupted
	stop_pause TERM
	says "$ERR" "$NOT_FIRST" "$TERMINATED"
}
