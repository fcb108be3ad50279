#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What a kubelet does to our image when the disk is full, and what a node does without the image.

load ../helpers
load kubelet

setup() {
	node_start "$BATS_TEST_TMPDIR" || skip "$CANNOT"
	pod_add shared-pid
	pod_runs shared-pid
}

teardown() {
	node_end
}

# disk_is_full: restarts the kubelet with thresholds by which every disk is full. A soft threshold
# may exceed the size of the disk; a hard one may not.
disk_is_full() {
	daemon_end "$KUBELET_PID"
	kubelet_start "evictionSoft: { nodefs.available: 1Ei, imagefs.available: 1Ei }
evictionSoftGracePeriod: { nodefs.available: 0s, imagefs.available: 0s }"
}

lacks() {
	[ "$(cri ImageService/ImageStatus "{ \"image\": { \"image\": \"$1\" } }" | jq -c .image)" = null ]
}

# collects_unused: waits until the kubelet has collected an unused image twice, so it has gone
# through all images once.
collects_unused() {
	wait_until lacks localhost/zombie_demo:test
	load_services
	wait_until lacks localhost/zombie_demo:test
}

@test "a pinned image is not collected from a full disk" {
	wait_until is_pinned_if_it_can "$PAUSE_IMAGE"
	disk_is_full
	collects_unused
	lacks "$PAUSE_IMAGE-log"
	run ! lacks "$PAUSE_IMAGE"
	pod_add witness
	pod_runs witness
	is_a_pod a-pod
	saw 'the image, which containerd pins because it is configured with it, stays, and the next pod starts. The tag `-log` goes, like any image that nothing uses'
}

@test "a node whose image was removed" {
	local sandbox=$SANDBOX

	# By any name, the CRI removes all of them.
	cri ImageService/RemoveImage "{ \"image\": { \"image\": \"$PAUSE_IMAGE\" } }"
	lacks "$PAUSE_IMAGE"
	pod_add witness
	wait_until kubelet_says "failed to pull image \\\"$PAUSE_IMAGE\\\""
	[ -z "$(pod_sandbox witness)" ]
	kill_from nginx redis-server
	wait_until restarts_are shared-pid 'nginx 0 redis 1'
	pod_look shared-pid
	[ "$SANDBOX" = "$sandbox" ]
	is_a_pod a-pod

	ctr --namespace k8s.io images import build/pause.oci.tar
	pod_runs witness
	wait_until is_pinned_if_it_can "$PAUSE_IMAGE"
	saw 'pods run on, and a container that is killed restarts in its sandbox. A new pod waits with `failed to pull image`, and starts after `ctr images import`. Nothing else is restarted, and the image is pinned again'
}
