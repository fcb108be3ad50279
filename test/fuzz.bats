#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The fuzzing of arguments: that it finds wrong answers and wrong accesses.

load helpers

# finds WRONG SED: make fuzz fails, by its line WRONG, for a pause.c changed by SED.
finds() {
	unset VERSION MAKEFLAGS MAKELEVEL MFLAGS
	wrong_tree "$2"
	run ! make -s -C "$TREE" fuzz SECONDS=100
	grep -aqF "$1" <<<"$output"
}

@test "a name that is cut too late, an option that counts for more than it says, a control character" {
	finds 'expected on descriptor' 's,length < sizeof line / 2,length < sizeof line,'
	finds 'expected on descriptor' 's/!strcmp(argv\[i\], "--guard")/!strncmp(argv[i], "--guard", 7)/'
	finds 'expected on descriptor' 's/if (byte == 0xc2 .*/if (0)/'
}

@test "pause as it is: none" {
	unset MAKEFLAGS MAKELEVEL MFLAGS
	run -0 make -s fuzz SECONDS=1
	[[ $output =~ ^[1-9][0-9]*\ lists\ of\ arguments,\ none\ answered\ wrongly$ ]]
}
