#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Orphans are reaped by the kernel, which does not even wake pause for it.

load ../helpers

# reaps KIND [COUNT]: orphans of that kind leave no zombie and do not wake pause.
reaps() {
	local before

	as_init "$PAUSE"
	before=$(wakeups)
	in_pod build/test/orphans "$@" >"$BATS_TEST_TMPDIR/pids"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/pids")" -eq "${2-1}" ]
	wait_until pod_is_empty
	[ "$(wakeups)" = "$before" ]
	stop_pause TERM
	says "$ERR" "$TERMINATED"
}

# bats test_tags=kernel
@test "an orphan that exits" {
	reaps exits 3
}

@test "an orphan that is killed" {
	reaps killed 3
}

# bats test_tags=kernel
@test "an orphan that was a zombie when it was handed over" {
	reaps zombie 3
}

@test "an orphan that clone(2) made to die without a signal" {
	reaps clone 3
}

@test "an orphan with threads, of which the first ended first" {
	reaps threads 3
}

@test "an orphan that died under a tracer" {
	reaps traced 3
}

@test "an orphan that a tracer had let go" {
	reaps released 3
}

@test "an orphan that is PID 1 of a namespace of its own, and takes it along" {
	reaps namespace 3
}

# bats test_tags=storm
@test "20,000 orphans: no zombie, no wake-up, no time on a processor" {
	reaps exits 20000
}

# bats test_tags=storm
@test "20,000 orphans that were zombies when they were handed over" {
	reaps zombie 20000
}

# bats test_tags=kernel
@test "children that were zombies before pause was there are reaped at the start" {
	for options in '' --guard --log-reaped; do
		# shellcheck disable=SC2086 # one option, or none
		as_init build/test/exec_with_zombies 2 "$PAUSE" $options
		wait_until pod_is_empty
		stop_pause TERM
		[ "$options" = --log-reaped ] || says "$ERR" "$TERMINATED"
	done
	# shellcheck disable=SC2086
	elsewhere build/test/exec_with_zombies 2 "$PAUSE"
	wait_until has_no_child
	stop_pause TERM
}

has_no_child() {
	! child_of "$PID"
}

