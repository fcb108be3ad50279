#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# pause-node with real Podman and Docker, and what it does with its arguments.

load ../helpers
load engines
load node

DROP_IN=/etc/containers/containers.conf.d/99-pause.conf

setup_file() {
	node_setup_file
	# Where podman looks by itself, so that it reads drop-ins, too.
	podman_configure "$NODE"
	cp "$CONTAINERS_CONF" /etc/containers/containers.conf
	unset CONTAINERS_CONF
	docker_start "$NODE" || return 0
	export DOCKERD
}

teardown_file() {
	docker_end "$NODE"
	podman_end "$NODE"
}

setup() {
	can_run
	OUT=$BATS_TEST_TMPDIR/out
	rm -rf "$NODE/bin/podman"
	BEFORE=$(everything)
}

everything() {
	snapshot /etc/containers
	podman images
	docker images
}

is_as_before() {
	diff <(echo "$BEFORE") <(everything)
}

# fails LINE: the node is as before, and stderr matches the pattern LINE.
fails() {
	is_as_before
	says_on_stderr "$1"
}

# image_id VARIANT: the ID that image/describe tells of linux/amd64's image.
image_id() {
	image/describe build/pause.oci.tar | awk -v name="-$1$" '$2 ~ name && $3 == "linux/amd64" { print $NF }' | sed 's/sha256://'
}

@test "Podman: its pods get pause as their infra container, until it is removed" {
	node 0 install --engine podman --variant guard
	[ "$output" = "podman: $IMAGE-guard in $DROP_IN
podman: users without root need the image, too: podman pull oci-archive:$NODE/pause.oci.tar:$IMAGE-guard" ]
	node 0 status --engine podman
	[ "$(awk 'NR == 2 { print $3, $4, $5 }' <<<"$output")" = "$IMAGE-guard yes -" ]
	podman pod create --name a-pod
	[ "$(podman inspect --format '{{.ImageName}} {{.Config.Entrypoint}}' "$(podman ps -aq)")" = "$IMAGE-guard /pause --guard" ]
	[ "$(podman image inspect -f '{{.Id}}' "$IMAGE-guard")" = "$(image_id guard)" ]
	node 0 remove --engine podman
	[[ $output == *"podman: $IMAGE-guard is left, as containers use it; without them, run this again" ]]
	podman pod rm -f a-pod
	node 0 remove --engine podman
	[ "$output" = 'podman: pause is out' ]
	fails ''
}

@test "Podman: what does not take is undone" {
	printf '[engine]\ninfra_image = "mine/pause:1"\n' >/etc/containers/containers.conf.d.conf
	mkdir -p /etc/containers/containers.conf.d
	mv /etc/containers/containers.conf.d.conf /etc/containers/containers.conf.d/zz-mine.conf
	BEFORE=$(everything)
	node 1 install --engine podman
	fails "pause-node: podman does not take the sandbox image from $DROP_IN; with it, it has: mine/pause:1*undone"
	rm -r /etc/containers/containers.conf.d
}

@test "Docker: the image that it loads is the one, and runs" {
	node 0 install --engine docker --variant log
	[ "$output" = "docker: $IMAGE-log" ]
	docker run -d --name pod --network none "$IMAGE-log"
	[ "$(docker inspect -f '{{.Config.User}} {{.Config.Entrypoint}} {{json .Config.Cmd}}' pod)" = \
		'65535:65535 [/pause --log-reaped] null' ]
	cmp "/proc/$(docker inspect -f '{{.State.Pid}}' pod)/exe" build/linux-amd64/pause
	[ "$(docker inspect -f '{{.Id}}' "$IMAGE-log")" = "sha256:$(image_id log)" ]
	node 0 remove --engine docker
	[ "$output" = "docker: $IMAGE-log is left, as containers use it; without them, run this again" ]
	docker rm -f pod
	node 0 remove --engine docker
	fails ''
}

@test "all engines of the node; where one of them fails, the others are undone, too" {
	node 0 install --engine podman --engine docker
	node 0 status --engine podman --engine docker
	[ "$(wc -l <<<"$output")" -eq 3 ]
	node 0 remove --engine podman --engine docker
	is_as_before
	printf '#!/bin/sh\ncase $1 in pull) exit 125 ;; esac\nexec /usr/bin/podman "$@"\n' >"$NODE/bin/podman"
	chmod +x "$NODE/bin/podman"
	node 1 install --engine docker --engine podman
	fails "pause-node: failed: loading $IMAGE into podman*undone"
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
	fails 'pause-node: k3s: not on this node, or its CRI plugin is disabled'
	mkdir "$BATS_TEST_TMPDIR/bin"
	ln -s /usr/bin/* "$BATS_TEST_TMPDIR/bin"
	rm -f "$BATS_TEST_TMPDIR"/bin/{containerd,podman,docker}
	PATH=$BATS_TEST_TMPDIR/bin run -1 "$NODE/pause-node" status
	[ "$output" = 'pause-node: no engine on this node; those that it knows: containerd crio podman docker cri-dockerd k3s rke2 microk8s' ]
}

@test "it runs in every shell that a node has as its sh" {
	for sh in dash 'bash --posix' 'busybox sh'; do
		# shellcheck disable=SC2086 # with its argument
		run -0 $sh "$NODE/pause-node" install --engine podman --engine docker
		# shellcheck disable=SC2086
		run -0 $sh "$NODE/pause-node" remove --engine podman --engine docker
		is_as_before
	done
}
