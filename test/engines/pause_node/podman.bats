#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# pause-node and Podman, where no other engine runs.

load ../../helpers
load node

setup_file() {
	node_setup_file
	podman info >"$NODE/log" 2>&1 || cannot "$(tail -n 1 "$NODE/log")" || return 0
	export NAME MINOR
	NAME=localhost/podman-pause:$(podman version --format '{{.Client.Version}}-{{.Client.Built}}')
	MINOR=$(podman version --format '{{.Client.Version}}' | awk -F . '{ print $1 * 100 + $2 }')
	if ((MINOR >= 505)); then # it asks for none
		NAME=localhost/infra:1
		cp "$CONTAINERS_CONF" "$NODE/none.conf"
		sed -i "s,^\[engine\],&\ninfra_image = \"$NAME\"," "$CONTAINERS_CONF"
	fi
}

teardown_file() {
	podman_end "$NODE"
}

setup() {
	can_run
	OUT=$BATS_TEST_TMPDIR/out ERR=$BATS_TEST_TMPDIR/err
	podman rmi -af >/dev/null
}

teardown() {
	[ -z "${CANNOT-}" ] || return 0
	podman pod rm -af >/dev/null
}

# everything: as everything of a node, of Podman.
everything() { podman images --no-trunc --format '{{.Repository}}:{{.Tag}} {{.ID}}' | sort; }

# runs PROGRAM [WORD]: the infra container of a new pod does. Sets POD and PID.
runs() {
	POD=$(podman pod create --share pid,net,ipc,uts)
	podman pod start "$POD" >/dev/null
	PID=$(podman inspect -f '{{.State.Pid}}' "$(podman pod inspect -f '{{.InfraContainerID}}' "$POD")")
	wait_until cmp -s "/proc/$PID/exe" "$1"
	[ -z "${2-}" ] || grep -qzxF -e "$2" "/proc/$PID/cmdline"
}

@test "install, a pod, check, drifts, another variant, remove: the names are as before" {
	local once

	podman pull -q "oci-archive:build/bench/images/official-glibc.oci.tar:pause.invalid/pause:official-glibc" >/dev/null
	podman tag pause.invalid/pause:official-glibc "$NAME"
	BEFORE=$(everything)
	node 1 check
	printed "podman: $NAME holds official: pause is not installed"
	node 0 install --dry-run
	is_as_before
	node 0 install
	printed "*podman: $NAME is pause $TAG, *"
	runs "$OURS"
	node 0 check
	printed ''
	node 0 status --json
	[ "$(jq -r '"\(.engine) \(.name) \(.holds) \(.pinned) \(.sandboxes)"' <<<"$output")" = \
		"podman $NAME pause $TAG unknown {\"pause $TAG\":1}" ]
	once=$(everything)
	node 0 install
	printed "podman: $NAME is pause $TAG already"
	[ "$(everything)" = "$once" ]

	podman tag pause.invalid/pause:official-glibc "$NAME"
	node 1 check
	printed "podman: $NAME holds official: somebody has removed, pulled or tagged it"
	node 0 install --variant guard
	runs "$OURS" --guard
	node 0 install
	printed "*podman: $NAME is pause $TAG-guard, *"
	node 0 check

	# A pod's image is not taken away while the pod is there.
	node 0 remove
	complained "*pause-node: podman: running pods need pause-node.invalid/*:$TAG-guard; run this again without them"
	podman pod rm -af >/dev/null
	node 0 remove
	is_as_before
}

# bats test_tags=podman5
@test "from version 5.5 on, without a setting, its pods use no image" {
	CONTAINERS_CONF=$NODE/none.conf node 1 install
	[ "$stderr" = 'pause-node: no engine that asks for a sandbox image runs here; start it, or name another one with --socket' ]
}

@test "where the name held nothing, it holds nothing again" {
	node 0 install --socket podman
	runs "$OURS"
	podman pod rm -af >/dev/null
	node 0 remove
	[ -z "$(everything)" ]
}
