#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# pause-node on a node with containerd: what install, check and remove do, and each drift.

load ../../helpers
load node

setup_file() {
	node_setup_file
	without_podman
	node_start
}

teardown_file() {
	node_end
	with_podman
}

setup() {
	can_run
	OUT=$BATS_TEST_TMPDIR/out ERR=$BATS_TEST_TMPDIR/err
	images ls -q | xargs -r ctr -n k8s.io images rm --sync >/dev/null
	official "$NAME"
	BEFORE=$(everything)
}

teardown() {
	[ -z "${CANNOT-}" ] || return 0
	remove_sandboxes
	ctr namespaces label k8s.io pause-node.invalid/variant=
}

# row FIELD: of the status of containerd.
row() {
	node 0 status --json
	jq -er "select(.engine == \"containerd\").$1" <<<"$output"
}

@test "install, a pod, check, install again, remove: pods run on pause, then the store is as before" {
	local once

	[ "$(row holds)" = official ]
	[ "$(row name)" = "$NAME" ]
	runs "$OFFICIAL"
	node 0 install
	printed "*containerd: $NAME is pause $TAG, sha256:*"
	runs "$OURS"
	[ "$(tr '\0' ' ' <"/proc/$PID/cmdline")" = '/pause ' ]
	node 0 check
	printed ''
	[ "$(row holds)" = "pause $TAG" ]
	[ "$(row 'sandboxes["pause '"$TAG"'"]')" = 1 ]
	[ "$(row sandboxes.official)" = 1 ]
	once=$(everything)
	node 0 install
	printed "containerd: $NAME is pause $TAG already"
	[ "$(everything)" = "$once" ]
	node 0 remove
	printed "*containerd: $NAME holds official*"
	is_as_before
	is_alive
	runs "$OFFICIAL"
	node 0 remove
	is_as_before
}

is_alive() { waits "$PID"; }

# bats test_tags=ends
@test "a variant: the next sandbox has it, and it stays until another one is asked for" {
	node 0 install --variant guard
	runs "$OURS" --guard
	node 0 install
	printed "*is pause $TAG-guard already"
	node 0 install --variant log
	runs "$OURS" --log-reaped
	[ "$(row holds)" = "pause $TAG log" ]
	[ "$(images ls -q | grep "^pause-node.invalid/" | grep -vc /pause__init/)" -eq 2 ]
	node 0 status
	printed "*1 pause $TAG guard,1 pause $TAG log*Tools that list images or pods show NAME, whatever it holds."
	run ! grep '.\{81\}' <<<"$output"
	node 0 check --prometheus
	diff - <(echo "$output") <<-END
		# TYPE pause_node_drifts gauge
		pause_node_drifts{engine="containerd",name="$NAME"} 0
		# TYPE pause_node_sandboxes gauge
		pause_node_sandboxes{engine="containerd",name="$NAME",program="pause $TAG guard"} 1
		pause_node_sandboxes{engine="containerd",name="$NAME",program="pause $TAG log"} 1
	END
	node 0 install --variant plain
	runs "$OURS"
	node 0 install
	printed "*is pause $TAG already"
	node 0 remove
	is_as_before
}

# bats test_tags=ends
@test "labels with spaces are put back" {
	images label "$NAME" note='two words' other=none
	BEFORE=$(everything)
	node 0 install
	node 0 remove
	is_as_before
}

@test "status: pinned is what the runtime says, by crictl; unknown without it" {
	local pinned=true

	[ -n "${CRI_TOOLS-}" ] || skip "no crictl: CRI_TOOLS is to be its folder"
	[[ $(cri RuntimeService/Version '{}' | jq -r .runtime_version) != *1.6.* ]] || pinned=false # knows no pins
	[ "$(row pinned)" = unknown ]
	node 0 install
	wait_until is_reported $pinned
}

is_reported() { [ "$(PATH=$PATH:$CRI_TOOLS row pinned)" = "$1" ]; }

