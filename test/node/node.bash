# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # the tests use them
#
# What the tests on the machine of `boot` share. To be sourced with helpers.bash and engines.bash.

# An emulated processor takes its time, and so does a machine with other work to do.
WAIT_SECONDS=300

PAUSE_IMAGE=pause.invalid/pause:$(<build/version)

# confinement PID: the AppArmor profile of that process, and its mode.
confinement() {
	cat "/proc/$1/attr/apparmor/current"
}

# cgroup PID: its control group.
cgroup() {
	sed -n 's/^0:://p' "/proc/$1/cgroup"
}

# orphans_are_reaped: an orphan of nginx is a child of pause, PID, until nginx ends it; then 200 more.
# redis sees no zombie, and pause is not woken.
orphans_are_reaped() {
	local before

	before=$(wakeups "$PID")
	make_orphan nginx
	[ "$(container_exec nginx ps -o ppid= -p "$ORPHAN" | tr -d ' ')" -eq 1 ]
	end_orphan nginx
	container_exec nginx bash -c 'for ((i = 0; i < 200; i++)); do (: &); done'
	wait_until no_zombie redis
	[ "$(wakeups "$PID")" = "$before" ]
}
