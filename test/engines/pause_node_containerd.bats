#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# pause-node on a node with a real containerd.

load ../helpers
load engines
load node

CONFIG=/etc/containerd/config.toml

setup_file() {
	node_setup_file
	mkdir -p /etc/containerd
	containerd_configure "$NODE" registry.example/old/pause:1 $CONFIG
	cp -p $CONFIG "$NODE/config.toml"
	PATH=$NODE/bin:$PATH # before $CONTAINERD
	"$NODE/bin/systemctl" start containerd || cannot "$(tail -n 1 "$NODE/log")" || return 0
}

teardown_file() {
	CONTAINERD_PID=$(cat "$NODE/containerd.pid")
	containerd_end "$NODE"
}

setup() {
	can_run
	OUT=$BATS_TEST_TMPDIR/out ERR=$BATS_TEST_TMPDIR/err
	rm -rf /etc/containerd /var/lib/pause-node "$NODE/restart-fails" "${NODE:?}"/bin/c*
	mkdir /etc/containerd
	cp -p "$NODE/config.toml" $CONFIG
	ctr -n k8s.io images ls -q | xargs -r ctr -n k8s.io images rm >/dev/null
	BEFORE=$(everything)
	PINNED=yes
	! is_version '1.6.*' || PINNED=by-label
}

# everything: what pause-node may change, and has to put back.
everything() {
	snapshot /etc/containerd
	ctr -n k8s.io images ls
}

# is_as_before: after a failure, which is on stderr as the pattern LINE.
is_as_before() {
	diff <(echo "$BEFORE") <(everything)
	says_on_stderr "$1"
}

# is_version PATTERN
is_version() {
	# shellcheck disable=SC2053
	[[ $(containerd --version) == *" "$1* ]]
}

# status_is IMAGE PRESENT PINNED
status_is() {
	node 0 status --engine containerd
	[ "$(awk 'NR == 2 { print $3, $4, $5 }' <<<"$output")" = "$*" ] || { echo "$output" && false; }
}

# refuses PATTERN: install fails with that on stderr, and all is as before.
refuses() {
	BEFORE=$(everything)
	node 1 install --engine containerd
	is_as_before "$1"
}

# stub COMMAND: puts stdin, a shell script, before COMMAND. In it, REAL is the path of that.
stub() {
	rm -f "$NODE/bin/$1"
	{ printf '#!/bin/sh\nREAL=%s\n' "$(type -P "$1")" && cat; } >"$NODE/bin/$1"
	chmod +x "$NODE/bin/$1"
}

