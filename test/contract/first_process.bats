#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What it writes when it starts: nothing as PID 1, a warning as another.

load ../helpers

@test "as PID 1 it is silent" {
	as_init "$PAUSE"
	says "$OUT"
	says "$ERR"
	stop_pause TERM
	says "$OUT"
	says "$ERR" "$TERMINATED"
}

@test "as another PID it warns once and carries on" {
	elsewhere "$PAUSE"
	says "$ERR" "$NOT_FIRST"
	stop_pause TERM
	says "$OUT"
	says "$ERR" "$NOT_FIRST" "$TERMINATED"
}
