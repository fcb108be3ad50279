#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# nginx, redis, and a container in which zombie_demo leaves an orphan behind, under a kubelet. The
# process that adopts the orphan decides whether a zombie stays.

load ../helpers
load kubelet

setup() {
	node_start "$BATS_TEST_TMPDIR" || skip "$CANNOT"
}

teardown() {
	node_end
}

# shows LINE...: whether ps shows these processes in zombie_demo's container, without their PIDs.
shows() {
	[ "$(processes_of demo | awk '{ $1 = ""; print substr($0, 2) }')" = "$(printf '%s\n' "$@")" ]
}

# orphan_has_ended POD: whether zombie_demo's child has said so.
orphan_has_ended() {
	grep -q 'Child process (PID=[0-9]*) exit' "$NODE/logs/default_$1-node_"*/demo/0.log
}

@test "nginx, redis and zombie_demo, with shareProcessNamespace and without" {
	pod_add experiment without '/shareProcessNamespace/d'
	pod_add experiment
	pod_runs without
	wait_until orphan_has_ended without
	wait_until shows '0 Ss sleep infinity' '1 Z [zombie_demo] <defunct>'
	is_a_pod a-pod

	pod_runs experiment
	wait_until orphan_has_ended experiment
	wait_until shows '0 Ss /pause' '0 Ss nginx: master process nginx -e stderr -c /etc/nginx.conf' \
		"$(processes_of nginx | awk '/nginx: master/ { print $1 }') S nginx: worker process" \
		'0 Ssl redis-server *:6379' '0 Ss sleep infinity'
	is_a_pod a-pod

	pod_look without
	shows '0 Ss sleep infinity' '1 Z [zombie_demo] <defunct>'
	saw 'with: PID 1 is `/pause`, and ps shows the services and no zombie. Without: PID 1 is the container'"'"'s `sleep`, and ps goes on to show `[zombie_demo] <defunct>`'
}
