# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # the demo reads them
#
# The demo's pod of real containers, by $ENGINE, docker or podman: the image of
# the Dockerfile, and containers that join its PID, network and IPC namespaces.
# Nothing is pulled: the containers' image is made of what this machine has
# installed. The counterpart without an engine is namespaces.bash.

POD_IS="containers of $ENGINE"
PARENT_IS="a process of $ENGINE"
# Names that nobody else has taken, for images and containers alike.
prefix=pause-demo-$$
observer=

# shellcheck source=pod/rootfs.bash
. pod/rootfs.bash

type -P "$ENGINE" >/dev/null || {
	echo "demo: no $ENGINE; install with: apt-get install -y ${ENGINE/%docker/docker.io}" >&2
	exit 1
}
if ! "$ENGINE" info >"$DIR/why" 2>&1; then
	tail -n 1 "$DIR/why" | sed "s/^/demo: $ENGINE does not answer: /" >&2
	exit 1
fi

# quietly COMMAND...: COMMAND without its output, which is shown if it fails.
quietly() {
	"$@" >"$DIR/why" 2>&1 || {
		cat "$DIR/why" >&2
		return 1
	}
}

# build_services_image: an image with a shell, the services and their libraries.
build_services_image() {
	local root=$DIR/image

	rootfs_make "$root" bash cat ipcmk sleep "${WEB[0]}" "${STORE[0]}"
	printf 'FROM scratch\nCOPY . /\nENV PATH=/usr/bin\n' >"$DIR/Dockerfile"
	quietly "$ENGINE" build -t "$prefix-services" -f "$DIR/Dockerfile" "$root"
}

# pod_begin ARGUMENT...: starts the pod, pause with these arguments.
pod_begin() {
	quietly "$ENGINE" build -t "$prefix-pause" . && build_services_image &&
		quietly "$ENGINE" run -d --name "$prefix-pod" --hostname pod --network none --ipc shareable \
			"$prefix-pause" "$@"
}

# container_start NAME COMMAND...: a container that runs COMMAND.
container_start() {
	local pod=container:$prefix-pod
	local join=(--pid "$pod" --network "$pod" --ipc "$pod")

	# Docker gives the hostname along with the network, and cannot share UTS.
	[ "$ENGINE" = docker ] || join+=(--uts "$pod")
	observer=$1
	quietly "$ENGINE" run -d --name "$prefix-$1" "${join[@]}" \
		-v "$DIR:$DIR" "$prefix-services" "${2##*/}" "${@:3}"
}

# container_exec NAME COMMAND...: COMMAND in that container.
container_exec() {
	"$ENGINE" exec "$prefix-$1" "${@:2}"
}

# container_processes: the pod's processes: PID, PPID, state, command line.
container_processes() {
	container_exec "$observer" bash -c "$POD_PROCESSES" | sort -n
}

# container_stop NAME: its runtime ends it.
container_stop() {
	quietly "$ENGINE" kill -s TERM "$prefix-$1"
}

# container_running NAME: whether it runs.
container_running() {
	[ "$("$ENGINE" inspect -f '{{.State.Running}}' "$prefix-$1")" = true ]
}

# pod_log: what pause has written on stderr.
pod_log() {
	"$ENGINE" logs "$prefix-pod" 2>&1
}

# pod_stop: SIGTERM to pause, from outside. Sets POD_STATUS to its exit status.
pod_stop() {
	quietly "$ENGINE" stop "$prefix-pod"
	POD_STATUS=$("$ENGINE" inspect -f '{{.State.ExitCode}}' "$prefix-pod")
}

# pod_end: removes the containers and images of this demo.
pod_end() {
	local name

	for name in third store web pod; do
		"$ENGINE" rm -f "$prefix-$name"
	done
	"$ENGINE" rmi -f "$prefix-services" "$prefix-pause"
}
