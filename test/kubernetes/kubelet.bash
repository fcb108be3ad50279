# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# A node without an API server, in the namespaces of test/isolated: the kubelet $KUBELET on the
# containerd of containerd_start. Its pods are static: the manifests of pods/. To be sourced by
# bash.

# shellcheck source=pod/pod.bash
. pod/pod.bash
# shellcheck source=test/engines/engines.bash
. test/engines/engines.bash
# shellcheck source=test/engines/cri.bash
. test/engines/cri.bash

# A kubelet looks at its disk every ten seconds.
WAIT_SECONDS=100

PAUSE_IMAGE=pause.invalid/pause:$(<build/version)

# node_start DIR [VARIANT]: starts containerd with that variant of our image for its sandboxes, loads
# the images, and starts a kubelet. All state is in DIR. Status 1 with the reason in CANNOT if this
# machine does not allow that.
node_start() {
	export NODE=$1
	containerd_start "$1" "$PAUSE_IMAGE${2+-$2}" || return
	export CONTAINERD_PID
	load_images
	kubelet_start ''
}

# node_end: ends what node_start started, and removes the state.
node_end() {
	daemon_end "${KUBELET_PID-}"
	containerd_end "$NODE"
	rm -rf "${NODE:?}"/{manifests,kubelet,logs}
}

# kubelet_start SETTINGS: starts the kubelet alone, with these lines added to its configuration.
kubelet_start() {
	mkdir -p "$NODE/manifests"
	# Without an API server, the kubelet cannot authenticate clients. podPidsLimit protects the
	# machine from orphans that are not reaped.
	cat >"$NODE/kubelet.yaml" <<-CONF
		apiVersion: kubelet.config.k8s.io/v1beta1
		kind: KubeletConfiguration
		containerRuntimeEndpoint: unix://$CRI_SOCKET
		staticPodPath: $NODE/manifests
		podLogsDir: $NODE/logs
		volumePluginDir: $NODE/kubelet/plugins
		address: 127.0.0.1
		readOnlyPort: 10255
		authentication: { webhook: { enabled: false } }
		authorization: { mode: AlwaysAllow }
		cgroupDriver: cgroupfs
		failCgroupV1: false
		enforceNodeAllocatable: []
		evictionHard: {}
		failSwapOn: false
		protectKernelDefaults: true
		seccompDefault: true
		podPidsLimit: 2048
		fileCheckFrequency: 1s
		imageMinimumGCAge: 1s
		crashLoopBackOff: { maxContainerRestartPeriod: 1s }
		$1
	CONF
	test/kubernetes/with-kernel-settings "$KUBELET" --config="$NODE/kubelet.yaml" --root-dir="$NODE/kubelet" \
		--cert-dir="$NODE/kubelet/pki" --hostname-override=node >"$NODE/kubelet.log" 2>&1 3>&- &
	export KUBELET_PID=$!
	# The kubelet reports itself healthy before it checks the machine. When it knows a pod, it has.
	pod_add witness resident
	daemon_wait "$KUBELET_PID" "$NODE/kubelet.log" pod_status resident
}

# pod_add FILE [NAME [EDIT]]: gives the kubelet the pod of pods/FILE.yaml under that name or NAME,
# changed by sed(1)'s EDIT.
pod_add() {
	local name=${2-$1}

	# The kubelet ignores a name that begins with a dot, so it never reads half a file.
	sed -e "s/^  name: $1\$/  name: $name/" -e "${3-}" "test/kubernetes/pods/$1.yaml" >"$NODE/manifests/.$name"
	mv "$NODE/manifests/.$name" "$NODE/manifests/$name.yaml"
}

# pod_remove NAME: takes the pod away again.
pod_remove() {
	rm "$NODE/manifests/$1.yaml"
}

# pod_ends NAME: removes the pod, and waits until it and its pause, PID, are gone.
pod_ends() {
	pod_remove "$1"
	wait_until pod_is_gone "$1"
	has_ended "$PID"
}

