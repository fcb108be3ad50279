#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Docker with containerd's image store, which version 29 has by default: it keeps the image as it
# is in the archive, all platforms of it.

load ../helpers
load engines

setup_file() {
	echo '{ "features": { "containerd-snapshotter": true } }' >"$BATS_FILE_TMPDIR/daemon.json"
	docker_start "$BATS_FILE_TMPDIR" --config-file "$BATS_FILE_TMPDIR/daemon.json" || [ -n "${CANNOT-}" ]
	PAUSE_IMAGE=pause.invalid/pause:$(cat build/version)
	export DOCKERD PAUSE_IMAGE
}

teardown_file() {
	docker_end "$BATS_FILE_TMPDIR"
}

teardown() {
	[ -z "${CANNOT-}" ] || return 0
	docker ps -aq | xargs -r docker rm -f >/dev/null
	docker images --format '{{.Repository}}:{{.Tag}}' | xargs -r docker rmi -f >/dev/null
}

pause_log() {
	docker logs pod
}

# runs_and_ends TAG WORDS: pause of this tag, with this command line.
runs_and_ends() {
	docker run -d --name pod --network none "$PAUSE_IMAGE$1"
	PID=$(docker inspect -f '{{.State.Pid}}' pod)
	wait_until waits "$PID"
	[ "$(tr '\0' ' ' <"/proc/$PID/cmdline")" = "$2 " ]
	is_hardened
	docker stop pod
	log_is "$TERMINATED"
	docker rm pod
}

@test "docker load takes all tags of the archive, by the digests that make image prints" {
	docker load -i build/pause.oci.tar
	for tag in '' -guard -log -init; do
		[ "$(docker inspect -f '{{.Id}}' "$PAUSE_IMAGE$tag")" = "$(image_digest "$PAUSE_IMAGE$tag")" ]
	done
	runs_and_ends '' /pause
	runs_and_ends -guard '/pause --guard'
	runs_and_ends -log '/pause --log-reaped'
}

@test "make image-docker loads the image of this machine's platform" {
	make -s image-docker
	runs_and_ends '' /pause
	runs_and_ends -guard '/pause --guard'
	runs_and_ends -log '/pause --log-reaped'
}
