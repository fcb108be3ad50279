#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Only here: what the processes of examples/kubernetes do in a pod, pod/pod.bash's, with build/pause.

load ../helpers

# command_of CONTAINER: that container's command in shared-process-namespace.yaml, as a JSON array.
command_of() {
	python3 -c 'import json, sys, yaml
for container in yaml.safe_load(sys.stdin)["spec"]["containers"]:
    if container["name"] == sys.argv[1]:
        print(json.dumps(container["command"]))' "$1" <examples/kubernetes/shared-process-namespace.yaml
}

# container NAME: runs that container's command in the pod, in the background, with the
# programs of its image, busybox, and what it says in the file NAME. Sets JOB.
container() {
	local command bin=$BATS_TEST_TMPDIR/bin

	mkdir -p "$bin"
	busybox --install -s "$bin"
	mapfile -t -d '' command < <(command_of "$1" | jq -j '.[] | ., "\u0000"')
	in_pod env PATH="$bin" "${command[@]}" >"$BATS_TEST_TMPDIR/$1" 2>&1 3>&- &
}

# reaped COUNT: pause has, that often.
reaped() {
	[ "$(grep -c '^waitpid return, pid is: [0-9]*, exit status: 0$' "$ERR")" -ge "$1" ]
}

# shows FILE PATTERN: a line of it, but for spaces at its start, matches.
shows() {
	grep -qxE " *$2" "$BATS_TEST_TMPDIR/$1"
}

@test "shared-process-namespace: pause reaps what the one leaves, and the other shows no zombie" {
	as_init build/pause --log-reaped
	container orphans
	wait_until reaped 3
	container watcher
	wait_until shows watcher '1 +0 S[^ ]* +build/pause --log-reaped'
	wait_until shows watcher '[0-9]+ +1 S[^ ]* +sleep 3'
	run ! shows watcher '[0-9]+ +[0-9]+ Z.*'
	[ ! -s "$BATS_TEST_TMPDIR/orphans" ]
}

# under_tini: tini in the pod, over a process that leaves an orphan. Sets orphan.
under_tini() {
	in_pod tini -- bash -c '(sleep 600 & echo $! >"$0"); exec sleep 600' "$BATS_TEST_TMPDIR/orphan" \
		>"$BATS_TEST_TMPDIR/tini" 2>&1 3>&- &
	wait_until test -s "$BATS_TEST_TMPDIR/orphan"
	orphan=$(<"$BATS_TEST_TMPDIR/orphan")
}

adopted_by() {
	[ "$(in_pod ps -o ppid= -p "$orphan" | tr -d ' ')" = "$1" ]
}

@test "tini beside pause says that it gets no orphans, and leaves them to pause; with TINI_SUBREAPER it reaps its own" {
	as_init build/pause --log-reaped
	under_tini
	wait_until adopted_by 1
	grep -q "Tini is not running as PID 1 and isn't registered as a child subreaper" "$BATS_TEST_TMPDIR/tini"
	in_pod bash -c "kill -KILL $orphan"
	wait_until has_line "$ERR" "waitpid return, pid is: $orphan, signal: 9"

	rm "$BATS_TEST_TMPDIR/orphan"
	: >"$ERR"
	TINI_SUBREAPER='' under_tini
	wait_until adopted_by "$(in_pod pgrep --newest -x tini)"
	[ ! -s "$BATS_TEST_TMPDIR/tini" ]
	in_pod bash -c "kill -KILL $orphan"
	wait_until adopted_by ''
	[ ! -s "$ERR" ]
}
