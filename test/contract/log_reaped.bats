#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# --log-reaped: a line on stderr for each process that pause reaps.

load ../helpers

# logs KIND HOW [COUNT]: each orphan of that kind gives one line, with its PID and HOW it ended.
logs() {
	local kind=$1 how=$2 count=${3-1}

	as_init "$PAUSE" --log-reaped
	in_pod build/test/orphans "$kind" "$count" >"$BATS_TEST_TMPDIR/pids"
	wait_until pod_is_empty
	stop_pause TERM
	says "$OUT"
	sort "$ERR" | diff <(
		sed "s/.*/waitpid return, pid is: &, $how/" "$BATS_TEST_TMPDIR/pids" | cat - <(echo "$TERMINATED") | sort
	) -
	[ "$(wc -l <"$ERR")" -eq $((count + 1)) ]
}

# bats test_tags=kernel
@test "how an orphan exited" {
	logs exits 'exit status: 7'
}

@test "an orphan of another process group" {
	as_init "$PAUSE" --log-reaped
	orphan=$(in_pod setsid --wait build/test/orphans exits)
	wait_until has_line "$ERR" "waitpid return, pid is: $orphan, exit status: 7"
	stop_pause TERM
}

# bats test_tags=kernel
@test "which signal killed an orphan" {
	logs killed 'signal: 9'
}

@test "the highest exit status, and the highest signal" {
	as_init "$PAUSE" --log-reaped
	in_pod setsid --fork bash -c 'exit 255'
	in_pod setsid --fork bash -c 'kill -s 64 $$'
	wait_until grep -q ', exit status: 255$' "$ERR"
	wait_until grep -q ', signal: 64$' "$ERR"
	stop_pause TERM
	[ "$(wc -l <"$ERR")" -eq 3 ]
}

# bats test_tags=kernel
@test "an orphan that was a zombie when it was handed over" {
	logs zombie 'exit status: 7' 3
}

@test "an orphan that clone(2) made to die without a signal" {
	logs clone 'exit status: 7' 3
}

@test "an orphan with threads, of which the first ended first" {
	logs threads 'exit status: 7' 3
}

@test "an orphan that died under a tracer" {
	as_init "$PAUSE" --log-reaped
	orphan=$(in_pod build/test/orphans traced)
	wait_until pod_is_empty
	stop_pause TERM
	has_line "$ERR" "waitpid return, pid is: $orphan, exit status: 7"
}

@test "children that were zombies before pause was there" {
	as_init build/test/exec_with_zombies 2 "$PAUSE" --log-reaped
	stop_pause TERM
	sed -E 's/is: [0-9]+/is: N/' "$ERR" | sort | diff <(
		printf '%s\n' "$TERMINATED" 'waitpid return, pid is: N, exit status: 3' \
			'waitpid return, pid is: N, exit status: 4'
	) -
}

# bats test_tags=storm
@test "SIGCHLDs that coalesce lose no process" {
	logs exits 'exit status: 7' 20000
}

@test "SIGCHLDs that come while pause is stopped lose no process" {
	as_init "$PAUSE" --log-reaped
	kill -s STOP "$PID"
	in_pod build/test/orphans exits 300 >"$BATS_TEST_TMPDIR/pids"
	kill -s CONT "$PID"
	wait_until pod_is_empty
	stop_pause TERM
	[ "$(grep -c '^waitpid return, pid is: [0-9]*, exit status: 7$' "$ERR")" -eq 300 ]
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
	in_pod sleep 1000 &
	joined=$!
	wait_until pod_join_pid $joined
	kill -s KILL "$(pod_join_pid $joined)"
	ends 137 $joined
	wait_until pod_is_empty
	stop_pause TERM
	says "$ERR" "$TERMINATED"
}

@test "zombie_demo's orphan, in the words of the demo" {
	as_init "$PAUSE" --log-reaped
	in_pod build/zombie_demo 0 >"$BATS_TEST_TMPDIR/demo"
	wait_until pod_is_empty
	child=$(sed -n 's/^Parent process (PID=[0-9]*), child PID=\([0-9]*\)$/\1/p' "$BATS_TEST_TMPDIR/demo")
	stop_pause TERM
	has_line "$BATS_TEST_TMPDIR/demo" "Child process (PID=$child) exit"
	says "$ERR" "waitpid return, pid is: $child, exit status: 0" "$TERMINATED"
}

@test "it also logs as another PID" {
	elsewhere build/test/exec_with_zombies 2 "$PAUSE" --log-reaped
	stop_pause TERM
	[ "$(grep -c '^waitpid return, pid is: ' "$ERR")" -eq 2 ]
}
