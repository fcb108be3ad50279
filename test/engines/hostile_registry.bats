#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# A registry on port 80 of the node, which any pod with hostNetwork may hold, has another program under
# every name that an engine asks for. The engine $UNDER_TEST, containerd unless the environment says
# otherwise, is configured with our image, and its store lacks the image.

load ../helpers
load engines
load cri
load crio
UNDER_TEST=${UNDER_TEST-containerd}
# Its sandbox_pid is another one.
[ "$UNDER_TEST" != cri_dockerd ] || load cri_dockerd

setup() {
	# shellcheck source=pod/pod.bash
	. pod/pod.bash
	DIR=$BATS_TEST_TMPDIR TAG=$(cat build/version)
	CONTAINERD_PID='' CRIO_PID='' DOCKERD='' REGISTRY_PID=''
	cp /etc/hosts /etc/resolv.conf "$DIR"
	# Nothing answers there.
	echo 'nameserver 127.0.0.1' >/etc/resolv.conf
	registry_start "$DIR" 127.0.0.1:80
	skopeo copy --quiet --insecure-policy --dest-tls-verify=false \
		oci-archive:build/test/services.oci.tar:localhost/redis:test "docker://127.0.0.1:80/pause:$TAG"
	BEFORE=$(requests)
}

teardown() {
	"${UNDER_TEST}_ends"
	daemon_end "$REGISTRY_PID"
	cp "$DIR/hosts" "$DIR/resolv.conf" /etc
}

# requests: how many the registry has had.
requests() {
	grep -c ' "[A-Z]* /v2/' "$DIR/registry.log"
}

# What an engine does for a pod whose sandbox image is NAME. Sets PID to that of its first process.
containerd_pod() {
	containerd_start "$DIR" "$1" && cri_pod
}
containerd_ends() { [ -z "$CONTAINERD_PID" ] || containerd_end "$DIR"; }

crio_pod() {
	crio_configure "$DIR" "$1"
	crio_start "$DIR" && cri_pod
}
crio_ends() { [ -z "$CRIO_PID" ] || crio_end "$DIR"; }

cri_dockerd_pod() {
	cri_dockerd_configure "$DIR"
	docker_start "$DIR" "${WITHOUT_RLIMITS[@]}" && cri_dockerd_start "$DIR" --pod-infra-container-image "$1" && cri_pod
}
cri_dockerd_ends() { [ -z "$DOCKERD" ] || cri_dockerd_end "$DIR"; }

podman_pod() {
	podman_configure "$DIR"
	podman info >"$DIR/log" 2>&1 || cannot "$(tail -n 1 "$DIR/log")" || return
	podman pod create --infra-image "$1" --name a-pod && podman pod start a-pod
}
podman_ends() { podman_end "$DIR"; }

cri_pod() {
	SANDBOX=$(cri RuntimeService/RunPodSandbox "{ \"config\": $(sandbox_config a-pod) }") &&
		SANDBOX=$(jq -r .pod_sandbox_id <<<"$SANDBOX") && PID=$(sandbox_pid)
}

# is_not_asked: no pod starts on our image, and the registry does not hear of that.
is_not_asked() {
	local status=0

	"${UNDER_TEST}_pod" "pause.invalid/pause:$TAG" >"$DIR/pod" 2>&1 || status=$?
	can_run
	cat "$DIR/pod"
	[ $status -ne 0 ]
	grep -qF "pause.invalid/pause:$TAG" "$DIR/pod"
	[ "$(requests)" -eq "$BEFORE" ]
}

@test "port 80 is not asked for pause.invalid; containerd 1.x asks it for localhost/pause" {
	is_not_asked
	# The former name, which shows that an engine can fall for it: containerd 1.x; 2.4 wants TLS.
	[ "$UNDER_TEST" = containerd ] && [[ $(containerd --version) == *' 1.'* ]] || return 0
	containerd_end "$DIR"
	containerd_pod "localhost/pause:$TAG"
	[ "$(cat "/proc/$PID/comm")" = redis-server ]
	[ "$(requests)" -gt "$BEFORE" ]
}

# bats test_tags=https
@test "port 80 is not asked for pause.invalid, even if that name resolves to this node" {
	echo '127.0.0.1 pause.invalid' >>/etc/hosts
	is_not_asked
}
