#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# pause-node with real Podman and Docker, with the engines of test/engines/nodes, which are
# played, and what it does with its arguments.

load ../helpers
load engines
load node

PODMAN=/etc/containers/containers.conf.d/99-pause.conf

setup_file() {
	node_setup_file
	# Where podman looks by itself, so that it reads drop-ins, too.
	podman_configure "$NODE"
	mv "$CONTAINERS_CONF" /etc/containers/containers.conf
	unset CONTAINERS_CONF
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
	CONFIGURATION=()
	BEFORE=$(everything)
}

# node_of ENGINE PATH...: makes this machine one with ENGINE, whose configuration is at PATH.
node_of() {
	cp -R "test/engines/nodes/$1"/. "$NODE/tree"
	PATH=$NODE/tree/bin:$PATH
	if [ -e "$NODE/tree/etc" ]; then cp -R "$NODE/tree/etc/." /etc; fi
	if [ -e "$NODE/tree/var" ]; then cp -R "$NODE/tree/var/." /var; fi
	CONFIGURATION=("${@:2}")
	BEFORE=$(everything)
}

teardown() {
	rm -rf "${CONFIGURATION[@]}" "$NODE"/{tree,restarted,k3s-agent.active,cri-docker.fails} /var/lib/pause-node \
		/etc/containers/containers.conf.d /etc/systemd/system/{k3s-agent,cri-docker}.service*
}

# everything: what pause-node may change, and has to put back.
everything() {
	snapshot "${CONFIGURATION[@]}" /etc/containers /etc/systemd/system
	podman images
	docker images
	ctr -n k8s.io images ls
}

# is_as_before [PATTERN]: the node is, and that was on stderr.
is_as_before() {
	diff <(echo "$BEFORE") <(everything)
	says_on_stderr "${1-}"
}

# status_is ENGINE WORD...: status says so of ENGINE, in the columns after it.
status_is() {
	node 0 status --engine "$1"
	[[ $(awk 'NR == 2 { print $1, $2, $3, $4, $5 }' <<<"$output") == "$*" ]] || { echo "$output" && false; }
}

