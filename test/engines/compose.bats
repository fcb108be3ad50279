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
	IMAGE=pause.invalid/pause:$(cat build/version)
	NETWORKS=$(networks)
	export IMAGE NETWORKS
}

teardown_file() {
	docker_end "$BATS_FILE_TMPDIR"
}

setup() {
	can_run
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

networks() {
	docker network ls --format '{{.Name}}' | sort
}

# up: the pod, with the services in it.
up() {
	compose up --detach 3>&-
	is_a_pod pod
	[ "$(first_process nginx)" = /pause ]
}

none_runs() {
	[ -z "$(docker ps -q)" ]
}

@test "without PAUSE_IMAGE it says that it wants one" {
	run ! compose up --detach
	[[ $output == *PAUSE_IMAGE*pause.invalid/pause:VERSION* ]]
	[ -z "$(docker ps -aq)" ]
}

@test "up makes a pod, pause takes the services along, up starts it again, and down ends all three by SIGTERM" {
	export PAUSE_IMAGE=$IMAGE
	up
	[ "$(container_exec redis ps -o args= -C nginx | wc -l)" -eq 2 ]
	is_published 8080
	compose kill pause
	wait_until none_runs
	up
	mapfile -t containers < <(compose ps -q)
	since=$(date +%s.%N)
	"${LIMITED[@]}" "${COMPOSE:-docker-compose}" down --timeout 600
	run -0 docker events --since "$since" --until "$(date +%s.%N)" --filter event=die \
		"${containers[@]/#/--filter=container=}" --format '{{.Actor.Attributes.exitCode}}'
	[ "$output" = $'0\n0\n0' ]
	[ -z "$(docker ps -aq)" ]
	[ "$(networks)" = "$NETWORKS" ]
}
