#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# node/kubernetes in a cluster whose nodes all start on the official pause: the way of docs/fleet.md,
# from the first node to the way back, with what can go wrong. Each test goes on from the one before.

load ../helpers
load cluster
load pods

# An agent looks, an engine answers, and a kubelet starts a sandbox, on a busy machine.
WAIT_SECONDS=60

setup_file() {
	local number

	export FLEET=$BATS_FILE_TMPDIR/fleet STORES=$BATS_FILE_TMPDIR/stores
	cluster_start 9</proc
	busybox_load shell.invalid/busybox:test
	mkdir "$FLEET" "$STORES"
	# The image of a user's own, and less patience.
	cat >"$FLEET/kustomization.yaml" <<-YAML
		resources: [kubernetes]
		images: [{ name: docker.io/library/busybox, newName: shell.invalid/busybox, newTag: test }]
		patches:
		  - target: { kind: DaemonSet, name: "pause-node-(plain|guard|log|remove)" }
		    patch: |
		      kind: DaemonSet
		      metadata: { name: any }
		      spec:
		        template:
		          spec:
		            containers:
		              - name: agent
		                env: [{ name: INTERVAL, value: "5" }, { name: LIMIT, value: "30" }]
		                readinessProbe: { periodSeconds: 1 }
	YAML
	kubectl apply -f test/cluster/web.yaml
	# Nothing is lost: no pod ends before another one answers, and its address is gone from the Service by then.
	kubectl patch deployment web --patch '{ "spec": {
		"strategy": { "rollingUpdate": { "maxUnavailable": 0, "maxSurge": 1 } },
		"template": { "spec": { "terminationGracePeriodSeconds": 30, "containers": [
			{ "name": "nginx", "lifecycle": { "preStop": { "sleep": { "seconds": 5 } } } },
			{ "name": "orphans", "command": ["bash", "-c", "while :; do zombie_demo 1; sleep 1; done"] } ] } } } }'
	kubectl rollout status deployment/web --timeout 100s
	for number in "${NODES[@]}"; do
		run_pod "standing-$number" "$number"
		wait_until is_settled_store "$number"
		store "$number" >"$STORES/$number"
	done
}

teardown_file() {
	cluster_end
}

teardown() {
	[ -z "$JOB" ] || kill "$JOB" 2>/dev/null || true
}

fleet() {
	kubectl --namespace pause-node "$@"
}

# fleet_apply FOLDER: applies what make kubernetes has written there.
fleet_apply() {
	rm -rf "$FLEET/kubernetes"
	cp -r "$1" "$FLEET/kubernetes"
	kubectl apply --server-side -k "$FLEET"
}

# wave VARIANT NUMBER...: labels these nodes, and waits until all with that label are ready.
wave() {
	kubectl label --overwrite node "${@:2}" "pause-node=$1"
	wave_is_ready "$1"
}
wave_is_ready() {
	fleet wait --timeout 100s --for "jsonpath={.status.numberReady}=$(kubectl get nodes -l "pause-node=$1" -o name | wc -l)" \
		"daemonset/pause-node-$1"
}

# agent NUMBER: prints the name of the agent's pod on that node.
agent() {
	fleet get pods -l app.kubernetes.io/name=pause-node --field-selector "spec.nodeName=node-$1" -o 'jsonpath={.items[*].metadata.name}'
}

# check NUMBER: what pause-node check says on that node.
check() {
	fleet exec "$(agent "$1")" -- sh /pause-node/agent check
}

# logs NUMBER PATTERN: whether the agent of that node has logged such a line.
logs() {
	fleet logs "$(agent "$1")" | grep -qxE "$2"
}

# store NUMBER: prints what pause-node may change on that node, and has to put back; and the files where it must write none.
store() {
	images "$1" ls
	in_node "$1" find /run/over/etc /run/over/opt ! -type d -printf '%p %i %t %s\n'
}
is_as_before() {
	diff "$STORES/$1" <(store "$1")
}

# engine_name NUMBER: the name that the engine of that node asks for.
engine_name() {
	in_node "$1" containerd config dump | sed -n "s/^ *sandbox = '\(.*\)'/\1/p"
}

# starts NUMBER PROGRAM [OPTION]: a new pod on that node runs PROGRAM.
starts() {
	local pid

	run_pod new "$1"
	pid=$(pause_of new)
	cmp "/proc/$pid/exe" "$2"
	[ "$(tr '\0' ' ' <"/proc/$pid/cmdline")" = "/pause ${3:+$3 }" ]
	kubectl delete pod new --grace-period 1
}