# bats test_tags=ends
@test "where the name held nothing, it holds nothing again" {
	images rm --sync "$(images ls -q | grep '^sha256:')" "$NAME"
	BEFORE=$(everything)
	run ! pod # no network
	node 1 check
	printed "containerd: $NAME holds nothing: pause is not installed"
	node 0 install
	runs "$OURS"
	node 0 check
	node 0 remove
	printed "*containerd: $NAME holds nothing*"
	is_as_before
}

@test "the name is never gone in between, not for a moment: a node without a network could start no pod" {
	ctr -n k8s.io events >"$OUT" 2>"$ERR" 3>&- &
	JOB=$!
	# It has taken notice of an event.
	wait_until heard_of "$NAME"
	node 0 install
	node 0 install --variant guard
	node 0 remove
	kill $JOB
	wait $JOB || true
	[ "$(grep -c "/images/update .*\"$NAME\"" "$OUT")" -gt 3 ]
	run ! grep "/images/delete .*\"$NAME\"" "$OUT"
}

heard_of() {
	images label "$1" heard=yes && images label "$1" heard=
	grep -q "\"$1\"" "$OUT"
} >/dev/null

# bats test_tags=ends
@test "--dry-run changes nothing; DIGEST is that of the index" {
	node 0 install --dry-run
	printed "*containerd: would have $NAME, which holds official, hold pause $TAG, sha256:*"
	is_as_before
	node 1 install --digest "sha256:$(printf '%064d' 0)"
	complained "pause-node: $TAG in $NODE/pause.oci.tar is sha256:*, and not sha256:0*"
	is_as_before
	node 0 install --digest "$(image_digest "$IMAGE:$TAG")"
	node 0 remove --dry-run
	printed "*containerd: would have $NAME hold what it held before*"
	node 0 check
}

@test "drift: the image is gone, as after crictl rmi; install repairs it, in the variant that it had" {
	node 0 install --variant guard
	cri ImageService/RemoveImage "{ \"image\": { \"image\": \"$NAME\" } }"
	node 1 check
	printed "containerd: $NAME holds nothing: all names of pause are gone, as after crictl rmi"
	node 0 install
	node 0 check
	runs "$OURS" --guard
	node 0 remove
	is_as_before
}

@test "drift: the image and that of before are gone; then remove leaves the name with nothing" {
	node 0 install
	images ls -q | xargs ctr -n k8s.io images rm --sync
	node 1 check
	node 0 install
	node 0 check
	node 0 remove
	printed "*containerd: $NAME holds nothing*"
	[ -z "$(images ls -q)" ]
}

@test "drift: only that of before is gone; remove refuses until it is there again" {
	node 0 install
	images rm --sync "$(images ls -q | grep '^pause-node.invalid/.*/before$')"
	node 1 check
	printed "containerd: what $NAME held before is gone, and remove could not put it back; pull it (crictl pull $NAME)"
	node 1 remove
	complained "pause-node: containerd: what $NAME held before is gone*; then run this again"
	runs "$OURS"
	official "$NAME"
	node 0 remove
	# All but the pin, of which nobody knows any more whether it was there.
	wait_until no_name_of_ours
	[ "$(images ls | held "$NAME")" = "$(held "$NAME" <<<"$BEFORE")" ]
}

no_name_of_ours() { [ "$(images ls -q | wc -l)" -eq 2 ]; }

@test "drift: somebody tags another image; install takes the name again, and remove puts that one back" {
	node 0 install
	official docker.io/library/other:latest
	images tag --force docker.io/library/other:latest "$NAME"
	node 1 check
	printed "containerd: $NAME holds official: somebody has removed, pulled or tagged it"
	node 0 install
	runs "$OURS"
	node 0 check
	images rm "$NAME"
	node 1 check
	printed "containerd: $NAME holds nothing: somebody has removed, pulled or tagged it"
	node 0 install
	runs "$OURS"
	node 0 remove
	runs "$OFFICIAL"
	images rm --sync docker.io/library/other:latest
	wait_until no_name_of_ours
	[ "$(images ls | held "$NAME")" = "$(held "$NAME" <<<"$BEFORE")" ]
}

@test "drift: the pin is gone" {
	node 0 install
	images label "$NAME" io.cri-containerd.pinned=
	# From 1.7.3 on, containerd does that by itself.
	[[ $(cri RuntimeService/Version '{}' | jq -r .runtime_version) == *1.6.* ]] || { wait_until node 0 check && return; }
	node 1 check
	printed "containerd: $NAME is not pinned any more"
	node 0 install
	node 0 check
}