@test "Podman: its pods get pause as their infra container, until it is removed" {
	node 0 install --engine podman --variant guard
	[ "$output" = "podman: $IMAGE-guard in $PODMAN
podman: users without root need the image, too: podman pull oci-archive:$NODE/pause.oci.tar:$IMAGE-guard" ]
	status_is podman "$(podman --version | cut -d ' ' -f 3)" "$IMAGE-guard" yes -
	podman pod create --name a-pod
	[ "$(podman inspect --format '{{.ImageName}} {{.Config.Entrypoint}}' "$(podman ps -aq)")" = \
		"$IMAGE-guard /pause --guard" ]
	[ "sha256:$(podman image inspect -f '{{.Id}}' "$IMAGE-guard")" = "$(image_id "$IMAGE-guard")" ]
	node 0 remove --engine podman
	[[ $output == *"podman: $IMAGE-guard is left, as containers use it; without them, run this again" ]]
	podman pod rm -f a-pod
	node 0 remove --engine podman
	[ "$output" = 'podman: pause is out' ]
	is_as_before
}

@test "Podman: what does not take is undone" {
	mkdir -p /etc/containers/containers.conf.d
	printf '[engine]\ninfra_image = "mine/pause:1"\n' >/etc/containers/containers.conf.d/zz-mine.conf
	BEFORE=$(everything)
	node 1 install --engine podman
	is_as_before "pause-node: podman does not take the sandbox image from $PODMAN; with it, it has: mine/pause:1*undone"
}

@test "Docker: the image that it loads is the one, and runs" {
	node 0 install --engine docker --variant log
	[ "$output" = "docker: $IMAGE-log" ]
	docker run -d --name pod --network none "$IMAGE-log"
	[ "$(docker inspect -f '{{.Config.User}} {{.Config.Entrypoint}} {{json .Config.Cmd}}' pod)" = \
		'65535:65535 [/pause --log-reaped] null' ]
	cmp "/proc/$(docker inspect -f '{{.State.Pid}}' pod)/exe" build/linux-amd64/pause
	[ "$(docker inspect -f '{{.Id}}' "$IMAGE-log")" = "$(image_id "$IMAGE-log")" ]
	node 0 remove --engine docker
	[ "$output" = "docker: $IMAGE-log is left, as containers use it; without them, run this again" ]
	docker rm -f pod
	node 0 remove --engine docker
	is_as_before
}

@test "several engines, by every shell that a node has as its sh" {
	for sh in dash 'bash --posix' 'busybox sh'; do
		# shellcheck disable=SC2086 # with its argument
		run -0 $sh "$NODE/pause-node" install --engine podman --engine docker
		node 0 status --engine podman --engine docker
		[ "$(wc -l <<<"$output")" -eq 3 ]
		# shellcheck disable=SC2086
		run -0 $sh "$NODE/pause-node" remove --engine podman --engine docker
		is_as_before
	done
}

@test "wrong arguments: a line and the usage, status 2" {
	local line

	while IFS=: read -r arguments line; do
		# shellcheck disable=SC2086 # a list
		node 2 $arguments
		[ -z "$output" ]
		[ "$(head -n 1 <<<"$stderr")" = "pause-node: $line" ]
		[[ $stderr == *'usage: pause-node status'* ]]
	done <<-'ARGUMENTS'
		:status, install or remove?
		install remove:one command at a time
		install --variant tiny:a variant is guard or log, and not: tiny
		install --variant:--variant of what?
		install --engine rkt:no engine that it knows: rkt
		install --force:unknown argument: --force
		remove --variant guard:only install has a variant
		status --dry-run:status changes nothing
	ARGUMENTS
	node 0 --help
	[[ $output == 'usage: pause-node status'* ]]
	is_as_before
}

@test "not root, an engine that is not here, no engine at all: a line, status 1" {
	run -1 setpriv --reuid 65534 --clear-groups sh -s status <"$NODE/pause-node"
	[ "$output" = 'pause-node: this is for root' ]
	node 1 install --engine k3s
	is_as_before 'pause-node: k3s: not on this node, or its CRI plugin is disabled'
	mkdir "$BATS_TEST_TMPDIR/bin"
	ln -s /usr/bin/* "$BATS_TEST_TMPDIR/bin"
	rm -f "$BATS_TEST_TMPDIR"/bin/{containerd,podman,docker}
	PATH=$BATS_TEST_TMPDIR/bin run -1 "$NODE/pause-node" status
	[ "$output" = "pause-node: no engine on this node; those that it knows: containerd crio podman docker \
cri-dockerd k3s rke2 microk8s" ]
}

# goes_and_comes_back ENGINE VERSION OLD FILE UNIT PINNED: the node's ENGINE has OLD; install
# sets pause in FILE, which then is what stdin says, and remove puts everything back.
goes_and_comes_back() {
	local engine=$1 version=$2 old=$3 file=$4 unit=$5 pinned=$6 once

	status_is "$engine" "$version" "$old" no no
	node 0 install --engine "$engine" --variant guard --dry-run
	[[ $output == *"+++ $file, after install"* ]]
	is_as_before
	node 0 install --engine "$engine" --variant guard --restart
	diff "$file" -
	[ "$(cat "$NODE/restarted")" = "$unit" ]
	status_is "$engine" "$version" "$IMAGE-guard" yes "$pinned"
	once=$(everything)
	node 0 install --engine "$engine" --variant guard
	[ "$output" = "$engine: $IMAGE-guard already" ]
	diff <(echo "$once") <(everything)
	node 0 remove --engine "$engine"
	node 0 remove --engine "$engine" --restart
	is_as_before
}

OURS='# Written by pause-node(8); "pause-node remove" takes it away.'
COMMAND='/usr/bin/cri-dockerd --container-runtime-endpoint fd:// --network-plugin=cni'

@test "CRI-O: a drop-in, with the command that has it take the image's entrypoint" {
	node_of crio /etc/crio
	goes_and_comes_back crio 1.32.1 registry.k8s.io/pause:3.10 /etc/crio/crio.conf.d/99-pause.conf crio yes <<-END
		$OURS
		[crio.image]
		pause_image = "$IMAGE-guard"
		pause_command = ""
	END
}

@test "cri-dockerd: a drop-in of its unit, with the command as it was but for the image" {
	node_of cri-dockerd
	goes_and_comes_back cri-dockerd 0.3.16 registry.example/site/pause:1 \
		/etc/systemd/system/cri-docker.service.d/99-pause.conf cri-docker yes <<-END
			$OURS
			[Service]
			ExecStart=
			ExecStart=$COMMAND --pod-infra-container-image=$IMAGE-guard
		END
}

@test "Docker and cri-dockerd have one store: who goes leaves the image to who stays" {
	local unit=/etc/systemd/system/cri-docker.service

	node_of cri-dockerd
	node 0 install --engine docker --engine cri-dockerd
	node 0 remove --engine docker
	[[ $output == "docker: $IMAGE is left to cri-dockerd"* ]]
	status_is cri-dockerd 0.3.16 "$IMAGE" yes yes
	# An edit of the unit, which the drop-in has hidden, does not keep it from going.
	cp -p $unit "$NODE/tree"
	sed -i 's/--network-plugin=cni/& --ipv6-dual-stack/' $unit
	node 0 remove --engine cri-dockerd --restart
	run ! cmp -s $unit "$NODE/tree/cri-docker.service"
	mv "$NODE/tree/cri-docker.service" $unit
	diff <(echo "$BEFORE" | grep -v "$unit ") <(everything | grep -v "$unit ")
}

@test "where the second engine does not restart, the first one is undone, too" {
	node_of crio
	node_of cri-dockerd /etc/crio
	touch "$NODE/cri-docker.fails"
	node 1 install --engine crio --engine cri-dockerd --restart
	rm "$NODE/cri-docker.fails"
	[ "$(cat "$NODE/restarted")" = $'crio\ncrio' ]
	says_on_stderr "*pause-node: cri-dockerd does not restart with its old configuration, which is back, either; \
remove takes out what is left"
	[ ! -e /etc/crio/crio.conf.d/99-pause.conf ]
	[ ! -e /etc/systemd/system/cri-docker.service.d ]
	node 0 remove --engine cri-dockerd --engine crio --restart
	is_as_before
}

@test "k3s: a drop-in, and its folder; of server and agent, the one that runs is restarted" {
	node_of k3s /etc/rancher /var/lib/rancher
	touch "$NODE/k3s-agent.active"
	goes_and_comes_back k3s 1.32.1+k3s1 rancher/mirrored-pause:3.6 \
		/etc/rancher/k3s/config.yaml.d/99-pause.yaml k3s-agent yes <<-END
			$OURS
			pause-image: "$IMAGE-guard"
		END
}

@test "k3s: --pause-image in the unit wins, and is named" {
	local unit=/etc/systemd/system/k3s-agent.service

	node_of k3s /etc/rancher /var/lib/rancher
	sed -i 's/k3s agent/& --pause-image=mine/' $unit
	BEFORE=$(everything)
	node 1 install --engine k3s
	is_as_before "pause-node: k3s: --pause-image in $unit wins over every file; take it out there first"
}

@test "RKE2: a drop-in" {
	node_of rke2 /etc/rancher /var/lib/rancher
	goes_and_comes_back rke2 1.7.23-k3s2 registry.example/site/pause:1 \
		/etc/rancher/rke2/config.yaml.d/99-pause.yaml rke2-server yes <<-END
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
