#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The end of a pod whose containers have 300 seconds for it, under a kubelet. What waits
# here waits for 20.

load ../helpers
load kubelet

setup_file() {
	# Where each pod has a control group, this kubelet kills what is left in that of a static
	# pod without its manifest, every two seconds, and waits for nothing.
	node_start "$BATS_FILE_TMPDIR" "$PAUSE_IMAGE" --cgroups-per-qos=false || return 0
	export NODE CONTAINERD_PID KUBELET_PID
}

teardown_file() {
	node_end
}

setup() {
	can_run
}

@test "terminationGracePeriodSeconds: 300 is not waited out" {
	local sleeping

	pod_add grace
	pod_runs grace
	wait_until child_of "$PID"
	sleeping=$(container_exec sleep ps -e -o pid=,args=)
	[ "$(grep -c 'sleep infinity$' <<<"$sleeping")" -eq 2 ]
	pod_remove grace
	wait_until pod_is_gone grace
	has_ended "$PID"
	saw 'two programs that leave SIGTERM to its default, and an orphan that one of them left behind: gone with the pod'
}
