# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# A CRI-O of the tests' own. To be sourced with engines.bash.

# crio_configure DIR IMAGE: writes DIR/crio.conf for a CRI-O that has its state in DIR, pods on a
# bridge, and IMAGE as that of its pods. crio and runc are those in the folders $CRIO and $RUNC,
# pinns is the file $PINNS. Sets CRI_SOCKET.
crio_configure() {
	export CRI_SOCKET=$1/crio.sock
	PATH=$CRIO:$RUNC:$PATH

	cni_configure "$1"
	mkdir "$1/crio.conf.d"
	echo '{ "default": [{ "type": "insecureAcceptAnything" }] }' >"$1/policy.json"
	cat >"$1/crio.conf" <<-CONF
		[crio]
		root = "$1/root"
		runroot = "$1/runroot"
		storage_driver = "overlay"
		log_dir = "$1/logs"
		version_file = "$1/version"
		clean_shutdown_file = "$1/clean"
		[crio.api]
		listen = "$CRI_SOCKET"
		[crio.runtime]
		cgroup_manager = "cgroupfs"
		default_runtime = "runc"
		container_exits_dir = "$1/exits"
		container_attach_socket_dir = "$1/attach"
		namespaces_dir = "$1/namespaces"
		pinns_path = "$PWD/$PINNS"
		[crio.runtime.runtimes.runc]
		runtime_path = "$PWD/test/engines/runc-without-rlimits"
		runtime_root = "$1/runc"
		monitor_cgroup = "pod"
		monitor_env = ["PATH=$PATH"]
		[crio.image]
		pause_image = "$2"
		pause_command = ""
		signature_policy = "$1/policy.json"
		[crio.network]
		network_dir = "$1/cni"
		plugin_dirs = ["/usr/lib/cni"]
	CONF
}

# crio_load DIR ARCHIVE...: gives the images of the OCI archives to a CRI-O that does not run yet.
crio_load() {
	local dir=$1 archive name

	for archive in "${@:2}"; do
		for name in $(archive_names "$archive"); do
			skopeo copy --quiet --insecure-policy "oci-archive:$archive:$name" \
				"containers-storage:[overlay@$dir/root+$dir/runroot]$name" || return
		done
	done
}

# crio_start DIR: starts the CRI-O of crio_configure, with the registries that DIR, and not this
# machine's user, has in .config/containers. Sets CRIO_PID.
crio_start() {
	HOME=$1 crio --config "$1/crio.conf" --config-dir "$1/crio.conf.d" >"$1/log" 2>&1 3>&- &
	CRIO_PID=$!
	daemon_wait "$CRIO_PID" "$1/log" cri RuntimeService/Version '{}'
}

# crio_end DIR: ends the pods and the daemon of crio_start, and removes what they left there.
crio_end() {
	remove_sandboxes || true
	daemon_end "$CRIO_PID"
	unmount_below "$1"
	ip link del cri-pods 2>/dev/null || true
	rm -rf "${1:?}"/{root,runroot,cni,ipam}
}
