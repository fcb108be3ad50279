#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The image in Docker: a pod of real services, by hand.

load ../helpers
load engines

setup_file() {
	docker_start_loaded "$BATS_FILE_TMPDIR" || [ -n "${CANNOT-}" ]
	PAUSE_IMAGE=localhost/pause:$(cat build/version)
	export PAUSE_IMAGE
}

teardown_file() {
	docker_end "$BATS_FILE_TMPDIR"
}

setup() {
	can_run
	OUT=$BATS_TEST_TMPDIR/out
	ERR=$BATS_TEST_TMPDIR/err
}

teardown() {
	[ -z "${CANNOT-}" ] || return 0
	docker ps -aq | xargs -r docker rm -f >/dev/null
}

container_exec() {
	docker exec "$@"
}

# pod_of IMAGE [ARGUMENT...]: a pod with the two services. Sets PID to that of pause.
pod_of() {
	local pod=container:pod

	docker run -d --name pod --hostname a-pod --ipc shareable "$@"
	PID=$(docker inspect -f '{{.State.Pid}}' pod)
	wait_until waits "$PID"
	docker run -d --name nginx --pid "$pod" --network "$pod" --ipc "$pod" localhost/nginx:test
	docker run -d --name redis --pid "$pod" --network "$pod" --ipc "$pod" localhost/redis:test
	is_a_pod a-pod
}

pause_log() {
	docker logs pod
}

# pod_ends STATUS: it ends by itself, with that exit status.
pod_ends() {
	wait_until has_ended "$PID"
	[ "$(docker wait pod)" -eq "$1" ]
}

@test "the image that was loaded is the one that was built" {
	arch=$(docker version -f '{{.Server.Arch}}')
	for tag in '' -guard -log; do
		id=$(skopeo inspect --raw "oci-archive:build/pause.oci.tar:$PAUSE_IMAGE$tag" |
			jq -r --arg arch "$arch" '.manifests[] | select(.platform.architecture == $arch).digest')
		id=$(tar -xOf build/pause.oci.tar "blobs/${id/://}" | jq -r .config.digest)
		[ "$(docker inspect -f '{{.Id}}' "$PAUSE_IMAGE$tag")" = "$id" ]
	done
	[ "$(docker run --rm "$PAUSE_IMAGE" --version)" = "pause.c $(cat build/version)" ]
}

@test "when a tag cannot be loaded, those before it are taken out again" {
	mkdir "$BATS_TEST_TMPDIR/layout" "$BATS_TEST_TMPDIR/bin"
	for name in one two three; do
		skopeo copy --quiet "oci-archive:build/pause.oci.tar:$PAUSE_IMAGE" \
			"oci:$BATS_TEST_TMPDIR/layout:localhost/$name:1"
	done
	tar -cf "$BATS_TEST_TMPDIR/archive.tar" -C "$BATS_TEST_TMPDIR/layout" oci-layout index.json blobs
	cat >"$BATS_TEST_TMPDIR/bin/docker" <<-END
		#!/bin/sh
		[ "\$1" != load ] || ! $(type -P docker) image inspect localhost/two:1 >/dev/null 2>&1 || {
			echo "the disk is full" >&2
			exit 1
		}
		exec $(type -P docker) "\$@"
	END
	chmod +x "$BATS_TEST_TMPDIR/bin/docker"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run -1 image/load "$BATS_TEST_TMPDIR/archive.tar" docker
	[[ $output == *$'the disk is full\n'"failed: loading $BATS_TEST_TMPDIR/archive.tar into docker" ]]
	run -0 docker images --format '{{.Repository}}' --filter 'reference=localhost/*:1'
	[ -z "$output" ]
	# But not what had been there: a pod may be using it.
	docker tag "$PAUSE_IMAGE" localhost/one:1
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run -1 image/load "$BATS_TEST_TMPDIR/archive.tar" docker
	run -0 docker images --format '{{.Repository}}' --filter 'reference=localhost/*:1'
	[ "$output" = localhost/one ]
	image/load "$BATS_TEST_TMPDIR/archive.tar" docker
	[ "$(docker images --format '{{.Repository}}' --filter 'reference=localhost/*:1' | wc -l)" -eq 3 ]
	docker rmi localhost/{one,two,three}:1
}