@test "install --restart: the pods are pause's; remove --restart: all is as before, to the byte" {
	status_is registry.example/old/pause:1 no no
	node 0 install --engine containerd --restart
	status_is "$IMAGE" yes "$PINNED"
	cri RuntimeService/RunPodSandbox "{ \"config\": $(sandbox_config a-pod) }"
	wait_until pgrep -x pause # which the runtime may not have become yet
	PID=$(pgrep -x pause)
	wait_until waits "$PID"
	cmp "/proc/$PID/exe" build/linux-amd64/pause
	remove_sandboxes
	node 0 remove --engine containerd --restart
	is_as_before ''
	[ "$output" = "containerd: $CONFIG is as it was; its sandbox image: registry.example/old/pause:1
containerd: restarted
containerd: pause is out" ] || { echo "$output" && false; }
	node 0 remove --engine containerd --restart
	[ "$output" = 'containerd: nothing to remove' ]
	is_as_before ''
}

@test "--dry-run shows the change as a diff, and makes none; without --restart the image stays until then" {
	local before=$BEFORE

	node 0 install --engine containerd --dry-run
	is_as_before ''
	patch -s -o "$BATS_TEST_TMPDIR/patched" $CONFIG <<<"$output"
	node 0 install --engine containerd
	[[ $output == *'containerd: takes effect when containerd is restarted' ]]
	cmp $CONFIG "$BATS_TEST_TMPDIR/patched"
	ctr -n k8s.io images label "$IMAGE" io.cri-containerd.pinned=
	status_is "$IMAGE" yes no
	BEFORE=$(everything)
	node 0 remove --engine containerd --dry-run
	is_as_before ''
	patch -s -o "$BATS_TEST_TMPDIR/patched" $CONFIG <<<"$output"
	cmp "$BATS_TEST_TMPDIR/patched" "$NODE/config.toml"
	node 0 remove --engine containerd
	cmp $CONFIG "$NODE/config.toml"
	ctr -n k8s.io images ls -q | grep -qxF "$IMAGE"
	node 0 remove --engine containerd --restart
	BEFORE=$before is_as_before ''
}

@test "a second install changes nothing, one variant takes another's place, and images of before stay as they were" {
	local once

	ctr -n k8s.io images import build/pause.oci.tar
	ctr -n k8s.io images label "$IMAGE-log" io.cri-containerd.pinned=pinned
	ctr -n k8s.io images tag "$IMAGE" somebody.example/else:s
	BEFORE=$(everything)
	node 0 install --engine containerd
	once=$(everything)
	node 0 install --engine containerd
	diff <(echo "$once") <(everything)
	node 0 install --engine containerd --variant guard
	status_is "$IMAGE-guard" yes "$PINNED"
	node 0 install --engine=containerd --variant=log
	[ "$(grep -c pause-node $CONFIG)" -eq 1 ]
	node 0 remove --engine containerd --restart
	is_as_before ''
}

@test "an image that others have set as the sandbox image stays" {
	node 0 install --engine containerd
	sed -i 's/ # pause-node.*//' $CONFIG
	node 0 remove --engine containerd --restart
	[[ $output == *"containerd: $IMAGE is left, as it still is its sandbox image, by what others have set" ]]
	status_is "$IMAGE" yes "$PINNED"
	cp -p "$NODE/config.toml" $CONFIG
	node 0 remove --engine containerd --restart
	[ -z "$(ctr -n k8s.io images ls -q)" ]
}

@test "configurations of other forms: without a sandbox image, without its table, without a file" {
	local form

	# The last one writes names, tables and the ends of lines as TOML allows it, too.
	for form in '/sandbox/d' '/\[plugins/,$d' \
		"s/^ *\(sandbox[a-z_]*\) =/\"\1\"=/; /\[plugins/s/\"/'/g; s/^\[\(plugins.*\)\]/\t[ \1 ]\t# of \"CRI\"/; s/\$/\r/"; do
		sed "$form" "$NODE/config.toml" >$CONFIG
		run ! cmp -s $CONFIG "$NODE/config.toml"
		BEFORE=$(everything)
		node 0 install --engine containerd
		status_is "$IMAGE" yes "$PINNED"
		node 0 remove --engine containerd --restart
		is_as_before ''
	done
	rm $CONFIG
	node 0 install --engine containerd
	containerd config dump | grep -qF "\"$IMAGE\"" || containerd config dump | grep -qF "'$IMAGE'"
	node 0 remove --engine containerd
	[ ! -e $CONFIG ]
}

@test "a folder of drop-ins gets a file of its own, but not where it would replace the rest" {
	local drop_in=/etc/containerd/conf.d/99-pause.toml version

	if is_version '1.*'; then
		sed -i '1i imports = ["/etc/containerd/conf.d/*.toml"]' $CONFIG
		BEFORE=$(everything)
		node 0 install --engine containerd
		[ ! -e $drop_in ]
		containerd config dump | grep -q 'restrict_oom_score_adj = true'
		node 0 remove --engine containerd --restart
		is_as_before ''
		return
	fi
	for version in 2 3; do
		{
			echo 'imports = ["/etc/containerd/conf.d/*.toml"]'
			if [ $version = 3 ]; then
				cat "$NODE/config.toml"
			else
				sed 's/^version.*/version = 2/; /\[plugins/,$d' "$NODE/config.toml"
				printf '[plugins."io.containerd.grpc.v1.cri"]\nrestrict_oom_score_adj = true\n'
			fi
		} >$CONFIG
		BEFORE=$(everything)
		node 0 install --engine containerd
		containerd config dump | grep -qF "sandbox = '$IMAGE'"
		containerd config dump | grep -q 'restrict_oom_score_adj = true'
		[ ! -e $CONFIG.before-pause-node ]
		node 0 remove --engine containerd --restart
		is_as_before ''
	done
	node 0 install --engine containerd
	echo '# mine' >>$drop_in
	BEFORE=$(everything)
	node 1 remove --engine containerd
	is_as_before "pause-node: $drop_in is not as pause-node wrote it; *"
	node 1 install --engine containerd
	is_as_before "pause-node: $drop_in is not as pause-node wrote it; *"
}

@test "what somebody edits after install stays when pause goes" {
	sed -i 's/^sandbox.*/    & # ours/' $CONFIG
	node 0 install --engine containerd
	sed -i '1a # an edit' $CONFIG
	node 0 remove --engine containerd --restart
	diff <(sed 's/^sandbox.*/    & # ours/; 1a # an edit' "$NODE/config.toml") $CONFIG
	[ "$(ls -A /etc/containerd)" = config.toml ]
}

@test "what somebody edits while the image is loaded stays" {
	stub ctr <<-STUB
		case " \$* " in *" import "*) echo '# an edit' >>$CONFIG ;; esac
		exec \$REAL "\$@"
	STUB
	node 1 install --engine containerd
	says_on_stderr "pause-node: $CONFIG has been edited meanwhile; try again*undone"
	diff <(sed '$a # an edit' "$NODE/config.toml") $CONFIG
}

