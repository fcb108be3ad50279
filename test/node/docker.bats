#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The image in Debian's Docker, a service of systemd, under Docker's profiles of seccomp and AppArmor.

load ../helpers
load ../engines/engines
load node

setup_file() {
	image/load build/pause.oci.tar
	docker_load build/test/services.oci.tar
}

teardown_file() {
	rm -f /etc/docker/daemon.json
	systemctl restart docker.service
}

teardown() {
	docker ps --all --quiet | xargs --no-run-if-empty docker rm --force >/dev/null
}

container_exec() {
	docker exec "$@"
}

pause_log() {
	docker logs pod
}

# a_pod IMAGE [ARGUMENT...]: pause, as the container pod, and the two services in its namespaces. Sets
# PID to that of pause.
a_pod() {
	local pod=container:pod

	docker run --detach --name pod --hostname a-pod --ipc shareable "$@"
	PID=$(docker inspect --format '{{.State.Pid}}' pod)
	wait_until waits "$PID"
	docker run --detach --name nginx --pid "$pod" --network "$pod" --ipc "$pod" localhost/nginx:test
	docker run --detach --name redis --pid "$pod" --network "$pod" --ipc "$pod" localhost/redis:test
	is_a_pod a-pod
}

# pod_ends: pause does by itself, with status 0.
pod_ends() {
	wait_until has_ended "$PID"
	[ "$(docker wait pod)" -eq 0 ]
}

@test "Docker: a pod in a group of systemd, under both profiles; 200 orphans, no zombie" {
	a_pod "$PAUSE_IMAGE"
	[ "$(first_process nginx)" = /pause ]
	is_hardened
	[ "$(confinement "$PID")" = 'docker-default (enforce)' ]
	[ "$(cgroup "$PID")" = "/system.slice/docker-$(docker inspect --format '{{.Id}}' pod).scope" ]
	orphans_are_reaped
	docker stop pod
	pod_ends
	log_is "$TERMINATED"
}

@test "Docker: kill 1 in a container ends the pod, but not with the guard" {
	local killer

	a_pod "$PAUSE_IMAGE-guard"
	killer=$(docker exec nginx bash -c 'echo $$; kill 1')
	wait_until log_has "Refused signal: Terminated, from PID: $killer"
	is_a_pod a-pod
	docker stop pod
	pod_ends
	log_is "Refused signal: Terminated, from PID: $killer" "$TERMINATED"
	docker rm --force pod nginx redis

	a_pod "$PAUSE_IMAGE"
	docker exec --detach nginx bash -c 'kill 1'
	pod_ends
	log_is "$TERMINATED"
}

@test "Docker: its image store of containerd loads the archive as it is" {
	systemctl stop docker.service
	echo '{ "features": { "containerd-snapshotter": true } }' >/etc/docker/daemon.json
	systemctl start docker.service
	docker load --input build/pause.oci.tar
	[ "$(docker images --format '{{.Repository}}:{{.Tag}}' | sort)" = "$(printf '%s\n' "$PAUSE_IMAGE"{,-guard,-init,-log})" ]
	PID=$(docker inspect --format '{{.State.Pid}}' "$(docker run --detach "$PAUSE_IMAGE-guard")")
	wait_until waits "$PID"
	[ "$(tr '\0' ' ' <"/proc/$PID/cmdline")" = '/pause --guard ' ]
}