# another_version VERSION EDIT: applies pause of that version, with sed(1)'s EDIT of pause.c.
# $BATS_FILE_TMPDIR/VERSION is the program.
another_version() {
	local platform=${PAUSE%/pause}

	wrong_tree "$2"
	env -u MAKEFLAGS -u MAKELEVEL make -s -C "$TREE" VERSION="$1" PLATFORMS="${platform##*/linux-}" kubernetes
	cp "$TREE/$PAUSE" "$BATS_FILE_TMPDIR/$1"
	fleet_apply "$TREE/build/kubernetes"
}

# standing: prints what runs of the pods that are there from the beginning: containers, how often they
# have restarted, and pause.
standing() {
	local number

	for number in "${NODES[@]}"; do
		kubectl get pod "standing-$number" -o 'jsonpath={.status.containerStatuses[*].containerID} {.status.containerStatuses[*].restartCount}{"\n"}'
		pause_of "standing-$number"
	done
}

@test "applied, nothing happens: no label, no pod, no role, and a ConfigMap within its limit" {
	fleet_apply build/kubernetes
	[ -z "$(fleet get pods -o name)" ]
	[ "$(fleet get daemonsets -o 'jsonpath={.items[*].metadata.name}')" = \
		'pause-node-canary pause-node-guard pause-node-log pause-node-plain pause-node-remove' ]
	[ "$(fleet get daemonsets -o 'jsonpath={.items[*].status.desiredNumberScheduled}')" = '0 0 0 0 0' ]
	kubectl kustomize "$FLEET" >"$OUT"
	run ! grep -E '^kind: .*(Role|ServiceAccount)' "$OUT"
	# The limit of a ConfigMap, and that of the annotation of client-side apply.
	fleet get configmap -o json | jq -c '.items[] | select(.metadata.name | startswith("pause-node-"))' >"$OUT"
	[ "$(wc -l <"$OUT")" -eq 1 ]
	[ "$(wc -c <"$OUT")" -lt 262144 ]
	for number in "${NODES[@]}"; do
		is_as_before "$number"
	done
}

# pod_without CAPABILITY: an agent on node-3 without it, and with less patience.
pod_without() {
	fleet get daemonset pause-node-plain -o json | jq --arg name "$1" '.spec.template.spec as $spec | {
		apiVersion: "v1", kind: "Pod",
		metadata: { name: "without-\($name | ascii_downcase | gsub("_"; "-"))", labels: { "pause-node": "plain" } },
		spec: ($spec | del(.nodeSelector) | .nodeName = "node-3" |
			.containers[0] |= (.securityContext.capabilities.add -= [$name] | .env += [{ name: "LIMIT", value: "5" }])) }' |
		fleet apply -f -
}

# says POD PATTERN: whether its last line is such.
says_last() {
	fleet logs "$1" | tail -n 1 | grep -qE "$2" || { fleet logs "$1" && false; }
}

@test "each capability of the agent is needed" {
	fleet get daemonset pause-node-canary -o json | jq '.spec.template.spec as $spec | {
		apiVersion: "v1", kind: "Pod", metadata: { name: "canary" },
		spec: ($spec | del(.affinity) | .nodeName = "node-3") }' | fleet apply -f -
	fleet wait --for condition=Ready --timeout 60s pod/canary
	[ "$(fleet get daemonset pause-node-plain -o 'jsonpath={.spec.template.spec.containers[0].securityContext.capabilities.add}')" = \
		'["SYS_ADMIN","SYS_CHROOT","SYS_PTRACE","KILL"]' ]
	pod_without KILL
	wait_until says_last without-kill '^failed: no sandbox '
	pod_without SYS_ADMIN
	pod_without SYS_CHROOT
	pod_without SYS_PTRACE
	wait_until says_last without-sys-admin '^nsenter: .*Operation not permitted'
	wait_until says_last without-sys-chroot '^nsenter: .*Operation not permitted'
	wait_until says_last without-sys-ptrace '^nsenter: .*Permission denied'
	fleet delete pod --all --grace-period 1
	wait_until is_as_before 3
}

# ask: asks the Service without an end, until an answer is lost. Sets JOB.
ask() {
	: >"$OUT"
	curl --silent --show-error --fail --fail-early --max-time 5 --rate 20/s --header 'Connection: close' \
		"http://$(kubectl get service web -o 'jsonpath={.spec.clusterIP}')/[1-1000000]" >"$OUT" 2>"$ERR" 3>&- &
	JOB=$!
}

