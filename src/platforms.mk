# SPDX-License-Identifier: Apache-2.0
#
# The table of platforms, and the program for each of them, built on any machine by one
# compiler and one linker.

# PLATFORM_name, by its OCI name: the file in src/freestanding/arch, then clang's flags:
#   -Os            -Oz divides by ten with a function of a libc
#   -mno-red-zone  clang then loads a constant in 3 bytes (push, pop) instead of 10
#   the rest       position-independent code of mips64le would need a table of addresses
PLATFORM_386 = i686 --target=i686-linux-gnu
PLATFORM_amd64 = x86_64 --target=x86_64-linux-gnu -mno-red-zone
PLATFORM_arm-v7 = arm --target=armv7-linux-gnueabihf -Os
PLATFORM_arm64 = aarch64 --target=aarch64-linux-gnu
PLATFORM_loong64 = loongarch64 --target=loongarch64-linux-gnu -march=loongarch64
PLATFORM_mips64le = mips64el --target=mips64el-linux-gnuabi64 -fno-pic -mno-abicalls -G0 \
	-Xclang -target-feature -Xclang +sym32 -Wl,--no-pie -Wl,--defsym=base=0x10000
PLATFORM_ppc64le = powerpc64le --target=powerpc64le-linux-gnu
PLATFORM_riscv64 = riscv64 --target=riscv64-linux-gnu
PLATFORM_s390x = s390x --target=s390x-linux-gnu

# NATIVE_file: flags for this machine's compiler. gcc for Arm divides by ten with a function of
# a libc unless it optimizes for speed.
NATIVE_arm = -O2
NATIVE_x86_64 = -mno-red-zone

PLATFORM_CC = clang-19
PLATFORMS = $(sort $(patsubst PLATFORM_%,%,$(filter-out PLATFORM_CC,$(filter PLATFORM_%,$(.VARIABLES)))))

# The file and the flags of a platform. By default, clang loads the addresses of a loop's strings
# before the loop, which takes more bytes.
platform_file = $(firstword $(PLATFORM_$(1)))
platform_flags = $(wordlist 2,99,$(PLATFORM_$(1))) -mllvm --disable-machine-licm \
	'-DARCH_H="arch/$(platform_file).h"'

# The platform of this machine's compiler. Scripts ask by make -s this-platform, platform-flags/NAME.
THIS_PLATFORM = $(strip $(foreach platform,$(PLATFORMS),$(if $(filter $(ARCH),$(call platform_file,$(platform))),$(platform))))

.PHONY: this-platform
this-platform:
	@echo $(THIS_PLATFORM)

platform-flags/%:
	@echo "$(PLATFORM_$*)"

.PHONY: platforms
platforms: $(PLATFORMS:%=build/linux-%/pause) $(PLATFORMS:%=build/linux-%/pause-init) ## the programs for every platform, as build/linux-ARCH/pause and pause-init; platform/ARCH: one

.PHONY: $(PLATFORMS:%=platform/%)
$(PLATFORMS:%=platform/%): platform/%: build/linux-%/pause build/linux-%/pause-init

platform/%:
	@echo "no platform $*; there are: $(PLATFORMS)" >&2; exit 1

define compile_program
	@mkdir -p $(@D)
	$(PLATFORM_CC) -fuse-ld=lld-19 $(FREESTANDING_INCLUDE) -Oz \
		$(WARNINGS) $(FREESTANDING_CODE) -static $(FREESTANDING_LINK) -Wl,-pie \
		$(call platform_flags,$*) "-DVERSION=\"$$VERSION\"" $< -o $@
endef
PROGRAM_NEEDS = $(FREESTANDING_FILES) Makefile src/platforms.mk build/version

build/linux-%/pause.elf: src/pause.c $(PROGRAM_NEEDS) | need-platforms
	$(compile_program)
build/linux-%/pause-init.elf: src/init.c src/pause.c $(PROGRAM_NEEDS) | need-platforms
	$(compile_program)

build/linux-%/pause: build/linux-%/pause.elf tools/strip-section-headers
	tools/strip-section-headers $< $@
build/linux-%/pause-init: build/linux-%/pause-init.elf tools/strip-section-headers
	tools/strip-section-headers $< $@

.PRECIOUS: build/linux-%/pause.elf build/linux-%/pause-init.elf

.PHONY: need-platforms
need-platforms:
	@$(NEED) clang-19:clang-19 lld-19:ld.lld-19 binutils:readelf mawk:awk
