#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# pause-node on the nodes of test/engines/nodes, whose engines are played.

load ../helpers
load engines
load node

setup_file() {
	node_setup_file
	podman_configure "$NODE"
	mkdir "$NODE/docker"
	docker_start "$NODE/docker" || return 0
	export DOCKERD
	mkdir -p /etc/containerd
	containerd_configure "$NODE" registry.example/old/pause:1 /etc/containerd/config.toml
	"$NODE/bin/systemctl" start containerd || cannot "$(tail -n 1 "$NODE/log")" || return 0
}

teardown_file() {
	CONTAINERD_PID=$(cat "$NODE/containerd.pid")
	docker_end "$NODE/docker"
	podman_end "$NODE"
	containerd_end "$NODE"
}

setup() {
	can_run
	OUT=$BATS_TEST_TMPDIR/out
	CONFIGURATION=()
	rm -f "$NODE/restarted"
}

# node_of ENGINE: makes this machine one with ENGINE. CONFIGURATION is what it has of it, and
# BEFORE all that pause-node may change.
node_of() {
	cp -R "test/engines/nodes/$1"/. "$NODE/tree"
	PATH=$NODE/tree/bin:$PATH
	if [ -e "$NODE/tree/etc" ]; then cp -R "$NODE/tree/etc/." /etc; fi
	if [ -e "$NODE/tree/var" ]; then cp -R "$NODE/tree/var/." /var; fi
	CONFIGURATION=("${@:2}")
	BEFORE=$(everything)
}

teardown() {
	rm -rf "${CONFIGURATION[@]}" "$NODE/tree" /var/lib/pause-node /etc/systemd/system/{k3s-agent,cri-docker}.service*
}

everything() {
	snapshot "${CONFIGURATION[@]}" /etc/systemd/system
	podman images
	docker images
	ctr -n k8s.io images ls
}

is_as_before() {
	diff <(echo "$BEFORE") <(everything)
	says_on_stderr "$1"
}

# goes_and_comes_back ENGINE VERSION OLD FILE UNIT PINNED: the node's ENGINE has OLD; install
# sets pause in FILE, which then is what stdin says, and remove puts everything back.
goes_and_comes_back() {
	local engine=$1 version=$2 old=$3 file=$4 unit=$5 pinned=$6 once

	node 0 status --engine "$engine"
	[ "$(awk 'NR == 2 { print $1, $2, $3, $4, $5 }' <<<"$output")" = "$engine $version $old no no" ] || { echo "$output" && false; }
	node 0 install --engine "$engine" --variant guard --dry-run
	[[ $output == *"+++ $file, after install"* ]]
	is_as_before ''
	node 0 install --engine "$engine" --variant guard --restart
	diff "$file" -
	[ "$(cat "$NODE/restarted")" = "$unit" ]
	node 0 status --engine "$engine"
	[ "$(awk 'NR == 2 { print $3, $4, $5 }' <<<"$output")" = "$IMAGE-guard yes $pinned" ] || { echo "$output" && false; }
	once=$(everything)
	node 0 install --engine "$engine" --variant guard
	[ "$output" = "$engine: $IMAGE-guard already" ]
	diff <(echo "$once") <(everything)
	node 0 remove --engine "$engine"
	node 0 remove --engine "$engine" --restart
	is_as_before ''
}

OURS='# Written by pause-node(8); "pause-node remove" takes it away.'


@test "CRI-O: a drop-in, with the command that has it take the image's entrypoint" {
	node_of crio /etc/crio
	goes_and_comes_back crio 1.32.1 registry.k8s.io/pause:3.10 /etc/crio/crio.conf.d/99-pause.conf crio yes <<-END
		$OURS
		[crio.image]
		pause_image = "$IMAGE-guard"
		pause_command = ""
	END
}

@test "CRI-O: another drop-in that wins: all is undone" {
	node_of crio /etc/crio
	printf '[crio.image]\npause_image = "mine/pause:1"\n' >/etc/crio/crio.conf.d/zz-mine.conf
	BEFORE=$(everything)
	node 1 install --engine crio
	is_as_before 'pause-node: crio does not take the sandbox image from *; with it, it has: mine/pause:1*undone'
}

@test "cri-dockerd: a drop-in of its unit, with the command as it was but for the image" {
	node_of cri-dockerd /etc/systemd/system
	goes_and_comes_back cri-dockerd 0.3.16 registry.example/site/pause:1 \
		/etc/systemd/system/cri-docker.service.d/99-pause.conf cri-docker yes <<-END
			$OURS
			[Service]
			ExecStart=
			ExecStart=/usr/bin/cri-dockerd --container-runtime-endpoint fd:// --network-plugin=cni --pod-infra-container-image=$IMAGE-guard
		END
}

