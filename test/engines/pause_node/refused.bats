#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What pause-node refuses, each with one line that says what to do, and with the node as before.

load ../../helpers
load node

setup_file() {
	node_setup_file
	node_start || return 0
	export WHOLE=$NODE/pause.oci.tar.whole
	cp build/pause.oci.tar "$WHOLE"
	BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR official "$NAME"
}

teardown_file() {
	node_end
}

setup() {
	can_run
	OUT=$BATS_TEST_TMPDIR/out ERR=$BATS_TEST_TMPDIR/err
	cp "$WHOLE" "$NODE/pause.oci.tar"
	BEFORE=$(everything)
}

# refused STATUS PATTERN ARGUMENT...: it is, with that as the first line of stderr.
refused() {
	node "$1" "${@:3}"
	[ -z "$output" ]
	# shellcheck disable=SC2053
	[[ ${stderr_lines[0]} == $2 ]] || { echo "$stderr" && false; }
	[ "$1" -eq 2 ] || [ "${#stderr_lines[@]}" -eq 1 ] || { echo "$stderr" && false; }
	is_as_before
}

@test "wrong arguments: status 2, and the usage with two examples" {
	local wrong

	for wrong in '' start 'install now' 'install --variant tini' 'install --variant' 'install --digest 1' 'check --json' \
		'status --socket x' 'remove --name x' 'install --socket' 'check --socket=x' 'install --dry-run=no' \
		'install --variant=guard' 'install --name=x y'; do
		# shellcheck disable=SC2086 # words
		refused 2 'pause-node: *' $wrong
		[ "${stderr_lines[1]}" = 'usage: pause-node status [--json]' ]
		[ "$(grep -A 9 '^examples: ' <<<"$stderr" | wc -l)" -eq 2 ]
	done
	node 0 --help
	[ "${lines[0]}" = 'usage: pause-node status [--json]' ]
}

@test "without root" {
	install -D node/pause-node /run/anybody/pause-node
	run -1 setpriv --reuid 65534 --clear-groups /run/anybody/pause-node install
	[ "$output" = 'pause-node: only root may ask an engine; run this as root' ]
	is_as_before
}

@test "an archive that is not there, cut off, changed, without a variant, or of something else" {
	local blob

	rm "$NODE/pause.oci.tar"
	refused 1 'pause-node: no archive: pause.oci.tar is neither beside this script nor *; put it there' install
	for size in 100 3000 30000 100000; do
		head -c $size "$WHOLE" >"$NODE/pause.oci.tar"
		refused 1 "pause-node: $NODE/pause.oci.tar is damaged, or no archive of pause; get it again*" install
	done
	# A blob has a byte more, and then is gone.
	mkdir "$BATS_TEST_TMPDIR/tree"
	tar -xf "$WHOLE" -C "$BATS_TEST_TMPDIR/tree"
	blob=$BATS_TEST_TMPDIR/tree/blobs/sha256/$(image/describe "$WHOLE" | awk '/-log linux/ { print substr($NF, 8); exit }')
	printf x >>"$blob"
	tar -cf "$NODE/pause.oci.tar" -C "$BATS_TEST_TMPDIR/tree" .
	refused 1 "pause-node: $NODE/pause.oci.tar is damaged, or no archive of pause; get it again*" install
	rm "$blob"
	tar -cf "$NODE/pause.oci.tar" -C "$BATS_TEST_TMPDIR/tree" .
	refused 1 "pause-node: $NODE/pause.oci.tar is damaged, or no archive of pause; get it again" install --variant log
	# What is said of the archive is true before an engine is asked for anything.
	kill -STOP "$CONTAINERD_PID"
	node 1 install
	kill -CONT "$CONTAINERD_PID"
	complained "pause-node: $NODE/pause.oci.tar is damaged, or no archive of pause; get it again"
	tar -cf "$NODE/pause.oci.tar" README.md
	refused 1 "pause-node: $NODE/pause.oci.tar is damaged, or no archive of pause; get it again*" install
}

@test "an archive with a symbolic link: what pause-node writes would end up in another file" {
	local victim=$BATS_TEST_TMPDIR/victim

	mkdir "$BATS_TEST_TMPDIR/tree"
	tar -xf "$WHOLE" -C "$BATS_TEST_TMPDIR/tree"
	touch "$victim"
	ln -sf "$victim" "$BATS_TEST_TMPDIR/tree/oci-layout"
	tar -cf "$NODE/pause.oci.tar" -C "$BATS_TEST_TMPDIR/tree" .
	refused 1 "pause-node: $NODE/pause.oci.tar is damaged, or no archive of pause; get it again" install
	[ ! -s "$victim" ]
}

