#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Pods of each kind of PID namespace, under a kubelet.

load ../helpers
load kubelet

setup_file() {
	node_start "$BATS_FILE_TMPDIR" || return 0
}

teardown_file() {
	node_end
}

setup() {
	can_run
	OUT=$BATS_TEST_TMPDIR/out
}

teardown() {
	[ -z "${CANNOT-}" ] || return 0
	find "$NODE/manifests" -name '*.yaml' ! -name resident.yaml -delete
}

# zombies: a line for each child of pause that has died and is still there.
zombies() {
	local child children stat

	read -ra children <"/proc/$PID/task/$PID/children" || true # not a line: read fails, and has it
	for child in "${children[@]}"; do
		read -r stat 2>/dev/null <"/proc/$child/stat" || continue
		case $stat in *') Z '*) echo "$stat" ;; esac
	done | sort
}

# log_of POD CONTAINER: what that container has said on stdout, each line after its time and
# two words; fails while that is nothing.
log_of() {
	grep -h ' stdout F ' "$NODE"/logs/default_"$1"-node_*/"$2"/0.log
}

@test "shareProcessNamespace: half a minute of orphans, and no zombie" {
	local before made looks=0

	pod_add orphans
	pod_runs orphans
	is_hardened
	before=$(wakeups)
	container_exec nginx bash -c ': >/tmp/begin'
	: >"$BATS_TEST_TMPDIR/last"
	until log_of orphans nginx >"$OUT"; do
		zombies >"$BATS_TEST_TMPDIR/now"
		# One that is there at two looks; what the kernel is just reaping is gone by the second.
		comm -12 "$BATS_TEST_TMPDIR"/{last,now} >"$BATS_TEST_TMPDIR/both"
		[ ! -s "$BATS_TEST_TMPDIR/both" ] || { echo "zombies: $(wc -l <"$BATS_TEST_TMPDIR/both")" && false; }
		mv "$BATS_TEST_TMPDIR"/{now,last}
		looks=$((looks + 1))
	done
	made=$(cut -d ' ' -f 4 "$OUT")
	[ "$made" -ge 1500 ]
	wait_until no_zombie redis
	[ -z "$(zombies)" ]
	[ "$(wakeups)" = "$before" ]
	is_a_pod a-pod
	[ "$(first_process nginx)" = /pause ]
	pod_ends orphans
	saw "$made orphans, no zombie at $looks looks at /proc, pause not woken once"
}

@test "without shareProcessNamespace: pause is alone in its PID namespace" {
	pod_add own-pid
	pod_runs own-pid
	has_pids_each
	pod_ends own-pid
	saw 'both containers are PID 1 of their own, and reach each other by the network and the IPC that pause holds'
}

@test "hostPID and hostNetwork: pause is one process of many, and not PID 1" {
	pod_add host-pid
	pod_runs host-pid
	wait_until nginx_answers redis
	[ "$(namespace "$PID" pid)" = "$(namespace self pid)" ]
	[ "$(namespace "$PID" net)" = "$(namespace self net)" ]
	[ "$(container_exec nginx ps -o args= -p "$PID")" = /pause ]
	pod_ends host-pid
	saw 'it holds the IPC namespace, and ends with the pod'
}
