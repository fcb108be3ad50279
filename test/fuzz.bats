#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The fuzzing of arguments: that it finds wrong answers and wrong accesses.

load helpers

# finds WRONG SED [FILE]: make fuzz fails, by its line WRONG, for pause.c, or FILE, changed by SED.
finds() {
	unset VERSION MAKEFLAGS MAKELEVEL MFLAGS
	wrong_tree "$2" ${3:+"$3"}
	run ! make -s -C "$TREE" fuzz SECONDS=100 FUZZERS=${3:+init_}arguments
	grep -aqF "$1" <<<"$output"
}

@test "a name that is cut too late, an option that counts for more than it says, a control character" {
	finds 'expected on descriptor' 's,length < sizeof line / 2,length < sizeof line,'
	finds 'expected on descriptor' 's/!strcmp(argv\[i\], "--guard")/!strncmp(argv[i], "--guard", 7)/'
	finds 'expected on descriptor' 's/if (byte == 0xc2 .*/if (0)/'
}

@test "pause-init: a number too large, a folder that is passed over, a signal for the command alone, a text too long" {
	finds 'expected on descriptor' 's/number - 1 < 31 && number_of/number < 33 \&\& number_of/' src/init.c
	finds 'expected on descriptor' 's/ && errno != ENOTDIR)/)/' src/init.c
	finds 'expected on descriptor' "s/^		init.options |= BIT('g');/		;/" src/init.c
	finds 'heap-buffer-overflow' 's/^				else if (value == NULL \&\& (value = .*/				else if (value == NULL \&\& (value = *arguments + strlen(*arguments) + 1) == NULL)/' src/init.c
}

@test "pause and pause-init as they are: none" {
	unset MAKEFLAGS MAKELEVEL MFLAGS
	run -0 make -s fuzz SECONDS=1
	[ "${#lines[@]}" -eq 2 ]
	[[ ${lines[0]} =~ ^arguments:\ [1-9][0-9]*\ lists,\ none\ answered\ wrongly$ ]]
	[[ ${lines[1]} =~ ^init_arguments:\ [1-9][0-9]*\ lists,\ none\ answered\ wrongly$ ]]
}