@test "a containerd that does not answer, or does not read its configuration, is named and left alone" {
	"$NODE/bin/systemctl" stop containerd
	node 1 install --engine containerd
	"$NODE/bin/systemctl" start containerd
	is_as_before 'pause-node: containerd does not answer: *'
	echo 'sandbox_image = ' >>$CONFIG
	node 1 status --engine containerd
	says_on_stderr 'pause-node: containerd does not answer: *'
	refuses 'pause-node: containerd cannot read its own configuration, which has been left alone: *'
}

@test "where containerd would take more than the sandbox image, or nothing, all is undone" {
	stub containerd <<-STUB
		\$REAL "\$@" && [ "\$*" != 'config dump' ] || cksum <$CONFIG
	STUB
	refuses '*pause-node: containerd would take more than the sandbox image from *undone'
	stub containerd <<-STUB
		[ "\$*" != 'config dump' ] || ! grep -q pause-node $CONFIG || exit 1
		exec \$REAL "\$@"
	STUB
	refuses "pause-node: containerd does not accept $CONFIG*undone"
}

@test "where containerd does not restart, all is undone" {
	touch "$NODE/restart-fails"
	node 1 install --engine containerd --restart
	is_as_before '*pause-node: failed: restarting containerd*undone'
}

@test "a full disk: nothing is changed, nothing is lost" {
	for full in /etc/containerd /var/lib/pause-node; do
		mkdir -p $full
		mount -t tmpfs -o size=64k tmpfs $full
		[ $full != /etc/containerd ] || cp -p "$NODE/config.toml" $full
		dd if=/dev/zero of=$full/filler 2>/dev/null || true
		refuses '*pause-node: *undone'
		umount $full
		rmdir /var/lib/pause-node 2>/dev/null || true
	done
}

