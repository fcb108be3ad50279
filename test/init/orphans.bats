#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Orphans: reaped, by the kernel where it can, without a wake-up.

# shellcheck disable=SC2086 # words

load ../helpers
load init

# only_command: whether the pod holds init, its command, and the processes that look.
only_command() {
	# shellcheck disable=SC2016 # the shell in the pod expands it
	in_pod bash -c 'set -- /proc/[0-9]*; [ $# -eq 3 ]'
}

# reaps KIND COUNT [WAY]: orphans of that kind leave no zombie. Without WAY they do not wake init.
reaps() {
	local before

	echo "$@"
	starts 1 "${3-}" as_init
	before=$(wakeups)
	in_pod build/test/orphans "$1" "$2" >"$BATS_TEST_TMPDIR/pids"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/pids")" -eq "$2" ]
	wait_until only_command
	[ $# -eq 3 ] || [ "$(wakeups)" = "$before" ]
	kill -s TERM "$PID"
	got 15
}

# needs_pidfd_info: skips where the kernel is too old to tell how a process ended that it has reaped.
# On any other, init uses that.
needs_pidfd_info() {
	local major minor

	IFS=.- read -r major minor _ < <(uname -r)
	((major * 100 + minor >= 615)) || skip 'the kernel is older than Linux 6.15'
	starts 1 '' as_init
	[ "$(readlink "/proc/$PID/fd/3")" = anon_inode:\[signalfd\] ]
	kill -s TERM "$PID"
	got 15
}

@test "orphans of each kind are reaped, and init is not woken" {
	needs_pidfd_info
	for kind in exits zombie killed clone threads traced released namespace; do
		reaps $kind 3
	done
}

# bats test_tags=kernel
@test "where the kernel cannot tell how the command ended, init reaps them" {
	for kind in exits zombie killed clone threads traced released namespace; do
		reaps $kind 3 "${WAYS[1]}"
	done
}

# bats test_tags=storm
@test "20,000 orphans: no zombie, and no wake-up" {
	needs_pidfd_info
	reaps exits 20000
}

# bats test_tags=storm
@test "20,000 orphans that init reaps, and SIGCHLDs that coalesce: none is lost" {
	reaps exits 20000 "${WAYS[1]}"
}

@test "-w: a line for each orphan, as tini's" {
	as_init "$INIT" -w build/test/print_signals 1
	wait_until has_line "$OUT" ready
	in_pod build/test/orphans exits 3 >"$BATS_TEST_TMPDIR/pids"
	wait_until only_command
	kill -s TERM "$PID"
	got 15
	sort "$ERR" | diff <(sed 's/.*/Reaped zombie process with pid=&, status: 7/' "$BATS_TEST_TMPDIR/pids" | sort) -
}

@test "children that were zombies before init was there are reaped at the start" {
	for way in "${WAYS[@]}"; do
		for start in elsewhere as_init; do
			: >"$OUT"
			$start build/test/exec_with_zombies 2 $way "$INIT" build/test/print_signals 1
			wait_until has_line "$OUT" ready
			has_children 1
			kill -s TERM "$PID"
			got 15
		done
	done
}

# Where init looks for zombies from before, orphans that die meanwhile must leave none, or a storm of them
# could keep the command from its start.
# bats test_tags=native
@test "the kernel reaps what dies before the command starts" {
	strace -qq -e trace=rt_sigaction,wait4,clone -o "$BATS_TEST_TMPDIR/trace" "$INIT" -w true
	sed '/^clone(/q' "$BATS_TEST_TMPDIR/trace" | grep -oE 'sa_handler=SIG_(IGN|DFL)|^wait4' |
		diff - <(printf '%s\n' sa_handler=SIG_DFL sa_handler=SIG_IGN wait4 sa_handler=SIG_DFL)
}

@test "as another process than PID 1, it is a subreaper; a line if it cannot be" {
	for way in "${WAYS[@]}"; do
		: >"$OUT"
		elsewhere $way "$INIT" sh -c '(sleep 3600 &) && exec build/test/print_signals 1'
		wait_until has_line "$OUT" ready
		wait_until pgrep -x -P "$PID" sleep
		pkill -x -P "$PID" sleep
		wait_until has_children 1
		kill -s TERM "$PID"
		got 15
		says "$ERR"
	done
	run -0 build/test/exec_under_filter '!prctl' "$INIT" true
	[ "$output" = 'Warning: not a subreaper: zombies stay' ]
}

has_children() {
	[ "$(pgrep -c -P "$PID")" -eq "$1" ]
}

@test "idle, it does not wake up" {
	for way in "${WAYS[@]}"; do
		starts 1 "$way" as_init
		before=$(wakeups)
		sleep 3
		[ "$(wakeups)" = "$before" ]
		kill -s TERM "$PID"
		got 15
	done
}
