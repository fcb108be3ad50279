#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The image as cri-dockerd's --pod-infra-container-image, by way of the container runtime
# interface: Docker runs the pods. dockerd is the one in the folder $DOCKER, or the installed one.

load ../helpers
load engines
load cri

setup_file() {
	PAUSE_IMAGE=localhost/pause:$(cat build/version)
	export CRI_SOCKET=$BATS_FILE_TMPDIR/cri.sock PAUSE_IMAGE
	PATH=${DOCKER:+$DOCKER:}$PATH
	cni_configure "$BATS_FILE_TMPDIR"
	docker_start_loaded "$BATS_FILE_TMPDIR" \
		--add-runtime "without-rlimits=$PWD/test/engines/runc-without-rlimits" --default-runtime without-rlimits || return 0
	"$CRI_DOCKERD/cri-dockerd" --docker-endpoint "$DOCKER_HOST" --container-runtime-endpoint "unix://$CRI_SOCKET" \
		--pod-infra-container-image "$PAUSE_IMAGE" --cri-dockerd-root-directory "$BATS_FILE_TMPDIR/cri" \
		--network-plugin cni --cni-bin-dir /usr/lib/cni --cni-conf-dir "$BATS_FILE_TMPDIR/cni" \
		--cni-cache-dir "$BATS_FILE_TMPDIR/cni-cache" --streaming-bind-addr 127.0.0.1:0 \
		>"$BATS_FILE_TMPDIR/cri.log" 2>&1 3>&- &
	export CRI_DOCKERD_PID=$!
	daemon_wait "$CRI_DOCKERD_PID" "$BATS_FILE_TMPDIR/cri.log" cri RuntimeService/Version '{}' || return 0
}

teardown_file() {
	daemon_end "${CRI_DOCKERD_PID-}" || true
	docker_end "$BATS_FILE_TMPDIR"
}

setup() {
	can_run
	OUT=$BATS_TEST_TMPDIR/out
	ERR=$BATS_TEST_TMPDIR/err
	SANDBOX='' PID=''
}

teardown() {
	[ -z "${CANNOT-}" ] || return 0
	remove_sandboxes
}

# sandbox_pid: cri-dockerd does not say it, and Docker does.
sandbox_pid() {
	docker inspect --format '{{.State.Pid}}' "$SANDBOX"
}

pause_log() { docker logs "$SANDBOX"; }

@test "a pod with a shared PID namespace: pause is PID 1, and its orphans are reaped" {
	pod_of '{}'
	is_a_pod a-pod
	[ "$(first_process nginx)" = /pause ]
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
