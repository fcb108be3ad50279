#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# pause-node on a node with CRI-O, into whose store podman puts the image.

load ../../helpers
load node
load ../crio

setup_file() {
	node_setup_file
	export NAME=registry.k8s.io/pause:3.10.1 CRIO_PID
	crio_configure "$NODE" "$NAME"
	skopeo copy --quiet --insecure-policy oci-archive:build/bench/images/official-glibc.oci.tar:pause.invalid/pause:official-glibc \
		"containers-storage:[overlay@$NODE/root+$NODE/runroot]$NAME"
	crio_start "$NODE" || return 0
}

teardown_file() {
	CRIO_PID=$(pgrep -x crio) # of the last test
	crio_end "$NODE"
}

setup() {
	can_run
	OUT=$BATS_TEST_TMPDIR/out ERR=$BATS_TEST_TMPDIR/err
	BEFORE=$(everything)
}

everything() {
	podman --root "$NODE/root" --runroot "$NODE/runroot" --storage-driver overlay images --no-trunc \
		--format '{{.Repository}}:{{.Tag}} {{.ID}}' | sort
	find /run/over/etc "$NODE/crio.conf" "$NODE/crio.conf.d" ! -type d -printf '%p %i %m %u %g %t %s\n' 2>/dev/null | sort
}

@test "install, a pod, check, drifts, another variant, remove: the names are as before" {
	runs "$OFFICIAL"
	node 0 install
	printed "*crio: $NAME is pause $TAG, *"
	runs "$OURS"
	[ "$(is_pinned "$NAME")" = true ]
	node 0 check
	node 0 install --variant guard
	runs "$OURS" --guard
	node 0 status --json
	[ "$(jq -r 'select(.engine == "crio") | "\(.name) \(.holds)"' <<<"$output")" = "$NAME pause $TAG guard" ]
	[ -z "${CRI_TOOLS-}" ] || PATH=$PATH:$CRI_TOOLS node 0 status --json
	[ "$(jq -c 'select(.engine == "crio").sandboxes' <<<"$output")" = "$(
		[ -n "${CRI_TOOLS-}" ] && echo "{\"official\":1,\"pause $TAG\":1,\"pause $TAG guard\":1}" || echo '{"unknown":0}'
	)" ]
	node 0 install
	printed "*crio: $NAME is pause $TAG-guard*"
	cri ImageService/RemoveImage "{ \"image\": { \"image\": \"$NAME\" } }"
	node 1 check
	node 0 install --variant guard
	runs "$OURS" --guard
	remove_sandboxes
	node 0 remove --socket "$CRI_SOCKET"
	is_as_before
	runs "$OFFICIAL"
}

@test "a CRI-O that does not answer" {
	kill -STOP "$CRIO_PID"
	node 1 install
	kill -CONT "$CRIO_PID"
	[[ $stderr == "pause-node: crio: it does not answer at $CRI_SOCKET: "* ]]
}

@test "a variant that pause_command would not take" {
	sed -i 's,^pause_command.*,pause_command = "/pause",' "$NODE/crio.conf"
	daemon_end "$CRIO_PID"
	crio_start "$NODE"
	node 1 install --variant guard
	[ "$stderr" = 'pause-node: crio: it takes a variant only where pause_command is empty; set that' ]
}
