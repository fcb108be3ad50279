#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

load ../helpers

@test "as PID 1 it is silent" {
	as_init "$PAUSE"
	says "$OUT"
	says "$ERR"
	stop_pause TERM
	says "$OUT"
	says "$ERR" "$TERMINATED"
}

@test "as PID 1 it holds the namespaces of its pod" {
	as_init "$PAUSE"
	in_pod hostname in-the-pod
	[ "$(in_pod hostname)" = in-the-pod ]
	[ "$(hostname)" != in-the-pod ]
	stop_pause TERM
}

@test "when it ends, the kernel ends the rest of the pod" {
	as_init "$PAUSE"
	in_pod sleep 1000 &
	joined=$!
	wait_until pod_join_pid $joined
	stop_pause TERM
	ends 137 $joined
}

@test "as another PID it warns once and carries on" {
	elsewhere "$PAUSE"
	says "$ERR" "$NOT_FIRST"
	stop_pause TERM
	says "$OUT"
	says "$ERR" "$NOT_FIRST" "$TERMINATED"
}
