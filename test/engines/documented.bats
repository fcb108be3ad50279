#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The configuration files for containerd in docs/engines.md, each as it stands there. Those of the other
# engines are in the tests of these engines.

load ../helpers
load engines
load cri

setup_file() {
	export PAUSE_IMAGE
	PAUSE_IMAGE=pause.invalid/pause:$(cat build/version)
	containerd_start "$BATS_FILE_TMPDIR" '' || return 0
	# As on a node without a registry: first the image, then the configuration.
	ctr --namespace k8s.io images import build/pause.oci.tar
	[[ $(containerd --version) != *' 1.'* ]] ||
		ctr --namespace k8s.io images label "$PAUSE_IMAGE" io.cri-containerd.pinned=pinned
	daemon_end "$CONTAINERD_PID"
}

teardown_file() {
	containerd_end "$BATS_FILE_TMPDIR"
}

teardown() {
	[ -z "${CANNOT-}" ] || return 0
	remove_sandboxes
	daemon_end "$CONTAINERD_PID"
}

# runs_documented VERSION: containerd, with the file of that version, runs pods on our image, and
# reports the image as pinned.
runs_documented() {
	containerd_documented "$BATS_FILE_TMPDIR" "$1"
	containerd_run "$BATS_FILE_TMPDIR"
	SANDBOX=$(cri RuntimeService/RunPodSandbox "{ \"config\": $(sandbox_config a-pod) }" | jq -r .pod_sandbox_id)
	PID=$(sandbox_pid)
	wait_until runs_ours
	wait_until is_pinned_if_it_can "$PAUSE_IMAGE"
}

@test "version 2" {
	runs_documented 2
}

# bats test_tags=containerd2
@test "version 3" {
	runs_documented 3
}

# bats test_tags=containerd2,config4
@test "version 4" {
	runs_documented 4
}
