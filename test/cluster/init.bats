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

# pod NAME CONTAINER [SPEC]: starts sleep in a pod of node-1, with these settings of its container and of the pod.
pod() {
	run_pod "$1" 1 "$(jq -n --argjson container "$2" --argjson spec "${3-"{}"}" '{
		terminationGracePeriodSeconds: 3, restartPolicy: "Never",
		containers: [{ name: "sleep", image: "localhost/nginx:test", imagePullPolicy: "Never",
			command: ["sleep", "infinity"] } + $container] } + $spec')"
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
	# It stays until its status has been read.
	kubectl patch pod "$2" --type merge --patch '{ "metadata": { "finalizers": ["test.invalid/read"] } }'
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
	pod volume '{ "command": ["/init/init", "--", "sleep", "infinity"],
		"volumeMounts": [{ "name": "init", "mountPath": "/init", "readOnly": true }] }' \
		'{ "volumes": [{ "name": "init", "image": { "reference": "pause.invalid/pause:init" } }] }'
	[ "$(kubectl exec volume -- ps -o args= -p 1)" = '/init/init -- sleep infinity' ]
	reaps_and_ends volume
}

@test "an init container copies pause-init into an emptyDir, as another user: the same" {
	pod copy '{ "command": ["/shared/init", "--", "sleep", "infinity"],
		"volumeMounts": [{ "name": "init", "mountPath": "/shared", "readOnly": true }] }' \
		'{ "securityContext": { "runAsUser": 1000, "runAsGroup": 1000, "runAsNonRoot": true },
		"volumes": [{ "name": "init", "emptyDir": {} }],
		"initContainers": [{ "name": "init", "image": "pause.invalid/pause:init", "args": ["--install", "/shared/init"],
			"volumeMounts": [{ "name": "init", "mountPath": "/shared" }] }] }'
	[ "$(kubectl exec copy -- ps -o args= -p 1)" = '/shared/init -- sleep infinity' ]
	reaps_and_ends copy
}
