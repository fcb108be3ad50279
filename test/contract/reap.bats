#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Orphans are reaped by the kernel, which does not even wake pause for it.

load ../helpers

# reaps KIND COUNT [OPTION]: orphans of that kind leave no zombie and do not wake pause.
reaps() {
	local before

	echo "$@"
	as_init "$PAUSE" "${@:3}"
	before=$(wakeups)
	in_pod build/test/orphans "$1" "$2" >"$BATS_TEST_TMPDIR/pids"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/pids")" -eq "$2" ]
	wait_until pod_is_empty
	[ "$(wakeups)" = "$before" ]
	stop_pause TERM
	says "$ERR" "$TERMINATED"
}

# bats test_tags=kernel
@test "orphans that exit, or were zombies when they were handed over" {
	reaps exits 3
	reaps zombie 3 --guard
}

@test "orphans that are killed, traced, made by clone(2), or with threads or a namespace of their own" {
	for kind in killed clone threads traced released namespace; do
		reaps $kind 3
	done
}

# bats test_tags=storm
@test "20,000 orphans: no zombie, no wake-up, no time on a processor" {
	reaps exits 20000
	reaps zombie 20000
}

# bats test_tags=kernel
@test "children that were zombies before pause was there are reaped at the start" {
	for start in elsewhere as_init; do
		$start build/test/exec_with_zombies 2 "$PAUSE"
		wait_until has_no_child
		stop_pause TERM
	done
	says "$ERR" "$TERMINATED"
}

has_no_child() {
	! child_of "$PID"
}
