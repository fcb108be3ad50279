#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Three nodes with a control plane: what only a whole cluster shows of pause.

load ../helpers
load ../examples/manifests
load cluster
load pods

setup_file() {
	cluster_start 3 9</proc
	kubectl apply -f test/cluster/web.yaml
	kubectl rollout status deployment/web --timeout 100s
}

teardown_file() {
	cluster_end
}

# Each test leaves the cluster as it was, but for pause on node-1.
teardown() {
	[ -z "$JOB" ] || kill "$JOB" 2>/dev/null || true
	kubectl delete --ignore-not-found --timeout 100s pod/alone pod/next pod/elsewhere \
		pod/shared-process-namespace namespace/ci-infra
	kubectl delete --ignore-not-found --timeout 100s persistentvolume/jenkins storageclass/ceph
}

# web_pod NUMBER: prints the name of the web pod on that node.
web_pod() {
	kubectl get pods -l app=web --field-selector "spec.nodeName=node-$1" -o 'jsonpath={.items[0].metadata.name}'
}

# orphans_ended POD: prints how many orphans of that pod have ended, by the log.
orphans_ended() {
	kubectl logs "$1" -c orphans --tail -1 | grep -c '^Child process' || true
}

have_ended() {
	(($(orphans_ended "$1") >= $2))
}

# children_of PID: prints the PIDs of its children.
children_of() {
	tr ' ' '\n' <"/proc/$1/task/$1/children"
}

# no_zombie_of PID: whether none of its children is one.
no_zombie_of() {
	local child

	for child in $(children_of "$1"); do
		! is_in_state "$child" Z || { echo "a zombie: $child" && return 1; }
	done
}

# log_shows POD CONTAINER PATTERN: whether that container has written such a line, but for spaces
# at its start.
log_shows() {
	kubectl logs "$1" -c "$2" | grep -qxE " *$3"
}

