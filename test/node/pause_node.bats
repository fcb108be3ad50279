#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The package on a node that is made as an image is: a kubelet, a containerd that asks for the
# official image, and pause-node's units, enabled for the next start of the machine. `inside` starts it
# anew before the tests with the tag `rebooted`. In the end, the same by the Ansible role.

load ../helpers
load ../engines/engines
load node

setup_file() {
	export STATE=/var/lib/node
	export CONTAINERD_ADDRESS=/run/containerd/containerd.sock
}

# For the sake of the tests that follow.
teardown_file() {
	systemctl stop kubelet.service containerd.service
}

setup() {
	OFFICIAL=build/bench/peers/official-glibc
	NAME=$(containerd config default | sed -n "s/^ *sandbox = '\(.*\)'/\1/p")
}

teardown() {
	if [ -z "$BATS_TEST_COMPLETED" ]; then
		crictl pods
		journalctl --quiet --no-pager --boot --lines=40 --unit='pause-node.*' --unit=kubelet --unit=containerd
	fi
}

images() { ctr --namespace k8s.io images "$@"; }

# node: prints what the package and pause-node may change, and have to put back.
node() {
	images ls
	ctr namespaces ls
	find /etc /usr ! -type d -printf '%p %m %u %g %l\n' | sort
	find /etc -type f -exec cksum {} + | sort
}

# runs_program PROGRAM: whether the pod does as its pause.
runs_program() {
	runs 1 && cmp -s "/proc/$PID/exe" "$1"
}

# runs_anew PROGRAM: whether it does in another sandbox than WAS.
runs_anew() {
	runs_program "$1" && [ "$SANDBOX" != "$WAS" ]
}

# moment UNIT PROPERTY: when that was, in microseconds since the machine has started.
moment() {
	systemctl show --property="$2Monotonic" --value "$1"
}

# play ARGUMENT...: runs the role's playbook on this node. $output is what it says.
play() {
	run -0 env ANSIBLE_HOME="$BATS_TEST_TMPDIR" PYTHONDONTWRITEBYTECODE=1 ansible-playbook --inventory localhost, \
		--connection local node/ansible/pause_node.yml --extra-vars pause_node_hosts=localhost \
		--extra-vars "ansible_python_interpreter=/usr/bin/python3 ansible_become=false pause_node_variant=guard" "$@"
	echo "$output"
}

@test "the package changes nothing until its units are enabled" {
	systemctl disable --now docker.service docker.socket containerd.service
	node_configure
	cat >/etc/systemd/system/containerd.service <<-END
		[Service]
		Type=notify
		TimeoutStartSec=infinity
		Delegate=yes
		KillMode=process
		Environment=PATH=$PATH
		ExecStart=/work/bin/containerd --config $STATE/containerd.toml
		[Install]
		WantedBy=multi-user.target
	END
	cat >/etc/systemd/system/kubelet.service <<-END
		[Unit]
		After=containerd.service
		[Service]
		Environment=PATH=$PATH
		ExecStart=/work/bin/${KUBELET[*]}
		[Install]
		WantedBy=multi-user.target
	END
	systemctl daemon-reload
	systemctl enable --now containerd.service
	images import build/test/services.oci.tar
	images import build/bench/images/official-glibc.oci.tar
	images tag pause.invalid/pause:official-glibc "$NAME"
	static_pod <<-END
		apiVersion: v1
		kind: Pod
		metadata: { name: a-pod }
		spec:
		  terminationGracePeriodSeconds: 1
		  containers:
		  - { name: redis, image: "localhost/redis:test", imagePullPolicy: Never }
	END
	systemctl enable --now kubelet.service
	wait_until runs_program "$OFFICIAL"
	echo 'PAUSE_NODE_OPTIONS=--variant guard' >/etc/default/pause-node
	node >"$STATE/before"

	apt-get install --yes ./build/packages/pause-{image,node}_*.deb
	run -1 systemctl is-enabled pause-node.service pause-node.timer
	[ "$output" = $'disabled\ndisabled' ]
	diff <(images ls) <(sed '/^NAME/,$d' "$STATE/before")
	WAS=$SANDBOX
	crictl stopp "$WAS"
	wait_until runs_anew "$OFFICIAL"

	systemctl enable pause-node.service pause-node.timer
}

# bats test_tags=rebooted
@test "after a reboot, pause-node.service has run between containerd and kubelet, and the pod is ours" {
	wait_until runs_program build/linux-amd64/pause
	[ "$(tr '\0' ' ' <"/proc/$PID/cmdline")" = '/pause --guard ' ]
	[ "$(systemctl show --property=Result,ExecMainStatus --value pause-node.service)" = $'success\n0' ]
	(($(moment containerd.service ActiveEnterTimestamp) <= $(moment pause-node.service ExecMainStartTimestamp)))
	(($(moment pause-node.service ExecMainExitTimestamp) <= $(moment kubelet.service ExecMainStartTimestamp)))
	[ "$(systemctl is-active pause-node.timer)" = active ]
	run -0 pause-node check
	[ -z "$output" ]
}

# bats test_tags=rebooted
@test "a restart of containerd repairs what somebody has taken away, and leaves the pod as it is" {
	wait_until runs 1
	WAS=$SANDBOX
	crictl rmi "$NAME"
	run -1 pause-node check
	[[ $output == *"$NAME holds nothing: all names of pause are gone"* ]]
	systemctl restart containerd.service
	wait_until pause-node check
	(($(moment containerd.service ActiveEnterTimestamp) <= $(moment pause-node.service ExecMainStartTimestamp)))
	waits "$PID"
	wait_until runs_program build/linux-amd64/pause
	[ "$SANDBOX" = "$WAS" ]
}

# bats test_tags=rebooted
@test "apt purge is pause-node remove: the store and /etc are as before the package, and so is the next pod" {
	wait_until runs 1
	WAS=$SANDBOX
	apt-get purge --yes pause-node pause-image
	diff "$STATE/before" <(node)
	crictl stopp "$WAS"
	wait_until runs_anew "$OFFICIAL"
}

# bats test_tags=rebooted
@test "the Ansible role enables the units, the second time it changes nothing, and absent puts the node back" {
	play
	[ "$(systemctl is-enabled pause-node.service pause-node.timer)" = $'enabled\nenabled' ]
	[ "$(systemctl is-active pause-node.timer)" = active ]
	crictl rmi "$NAME"
	systemctl restart containerd.service
	wait_until pause-node check
	play
	[[ $output == *' changed=0 '* ]]
	play --extra-vars pause_node_state=absent
	echo 'PAUSE_NODE_OPTIONS=--variant guard' >/etc/default/pause-node
	diff "$STATE/before" <(node)
}
