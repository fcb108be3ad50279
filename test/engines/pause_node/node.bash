# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # what tests use, and what bats sets
#
# A node for node/pause-node: a containerd of the tests' own, started with the files and the
# programs that a test gives it, and no network. To be sourced after helpers.

# shellcheck source=test/engines/engines.bash
. test/engines/engines.bash
# shellcheck source=test/engines/cri.bash
. test/engines/cri.bash

OFFICIAL=build/bench/peers/official-glibc
OURS=build/linux-$(dpkg --print-architecture)/pause

# node_setup_file: makes $NODE, with pause-node and the archive. Sets IMAGE and TAG, its name and
# version.
node_setup_file() {
	export NODE=$BATS_FILE_TMPDIR/node TAG IMAGE=pause.invalid/pause
	TAG=$(cat build/version)
	mkdir -p "$NODE"
	cp node/pause-node build/pause.oci.tar "$NODE"
	podman_configure "$NODE"
}

# node_start [SANDBOX_IMAGE]: starts containerd, or $DAEMON, which asks for that image, or for
# what it does by default. Sets NAME to that.
node_start() {
	containerd_configure "$NODE" "${1-}" "$NODE/containerd.toml"
	node_start_daemon
}

node_start_daemon() {
	"${DAEMON[@]-containerd}" --config "$NODE/containerd.toml" >>"$NODE/log" 2>&1 3>&- &
	export CONTAINERD_PID=$! NAME
	echo "$CONTAINERD_PID" >"$NODE/pid"
	daemon_wait "$CONTAINERD_PID" "$NODE/log" cri RuntimeService/Version '{}' || return
	NAME=$(containerd --config "$NODE/containerd.toml" config dump 2>/dev/null |
		sed -n "s/^ *sandbox\(_image\)\{0,1\} = [\"']\(.*\)[\"']\$/\2/p")
}

# node_end: ends what node_start started last, which may have been in another test.
node_end() {
	[ ! -e "$NODE/pid" ] || CONTAINERD_PID=$(<"$NODE/pid")
	rm -f "$NODE/pid"
	[ -z "${CONTAINERD_PID-}" ] || containerd_end "$NODE"
}

# without_podman, with_podman: pause-node finds no podman(1), or does again. It would ask podman, too,
# which takes as long as all the rest.
without_podman() {
	! type -P podman >/dev/null || mount --bind /dev/null "$(type -P podman)"
}
with_podman() {
	local podman

	podman=$(awk '$2 ~ "/podman$" { print $2 }' /proc/self/mounts)
	[ -z "$podman" ] || umount "$podman"
}

# node STATUS ARGUMENT...: pause-node has that exit status; $output and $stderr are what it wrote.
node() {
	run --separate-stderr "${LIMITED[@]}" "$NODE/pause-node" "${@:2}" 3>&-
	[ "$status" -eq "$1" ] || { printf '%s\n' "exit status $status, not $1" "$output" "$stderr" && false; }
}

# printed PATTERN, complained PATTERN: that is what pause-node wrote to stdout, or stderr.
printed() {
	# shellcheck disable=SC2053 # a pattern
	[[ $output == $1 ]] || { printf '%s\n' "$output" "$stderr" && false; }
}

complained() {
	# shellcheck disable=SC2053
	[[ $stderr == $1 ]] || { printf '%s\n' "$output" "$stderr" && false; }
}

images() { ctr -n k8s.io images "$@"; }
# held NAME: the digest that NAME has in the list of images on stdin.
held() { awk -v name="$1" '$1 == name { print $3 }'; }

# official NAME: has NAME hold the official image, as if it had been pulled.
official() {
	local layout=$BATS_TEST_TMPDIR/official

	rm -rf "$layout"
	mkdir "$layout"
	tar -xf build/bench/images/official-glibc.oci.tar -C "$layout"
	jq -c --arg name "$1" '.manifests |= [.[0] | .annotations = { "io.containerd.image.name": $name }]' \
		"$layout/index.json" >"$layout/index.json.new"
	mv "$layout/index.json.new" "$layout/index.json"
	tar -cf - -C "$layout" . | images import - >/dev/null
	wait_until settled
}

# settled: whether the CRI plugin has taken notice of all images.
settled() {
	images ls | awk 'NR > 1 { if ($NF !~ /managed/) bad = 1; if ($1 ~ /^sha256:/) id[$3]; else name[$3] }
		END { for (n in name) if (!(n in id)) bad = 1; exit bad }'
}

# everything: what pause-node may change, and has to put back; and what it may not touch.
everything() {
	images ls
	ctr namespaces ls
	# Where test/isolated keeps what is written below /etc and /opt.
	find /run/over/etc /run/over/opt ! -type d -printf '%p %i %m %u %g %t %s\n' 2>/dev/null | sort
}

# is_as_before: all of it is.
is_as_before() {
	wait_until same_as_before || diff <(echo "$BEFORE") <(everything)
}
same_as_before() { [ "$(everything)" = "$BEFORE" ]; }

# pod: starts a pod. Prints its ID.
pod() {
	local answer

	answer=$(cri RuntimeService/RunPodSandbox "{ \"config\": $(sandbox_config "pod-$RANDOM$RANDOM") }") &&
		jq -r .pod_sandbox_id <<<"$answer"
}

# runs PROGRAM [WORD]: the sandbox of a new pod does, with that word on its command line. Sets PID.
runs() {
	SANDBOX=$(pod)
	PID=$(sandbox_pid)
	wait_until cmp -s "/proc/$PID/exe" "$1"
	[ -z "${2-}" ] || grep -qzxF -e "$2" "/proc/$PID/cmdline"
}

# own_daemon: has node_start start a copy of containerd, with its programs, in $NODE/bin.
own_daemon() {
	PATH=${CONTAINERD:+$CONTAINERD:}$PATH
	mkdir -p "$NODE/bin"
	cp "$(type -P containerd)" "$(type -P ctr)" "$(type -P containerd-shim-runc-v2)" "$NODE/bin"
	DAEMON=("$NODE/bin/containerd")
}
