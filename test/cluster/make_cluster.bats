#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# `make cluster` as somebody has it on a terminal: what it prints works, and nothing of it stays.

load ../helpers

setup() {
	OUT=$BATS_TEST_TMPDIR/out
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR"
	JOB='' GROUP=''
	before=$(machine)
}

teardown() {
	[ -z "$JOB" ] || kill "$JOB" 2>/dev/null || true
	# The group has the number of the process that ends all.
	[ -z "$GROUP" ] || kill "${GROUP##*.}" 2>/dev/null || true
}

# machine: prints what a cluster could leave on this machine.
machine() {
	ls -A "$TMPDIR" /etc /opt /root /run /usr/libexec /var/lib
	grep -E '^[^ ]* /(dev|etc|opt|proc|run|sys|var)[ /]' /proc/self/mounts
	ip -brief link
	git status --porcelain --ignored
}

# start: runs `make cluster` on a terminal, whose keyboard is descriptor 4, until it has said how
# it ends. Sets JOB, and MAKE, the process of make; HOST to a process of the cluster.
start() {
	mkfifo "$BATS_TEST_TMPDIR/keys"
	exec 4<>"$BATS_TEST_TMPDIR/keys"
	# Without what a shell has a process in the background ignore.
	env --default-signal=INT,QUIT script --quiet --flush --return --command 'exec make cluster' /dev/null <&4 >"$OUT" 3>&- &
	JOB=$!
	WAIT_SECONDS=180 wait_until grep -q '^Ctrl-C ends' "$OUT"
	MAKE=$(child_of "$JOB")
	HOST=$(says_how kubeconfig | cut -d / -f 3)
	GROUP=$(grep -o -m 1 'pause-test\.[0-9]*' "/proc/$HOST/cgroup")
	namespaces >"$BATS_TEST_TMPDIR/namespaces"
}

# says_how WHAT: prints what stands beside it in the output of make.
says_how() {
	tr -d '\r' <"$OUT" | sed -n "s/^  $1  *//p"
}

# processes: prints those in the cluster's control groups.
processes() {
	find /sys/fs/cgroup -path "*/$GROUP/*" -name cgroup.procs -exec cat {} + | sort -u
}

# namespaces: prints those of these processes, but for this machine's.
namespaces() {
	local process

	for process in $(processes); do
		readlink "/proc/$process"/ns/* || true
	done | sort -u | comm -23 - <(readlink /proc/self/ns/* | sort -u)
}

# is_left: whether a process of the cluster's namespaces, or a control group, is there.
is_left() {
	find /proc -maxdepth 3 -path '*/ns/*' -printf '%l\n' 2>/dev/null | grep -qxFf "$BATS_TEST_TMPDIR/namespaces" ||
		find /sys/fs/cgroup -name "$GROUP*" | grep -q .
}
nothing_is_left() {
	! is_left
}

@test "the commands that make cluster prints work as pasted, and after Ctrl-C nothing is left" {
	local shell

	start
	[ "$(bash -c "$(says_how kubectl) -o name")" = $'node/node-1\nnode/node-2\nnode/node-3' ]
	for number in 1 2 3; do
		[ "$(bash -c "$(says_how "node-$number")" <<<hostname)" = "node-$number" ]
		bash -c "$(says_how "node-$number")" <<<'ctr --namespace k8s.io images ls -q; crictl images' >"$BATS_TEST_TMPDIR/images"
		grep -q '^registry.k8s.io/pause:' "$BATS_TEST_TMPDIR/images"
		grep -qE '^registry.k8s.io/pause +' "$BATS_TEST_TMPDIR/images"
	done
	shell=$(says_how 'a shell')
	# With a file here, and the address of a service there.
	bash -c "$shell" <<<'kubectl apply -f test/cluster/web.yaml && kubectl rollout status deployment/web --timeout 100s'
	[[ $(bash -c "$shell" <<<"curl --silent --max-time 5 \$(kubectl get service web -o 'jsonpath={.spec.clusterIP}')") == web-* ]]
	[[ $(bash -c "tail -n 1 $(says_how logs)") == *kube-scheduler.log* ]]

	[ "$(wc -l <"$BATS_TEST_TMPDIR/namespaces")" -gt 20 ]
	is_left
	printf '\003' >&4
	WAIT_SECONDS=60 wait_until nothing_is_left
	wait_until has_ended "$JOB"
	diff <(echo "$before") <(machine)
}

@test "after SIGKILL of make nothing is left" {
	start
	is_left
	kill -KILL "$MAKE"
	WAIT_SECONDS=60 wait_until nothing_is_left
	wait_until has_ended "$JOB"
	diff <(echo "$before") <(machine)
}
