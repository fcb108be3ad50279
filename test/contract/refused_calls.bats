#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# System calls that are refused, by a kernel that is too old or a filter.

load ../helpers

# refused CALL ERROR [ARGUMENT...]: runs pause with each CALL failing with ERROR.
# Ends with its status, or, if it came to its wait, by SIGTERM.
refused() {
	local call=$1 error=$2

	shift 2
	elsewhere strace -D -qq -o "$BATS_TEST_TMPDIR/trace" -e inject="$call:error=$error" "$PAUSE" "$@"
}

fails() {
	run -"$1" "${LIMITED[@]}" strace -qq -o "$BATS_TEST_TMPDIR/trace" -e inject="$2" "$PAUSE" 3>&-
	grep -q INJECTED "$BATS_TEST_TMPDIR/trace"
}

@test "SIGINT and SIGTERM cannot be blocked: a line, status 1" {
	for error in EPERM ENOSYS EINVAL; do
		fails 1 "rt_sigprocmask:error=$error"
		[ "$output" = 'Error: cannot block SIGINT and SIGTERM' ]
	done
}

@test "SIGCHLD cannot be set: a line, status 3" {
	for error in EPERM ENOSYS EINVAL; do
		fails 3 "rt_sigaction:error=$error"
		[ "$output" = 'Error: cannot set SIGCHLD' ]
	done
}

@test "the wait fails: a line, status 42" {
	for error in EPERM ENOSYS EINVAL EFAULT EAGAIN; do
		fails 42 "rt_sigtimedwait:error=$error"
		[ "$output" = "$NOT_FIRST
Error: infinite loop terminated" ]
	done
}

@test "hardening is refused: it carries on without" {
	for call in prctl close_range prctl,close_range; do
		for error in EPERM ENOSYS EINVAL; do
			refused $call $error
			grep -q INJECTED "$BATS_TEST_TMPDIR/trace"
			stop_pause TERM
			says "$ERR" "$NOT_FIRST" "$TERMINATED"
		done
	done
}

@test "nothing can be waited for: it carries on" {
	for error in EPERM ENOSYS ECHILD; do
		refused wait4 $error
		stop_pause TERM
		says "$ERR" "$NOT_FIRST" "$TERMINATED"
	done
}

@test "a line cannot be written: it carries on without" {
	for call in write fcntl; do
		for error in EPERM EINTR EAGAIN EIO ENOSYS; do
			refused $call $error --unknown
			stop_pause_silently
			says "$ERR"
		done
	done
}

stop_pause_silently() {
	kill -s TERM "$PID"
	ends 0
}
