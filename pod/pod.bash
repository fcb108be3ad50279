# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# A pod without an engine: the namespaces of one, with a program as their PID 1,
# and processes that join them as a container runtime makes its containers join.
# Made with unshare(1) and nsenter(1), as root, or as an ordinary user in a user
# namespace of the pod's own. To be sourced by bash.

# What an ordinary user adds: a user namespace, in which he is root.
pod_unshare_user=() pod_nsenter_user=()
if [ "$(id -u)" -ne 0 ]; then
	pod_unshare_user=(--user --map-root-user)
	pod_nsenter_user=(--user --preserve-credentials)
fi

# A /proc of its own. unshare(1) would change the propagation of /, which fails in a chroot.
pod_proc=(--propagation unchanged --mount-proc)

# pod_possible: 0 if this machine lets this user make a pod; otherwise 1, with
# what it answered on stderr.
pod_possible() {
	unshare "${pod_unshare_user[@]}" --fork --pid --net --ipc --uts "${pod_proc[@]}" true
}

# wait_until COMMAND...: runs COMMAND until it succeeds. Status 1, and a line on
# stderr, if it has not within WAIT_SECONDS (60), which a busy machine needs.
wait_until() {
	local deadline=$((SECONDS + ${WAIT_SECONDS-60}))

	until "$@"; do
		if ((SECONDS > deadline)); then
			echo "waited in vain for: $*" >&2
			return 1
		fi
		sleep 0.01
	done
}

# status_of PID FIELD: prints a field of /proc/PID/status; fails without one.
status_of() {
	local whole=()

	mapfile -d '' whole 2>/dev/null <"/proc/$1/status"
	[[ $'\n'${whole[0]-} =~ $'\n'"$2:"$'\t'([^$'\n']*) ]] && echo "${BASH_REMATCH[1]}"
}

# is_in_state PID STATE: whether that process is in it, by the letter of proc(5).
is_in_state() {
	local stat

	read -r stat 2>/dev/null <"/proc/$1/stat" && [[ $stat == *") $2 "* ]]
}

# child_of PID: prints the PID of its only child; fails if it has none.
child_of() {
	local child=

	read -r child _ 2>/dev/null <"/proc/$1/task/$1/children" # not a line: read fails, and has it
	[ -n "$child" ] && echo "$child"
}

# has_ended PID: whether that process has ended, whether or not anybody waited for it.
has_ended() {
	[ ! -e "/proc/$1" ] || is_in_state "$1" Z
}

# waits PID: whether PID is pause and has come to its wait. It sleeps nowhere else.
waits() {
	[[ $(status_of "$1" Name) == pause* ]] && is_in_state "$1" S
}

# pod_start COMMAND...: makes the namespaces of a pod (PID, network, IPC, UTS and
# mount, with the pod's own /proc) and runs COMMAND as their PID 1, with the
# caller's descriptors. Sets POD_LAUNCHER, whose exit status is that of COMMAND
# and whose end is the pod's, and POD_PID, the PID of COMMAND as seen from here,
# or nothing if it has ended already.
pod_start() {
	unshare "${pod_unshare_user[@]}" --fork --kill-child --pid --net --ipc --uts "${pod_proc[@]}" "$@" &
	POD_LAUNCHER=$! POD_PID=''
	wait_until pod_has_first_process || return
	POD_PID=$(child_of "$POD_LAUNCHER") || POD_PID=''
}

pod_has_first_process() {
	child_of "$POD_LAUNCHER" >/dev/null || has_ended "$POD_LAUNCHER"
}

# pod_join COMMAND...: runs COMMAND in the pod, as a container: in the pod's PID,
# network, IPC and UTS namespaces and a mount namespace of its own. Its parent
# stays outside the pod, as a container's does. The status is COMMAND's.
pod_join() {
	nsenter --target "$POD_PID" "${pod_nsenter_user[@]}" --pid --net --ipc --uts \
		unshare "${pod_proc[@]}" "$@"
}

# pod_join_pid JOB: prints the PID, as seen from here, of the COMMAND of a
# pod_join that runs in the background as process JOB; fails while there is none.
pod_join_pid() {
	local shell_child

	shell_child=$(child_of "$1") && child_of "$shell_child"
}

# A bash script that prints a line for each process of the pod it runs in, but
# itself: PID, PPID, state, and command line, or [name] where there is none.
# shellcheck disable=SC2016,SC2034 # it expands in the pod, and demo/ uses it too
POD_PROCESSES='
	for process in /proc/[0-9]*; do
		{ read -r stat <$process/stat && mapfile -d "" -t words <$process/cmdline; } 2>/dev/null || continue
		pid=${stat%% *} name=${stat#*(} rest=${stat##*) }
		[ $pid -ne $$ ] || continue
		((${#words[@]})) || words=("[${name%)*}]")
		read -r state parent _ <<<"$rest"
		printf "%s %s %s %s\n" "$pid" "$parent" "$state" "${words[*]}"
	done'

# pod_processes: what POD_PROCESSES says, sorted.
pod_processes() {
	pod_join bash -c "$POD_PROCESSES" | sort -n
}

# pod_ask PORT LINE: prints a bash command, for any container of the pod, that sends
# LINE and an empty line to a server on 127.0.0.1:PORT and prints the first line of
# its answer.
pod_ask() {
	cat <<-END
		exec 4<>/dev/tcp/127.0.0.1/$1 && printf '%s\r\n\r\n' '$2' >&4 && read -r line <&4 &&
		echo "\${line%\$'\r'}"
	END
}

# pod_end: ends what pod_start made, if it still runs, and waits until it is gone.
pod_end() {
	if [ -n "${POD_LAUNCHER-}" ]; then
		# The launcher outlives PID 1, and that every other process of the pod.
		kill -KILL "${POD_PID:-$POD_LAUNCHER}" 2>/dev/null
		wait "$POD_LAUNCHER" 2>/dev/null
		POD_LAUNCHER='' POD_PID=''
	fi
	return 0
}
