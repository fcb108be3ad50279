#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# --guard: PID 1 obeys SIGINT and SIGTERM only from outside the pod.

load ../helpers

# bats test_tags=kernel
@test "a SIGINT from inside is refused, with a line, and one from outside obeyed" {
	as_init "$PAUSE" --guard
	sender=$(in_pod sh -c 'echo $$; kill -s INT 1')
	wait_until has_line "$ERR" "Refused signal: Interrupt, from PID: $sender"
	wait_until waits "$PID"
	stop_pause INT
	says "$OUT"
	says "$ERR" "Refused signal: Interrupt, from PID: $sender" "$INTERRUPT"
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

# was_refused_once: one signal was, and a SIGTERM from here ends pause.
was_refused_once() {
	wait_until grep -q '^Refused signal: Terminated, from PID: [0-9]*$' "$ERR"
	stop_pause TERM
	[ "$(wc -l <"$ERR")" -eq 2 ]
}

# bats test_tags=kernel
@test "without a trustworthy sender (SI_QUEUE, timers, F_SETSIG): always refused" {
	for way in queue timer sigio; do
		as_init "$PAUSE" --guard
		in_pod build/test/send_signal $way 1
		was_refused_once
		as_init "$PAUSE" --guard
		build/test/send_signal $way "$PID"
		was_refused_once
	done
}

@test "as another PID it obeys everybody" {
	elsewhere "$PAUSE" --guard
	stop_pause TERM
	says "$ERR" "$NOT_FIRST" "$TERMINATED"
}
