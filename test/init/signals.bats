#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Signals that pause-init gets are the command's.

# shellcheck disable=SC2086 # words

load ../helpers
load init

# The numbers of all signals that a process can catch.
mapfile -t ALL < <(seq "$(kill -l RTMAX)" | grep -vx -e "$(kill -l KILL)" -e "$(kill -l STOP)")

# A libc keeps some signals to itself.
# bats test_tags=freestanding
@test "each signal goes on, but the two that no process can catch" {
	for way in "${WAYS[@]}"; do
		for start in as_init elsewhere; do
			starts ${#ALL[@]} "$way" $start
			for signal in "${ALL[@]}"; do
				before=$(wc -l <"$OUT")
				kill -"$signal" "$PID"
				wait_until has_more_lines "$before"
			done
			got "${ALL[@]}"
		done
	done
}

has_more_lines() {
	(($(wc -l <"$OUT") > $1))
}

# bats test_tags=freestanding
@test "a value that came with a signal goes on with it" {
	signals=("$(kill -l USR1)" "$(kill -l RTMIN)" "$(kill -l RTMAX)")
	for way in "${WAYS[@]}"; do
		starts 3 "$way" as_init
		for signal in "${signals[@]}"; do
			/bin/kill -s "$signal" -q 1234567 "$PID"
		done
		got "${signals[@]/%/ value 1234567}"
	done
}

@test "real-time signals that wait are all there, in their order" {
	sig=$(kill -l RTMIN+1)
	for way in "${WAYS[@]}"; do
		starts 50 "$way" as_init
		kill -s STOP "$PID"
		for value in {1..50}; do
			/bin/kill -s RTMIN+1 -q "$value" "$PID"
		done
		kill -s CONT "$PID"
		wait_until has_ended "$JOB" || true
		[ "$(grep -c value "$OUT")" -ge 49 ]
		diff <(grep value "$OUT") <(seq -f "$sig value %.0f" 50 | head -n "$(grep -c value "$OUT")")
		ends 3
	done
}

# bats test_tags=native
@test "at whichever system call it comes, from its own first one on" {
	trace=$BATS_TEST_TMPDIR/trace
	for options in '' -w; do
		strace -qq -o "$trace" "$INIT" $options true
		# The last process that it starts is the command.
		calls=$(awk -F '(' -v clones="$(grep -c '^clone(' "$trace")" '/^rt_sigprocmask\(SIG_SETMASK/ { own = 1 }
			/^[a-z_0-9]+\(/ { when[$1]++; if (own) print $1, when[$1] }
			/^clone\(/ && when[$1] == clones { exit }' "$trace" | grep -v '^execve')
		[ "$(wc -l <<<"$calls")" -ge 6 ]
		while read -r call when; do
			echo "$options: SIGTERM at $call, $when"
			run "${LIMITED[@]}" strace -qq -o "$trace" -e inject="$call:signal=TERM:when=$when" \
				"$INIT" $options sleep 5
			# A call that depends on how fast a process ends may not be there this time.
			[ "$status" -eq 143 ] || [ "$(grep -c "^$call(" "$trace")" -lt "$when" ]
		done <<<"$calls"
	done
}

@test "-g and TINI_KILL_PROCESS_GROUP: the command's whole group gets it; without, the command alone" {
	# shellcheck disable=SC2016 # the inner shell expands it
	script='sh -c "trap \"echo child; exit 0\" USR1; echo ready; while :; do sleep 0.1; done" & trap "echo command; wait; exit 3" USR1; while :; do wait; done'
	for way in "${WAYS[@]}"; do
		for options in "$INIT -g" "/usr/bin/env TINI_KILL_PROCESS_GROUP= $INIT"; do
			: >"$OUT"
			as_init $way $options bash -c "$script"
			wait_until has_line "$OUT" ready
			kill -s USR1 "$PID"
			ends 3
			diff <(sort "$OUT") <(printf '%s\n' child command ready)
		done
	done
	: >"$OUT"
	as_init /usr/bin/env TINI_KILL_PROCESS_GROUPS= "$INIT" bash -c "$script"
	wait_until has_line "$OUT" ready
	kill -s USR1 "$PID"
	wait_until has_line "$OUT" command
	run ! has_line "$OUT" child
}

@test "a fault of its own ends it; one that somebody sends is the command's" {
	for way in "${WAYS[@]}"; do
		starts 1 "$way" as_init
		kill -SEGV "$PID"
		got 11
	done
}

@test "where it may not signal the command, it goes on" {
	[ "$(id -u)" -eq 0 ] || skip "needs root, for a command of another user"
	for way in "${WAYS[@]}"; do
		: >"$OUT"
		# shellcheck disable=SC2016 # the inner shell expands it
		as_init setpriv --bounding-set -kill --inh-caps -kill $way "$INIT" \
			setpriv --reuid 65535 --clear-groups sh -c 'echo ready; sleep 1; exit 3'
		wait_until has_line "$OUT" ready
		kill -s TERM "$PID"
		ends 3
	done
}
