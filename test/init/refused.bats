#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# System calls that a filter or an old kernel refuses, and where there is little to live on. Never a hang.

# shellcheck disable=SC2086 # words

load ../helpers
load init

# refused CALLS ERROR STATUS LINE... -- WORD...: INIT WORD..., where each of CALLS fails with ERROR, ends
# with STATUS after these LINEs.
refused() {
	local calls=$1 error=$2 status=$3 lines=()

	echo "$calls $error"
	for ((; $# > 3; )); do
		[ "$4" != -- ] || break
		lines+=("$4")
		set -- "$1" "$2" "$3" "${@:5}"
	done
	run -"$status" "${LIMITED[@]}" strace -qq -o "$BATS_TEST_TMPDIR/trace" -e inject="$calls:error=$error" "$INIT" "${@:5}" 3>&-
	grep -q INJECTED "$BATS_TEST_TMPDIR/trace"
	diff <([ ${#lines[@]} -eq 0 ] || printf '%s\n' "${lines[@]}") <([ -z "$output" ] || echo "$output")
}

@test "it cannot block signals, start a process or wait: a line, status 1 or 42" {
	for error in EPERM ENOSYS EINVAL; do
		refused rt_sigprocmask $error 1 'Error: cannot block signals' -- true
		refused clone $error 1 'Error: cannot start a process' -- true
		refused rt_sigtimedwait $error 42 'Error: infinite loop terminated' -- -w sleep 1
		refused wait4 $error 42 'Error: infinite loop terminated' -- -w sleep 1
	done
}

@test "what the newer way of reaping needs is refused: the older one serves" {
	for call in ioctl ppoll pidfd_send_signal signalfd4 clone:when=1; do
		for error in EPERM ENOSYS EINVAL; do
			# shellcheck disable=SC2016 # the inner shell expands it
			refused $call $error 138 -- sh -c 'kill -s USR1 $PPID; exec sleep 20'
		done
	done
}

@test "the rest is refused: it carries on" {
	for calls in getpid close rt_sigaction,close; do
		for error in EPERM ENOSYS; do
			# shellcheck disable=SC2016 # the inner shell expands it
			refused $calls $error 138 -- sh -c 'kill -s USR1 $PPID; exec sleep 20'
		done
	done
	refused prctl EPERM 7 'Warning: not a subreaper: zombies stay' -- sh -c 'exit 7'
	# A signal that cannot be forwarded.
	for calls in kill kill,rt_sigqueueinfo; do
		# shellcheck disable=SC2016 # the inner shell expands it
		refused $calls EPERM 3 -- -w sh -c 'kill -s USR1 $PPID; sleep 0.5; exit 3'
	done
}

# bats test_tags=bare
@test "a root without /proc, /dev and everything else, that cannot be written" {
	bare=$BATS_TEST_TMPDIR/root
	mkdir "$bare"
	cp "$INIT" "$bare/pause-init"
	chmod 555 "$bare/pause-init"
	cp build/test/print_signals "$bare/print_signals"
	chmod 555 "$bare"
	as_init unshare --root="$bare" /pause-init /print_signals 2
	wait_until has_line "$OUT" ready
	kill -s USR1 "$PID"
	wait_until has_line "$OUT" 10
	kill -s TERM "$PID"
	got 10 15
	run -1 unshare --root="$bare" /pause-init --install /init
	[ "$output" = "Error: cannot use '/proc/self/exe': errno 2" ]
}

@test "without a capability, and with no_new_privs" {
	[ "$(id -u)" -eq 0 ] || skip "needs root, to be somebody else"
	for way in "${WAYS[@]}"; do
		as_init setpriv --reuid 65535 --regid 65535 --clear-groups --bounding-set -all --inh-caps -all \
			--no-new-privs $way "$INIT" build/test/print_signals 1
		wait_until has_line "$OUT" ready
		kill -s TERM "$PID"
		got 15
	done
}

# Not by a shell: dash resets the mask and SIGCHLD when it starts. timeout(1) on both sides, as that no longer
# ignores SIGINT, which it does below a bats in the background.
@test "started with all signals blocked, or SIGCHLD ignored: the command has that, and init works" {
	command=(grep -E '^Sig(Blk|Ign)' /proc/self/status)
	for start in "${LIMITED[*]}" "${LIMITED[*]} env --block-signal --ignore-signal=CHLD"; do
		for way in "${WAYS[@]}"; do
			run -0 $start $way "$INIT" "${command[@]}"
			diff <(echo "$output") <($start "${command[@]}")
		done
	done
}
