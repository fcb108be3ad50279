#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Sidecars, which are init containers that are restarted always, under a kubelet.

load ../helpers
load kubelet

setup() {
	node_start "$BATS_TEST_TMPDIR" || skip "$CANNOT"
}

teardown() {
	node_end
}

# adopts_nothing: whether the init container's orphan is gone.
adopts_nothing() {
	[ -z "$(processes_of main | awk '$2 == 1')" ]
}

BEGUN=('first begins' init 'second begins' 'main begins')

@test "sidecars with shareProcessNamespace" {
	local before

	pod_add sidecars
	pod_runs sidecars
	says /run/order "${BEGUN[@]}"
	[ "$(first_process first)" = /pause ]
	wait_until adopts_nothing
	before=$(wakeups)
	make_orphan first
	[ "$(container_exec second ps -o ppid= -p "$ORPHAN" | tr -d ' ')" -eq 1 ]
	end_orphan main
	no_zombie main
	[ "$(wakeups)" = "$before" ]
	pod_ends sidecars
	says /run/order "${BEGUN[@]}" 'main ends' 'second ends' 'first ends'
	saw 'the sidecars begin before the container, in their order, and get SIGTERM after it has ended, in reverse. An orphan of one is reaped, and that of an init container is gone with it'
}
