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
	OUT=$BATS_TEST_TMPDIR/out ERR=$BATS_TEST_TMPDIR/err JOB=''
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

# stub_ctr CONDITION: a ctr(8) that waits for ever when its arguments match CONDITION.
stub_ctr() {
	cat >"$NODE/bin/ctr" <<-STUB
		#!/bin/bash
		[[ " \$* " == $1 ]] && touch "$NODE/waits" && exec sleep infinity
		exec "$(type -P ctr)" "\$@"
	STUB
	chmod +x "$NODE/bin/ctr"
	rm -f "$NODE/waits"
}

# no_restarts: from here on, a restart of containerd takes no time and does nothing.
no_restarts() {
	mkdir "$BATS_TEST_TMPDIR/bin"
	ln -s "$(type -P true)" "$BATS_TEST_TMPDIR/bin/systemctl"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
}

# at_step N SIGNAL ARGUMENT...: pause-node, to which and to what it has started SIGNAL is sent
# before its Nth command that changes something. Status 1 if it has fewer of them.
at_step() {
	local command steps=$BATS_TEST_TMPDIR/steps

	mkdir -p "$steps"
	echo 0 >"$steps/count"
	cat >"$steps/step" <<-STUB
		#!/bin/bash
		count=\$((\$(<"$steps/count") + 1))
		echo \$count >"$steps/count"
		[ \$count -ne $1 ] || kill -s $2 0
		PATH=\${PATH#*:} exec "\${0##*/}" "\$@"
	STUB
	chmod +x "$steps/step"
	for command in ctr ln mkdir mv rm rmdir; do
		ln -sf step "$steps/$command"
	done
	TMPDIR=$BATS_TEST_TMPDIR PATH=$steps:$PATH run --separate-stderr "${LIMITED[@]}" \
		setsid --wait "$NODE/pause-node" "${@:3}" --engine containerd 3>&-
	[ "$(<"$steps/count")" -ge "$1" ]
}

@test "status says what is used, whether it is there, and whether it is pinned" {
	status_is registry.example/old/pause:1 no no
	node 0 install --engine containerd
	status_is "$IMAGE" yes "$PINNED"
	ctr -n k8s.io images label "$IMAGE" io.cri-containerd.pinned=
	status_is "$IMAGE" yes no
	echo 'sandbox = ' >>$CONFIG
	node 1 status --engine containerd
	says_on_stderr 'pause-node: containerd does not answer: *'
}

@test "install --restart: the pods are pause's; remove --restart: all is as before, to the byte" {
	node 0 install --engine containerd --restart
	cri RuntimeService/RunPodSandbox "$(jq -nc --argjson config "$(sandbox_config a-pod)" '{ config: $config }')" >/dev/null
	PID=$(pgrep -x pause)
	wait_until waits "$PID"
	cmp "/proc/$PID/exe" build/linux-amd64/pause
	remove_sandboxes
	node 0 remove --engine containerd --restart
	is_as_before ''
	[ "$output" = "containerd: $CONFIG is as it was; its sandbox image: registry.example/old/pause:1
containerd: restarted
containerd: pause is out" ] || { echo "$output" && false; }
}

@test "without --restart it says what is left to do, and the image stays until then" {
	node 0 install --engine containerd
	[[ $output == *'containerd: takes effect when containerd is restarted' ]]
	node 0 remove --engine containerd
	cmp $CONFIG "$NODE/config.toml"
	ctr -n k8s.io images ls -q | grep -qxF "$IMAGE"
	node 0 remove --engine containerd --restart
	is_as_before ''
}

@test "--dry-run shows the change as a diff, and makes none" {
	node 0 install --engine containerd --dry-run
	is_as_before ''
	patch -s -o "$BATS_TEST_TMPDIR/patched" $CONFIG <<<"$output"
	node 0 install --engine containerd
	cmp $CONFIG "$BATS_TEST_TMPDIR/patched"
	BEFORE=$(everything)
	node 0 remove --engine containerd --dry-run
	is_as_before ''
	patch -s -o "$BATS_TEST_TMPDIR/patched" $CONFIG <<<"$output"
	cmp "$BATS_TEST_TMPDIR/patched" "$NODE/config.toml"
}

@test "a second install and a second remove change nothing" {
	local once

	node 0 install --engine containerd
	once=$(everything)
	node 0 install --engine containerd
	diff <(echo "$once") <(everything)
	node 0 remove --engine containerd --restart
	node 0 remove --engine containerd --restart
	[ "$output" = 'containerd: nothing to remove' ]
	is_as_before ''
}

@test "one variant after the other, then back" {
	node 0 install --engine containerd
	node 0 install --engine containerd --variant guard
	status_is "$IMAGE-guard" yes "$PINNED"
	node 0 install --engine=containerd --variant=log
	[ "$(grep -c pause-node $CONFIG)" -eq 1 ]
	node 0 remove --engine containerd --restart
	is_as_before ''
}

@test "images that were there before are there afterwards, and pinned as they were" {
	ctr -n k8s.io images import build/pause.oci.tar
	ctr -n k8s.io images label "$IMAGE-log" io.cri-containerd.pinned=pinned
	ctr -n k8s.io images tag "$IMAGE" somebody.example/else:s
	BEFORE=$(everything)
	node 0 install --engine containerd
	node 0 install --engine containerd --variant guard
	node 0 install --engine containerd --variant log
	node 0 remove --engine containerd --restart
	is_as_before ''
}

@test "variants that the kubelet has collected are not missed" {
	node 0 install --engine containerd
	ctr -n k8s.io images rm "$IMAGE-guard" "$IMAGE-log"
	node 0 install --engine containerd
	[ "$output" = "containerd: $IMAGE already" ]
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

@test "an engine named twice is one" {
	node 0 install --engine containerd --engine containerd
	node 0 remove --engine containerd --engine containerd --restart
	is_as_before ''
}

@test "configurations of other forms: without a sandbox image, without its table, without a file" {
	local form

	for form in '/sandbox/d' '/sandbox\|pinned_images/d' '/\[plugins/,$d' "/\[plugins/s/\"/'/g" \
		's/^\( *sandbox.*\)/  \1 # ours/' 's/$/\r/' 's/^ *\(sandbox[a-z_]*\) =/"\1"=/' 's/^\[\(plugins.*\)\]/\t[ \1 ]\t# of "CRI"/' \
		's/^version =/\tversion\t=/' '$a [plugins."io.containerd.example.v1.a"]\nversion = 7'; do
		sed "$form" "$NODE/config.toml" >$CONFIG
		run ! cmp -s $CONFIG "$NODE/config.toml"
		BEFORE=$(everything)
		node 0 install --engine containerd
		status_is "$IMAGE" yes "$PINNED"
		node 0 remove --engine containerd --restart
		is_as_before ''
	done
	printf %s "$(cat "$NODE/config.toml")" >$CONFIG # its last line does not end
	BEFORE=$(everything)
	node 0 install --engine containerd
	node 0 remove --engine containerd
	cmp $CONFIG <(printf %s "$(cat "$NODE/config.toml")")
	rm $CONFIG
	node 0 install --engine containerd
	containerd config dump | grep -qF "\"$IMAGE\"" || containerd config dump | grep -qF "'$IMAGE'"
	node 0 remove --engine containerd
	[ ! -e $CONFIG ]
}

@test "a configuration of version 1: containerd 1 still reads it, and with 2 it is left alone" {
	printf 'root = "%s/root"\nstate = "%s/state"\n[plugins.cri]\nsandbox_image = "old/pause:1"\n' "$NODE" "$NODE" >$CONFIG
	BEFORE=$(everything)
	if is_version '2.*'; then
		node 1 install --engine containerd
		is_as_before "pause-node: containerd does not take the sandbox image from $CONFIG; *undone"
		return
	fi
	node 0 install --engine containerd
	containerd config dump | grep -qF "sandbox_image = \"$IMAGE\""
	node 0 remove --engine containerd
	diff <(echo "$BEFORE" | grep -v ^localhost | head -n 1) <(everything | head -n 1)
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
	cp -p "$NODE/config.toml" $CONFIG
	node 0 install --engine containerd
	chmod 600 $CONFIG
	node 0 remove --engine containerd
	cmp "$NODE/config.toml" $CONFIG
	[ "$(stat -c %a $CONFIG)" = 600 ]
}

@test "what somebody edits while the image is loaded stays" {
	cat >"$NODE/bin/ctr" <<-STUB
		#!/bin/sh
		case " \$* " in *" import "*) echo '# an edit' >>$CONFIG ;; esac
		exec "$(type -P ctr)" "\$@"
	STUB
	chmod +x "$NODE/bin/ctr"
	node 1 install --engine containerd
	rm "$NODE/bin/ctr"
	says_on_stderr "pause-node: $CONFIG has been edited meanwhile; try again*undone"
	diff <(sed '$a # an edit' "$NODE/config.toml") $CONFIG
}

@test "a configuration that containerd does not read is named and left alone" {
	echo 'sandbox_image = ' >>$CONFIG
	BEFORE=$(everything)
	node 1 install --engine containerd
	is_as_before 'pause-node: containerd cannot read its own configuration, which has been left alone: *'
}

@test "where the setting does not take, all is undone" {
	# A key in a form that pause-node does not know, and so twice: containerd reads none of it.
	if is_version '2.*'; then
		sed -i '/pinned_images/d; /sandbox = /d' $CONFIG
		printf '[plugins."io.containerd.cri.v1.images"]\npinned_images = { sandbox = "mine/pause:1" }\n' >>$CONFIG
	else
		sed -i '/sandbox_image/d; 1i plugins."io.containerd.grpc.v1.cri".sandbox_image = "mine/pause:1"' $CONFIG
	fi
	BEFORE=$(everything)
	node 1 install --engine containerd
	is_as_before '*pause-node: nothing is changed; what had been done is undone'
}

@test "where containerd would take more than the sandbox image, all is undone" {
	cat >"$NODE/bin/containerd" <<-STUB
		#!/bin/sh
		"$(type -P containerd)" "\$@" && [ "\$*" != 'config dump' ] || cksum <$CONFIG
	STUB
	chmod +x "$NODE/bin/containerd"
	node 1 install --engine containerd
	is_as_before '*pause-node: containerd would take more than the sandbox image from *undone'
}

@test "another drop-in that wins is found out, and all is undone" {
	sed -i '1i imports = ["/etc/containerd/conf.d/*.toml"]' $CONFIG
	mkdir /etc/containerd/conf.d
	sed -n '/^version/p; s,registry.example/old/,mine/,; /\[plugins/,/pause:1/p' "$NODE/config.toml" \
		>/etc/containerd/conf.d/zz-mine.toml
	BEFORE=$(everything)
	node 1 install --engine containerd
	is_as_before "pause-node: containerd does not take the sandbox image from *; with it, it has: mine/pause:1*undone"
}

@test "an engine of a version never seen is left alone" {
	cat >"$NODE/bin/containerd" <<-STUB
		#!/bin/sh
		echo "containerd example v9.0.0"
		[ "\$1" = --version ] || printf 'version = 9\nimports = []\n'
	STUB
	chmod +x "$NODE/bin/containerd"
	sed -i 's/^version = .*/version = 9/' $CONFIG
	BEFORE=$(everything)
	node 1 install --engine containerd
	is_as_before 'pause-node: containerd: a configuration of version 9 is not known here; it has been left alone'
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
		BEFORE=$(everything)
		node 1 install --engine containerd
		is_as_before '*pause-node: *undone'
		umount $full
		rmdir /var/lib/pause-node 2>/dev/null || true
	done
}

@test "an engine that does not answer is named" {
	"$NODE/bin/systemctl" stop containerd
	node 1 install --engine containerd
	"$NODE/bin/systemctl" start containerd
	is_as_before 'pause-node: containerd does not answer: *'
}

@test "SIGTERM in the middle: all is undone" {
	stub_ctr '*" label "*'
	"$NODE/pause-node" install --engine containerd >"$OUT" 2>"$ERR" 3>&- &
	JOB=$!
	wait_until test -e "$NODE/waits"
	kill -TERM $JOB
	rm "$NODE/bin/ctr"
	pkill -P "$(pgrep -P $JOB)" sleep || pkill -P $JOB sleep
	ends 1
	stderr=$(cat "$ERR") is_as_before '*undone'
}

# is_put_right_after COMMAND: whatever step of it is the last one before SIGKILL.
is_put_right_after() {
	local step

	no_restarts
	for ((step = 1; ; step++)); do
		[ "$1" = install ] || node 0 install --engine containerd
		at_step $step KILL "$1" || break
		node 0 remove --engine containerd --restart
		is_as_before '*'
	done
}

# bats test_tags=steps
@test "SIGKILL at any step of install: the next run puts it right" {
	is_put_right_after install
}

# bats test_tags=steps
@test "SIGKILL at any step of remove: the next run puts it right" {
	is_put_right_after remove
}

# bats test_tags=steps
@test "SIGTERM, or who reads the output ends, at any step of install: all is undone, or all is done" {
	local signal=TERM step

	no_restarts
	for ((step = 1; ; step++)); do
		at_step $step $signal install || break
		if [ "$status" -eq 0 ]; then
			node 0 remove --engine containerd --restart
		fi
		is_as_before '*'
		if [ $signal = TERM ]; then signal=PIPE; else signal=TERM; fi
	done
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

@test "two runs at once: the second one says so" {
	stub_ctr '*" label "*'
	setsid "$NODE/pause-node" install --engine containerd >"$OUT" 2>"$ERR" 3>&- &
	JOB=$!
	wait_until test -e "$NODE/waits"
	node 1 remove --engine containerd
	[ "$stderr" = 'pause-node: another pause-node is at work on this node' ]
	kill -KILL -- -$JOB
	ends 137
}

@test "it does not go back to an image that is gone meanwhile" {
	ctr -n k8s.io images import build/test/services.oci.tar
	sed -i 's,registry.example/old/pause:1,localhost/zombie_demo:test,' $CONFIG
	node 0 install --engine containerd
	ctr -n k8s.io images rm localhost/zombie_demo:test
	BEFORE=$(everything)
	node 1 remove --engine containerd
	is_as_before 'pause-node: containerd would go back to localhost/zombie_demo:test, which it had and has no more; pull or load that first'
}

@test "an archive that is missing, damaged or of something else" {
	local archive=$NODE/pause.oci.tar

	mv "$archive" "$NODE/kept"
	node 1 install --engine containerd
	is_as_before "pause-node: no archive: neither $archive nor *"
	head -c 3000 "$NODE/kept" >"$archive"
	node 1 install --engine containerd
	is_as_before '*pause-node: *'
	cp build/test/services.oci.tar "$archive"
	node 1 install --engine containerd
	is_as_before "*pause-node: not an archive of pause, or damaged: $archive"
	mv "$NODE/kept" "$archive"
}

@test "a configuration that is a symbolic link is left to who made it" {
	mv $CONFIG /etc/containerd/site.toml
	ln -s site.toml $CONFIG
	BEFORE=$(everything)
	node 1 install --engine containerd
	is_as_before "pause-node: $CONFIG is a symbolic link: who made it has to change it"
}
