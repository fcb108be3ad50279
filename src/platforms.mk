# SPDX-License-Identifier: Apache-2.0
#
# pause for every processor that has a file in src/freestanding/arch, whatever
# this machine's is: by one compiler and one linker that know them all. Each
# file says what platform it is for, by its OCI name, and with what flags:
#
#      * Platform: NAME --target=TRIPLE [FLAG...]
#      *     [FLAG...]

PLATFORM_CC = clang-19
PLATFORMS = $(sort $(shell sed -n 's,^ \* Platform: \([^ ]*\) .*,\1,p' src/freestanding/arch/*.h))

# platform_flags NAME: what the file of that platform says, and -DARCH_H for it.
platform_file = $(shell grep -l '^ \* Platform: $(1) ' src/freestanding/arch/*.h)
platform_flags = $(shell sed -n '/^ \* Platform: /,/^ \*\/$$/ { s,^ \* Platform: [^ ]*,,; s,^ \*/*,,; p; }' \
	$(call platform_file,$(1))) '-DARCH_H="arch/$(notdir $(call platform_file,$(1)))"'

.PHONY: platforms
platforms: $(PLATFORMS:%=build/linux-%/pause) ## the program for every platform, as build/linux-ARCH/pause; platform/ARCH: one

.PHONY: $(PLATFORMS:%=platform/%)
$(PLATFORMS:%=platform/%): platform/%: build/linux-%/pause

platform/%:
	@echo "no platform $*; there are: $(PLATFORMS)" >&2; exit 1

build/linux-%/pause: build/linux-%/pause.elf tools/strip-section-headers
	tools/strip-section-headers $< $@

build/linux-%/pause.elf: src/pause.c $(FREESTANDING_FILES) Makefile src/platforms.mk build/version | need-platforms
	@mkdir -p $(@D)
	$(PLATFORM_CC) -fuse-ld=lld-19 $(FREESTANDING_INCLUDE) -Oz \
		$(WARNINGS) $(FREESTANDING_CODE) -static $(FREESTANDING_LINK) -Wl,-pie \
		$(call platform_flags,$*) "-DVERSION=\"$$VERSION\"" src/pause.c -o $@

.PRECIOUS: build/linux-%/pause.elf

.PHONY: need-platforms
need-platforms:
	@$(NEED) clang-19:clang-19 lld-19:ld.lld-19 binutils:readelf mawk:awk
