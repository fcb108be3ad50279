# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # the tests use them
#
# What the tests on the machine of `boot` share. To be sourced with helpers.bash and engines.bash.

# An emulated processor takes its time, and so does a machine with other work to do.
WAIT_SECONDS=300

PAUSE_IMAGE=pause.invalid/pause:$(<build/version)

# node_configure [SANDBOX_IMAGE]: writes settings to $STATE: of a containerd at $CONTAINERD_ADDRESS
# that asks for that image, or for what it does by default, of its network, and of KUBELET. And
# those of crictl.
node_configure() {
	local sandbox=${1:+"= \"$1\""} # in a here-document, bash takes away the quotes of an expansion

	printf '%s\n' "runtime-endpoint: unix://$CONTAINERD_ADDRESS" 'timeout: 60' >/etc/crictl.yaml
	mkdir -p "$STATE"/{cni,manifests}
	cat >"$STATE/containerd.toml" <<-CONF
		version = 3
		root = "$STATE/containerd"
		state = "${CONTAINERD_ADDRESS%/*}"
		[grpc]
		address = "$CONTAINERD_ADDRESS"
		[plugins."io.containerd.cri.v1.images".pinned_images]
		${sandbox:+sandbox $sandbox}
		[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
		runtime_type = "io.containerd.runc.v2"
		options = { SystemdCgroup = true }
		[plugins."io.containerd.cri.v1.runtime".cni]
		bin_dirs = ["/usr/lib/cni"]
		conf_dir = "$STATE/cni"
	CONF
	cat >"$STATE/cni/pods.conflist" <<-CONF
		{ "cniVersion": "1.0.0", "name": "pods", "plugins": [
			{ "type": "bridge", "bridge": "pods", "isGateway": true, "ipam": {
				"type": "host-local", "ranges": [[{ "subnet": "10.86.0.0/16" }]] } } ] }
	CONF
	cat >"$STATE/kubelet.yaml" <<-CONF
		apiVersion: kubelet.config.k8s.io/v1beta1
		kind: KubeletConfiguration
		staticPodPath: $STATE/manifests
		fileCheckFrequency: 1s
		authentication: { webhook: { enabled: false } }
		authorization: { mode: AlwaysAllow }
		readOnlyPort: 10255
		cgroupDriver: systemd
		seccompDefault: true
	CONF
	KUBELET=(kubelet --config="$STATE/kubelet.yaml" --root-dir="$STATE/kubelet"
		--container-runtime-endpoint="unix://$CONTAINERD_ADDRESS")
}

# static_pod: has the kubelet run the pod that stdin describes.
static_pod() {
	cat >"$STATE/manifests/.a-pod"
	mv "$STATE/manifests/.a-pod" "$STATE/manifests/a-pod.yaml"
}

# runs COUNT: whether the pod a-pod does, with that many containers. Sets SANDBOX, and PID to that of
# pause. Seldom asks: each crictl takes an emulated processor half a second, which the kubelet needs.
runs() {
	sleep 2
	SANDBOX=$(crictl pods --quiet --name a-pod --state ready) && [ -n "$SANDBOX" ] &&
		[ "$(crictl ps --quiet --pod "$SANDBOX" | wc -l)" -eq "$1" ] &&
		PID=$(crictl inspectp "$SANDBOX" | jq .info.pid) && waits "$PID"
}

# confinement PID: the AppArmor profile of that process, and its mode.
confinement() {
	cat "/proc/$1/attr/apparmor/current"
}

# cgroup PID: its control group.
cgroup() {
	sed -n 's/^0:://p' "/proc/$1/cgroup"
}

# orphans_are_reaped: an orphan of nginx is a child of pause, PID, until nginx ends it; then 200 more.
# redis sees no zombie, and pause is not woken.
orphans_are_reaped() {
	local before

	before=$(wakeups "$PID")
	make_orphan nginx
	[ "$(container_exec nginx ps -o ppid= -p "$ORPHAN" | tr -d ' ')" -eq 1 ]
	end_orphan nginx
	container_exec nginx bash -c 'for ((i = 0; i < 200; i++)); do (: &); done'
	wait_until no_zombie redis
	[ "$(wakeups "$PID")" = "$before" ]
}