@test "two services in the pod, which pause does not reap when they are killed" {
	pod_of "$PAUSE_IMAGE-log"
	[ "$(first_process nginx)" = '/pause --log-reaped' ]
	[ "$(status_of "$PID" Uid)" = $'65535\t65535\t65535\t65535' ]
	[ "$(status_of "$PID" Seccomp)" = 2 ]
	# -d: Docker may lose the end of an exec whose container ends with it, and wait for ever.
	docker exec -d nginx bash -c 'kill $(</tmp/nginx.pid)'
	docker exec -d redis bash -c 'kill $(ps -o pid= -C redis-server)'
	[ "$(docker wait nginx)" -eq 0 ]
	[ "$(docker wait redis)" -eq 0 ]
	log_is
}

@test "a port that was published for pause is that of a service" {
	pod_of --publish 127.0.0.1:18080:8080 "$PAUSE_IMAGE"
	is_published 18080
}

@test "zombie_demo in a running container is reaped and logged" {
	pod_of "$PAUSE_IMAGE-log"
	make_orphan nginx
	[ "$(container_exec nginx ps -o ppid= -p "$ORPHAN" | tr -d ' ')" -eq 1 ]
	end_orphan nginx
	log_is "waitpid return, pid is: $ORPHAN, signal: 15"
	no_zombie nginx
}

@test "zombie_demo as a container of its own is reaped and logged" {
	# Docker's shim kills what is left in a PID namespace that is another container's
	# when the container's own process ends; it is an orphan all the same.
	pod_of "$PAUSE_IMAGE-log"
	docker run --name zombie_demo --pid container:pod localhost/zombie_demo:test >"$OUT" 2>&1 3>&-
	orphan=$(sed -n 's/^Parent process .*child PID=//p' "$OUT")
	wait_until log_has "waitpid return, pid is: $orphan, signal: 9"
	log_is "waitpid return, pid is: $orphan, signal: 9"
	no_zombie nginx
}

@test "docker stop and docker kill -s INT end it with its message and status 0" {
	docker run -d --name pod "$PAUSE_IMAGE"
	PID=$(docker inspect -f '{{.State.Pid}}' pod)
	docker stop pod
	pod_ends 0
	log_is "$TERMINATED"
	docker rm pod
	docker run -d --name pod "$PAUSE_IMAGE"
	PID=$(docker inspect -f '{{.State.Pid}}' pod)
	docker kill -s INT pod
	pod_ends 0
	log_is "$INTERRUPT"
}

@test "kill 1 in a container ends the pod, but not with the guard" {
	pod_of "$PAUSE_IMAGE-guard"
	killer=$(docker exec nginx bash -c 'echo $$; kill 1')
	wait_until log_has "Refused signal: Terminated, from PID: $killer"
	log_is "Refused signal: Terminated, from PID: $killer"
	nginx_answers redis
	docker stop pod
	pod_ends 0
	log_is "Refused signal: Terminated, from PID: $killer" "$TERMINATED"
	docker rm -f pod nginx redis

	pod_of "$PAUSE_IMAGE"
	# In the background: Docker may lose the end of a process that ends along with the pod.
	docker exec -d nginx bash -c 'kill 1'
	pod_ends 0
	log_is "$TERMINATED"
}

@test "the Dockerfile builds, with BuildKit and without" {
	for buildkit in 0 1; do
		DOCKER_BUILDKIT=$buildkit docker build -t pause-me .
		[ "$(docker inspect -f '{{.Config.User}} {{.Config.Entrypoint}}' pause-me)" = '65535:65535 [/pause]' ]
		pod_of pause-me --log-reaped
		[ "$(first_process redis)" = '/pause --log-reaped' ]
		docker stop pod
		pod_ends 0
		log_is "$TERMINATED"
		docker rm -f pod nginx redis
		docker rmi pause-me
	done
}
