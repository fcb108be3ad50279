#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The Ansible role against the three nodes of a cluster, which have neither systemd nor a network to
# fetch anything from. Each test finds what the one before has left.

load ../helpers
load ../cluster/cluster
load ../cluster/pods

# Of this engine only: the machine's podman, which the nodes have, too, may have no store there.
ABSENT=(--extra-vars 'pause_node_state=absent pause_node_socket=/run/containerd/containerd.sock')

setup_file() {
	export ANSIBLE_HOME=$BATS_FILE_TMPDIR/ansible INVENTORY=$BATS_FILE_TMPDIR/inventory
	# A folder of each node alone. /usr is the machine's.
	export ANSIBLE_REMOTE_TMP=/run/tmp ANSIBLE_PIPELINING=1 PREFIX=/opt/pause
	cluster_start 9</proc
	{
		echo '[nodes]'
		for number in "${NODES[@]}"; do
			echo "node-$number ansible_nsenter_pid=$(node_pid "$number")"
		done
		printf '%s\n' '[nodes:vars]' ansible_connection=community.docker.nsenter ansible_become=false \
			ansible_python_interpreter=/usr/bin/python3 "pause_node_prefix=$PREFIX"
	} >"$INVENTORY"
	for number in "${NODES[@]}"; do
		wait_until is_settled_store "$number"
		state "$number" >"$BATS_FILE_TMPDIR/before-$number"
	done
}

teardown_file() {
	cluster_end
}

teardown() {
	kubectl delete --ignore-not-found --timeout 100s pod/on-1 pod/on-2 pod/on-3 >/dev/null
}

# state NUMBER: prints what the role may change on that node, and has to put back.
state() {
	images "$1" ls
	in_node "$1" ctr namespaces ls
	in_node "$1" find /etc /opt ! -path '/opt/pause-cluster*' ! -type d -printf '%p %m %u %g %s %l\n' | sort
}

# is_as_before NUMBER...: whether these nodes are.
is_as_before() {
	local number

	for number; do
		diff "$BATS_FILE_TMPDIR/before-$number" <(state "$number")
	done
}

# play STATUS ARGUMENT...: ansible-playbook has that exit status. $output is what it has written.
play() {
	run ansible-playbook -i "$INVENTORY" node/ansible/pause_node.yml "${@:2}" 3>&-
	echo "$output"
	[ "$status" -eq "$1" ]
}

# recap NUMBER WORD: whether the last line of that node has it, as in changed=0.
recap() {
	grep -qE "^node-$1 +:.* $2( |$)" <<<"$output"
}

# new_pods: starts a pod on each of these nodes; and runs_on NUMBER PROGRAM: whether its pause is that.
new_pods() {
	local number

	for number; do
		kubectl run "on-$number" --image localhost/nginx:test --image-pull-policy Never \
			--overrides "{ \"spec\": { \"nodeName\": \"node-$number\", \"terminationGracePeriodSeconds\": 1 } }"
	done
	kubectl wait --for condition=Ready --timeout 100s "${@/#/pod/on-}"
}
runs_on() {
	local pid

	pid=$(in_node "$1" pgrep --newest --exact pause)
	cmp "$2" <(in_node "$1" cat "/proc/$pid/exe")
	[ -z "${3-}" ] || in_node "$1" grep -qzxF -e "$3" "/proc/$pid/cmdline"
}

@test "ansible-lint finds nothing in the role, nor in its playbook" {
	ansible-lint --offline --profile production node/ansible/pause_node.yml node/ansible/roles/pause_node
}

@test "check mode says what it would change, and changes nothing" {
	play 0 --check --extra-vars pause_node_variant=guard
	for number in "${NODES[@]}"; do
		recap "$number" 'changed=[1-9][0-9]*'
	done
	is_as_before 1 2 3
	play 0 --check "${ABSENT[@]}" --limit node-1
	is_as_before 1
}

@test "a host whose containerd does not answer stops the waves, and the next one is as before" {
	local pid

	pid=$(in_node 2 pgrep --exact containerd)
	in_node 2 kill -STOP "$pid"
	play 2 --extra-vars pause_node_variant=guard || { in_node 2 kill -CONT "$pid" && false; }
	in_node 2 kill -CONT "$pid"
	[[ $output == *'it does not answer at '* ]]
	recap 1 failed=0
	recap 2 failed=1
	run ! grep -q "^node-3 " <<<"$output"
	is_as_before 3
	new_pods 1 3
	runs_on 1 "$PAUSE" --guard
}

@test "so does a damaged archive" {
	dd if=build/pause.oci.tar of="$BATS_FILE_TMPDIR/damaged.tar" bs=1000 count=50 status=none
	sed "/^node-2/s,\$, pause_node_archive=$BATS_FILE_TMPDIR/damaged.tar," "$INVENTORY" >"$INVENTORY.damaged"
	INVENTORY=$INVENTORY.damaged play 2
	[[ $output == *'pause.oci.tar is damaged'* ]]
	is_as_before 3
	new_pods 2 3
	runs_on 2 "$OFFICIAL_PAUSE"
}

@test "wave by wave every node has the guard, and every next pod runs on it" {
	play 0 --extra-vars pause_node_variant=guard
	[ "$(grep -c '^PLAY \[' <<<"$output")" -eq 3 ]
	new_pods 1 2 3
	for number in "${NODES[@]}"; do
		runs_on "$number" "$PAUSE" --guard
		in_node "$number" "$PREFIX/sbin/pause-node" check
	done
}

@test "a second run changes nothing, and another variant only that" {
	play 0
	for number in "${NODES[@]}"; do
		recap "$number" changed=0
	done
	play 0 --check --limit node-1
	recap 1 changed=0
	play 0 --extra-vars pause_node_variant=log --limit node-1
	recap 1 changed=1
	new_pods 1
	runs_on 1 "$PAUSE" --log-reaped
}

@test "absent puts every node back, and changes nothing the second time" {
	play 0 "${ABSENT[@]}"
	is_as_before 1 2 3
	new_pods 1 2
	runs_on 1 "$OFFICIAL_PAUSE"
	runs_on 2 "$OFFICIAL_PAUSE"
	play 0 "${ABSENT[@]}"
	for number in "${NODES[@]}"; do
		recap "$number" changed=0
	done
}