@test "drift: the engine asks for another name; install cleans the one of before up" {
	local first=$NAME

	node 0 install --variant guard
	daemon_end "$CONTAINERD_PID"
	node_start registry.example:5000/new/pause:9
	node 1 check
	printed "containerd: it asks for registry.example:5000/new/pause:9 now, and pause is $first"
	node 0 install
	runs "$OURS" --guard
	node 0 check
	[ "$(images ls | held "$first")" = "$(held "$first" <<<"$BEFORE")" ]
	[ "$(images ls -q | grep '^pause-node.invalid/' | cut -d / -f 1-4 | grep -v /pause__init/ | sort -u)" = \
		pause-node.invalid/registry.example__5000/new/pause__9 ]
	node 0 remove
	printed "*containerd: registry.example:5000/new/pause:9 holds nothing*"
	daemon_end "$CONTAINERD_PID"
	node_start
	is_as_before
}

# is_init: what $INIT holds is pause-init, pinned.
is_init() {
	images ls | grep "^$INIT .* $(image_digest "$IMAGE:$TAG-init") .*io.cri-containerd.pinned=pinned"
}

@test "pause.invalid/pause:init holds pause-init for pods: drifts are repaired, and what it held is put back" {
	INIT=pause.invalid/pause:init
	official "$INIT" # somebody's own
	BEFORE=$(everything)
	node 0 install
	printed "containerd: $INIT is pause $TAG-init, sha256:*
containerd: $NAME is pause $TAG, sha256:*"
	is_init
	images rm "$INIT"
	node 1 check
	printed "containerd: $INIT holds nothing: somebody has removed, pulled or tagged it"
	node 0 install
	is_init
	cri ImageService/RemoveImage "{ \"image\": { \"image\": \"$INIT\" } }"
	node 1 check
	printed "containerd: $INIT holds nothing: all names of pause are gone, as after crictl rmi"
	node 0 install
	is_init
	node 0 check
	runs "$OURS"
	node 0 remove
	is_as_before
}

# bats test_tags=ends
@test "by the tools of busybox, and by its shell" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	busybox --install -s "$BATS_TEST_TMPDIR/bin"
	ln -s "$(type -P flock)" "$BATS_TEST_TMPDIR/bin" # of which Debian's has none
	busybox_node() { run -0 env PATH="$BATS_TEST_TMPDIR/bin" sh "$NODE/pause-node" "$@" 3>&-; }
	busybox_node install --variant guard
	[ "${lines[-1]}" = "containerd: $NAME is pause $TAG-guard, $(image_digest "$IMAGE:$TAG-guard")" ]
	runs "$OURS" --guard
	busybox_node check
	[ -z "$output" ]
	busybox_node status
	[[ $output == *"RUNNING 1 pause $TAG guard"* ]]
	busybox_node remove
	is_as_before
}

# bats test_tags=ends
@test "as a DaemonSet runs it: a file that is not executable, of another mount namespace, with few capabilities" {
	local sh

	with_podman # to bash and busybox's shell, any file is a command
	install -D -m 644 -t "$BATS_TEST_TMPDIR/work" node/pause-node build/pause.oci.tar
	unshare --mount sleep infinity 3>&- &
	JOB=$!
	for sh in dash bash 'busybox sh'; do
		daemonset() {
			# shellcheck disable=SC2086 # words
			run -0 setpriv --inh-caps -all --bounding-set -all,+sys_admin,+sys_ptrace,+sys_chroot,+dac_override,+kill \
				nsenter -t $$ -m -- $sh "/proc/$JOB/root$BATS_TEST_TMPDIR/work/pause-node" "$@" 3>&-
		}
		daemonset install --variant guard
		[ "${lines[-1]}" = "containerd: $NAME is pause $TAG-guard, $(image_digest "$IMAGE:$TAG-guard")" ]
		daemonset check
		[ -z "$output" ]
		daemonset remove
		is_as_before
	done
	kill $JOB
	wait $JOB || true
}
