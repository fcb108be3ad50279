# SPDX-License-Identifier: Apache-2.0
#
# pause and pause-init on real kernels of other processors, which QEMU emulates: Debian's own.

KERNELS = test/kernels
MACHINES = test/platforms/machines.bash
FETCHED = $(call once,FETCHED,$(CACHE)/kernels-$(call checksum,$(KERNELS)/fetch $(ARCHIVE_TOOL) $(MACHINES)))

.PHONY: need-kernels
need-kernels: | need-platforms
	@$(NEED) bash:bash bats:bats cpio:cpio procps:pgrep \
		$(ARCHIVE_KEYS) \
		$(shell sed -nE 's/.* (qemu-[a-z0-9-]+:[a-z0-9_-]+) .*/\1/p' $(MACHINES))

$(FETCHED)/%/kernel: | need-kernels
	@[ -n "$(DEBIAN_MIRROR)" ] || { echo "$(NO_MIRROR)" >&2; exit 1; }
	@$(KERNELS)/fetch $* $(DEBIAN_MIRROR) $(@D)

# Wants a library that is not in the sysroot.
NOT_ON_KERNELS = test/programs/exec_under_filter.c

# What the tests run beside pause, for that platform. Without warnings of lld, which
# has one for a relocation in Debian's libc for mips64el.
build/linux-%/test: test/programs/*.c $(KERNELS)/kernels.mk | $(FETCHED)/%/kernel
	@mkdir -p $@
	@for source in $(filter-out $(NOT_ON_KERNELS),$(filter %.c,$^)); do \
		$(PLATFORM_CC) -fuse-ld=lld-19 $(filter --target=%,$(call platform_flags,$*)) -Wl,--no-warnings \
			--sysroot=$(FETCHED)/$*/sysroot -static -Os -pthread $(WARNINGS) $$source \
			-o $@/$$(basename $$source .c) || exit 1; \
	done
	@touch $@

.PHONY: $(PLATFORMS:%=test-kernel/%)
$(PLATFORMS:%=test-kernel/%): test-kernel/%: build/linux-%/pause build/linux-%/pause-init build/linux-%/test | $(FETCHED)/%/kernel
	@$(KERNELS)/boot $* $(FETCHED)/$* $(TAGS)

test-kernel/%: platform/% ;

# What stands around them.
.PHONY: test-kernel-failures
test-kernel-failures: build/linux-arm64/pause build/linux-arm64/pause-init build/linux-arm64/test | $(FETCHED)/loong64/kernel
	@FETCHED=$(FETCHED) bats $(KERNELS)

# By the alphabet backwards, as s390x and riscv64 take longest.
TEST_KERNELS = $(shell printf 'test-kernel/%s\n' $(PLATFORMS) | sort -r) test-kernel-failures

.PHONY: test-kernels
test-kernels: need-kernels ## the tests that ask for a kernel, on Debian's own of each platform, under QEMU; test-kernel/ARCH: one
	@if [ -z "$(DEBIAN_MIRROR)" ]; then \
		echo "ok 1 kernels # skip $(NO_MIRROR)"; \
	else \
		$(MAKE) --no-print-directory -k -j "$$(nproc)" --output-sync=target $(TEST_KERNELS); \
	fi

.PHONY: docs-platforms
docs-platforms: ## the table in docs/platforms.md, from what `make test` and `make test-kernels` saw
	@$(KERNELS)/table docs/platforms.md
