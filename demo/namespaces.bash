# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # the demo reads them
#
# The demo's pod without an engine: pod/pod.bash with the names that the demo
# uses. pause runs in a root of its own with nothing in it but /pause, as in its
# image. The engines' counterpart is engine.bash.

POD_IS='namespaces made with unshare, joined with nsenter'
PARENT_IS='here nsenter'

if ! pod_possible 2>"$DIR/why"; then
	sed 's/^/demo: /' "$DIR/why" >&2
	echo 'demo: this machine does not let you make namespaces; try as root' >&2
	exit 1
fi

declare -A joined

# pod_begin ARGUMENT...: starts the pod, pause with these arguments.
pod_begin() {
	mkdir "$DIR/root" && cp build/pause "$DIR/root/pause" || return
	pod_start unshare --root="$DIR/root" /pause "$@" 2>"$DIR/log" || return
	wait_until waits "$POD_PID" && pod_join build/pod/loopback && pod_join hostname pod
}

# container_start NAME COMMAND...: a container that runs COMMAND.
container_start() {
	pod_join "${@:2}" >>"$DIR/$1.out" 2>&1 &
	joined[$1]=$!
	wait_until pod_join_pid $! >/dev/null
}

# container_exec NAME COMMAND...: COMMAND in that container.
container_exec() {
	pod_join "${@:2}"
}

# container_processes: the pod's processes: PID, PPID, state, command line.
container_processes() {
	pod_processes
}

# container_stop NAME: its runtime ends it.
container_stop() {
	kill -TERM "$(pod_join_pid "${joined[$1]}")"
}

# container_running NAME: whether it runs.
container_running() {
	pod_join_pid "${joined[$1]}" >/dev/null
}

# pod_log: what pause has written on stderr.
pod_log() {
	cat "$DIR/log"
}

# pod_stop: SIGTERM to pause, from outside. Sets POD_STATUS to its exit status.
pod_stop() {
	kill -TERM "$POD_PID"
	wait "$POD_LAUNCHER"
	POD_STATUS=$?
	POD_LAUNCHER=
}
