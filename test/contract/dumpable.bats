#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Nobody of its own user looks into pause, but an engine that is root joins it.

load ../helpers

as_nobody=(setpriv --reuid 65535 --regid 65535 --clear-groups --bounding-set -all --inh-caps -all)

# bats test_tags=kernel
@test "its memory, descriptors, root, environment and program are closed to its own uid" {
	[ "$(id -u)" -eq 0 ] || skip "needs root, to be somebody else"
	as_init "${as_nobody[@]}" "$PAUSE"
	[ "$(status_of "$PID" Uid)" = $'65535\t65535\t65535\t65535' ]
	in_pod "${as_nobody[@]}" head -c 1 /proc/self/environ >/dev/null # which works
	for entry in mem environ maps auxv; do
		run ! in_pod "${as_nobody[@]}" head -c 1 /proc/1/$entry
	done
	for entry in root exe cwd ns/pid fd/1; do
		run ! in_pod "${as_nobody[@]}" readlink /proc/1/$entry
	done
	run ! in_pod "${as_nobody[@]}" ls /proc/1/fd
	run ! in_pod "${as_nobody[@]}" ls /proc/1/root/
	stop_pause TERM
}

# bats test_tags=kernel
@test "a sibling that has not done so is open to it: the test can tell" {
	[ "$(id -u)" -eq 0 ] || skip "needs root, to be somebody else"
	as_init "${as_nobody[@]}" "$PAUSE"
	in_pod "${as_nobody[@]}" sleep 1000 &
	wait_until pod_join_pid $!
	in_pod "${as_nobody[@]}" bash -c '
		for process in /proc/[0-9]*; do
			[ "$(cat $process/comm)" = sleep ] && head -c 1 $process/environ >/dev/null && exit 0
		done
		exit 1'
	stop_pause TERM
}

@test "a debugger of its own uid is refused, and root's is not" {
	[ "$(id -u)" -eq 0 ] || skip "needs root, to be somebody else"
	as_init "${as_nobody[@]}" "$PAUSE"
	run -1 in_pod "${as_nobody[@]}" timeout 10 strace -qq -p 1 -o /dev/null
	[[ $output == *'Operation not permitted'* ]]
	[ "/proc/$PID/exe" -ef "$PAUSE" ]
	stop_pause TERM
}

# bats test_tags=kernel
@test "as user 0 it is open to root without CAP_SYS_PTRACE, as Podman in a container is" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	# As the kernel wants it, pause has no capability that such an engine lacks.
	as_init setpriv --bounding-set -all --inh-caps -all "$PAUSE"
	for entry in ns/pid ns/mnt exe root; do
		setpriv --bounding-set -sys_ptrace --inh-caps -sys_ptrace readlink "/proc/$PID/$entry"
	done
	stop_pause TERM
}
