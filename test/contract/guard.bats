#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# --guard: PID 1 obeys SIGINT and SIGTERM only from outside the pod.

load ../helpers

# kill_from_inside SIGNAL: prints the PID, in the pod, of the process that sends it to PID 1.
kill_from_inside() {
	in_pod bash -c "echo \$\$; kill -s $1 1"
}

# bats test_tags=kernel
@test "a SIGTERM and a SIGINT from inside are refused, with a line" {
	as_init "$PAUSE" --guard
	killer=$(kill_from_inside TERM)
	wait_until has_line "$ERR" "Refused signal: Terminated, from PID: $killer"
	interrupter=$(kill_from_inside INT)
	wait_until has_line "$ERR" "Refused signal: Interrupt, from PID: $interrupter"
	wait_until waits "$PID"
	stop_pause TERM
	says "$OUT"
	says "$ERR" "Refused signal: Terminated, from PID: $killer" \
		"Refused signal: Interrupt, from PID: $interrupter" "$TERMINATED"
}

# bats test_tags=kernel
@test "from outside both are obeyed" {
	for signal in TERM INT; do
		as_init "$PAUSE" --guard
		stop_pause $signal
	done
}

@test "Ctrl-C on its terminal comes from outside" {
	mkfifo "$BATS_TEST_TMPDIR/keys"
	exec 5<>"$BATS_TEST_TMPDIR/keys"
	script -qec "unshare ${pod_unshare_user[*]} --fork --pid --kill-child $PAUSE --guard" /dev/null \
		<&5 >"$OUT" 2>&1 3>&- &
	JOB=$!
	wait_until pause_below "$JOB"
	printf '\003' >&5
	exec 5>&-
	ends 0
	grep -q "$INTERRUPT" "$OUT"
}

# pause_below PID: whether a descendant of PID is pause, and waits.
pause_below() {
	local child

	child=$(child_of "$1") && { waits "$child" || pause_below "$child"; }
}

@test "an orphan of the pod is inside" {
	as_init "$PAUSE" --guard
	# shellcheck disable=SC2016 # the shell in the pod expands it
	in_pod bash -c '(me=$BASHPID; until grep -q "^PPid:.1$" /proc/$me/status; do :; done; kill 1) &'
	wait_until grep -q '^Refused signal: Terminated, from PID: [0-9]*$' "$ERR"
	stop_pause TERM
}

# bats test_tags=kernel
@test "kill, tkill, tgkill and pidfd_send_signal: obeyed from outside, refused from inside" {
	for way in kill tkill tgkill pidfd; do
		as_init "$PAUSE" --guard
		sender=$(in_pod sh -c 'echo $$; exec "$@"' - build/test/send_signal $way 1)
		wait_until has_line "$ERR" "Refused signal: Terminated, from PID: $sender"
		build/test/send_signal $way "$PID"
		ends 0
		says "$ERR" "Refused signal: Terminated, from PID: $sender" "$TERMINATED"
	done
}

# bats test_tags=kernel
@test "without a trustworthy sender (SI_QUEUE, timers, F_SETSIG): always refused" {
	for way in queue timer sigio; do
		as_init "$PAUSE" --guard
		in_pod build/test/send_signal $way 1
		wait_until grep -q '^Refused signal: Terminated, from PID: [0-9]*$' "$ERR"
		stop_pause TERM
		as_init "$PAUSE" --guard
		build/test/send_signal $way "$PID"
		wait_until grep -q '^Refused signal: Terminated, from PID: [0-9]*$' "$ERR"
		stop_pause TERM
	done
}

# bats test_tags=kernel
@test "without the guard each of them ends it" {
	for way in kill tkill tgkill pidfd queue timer sigio; do
		as_init "$PAUSE"
		in_pod build/test/send_signal $way 1 || true # it dies with the pod
		ends 0
		says "$ERR" "$TERMINATED"
	done
}

# bats test_tags=storm
@test "a thousand kills from inside do not end it" {
	as_init "$PAUSE" --guard
	in_pod bash -c 'for _ in {1..1000}; do kill 1; done'
	wait_until waits "$PID"
	stop_pause TERM
}

@test "as another PID it obeys everybody" {
	elsewhere "$PAUSE" --guard
	stop_pause TERM
	says "$ERR" "$NOT_FIRST" "$TERMINATED"
}

# bats test_tags=kernel
@test "it goes together with --log-reaped" {
	for options in '--guard --log-reaped' '--log-reaped --guard'; do
		# shellcheck disable=SC2086
		as_init "$PAUSE" $options
		killer=$(kill_from_inside TERM)
		wait_until has_line "$ERR" "Refused signal: Terminated, from PID: $killer"
		orphan=$(in_pod build/test/orphans exits)
		wait_until has_line "$ERR" "waitpid return, pid is: $orphan, exit status: 7"
		stop_pause TERM
	done
}

@test "with the guard alone orphans wake nobody" {
	as_init "$PAUSE" --guard
	before=$(wakeups)
	in_pod build/test/orphans exits 100 >/dev/null
	wait_until pod_is_empty
	[ "$(wakeups)" = "$before" ]
	stop_pause TERM
}