@test "a folder in /run that cannot be written" {
	mkdir -p /run/pause-node
	mount -t tmpfs -o ro tmpfs /run/pause-node
	node 1 status
	umount /run/pause-node
	[ "$output$stderr" = 'pause-node: cannot write /run/pause-node' ]
}

@test "an engine that does not answer, and none" {
	kill -STOP "$CONTAINERD_PID"
	node 1 install
	[ "$stderr" = "pause-node: containerd: it does not answer at $CRI_SOCKET within 3 seconds; start it, or see its log" ]
	node 1 status
	kill -CONT "$CONTAINERD_PID"
	is_as_before
	daemon_end "$CONTAINERD_PID"
	node 1 install --socket "$CRI_SOCKET"
	[ "$stderr" = "pause-node: no engine that asks for a sandbox image runs at $CRI_SOCKET; start it, or name another one with --socket" ]
	node 1 remove --socket "$CRI_SOCKET"
	[ "$stderr" = "pause-node: no engine that asks for a sandbox image runs at $CRI_SOCKET; start it, or name another one with --socket" ]
	node_start_daemon
	is_as_before
}

@test "a Podman that fails: remove says so, and puts back what containerd has" {
	printf '[storage]\ndriver = "none"\n' >"$BATS_TEST_TMPDIR/storage.conf"
	node 0 install
	CONTAINERS_STORAGE_CONF=$BATS_TEST_TMPDIR/storage.conf node 0 remove
	printed "*containerd: $NAME holds official"
	complained 'pause-node: podman: it fails: *'
	is_as_before
}

@test "a name with a digest, and a configuration that the engine itself cannot read" {
	refused 1 "pause-node: containerd: it asks for $NAME@sha256:0; pause can have no name with a digest or with __; have it ask for another" \
		install --name "$NAME@sha256:0"
	# Not even this is for echo(1) to interpret.
	refused 1 'pause-node: containerd: it asks for a\\c"b; pause can have no name with a digest or with __; have it ask for another' \
		install --name 'a\c"b'
	cp "$NODE/containerd.toml" "$NODE/before.toml"
	echo '[' >>"$NODE/containerd.toml"
	refused 1 "pause-node: containerd: its configuration cannot be read: *" install
	cp "$NODE/before.toml" "$NODE/containerd.toml"
}

@test "a configuration that is newer than the process: a warning; a name that the newest sandbox has not: another" {
	touch -d '1 hour' "$NODE/containerd.toml"
	node 0 install --dry-run
	[ "$stderr" = "pause-node: containerd: $NODE/containerd.toml is newer than the process; restart it, or it may ask for another name than $NAME" ]
	touch -d '1 hour ago' "$NODE/containerd.toml"
	pod
	sed -i "s,sandbox.* = .*,," "$NODE/containerd.toml"
	grep -q 'pinned_images' "$NODE/containerd.toml" && sed -i 's,.*pinned_images.*,&\nsandbox = "registry.example/new:1",' "$NODE/containerd.toml" ||
		sed -i 's,^\[plugins."io.containerd.grpc.v1.cri"\],&\nsandbox_image = "registry.example/new:1",' "$NODE/containerd.toml"
	touch -d '1 hour ago' "$NODE/containerd.toml"
	node 0 install --dry-run
	[ "$stderr" = "pause-node: containerd: its newest sandbox is of $NAME, though its configuration says registry.example/new:1" ]
	remove_sandboxes
}

@test "a runtime without a sandboxer, as for kubeadm's SystemdCgroup, uses the image" {
	local plugin=io.containerd.cri.v1.runtime

	grep -q 'version = 2' "$NODE/containerd.toml" && plugin=io.containerd.grpc.v1.cri
	cp "$NODE/containerd.toml" "$NODE/before.toml"
	printf '[plugins."%s".containerd.runtimes.runc]\nruntime_type = "io.containerd.runc.v2"\n' $plugin >>"$NODE/containerd.toml"
	touch -d '1 hour ago' "$NODE/containerd.toml"
	node 0 install --dry-run
	cp "$NODE/before.toml" "$NODE/containerd.toml"
}

# bats test_tags=containerd2
@test "a sandboxer that uses no image" {
	printf '[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]\nsandboxer = "shim"\n' >>"$NODE/containerd.toml"
	touch -d '1 hour ago' "$NODE/containerd.toml"
	refused 1 "pause-node: containerd: the sandboxer of runc uses no image; there is nothing to replace" install
}
