#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Pods with hostUsers: false, each of which has a user namespace, under a kubelet.

load ../helpers
load kubelet

setup() {
	# Root of a user namespace has to reach its root file system.
	chmod a+x "$BATS_RUN_TMPDIR"
}

teardown() {
	[ -z "${NODE-}" ] || node_end
}

# a_pod [VARIANT]: a pod with that variant of pause. Sets ROOT to user 0 of its user namespace, as the
# node sees it. Skips the test if no container here can have a user namespace.
a_pod() {
	local why

	node_start "$BATS_TEST_TMPDIR" "$@" || skip "$CANNOT"
	why=$(ctr --namespace k8s.io run --rm --uidmap 0:1000000:65536 --gidmap 0:1000000:65536 \
		localhost/redis:test probe bash -c : 2>&1) || skip "no container here can have a user namespace: ${why##*$'\n'}"
	pod_add shared-pid user-namespace 's/^spec:/&\n  hostUsers: false/'
	pod_runs user-namespace
	read -r _ ROOT _ <"/proc/$PID/uid_map"
	[ "$ROOT" -ge 65536 ]
}

# is_another: whether the pod is ready, in another sandbox.
is_another() {
	local sandbox

	pod_is_ready user-namespace && sandbox=$(pod_sandbox user-namespace) && [ -n "$sandbox" ] && [ "$sandbox" != "$SANDBOX" ]
}

@test "hostUsers: false, with shareProcessNamespace" {
	local before

	a_pod
	is_a_pod a-pod
	[ "$(first_process nginx)" = /pause ]
	[ "$(status_of "$PID" NSpid)" = "$PID"$'\t1' ]
	[ "$(namespace "$PID" user)" != "$(namespace self user)" ]
	# pause, redis, nginx and its worker.
	[ "$(pgrep --count --ns "$PID" --nslist user)" -eq 4 ]
	[ "$(container_exec nginx ps -o uid= -p 1 | tr -d ' ')" -eq 65535 ]
	is_hardened "$ROOT"
	before=$(wakeups)
	make_orphan nginx
	[ "$(container_exec nginx ps -o ppid= -p "$ORPHAN" | tr -d ' ')" -eq 1 ]
	end_orphan redis
	no_zombie redis
	[ "$(wakeups)" = "$before" ]
	kill_first_process nginx
	wait_until is_another
	has_ended "$PID"
	saw 'pause is PID 1, as a user that no other pod has. It adopts and reaps, is not woken, and ends by `kill 1` in a container'
}

@test "hostUsers: false, with the guard" {
	a_pod guard
	[ "$(first_process nginx)" = '/pause --guard' ]
	container_exec nginx bash -c 'kill 1; kill -s INT 1'
	kubelet_has_looked
	[ "$(pod_sandbox user-namespace)" = "$SANDBOX" ]
	is_a_pod a-pod
	kill "$PID"
	wait_until is_another
	has_ended "$PID"
	saw '`kill 1` in a container does not end pause. SIGTERM from outside does'
}
