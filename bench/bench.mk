# SPDX-License-Identifier: Apache-2.0
#
# What pause is measured beside. Each peer is a target of its own, as bench/run carries
# on without those that cannot be had.

# The orphans are made by a static one, as the smaller an address space, the faster its fork.
MEASURING_TOOLS = $(patsubst %,build/bench/%,orphans ready sigterm startup)

$(MEASURING_TOOLS): build/bench/%: bench/%.c bench/first_process.c bench/first_process.h Makefile | need-cc
	@mkdir -p $(@D)
	$(CC) -Os $(if $(filter orphans,$*),-static) $(WARNINGS) $(filter %.c,$^) -o $@

.PHONY: count-startup
count-startup: build/bench/startup build/pause ## instructions and system calls from exec to the wait
	build/bench/startup build/pause

PEERS = build/bench/peers

# Laid out as ours, so that nothing but what it does makes the difference.
$(PEERS)/floor: bench/floor.S src/freestanding/pause.ld Makefile tools/strip-section-headers | need-cc
	@mkdir -p $(@D)
	$(CC) -static-pie $(FREESTANDING_LINK) $< -o $@.elf
	tools/strip-section-headers $@.elf $@
	@rm $@.elf

# What containerd's and Kubernetes' newest releases ask for: its source, and the Makefile that says
# by what flags it is built.
OFFICIAL = build/bench/official
official_says = $(shell sed -n 's/^$(1) ?*= //p' $(OFFICIAL)/Makefile)
# As its own Makefile has it, which would have git and Docker do it.
OFFICIAL_CFLAGS = $(filter-out -DVERSION=%,$(call official_says,CFLAGS)) -DVERSION=v$(call official_says,TAG)-HEAD

$(OFFICIAL)/pause.c: $(MODULES)/kubernetes/go.mod | need-go
	@mkdir -p $(@D)
	@source=$$(tools/go-source $(<D) k8s.io/kubernetes)/build/pause && \
		install -m 644 -t $(@D) $$source/Makefile $$source/linux/pause.c

$(PEERS)/official-glibc: $(OFFICIAL)/pause.c | need-cc
	@mkdir -p $(@D)
	gcc $(OFFICIAL_CFLAGS) $< -o $@
	strip $@

$(PEERS)/official-musl: $(OFFICIAL)/pause.c | need-cc
	@$(NEED) musl-tools:musl-gcc
	@mkdir -p $(@D)
	musl-gcc $(OFFICIAL_CFLAGS) $< -o $@
	strip $@

# tini is also linked dynamically; this is the one that starts in an image from scratch.
$(PEERS)/catatonit $(PEERS)/tini-static $(PEERS)/dumb-init: FORCE
	@$(NEED) $(patsubst tini-static,tini,$(@F)):$(@F)
	@mkdir -p $(@D)
	@cmp -s "$$(command -v $(@F))" $@ || cp "$$(command -v $(@F))" $@

# The image with another program in it, made by what makes ours: pause.invalid/pause:NAME. That program
# is in the place of pause-init, too.
build/bench/images/%.oci.tar: $(PEERS)/% image/archive image/annotations.bash | need-image
	@rm -rf build/bench/images/$*
	@mkdir -p build/bench/images/$*/build/linux-$(THIS_PLATFORM)
	cp $< build/bench/images/$*/build/linux-$(THIS_PLATFORM)/pause
	cp $< build/bench/images/$*/build/linux-$(THIS_PLATFORM)/pause-init
	cd build/bench/images/$* && VERSION=$* WINDOWS_BASE= $(CURDIR)/image/archive ../$*.oci.tar $(THIS_PLATFORM)

# The programs are made by the benchmark itself, which says what cannot be had.
.PHONY: bench
bench: $(IMAGE) $(MEASURING_TOOLS) ## measure pause beside its peers; QUICK=1 within a minute
	@$(NEED) python3:python3 util-linux:nsenter gnuplot-nox:gnuplot
	@+bench/run $(if $(QUICK),--quick)
	@bench/draw

.PHONY: bench-docs
bench-docs: ## put the results of the last `make bench` into the documents
	@$(NEED) python3:python3 gnuplot-nox:gnuplot
	@bench/draw
	@bench/document
