#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# SIGINT and SIGTERM end it, whatever its parent left it with and whenever they come.

load ../helpers

# bats test_tags=kernel
@test "SIGTERM and SIGINT end PID 1" {
	for signal in TERM INT; do
		as_init "$PAUSE"
		stop_pause $signal
		says "$OUT"
	done
}

@test "SIGTERM and SIGINT end it elsewhere" {
	for signal in TERM INT; do
		elsewhere "$PAUSE"
		stop_pause $signal
		says "$OUT"
	done
}

@test "SIGTERM and SIGINT from inside the pod end it" {
	for signal in TERM INT; do
		as_init "$PAUSE"
		in_pod sh -c "kill -s $signal 1" 2>/dev/null || true # it dies with the pod
		ends 0
	done
	says "$ERR" "$INTERRUPT"
}

@test "also where its parent left them blocked, ignored, or both" {
	for left in --block-signal=INT,TERM --ignore-signal=INT,TERM \
		"--block-signal=INT,TERM --ignore-signal=INT,TERM"; do
		for signal in TERM INT; do
			# shellcheck disable=SC2086 # one or two options
			as_init env $left "$PAUSE"
			stop_pause $signal
			# shellcheck disable=SC2086
			elsewhere env $left "$PAUSE"
			stop_pause $signal
		done
	done
}

# bats test_tags=kernel
@test "also where it was pending before pause was there" {
	env --block-signal=TERM sh -c 'kill -s TERM $$; exec "$1"' - "$PAUSE" 2>"$ERR"
	says "$ERR" "$NOT_FIRST" "$TERMINATED"
}

# signalled SIGNAL CALL WHEN: runs pause under strace, with SIGNAL sent as it
# enters CALL for the WHENth time. Leaves the trace in $TRACE.
signalled() {
	strace -qq -o "$TRACE" -e inject="$2:signal=$1:when=$3" "$PAUSE" >"$OUT" 2>"$ERR" 3>&-
}

# bats test_tags=native
@test "at whichever system call they come, from its own first one on" {
	TRACE=$BATS_TEST_TMPDIR/trace
	signalled TERM rt_sigtimedwait 1
	# Its own first one; what a libc calls before main() is not pause's.
	grep -q '^rt_sigprocmask(SIG_BLOCK' "$TRACE"
	calls=$(awk -F '(' '/^rt_sigprocmask\(SIG_BLOCK/ { own = 1 }
		/^[a-z_0-9]+\(/ { when[$1]++; if (own) print $1, when[$1] }
		/^rt_sigtimedwait/ { exit }' "$TRACE")
	[ "$(wc -l <<<"$calls")" -ge 9 ]
	for signal in TERM INT; do
		line=$TERMINATED
		[ $signal = TERM ] || line=$INTERRUPT
		while read -r call when; do
			echo "$signal at $call, $when"
			signalled $signal "$call" "$when"
			says "$ERR" "$NOT_FIRST" "$line"
		done <<<"$calls"
	done
}
