#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# System calls that are refused, by a kernel that is too old or a filter.

load ../helpers

# For root, pause is another user's here, as it is in its image.
ordinary=()
[ "$(id -u)" -ne 0 ] || ordinary=(setpriv --reuid 65535 --clear-groups)

# refused CALLS ERROR [ARGUMENT...]: runs pause with each of CALLS failing with ERROR.
# Comes back when pause waits.
refused() {
	local calls=$1 error=$2

	shift 2
	: >"$BATS_TEST_TMPDIR/trace"
	chmod a+w "$BATS_TEST_TMPDIR/trace"
	elsewhere "${ordinary[@]}" strace -D -qq -o /dev/fd/9 -e inject="$calls:error=$error" \
		"$PAUSE" "$@" 9>>"$BATS_TEST_TMPDIR/trace"
	grep -q INJECTED "$BATS_TEST_TMPDIR/trace"
}

# fails STATUS CALL ERROR LINE...: where CALL fails with ERROR, pause says LINEs and ends with STATUS.
fails() {
	echo "$2 $3"
	run -"$1" "${LIMITED[@]}" strace -qq -o "$BATS_TEST_TMPDIR/trace" -e inject="$2:error=$3" "$PAUSE" 3>&-
	grep -q INJECTED "$BATS_TEST_TMPDIR/trace"
	diff <(printf '%s\n' "${@:4}") <(echo "$output")
}

@test "it cannot block SIGINT and SIGTERM, set SIGCHLD or wait: a line, status 1, 3 or 42" {
	for error in EPERM ENOSYS EINVAL; do
		fails 1 rt_sigprocmask $error 'Error: cannot block SIGINT and SIGTERM'
		fails 3 rt_sigaction $error 'Error: cannot set SIGCHLD'
	done
	for error in EPERM ENOSYS EINVAL EFAULT EAGAIN; do
		fails 42 rt_sigtimedwait $error "$NOT_FIRST" 'Error: infinite loop terminated'
	done
}

# Of a filter, and of a kernel that is older than the call or knows less of it.
@test "what hardens, or is newer than PID namespaces, is refused: it carries on" {
	for call in getuid prctl close_range pwritev2 close_range,pwritev2; do
		for error in EPERM ENOSYS EOPNOTSUPP; do
			refused $call $error
			stop_pause TERM
			says "$ERR" "$NOT_FIRST" "$TERMINATED"
		done
	done
}

# bats test_tags=bare
@test "nothing can be waited for, closed or told of its offset: it carries on" {
	for call in wait4 close_range,close lseek; do
		for error in EPERM ENOSYS ECHILD; do
			refused $call $error
			stop_pause TERM
			says "$ERR" "$NOT_FIRST" "$TERMINATED"
		done
	done
}

@test "a line cannot be written: it carries on without" {
	for calls in pwritev2,write pwritev2,fcntl; do
		for error in EPERM EINTR EAGAIN EIO ENOSYS; do
			refused $calls $error --unknown
			end_pause TERM
			says "$ERR"
		done
	done
}
