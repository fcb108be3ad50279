#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Containers that end and are restarted, in a pod with shareProcessNamespace, under a kubelet. Each
# leaves processes behind: the runtime kills them, and pause reaps them.

load ../helpers
load kubelet

teardown() {
	[ -z "${NODE-}" ] || node_end
}

# a_pod [VARIANT]: a pod with that variant of pause. Sets FIRST to its sandbox.
a_pod() {
	node_start "$BATS_TEST_TMPDIR" "$@" || skip "$CANNOT"
	pod_add restarts
	pod_runs restarts
	FIRST=$SANDBOX
	[ "$(first_process nginx)" = "/pause${1+ --$1}" ]
	wait_until leaves_nothing
}

# leaves_nothing: whether the orphan of the container that runs now is all that pause has
# adopted, and nothing else in the pod is a zombie.
leaves_nothing() {
	[ "$(processes_of nginx | awk '$2 == 1 || $3 ~ /^Z/ { print $2, $3, $4, $5 }')" = '1 S zombie_demo 9999' ]
}

# keeps_sandbox: the pod is in its first sandbox, with the same pause, and works.
keeps_sandbox() {
	local pid=$PID

	pod_look restarts
	[ "$SANDBOX" = "$FIRST" ]
	[ "$PID" -eq "$pid" ]
	wait_until leaves_nothing
	is_a_pod a-pod
}

# restarts [VARIANT]: a container that another one kills; one that crashes; all, by the exit status
# of one.
restarts() {
	a_pod "$@"
	kill_from redis 'nginx: master'
	wait_until restarts_are restarts 'ends 0 init 0 nginx 1 redis 0'
	keeps_sandbox
	container_exec ends bash -c "echo 'kill -SEGV \$\$' >/tmp/end"
	wait_until restarts_are restarts 'ends 1 init 0 nginx 1 redis 0'
	keeps_sandbox
	container_exec ends bash -c 'echo exit 42 >/tmp/end'
	wait_until restarts_are restarts 'ends 2 init 1 nginx 2 redis 1'
	keeps_sandbox
	saw 'one that another one kills, one that ends by SIGSEGV, and all, a sidecar and an init container with them, by the action RestartAllContainers: in the same sandbox. The processes that they left are gone, and no zombie is there'
}

@test "containers that restart, with shareProcessNamespace" {
	restarts
}

@test "containers that restart, with the guard" {
	restarts guard
}
