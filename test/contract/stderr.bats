#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# A stderr that takes nothing: it never ends pause and never holds it up.

load ../helpers

# bats test_tags=kernel
@test "stalled: as another PID it comes to its wait, and SIGTERM ends it" {
	full_pipe 5
	elsewhere sh -c 'exec "$@" 2>&5' - "$PAUSE" --unknown
	kill -s TERM "$PID"
	ends 0
	[ "$(head -c 65536 <&5 | tr -d '\0' | wc -c)" -eq 0 ] # and nothing was squeezed in
	exec 5>&-
}

# bats test_tags=storm
@test "stalled: orphans are still reaped, and SIGTERM ends it" {
	full_pipe 5
	as_init sh -c 'exec "$@" 2>&5' - "$PAUSE" --log-reaped --guard
	in_pod sh -c 'kill 1'
	in_pod build/test/orphans exits 5000 >/dev/null
	wait_until pod_is_empty
	kill -s TERM "$PID"
	ends 0
	exec 5>&-
}

# supports_nowait: whether this kernel knows RWF_NOWAIT for pipes, as Linux does since 6.5.
supports_nowait() {
	printf '%s\n' 6.5 "$(uname -r)" | sort -C -V
}

# bats test_tags=storm
@test "a pipe: another writer never gets EAGAIN because of pause" {
	supports_nowait || skip "needs Linux 6.5, which knows RWF_NOWAIT for pipes"
	# shellcheck disable=SC2016 # the inner shell expands it
	as_init build/test/exec_on slow 2 bash -c '
		printf -v line "beside %4000s" ""
		while [ ! -e "$0.over" ]; do echo "$line" >&2 || echo refused; done >"$0" &
		exec "$@"' "$BATS_TEST_TMPDIR/beside" "$PAUSE" --log-reaped
	in_pod build/test/orphans exits 20000 >/dev/null
	: >"$BATS_TEST_TMPDIR/beside.over"
	wait_until pod_has_only exec_on
	kill -s TERM "$PID"
	ends 0
	says "$BATS_TEST_TMPDIR/beside"
	grep -q '^beside' "$OUT"
	grep -q '^waitpid return, ' "$OUT"
}

# pod_has_only NAME: whether the only child of pause is a process of that name.
pod_has_only() {
	[ "$(status_of "$(child_of "$PID")" Name)" = "$1" ]
}

# calls_of COMMAND...: the system calls by which pause writes, on the stderr that COMMAND gives
# it, as $CALLS.
calls_of() {
	# shellcheck disable=SC2016 # the inner shell expands it
	env --block-signal=TERM strace -qq -o "$BATS_TEST_TMPDIR/trace" -e trace=rt_sigprocmask,lseek,pwritev2,fcntl,write \
		"$@" sh -c 'kill -s TERM $$; exec "$@"' - "$PAUSE" >/dev/null 3>&-
	# What a shell and a libc do before is not pause's.
	CALLS=$(sed -n '/^rt_sigprocmask(SIG_BLOCK, \[INT /,$p' "$BATS_TEST_TMPDIR/trace")
}

# bats test_tags=native
@test "the flags of the descriptor are touched only where RWF_NOWAIT is not known" {
	: >"$BATS_TEST_TMPDIR/file"
	# A file is written as by any other program: with RWF_NOWAIT, XFS refuses to grow one.
	for stderr in '>/dev/null' '>/dev/full' ">>$BATS_TEST_TMPDIR/file" ">>$BATS_TEST_TMPDIR/file; ulimit -f 0" '>&-'; do
		calls_of sh -c "exec 2$stderr; exec \"\$@\"" -
		run ! grep -E '^pwritev2.*RWF_NOWAIT\) += [0-9]|F_SETFL' <<<"$CALLS"
	done
	if supports_nowait; then
		for kind in slow full broken; do
			calls_of env --ignore-signal=PIPE build/test/exec_on $kind 2
			run ! grep F_SETFL <<<"$CALLS"
		done
	fi
	open_fifo 5
	calls_of sh -c 'exec "$@" 2>&5' -
	[ "$(grep -c 'F_SETFL, .*O_NONBLOCK' <<<"$CALLS")" -eq 2 ] # of two lines
	[ "$(grep -c F_SETFL <<<"$CALLS")" -eq 4 ]
}