@test "three nodes are ready, with the versions that were built" {
	[ "$(kubectl get nodes -o 'jsonpath={range .items[*]}{.metadata.name} {.status.nodeInfo.kubeletVersion} {.status.nodeInfo.containerRuntimeVersion}{"\n"}{end}')" = \
		"$(printf "node-%s $(kubelet --version | cut -d ' ' -f 2) containerd://$(containerd --version | cut -d ' ' -f 3 | tr -d v)\n" 1 2 3)" ]
	kubectl wait --for condition=Ready --timeout 0 node --all
}

@test "the pods of a Deployment are spread over the nodes, each on its node's pause" {
	is_official "$(pause_of "$(web_pod 1)")"
	is_official "$(pause_of "$(web_pod 2)")"
	is_ours "$(pause_of "$(web_pod 3)")"
}

@test "a Service answers on every node while its pods leave orphans, which do not wake our pause" {
	local number before ended official woken service

	service=$(kubectl get service web -o 'jsonpath={.spec.clusterIP}')
	official=$(pause_of "$(web_pod 1)")
	PID=$(pause_of "$(web_pod 3)")
	wait_until waits "$PID"
	before=$(wakeups "$PID")
	woken=$(PID=$official wakeups)
	ended=$(orphans_ended "$(web_pod 3)")
	for number in "${NODES[@]}"; do
		in_node "$number" curl --silent --fail --fail-early --max-time 5 --header 'Connection: close' "http://$service/[1-100]" >"$OUT"
		[ "$(wc -l <"$OUT")" -eq 100 ]
		# The Service knows all pods, on whatever node it is asked.
		diff <(sort -u "$OUT") <(printf '%s\n' "$(web_pod 1)" "$(web_pod 2)" "$(web_pod 3)" | sort)
		[ -n "$(children_of "$PID")" ]
		no_zombie_of "$PID"
	done
	wait_until have_ended "$(web_pod 3)" $((ended + 40))
	no_zombie_of "$PID"
	[ "$(wakeups "$PID")" = "$before" ]
	[ "$(PID=$official wakeups)" != "$woken" ]
}

@test "kubectl debug --target: a container of another image sees the target's processes" {
	run_pod alone 3
	kubectl debug alone --image localhost/redis:test --image-pull-policy Never --target alone --container debugger \
		-- ps -e -o pid=,args=
	wait_until log_shows alone debugger '1 nginx: master process .*'

	kubectl debug "$(web_pod 3)" --image localhost/redis:test --image-pull-policy Never --target nginx --container debugger \
		-- ps -e -o pid=,args=
	wait_until log_shows "$(web_pod 3)" debugger '1 /pause'
	log_shows "$(web_pod 3)" debugger '[0-9]+ nginx: master process .*'
	log_shows "$(web_pod 3)" debugger '[0-9]+ zombie_demo 1'
}

@test "kubectl exec passes input and status, on our pause and on the official one" {
	for number in "${NODES[@]}"; do
		[ "$(echo through | kubectl exec --stdin "$(web_pod "$number")" -c nginx -- cat)" = through ]
		run -7 kubectl exec "$(web_pod "$number")" -c orphans -- bash -c 'exit 7'
	done
}

@test "kubectl port-forward reaches a pod, on our pause and on the official one" {
	for number in "${NODES[@]}"; do
		: >"$OUT"
		kubectl port-forward "pod/$(web_pod "$number")" :8080 >"$OUT" 2>"$ERR" 3>&- &
		JOB=$!
		wait_until grep -q '^Forwarding from 127.0.0.1' "$OUT"
		[ "$(curl --silent --max-time 5 "http://$(sed -n 's/^Forwarding from \(127[0-9.:]*\).*/\1/p' "$OUT")/")" = "$(web_pod "$number")" ]
		kill "$JOB"
		wait "$JOB" || true
		JOB=''
	done
}

# watcher_has_listed COUNT: whether it has listed the processes that often.
watcher_has_listed() {
	(($(kubectl logs shared-process-namespace -c watcher | grep -cxE ' *1 +0 S[^ ]* +/pause') >= $1))
}

@test "the example of a pod to watch: its log shows orphans as children of pause, and no zombie" {
	busybox_load docker.io/library/busybox:stable
	kubectl apply -f examples/kubernetes/shared-process-namespace.yaml
	kubectl wait --for condition=Ready --timeout 100s pod/shared-process-namespace
	# An orphan lives for three seconds, and the lists are ten seconds apart.
	WAIT_SECONDS=60 wait_until watcher_has_listed 2
	log_shows shared-process-namespace watcher '[0-9]+ +1 S[^ ]* +sleep 3'
	run ! log_shows shared-process-namespace watcher '[0-9]+ +[0-9]+ Z.*'
}

# jenkins_apply VARIANT: applies that example on node-3, where a small machine has room for it.
jenkins_apply() {
	manifests_copy
	sed -i 's/10Gi$/64Mi/; s/cpu: "1"/cpu: 10m/' "$MANIFESTS/jenkins/base/deployment.yaml"
	kubectl label node node-3 --overwrite cicd-services=enabled
	kubectl apply -k "$MANIFESTS/jenkins/$1"
}

jenkins() {
	kubectl --namespace ci-infra "$@"
}

# claim_is PHASE, pod_is PHASE: whether Jenkins' is.
claim_is() {
	[ "$(jenkins get pvc jenkins -o 'jsonpath={.status.phase}')" = "$1" ]
}
pod_is() {
	[ "$(jenkins get pods -l app=jenkins -o 'jsonpath={.items[*].status.phase}')" = "$1" ]
}

# pod_waits_for PATTERN: whether an event says so.
pod_waits_for() {
	jenkins get events -o 'jsonpath={range .items[*]}{.message}{"\n"}{end}' | grep -q "$1"
}

# attachment_is TEXT: whether this is the one attachment of a volume: volume, driver, node, and
# whether the driver has made it.
attachment_is() {
	[ "$(kubectl get volumeattachments -o 'jsonpath={range .items[*]}{.spec.source.persistentVolumeName} {.spec.attacher} {.spec.nodeName} {.status.attached}{end}')" = "$1" ]
}

@test "Jenkins, dynamic: without Ceph the claim is pending, and so is the pod" {
	jenkins_apply dynamic
	wait_until pod_waits_for 'rbd.csi.ceph.com'
	wait_until pod_waits_for 'unbound immediate PersistentVolumeClaims'
	claim_is Pending
	[ "$(jenkins get pvc jenkins -o json | jq -r '.metadata.annotations["volume.kubernetes.io/storage-provisioner"]')" = rbd.csi.ceph.com ]
	pod_is Pending
}

@test "Jenkins, static: without Ceph the claim is bound, and the pod waits on its node for the driver to attach it" {
	jenkins_apply static
	wait_until claim_is Bound
	wait_until attachment_is 'jenkins rbd.csi.ceph.com node-3 false'
	[ "$(jenkins get pods -l app=jenkins -o 'jsonpath={.items[*].spec.nodeName}')" = node-3 ]
	pod_is Pending
}

@test "another pause under the official name: pods that run stay as they are, the next one has ours" {
	local pod before name

	pod=$(web_pod 1)
	PID=$(pause_of "$pod")
	before=$(kubectl get pod "$pod" -o 'jsonpath={.status.containerStatuses[*].containerID}')
	name=$(in_node 1 containerd config default | sed -n "s/^ *sandbox = '\(.*\)'/\1/p")
	in_node 1 ctr --namespace k8s.io images import build/pause.oci.tar
	in_node 1 ctr --namespace k8s.io images tag --force "pause.invalid/pause:$(<build/version)" "$name"
	run_pod next 1 '{ "shareProcessNamespace": true }'
	is_ours "$(pause_of next)"
	is_official "$PID"
	[ "$(pause_of "$pod")" = "$PID" ]
	[ "$(kubectl get pod "$pod" -o 'jsonpath={.status.containerStatuses[*].containerID}')" = "$before" ]
	run_pod elsewhere 2
	is_official "$(pause_of elsewhere)"
}
