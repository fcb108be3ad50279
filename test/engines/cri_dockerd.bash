# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# A cri-dockerd of the tests' own. To be sourced with engines.bash and cri.bash.

# cri_dockerd_configure DIR: the environment of cri_dockerd_start, and pods on a bridge. dockerd is
# the one in the folder $DOCKER, or the installed one. Sets CRI_SOCKET.
cri_dockerd_configure() {
	export CRI_SOCKET=$1/cri.sock
	PATH=${DOCKER:+$DOCKER:}$PATH
	cni_configure "$1"
}

# What dockerd needs to run containers where root lacks CAP_SYS_RESOURCE.
# shellcheck disable=SC2034 # the tests use it
WITHOUT_RLIMITS=(--add-runtime "without-rlimits=$PWD/test/engines/runc-without-rlimits" --default-runtime without-rlimits)

# cri_dockerd_start DIR [OPTION...]: starts cri-dockerd, of the folder $CRI_DOCKERD, on the Docker
# of docker_start, with its state in DIR. Sets CRI_DOCKERD_PID.
cri_dockerd_start() {
	# Of an option that is given twice, the last one counts.
	"$CRI_DOCKERD/cri-dockerd" "${@:2}" --docker-endpoint "$DOCKER_HOST" --container-runtime-endpoint "unix://$CRI_SOCKET" \
		--cri-dockerd-root-directory "$1/cri" --network-plugin cni --cni-bin-dir /usr/lib/cni --cni-conf-dir "$1/cni" \
		--cni-cache-dir "$1/cni-cache" --streaming-bind-addr 127.0.0.1:0 >"$1/cri.log" 2>&1 3>&- &
	export CRI_DOCKERD_PID=$!
	daemon_wait "$CRI_DOCKERD_PID" "$1/cri.log" cri RuntimeService/Version '{}'
}

# cri_dockerd_end DIR: ends it and the Docker of docker_start, and removes what they left there.
cri_dockerd_end() {
	daemon_end "${CRI_DOCKERD_PID-}" || true
	docker_end "$1"
}

# sandbox_pid: cri-dockerd does not say it, and Docker does.
sandbox_pid() {
	docker inspect --format '{{.State.Pid}}' "$SANDBOX"
}
