#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# pause-node on a node with cri-dockerd, which asks for its default, and Docker.

load ../../helpers
load node
load ../cri_dockerd

setup_file() {
	node_setup_file
	export NAME=registry.k8s.io/pause:3.10
	cri_dockerd_configure "$NODE"
	docker_start "$NODE" "${WITHOUT_RLIMITS[@]}" || return 0
	export DOCKERD
	skopeo copy --quiet oci-archive:build/bench/images/official-glibc.oci.tar:pause.invalid/pause:official-glibc \
		"docker-archive:$NODE/official.tar:$NAME"
	docker load --quiet --input "$NODE/official.tar"
	cri_dockerd_start "$NODE" || return 0
}

teardown_file() {
	cri_dockerd_end "$NODE"
}

setup() {
	can_run
	OUT=$BATS_TEST_TMPDIR/out ERR=$BATS_TEST_TMPDIR/err
	BEFORE=$(everything)
}

everything() { docker images --no-trunc --format '{{.Repository}}:{{.Tag}} {{.ID}}' | sort; }

@test "install, a pod, check, drifts, another variant, remove: the names are as before" {
	runs "$OFFICIAL"
	node 0 install
	printed "*cri-dockerd: $NAME is pause $TAG, *"
	runs "$OURS"
	node 0 check
	node 0 install --variant guard
	runs "$OURS" --guard
	node 0 status --json
	[ "$(jq -r 'select(.engine == "cri-dockerd") | "\(.name) \(.holds)"' <<<"$output")" = "$NAME pause $TAG guard" ]
	[ "$(jq -r 'select(.engine == "cri-dockerd").sandboxes["pause '"$TAG"' guard"]' <<<"$output")" = 1 ]
	docker rmi --force "$NAME"
	node 1 check
	printed "cri-dockerd: $NAME holds nothing: somebody has removed, pulled or tagged it"
	node 0 install
	printed "*cri-dockerd: $NAME is pause $TAG-guard, *"
	node 0 check --socket "unix://$CRI_SOCKET"
	remove_sandboxes
	node 0 remove --socket "$CRI_SOCKET"
	is_as_before
	runs "$OFFICIAL"
}