# at_step N SIGNAL COMMAND: pause-node, to which and to what it has started SIGNAL is sent
# before its Nth step: a command that changes something, other than its own temporary files.
# Status 1 if it has fewer of them.
at_step() {
	local command steps=$BATS_TEST_TMPDIR/steps

	mkdir -p "$steps/tmp"
	echo 0 >"$steps/count"
	cat >"$steps/step" <<-STUB
		#!/bin/bash
		case "\${0##*/} \$*" in
		ctr*" images ls"* | ctr*" version" | *"$steps/tmp/"*) ;;
		*)
			count=\$((\$(<"$steps/count") + 1))
			echo \$count >"$steps/count"
			[ \$count -ne $1 ] || kill -s $2 0
			;;
		esac
		PATH=\${PATH#*:} exec "\${0##*/}" "\$@"
	STUB
	chmod +x "$steps/step"
	for command in ctr ln mkdir mv rm rmdir; do
		ln -sf step "$steps/$command"
	done
	TMPDIR=$steps/tmp PATH=$steps:$PATH run --separate-stderr "${LIMITED[@]}" \
		setsid --wait "$NODE/pause-node" "$3" --engine containerd 3>&-
	[ "$(<"$steps/count")" -ge "$1" ]
}

# no_restarts: from here on, a restart of containerd takes no time and does nothing.
no_restarts() {
	mkdir "$BATS_TEST_TMPDIR/bin"
	ln -s "$(type -P true)" "$BATS_TEST_TMPDIR/bin/systemctl"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
}

# bats test_tags=steps
@test "SIGKILL at any step of install or remove: the next run puts it right" {
	local command step

	no_restarts
	for command in install remove; do
		for ((step = 1; ; step++)); do
			[ $command = install ] || node 0 install --engine containerd
			at_step $step KILL $command || break
			node 0 remove --engine containerd --restart
			is_as_before '*'
		done
		node 0 remove --engine containerd --restart
		((step > 8))
	done
}

# bats test_tags=steps
@test "SIGTERM, or who reads the output ends, at any step of install: all is undone, or all is done" {
	local signal=TERM step

	no_restarts
	for ((step = 1; ; step++)); do
		at_step $step $signal install || break
		[ "$status" -ne 0 ] || node 0 remove --engine containerd --restart
		is_as_before '*'
		if [ $signal = TERM ]; then signal=PIPE; else signal=TERM; fi
	done
	((step > 8))
}

@test "a run that was killed when its file made containerd read nothing: the next one goes back" {
	node 0 install --engine containerd
	cp -p $CONFIG.before-pause-node $CONFIG.undo
	echo 'sandbox = ' >>$CONFIG
	node 0 remove --engine containerd --restart
	says_on_stderr "pause-node: an earlier run was interrupted; $CONFIG is again what it was"
	cmp $CONFIG "$NODE/config.toml"
	[ "$(ls -A /etc/containerd)" = config.toml ]
}

@test "while another one is at work, it says so" {
	exec 8>/run/pause-node.lock
	flock 8
	node 1 remove --engine containerd
	exec 8>&-
	is_as_before 'pause-node: another pause-node is at work on this node'
}

@test "it does not go back to an image that is gone meanwhile" {
	local old=localhost/zombie_demo:test

	ctr -n k8s.io images import build/test/services.oci.tar
	sed -i "s,registry.example/old/pause:1,$old," $CONFIG
	node 0 install --engine containerd
	ctr -n k8s.io images rm $old
	BEFORE=$(everything)
	node 1 remove --engine containerd
	is_as_before "pause-node: containerd would go back to $old, which it had and has no more; pull or load that first"
}

@test "an archive that is missing, damaged or of something else" {
	local archive=$NODE/pause.oci.tar

	mv "$archive" "$NODE/kept"
	refuses "pause-node: no archive: neither $archive nor *"
	head -c 3000 "$NODE/kept" >"$archive"
	refuses '*pause-node: *'
	cp build/test/services.oci.tar "$archive"
	refuses "*pause-node: not an archive of pause, or damaged: $archive"
	mv "$NODE/kept" "$archive"
}

@test "a configuration that is a symbolic link is left to who made it" {
	mv $CONFIG /etc/containerd/site.toml
	ln -s site.toml $CONFIG
	refuses "pause-node: $CONFIG is a symbolic link: who made it has to change it"
}
