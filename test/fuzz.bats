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

@test "a read past the last option" {
	finds 'ERROR: AddressSanitizer: global-buffer-overflow' "s,\*option != '\\\\0'; option,; option,"
}

@test "a name that is cut too late" {
	finds 'expected on descriptor' 's,length < sizeof line / 2,length < sizeof line,'
}

@test "an option that counts for more than it says" {
	finds 'expected on descriptor' 's,strcmp(option + 1\, argument) == 0,strncmp(option + 1\, argument\, strlen(option + 1)) == 0,'
}

@test "a control byte that is let through" {
	finds 'expected on descriptor' "s,< ' ',< '\\\\t',"
}

@test "pause as it is: none" {
	unset MAKEFLAGS MAKELEVEL MFLAGS
	run -0 make -s fuzz SECONDS=1
	[[ $output =~ ^[1-9][0-9]*\ lists\ of\ arguments,\ none\ answered\ wrongly$ ]]
}
