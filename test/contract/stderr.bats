#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# A stderr that takes nothing: it never ends pause and never holds it up.

load ../helpers

# bats test_tags=kernel
@test "stalled: as another PID it comes to its wait, and SIGTERM ends it" {
	full_pipe 5
	elsewhere sh -c 'exec "$@" 2>&5' - "$PAUSE" --unknown
	end_pause TERM
	[ "$(head -c 65536 <&5 | tr -d '\0' | wc -c)" -eq 0 ] # and nothing was squeezed in
}

# calls_of COMMAND...: the system calls by which pause writes, on the stderr that COMMAND gives
# it, in the file $CALLS.
calls_of() {
	# shellcheck disable=SC2016 # the inner shell expands it
	env --block-signal=TERM "${LIMITED[@]}" strace -qq -o "$BATS_TEST_TMPDIR/trace" \
		-e trace=rt_sigprocmask,lseek,pwritev2,fcntl,write "$@" sh -c 'kill -s TERM $$; exec "$@"' - "$PAUSE" >/dev/null 3>&-
	# What a shell and a libc do before is not pause's.
	sed -n '/^rt_sigprocmask(SIG_BLOCK, \[INT /,$p' "$BATS_TEST_TMPDIR/trace" >"$CALLS"
}

# bats test_tags=native
@test "the flags of the descriptor are touched only where RWF_NOWAIT is not known, and given back" {
	CALLS=$BATS_TEST_TMPDIR/calls
	: >"$BATS_TEST_TMPDIR/file"
	# A file is written as by any other program: with RWF_NOWAIT, XFS refuses to grow one.
	for stderr in '>/dev/null' '>/dev/full' ">>$BATS_TEST_TMPDIR/file" ">>$BATS_TEST_TMPDIR/file; ulimit -f 0" '>&-'; do
		calls_of sh -c "exec 2$stderr; exec \"\$@\"" -
		run ! grep -E '^pwritev2.*RWF_NOWAIT\) += [0-9]|F_SETFL' "$CALLS"
	done
	if printf '%s\n' 6.5 "$(uname -r)" | sort -C -V; then # which knows RWF_NOWAIT for pipes
		for kind in full broken; do
			calls_of env --ignore-signal=PIPE build/test/exec_on $kind 2
			run ! grep F_SETFL "$CALLS"
		done
		calls_of env 2>&1 | cat >"$OUT"
		says "$OUT" "$NOT_FIRST" "$TERMINATED"
		run ! grep F_SETFL "$CALLS"
	fi
	open_fifo 5
	flags=$(grep '^flags:' /proc/self/fdinfo/5)
	calls_of sh -c 'exec "$@" 2>&5' -
	[ "$(grep -c 'F_SETFL, .*O_NONBLOCK' "$CALLS")" -eq 2 ] # of two lines
	[ "$(grep -c F_SETFL "$CALLS")" -eq 4 ]
	[ "$(grep '^flags:' /proc/self/fdinfo/5)" = "$flags" ]
}

# bats test_tags=storm
@test "stalled in the middle of a storm: what was written is whole lines" {
	open_fifo 5
	as_init sh -c 'exec "$@" 2>&5' - "$PAUSE" --log-reaped
	in_pod build/test/orphans exits 5000 >/dev/null
	wait_until pod_is_empty
	end_pause TERM
	dd bs=64k iflag=nonblock <&5 >"$BATS_TEST_TMPDIR/read" 2>/dev/null || true
	[ "$(wc -l <"$BATS_TEST_TMPDIR/read")" -gt 1000 ]
	run ! grep -vE '^waitpid return, pid is: [0-9]+, exit status: 7$' "$BATS_TEST_TMPDIR/read"
}

# bats test_tags=storm
@test "a terminal that is stopped, or that nobody reads" {
	mapfile -t many < <(yes unknown | head -n 2000)
	for how in stopped unread; do
		elsewhere build/test/exec_on $how 2 "$PAUSE" "${many[@]}"
		end_pause TERM
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
	export PID_FILE=$BATS_TEST_TMPDIR/pid
	script -qec "bash -m '$BATS_TEST_TMPDIR/session' $PAUSE" /dev/null </dev/null >"$OUT" 2>&1 3>&- &
	JOB=$!
	wait_until test -s "$PID_FILE"
	PID=$(cat "$PID_FILE")
	wait_until waits "$PID"
	end_pause TERM
	grep -q "^$TERMINATED" "$OUT"
	grep -q '^status 0' "$OUT"
}

# bats test_tags=kernel,bare
@test "a file that is as long as it may be" {
	elsewhere sh -c 'ulimit -f 0; exec "$@" 2>>"$0"' "$BATS_TEST_TMPDIR/limited" "$PAUSE" --unknown
	end_pause TERM
	says "$BATS_TEST_TMPDIR/limited"
}

@test "stdin, stdout and stderr closed" {
	for start in as_init elsewhere; do
		$start sh -c 'exec "$@" <&- >&- 2>&-' - "$PAUSE" --unknown
		end_pause TERM
	done
}
