# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Engines of the tests' own: each with its state in a folder that the test made,
# so that nothing of the user's is touched. They need root.

# docker_start DIR: starts a Docker daemon that has its state in DIR, and no
# network of its own. Sets DOCKER_HOST for docker(1).
docker_start() {
	export DOCKER_HOST=unix://$1/docker.sock

	dockerd --data-root "$1/data" --exec-root "$1/exec" --pidfile "$1/docker.pid" -H "$DOCKER_HOST" \
		--bridge none --iptables=false --ip-forward=false >"$1/log" 2>&1 3>&- &
	DOCKERD=$!
	wait_until docker_answers_or_ended
	if ! docker info >/dev/null 2>&1; then
		echo "dockerd did not start:"
		tail -n 3 "$1/log"
		return 1
	fi
}

docker_answers_or_ended() {
	docker info >/dev/null 2>&1 || ! kill -0 "$DOCKERD" 2>/dev/null
}

# docker_end DIR: ends the daemon of docker_start, and removes what it left there.
docker_end() {
	kill "$DOCKERD" 2>/dev/null || return 0
	wait "$DOCKERD" || true
	unmount_below "$1"
	rm -rf "${1:?}/data" "${1:?}/exec"
}

# podman_configure DIR: has podman(1) keep its state in DIR, and run its
# containers where root lacks CAP_SYS_RESOURCE, too.
podman_configure() {
	export CONTAINERS_CONF=$1/containers.conf CONTAINERS_STORAGE_CONF=$1/storage.conf

	cat >"$CONTAINERS_CONF" <<-CONF
		[engine]
		runtime = "runc-without-rlimits"
		cgroup_manager = "cgroupfs"
		events_logger = "file"
		tmp_dir = "$1/tmp"
		[engine.runtimes]
		runc-without-rlimits = ["$PWD/test/engines/runc-without-rlimits"]
	CONF
	cat >"$CONTAINERS_STORAGE_CONF" <<-CONF
		[storage]
		driver = "overlay"
		graphroot = "$1/graph"
		runroot = "$1/run"
	CONF
}

# podman_end DIR: removes all that podman has kept in DIR.
podman_end() {
	podman rm -af >/dev/null 2>&1 || true
	unmount_below "$1"
	rm -rf "${1:?}/graph" "${1:?}/run" "${1:?}/tmp"
}

# unmount_below DIR: unmounts what is still mounted there.
unmount_below() {
	local point

	# /proc/self/mounts has them in the order in which they were mounted.
	tac /proc/self/mounts | while read -r _ point _; do
		case $point in "$1"/*) umount "$point" ;; esac
	done
}
