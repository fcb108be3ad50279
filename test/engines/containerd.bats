#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The image as containerd's sandbox image, by way of the container runtime
# interface, as the kubelet does it.

load ../helpers
load engines
load cri

setup_file() {
	PAUSE_IMAGE=localhost/pause:$(cat build/version)
	containerd_start "$BATS_FILE_TMPDIR" "$PAUSE_IMAGE" || return 0
	load_images
	export CONTAINERD_PID PAUSE_IMAGE
}

teardown_file() {
	containerd_end "$BATS_FILE_TMPDIR"
}

setup() {
	can_run
	OUT=$BATS_TEST_TMPDIR/out
	SANDBOX='' PID=''
}

teardown() {
	[ -z "${CANNOT-}" ] || return 0
	if [ -e "$BATS_TEST_TMPDIR/containerd.toml" ]; then
		containerd_end "$BATS_TEST_TMPDIR"
	else
		remove_sandboxes
	fi
}

# pod_of NAMESPACE_OPTIONS: a pod with the two services, the hostname a-pod. Sets
# SANDBOX, and PID to that of pause.
pod_of() {
	local config container name

	config=$(sandbox_config a-pod "$1")
	SANDBOX=$(cri RuntimeService/RunPodSandbox "{ \"config\": $config }" | jq -r .pod_sandbox_id)
	PID=$(sandbox_pid)
	wait_until waits "$PID"
	for name in nginx redis; do
		container=$(cri RuntimeService/CreateContainer "$(jq -nc --arg name $name --arg sandbox "$SANDBOX" \
			--argjson pod "$config" '{
				pod_sandbox_id: $sandbox,
				sandbox_config: $pod,
				config: {
					metadata: { name: $name },
					image: { image: "localhost/\($name):test" },
					linux: { security_context: {
						namespace_options: $pod.linux.security_context.namespace_options,
						seccomp: {} } }
				}
			}')")
		cri RuntimeService/StartContainer "$container"
		echo "$container" >"$BATS_TEST_TMPDIR/$name"
	done
}

@test "a pod with a shared PID namespace: pause is PID 1, and its orphans are reaped" {
	local before

	pod_of '{}'
	is_a_pod a-pod
	[ "$(first_process nginx)" = /pause ]
	[ "$(status_of "$PID" Uid)" = $'65535\t65535\t65535\t65535' ]
	[ "$(status_of "$PID" Seccomp)" = 2 ]
	[ "$(ls "/proc/$PID/fd")" = $'0\n1\n2' ]
	before=$(wakeups "$PID")
	make_orphan nginx
	[ "$(container_exec nginx ps -o ppid= -p "$ORPHAN" | tr -d ' ')" -eq 1 ]
	end_orphan redis
	no_zombie redis
	[ "$(wakeups "$PID")" = "$before" ]

	cri RuntimeService/StopPodSandbox "{ \"pod_sandbox_id\": \"$SANDBOX\" }"
	is_not_ready
	has_ended "$PID"
	cri RuntimeService/RemovePodSandbox "{ \"pod_sandbox_id\": \"$SANDBOX\" }"
	[ "$(cri RuntimeService/ListPodSandbox '{}' | jq -c .items)" = '[]' ]
	run ! sandbox
}

@test "a pod whose containers have a PID namespace each: pause is alone in its own" {
	pod_of '{ "pid": "CONTAINER" }'
	has_pids_each
}

@test "a pod with the host's network and PID namespace: pause is not PID 1 there" {
	pod_of '{ "network": "NODE", "pid": "NODE" }'
	wait_until nginx_answers redis
	[ "$(namespace "$PID" pid)" = "$(namespace self pid)" ]
	[ "$(namespace "$PID" net)" = "$(namespace self net)" ]
	[ "$(namespace "$PID" ipc)" != "$(namespace self ipc)" ]
	[ "$(container_exec nginx ps -o args= -p "$PID")" = /pause ]
	[ "$(sandbox | jq -r .status.state)" = SANDBOX_READY ]
	cri RuntimeService/StopPodSandbox "{ \"pod_sandbox_id\": \"$SANDBOX\" }"
	has_ended "$PID"
}

@test "kill 1 in a container ends the pod" {
	pod_of '{}'
	kill_first_process nginx
	wait_until is_not_ready
	has_ended "$PID"
}

@test "but not with the guard" {
	containerd_start "$BATS_TEST_TMPDIR" "$PAUSE_IMAGE-guard"
	load_images
	pod_of '{}'
	[ "$(first_process nginx)" = '/pause --guard' ]
	container_exec nginx bash -c 'kill 1; kill -s INT 1'
	is_a_pod a-pod
	[ "$(sandbox | jq -r .status.state)" = SANDBOX_READY ]
}

@test "the image is pinned, and no other one is" {
	local pinned=true tag

	for tag in '' -guard -log; do
		ctr --namespace k8s.io images ls "name==$PAUSE_IMAGE$tag" | grep -q 'io.cri-containerd.pinned=pinned'
	done
	# Version 1.6 does not know the label, and reports none.
	[[ $(cri RuntimeService/Version '{}' | jq -r .runtime_version) != 1.6.* ]] || pinned=false
	for tag in '' -guard -log; do
		[ "$(is_pinned "$PAUSE_IMAGE$tag")" = $pinned ]
	done
	[ "$(is_pinned localhost/redis:test)" = false ]
}

@test "a hundred sandboxes at once" {
	for name in $(seq 100); do
		jq -nc --argjson config "$(sandbox_config "pod-$name")" '{ config: $config }'
	done >"$BATS_TEST_TMPDIR/requests"
	cri RuntimeService/RunPodSandbox "$(<"$BATS_TEST_TMPDIR/requests")" >"$OUT"
	[ "$(sort -u "$OUT" | wc -l)" -eq 100 ]
	[ "$(cri RuntimeService/ListPodSandbox '{}' | jq '[.items[] | select(.state == "SANDBOX_READY")] | length')" -eq 100 ]
	[ "$(pgrep -cx pause)" -eq 100 ]
	remove_sandboxes
	[ "$(cri RuntimeService/ListPodSandbox '{}' | jq -c .items)" = '[]' ]
	run -1 pgrep -x pause
	wait_until no_shims_of "$OUT"
	[ -z "$(ip -o link show type veth)" ]
}

# no_shims_of FILE: whether the shims of these sandboxes have ended.
no_shims_of() {
	! pgrep -f containerd-shim -a | grep -qF "$(jq -r .pod_sandbox_id "$1")"
}
