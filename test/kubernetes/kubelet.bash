# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# A node without an API server, in the namespaces of test/isolated: the kubelet
# $KUBELET on the containerd of containerd_start. Its pods are the manifests of pods/,
# which it takes from a folder. To be sourced by bash.

# shellcheck source=pod/pod.bash
. pod/pod.bash
# shellcheck source=test/engines/engines.bash
. test/engines/engines.bash
# shellcheck source=test/engines/cri.bash
. test/engines/cri.bash

# What a kubelet does only now and then, it does every ten seconds.
WAIT_SECONDS=60

# shellcheck disable=SC2034 # the tests use it
PAUSE_IMAGE=localhost/pause:$(<build/version)

# node_start DIR SANDBOX_IMAGE [FLAG...]: starts containerd with SANDBOX_IMAGE as that of
# its pods, has it load the images, and starts a kubelet with these flags. All state is in
# DIR. Status 1 if that does not work on this machine, and CANNOT then says why.
node_start() {
	NODE=$1
	containerd_start "$1" "$2" || return
	load_images
	kubelet_start "${@:3}"
}

# node_end: ends what node_start started, and removes what it left.
node_end() {
	daemon_end "${KUBELET_PID-}"
	containerd_end "$NODE"
	rm -rf "${NODE:?}"/{manifests,kubelet,sysctl}
}

# kubelet_start [FLAG...]: starts the kubelet alone, with these flags.
kubelet_start() {
	mkdir -p "$NODE/manifests"
	# Nobody's credentials are asked for, as there is no API server that knows any. Too
	# many orphans end the pod rather than the machine.
	cat >"$NODE/kubelet.yaml" <<-CONF
		apiVersion: kubelet.config.k8s.io/v1beta1
		kind: KubeletConfiguration
		staticPodPath: $NODE/manifests
		fileCheckFrequency: 1s
		address: 127.0.0.1
		readOnlyPort: 10255
		authentication: { webhook: { enabled: false } }
		authorization: { mode: AlwaysAllow }
		cgroupDriver: cgroupfs
		enforceNodeAllocatable: []
		evictionHard: {}
		failSwapOn: false
		imageMinimumGCAge: 1s
		podPidsLimit: 2048
		protectKernelDefaults: true
		volumePluginDir: $NODE/kubelet/plugins
	CONF
	with_kernel_defaults "$KUBELET" --config="$NODE/kubelet.yaml" --root-dir="$NODE/kubelet" \
		--cert-dir="$NODE/kubelet/pki" --container-runtime=remote --container-runtime-endpoint="unix://$CRI_SOCKET" \
		--register-node=false --hostname-override=node "$@" >"$NODE/kubelet.log" 2>&1 3>&- &
	KUBELET_PID=$!
	# It says that it is healthy before it knows whether it can manage containers here. When
	# it takes up a pod, it does.
	pod_add witness resident
	daemon_wait "$KUBELET_PID" "$NODE/kubelet.log" pod_status resident || cannot "$(kubelet_last_words)"
}

# with_kernel_defaults COMMAND...: becomes COMMAND, which finds the kernel's settings as a
# kubelet wants them, and would otherwise set them for the whole machine. What COMMAND
# mounts elsewhere is seen by everybody, as containerd has to see volumes.
with_kernel_defaults() {
	# shellcheck disable=SC2016 # the inner shell expands it
	exec unshare --mount --propagation unchanged bash -e -c '
		mount --make-private /proc
		mkdir -p "$0"
		while read -r name value; do
			echo "$value" >"$0/${name##*/}"
			mount --bind "$0/${name##*/}" "/proc/sys/$name"
		done <<-END
			vm/overcommit_memory 1
			vm/panic_on_oom 0
			kernel/panic 10
			kernel/panic_on_oops 1
			kernel/keys/root_maxkeys 1000000
			kernel/keys/root_maxbytes 25000000
		END
		exec "$@"' "$NODE/sysctl" "$@"
}

# kubelet_last_words: why it ended. Where that was fatal, the stack of each of its
# goroutines follows the line that says so.
kubelet_last_words() {
	local fatal

	fatal=$(grep -m 1 '^F[0-9]' "$NODE/kubelet.log") || fatal=$(tail -n 1 "$NODE/kubelet.log")
	fatal=${fatal#*] }
	echo "kubelet: ${fatal:-nothing said}"
}

# pod_add FILE [NAME]: gives the kubelet the pod of pods/FILE.yaml, whose name is that of
# the file, or NAME.
pod_add() {
	local name=${2-$1}

	# By another name first, as the kubelet takes what it finds.
	sed "s/^  name: $1\$/  name: $name/" "test/kubernetes/pods/$1.yaml" >"$NODE/manifests/.$name"
	mv "$NODE/manifests/.$name" "$NODE/manifests/$name.yaml"
}

# pod_remove NAME: takes it away again.
pod_remove() {
	rm "$NODE/manifests/$1.yaml"
}

# pod_status NAME: what the kubelet says of that pod, as JSON; fails if it has no such pod.
pod_status() {
	{
		exec 4<>/dev/tcp/127.0.0.1/10255 && printf 'GET /pods HTTP/1.0\r\n\r\n' >&4 && cat <&4
	} 2>/dev/null | sed '1,/^\r$/d' | jq -c --arg name "$1-node" '.items[]? | select(.metadata.name == $name) | .status' |
		grep .
}

# pod_is_ready NAME: whether all its containers are, for the kubelet.
pod_is_ready() {
	[ "$(pod_status "$1" | jq -r '.conditions[]? | select(.type == "Ready").status')" = True ]
}

# pod_sandbox NAME: prints the ID of the sandbox in which that pod is; nothing if it is in none.
pod_sandbox() {
	cri RuntimeService/ListPodSandbox '{}' |
		jq -r --arg name "$1-node" '.items[] | select(.metadata.name == $name and .state == "SANDBOX_READY").id'
}

# pod_runs NAME: waits until that pod is ready. Sets SANDBOX, and PID to that of its pause,
# and makes its containers those of container_exec.
pod_runs() {
	local name id

	wait_until pod_is_ready "$1"
	SANDBOX=$(pod_sandbox "$1")
	PID=$(sandbox_pid)
	wait_until waits "$PID"
	while read -r name id _; do
		echo "{ \"container_id\": \"$id\" }" >"$BATS_TEST_TMPDIR/$name"
	done < <(pod_containers "$1")
}

# pod_containers NAME: a line for each container of that pod: name, ID, restarts.
pod_containers() {
	pod_status "$1" | jq -r '.containerStatuses[] | "\(.name) \(.containerID | sub("containerd://"; "")) \(.restartCount)"'
}

# pod_is_gone NAME: whether neither the kubelet nor the runtime has that pod any more.
pod_is_gone() {
	! pod_status "$1" >/dev/null && [ -z "$(pod_sandbox "$1")" ]
}

# kubelet_has_looked: waits until the kubelet has asked the runtime anew how its containers
# are, which it does for all at once: until it knows of one that is started only now.
kubelet_has_looked() {
	pod_add witness
	wait_until pod_is_ready witness
}

# saw WHAT: a row for the table in docs/kubernetes.md, of what this test has seen, in the
# file $ROWS: the last thing that it does.
saw() {
	local version containerd

	version=$("$KUBELET" --version)
	containerd=$(cri RuntimeService/Version '{}' | jq -r .runtime_version)
	echo "| $BATS_TEST_DESCRIPTION | $1 | ${version##* }, $containerd |" >>"${ROWS:-/dev/null}"
}
