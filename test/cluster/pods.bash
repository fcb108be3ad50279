# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154 # what bats sets
#
# What the tests in a cluster share: pods, and the pause of each. To be sourced with helpers.bash and
# cluster.bash.

# shellcheck source=pod/rootfs.bash
. pod/rootfs.bash

# run_pod NAME NODE [JSON]: starts nginx in a pod on that node, with these settings of the pod.
run_pod() {
	kubectl run "$1" --image localhost/nginx:test --image-pull-policy Never --overrides "$(jq -c --arg node "node-$2" \
		'{ apiVersion: "v1", spec: ({ nodeName: $node } + .) }' <<<"${3-"{}"}")"
	kubectl wait --for condition=Ready --timeout 100s "pod/$1"
}

# pause_of POD: prints the PID of its pause.
pause_of() {
	local pid

	for pid in $(pgrep -x pause); do
		[ "$(nsenter --target "$pid" --uts hostname)" != "$1" ] || echo "$pid"
	done
}

# is_official PID, is_ours PID: whether that process runs that program.
is_official() {
	cmp "/proc/$1/exe" "$OFFICIAL_PAUSE"
}
is_ours() {
	cmp "/proc/$1/exe" "$PAUSE"
}

# images NUMBER COMMAND...: ctr images COMMAND on that node.
images() {
	in_node "$1" ctr --namespace k8s.io images "${@:2}"
}

# is_settled_store NUMBER: whether the CRI plugin of that node has taken notice of all images.
is_settled_store() {
	images "$1" ls | awk 'NR > 1 && $NF !~ /managed/ { bad = 1 } END { exit bad }'
}

# busybox_load IMAGE: gives the nodes this machine's busybox by that name.
busybox_load() {
	local work number

	work=$(mktemp -d)
	rootfs_make "$work/root" busybox
	busybox --list | xargs -I NAME ln -sf busybox "$work/root/usr/bin/NAME"
	printf '%s\n' 'FROM scratch' 'COPY . /' 'ENV PATH=/usr/bin' >"$work/Containerfile"
	buildah --log-level error --root "$work/store" --runroot "$work/run" --storage-driver vfs \
		build --quiet --file "$work/Containerfile" --tag "oci-archive:$work/busybox.oci.tar:$1" "$work/root"
	for number in "${NODES[@]}"; do
		in_node "$number" ctr --namespace k8s.io images import - <"$work/busybox.oci.tar"
	done
}
