#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The image in Docker: a pod of real services, by hand, under Docker's seccomp profile.

load ../helpers
load engines

setup_file() {
	docker_start_loaded "$BATS_FILE_TMPDIR" --init-path "$PAUSE_INIT" || [ -n "${CANNOT-}" ]
	PAUSE_IMAGE=pause.invalid/pause:$(cat build/version)
	export PAUSE_IMAGE
}

teardown_file() {
	docker_end "$BATS_FILE_TMPDIR"
}

teardown() {
	[ -z "${CANNOT-}" ] || return 0
	docker ps -aq | xargs -r docker rm -f >/dev/null
}

container_exec() {
	docker exec "$@"
}

# pause_of IMAGE [ARGUMENT...]: pause, as the container pod. Sets PID.
pause_of() {
	docker run -d --name pod --hostname a-pod --ipc shareable "$@"
	PID=$(docker inspect -f '{{.State.Pid}}' pod)
	wait_until waits "$PID"
}

# pod_of IMAGE [ARGUMENT...]: the same, and the two services in its pod.
pod_of() {
	local pod=container:pod

	pause_of "$@"
	docker run -d --name nginx --pid "$pod" --network "$pod" --ipc "$pod" localhost/nginx:test
	docker run -d --name redis --pid "$pod" --network "$pod" --ipc "$pod" localhost/redis:test
	is_a_pod a-pod
}

pause_log() {
	docker logs pod
}

# was_reaped PID: whether pause has logged that; sets REAPED to the line.
was_reaped() {
	REAPED=$(pause_log 2>&1 | grep -F "waitpid return, pid is: $1,")
}

# pod_ends STATUS: it ends by itself, with that exit status.
pod_ends() {
	wait_until has_ended "$PID"
	[ "$(docker wait pod)" -eq "$1" ]
}

@test "the image that was loaded is the one that was built" {
	for tag in '' -guard -log -init; do
		[ "$(docker inspect -f '{{.Id}}' "$PAUSE_IMAGE$tag")" = "$(image_id "$PAUSE_IMAGE$tag")" ]
	done
	[ "$(docker run --rm "$PAUSE_IMAGE" --version)" = "pause.c $(cat build/version)" ]
}

@test "when a tag cannot be loaded, those before it are taken out again, but not what had been there" {
	docker rmi "$PAUSE_IMAGE"-{guard,log,init}
	mkdir "$BATS_TEST_TMPDIR/bin"
	cat >"$BATS_TEST_TMPDIR/bin/docker" <<-END
		#!/bin/sh
		[ "\$1" != load ] || ! $(type -P docker) image inspect $PAUSE_IMAGE-guard >/dev/null 2>&1 || {
			echo "the disk is full" >&2
			exit 1
		}
		exec $(type -P docker) "\$@"
	END
	chmod +x "$BATS_TEST_TMPDIR/bin/docker"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run -1 image/load build/pause.oci.tar
	[[ $output == *$'the disk is full\nfailed: loading build/pause.oci.tar into Docker' ]]
	[ "$(docker images --format '{{.Repository}}:{{.Tag}}' pause.invalid/pause)" = "$PAUSE_IMAGE" ]
	image/load build/pause.oci.tar
	[ "$(docker images -q pause.invalid/pause | wc -l)" -eq 4 ]
}

@test "a pod: its port is a service's, its orphans are reaped and logged, and no container's first process" {
	local orphan

	pod_of --publish 127.0.0.1:18080:8080 "$PAUSE_IMAGE-log"
	is_published 18080
	[ "$(first_process nginx)" = '/pause --log-reaped' ]
	is_hardened
	make_orphan nginx
	[ "$(container_exec nginx ps -o ppid= -p "$ORPHAN" | tr -d ' ')" -eq 1 ]
	end_orphan redis
	# Docker's shim kills what is left in a PID namespace that is another container's when the
	# container's own process ends, if it finds the time; it is an orphan all the same.
	docker run --name zombie_demo --pid container:pod localhost/zombie_demo:test >"$OUT" 2>&1 3>&-
	orphan=$(sed -n 's/^Parent process .*child PID=//p' "$OUT")
	wait_until was_reaped "$orphan"
	[[ $REAPED == *', signal: 9' || $REAPED == *', exit status: 0' ]]
	no_zombie nginx
	# -d: Docker may lose the end of an exec whose container ends with it, and wait for ever.
	docker exec -d nginx bash -c 'kill $(</tmp/nginx.pid)'
	docker exec -d redis bash -c 'kill $(ps -o pid= -C redis-server)'
	[ "$(docker wait nginx)" -eq 0 ]
	[ "$(docker wait redis)" -eq 0 ]
	log_is "waitpid return, pid is: $ORPHAN, signal: 15" "$REAPED"
}

@test "kill 1 in a container ends the pod, but not with the guard; docker stop does" {
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
		pause_of pause-me --log-reaped
		is_hardened
		[ "$(tr '\0' ' ' <"/proc/$PID/cmdline")" = '/pause --log-reaped ' ]
		docker kill -s INT pod
		pod_ends 0
		log_is "$INTERRUPT"
		docker rm pod
		docker rmi pause-me
	done
}

@test "docker run --init: pause-init, by init-path, reaps, forwards SIGTERM, and ends as the command" {
	docker run -d --init --name init localhost/nginx:test sleep infinity
	[ "$(docker exec init ps -o args= -p 1)" = '/sbin/docker-init -- sleep infinity' ]
	init_reaps_and_ends docker init
	run -7 docker run --rm --init localhost/nginx:test bash -c 'exit 7'
	run -127 docker run --rm --init localhost/nginx:test no-such-command
	[[ $output == *"Error: not found: 'no-such-command'"* ]]
}
