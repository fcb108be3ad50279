#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The end of a pod whose containers have 300 seconds for it, under a kubelet. Nothing here waits
# that long.

load ../helpers
load kubelet

setup() {
	node_start "$BATS_TEST_TMPDIR" || skip "$CANNOT"
}

teardown() {
	node_end
}

@test "terminationGracePeriodSeconds: 300 is not waited out" {
	local sleeping

	pod_add grace own-pid /shareProcessNamespace/d
	pod_runs own-pid
	pod_add grace
	pod_runs grace
	wait_until child_of "$PID" >/dev/null
	sleeping=$(processes_of sleep)
	[ "$(grep -c 'sleep infinity$' <<<"$sleeping")" -eq 2 ]
	pod_remove own-pid
	pod_ends grace
	[ -n "$(pod_sandbox own-pid)" ]
	saw 'two programs that leave SIGTERM to its default, and an orphan that one of them left behind: gone with the pod. The same pod without shareProcessNamespace waits on'
}
