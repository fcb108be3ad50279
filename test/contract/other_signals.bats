#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Signals other than SIGINT, SIGTERM and SIGCHLD.

load ../helpers

ORDINARY='HUP QUIT ILL TRAP ABRT BUS FPE USR1 SEGV USR2 ALRM XCPU VTALRM PROF IO PWR SYS RTMIN RTMAX-1'
# Not RTMAX, which is 127 on MIPS: the status of its victim is that of a stopped process (wait(2)).
! kill -l STKFLT >/dev/null 2>&1 || ORDINARY+=' STKFLT' # MIPS has none

@test "PID 1 survives all of them from inside the pod, and all but SIGKILL and SIGSTOP from outside" {
	as_init "$PAUSE"
	for signal in $ORDINARY PIPE XFSZ CHLD CONT URG WINCH KILL STOP TSTP TTIN TTOU; do
		in_pod bash -c "kill -s $signal 1"
	done
	wait_until waits "$PID"
	for signal in $ORDINARY PIPE XFSZ CHLD CONT URG WINCH TSTP TTIN TTOU; do
		kill -s "$signal" "$PID"
	done
	wait_until waits "$PID"
	says "$ERR"
	stop_pause TERM
	as_init "$PAUSE"
	kill -s KILL "$PID"
	wait_until has_ended "$JOB"
}

@test "elsewhere their default action holds" {
	ulimit -c 0
	for signal in $ORDINARY; do
		elsewhere env --default-signal "$PAUSE" # bash has a background job ignore SIGQUIT
		kill -s "$signal" "$PID"
		ends $((128 + $(kill -l "$signal")))
	done
}

@test "elsewhere the signals of a broken stderr do not end it" {
	elsewhere "$PAUSE"
	for signal in PIPE XFSZ CHLD; do
		kill -s "$signal" "$PID"
	done
	wait_until waits "$PID"
	stop_pause TERM
}
