#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# examples/kubernetes in a real API, by kubectl as a user calls it.

load ../helpers
load ../cluster/cluster
load manifests

# Nodes that no kubelet reports about would be taken for dead.
setup_file() {
	control_plane_start --controllers='*,-node-lifecycle-controller'
}

teardown_file() {
	cluster_end
}

setup() {
	manifests_copy
}

# Until all is gone, as the next test wants the names. No kubelet says that a pod has ended.
teardown() {
	kubectl delete --ignore-not-found node/worker
	jenkins delete --ignore-not-found deployment/jenkins
	jenkins delete pods --all --force 2>/dev/null
	kubectl delete --ignore-not-found --timeout 100s namespace/ci-infra
	kubectl delete --ignore-not-found --timeout 100s storageclass/ceph persistentvolume/jenkins \
		pod/shared-process-namespace
}

# node NAME: a node that could take a large pod, as far as the scheduler knows.
node() {
	kubectl create -f - <<-END
		apiVersion: v1
		kind: Node
		metadata: { name: $1 }
	END
	kubectl patch node "$1" --subresource=status --type=merge --patch '{ "status": {
		"conditions": [{ "type": "Ready", "status": "True" }],
		"capacity": { "cpu": "8", "memory": "32Gi", "pods": "10" },
		"allocatable": { "cpu": "8", "memory": "32Gi", "pods": "10" } } }'
	# A new node is tainted until a controller has seen that it is ready.
	kubectl taint node "$1" node.kubernetes.io/not-ready-
}

# jenkins: what the API says of the objects there.
jenkins() {
	kubectl --namespace ci-infra "$@"
}

# secrets_are_there JQ: whether the Secrets that an object on stdin names, by JQ as
# namespace/name, have a user and a key.
secrets_are_there() {
	local secrets

	mapfile -t secrets < <(jq -r "$1")
	((${#secrets[@]}))
	for secret in "${secrets[@]}"; do
		[ "$(kubectl --namespace "${secret%/*}" get secret "${secret#*/}" -o json | jq -c '.data | keys')" = \
			'["userID","userKey"]' ]
	done
}

@test "every manifest is taken by the server, and none with a slip" {
	# A dry run would not make it.
	kubectl create namespace ci-infra
	manifests_all kubectl apply --dry-run=server --validate=strict
	for slip in "${!SLIPS[@]}"; do
		manifests_copy "$slip"
		run ! manifests_all kubectl apply --dry-run=server --validate=strict
		echo "$output"
		[[ $output == *"$SLIP_NAME"* ]]
	done
}

@test "without a key of Ceph nothing is applied, and it says which file is not there" {
	rm "$MANIFESTS/jenkins/base/ceph.env"
	for variant in dynamic static; do
		run ! kubectl apply -k "$MANIFESTS/jenkins/$variant"
		[[ $output == *ceph.env* ]]
	done
	run ! kubectl get namespace ci-infra
}

@test "the pod has one PID namespace" {
	kubectl apply -f "$MANIFESTS/shared-process-namespace.yaml"
	[ "$(kubectl get pod shared-process-namespace -o 'jsonpath={.spec.shareProcessNamespace}')" = true ]
}

@test "dynamic: the claim waits for Ceph's driver to make a volume" {
	kubectl apply -k "$MANIFESTS/jenkins/dynamic"
	wait_until asks_for_a_volume
	[ "$(jenkins get pvc jenkins -o 'jsonpath={.spec.storageClassName} {.spec.accessModes[*]}')" = 'ceph ReadWriteOnce' ]
	kubectl get storageclass ceph -o json | secrets_are_there '.parameters | to_entries |
		group_by(.key | sub("-(name|namespace)$"; "")) | .[] | select(.[0].key | contains("secret")) |
		from_entries | "\(.[keys[] | select(endswith("-namespace"))])/\(.[keys[] | select(endswith("-name"))])"'
}

asks_for_a_volume() {
	[ "$(jenkins get pvc jenkins -o json |
		jq -r '.metadata.annotations["volume.kubernetes.io/storage-provisioner"]')" = rbd.csi.ceph.com ]
}

@test "static: claim and volume are bound, and the pod goes to a node for it" {
	kubectl apply -k "$MANIFESTS/jenkins/static"
	jenkins wait --for 'jsonpath={.status.phase}=Bound' --timeout 100s pvc/jenkins
	[ "$(jenkins get pvc jenkins -o 'jsonpath={.spec.volumeName}')" = jenkins ]
	# A claim that names its volume is bound to it whatever the modes are.
	[ "$(jenkins get pv,pvc -o 'jsonpath={.items[*].spec.accessModes[*]}')" = 'ReadWriteOnce ReadWriteOnce' ]
	kubectl get persistentvolume jenkins -o json |
		secrets_are_there '.spec.csi.nodeStageSecretRef | "\(.namespace)/\(.name)"'
	node worker
	wait_until has_no_node
	[ "$(jenkins get pod -o 'jsonpath={.items[*].spec.shareProcessNamespace}')" = true ]
	kubectl label node worker cicd-services=enabled
	jenkins wait --for condition=PodScheduled --timeout 100s pod -l app=jenkins
	[ "$(jenkins get pod -o 'jsonpath={.items[*].spec.nodeName}')" = worker ]
}

# The scheduler says for which reason.
has_no_node() {
	jenkins get pod -o json | jq -e '.items[].status.conditions[]? |
		select(.type == "PodScheduled") | .message | contains("affinity")'
}

@test "Java 21 starts with the options of Jenkins' deployment" {
	[ -d "$JAVA" ] || skip "apt knows no archive of Debian here to have Java from"
	options=$(kubectl create --dry-run=client -f "$MANIFESTS/jenkins/base/deployment.yaml" -o json |
		jq -r '.spec.template.spec.containers[].env[] | select(.name == "JAVA_OPTS").value')
	# With a heap that any machine has.
	read -ra options <<<"${options//8g/64m}"
	((${#options[@]} > 5))
	java "${options[@]}" -version
	run ! java "${options[@]}" -XX:+NoOptionOfJava -version
}

# java ARGUMENT...: the one of $JAVA, a root file system, which has no /proc to find its
# libraries by.
java() {
	local home

	home=$(cd "$JAVA" && echo usr/lib/jvm/java-21-openjdk-*)
	LD_LIBRARY_PATH=/$home/lib:/$home/lib/server chroot "$JAVA" "/$home/bin/java" "$@"
}
