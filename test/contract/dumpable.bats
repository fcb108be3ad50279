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
@test "as user 0 it is open to root without CAP_SYS_PTRACE, as Podman in a container is" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	# As the kernel wants it, pause has no capability that such an engine lacks.
	as_init setpriv --bounding-set -all --inh-caps -all "$PAUSE"
	for entry in ns/pid ns/mnt exe root; do
		setpriv --bounding-set -sys_ptrace --inh-caps -sys_ptrace readlink "/proc/$PID/$entry"
	done
	stop_pause TERM
}
