#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The image as the infra image of Podman's pods, for root or an ordinary user.

load ../helpers
load engines

setup_file() {
	PAUSE_IMAGE=pause.invalid/pause:$(cat build/version)
	export PAUSE_IMAGE
	podman_configure "$BATS_FILE_TMPDIR"
	# What kube play makes its pods with, as it stands in docs/engines.md.
	PAUSE_IMAGE=$PAUSE_IMAGE-guard documented '^infra_image = ' >"$BATS_FILE_TMPDIR/documented.conf"
	toml_merged "$BATS_FILE_TMPDIR/documented.conf" "$CONTAINERS_CONF" >"$BATS_FILE_TMPDIR/merged.conf"
	mv "$BATS_FILE_TMPDIR/merged.conf" "$CONTAINERS_CONF"
	podman info >"$BATS_FILE_TMPDIR/log" 2>&1 || cannot "$(tail -n 1 "$BATS_FILE_TMPDIR/log")" || return 0
	podman_load build/test/services.oci.tar
	runs_containers podman || return 0
	podman_load build/pause.oci.tar
}

teardown_file() {
	podman_end "$BATS_FILE_TMPDIR"
}

teardown() {
	[ -z "${CANNOT-}" ] || return 0
	podman pod rm -af >/dev/null
}

container_exec() {
	podman exec "$@"
}

# infra_of POD: sets INFRA to its infra container, and PID to that of pause.
infra_of() {
	INFRA=$(podman pod inspect -f '{{.InfraContainerID}}' "$1")
	PID=$(podman inspect -f '{{.State.Pid}}' "$INFRA")
	wait_until waits "$PID"
}

pause_log() {
	podman logs "$INFRA"
}

# infra_ends STATUS: pause ends by itself, with that exit status.
infra_ends() {
	wait_until has_ended "$PID"
	[ "$(podman wait "$INFRA")" -eq "$1" ]
}

@test "a pod: its port is a service's, its orphans are reaped and logged, and pause ends with it" {
	podman pod create --name a-pod --hostname a-pod --share pid,net,ipc,uts --publish 127.0.0.1:18081:8080 \
		--infra-image "$PAUSE_IMAGE-log"
	podman run -d --pod a-pod --name nginx localhost/nginx:test
	podman run -d --pod a-pod --name redis localhost/redis:test
	infra_of a-pod
	is_a_pod a-pod
	is_published 18081
	[ "$(first_process nginx)" = '/pause --log-reaped' ]
	[ "$(status_of "$PID" Seccomp)" = 2 ]
	log_is
	make_orphan nginx
	[ "$(container_exec redis ps -o ppid= -p "$ORPHAN" | tr -d ' ')" -eq 1 ]
	end_orphan redis
	no_zombie redis
	log_is "waitpid return, pid is: $ORPHAN, signal: 15"
	podman pod stop a-pod
	infra_ends 0
	log_is "waitpid return, pid is: $ORPHAN, signal: 15" "$TERMINATED"
}

@test "kube play, with the guard as the infra image of containers.conf: kill 1 is refused, kube down is not" {
	local killer

	cat >"$BATS_TEST_TMPDIR/pod.yaml" <<-END
		apiVersion: v1
		kind: Pod
		metadata:
		  name: kube
		spec:
		  shareProcessNamespace: true
		  containers:
		  - name: nginx
		    image: localhost/nginx:test
		  - name: redis
		    image: localhost/redis:test
	END
	podman kube play "$BATS_TEST_TMPDIR/pod.yaml"
	infra_of kube
	container_exec() { podman exec "kube-$1" "${@:2}"; }
	is_a_pod kube
	runs_ours
	[ "$(first_process nginx)" = '/pause --guard' ]
	killer=$(container_exec nginx bash -c 'echo $$; kill 1')
	wait_until log_has "Refused signal: Terminated, from PID: $killer"
	is_a_pod kube
	podman kube down "$BATS_TEST_TMPDIR/pod.yaml"
	has_ended "$PID"
	[ -z "$(podman ps -aq)$(podman pod ls -q)" ]
}

