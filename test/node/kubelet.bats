#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The image as the sandbox image of today's containerd and kubelet, both services of systemd, on
# control groups of version 2 and with AppArmor. There is one static pod, which each test finds
# running: a start takes the emulated processor half a minute.

load ../helpers
load ../engines/engines
load node

setup_file() {
	export STATE=/var/lib/today
	export CONTAINERD_ADDRESS=/run/today/containerd.sock

	node_configure "$PAUSE_IMAGE"
	service containerd --property=Type=notify --property=TimeoutStartSec=infinity --property=Delegate=yes --property=KillMode=process \
		containerd --config "$STATE/containerd.toml"
	ctr --namespace k8s.io images import build/pause.oci.tar
	ctr --namespace k8s.io images import build/test/services.oci.tar
	service kubelet "${KUBELET[@]}"
	shares_pids true
}

# service NAME [PROPERTY...] COMMAND...: COMMAND as the service today-NAME.
service() {
	systemd-run --quiet --unit="today-$1" --setenv=PATH="$PATH" "${@:2}" ||
		{ journalctl --quiet --no-pager --lines=20 --unit="today-$1" && false; }
}

teardown_file() {
	rm -f "$STATE/manifests/a-pod.yaml"
	systemctl stop today-kubelet
	crictl rmp --all --force >&2
	systemctl stop today-containerd
}

setup() {
	wait_until runs 2
	WAS=$(what_it_is)
}

teardown() {
	if [ -z "$BATS_TEST_COMPLETED" ]; then
		crictl pods
		crictl ps --all
		journalctl --quiet --no-pager --lines=20 --unit=today-kubelet
	fi
}

# shares_pids BOOLEAN: makes the pod, or makes it anew: a-pod, with the two services, whose
# shareProcessNamespace is BOOLEAN. AppArmor confines redis, and not nginx.
shares_pids() {
	static_pod <<-END
		apiVersion: v1
		kind: Pod
		metadata: { name: a-pod }
		spec:
		  hostname: a-pod
		  shareProcessNamespace: $1
		  terminationGracePeriodSeconds: 5
		  containers:
		  - { name: redis, image: "localhost/redis:test", imagePullPolicy: Never }
		  - name: nginx
		    image: localhost/nginx:test
		    imagePullPolicy: Never
		    securityContext: { appArmorProfile: { type: Unconfined } }
	END
}

# runs_anew: whether it does so in another sandbox than that of WAS.
runs_anew() {
	runs 2 && [[ $WAS != "$SANDBOX"* ]]
}

# what_it_is: the pod's sandbox and containers.
what_it_is() {
	echo "$SANDBOX"
	crictl ps --quiet --pod "$SANDBOX" | sort
}

container() {
	crictl ps --quiet --pod "$SANDBOX" --name "^$1\$"
}

container_exec() {
	crictl exec --sync "$(container "$1")" "${@:2}"
}

container_pid() {
	crictl inspect "$(container "$1")" | jq .info.pid
}

@test "kubelet: a pod with shared PIDs, in groups of systemd and under seccomp; 200 orphans, no zombie" {
	local group

	is_a_pod a-pod
	[ "$(first_process nginx)" = /pause ]
	is_hardened
	group=$(cgroup "$PID")
	[[ $group == /kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod*.slice/cri-containerd-"$SANDBOX".scope ]]
	[ "$(systemctl show --property=ActiveState --value "${group##*/}")" = active ]
	orphans_are_reaped
}

@test "kubelet: containerd confines containers by AppArmor, and not pause, so a confined one's kill 1 is refused" {
	[ "$(confinement "$PID")" = unconfined ]
	[ "$(confinement "$(container_pid redis)")" = 'cri-containerd.apparmor.d (enforce)' ]
	[ "$(confinement "$(container_pid nginx)")" = unconfined ]
	run container_exec redis bash -c 'kill 1'
	[[ $output == *'kill: (1) - Permission denied'* ]]
	waits "$PID"
	[ "$(what_it_is)" = "$WAS" ]
}

@test "kubelet: a container whose resources the CRI updates, and new daemons, leave the sandbox as it is" {
	local group

	group=/sys/fs/cgroup$(cgroup "$(container_pid nginx)")
	[ "$(cat "$group/cpu.max")" = 'max 100000' ]
	crictl update --cpu-period 100000 --cpu-quota 30000 "$(container nginx)"
	[ "$(cat "$group/cpu.max")" = '30000 100000' ]
	systemctl restart today-containerd
	systemctl restart today-kubelet
	wait_until kubelet_has_looked
	waits "$PID"
	[ "$(what_it_is)" = "$WAS" ]
	is_a_pod a-pod
}

# kubelet_has_looked: whether the kubelet that runs knows that both containers do.
kubelet_has_looked() {
	{
		exec 4<>/dev/tcp/127.0.0.1/10255 && printf 'GET /pods HTTP/1.0\r\n\r\n' >&4 && sed '1,/^\r$/d' <&4 |
			jq --exit-status '[.items[].status.containerStatuses[]?.ready] == [true, true]'
	} 2>/dev/null
}

@test "kubelet: an unconfined container's kill 1 restarts the pod" {
	container_exec nginx bash -c 'kill 1 >/dev/null 2>&1 &' || true
	wait_until has_ended "$PID"
	wait_until runs_anew
	is_a_pod a-pod
}

@test "kubelet: with the guard it does not" {
	ctr --namespace k8s.io images tag --force "$PAUSE_IMAGE-guard" "$PAUSE_IMAGE"
	crictl stopp "$SANDBOX"
	wait_until runs_anew
	WAS=$(what_it_is)
	[ "$(first_process nginx)" = '/pause --guard' ]
	container_exec nginx bash -c 'kill 1; kill -s INT 1'
	is_a_pod a-pod
	waits "$PID"
	[ "$(what_it_is)" = "$WAS" ]
}

@test "kubelet: without shared PIDs pause is alone in its namespace, and its end is the pod's" {
	local slice

	shares_pids false
	wait_until runs_anew
	is_a_pod a-pod
	[[ $(first_process nginx) == 'nginx: master process'* ]]
	[[ $(status_of "$PID" NSpid) == *$'\t1' ]]
	[ "$(pgrep --ns "$PID" --nslist pid --count .)" -eq 1 ]
	slice=/sys/fs/cgroup$(cgroup "$PID")
	slice=${slice%/*}
	[ -d "$slice" ]
	rm "$STATE/manifests/a-pod.yaml"
	wait_until has_ended "$PID"
	wait_until [ ! -e "$slice" ]
}
