# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Engines of the tests' own: each with its state in a folder that the test made, and
# in the namespaces of test/isolated, so that nothing of the user's is touched.

PAUSE_INIT=$PWD/build/linux-$(dpkg --print-architecture)/pause-init

# What a test starts with, unless its file says otherwise.
# shellcheck disable=SC2034 # the tests use them
setup() {
	can_run
	OUT=$BATS_TEST_TMPDIR/out
	ERR=$BATS_TEST_TMPDIR/err
	SANDBOX='' PID=''
}

# unmount_below DIR: unmounts what is still mounted there.
unmount_below() {
	local point

	# /proc/self/mounts has them in the order in which they were mounted.
	tac /proc/self/mounts | while read -r _ point _; do
		case $point in "$1"/*) umount "$point" ;; esac
	done
}

# daemon_end PID: ends a daemon that a test started, and waits for it.
daemon_end() {
	kill "$1" 2>/dev/null || return 0
	wait "$1" 2>/dev/null || wait_until has_ended "$1"
}

# daemon_answers_or_ended PID COMMAND...: whether there is no more need to wait for it.
daemon_answers_or_ended() {
	"${@:2}" >/dev/null 2>&1 || ! kill -0 "$1" 2>/dev/null
}

# daemon_wait PID LOG COMMAND...: waits until COMMAND succeeds. Status 1 if the daemon
# ends before, or never answers; then CANNOT says so, with the end of the file LOG.
daemon_wait() {
	wait_until daemon_answers_or_ended "$1" "${@:3}" || true
	"${@:3}" >/dev/null 2>&1 || cannot "$(tail -n 1 "$2")"
}

# cannot WHY: an engine does not run on this machine, which is not for pause to
# answer for. Status 1.
cannot() {
	export CANNOT="the engine does not run here: ${1:-it says nothing}"
	return 1
}

# runs_containers COMMAND...: whether the engine runs any container at all, by docker or podman.
runs_containers() {
	local why

	why=$("$@" run --rm --network none localhost/redis:test bash -c : 2>&1) || cannot "${why##*$'\n'}"
}

# can_run: skips the test where setup_file found that the engine does not run.
can_run() {
	[ -z "${CANNOT-}" ] || skip "$CANNOT"
}

# docker_start DIR [OPTION...]: starts a Docker daemon that has its state in DIR, and its
# temporary files, some of which containerd removes only after a client's command has
# ended. Sets DOCKER_HOST for docker(1).
docker_start() {
	export DOCKER_HOST=unix://$1/docker.sock

	mkdir -p "$1/daemon-tmp"
	TMPDIR=$1/daemon-tmp dockerd --data-root "$1/data" --exec-root "$1/exec" --pidfile "$1/docker.pid" -H "$DOCKER_HOST" \
		"${@:2}" >"$1/log" 2>&1 3>&- &
	DOCKERD=$!
	daemon_wait "$DOCKERD" "$1/log" docker info
}

# docker_start_loaded DIR [OPTION...]: docker_start, and what the tests run in it: our image and the
# services'. Status 1 if that fails; where it is for the engine to answer for, CANNOT is set.
docker_start_loaded() {
	docker_start "$@" || return
	export DOCKERD
	docker_load build/test/services.oci.tar && runs_containers docker && make -s image-docker
}

# docker_load ARCHIVE: loads all images of an OCI archive.
docker_load() {
	local name

	for name in $(archive_names "$1"); do
		skopeo copy --quiet --insecure-policy "oci-archive:$1:$name" "docker-archive:/dev/stdout:$name" |
			docker load --quiet || return
	done
}

# docker_end DIR: ends the daemon of docker_start, and removes what it left there.
docker_end() {
	daemon_end "$DOCKERD"
	unmount_below "$1"
	rm -rf "${1:?}"/{data,exec,daemon-tmp}
}

# podman_configure DIR: has podman(1) keep its state in DIR, and run its
# containers where root lacks CAP_SYS_RESOURCE, too.
podman_configure() {
	export CONTAINERS_CONF=$1/containers.conf CONTAINERS_STORAGE_CONF=$1/storage.conf
	# Version 5 warns on stderr.
	export PODMAN_IGNORE_CGROUPSV1_WARNING=1

	cat >"$CONTAINERS_CONF" <<-CONF
		[engine]
		runtime = "runc-without-rlimits"
		cgroup_manager = "cgroupfs"
		events_logger = "file"
		tmp_dir = "$1/tmp"
		[engine.runtimes]
		runc-without-rlimits = ["$PWD/test/engines/runc-without-rlimits"]
		[network]
		network_config_dir = "$1/networks"
	CONF
	cat >"$CONTAINERS_STORAGE_CONF" <<-CONF
		[storage]
		driver = "overlay"
		graphroot = "$1/graph"
		runroot = "$1/run"
	CONF
}

# podman_load ARCHIVE: loads all images of an OCI archive.
podman_load() {
	local name

	for name in $(archive_names "$1"); do
		podman pull --quiet "oci-archive:$1:$name" || return
	done
}

# podman_end DIR: removes all that podman has kept in DIR.
podman_end() {
	podman rm -af >/dev/null 2>&1 || true
	unmount_below "$1"
	rm -rf "${1:?}"/{graph,run,tmp,networks}
}

# containerd_start DIR SANDBOX_IMAGE: starts containerd with its CRI plugin, its state
# in DIR, pods on a bridge, and SANDBOX_IMAGE as that of its pods; if empty, the default.
containerd_start() {
	containerd_configure "$1" "$2" "$1/containerd.toml"
	containerd_run "$1"
}

# containerd_run DIR: the same with the configuration that is there.
containerd_run() {
	containerd --config "$1/containerd.toml" >"$1/log" 2>&1 3>&- &
	CONTAINERD_PID=$!
	daemon_wait "$CONTAINERD_PID" "$1/log" cri RuntimeService/Version '{}'
}

# containerd_configure DIR SANDBOX_IMAGE CONFIG [VERSION]: writes the file CONFIG for that, of that
# version, or of the one that containerd itself writes. containerd and runc are those in the folders $CONTAINERD and
# $RUNC, or the installed ones. Sets CRI_SOCKET, and CONTAINERD_ADDRESS for ctr(8).
containerd_configure() {
	local default version grpc=grpc plugins='bin_dirs = ["/usr/lib/cni"]' sandbox=${2:+"= \"$2\""}

	export CRI_SOCKET=$1/containerd.sock CONTAINERD_ADDRESS=$1/containerd.sock
	PATH=${CONTAINERD:+$CONTAINERD:}${RUNC:+$RUNC:}$PATH

	cni_configure "$1"
	default=$(containerd config default)
	version=${4-$(sed -n 's/^version = //p' <<<"$default")}
	# Version 4 ignores the old table.
	((version < 4)) || grpc='plugins."io.containerd.server.v1.grpc"'
	[[ $default == *bin_dirs* ]] || plugins='bin_dir = "/usr/lib/cni"'
	# AppArmor and oom_score_adj: what root may not do in every virtual machine.
	if ((version > 2)); then
		cat >"$3" <<-CONF
			version = $version
			root = "$1/root"
			state = "$1/state"
			[$grpc]
			address = "$CRI_SOCKET"
			[plugins."io.containerd.cri.v1.images".pinned_images]
			${sandbox:+sandbox $sandbox}
			[plugins."io.containerd.cri.v1.runtime"]
			disable_apparmor = true
			restrict_oom_score_adj = true
			[plugins."io.containerd.cri.v1.runtime".cni]
			$plugins
			conf_dir = "$1/cni"
		CONF
	else
		cat >"$3" <<-CONF
			version = $version
			root = "$1/root"
			state = "$1/state"
			[grpc]
			address = "$CRI_SOCKET"
			[plugins."io.containerd.grpc.v1.cri"]
			${sandbox:+sandbox_image $sandbox}
			disable_apparmor = true
			restrict_oom_score_adj = true
			[plugins."io.containerd.grpc.v1.cri".cni]
			$plugins
			conf_dir = "$1/cni"
		CONF
	fi
}

# cni_configure DIR: writes DIR/cni for pods on a bridge.
cni_configure() {
	mkdir -p "$1/cni"
	cat >"$1/cni/pods.conflist" <<-CONF
		{ "cniVersion": "0.4.0", "name": "pods", "plugins": [
			{ "type": "bridge", "bridge": "cri-pods", "isGateway": true, "ipam": {
				"type": "host-local", "dataDir": "$1/ipam", "subnet": "10.86.0.0/16",
				"routes": [{ "dst": "0.0.0.0/0" }] } } ] }
	CONF
}

# remove_sandboxes: stops and removes every pod of the runtime, again and again
# as the kubelet does: containerd may not have noticed yet that a container has ended.
remove_sandboxes() {
	wait_until stop_and_remove_sandboxes
}

stop_and_remove_sandboxes() {
	local all

	all=$(cri RuntimeService/ListPodSandbox '{}' | jq -c '.items[] | { pod_sandbox_id: .id }')
	[ -z "$all" ] || { cri RuntimeService/StopPodSandbox "$all" && cri RuntimeService/RemovePodSandbox "$all"; } >/dev/null
}

# containerd_end DIR: ends the pods and the daemon of containerd_start, and removes
# what they left there.
containerd_end() {
	local shim

	remove_sandboxes || true
	daemon_end "$CONTAINERD_PID"
	# Version 2.1 sometimes forgets one when a pod's first process takes the rest along.
	for shim in $(pgrep -f "containerd-shim.* $1/containerd.sock"); do
		kill -KILL "$shim"
	done
	unmount_below "$1"
	ip link del cri-pods 2>/dev/null || true
	rm -rf "${1:?}"/{root,state,cni,ipam}
}

# cri SERVICE/METHOD REQUESTS: asks the runtime at CRI_SOCKET; a request in JSON a line.
cri() {
	test/engines/cri "$1" <<<"$2"
}

# sandbox_config NAME [NAMESPACE_OPTIONS]: what the kubelet sends for a pod; its
# default is a PID namespace that the pod shares.
sandbox_config() {
	jq -nc --arg name "$1" --argjson namespaces "${2-"{}"}" '{
		metadata: { name: $name, uid: $name, namespace: "default" },
		hostname: $name,
		linux: { security_context: { namespace_options: $namespaces, seccomp: {} } }
	}'
}

# archive_names FILE: the names of the images in an OCI archive.
archive_names() {
	tar --extract --to-stdout --file "$1" index.json | jq -r '.manifests[].annotations["org.opencontainers.image.ref.name"]'
}

# image_id NAME: the ID of the image in our archive that an engine on this machine takes by NAME.
image_id() {
	image/describe build/pause.oci.tar |
		awk -v name="$1" -v platform="linux/$(dpkg --print-architecture)" '$2 == name && $3 == platform { print $NF }'
}

# image_digest NAME: the digest of that image in our archive: that of the index of all platforms.
image_digest() {
	image/describe build/pause.oci.tar | awk -v name="$1" '$2 == name && $3 == "index" { print $1 }'
}

# registry_start DIR ADDRESS [CONFIGURATION]: starts a registry with its state in DIR. Sets
# REGISTRY_PID.
registry_start() {
	cat >"$1/registry.yml" <<-CONF
		version: 0.1
		storage:
		  filesystem:
		    rootdirectory: $1/registry
		http:
		  addr: $2
		${3-}
	CONF
	# It would take what begins with REGISTRY_ for its own configuration.
	env -u REGISTRY_AUTH_FILE docker-registry serve "$1/registry.yml" >"$1/registry.log" 2>&1 3>&- &
	REGISTRY_PID=$!
	daemon_wait "$REGISTRY_PID" "$1/registry.log" bash -c ": </dev/tcp/${2/://}"
}

# documented LINE: the block of docs/engines.md in which a line matches the regular expression LINE,
# with $PAUSE_IMAGE as the image. Status 1 unless there is one such block.
documented() {
	local block

	block=$(awk -v wanted="$1" '
		/^```/ { if (found) { printf "%s", block; blocks++ } block = ""; found = 0; inside = !inside; next }
		inside { block = block $0 "\n"; found = found || $0 ~ wanted }
		END { exit blocks != 1 }' docs/engines.md) || { echo "docs/engines.md: not one block with $1" >&2 && return 1; }
	echo "${block//registry.example\/pause:VERSION/$PAUSE_IMAGE}"
}

# containerd_documented DIR VERSION: writes DIR/containerd.toml for containerd_run: the documented file
# of that version, and what this machine's namespaces want.
containerd_documented() {
	containerd_configure "$1" '' "$1/machine.toml" "$2"
	documented "^version = $2\$" >"$1/documented.toml" && toml_merged "$1"/{documented,machine}.toml >"$1/containerd.toml"
}

# toml_merged FILE...: a file with the tables of all of them, and no line of a table twice.
toml_merged() {
	awk 'FNR == 1 { table = "" }
		/^\[/ { table = $0 }
		!(table in lines) { tables[++n] = table }
		!seen[table, $0]++ { lines[table] = lines[table] $0 "\n" }
		END { for (i = 1; i <= n; i++) printf "%s", lines[tables[i]] }' "$@"
}

# init_reaps_and_ends ENGINE NAME: pause-init is PID 1 of that container of docker or podman, whose
# command is sleep, which neither reaps nor handles SIGTERM. Three orphans leave no zombie there, and
# SIGTERM ends the command.
init_reaps_and_ends() {
	PID=$("$1" inspect -f '{{.State.Pid}}' "$2")
	cmp "/proc/$PID/exe" "$PAUSE_INIT"
	for _ in 1 2 3; do
		"$1" exec "$2" zombie_demo 0
	done
	wait_until holds_sleep_alone "$1" "$2"
	"$1" stop "$2"
	[ "$("$1" wait "$2")" -eq 143 ]
}

# holds_sleep_alone ENGINE NAME: whether that container holds init, sleep and ps, and nothing else.
holds_sleep_alone() {
	[ "$("$1" exec "$2" ps -e -o comm= | sort | tail -n 2 | xargs) $("$1" exec "$2" ps -e -o pid= | wc -l)" = 'ps sleep 3' ]
}

# runs_ours: whether the process PID runs our program.
runs_ours() {
	cmp -s "/proc/$PID/exe" "build/linux-$(dpkg --print-architecture)/pause"
}

# What the tests ask of every engine's pod: pause --log-reaped in the namespaces
# that localhost/nginx:test and localhost/redis:test share. The engine's
# container_exec NAME COMMAND... runs COMMAND in one of those containers; its pause_log
# prints what pause has written, on the stream on which it did.

# log_is [LINE...]: pause has written these lines on stderr and nothing else.
log_is() {
	pause_log >"$OUT" 2>"$ERR"
	says "$OUT"
	says "$ERR" "$@"
}

log_has() {
	pause_log 2>&1 | grep -qxF -- "$1"
}

NGINX_SAYS='HTTP/1.1 200 OK'
nginx_answers() { [ "$(container_exec "$1" bash -c "$(pod_ask 8080 'GET / HTTP/1.0')" 2>/dev/null)" = "$NGINX_SAYS" ]; }
redis_answers() { [ "$(container_exec "$1" bash -c "$(pod_ask 6379 PING)" 2>/dev/null)" = +PONG ]; }

# is_published PORT: nginx answers there, outside of the pod, too.
is_published() {
	[ "$(bash -c "$(pod_ask "$1" 'GET / HTTP/1.0')")" = "$NGINX_SAYS" ]
}

# first_process NAME: the command line of PID 1, as that container sees it.
first_process() {
	container_exec "$1" ps -o args= -p 1
}

# is_hardened [ROOT]: pause, PID, is filtered by the engine's seccomp profile, has the image's user
# and no leaked descriptor, and is not dumpable: its files in /proc are root's. ROOT is user 0 of
# pause's user namespace, as seen from here.
is_hardened() {
	local root=${1-0}
	local user=$((root + 65535))

	[ "$(status_of "$PID" Seccomp)" = 2 ]
	[ "$(status_of "$PID" Uid)" = "$user"$'\t'"$user"$'\t'"$user"$'\t'"$user" ]
	[ "$(ls "/proc/$PID/fd")" = $'0\n1\n2' ]
	[ "$(stat -c %u "/proc/$PID/environ")" -eq "$root" ]
}

# no_zombie NAME: whether that container sees none.
no_zombie() {
	local states

	states=$(container_exec "$1" ps -e -o stat=) && ! grep -q '^Z' <<<"$states"
}

# is_a_pod HOSTNAME: the two containers share what the containers of a pod share.
is_a_pod() {
	local key

	wait_until nginx_answers redis
	wait_until redis_answers nginx
	[ "$(container_exec nginx cat /proc/sys/kernel/hostname)" = "$1" ]
	[ "$(container_exec redis cat /proc/sys/kernel/hostname)" = "$1" ]
	container_exec nginx ipcmk --shmem 4096
	key=$(container_exec nginx cat /proc/sysvipc/shm | awk 'NR == 2 { print $1 }')
	[ "$(container_exec redis cat /proc/sysvipc/shm | awk 'NR == 2 { print $1 }')" = "$key" ]
	[ -n "$key" ]
}

# make_orphan NAME: zombie_demo in that container, beside what runs there. Sets ORPHAN to the
# PID, in the pod, of the child that it leaves, which lives until end_orphan.
make_orphan() {
	container_exec "$1" bash -c "exec zombie_demo 600 >/tmp/said 2>&1"
	ORPHAN=$(container_exec "$1" cat /tmp/said | sed -n 's/^Parent process .*child PID=//p')
	[ -n "$ORPHAN" ]
}

# end_orphan NAME: ends it from that container, and waits until it is gone there.
end_orphan() {
	container_exec "$1" bash -c "kill $ORPHAN"
	wait_until is_gone "$1" "$ORPHAN"
}

# is_gone NAME PID: whether that container sees no such process, not even a zombie.
is_gone() {
	local pids

	pids=$(container_exec "$1" ps -e -o pid=) && ! grep -qw "$2" <<<"$pids"
}