# restart_web: restarts the Deployment, and waits until the old pods are gone.
restart_web() {
	kubectl rollout restart deployment/web && kubectl rollout status deployment/web --timeout 100s && wait_until web_is_new
}
web_is_new() {
	[ "$(kubectl get pods -l app=web -o 'jsonpath={.items[*].metadata.labels.pod-template-hash}' | wc -w)" -eq 3 ]
}

# web_runs NUMBER PROGRAM: whether the pods of web on that node do.
web_runs() {
	local pod

	for pod in $(kubectl get pods -l app=web --field-selector "spec.nodeName=node-$1" -o 'jsonpath={.items[*].metadata.name}'); do
		cmp "/proc/$(pause_of "$pod")/exe" "$2"
	done
}

@test "waves over three nodes while a Deployment restarts under load: no request is lost, and each new sandbox runs pause" {
	local before restarts

	before=$(standing)
	ask
	# Restarts do not wait for waves.
	while restart_web; do :; done >"$BATS_TEST_TMPDIR/restarts" 2>&1 3>&- &
	restarts=$!
	wave plain node-1
	starts 1 "$PAUSE"
	starts 2 "$OFFICIAL_PAUSE"
	wave plain node-2 node-3
	kill $restarts
	wait $restarts || true
	[ "$(grep -c restarted "$BATS_TEST_TMPDIR/restarts")" -ge 2 ]
	restart_web
	for number in "${NODES[@]}"; do
		web_runs "$number" "$PAUSE"
		check "$number"
		logs "$number" 'ready: a sandbox .* runs pause .*'
	done
	# It still asks.
	kill "$JOB"
	says "$ERR"
	[ "$(wc -l <"$OUT")" -gt 200 ]
	[ "$(standing)" = "$before" ]
	for number in "${NODES[@]}"; do
		is_official "$(pause_of "standing-$number")"
	done
}

@test "the guard for a pool, and the plain variant again" {
	wave guard node-2
	starts 2 "$PAUSE" --guard
	starts 1 "$PAUSE"
	wave plain node-2
	starts 2 "$PAUSE"
	[ "$(images 2 ls -q | grep '^pause-node.invalid/' | grep -vc /pause__init/)" -eq 2 ]
}

# failed: prints pod, node and last message of each agent that has given up.
failed() {
	fleet get pods -l app.kubernetes.io/name=pause-node -o json | jq -r '.items[] |
		(.status.containerStatuses[0] | (.state.terminated // .lastState.terminated).message // "" | rtrimstr("\n")) as $message |
		select($message | startswith("failed: ")) | "\(.metadata.name) \(.spec.nodeName) \($message)"'
}
has_failed() {
	failed | grep -q .
}

@test "a pause that does not start: its first node is put back and its pods start, no other node is touched; and undone" {
	local pod node message

	another_version broken 's/^	sigemptyset(&awaited);/	return argc;\n&/'
	WAIT_SECONDS=120 wait_until has_failed
	read -r pod node message < <(failed)
	[ "$(failed | wc -l)" -eq 1 ]
	[ "$message" = 'failed: no sandbox of pause-node-canary ran pause broken within 30 seconds; the node is put back; delete this pod to try again' ]
	starts "${node#node-}" "$OFFICIAL_PAUSE"
	run ! fleet rollout status daemonset/pause-node-plain --timeout 1s
	for number in "${NODES[@]}"; do
		[ "node-$number" = "$node" ] || { check "$number" && is_ready "$number" && starts "$number" "$PAUSE"; }
	done
	# It has not tried again.
	run -1 is_ready "${node#node-}"
	images "${node#node-}" ls -q >"$OUT"
	run ! grep '^pause-node.invalid/' "$OUT"
	fleet_apply build/kubernetes
	fleet rollout status daemonset/pause-node-plain --timeout 100s
	starts "${node#node-}" "$PAUSE"
}

# changes_left: how many changes ctr makes on node-3 before it kills who calls it.
changes_left() {
	in_node 3 cat /run/left
}
is_killed_or_ready() {
	[ "$(changes_left)" -eq 0 ] || is_ready 3
}
is_ready() {
	[ "$(fleet get pod "$(agent "$1")" -o 'jsonpath={.status.containerStatuses[*].ready}')" = true ]
}

@test "an agent that is killed after each change of install, on a node that reaches no registry: pods start, and it finishes" {
	local n

	wave remove node-3
	wait_until is_as_before 3
	run ! in_node 3 crictl pull registry.k8s.io/pause:3.10.2
	# A ctr that kills all of the agent's container when it has made its last change, and then at once.
	in_node 3 cp "$CONTAINERD/ctr" /run/ctr
	in_node 3 sh -c 'cat >/run/killing-ctr && chmod +x /run/killing-ctr' <<-'END'
		#!/bin/sh
		[ "$(cat /run/left)" -gt 0 ] || pkill -KILL -s 0
		/run/ctr "$@"
		status=$?
		case $* in
		*--help) ;;
		*' label '* | *' import '*-* | *' rm '*)
			left=$(($(cat /run/left) - 1))
			echo $left >/run/left
			[ $left -gt 0 ] || pkill -KILL -s 0
			;;
		esac
		exit $status
	END
	in_node 3 mount --bind /run/killing-ctr "$CONTAINERD/ctr"
	for ((n = 1; ; n++)); do
		echo "n=$n"
		in_node 3 sh -c "echo $n >/run/left"
		kubectl label --overwrite node node-3 pause-node=plain
		wait_until is_killed_or_ready
		[ "$(changes_left)" -eq 0 ] || break
		run_pod new 3
		kubectl delete pod new --grace-period 1
	done
	[ $n -gt 4 ]
	in_node 3 umount "$CONTAINERD/ctr"
	wave_is_ready plain
	check 3
	starts 3 "$PAUSE"
}