# pod_status NAME: prints the kubelet's status of that pod, as JSON; fails without such a pod.
pod_status() {
	{
		exec 4<>/dev/tcp/127.0.0.1/10255 && printf 'GET /pods HTTP/1.0\r\n\r\n' >&4 && cat <&4
	} 2>/dev/null | sed '1,/^\r$/d' | jq -c --arg name "$1-node" '.items[]? | select(.metadata.name == $name) | .status' |
		grep .
}

# pod_is_ready NAME: whether the kubelet calls that pod ready.
pod_is_ready() {
	[ "$(pod_status "$1" | jq -r '.conditions[]? | select(.type == "Ready").status')" = True ]
}

# pod_sandbox NAME: prints the ID of that pod's sandbox, or nothing if none runs.
pod_sandbox() {
	cri RuntimeService/ListPodSandbox '{}' |
		jq -r --arg name "$1-node" '.items[] | select(.metadata.name == $name and .state == "SANDBOX_READY").id'
}

# pod_runs NAME: waits until that pod is ready, then makes it the pod that the tests look at.
pod_runs() {
	wait_until pod_is_ready "$1" || { grep '^E' "$NODE/kubelet.log" | tail -n 3 && false; }
	pod_look "$1"
}

# pod_look NAME: sets SANDBOX, and PID to that of the pod's pause, and makes the pod's containers
# those of container_exec.
pod_look() {
	local name id

	SANDBOX=$(pod_sandbox "$1")
	PID=$(sandbox_pid)
	wait_until waits "$PID"
	while read -r name id _; do
		echo "{ \"container_id\": \"$id\" }" >"$BATS_TEST_TMPDIR/$name"
	done < <(pod_containers "$1")
}

# pod_containers NAME: prints a line for each container of that pod: name, ID, restarts.
pod_containers() {
	pod_status "$1" | jq -r '(.initContainerStatuses // []) + .containerStatuses | .[] |
		"\(.name) \(.containerID // "" | sub("containerd://"; "")) \(.restartCount)"'
}

# pod_is_gone NAME: whether neither the kubelet nor the runtime has that pod any more.
pod_is_gone() {
	! pod_status "$1" >/dev/null && [ -z "$(pod_sandbox "$1")" ]
}

# kubelet_has_looked: waits until the kubelet has asked the runtime for all containers once more:
# it reports a container that starts only now.
kubelet_has_looked() {
	pod_add witness
	wait_until pod_is_ready witness
}

# kubelet_says TEXT: whether the kubelet has logged TEXT.
kubelet_says() {
	grep -qF -- "$1" "$NODE/kubelet.log"
}

# processes_of NAME: the processes that the container NAME sees, by ps(1), without itself.
processes_of() {
	container_exec "$1" ps -e -o pid=,ppid=,stat=,args= | grep -v ' ps -e -o '
}

# kill_from NAME PATTERN: has that container kill the process of its pod whose line in
# processes_of matches awk's PATTERN.
kill_from() {
	local pid

	pid=$(processes_of "$1" | awk "/$2/ { print \$1 }")
	container_exec "$1" bash -c "kill -KILL $pid"
}

# restarts_are POD LIST: whether that pod is ready, and LIST names each of its containers, sorted,
# with its restarts.
restarts_are() {
	pod_is_ready "$1" && [ "$(pod_containers "$1" | cut -d ' ' -f 1,3 | sort | paste -s -d ' ')" = "$2" ]
}

# saw WHAT: the last line of a test: writes what the test has seen to the file $ROWS, as a row of
# the table in docs/kubernetes.md.
saw() {
	local version containerd

	version=$("$KUBELET" --version)
	containerd=$(cri RuntimeService/Version '{}' | jq -r .runtime_version)
	echo "| $BATS_TEST_DESCRIPTION | $1 | ${version##* }, $containerd |" >>"${ROWS:-/dev/null}"
}
