# SPDX-License-Identifier: Apache-2.0
#
# The program for Windows that the tests run beside pause.exe, in Wine.

build/test/windows-%/kernel32.lib: test/windows/kernel32.def src/windows/windows.mk | need-windows
	@mkdir -p $(@D)
	$(WINDOWS_IMPORTS)

build/test/windows-%/console_events.exe: test/windows/console_events.c build/test/windows-%/kernel32.lib
	$(WINDOWS_LINKED) $^ -o $@

.PRECIOUS: build/test/windows-%/kernel32.lib

# Those of a machine that Debian has a 64-bit Wine for.
WINDOWS_HERE = $(filter $(WINDOWS_PLATFORMS),$(shell dpkg --print-architecture 2>/dev/null))
WINDOWS_TEST_PROGRAMS = $(WINDOWS_HERE:%=build/test/windows-%/console_events.exe)

.PHONY: need-wine
need-wine:
	@$(NEED) llvm-19:llvm-readobj-19 $(if $(WINDOWS_HERE),wine64:/usr/lib/wine/wine64)