is_repaired() {
	check "$1" && [ "$(fleet logs "$(agent "$1")" | grep -c '^ready: ')" -gt "$2" ]
}

# drifts PATTERN COMMAND...: after COMMAND on node-1, its agent logs that drift, and repairs it.
drifts() {
	local ready

	ready=$(fleet logs "$(agent 1)" | grep -c '^ready: ')
	in_node 1 "${@:2}"
	wait_until logs 1 "drift: containerd: $NAME holds $1"
	wait_until is_repaired 1 "$ready"
	starts 1 "$PAUSE"
}

@test "a drift is logged, and repaired" {
	NAME=$(engine_name 1)
	drifts 'nothing: somebody has removed, pulled or tagged it' ctr --namespace k8s.io images rm "$NAME"
	drifts 'official: somebody has removed, pulled or tagged it' \
		ctr --namespace k8s.io images tag --force pause.invalid/pause:official-glibc "$NAME"
	drifts 'nothing: all names of pause are gone, as after crictl rmi' crictl rmi "$NAME"
}

@test "an upgrade of pause goes from node to node, and the former version is gone" {
	another_version next '1s/$/ /'
	fleet rollout status daemonset/pause-node-plain --timeout 150s
	for number in "${NODES[@]}"; do
		starts "$number" "$BATS_FILE_TMPDIR/next"
		[ "$(images "$number" ls -q | sed -n '/pause__init/d; s,^pause-node.invalid/.*/,,p')" = $'before\nnext' ]
	done
}

# held NUMBER NAME: what that name holds on that node. has_names NUMBER NAME: whether pause has that name and no other.
held() {
	images "$1" ls | awk -v name="$2" '$1 == name { print $3 }'
}
has_names() {
	[ "$(images "$1" ls -q | sed -n '/pause__init/d; s,^pause-node.invalid/\(.*\)/.*,\1,p' | sort -u)" = "$2" ]
}

@test "an engine that asks for another name after an upgrade gets pause by that one, and the former one holds what it held" {
	local before

	before=$(engine_name 2)
	in_node 2 sh -c 'cat >>/etc/containerd/config.toml' <<-'END'
		[plugins."io.containerd.cri.v1.images".pinned_images]
		sandbox = "registry.example/new/pause:9"
	END
	in_node 2 pkill -x containerd
	wait_until logs 2 "drift: containerd: it asks for registry.example/new/pause:9 now, and pause is $before"
	wait_until has_names 2 registry.example/new/pause__9
	starts 2 "$BATS_FILE_TMPDIR/next"
	[ -n "$(held 2 "$before")" ]
	grep -qF "$before $(held 2 "$before") " <(awk '{ print $1, $3, "" }' "$STORES/2")
}

@test "the way back: each node is as before, and then all of it goes" {
	kubectl label --overwrite node -l pause-node pause-node=remove
	wave_is_ready remove
	for number in "${NODES[@]}"; do
		[ "$(fleet logs "$(agent "$number")" | tail -n 1)" = 'ready: nothing of pause is left' ]
		wait_until is_as_before "$number"
	done
	kubectl delete -k "$FLEET" --timeout 60s
	kubectl label node -l pause-node pause-node-
	run ! kubectl get namespace pause-node
	[ "$(standing | grep -c ' 0$')" -eq 3 ]
	starts 3 "$OFFICIAL_PAUSE"
}
