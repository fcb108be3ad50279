#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The demo, of real containers.

bats_require_minimum_version 1.5.0

load ../demo
load engines

setup_file() {
	demo_setup_file
}

setup() {
	# shellcheck source=pod/pod.bash
	. pod/pod.bash
	DOCKERD='' PODMAN=''
}

teardown() {
	[ -z "$DOCKERD" ] || docker_end "$BATS_TEST_TMPDIR"
	[ -z "$PODMAN" ] || podman_end "$BATS_TEST_TMPDIR"
	find "$TMPDIR" -mindepth 1 -delete
}

@test "the demo with Docker" {
	docker_start "$BATS_TEST_TMPDIR" || skip "$CANNOT"
	plays make -s demo ENGINE=docker
	[ -z "$(docker ps -aq)$(docker images -q)" ]
}

@test "the demo with Podman" {
	PODMAN=yes
	podman_configure "$BATS_TEST_TMPDIR"
	plays make -s demo ENGINE=podman
	[ -z "$(podman ps -aq)$(podman images -q)" ]
}

@test "an engine that does not answer, is not there, or does not exist is named" {
	DOCKER_HOST=unix://$BATS_TEST_TMPDIR/none run -1 demo/run docker
	[[ $output == 'demo: docker does not answer: '* ]]
	PATH=$BARE_PATH run -1 demo/run docker
	[ "$output" = 'demo: no docker; install with: apt-get install -y docker.io' ]
	PATH=$BARE_PATH run -1 demo/run podman
	[ "$output" = 'demo: no podman; install with: apt-get install -y podman' ]
	run -2 demo/run rkt
	[ "$output" = 'demo: ENGINE may be docker or podman, and is: rkt' ]
	nothing_left
}
