#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The image under the name that containerd asks for by default, with no setting of the sandbox
# image: what a node needs is an import.

load ../helpers
load engines
load cri

setup_file() {
	containerd_start "$BATS_FILE_TMPDIR" '' || return 0
	export CONTAINERD_PID
}

teardown_file() {
	containerd_end "$BATS_FILE_TMPDIR"
}

@test "the next pod runs it, and it is pinned" {
	local version name=registry.k8s.io/pause: image pod

	version=$(cri RuntimeService/Version '{}' | jq -r .runtime_version)
	case ${version#v} in
	1.6.*) name+=3.6 ;;
	1.7.*) name+=3.8 ;;
	2.0.*) name+=3.10 ;;
	*) name+=3.10.2 ;;
	esac
	[[ $(containerd config default) =~ (sandbox|sandbox_image)\ =\ [\'\"]"$name"[\'\"] ]]
	run ! grep -E '^(sandbox|sandbox_image) ' "$BATS_FILE_TMPDIR/containerd.toml"

	image=pause.invalid/pause:$(cat build/version)
	ctr --namespace k8s.io images import build/pause.oci.tar
	pod=$(sandbox_config a-pod)
	run ! cri RuntimeService/RunPodSandbox "{ \"config\": $pod }"
	[[ $output == *"$name"* ]]
	ctr --namespace k8s.io images tag "$image" "$name"
	ctr --namespace k8s.io images label "$name" io.cri-containerd.pinned=pinned

	SANDBOX=$(cri RuntimeService/RunPodSandbox "{ \"config\": $pod }" | jq -r .pod_sandbox_id)
	PID=$(sandbox_pid)
	wait_until waits "$PID"
	runs_ours
	wait_until is_pinned_if_it_can "$name"
}
