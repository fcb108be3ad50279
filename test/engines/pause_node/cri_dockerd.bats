#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# pause-node on a node with cri-dockerd, which asks for its default, and Docker.

load ../../helpers
load ../engines
load ../cri
load node

setup_file() {
	node_setup_file
	export CRI_SOCKET=$NODE/cri.sock NAME=registry.k8s.io/pause:3.10
	PATH=${DOCKER:+$DOCKER:}$PATH
	cni_configure "$NODE"
	docker_start "$NODE" --add-runtime "without-rlimits=$PWD/test/engines/runc-without-rlimits" --default-runtime without-rlimits || return 0
	export DOCKERD
	skopeo copy --quiet oci-archive:build/bench/images/official-glibc.oci.tar:localhost/pause:official-glibc \
		"docker-archive:$NODE/official.tar:$NAME"
	docker load --quiet --input "$NODE/official.tar"
	"$CRI_DOCKERD/cri-dockerd" --docker-endpoint "$DOCKER_HOST" --container-runtime-endpoint "unix://$CRI_SOCKET" \
		--cri-dockerd-root-directory "$NODE/cri" --network-plugin cni --cni-bin-dir /usr/lib/cni --cni-conf-dir "$NODE/cni" \
		--cni-cache-dir "$NODE/cni-cache" --streaming-bind-addr 127.0.0.1:0 >"$NODE/cri.log" 2>&1 3>&- &
	export CRI_DOCKERD_PID=$!
	daemon_wait "$CRI_DOCKERD_PID" "$NODE/cri.log" cri RuntimeService/Version '{}' || return 0
}

teardown_file() {
	daemon_end "${CRI_DOCKERD_PID-}" || true
	docker_end "$NODE"
}

setup() {
	can_run
	OUT=$BATS_TEST_TMPDIR/out ERR=$BATS_TEST_TMPDIR/err
	BEFORE=$(everything)
}

teardown() {
	[ -z "${CANNOT-}" ] || return 0
	remove_sandboxes
}

everything() { docker images --no-trunc --format '{{.Repository}}:{{.Tag}} {{.ID}}' | sort; }
sandbox_pid() { docker inspect --format '{{.State.Pid}}' "$SANDBOX"; }

@test "install, a pod, check, drifts, another variant, remove: the names are as before" {
	runs "$OFFICIAL"
	node 0 install
	printed "cri-dockerd: $NAME is pause $TAG, *"
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
	node 0 install --variant guard
	node 0 check
	remove_sandboxes
	node 0 remove
	is_as_before
	runs "$OFFICIAL"
}
