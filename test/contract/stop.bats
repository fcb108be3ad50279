#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# SIGINT and SIGTERM end it, whatever its parent left it with and whenever they come.

load ../helpers

# bats test_tags=kernel
@test "SIGTERM and SIGINT end PID 1, and any other" {
	for start in elsewhere as_init; do
		for signal in TERM INT; do
			$start "$PAUSE"
			stop_pause $signal
			says "$OUT"
		done
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

# ends_in_a_storm COMMAND...: with the stderr that COMMAND gives it, 200 zombies and a pending
# SIGTERM, pause reaps one child before it ends.
ends_in_a_storm() {
	# shellcheck disable=SC2016 # the inner shell expands it
	run -0 env --default-signal=PIPE,XFSZ --block-signal=TERM strace -qq -o "$BATS_TEST_TMPDIR/trace" -e trace=wait4 \
		build/test/exec_with_zombies 200 "$@" sh -c 'kill -s TERM $$; exec "$@"' - "$PAUSE" --log-reaped
	[ "$(grep -c '^wait4(.*) = [1-9]' "$BATS_TEST_TMPDIR/trace")" -eq 1 ]
}

# bats test_tags=native
@test "children to reap keep no SIGTERM out, however stderr is broken" {
	for kind in broken full stopped unread; do
		ends_in_a_storm build/test/exec_on $kind 2
	done
	unread_pipe 6
	: >"$BATS_TEST_TMPDIR/long"
	for stderr in '>&6' ">>$BATS_TEST_TMPDIR/long; ulimit -f 0" '>/dev/full' '>&-' '>/dev/null' '</dev/null'; do
		ends_in_a_storm sh -c "exec 2$stderr; exec \"\$@\"" -
	done
}