@test "without infra_image, PID 1 of a pod is catatonit: of an image, or, since version 5.5, of none" {
	local images=0

	sed '/^infra_image/d' "$CONTAINERS_CONF" >"$BATS_TEST_TMPDIR/containers.conf"
	export CONTAINERS_CONF=$BATS_TEST_TMPDIR/containers.conf
	podman pod create --name a-pod --share pid,net,ipc,uts
	run -0 --separate-stderr podman run --rm --pod a-pod localhost/redis:test ps -p 1 -o args=
	[ "$output" = '/catatonit -P' ]
	dpkg --compare-versions "$(podman version -f '{{.Version}}')" ge 5.5 || images=1
	podman images --format '{{.Repository}}' >"$OUT"
	[ "$(grep -cxF localhost/podman-pause "$OUT")" -eq $images ]
}

# bats test_tags=root
@test "an engine that is root without CAP_SYS_PTRACE, as Podman in a container, joins the pod" {
	[ "$(id -u)" -eq 0 ] || skip "needs root: an ordinary user's Podman has its capabilities in a user namespace"
	run -0 capsh --drop=cap_sys_ptrace -- -c "
		podman pod create --name a-pod --share pid,net,ipc,uts --infra-image $PAUSE_IMAGE &&
		podman run --rm --pod a-pod localhost/redis:test ps -p 1 -o args="
	[ "${lines[-1]}" = /pause ]
}

# in_place_of_catatonit: has Podman find pause-init where it looks for catatonit.
in_place_of_catatonit() {
	local folder=$BATS_TEST_TMPDIR/helpers

	mkdir "$folder"
	cp "$PAUSE_INIT" "$folder/catatonit"
	sed "s,^\[engine\],&\nhelper_binaries_dir = [\"$folder\"\, \"/usr/libexec/podman\"\, \"/usr/lib/podman\"]\ninit_path = \"$folder/catatonit\"," \
		"$CONTAINERS_CONF" >"$BATS_TEST_TMPDIR/containers.conf"
	export CONTAINERS_CONF=$BATS_TEST_TMPDIR/containers.conf
}

# infra_image_forget: removes the image that Podman has made of catatonit, so that it makes another one.
infra_image_forget() {
	podman images --format '{{.Repository}}:{{.Tag}}' | grep '^localhost/podman-pause:' | xargs -r podman rmi
}

@test "podman run --init: pause-init in the place of catatonit reaps, forwards SIGTERM, and ends as the command" {
	in_place_of_catatonit
	podman run -d --init --name init localhost/nginx:test sleep infinity
	init_reaps_and_ends podman init
	podman rm init
	run -7 podman run --rm --init localhost/nginx:test bash -c 'exit 7'
}

@test "pods without infra_image run pause-init in the place of catatonit" {
	in_place_of_catatonit
	sed -i '/^infra_image/d' "$CONTAINERS_CONF"
	infra_image_forget
	podman pod create --name a-pod --hostname a-pod --share pid,net,ipc,uts
	podman run -d --pod a-pod --name nginx localhost/nginx:test
	INFRA=$(podman pod inspect -f '{{.InfraContainerID}}' a-pod)
	PID=$(podman inspect -f '{{.State.Pid}}' "$INFRA")
	cmp "/proc/$PID/exe" "$PAUSE_INIT"
	[ "$(first_process nginx)" = '/catatonit -P' ]
	make_orphan nginx
	end_orphan nginx
	podman pod stop a-pod
	infra_ends 0
	podman pod rm a-pod
	infra_image_forget
}

# bats test_tags=user
@test "a user's pause process, which keeps the namespaces, is pause-init in the place of catatonit" {
	PID=$(find "$BATS_FILE_TMPDIR/tmp" -name pause.pid -exec cat {} +)
	cmp "/proc/$PID/exe" "$PAUSE_INIT"
	[ "$(tr '\0' ' ' <"/proc/$PID/cmdline")" = 'catatonit -P ' ]
	is_in_state "$PID" S
	# The next command starts another one.
	podman system migrate
	wait_until has_ended "$PID"
	podman ps
	cmp "/proc/$(find "$BATS_FILE_TMPDIR/tmp" -name pause.pid -exec cat {} +)/exe" "$PAUSE_INIT"
}