@test "cri-dockerd: a command of several lines stays whole, and what others change in it comes through" {
	local unit=/etc/systemd/system/cri-docker.service drop_in=/etc/systemd/system/cri-docker.service.d/99-pause.conf

	node_of cri-dockerd /etc/systemd/system
	sed -i 's/ --network/ \\\n  --network/' $unit
	BEFORE=$(everything)
	node 0 install --engine cri-dockerd
	grep -qxF "ExecStart=/usr/bin/cri-dockerd --container-runtime-endpoint fd:// --network-plugin=cni --pod-infra-container-image=$IMAGE" $drop_in
	cp -p $unit "$NODE/unit"
	sed -i 's/cni$/& --ipv6-dual-stack/' $unit
	node 0 remove --engine cri-dockerd --restart
	mv "$NODE/unit" $unit
	diff <(echo "$BEFORE" | grep -v "$unit") <(everything | grep -v "$unit")
}

@test "Docker and cri-dockerd have one store: who goes leaves the image to who stays" {
	node_of cri-dockerd /etc/systemd/system
	node 0 install --engine docker --engine cri-dockerd
	node 0 remove --engine docker
	[[ $output == "docker: $IMAGE is left to cri-dockerd"* ]]
	node 0 status --engine cri-dockerd
	[ "$(awk 'NR == 2 { print $3, $4 }' <<<"$output")" = "$IMAGE yes" ]
	node 0 remove --engine cri-dockerd --restart
	is_as_before ''
}

@test "where the second engine does not restart, the first one is undone, too" {
	node_of crio /etc/crio
	node_of cri-dockerd /etc/crio /etc/systemd/system
	touch "$NODE/cri-docker.fails"
	node 1 install --engine crio --engine cri-dockerd --restart
	rm "$NODE/cri-docker.fails"
	[ "$(cat "$NODE/restarted")" = $'crio\ncrio' ]
	says_on_stderr '*pause-node: cri-dockerd does not restart with its old configuration, which is back, either; remove takes out what is left'
	[ ! -e /etc/crio/crio.conf.d/99-pause.conf ]
	[ ! -e /etc/systemd/system/cri-docker.service.d ]
	node 0 remove --engine cri-dockerd --engine crio --restart
	is_as_before ''
}

@test "CRI-O: a run that was killed before its file changes leaves one that is known" {
	node_of crio /etc/crio
	node 0 install --engine crio
	printf '#!/bin/sh\ncase $1 in pull) kill -KILL 0 ;; esac\nexec /usr/bin/podman "$@"\n' >"$NODE/bin/podman"
	chmod +x "$NODE/bin/podman"
	run -137 setsid --wait "$NODE/pause-node" install --engine crio --variant log 3>&-
	rm "$NODE/bin/podman"
	node 0 remove --engine crio --restart
	is_as_before ''
}

@test "k3s: a drop-in, and its folder" {
	node_of k3s /etc/rancher /var/lib/rancher
	goes_and_comes_back k3s 1.32.1+k3s1 rancher/mirrored-pause:3.6 /etc/rancher/k3s/config.yaml.d/99-pause.yaml k3s yes <<-END
		$OURS
		pause-image: "$IMAGE-guard"
	END
}

@test "k3s: a configuration of which the last line does not end" {
	node_of k3s /etc/rancher /var/lib/rancher
	printf 'token: not-a-real-one' >>/etc/rancher/k3s/config.yaml
	BEFORE=$(everything)
	node 0 install --engine k3s
	node 0 remove --engine k3s --restart
	is_as_before ''
}

@test "k3s: of server and agent, the one that runs is restarted" {
	node_of k3s /etc/rancher /var/lib/rancher
	touch "$NODE/k3s-agent.active"
	node 0 install --engine k3s --restart
	rm "$NODE/k3s-agent.active"
	[ "$(cat "$NODE/restarted")" = k3s-agent ]
	node 0 remove --engine k3s --restart
	is_as_before ''
}

@test "k3s: --pause-image in the unit wins, and is named" {
	node_of k3s /etc/rancher /var/lib/rancher
	sed -i 's/k3s agent/& --pause-image=mine/' /etc/systemd/system/k3s-agent.service
	BEFORE=$(everything)
	node 1 install --engine k3s
	is_as_before 'pause-node: k3s: --pause-image in /etc/systemd/system/k3s-agent.service wins over every file; take it out there first'
}

@test "RKE2: a drop-in" {
	node_of rke2 /etc/rancher /var/lib/rancher
	goes_and_comes_back rke2 1.7.23-k3s2 registry.example/site/pause:1 /etc/rancher/rke2/config.yaml.d/99-pause.yaml rke2-server yes <<-END
		$OURS
		pause-image: "$IMAGE-guard"
	END
}

@test "MicroK8s: a line of its template" {
	node_of microk8s /var/snap
	ln -s 7449 /var/snap/microk8s/current
	BEFORE=$(everything)
	goes_and_comes_back microk8s 1.32.1 registry.k8s.io/pause:3.10 \
		/var/snap/microk8s/current/args/containerd-template.toml microk8s.daemon-containerd yes < <(
			sed "s,^ *sandbox_image.*,sandbox_image = \"$IMAGE-guard\" # pause-node\, instead of:&," \
				test/engines/nodes/microk8s/var/snap/microk8s/7449/args/containerd-template.toml
		)
}
