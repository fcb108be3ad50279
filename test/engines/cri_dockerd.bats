#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The image as cri-dockerd's --pod-infra-container-image, given as docs/engines.md says, by way of
# the container runtime interface: Docker runs the pods.

load ../helpers
load engines
load cri
load cri_dockerd

setup_file() {
	local options

	PAUSE_IMAGE=pause.invalid/pause:$(cat build/version)
	export PAUSE_IMAGE
	read -r -a options < <(documented '^ExecStart=/usr/bin/cri-dockerd' | sed -n 's,^ExecStart=/usr/bin/cri-dockerd,,p')
	cri_dockerd_configure "$BATS_FILE_TMPDIR"
	docker_start_loaded "$BATS_FILE_TMPDIR" "${WITHOUT_RLIMITS[@]}" || return 0
	cri_dockerd_start "$BATS_FILE_TMPDIR" "${options[@]}" || return 0
}

teardown_file() {
	cri_dockerd_end "$BATS_FILE_TMPDIR"
}

pause_log() { docker logs "$SANDBOX"; }

@test "a pod with a shared PID namespace: pause is PID 1, and its orphans are reaped" {
	pod_of '{}'
	is_a_pod a-pod
	runs_ours
	is_hardened
	make_orphan nginx
	[ "$(container_exec nginx ps -o ppid= -p "$ORPHAN" | tr -d ' ')" -eq 1 ]
	end_orphan redis
	no_zombie redis

	cri RuntimeService/StopPodSandbox "{ \"pod_sandbox_id\": \"$SANDBOX\" }"
	is_not_ready
	has_ended "$PID"
	log_is "$TERMINATED"
	cri RuntimeService/RemovePodSandbox "{ \"pod_sandbox_id\": \"$SANDBOX\" }"
	[ "$(cri RuntimeService/ListPodSandbox '{}' | jq -c .items)" = '[]' ]
}

@test "a pod whose containers have a PID namespace each: pause is alone in its own" {
	pod_of '{ "pid": "CONTAINER" }'
	has_pids_each
}

@test "the image is pinned, and no other one is" {
	[ "$(is_pinned "$PAUSE_IMAGE")" = true ]
	[ "$(is_pinned localhost/redis:test)" = false ]
}
