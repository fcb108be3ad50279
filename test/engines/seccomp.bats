#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The contract under the seccomp profiles that containers get: Docker's, and
# containerd's, which is the RuntimeDefault of Kubernetes.

load ../helpers
load engines

# holds_under_seccomp LOG...: pause --log-reaped --guard, which runs as process
# PID, is filtered and does all that it does elsewhere; LOG prints its stderr.
holds_under_seccomp() {
	local killer orphan as_pause=(setpriv --reuid 65535 --regid 65535 --clear-groups --bounding-set -all)

	POD_PID=$PID
	[ "$(status_of "$PID" Seccomp)" = 2 ]
	[ "$(status_of "$PID" Uid)" = $'65535\t65535\t65535\t65535' ]
	wait_until waits "$PID"
	[ "$(ls "/proc/$PID/fd")" = $'0\n1\n2' ]
	run ! in_pod "${as_pause[@]}" head -c 1 /proc/1/environ
	killer=$(in_pod bash -c 'echo $$; kill 1')
	wait_until logged "Refused signal: Terminated, from PID: $killer" "$@"
	orphan=$(in_pod build/test/orphans exits)
	wait_until logged "waitpid return, pid is: $orphan, exit status: 7" "$@"
	orphan=$(in_pod build/test/orphans zombie)
	wait_until logged "waitpid return, pid is: $orphan, exit status: 7" "$@"
	pod_is_empty
	POD_PID=''
}

# logged LINE LOG...: whether LOG has printed LINE.
logged() {
	"${@:2}" 2>&1 | grep -qxF -- "$1"
}

@test "Docker's default profile" {
	docker_start "$BATS_TEST_TMPDIR" || skip "$CANNOT"
	docker build -q -t pause .
	[ "$(docker run --rm --network none pause -v)" = "pause.c $(cat build/version)" ]
	docker run -d --name pod --network none pause --log-reaped --guard
	PID=$(docker inspect -f '{{.State.Pid}}' pod)
	holds_under_seccomp docker logs pod
	docker stop pod
	[ "$(docker inspect -f '{{.State.ExitCode}}' pod)" -eq 0 ]
	[ "$(docker logs pod 2>&1 | tail -n 1)" = "$TERMINATED" ]
	docker run -d --name plain --network none pause
	PID=$(docker inspect -f '{{.State.Pid}}' plain)
	wait_until waits "$PID"
	docker kill -s INT plain
	wait_until has_ended "$PID"
	wait_until logged "$INTERRUPT" docker logs plain
	[ "$(docker wait plain)" -eq 0 ]
}

@test "containerd's default profile" {
	docker_start "$BATS_TEST_TMPDIR" || skip "$CANNOT" # which brings a containerd of its own
	docker build -q -t pause .
	export CONTAINERD_ADDRESS=$BATS_TEST_TMPDIR/exec/containerd/containerd.sock
	docker save pause | ctr image import -
	ctr run --seccomp docker.io/library/pause:latest pod /pause --log-reaped --guard >"$OUT" 2>"$ERR" 3>&- &
	JOB=$!
	wait_until ctr_runs pod
	PID=$(ctr task ls | awk '$1 == "pod" { print $2 }')
	holds_under_seccomp cat "$ERR"
	ctr task kill -s TERM pod
	ends 0
	[ "$(tail -n 1 "$ERR")" = "$TERMINATED" ]
	ctr container rm pod
}

ctr_runs() {
	ctr task ls 2>/dev/null | grep -q "^$1 .*RUNNING"
}

teardown() {
	[ -z "${DOCKERD-}" ] || docker_end "$BATS_TEST_TMPDIR"
}
