#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What a kubelet's collection of images does to ours when the disk is full: this kubelet
# calls every disk that. With a containerd that reports pins.

load ../helpers
load kubelet

setup() {
	node_start "$BATS_TEST_TMPDIR" "$PAUSE_IMAGE" || skip "$CANNOT"
	pod_add shared-pid
	pod_runs shared-pid
	daemon_end "$KUBELET_PID"
}

teardown() {
	node_end
}

# disk_is_full [FLAG...]: starts the kubelet with these flags, on a full disk. A soft
# threshold may be above what the disk has; a hard one may not.
disk_is_full() {
	kubelet_start --eviction-soft='nodefs.available<1Ei,imagefs.available<1Ei' \
		--eviction-soft-grace-period=nodefs.available=0s,imagefs.available=0s "$@"
}

lacks() {
	[ "$(cri ImageService/ImageStatus "{ \"image\": { \"image\": \"$1\" } }" | jq -c .image)" = null ]
}

# collects_unused: waits until the kubelet has collected an image that nothing uses, and has
# done so again with the same one: once from the first image to the last, in any case.
collects_unused() {
	wait_until lacks localhost/zombie_demo:test
	load_services
	wait_until lacks localhost/zombie_demo:test
}

kubelet_says() {
	grep -qF "$1" "$NODE/kubelet.log"
}

@test "the image that the kubelet is told of is not collected" {
	disk_is_full --pod-infra-container-image="$PAUSE_IMAGE"
	collects_unused
	run ! lacks "$PAUSE_IMAGE"
	lacks "$PAUSE_IMAGE-guard"
	pod_add witness
	pod_runs witness
	is_a_pod a-pod
	saw '`--pod-infra-container-image`: the image stays, what nothing uses goes, and the next pod starts'
}

@test "for all its pin: this kubelet does not ask for one, and collects it" {
	[ "$(is_pinned "$PAUSE_IMAGE")" = true ]
	disk_is_full
	wait_until lacks "$PAUSE_IMAGE"
	waits "$PID"
	pod_add witness
	wait_until kubelet_says "failed to get sandbox image \\\"$PAUSE_IMAGE\\\""
	[ -z "$(pod_sandbox witness)" ]
	saw 'containerd reports the pin. The image goes, though pods run by it; they run on, and the next one cannot start'
}
