#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# pause-init in the containers of a cluster, by both ways of docs/init.md: as an image volume, and
# copied by an init container. The image of each container has no init, and its program, sleep,
# neither reaps nor handles SIGTERM.

load ../helpers
load cluster
load pods

setup_file() {
	cluster_start 9</proc
	# A node gets the image of pause-init from pause-node.
	in_node 1 sh -ec 'mkdir /run/pause; cp node/pause-node build/pause.oci.tar /run/pause; /run/pause/pause-node install'
}

teardown_file() {
	cluster_end
}

# pod NAME JSON: starts sleep in a pod, with these settings of pod and container merged into its spec.
pod() {
	jq -n --arg name "$1" --argjson more "$2" '{
		apiVersion: "v1", kind: "Pod", metadata: { name: $name, finalizers: ["test.invalid/read"] },
		spec: ({ nodeName: "node-1", terminationGracePeriodSeconds: 3, restartPolicy: "Never",
			containers: [{ name: "sleep", image: "localhost/nginx:test", imagePullPolicy: "Never",
				command: ["sleep", "infinity"] }] } * ($more | del(.container)) |
			.containers[0] += $more.container) }' | kubectl apply -f -
	kubectl wait --for condition=Ready --timeout 60s "pod/$1"
}

# zombies POD: prints the zombies among the processes of that container.
zombies() {
	kubectl exec "$1" -- ps -e -o stat=,comm= | grep '^Z' || true
}

# orphans_end POD: makes three orphans in that container, and waits until each has ended.
orphans_end() {
	for _ in 1 2 3; do
		kubectl exec "$1" -- zombie_demo 0
	done
	wait_until no_orphan_runs "$1"
}
no_orphan_runs() {
	! kubectl exec "$1" -- ps -e -o stat=,comm= | grep -q '^[^Z].*zombie_demo'
}

# ends_with STATUS POD: deletes the pod, whose container ends with that exit status.
ends_with() {
	kubectl delete pod "$2" --wait=false
	kubectl wait --for 'jsonpath={.status.containerStatuses[0].state.terminated}' --timeout 60s "pod/$2"
	run -0 kubectl get pod "$2" -o 'jsonpath={.status.containerStatuses[0].state.terminated.exitCode}'
	kubectl patch pod "$2" --type merge --patch '{ "metadata": { "finalizers": null } }'
	[ "$output" -eq "$1" ] || { echo "exit status $output, not $1" && false; }
}

@test "without an init: zombies stay, and SIGTERM does nothing until SIGKILL follows" {
	pod without '{}'
	orphans_end without
	[ "$(zombies without | grep -c zombie_demo)" -eq 3 ]
	ends_with 137 without
}

# reaps_and_ends POD: no zombie stays, init's memory is small, and SIGTERM ends the container.
reaps_and_ends() {
	orphans_end "$1"
	wait_until no_zombie_in "$1"
	ends_with 143 "$1"
}
no_zombie_in() {
	[ -z "$(zombies "$1")" ]
}

@test "an image volume: /init/init reaps, and SIGTERM ends the container at once" {
	pod volume '{
		"volumes": [{ "name": "init", "image": { "reference": "pause.invalid/pause:init" } }],
		"container": { "command": ["/init/init", "--", "sleep", "infinity"],
			"volumeMounts": [{ "name": "init", "mountPath": "/init", "readOnly": true }] } }'
	[ "$(kubectl exec volume -- ps -o args= -p 1)" = '/init/init -- sleep infinity' ]
	reaps_and_ends volume
}

@test "an init container copies pause-init into an emptyDir, as another user: the same" {
	pod copy '{
		"securityContext": { "runAsUser": 1000, "runAsGroup": 1000, "runAsNonRoot": true },
		"volumes": [{ "name": "init", "emptyDir": {} }],
		"initContainers": [{ "name": "init", "image": "pause.invalid/pause:init", "args": ["--install", "/shared/init"],
			"volumeMounts": [{ "name": "init", "mountPath": "/shared" }] }],
		"container": { "command": ["/shared/init", "--", "sleep", "infinity"],
			"volumeMounts": [{ "name": "init", "mountPath": "/shared", "readOnly": true }] } }'
	[ "$(kubectl exec copy -- ps -o args= -p 1)" = '/shared/init -- sleep infinity' ]
	reaps_and_ends copy
}
