#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# examples/compose in Docker, by $COMPOSE: docker-compose unless the environment says
# otherwise. Its services' images are those of the tests.

load ../helpers
load engines

setup_file() {
	docker_start_loaded "$BATS_FILE_TMPDIR" || [ -n "${CANNOT-}" ]
	cat >"$BATS_FILE_TMPDIR/images.yaml" <<-END
		services:
		  nginx: { image: "localhost/nginx:test" }
		  redis: { image: "localhost/redis:test" }
	END
	# Their names, as both of them know it.
	export COMPOSE_FILE=examples/compose/compose.yaml:$BATS_FILE_TMPDIR/images.yaml
	IMAGE=localhost/pause:$(cat build/version)
	NETWORKS=$(networks)
	export IMAGE NETWORKS
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
	PAUSE_IMAGE=$IMAGE compose down --timeout 0 2>/dev/null
}

compose() {
	"${COMPOSE:-docker-compose}" "$@" </dev/null
}

container_exec() {
	compose exec -T "$@"
}

pause_log() {
	docker logs "$(compose ps -q pause)"
}

networks() {
	docker network ls --format '{{.Name}}' | sort
}

# up TAG: the pod, with that tag of the image.
up() {
	export PAUSE_IMAGE=$IMAGE$1

	compose up --detach 3>&-
	is_a_pod pod
}

@test "without PAUSE_IMAGE it says that it wants one" {
	run ! compose up --detach
	[[ $output == *PAUSE_IMAGE*localhost/pause:VERSION* ]]
	[ -z "$(docker ps -aq)" ]
}

@test "the services are a pod, whose first process is pause" {
	up ''
	[ "$(first_process nginx)" = /pause ]
	[ "$(first_process redis)" = /pause ]
	[ "$(container_exec redis ps -o args= -C nginx | wc -l)" -eq 2 ]
	is_published 8080
}

@test "an orphan of a service is reaped" {
	up -log
	make_orphan nginx
	[ "$(container_exec redis ps -o ppid= -p "$ORPHAN" | tr -d ' ')" -eq 1 ]
	end_orphan redis
	log_is "waitpid return, pid is: $ORPHAN, signal: 15"
	no_zombie nginx
}

@test "pause takes the services along, and up starts the pod again" {
	up ''
	compose kill pause
	wait_until none_runs
	up ''
	[ "$(first_process redis)" = /pause ]
}

none_runs() {
	[ -z "$(docker ps -q)" ]
}

@test "down ends all three by SIGTERM, and leaves nothing" {
	up ''
	mapfile -t containers < <(compose ps -q)
	"${LIMITED[@]}" "${COMPOSE:-docker-compose}" down --timeout 600
	run -0 docker events --since 1h --until "$(date +%s.%N)" --filter event=die "${containers[@]/#/--filter=container=}" \
		--format '{{.Actor.Attributes.exitCode}}'
	[ "$output" = $'0\n0\n0' ]
	[ -z "$(docker ps -aq)" ]
	[ "$(networks)" = "$NETWORKS" ]
}
