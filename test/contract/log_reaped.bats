#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# --log-reaped: a line on stderr for each process that pause reaps.

load ../helpers

# logs KIND COUNT HOW: each orphan of that kind gives one line, with its PID and HOW it ended.
logs() {
	echo "$@"
	as_init "$PAUSE" --log-reaped
	in_pod build/test/orphans "$1" "$2" >"$BATS_TEST_TMPDIR/pids"
	wait_until pod_is_empty
	stop_pause TERM
	says "$OUT"
	sort "$ERR" | diff <(
		sed "s/.*/waitpid return, pid is: &, $3/" "$BATS_TEST_TMPDIR/pids" | cat - <(echo "$TERMINATED") | sort
	) -
	[ "$(wc -l <"$ERR")" -eq $(($2 + 1)) ]
}

# bats test_tags=kernel
@test "how an orphan exited, which signal killed it, and one that was a zombie when it was handed over" {
	logs exits 1 'exit status: 7'
	logs killed 1 'signal: 9'
	logs zombie 3 'exit status: 7'
}

@test "orphans made by clone(2) to die without a signal, or with threads or a namespace of their own" {
	for kind in clone threads namespace; do
		logs $kind 3 'exit status: 7'
	done
}

@test "an orphan that died under a tracer" {
	as_init "$PAUSE" --log-reaped
	orphan=$(in_pod build/test/orphans traced)
	wait_until pod_is_empty
	stop_pause TERM
	has_line "$ERR" "waitpid return, pid is: $orphan, exit status: 7"
}

@test "the highest exit status, and the highest signal, in sessions of their own" {
	as_init "$PAUSE" --log-reaped
	in_pod setsid --fork bash -c 'exit 255'
	in_pod setsid --fork bash -c 'kill -s 64 $$'
	wait_until grep -q ', exit status: 255$' "$ERR"
	wait_until grep -q ', signal: 64$' "$ERR"
	stop_pause TERM
	[ "$(wc -l <"$ERR")" -eq 3 ]
}

@test "children that were zombies before pause was there, also as another PID" {
	for start in elsewhere as_init; do
		$start build/test/exec_with_zombies 2 "$PAUSE" --log-reaped
		stop_pause TERM
		sed -E 's/is: [0-9]+/is: N/' "$ERR" | grep -vxF "$NOT_FIRST" | sort | diff <(
			printf '%s\n' "$TERMINATED" 'waitpid return, pid is: N, exit status: 3' \
				'waitpid return, pid is: N, exit status: 4'
		) -
	done
}

# bats test_tags=storm
@test "SIGCHLDs that coalesce lose no process" {
	logs exits 20000 'exit status: 7'
}

@test "also where SIGCHLD was ignored or blocked by the parent" {
	for left in --block-signal=CHLD --ignore-signal=CHLD; do
		as_init env $left "$PAUSE" --log-reaped
		orphan=$(in_pod build/test/orphans exits)
		wait_until has_line "$ERR" "waitpid return, pid is: $orphan, exit status: 7"
		stop_pause TERM
	done
}

@test "a process that only joined the pod gives no line" {
	as_init "$PAUSE" --log-reaped
	in_pod true
	wait_until pod_is_empty
	stop_pause TERM
	says "$ERR" "$TERMINATED"
}
