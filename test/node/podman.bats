#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The image as infra_image of Podman: Debian 13's, or the one of forky that `inside` has it run.

load ../helpers
load ../engines/engines
load node

# The AppArmor profile of containers; without apparmor_parser(8) Podman confines none.
CONFINED=${CONFINED-'containers-default-* (enforce)'}

setup_file() {
	podman_load build/test/services.oci.tar
	podman_load build/pause.oci.tar
}

teardown() {
	podman pod rm --all --force >/dev/null
}

# What kube play has written below /etc.
teardown_file() {
	podman network rm --force podman-default-kube-network
}

# infra_image IMAGE: the setting of that name.
infra_image() {
	export CONTAINERS_CONF_OVERRIDE=$BATS_TEST_TMPDIR/containers.conf
	printf '[engine]\ninfra_image = "%s"\n' "$1" >"$CONTAINERS_CONF_OVERRIDE"
}

container_exec() {
	podman exec "${PREFIX-}$1" "${@:2}"
}

pause_log() {
	podman logs "$INFRA"
}

# infra_of POD: sets INFRA to its infra container, and PID to that of pause.
infra_of() {
	INFRA=$(podman pod inspect --format '{{.InfraContainerID}}' "$1")
	PID=$(podman inspect --format '{{.State.Pid}}' "$INFRA")
	wait_until waits "$PID"
}

# a_pod: a pod of that name with the two services.
a_pod() {
	podman pod create --name a-pod --hostname a-pod --share pid,net,ipc,uts
	podman run --detach --pod a-pod --name nginx localhost/nginx:test
	podman run --detach --pod a-pod --name redis localhost/redis:test
	infra_of a-pod
	is_a_pod a-pod
}

infra_ends() {
	wait_until has_ended "$PID"
	[ "$(podman wait "$INFRA")" -eq 0 ]
}

@test "Podman: without the setting PID 1 of a pod is catatonit" {
	podman pod create --name a-pod --share pid,net,ipc,uts
	[[ $(podman run --rm --pod a-pod localhost/redis:test ps -o args= -p 1) == *catatonit' -P' ]]
}

@test "Podman: a pod with infra_image, in groups of systemd, under both profiles; 200 orphans, no zombie" {
	infra_image "$PAUSE_IMAGE"
	a_pod
	[ "$(first_process nginx)" = /pause ]
	[[ $(cgroup "$PID") == /machine.slice/machine-libpod_pod_*.slice/libpod-"$INFRA".scope* ]]
	# shellcheck disable=SC2053 # a pattern
	[[ $(confinement "$PID") == $CONFINED ]]
	[ "$(status_of "$PID" Seccomp)" = 2 ]
	orphans_are_reaped
	podman pod stop a-pod
	infra_ends
	log_is "$TERMINATED"
}

@test "Podman: kill 1 in a container ends pause" {
	infra_image "$PAUSE_IMAGE"
	a_pod
	podman exec --detach nginx bash -c 'kill 1'
	infra_ends
	log_is "$TERMINATED"
}

@test "Podman: kube play, with the guard: kill 1 is refused, kube down is not" {
	local killer

	infra_image "$PAUSE_IMAGE-guard"
	cat >"$BATS_TEST_TMPDIR/pod.yaml" <<-END
		apiVersion: v1
		kind: Pod
		metadata: { name: kube }
		spec:
		  hostname: a-pod
		  shareProcessNamespace: true
		  containers:
		  - { name: nginx, image: "localhost/nginx:test" }
		  - { name: redis, image: "localhost/redis:test" }
	END
	PREFIX=kube-
	podman kube play - <"$BATS_TEST_TMPDIR/pod.yaml"
	infra_of kube
	is_a_pod a-pod
	[ "$(first_process nginx)" = '/pause --guard' ]
	killer=$(container_exec nginx bash -c 'echo $$; kill 1')
	wait_until log_has "Refused signal: Terminated, from PID: $killer"
	is_a_pod a-pod
	podman kube down - <"$BATS_TEST_TMPDIR/pod.yaml"
	has_ended "$PID"
	[ -z "$(podman ps --all --quiet)$(podman pod ls --quiet)" ]
}
