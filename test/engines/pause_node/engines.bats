#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Which engine pause-node takes, and what it asks: containerd as k3s, RKE2, k0s, MicroK8s and kind
# start it, a kubelet that decides, and what only looks like an engine.

load ../../helpers
load node

setup_file() {
	node_setup_file
	own_daemon
	node_start && node_end
}

# pause-node asks podman, too, and that mounts its store.
teardown_file() {
	podman_end "$NODE"
}

setup() {
	can_run
	OUT=$BATS_TEST_TMPDIR/out ERR=$BATS_TEST_TMPDIR/err
	DAEMON=() CONTAINERD_PID='' OTHER=''
	PATH=${CONTAINERD:+$CONTAINERD:}${RUNC:+$RUNC:}$PATH
	rm -rf /run/k3s /run/k0s /var/lib/rancher /var/lib/k0s
}

teardown() {
	[ -z "$OTHER" ] || daemon_end "$OTHER"
	node_end
	rm -rf "${NODE:?}"/{bin/k*,log}
}

# started_as NAME SOCKET COMMAND...: containerd, which asks for NAME, as COMMAND, which ends in an
# option for a file, starts it; it listens at SOCKET because of COMMAND alone.
started_as() {
	containerd_configure "$NODE" "$1" "$NODE/containerd.toml"
	sed -i "/^address/d; /^root/d; /^state/d" "$NODE/containerd.toml"
	export CRI_SOCKET=$2 CONTAINERD_ADDRESS=$2
	mkdir -p "${2%/*}"
	"${@:3}" "$NODE/containerd.toml" >"$NODE/log" 2>&1 3>&- &
	CONTAINERD_PID=$!
	daemon_wait "$CONTAINERD_PID" "$NODE/log" cri RuntimeService/Version '{}'
}

# takes NAME: pause-node gives NAME to pause in the only engine, a pod runs on it, and it goes again.
takes() {
	node 0 install
	printed "*containerd: $1 is pause $TAG, *"
	runs "$OURS"
	remove_sandboxes
	node 0 remove
	[ -z "$(images ls -q)" ]
}

@test "as a distribution starts it: without an argument, and without a file" {
	mkdir -p /var/lib/containerd
	mount -t tmpfs tmpfs /var/lib/containerd
	rm -f /etc/containerd/config.toml
	export CONTAINERD_ADDRESS=/run/containerd/containerd.sock
	containerd >"$NODE/log" 2>&1 3>&- &
	OTHER=$!
	daemon_wait "$OTHER" "$NODE/log" ctr version
	node 0 install
	printed "*containerd: registry.k8s.io/pause:3.* is pause $TAG, *"
	node 0 check
	node 0 remove
	[ -z "$(images ls -q)" ]
	daemon_end "$OTHER"
	umount /var/lib/containerd
}

@test "as k3s starts it: another program under that name, from the PATH" {
	mkdir -p /var/lib/rancher/k3s/data/current/bin
	cp "$NODE"/bin/* /var/lib/rancher/k3s/data/current/bin
	mv /var/lib/rancher/k3s/data/current/bin/containerd /var/lib/rancher/k3s/data/current/bin/k3s
	ln -s k3s /var/lib/rancher/k3s/data/current/bin/containerd
	started_as rancher/mirrored-pause:3.6 /run/k3s/containerd/containerd.sock env PATH="/var/lib/rancher/k3s/data/current/bin:$PATH" \
		containerd -a /run/k3s/containerd/containerd.sock --state "$NODE/state" --root "$NODE/root" -c
	[[ $(readlink "/proc/$CONTAINERD_PID/exe") == */k3s ]]
	takes docker.io/rancher/mirrored-pause:3.6
}

@test "as RKE2 starts it: a name of index.docker.io" {
	started_as index.docker.io/rancher/mirrored-pause:3.6 /run/k3s/containerd/containerd.sock env PATH="$NODE/bin:$PATH" \
		containerd -a /run/k3s/containerd/containerd.sock --state "$NODE/state" --root "$NODE/root" -c
	takes docker.io/rancher/mirrored-pause:3.6
}

@test "as k0s starts it: no ctr but its own" {
	mkdir -p /var/lib/k0s/bin "$NODE/path"
	cp "$NODE"/bin/* /var/lib/k0s/bin
	mv /var/lib/k0s/bin/ctr "$NODE/real-ctr"
	printf '#!/bin/sh\nshift\nexec %s "$@"\n' "$NODE/real-ctr" >"$NODE/bin/k0s"
	chmod +x "$NODE/bin/k0s"
	ln -s /usr/bin/* "$NODE/path"
	ln -sf "$NODE"/bin/{k0s,containerd-shim-runc-v2} "$(type -P runc)" "$NODE/path"
	rm "$NODE/path/"{ctr,podman}
	started_as quay.io/k0sproject/pause:3.9 /run/k0s/containerd.sock env PATH="$NODE/path:/usr/sbin:/sbin" \
		/var/lib/k0s/bin/containerd --address=/run/k0s/containerd.sock --state="$NODE/state" --root="$NODE/root" --config
	PATH=$NODE/path node 0 install
	printed "*containerd: quay.io/k0sproject/pause:3.9 is pause $TAG, *"
	runs "$OURS"
	PATH=$NODE/path node 0 remove
}

@test "in another mount namespace, as a snap: its program and its files are there only" {
	mkdir -p /opt/inside
	started_as registry.k8s.io/pause:3.10 /run/inside/containerd.sock \
		unshare --mount sh -c "mount --bind $NODE/bin /opt/inside && cp \$1 /opt/inside/config.toml &&
			exec /opt/inside/containerd -a /run/inside/containerd.sock --state $NODE/state --root $NODE/root -c /opt/inside/config.toml" sh
	takes registry.k8s.io/pause:3.10
}

# second_start: another containerd, beside that of node_start. Sets OTHER, and OTHER_SOCKET.
second_start() {
	OTHER_SOCKET=/run/other.sock
	printf '%s\n' 'disabled_plugins = []' "root = \"$NODE/other/root\"" "state = \"$NODE/other/state\"" >"$NODE/other.toml"
	[ $# -eq 0 ] || sed -i "1s/.*/disabled_plugins = [$1]/" "$NODE/other.toml"
	"$NODE/bin/containerd" -c "$NODE/other.toml" -a $OTHER_SOCKET >"$NODE/other.log" 2>&1 3>&- &
	OTHER=$!
	daemon_wait "$OTHER" "$NODE/other.log" ctr -a $OTHER_SOCKET version
}

