# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# A cluster without a node: etcd, and the API server, the controllers and the scheduler of
# the folder $KUBERNETES, in the namespaces of test/isolated, whose ports are free. It
# takes objects, checks them, makes pods for deployments, binds claims to volumes and pods
# to nodes; only that nothing runs. To be sourced by bash, with test/engines/engines.bash.

# api_start DIR: starts it, its state in DIR, for kubectl(1).
api_start() {
	export KUBECONFIG=$1/kubeconfig
	# Where kubectl keeps what it has learned of a server.
	export HOME=$1

	etcd --data-dir "$1/etcd" --unsafe-no-fsync >"$1/etcd.log" 2>&1 3>&- &
	ETCD=$!
	openssl genrsa -out "$1/accounts.key" 2048 2>/dev/null
	echo 'tester,tester,tester,system:masters' >"$1/tokens"
	# The address is for documents, by RFC 5737: an API server wants one that is not
	# loopback's, to tell it to pods.
	"$KUBERNETES/kube-apiserver" --etcd-servers=http://127.0.0.1:2379 --cert-dir="$1" \
		--bind-address=127.0.0.1 --secure-port=6443 --advertise-address=192.0.2.1 --endpoint-reconciler-type=none \
		--token-auth-file="$1/tokens" --authorization-mode=RBAC --service-cluster-ip-range=10.0.0.0/24 \
		--service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$1/accounts.key" \
		--service-account-signing-key-file="$1/accounts.key" >"$1/apiserver.log" 2>&1 3>&- &
	APISERVER=$!
	cat >"$KUBECONFIG" <<-CONF
		apiVersion: v1
		kind: Config
		clusters: [{ name: it, cluster: { server: "https://127.0.0.1:6443", certificate-authority: "$1/apiserver.crt" } }]
		users: [{ name: it, user: { token: tester } }]
		contexts: [{ name: it, context: { cluster: it, user: it } }]
		current-context: it
	CONF
	# It takes ten seconds, and on a busy machine longer than wait_until has.
	timeout 120 bash -c 'until kubectl get --raw /readyz >/dev/null 2>&1; do sleep 0.1; done' || {
		tail -n 3 "$1/apiserver.log" && false
	}
	# Nodes that nobody reports about would be taken for dead.
	"$KUBERNETES/kube-controller-manager" --kubeconfig="$KUBECONFIG" --leader-elect=false --controllers=*,-nodelifecycle \
		--service-account-private-key-file="$1/accounts.key" --flex-volume-plugin-dir="$1/plugins" \
		--secure-port=0 >"$1/controllers.log" 2>&1 3>&- &
	CONTROLLERS=$!
	"$KUBERNETES/kube-scheduler" --kubeconfig="$KUBECONFIG" --leader-elect=false --secure-port=0 \
		>"$1/scheduler.log" 2>&1 3>&- &
	SCHEDULER=$!
	# Without an account a namespace takes no pods.
	wait_until kubectl get serviceaccount default >/dev/null 2>&1
	export ETCD APISERVER CONTROLLERS SCHEDULER
}

# api_end DIR: ends it, and removes what it left there.
api_end() {
	local daemon

	for daemon in "${SCHEDULER-}" "${CONTROLLERS-}" "${APISERVER-}" "${ETCD-}"; do
		[ -z "$daemon" ] || daemon_end "$daemon"
	done
	rm -rf "${1:?}"/{etcd,.kube,plugins}
}

# node NAME [LABEL...]: a node that could take a large pod, as far as the scheduler knows.
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
	(($# == 1)) || kubectl label node "$@"
}
