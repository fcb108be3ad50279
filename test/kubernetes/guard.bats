#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# A container that runs `kill 1` in a pod with shareProcessNamespace, under a kubelet.

load ../helpers
load kubelet

teardown() {
	[ -z "${NODE-}" ] || node_end
}

# a_pod [VARIANT]: a pod with that variant of pause, and the kubelet's word for what it is
# in WAS: its sandbox, its containers, and how often these were restarted.
a_pod() {
	node_start "$BATS_TEST_TMPDIR" "$@" || skip "$CANNOT"
	pod_add shared-pid
	pod_runs shared-pid
	WAS=$(what_it_is)
}

what_it_is() {
	pod_sandbox shared-pid
	pod_containers shared-pid
}

# is_new: whether the pod is ready in another sandbox, and each container was restarted: some more
# than once, if the kubelet tried it in the old sandbox first.
is_new() {
	local is

	pod_is_ready shared-pid || return
	is=$(what_it_is)
	! grep -qxF "$SANDBOX" <<<"$is" && [ "$(grep -c ' [1-9][0-9]*$' <<<"$is")" -eq 2 ] && [ "$(wc -l <<<"$is")" -eq 3 ]
}

@test "kill 1 in a container restarts the pod" {
	a_pod
	kill_first_process nginx
	wait_until is_new
	is_not_ready
	has_ended "$PID"
	saw 'another sandbox, and each container started again'
}

@test "kill 1 in a container does not, with the guard" {
	a_pod guard
	[ "$(first_process nginx)" = '/pause --guard' ]
	container_exec nginx bash -c 'kill 1; kill -s INT 1'
	kubelet_has_looked
	[ "$(what_it_is)" = "$WAS" ]
	is_a_pod a-pod
	saw 'the same sandbox, the same containers, none of them restarted'
}
