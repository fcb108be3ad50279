# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Kubernetes on one machine, in the namespaces of test/isolated:
#
#     control_plane_start [FLAG...]   starts etcd, API server, controllers and scheduler
#     cluster_start NUMBER...         starts these, and three nodes; those with these numbers have ours
#     cluster_end                     ends them
#
# The programs come from the folders $ETCD, $KUBERNETES, $CONTAINERD, $RUNC and $CRI_TOOLS. The
# first two suffice for a control plane. To be sourced by bash, with pod/pod.bash.

PATH=$KUBERNETES:${CONTAINERD:+$CONTAINERD:$RUNC:$CRI_TOOLS:}$PATH

# Node N has the address 172.30.0.1N, its pods have 10.244.N.0/24, services have 10.96.0.0/16.
CONTROL_PLANE=172.30.0.1
NODES=(1 2 3)

# Below /opt, which test/isolated makes private to the cluster and visible to its nodes.
STATE=/opt/pause-cluster
export KUBECONFIG=$STATE/admin.conf KUBECACHEDIR=$STATE/kubectl
declare -gA DAEMONS=()

# daemon NAME COMMAND...: starts COMMAND with its output in $STATE/NAME.log, out of reach of Ctrl-C,
# which test/isolated answers.
daemon() {
	setsid "${@:2}" >"$STATE/$1.log" 2>&1 3>&- &
	DAEMONS[$1]=$!
}

# daemons_run: whether every daemon runs. Otherwise writes the end of one's log on stderr.
daemons_run() {
	local name

	for name in "${!DAEMONS[@]}"; do
		kill -0 "${DAEMONS[$name]}" 2>/dev/null || {
			echo "cluster: $name ended: $(tail -n 3 "$STATE/$name.log")" >&2
			return 1
		}
	done
}

# daemons_wait COMMAND...: waits until COMMAND succeeds. Status 1 if a daemon ends before. The
# limit allows for a busy machine.
daemons_wait() {
	WAIT_SECONDS=180 wait_until is_settled "$@" && daemons_run
}

is_settled() {
	"$@" >/dev/null 2>&1 || ! daemons_run 2>/dev/null
}

# cluster_end: ends what control_plane_start or cluster_start started, so that bats can end.
cluster_end() {
	kill -KILL "${DAEMONS[@]}" 2>/dev/null || true
	wait "${DAEMONS[@]}" 2>/dev/null || true
}

# user_add USER [GROUP]: lets USER log in by a token.
user_add() {
	echo "$(openssl rand -hex 16),$1,$1,${2-}" >>"$STATE/tokens"
}

# kubeconfig USER: prints the kubeconfig of USER.
kubeconfig() {
	cat <<-CONF
		apiVersion: v1
		kind: Config
		clusters:
		- name: cluster
		  cluster:
		    server: https://$CONTROL_PLANE:6443
		    certificate-authority-data: $(base64 -w 0 "$STATE/ca.crt")
		users: [{ name: user, user: { token: $(sed -n "s/,$1,.*//p" "$STATE/tokens") } }]
		contexts: [{ name: cluster, context: { cluster: cluster, user: user } }]
		current-context: cluster
	CONF
}

# shellcheck disable=SC2119,SC2120 # the flags are test/examples'
# control_plane_start [FLAG...]: starts the control plane, its controllers with these flags.
# Returns when a namespace takes pods.
control_plane_start() {
	local number

	mkdir -m 700 "$STATE"
	ip link add nodes type bridge
	ip address add "$CONTROL_PLANE/24" dev nodes
	ip link set nodes up

	user_add admin system:masters
	user_add system:kube-proxy
	for number in "${NODES[@]}"; do
		user_add "system:node:node-$number" system:nodes
	done
	openssl genrsa -out "$STATE/accounts.key" 2048 2>/dev/null
	# By this certificate, which signs itself, kubelets know the API server.
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /O=system:masters/CN=kube-apiserver \
		-addext extendedKeyUsage=clientAuth -keyout "$STATE/kubelet-client.key" -out "$STATE/kubelet-client.crt" 2>/dev/null

	daemon etcd "$ETCD/server" --data-dir "$STATE/etcd" --unsafe-no-fsync --log-level warn
	daemon kube-apiserver kube-apiserver --etcd-servers=http://127.0.0.1:2379 --bind-address="$CONTROL_PLANE" \
		--cert-dir="$STATE" --token-auth-file="$STATE/tokens" --authorization-mode=Node,RBAC \
		--enable-admission-plugins=NodeRestriction --allow-privileged --service-cluster-ip-range=10.96.0.0/16 \
		--service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$STATE/accounts.key" \
		--service-account-signing-key-file="$STATE/accounts.key" --kubelet-preferred-address-types=InternalIP \
		--kubelet-client-certificate="$STATE/kubelet-client.crt" --kubelet-client-key="$STATE/kubelet-client.key"
	# It writes the key last.
	daemons_wait test -s "$STATE/apiserver.key" || return
	# The file has two certificates: the server's, and the authority's that signed it.
	sed '1,/END CERTIFICATE/d' "$STATE/apiserver.crt" >"$STATE/ca.crt"
	kubeconfig admin >"$KUBECONFIG"
	daemons_wait kubectl get --raw /readyz || return
	daemon kube-controller-manager kube-controller-manager --kubeconfig="$KUBECONFIG" --leader-elect=false \
		--service-account-private-key-file="$STATE/accounts.key" --root-ca-file="$STATE/ca.crt" \
		--flex-volume-plugin-dir="$STATE/plugins" --secure-port=0 "$@"
	daemon kube-scheduler kube-scheduler --kubeconfig="$KUBECONFIG" --leader-elect=false --secure-port=0
	# Without an account a namespace takes no pods.
	daemons_wait kubectl get serviceaccount default
}

# cluster_start NUMBER...: starts a control plane, and three nodes: those with these numbers with
# our pause, the others with the official one. Returns when they are ready. Descriptor 9 is the
# /proc of whoever asks node_pid.
cluster_start() {
	local number official=(build/bench/images/official-glibc.oci.tar pause.invalid/pause:official-glibc)
	local ours=(build/pause.oci.tar "pause.invalid/pause:$(<build/version)")

	control_plane_start || return
	kubeconfig system:kube-proxy >"$STATE/kube-proxy.conf"
	for number in "${NODES[@]}"; do
		case " $* " in
		*" $number "*) node_start "$number" "${ours[@]}" ;;
		*) node_start "$number" "${official[@]}" ;;
		esac
	done
	daemons_wait kubectl wait --for condition=Ready --timeout 9s "${NODES[@]/#/node/node-}" || return
	# Pods and services from here, too, for whoever tries things.
	for number in "${NODES[@]}"; do
		ip route add "10.244.$number.0/24" via "172.30.0.1$number"
	done
	ip route add 10.96.0.0/16 via 172.30.0.11
}

# node_start NUMBER ARCHIVE IMAGE: starts a node with IMAGE of the OCI archive ARCHIVE as pause.
# Descriptor 7 leads back to this network.
node_start() {
	kubeconfig "system:node:node-$1" >"$STATE/node-$1.conf"
	daemon "node-$1" test/isolated unshare --uts env PATH="$PATH" test/cluster/node "$@" 7</proc/self/ns/net
}

# node_pid NUMBER: prints the process that leads that node.
node_pid() {
	sed -n "s/^node-$1 is process //p" "$STATE/node-$1.log"
}

# in_node NUMBER COMMAND...: runs COMMAND there.
in_node() {
	nsenter --target "$(node_pid "$1")" --all --wdns="$PWD" "${@:2}"
}
