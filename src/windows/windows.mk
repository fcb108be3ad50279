# SPDX-License-Identifier: Apache-2.0
#
# pause for Windows, by the compiler and the linker of the other platforms.

WINDOWS_PLATFORMS = amd64 arm64
WINDOWS_SOURCES = src/windows/pause.c src/windows/load_config.c

WINDOWS_TARGET_amd64 = --target=x86_64-w64-windows-gnu
WINDOWS_TARGET_arm64 = --target=aarch64-w64-windows-gnu
# How lld-link names the processor.
WINDOWS_MACHINE_amd64 = x64
WINDOWS_MACHINE_arm64 = arm64
# That it may have a shadow stack stands in a section of its own, unless told otherwise.
WINDOWS_LINK_amd64 = -Wl,-Xlink=-cetcompat -Wl,-Xlink=-merge:.buildid=.rdata

# Of mingw-w64 only the headers, and nothing of a C runtime.
WINDOWS_INCLUDE = -std=c11 -ffreestanding -nostdlibinc -isystem /usr/share/mingw-w64/include
WINDOWS_CODE = -Oz -fno-stack-protector -fno-unwind-tables -fno-asynchronous-unwind-tables \
	-nostdlib -fuse-ld=lld-19 -s -Wl,--entry=start -Wl,--subsystem,console -Wl,--build-id=none \
	-Wl,--no-insert-timestamp -Wl,--fatal-warnings
# Control Flow Guard, without the table for setjmp(3) that there is no use for.
WINDOWS_GUARD = -mguard=cf -Wl,--guard-cf -Wl,--no-guard-longjmp

.PHONY: windows
windows: $(WINDOWS_PLATFORMS:%=build/windows-%/pause.exe) ## pause for Windows nodes, as build/windows-ARCH/pause.exe

# What calls DLLs, of which a .def names those functions that are called, and no other.
WINDOWS_IMPORTS = lld-link-19 /lib /machine:$(WINDOWS_MACHINE_$*) /def:$< /out:$@
WINDOWS_LINKED = $(PLATFORM_CC) $(WINDOWS_TARGET_$*) $(WINDOWS_INCLUDE) $(WARNINGS) $(WINDOWS_CODE)

build/windows-%/kernel32.lib: src/windows/kernel32.def src/windows/windows.mk | need-windows
	@mkdir -p $(@D)
	$(WINDOWS_IMPORTS)

build/windows-%/pause.exe: $(WINDOWS_SOURCES) build/windows-%/kernel32.lib Makefile src/windows/windows.mk \
	build/version | need-windows
	$(WINDOWS_LINKED) $(WINDOWS_GUARD) $(WINDOWS_LINK_$*) "-DVERSION=\"$$VERSION\"" $(filter %.c %.lib,$^) -o $@

.PRECIOUS: build/windows-%/kernel32.lib

.PHONY: need-windows
need-windows:
	@$(NEED) clang-19:clang-19 lld-19:lld-link-19 mingw-w64-common:/usr/share/mingw-w64/include/windows.h
