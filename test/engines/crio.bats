#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The image as CRI-O's pause_image, by way of the container runtime interface. CRI-O keeps a
# pause for pods that share their PIDs only.

load ../helpers
load engines
load cri
load crio

setup_file() {
	PAUSE_IMAGE=pause.invalid/pause:$(cat build/version)
	crio_configure "$BATS_FILE_TMPDIR" "$PAUSE_IMAGE"
	# CRI-O's own default, which the documented drop-in changes.
	sed -i '/^pause_command/d' "$BATS_FILE_TMPDIR/crio.conf"
	crio_load "$BATS_FILE_TMPDIR" build/pause.oci.tar build/test/services.oci.tar
	crio_start "$BATS_FILE_TMPDIR" || return 0
	export CRIO_PID PAUSE_IMAGE
}

teardown_file() {
	crio_end "$BATS_FILE_TMPDIR"
}

# pause_log: what pause has written, as CRI-O keeps it: a time, the stream, and F for a full line.
pause_log() {
	sed -n 's/^[^ ]* stderr F //p' "$BATS_FILE_TMPDIR/logs/$SANDBOX/$SANDBOX.log" >&2
	sed -n 's/^[^ ]* stdout F //p' "$BATS_FILE_TMPDIR/logs/$SANDBOX/$SANDBOX.log"
}

@test "a pod with a shared PID namespace: pause is PID 1, and its orphans are reaped" {
	local before

	pod_of '{}'
	is_a_pod a-pod
	[ "$(pgrep -x pause)" = "$PID" ]
	[ "$(first_process nginx)" = /pause ]
	[ "$(status_of "$PID" Seccomp)" = 2 ]
	[ "$(ls "/proc/$PID/fd")" = $'0\n1\n2' ]
	# CRI-O does not ask the image for its user.
	[ "$(status_of "$PID" Uid)" = $'0\t0\t0\t0' ]
	before=$(wakeups "$PID")
	make_orphan nginx
	[ "$(container_exec nginx ps -o ppid= -p "$ORPHAN" | tr -d ' ')" -eq 1 ]
	end_orphan redis
	no_zombie redis
	[ "$(wakeups "$PID")" = "$before" ]

	cri RuntimeService/StopPodSandbox "{ \"pod_sandbox_id\": \"$SANDBOX\" }"
	is_not_ready
	has_ended "$PID"
	log_is "$TERMINATED"
}

@test "a pod whose containers have a PID namespace each: CRI-O runs no pause" {
	pod_without_pause '{ "pid": "CONTAINER" }'
	is_a_pod a-pod
	run -1 pgrep -x pause
	[[ $(first_process nginx) == 'nginx: master process'* ]]
	[[ $(first_process redis) == redis-server* ]]
}

@test "the image is pinned, and no other one is" {
	[ "$(is_pinned "$PAUSE_IMAGE")" = true ]
	[ "$(is_pinned "$PAUSE_IMAGE-guard")" = false ]
	[ "$(is_pinned localhost/redis:test)" = false ]
}

@test "the drop-in of docs/engines.md and a reload: the next pod has the guard" {
	local killer

	documented '^pause_image = ' >"$BATS_FILE_TMPDIR/crio.conf.d/99-pause.conf"
	kill -HUP "$CRIO_PID"
	wait_until guard_is_pinned
	pod_of '{}'
	runs_ours
	[ "$(first_process nginx)" = '/pause --guard' ]
	killer=$(container_exec nginx bash -c 'echo $$; kill 1')
	wait_until log_has "Refused signal: Terminated, from PID: $killer"
	waits "$PID"
}

guard_is_pinned() {
	[ "$(is_pinned "$PAUSE_IMAGE-guard")" = true ]
}