# kubelet_start ARGUMENT...: what looks like a kubelet with these arguments. Sets KUBELET.
kubelet_start() {
	printf '#!/bin/sh\nread _ <>%s\n' "$NODE/fifo" >"$NODE/bin/kubelet"
	chmod +x "$NODE/bin/kubelet"
	[ -e "$NODE/fifo" ] || mkfifo "$NODE/fifo"
	"$NODE/bin/kubelet" "$@" 3>&- &
	KUBELET=$!
	wait_until named "$KUBELET" kubelet
}

named() { [ "$(cat "/proc/$1/comm")" = "$2" ]; }

@test "of two, the kubelet's: by its arguments, its configuration or drop-ins; without it, the one that is named" {
	DAEMON=("$NODE/bin/containerd")
	node_start registry.example/pause:one
	second_start
	node 1 install
	complained "pause-node: several engines are here; say which one: --socket * or --socket *"
	node 1 check --socket /run/nobody.sock
	complained "pause-node: no engine that asks for a sandbox image runs at /run/nobody.sock; *"
	node 1 check --socket "unix://$CRI_SOCKET"
	printed "containerd: registry.example/pause:one holds nothing: pause is not installed"

	kubelet_start --v=2 --container-runtime-endpoint "unix://$CRI_SOCKET"
	node 1 check
	printed "containerd: registry.example/pause:one holds *"
	node 1 check --socket $OTHER_SOCKET
	printed "containerd: registry.k8s.io/pause:3.* holds *"
	daemon_end "$KUBELET"

	# A name for the same socket.
	ln -sf "$CRI_SOCKET" /run/link.sock
	printf '%s\n' 'kind: KubeletConfiguration' 'containerRuntimeEndpoint: "unix:///run/link.sock"' >"$NODE/kubelet.yaml"
	kubelet_start "--config=$NODE/kubelet.yaml"
	node 1 check
	printed "containerd: registry.example/pause:one holds *"
	daemon_end "$KUBELET"

	mkdir -p "$NODE/kubelet.d"
	echo "{\"kind\":\"KubeletConfiguration\",\"containerRuntimeEndpoint\":\"unix://$OTHER_SOCKET\"}" >"$NODE/kubelet.d/90.conf"
	kubelet_start --config "$NODE/kubelet.yaml" --config-dir "$NODE/kubelet.d"
	node 1 check
	printed "containerd: registry.k8s.io/pause:3.* holds *"
	daemon_end "$KUBELET"
}

@test "a containerd without the CRI plugin, such as Docker's own, is none" {
	second_start '"io.containerd.grpc.v1.cri", "io.containerd.cri.v1.images", "io.containerd.cri.v1.runtime"'
	node 0 status --json
	[ "$(jq -r .engine <<<"$output")" = podman ]
	node 1 install --socket $OTHER_SOCKET
	complained "pause-node: no engine that asks for a sandbox image runs at $OTHER_SOCKET; *"
}

@test "what calls itself containerd in a pod, for a user, or without CAP_SYS_ADMIN, is not run" {
	local fake=/run/fake/containerd fakes=() group

	mkdir /run/fake
	mkfifo -m 666 /run/fake/fifo
	install -m 666 /dev/null /run/fake/was-run
	printf '#!/bin/sh\n[ "$1" = daemon ] || echo "$0 $*" >>/run/fake/was-run\nread _ <>/run/fake/fifo\n' >$fake
	chmod 755 $fake /run/fake
	# Of the first hierarchy of control groups.
	group=$(find /sys/fs/cgroup -maxdepth 2 -name cgroup.procs -printf '%h\n' | sort | head -n 1)/kubepods
	mkdir "$group"
	setpriv --reuid 65534 --clear-groups $fake daemon 3>&- &
	fakes+=($!)
	unshare --pid --fork --kill-child $fake daemon 3>&- &
	fakes+=($!)
	bash -c 'echo $$ >"$0/cgroup.procs" && exec "$1" daemon' "$group" $fake 3>&- &
	fakes+=($!)
	setpriv --inh-caps -all --bounding-set -sys_admin $fake daemon 3>&- &
	fakes+=($!)
	wait_until four_fakes
	node 0 status --json
	[ "$(jq -r .engine <<<"$output")" = podman ]
	kill -KILL "${fakes[@]}"
	wait "${fakes[@]}" || true
	rmdir "$group"
	diff /dev/null /run/fake/was-run
}

four_fakes() { [ "$(pgrep -cx containerd)" -eq 4 ]; }
