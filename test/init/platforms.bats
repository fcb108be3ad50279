#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# build/linux-*/pause-init, emulated unless this machine is of that platform. qemu-user knows no subreaper.

load ../helpers

# shellcheck source=test/platforms/machines.bash
. test/platforms/machines.bash

@test "on each platform it starts a command, forwards a signal, and ends as the command" {
	for init in build/linux-*/pause-init; do
		platform=${init%/*}
		echo "${platform#build/linux-}"
		machine_of "${platform#build/linux-}"
		processor=${EMULATOR#*:qemu-system-}
		command=("${LIMITED[@]}")
		[ "$processor" = "$(uname -m)" ] || command+=("qemu-$processor-static")
		run -3 --separate-stderr "${command[@]}" "$init" sh -c 'echo runs; exit 3'
		[ "$output" = runs ]
		# The numbers of other signals differ.
		# shellcheck disable=SC2016 # the inner shell expands it
		run -143 "${command[@]}" "$init" sh -c 'kill -s TERM $PPID; exec sleep 60'
		run -0 "${command[@]}" "$init" -w -e 137 sh -c 'kill -s KILL $$'
		run -127 --separate-stderr "${command[@]}" "$init" no-such-command
		[[ $stderr == *"Error: not found: 'no-such-command'" ]]
	done
}
