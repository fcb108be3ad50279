#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# demo/story.bash namespaces|docker|podman: the demo itself, which demo/run
# starts, waits for, and on Ctrl-C ends by SIGTERM.
set -u

case $1 in
namespaces) driver=namespaces ;;
*) driver=engine ENGINE=$1 ;;
esac

DIR=
finish() {
	trap '' INT TERM
	[ -z "$DIR" ] || pod_end >/dev/null 2>&1
	rm -rf "$DIR"
}
trap finish EXIT
trap 'exit 143' TERM

# shellcheck source=pod/pod.bash
. pod/pod.bash
DIR=$(mktemp -d) && cp build/zombie_demo build/demo/tiny_service "$DIR" || exit 1
# shellcheck source=demo/services.bash
. demo/services.bash
# shellcheck source=demo/namespaces.bash
. demo/$driver.bash

bold='' plain=''
[ ! -t 1 ] || bold=$'\e[1m' plain=$'\e[0m'

# step TEXT: a heading. tell TEXT: a line of explanation. show: quotes its input.
step() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
tell() { printf '  %s\n' "$*"; }
show() { sed 's/^/    | /'; }

# claim TEXT COMMAND...: COMMAND must succeed for TEXT to be true, now.
claim() {
	local text=$1

	shift
	if "$@"; then
		printf '  [ok] %s\n' "$text"
	else
		printf '  [NOT TRUE] %s\n' "$text"
		printf 'demo: a claim did not hold: %s\n' "$text" >&2
		exit 1
	fi
}

give_up() {
	echo "demo: $1" >&2
	exit 1
}

process_table() {
	printf '%5s %5s %s %s\n' PID PPID S COMMAND
	container_processes | while read -r pid parent state command; do
		printf '%5d %5d %s %s\n' "$pid" "$parent" "$state" "${command:0:72}"
	done
}

first_process_is_pause() { [ "$(container_processes | awk '$1 == 1 { print $4 }')" = /pause ]; }
no_zombie() { ! container_processes | awk '$3 == "Z" { found = 1 } END { exit !found }'; }
log_is() { [ "$(pod_log)" = "$1" ]; }
log_has() { pod_log | grep -qxF -- "$1"; }
parent_of_is() { container_processes | awk -v pid="$1" -v parent="$2" '$1 == pid && $2 == parent { found = 1 } END { exit !found }'; }
gone() { ! container_running "$1"; }
eventually() { wait_until "$@" 2>/dev/null; }
same() { [ -n "$1" ] && [ "$1" = "$2" ]; }

tell "A pod is a set of namespaces that its containers share. pause is the first process"
tell "in them: it keeps them open, and adopts the processes whose parent has ended."

step "1. A pod: pause --log-reaped as PID 1 ($POD_IS)"
pod_begin --log-reaped || give_up "the pod did not start"
container_start web "${WEB[@]}" || give_up "the first container did not start"
container_start store "${STORE[@]}" || give_up "the second container did not start"
eventually answers store web || give_up "the first container does not answer"
eventually answers web store || give_up "the second container does not answer"
tell "Two containers joined it, $WEB_IS and $STORE_IS. What they see (a PPID"
tell "of 0 is a parent outside the pod; S is the state: S sleeps, Z would be a zombie):"
process_table | show
claim "PID 1 is /pause" first_process_is_pause
claim "pause has written nothing" log_is ''

step "2. What the containers share"
reply=$(container_exec store bash -c "$(ask web)")
tell "From the second container, 127.0.0.1:$WEB_PORT: $reply"
claim "they share the network: the second reaches the first on 127.0.0.1" answers store web
reply=$(container_exec web bash -c "$(ask store)")
tell "From the first container, 127.0.0.1:$STORE_PORT: $reply"
claim "and the first the second" answers web store
web_host=$(container_exec web cat /proc/sys/kernel/hostname)
store_host=$(container_exec store cat /proc/sys/kernel/hostname)
tell "Hostname of the first: $web_host, of the second: $store_host, out here: $(uname -n)"
claim "they share the hostname" same "$web_host" "$store_host"
id=$(container_exec web ipcmk --shmem 4096 | tr -dc 0-9)
key=$(container_exec web cat /proc/sysvipc/shm | awk -v id="$id" '$2 == id { print $1 }')
seen=$(container_exec store cat /proc/sysvipc/shm | awk -v id="$id" '$2 == id { print $1 }')
tell "Shared memory $id that the first made: key $key; the second sees: key ${seen:-none}"
claim "they share IPC" same "$key" "$seen"

step "3. The containers' processes end"
container_stop web
container_stop store
eventually gone web || give_up "the first container did not end"
eventually gone store || give_up "the second container did not end"
tell "Their runtime tells both services to end. A third container, sleep 1000, joins"
tell "the pod, to look from. What is left:"
container_start third sleep 1000 || give_up "the third container did not start"
process_table | show
claim "pause reaped neither: no 'waitpid return' line" log_is ''
tell "They only joined the pod. Their parent, $PARENT_IS, is outside and"
tell "reaps them itself. pause reaps those who have lost their parent."

step "4. An orphan"
tell "In the third container, zombie_demo: a parent that exits at once, and a child that"
tell "lives on for two seconds."
container_exec third bash -c "exec '$DIR/zombie_demo' 2 >'$DIR/said' 2>&1"
show <"$DIR/said"
parent=$(sed -n 's/^Parent process (PID=\([0-9]*\)).*/\1/p' "$DIR/said")
child=$(sed -n 's/^Parent process .*child PID=\([0-9]*\)$/\1/p' "$DIR/said")
[ -n "$child" ] || give_up "zombie_demo made no child"
process_table | show
claim "the parent $parent is gone, and PID 1 has adopted the child $child" parent_of_is "$child" 1
line="waitpid return, pid is: $child, exit status: 0"
eventually log_has "$line" || give_up "pause did not log the orphan $child"
tell "It exits, and what pause has written since it started is:"
pod_log | show
claim "pause reaped the orphan, and said so" log_is "$line"
claim "no zombie is left" no_zombie

step "5. The end of the pod"
tell "The third container still runs sleep 1000. SIGTERM to pause, from outside:"
pod_stop
eventually log_has 'Shutting down, got signal: Terminated' || give_up "pause did not say that it ends"
pod_log | show
claim "pause ended with its message" log_is "$line"$'\nShutting down, got signal: Terminated'
claim "and with exit status 0" test "$POD_STATUS" = 0
claim "and the kernel ended what was still in the pod" eventually gone third

printf '\n%sAll of it held.%s\n' "$bold" "$plain"