# bats test_tags=storm
@test "stalled in the middle of a storm: what was written is whole lines" {
	open_fifo 5
	as_init sh -c 'exec "$@" 2>&5' - "$PAUSE" --log-reaped
	in_pod build/test/orphans exits 5000 >/dev/null
	wait_until pod_is_empty
	kill -s TERM "$PID"
	ends 0
	dd bs=64k iflag=nonblock <&5 >"$BATS_TEST_TMPDIR/read" 2>/dev/null || true
	[ "$(wc -l <"$BATS_TEST_TMPDIR/read")" -gt 1000 ]
	run ! grep -vE '^waitpid return, pid is: [0-9]+, exit status: 7$' "$BATS_TEST_TMPDIR/read"
	exec 5>&-
}

# bats test_tags=storm
@test "a terminal that is stopped, or that nobody reads" {
	mapfile -t many < <(yes unknown | head -n 2000)
	for how in stopped unread; do
		elsewhere build/test/exec_on $how 2 "$PAUSE" "${many[@]}"
		kill -s TERM "$PID"
		ends 0
		as_init build/test/exec_on $how 2 "$PAUSE" --log-reaped
		in_pod build/test/orphans exits 2000 >/dev/null
		kill -s TERM "$PID"
		ends 0
	done
}

@test "a terminal that wants no output of the background" {
	# With job control, the background is a process group of its own.
	cat >"$BATS_TEST_TMPDIR/session" <<-'SESSION'
		stty tostop
		"$@" 2>/dev/tty &
		echo $! >"$PID_FILE"
		wait $!
		echo "status $?"
	SESSION
	for launcher in '' 'unshare --fork --pid'; do
		[ -z "$launcher" ] || launcher="$launcher ${pod_unshare_user[*]}"
		export PID_FILE=$BATS_TEST_TMPDIR/pid
		rm -f "$PID_FILE"
		script -qec "bash -m '$BATS_TEST_TMPDIR/session' $launcher $PAUSE" /dev/null </dev/null >"$OUT" 2>&1 3>&- &
		JOB=$!
		wait_until test -s "$PID_FILE"
		PID=$(cat "$PID_FILE")
		[ -z "$launcher" ] || wait_until child_of "$PID"
		[ -z "$launcher" ] || PID=$(child_of "$PID")
		wait_until waits "$PID"
		kill -s TERM "$PID"
		ends 0
		grep -q "^$TERMINATED" "$OUT"
		grep -q '^status 0' "$OUT"
	done
}

@test "what it does to the descriptor to write without waiting, it undoes" {
	open_fifo 5
	flags=$(grep '^flags:' /proc/self/fdinfo/5)
	elsewhere sh -c 'exec "$@" 2>&5' - "$PAUSE" --unknown
	[ "$(grep '^flags:' /proc/self/fdinfo/5)" = "$flags" ]
	kill -s TERM "$PID"
	ends 0
	exec 5>&-
}

@test "a pipe that nobody reads any more" {
	for signal in TERM INT; do
		unread_pipe 6
		elsewhere env --default-signal=PIPE sh -c 'exec "$@" 2>&6' - "$PAUSE" --unknown
		kill -s $signal "$PID"
		ends 0
	done
}

@test "a device that is full, and a descriptor that is closed" {
	for redirection in '>/dev/full' '>&-' '</dev/null'; do
		for signal in TERM INT; do
			elsewhere sh -c "exec \"\$@\" 2$redirection" - "$PAUSE" --unknown
			kill -s $signal "$PID"
			ends 0
			as_init sh -c "exec \"\$@\" 2$redirection" - "$PAUSE" --log-reaped
			in_pod build/test/orphans exits 10 >/dev/null
			wait_until pod_is_empty
			kill -s $signal "$PID"
			ends 0
		done
	done
}

# bats test_tags=kernel,bare
@test "a file that is as long as it may be" {
	elsewhere sh -c 'ulimit -f 0; exec "$@" 2>>"$0"' "$BATS_TEST_TMPDIR/limited" "$PAUSE" --unknown
	kill -s TERM "$PID"
	ends 0
	says "$BATS_TEST_TMPDIR/limited"
}

@test "stdin, stdout and stderr closed" {
	for start in as_init elsewhere; do
		$start sh -c 'exec "$@" <&- >&- 2>&-' - "$PAUSE" --unknown
		kill -s TERM "$PID"
		ends 0
	done
}
