#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The image as containerd's sandbox image, by way of the container runtime interface, as the
# kubelet does it; and under containerd's seccomp profile with a log, which a sandbox has not.

load ../helpers
load engines
load cri

setup_file() {
	PAUSE_IMAGE=pause.invalid/pause:$(cat build/version)
	containerd_start "$BATS_FILE_TMPDIR" "$PAUSE_IMAGE" || return 0
	load_images
	export CONTAINERD_PID PAUSE_IMAGE
}

teardown_file() {
	containerd_end "$BATS_FILE_TMPDIR"
}

@test "a pod with a shared PID namespace: pause is PID 1, and its orphans are reaped" {
	local before

	pod_of '{}'
	is_a_pod a-pod
	[ "$(first_process nginx)" = /pause ]
	is_hardened
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

@test "the default seccomp profile: with a log and the guard, it does all that it does elsewhere" {
	local killer orphan

	ctr --namespace k8s.io run --seccomp "$PAUSE_IMAGE" logged /pause --log-reaped --guard >"$OUT" 2>"$ERR" 3>&- &
	JOB=$!
	wait_until runs_logged
	wait_until waits "$PID"
	is_hardened
	POD_PID=$PID
	killer=$(in_pod bash -c 'echo $$; kill 1')
	wait_until has_line "$ERR" "Refused signal: Terminated, from PID: $killer"
	orphan=$(in_pod build/test/orphans zombie)
	wait_until has_line "$ERR" "waitpid return, pid is: $orphan, exit status: 7"
	pod_is_empty
	POD_PID=''
	ctr --namespace k8s.io task kill -s TERM logged
	ends 0
	[ "$(tail -n 1 "$ERR")" = "$TERMINATED" ]
	ctr --namespace k8s.io container rm logged
}

# runs_logged: whether the container of that name does; sets PID to that of pause.
runs_logged() {
	PID=$(ctr --namespace k8s.io task ls | awk '$1 == "logged" && $3 == "RUNNING" { print $2 }') && [ -n "$PID" ]
}

@test "the image that containerd is configured with is pinned without a label of ours, and no other one is" {
	wait_until is_pinned_if_it_can "$PAUSE_IMAGE"
	[ "$(is_pinned "$PAUSE_IMAGE-guard")" = false ]
	[ "$(is_pinned localhost/redis:test)" = false ]
}
