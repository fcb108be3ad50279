# SPDX-License-Identifier: Apache-2.0
#
# The image in the runtimes that are built of Go modules, and critest, the validation suite of
# the container runtime interface.

# cri-dockerd wants Docker 23 or newer, and bookworm has 20.10.
DOCKERS = $(PACKAGES)/docker.io
NEW_DOCKER = $(DOCKERS)/trixie

RUNTIMES = CONTAINERD=$(call go,containerd-2.4) CRIO=$(call go,cri-o) RUNC=$(call go,runc) PINNS=build/test/pinns

.PHONY: need-crio
need-crio: | need-engines need-cc
	@$(NEED) conmon:conmon golang-go:go jq:jq skopeo:skopeo

# What CRI-O makes namespaces with, of C, is in its module.
build/test/pinns: $(MODULES)/cri-o/go.mod | need-crio
	@mkdir -p $(@D)
	source=$$(cd $(<D) && GOTOOLCHAIN=auto go mod download -json github.com/cri-o/cri-o | jq -r .Dir) && \
		$(CC) -Os -static "$$source"/pinns/src/*.c -o $@

.PHONY: test-crio
test-crio: need-crio go-cri-o go-runc build/test/pinns $(WHAT_ENGINES_RUN) build/test/cri_pb2.py ## the image in CRI-O; the first time, it is built
	@$(RUNTIMES) BATS_TEST_TIMEOUT=200 test/isolated bats $(ENGINES)/crio

.PHONY: test-cri-dockerd
test-cri-dockerd: need-engines go-cri-dockerd $(WHAT_ENGINES_RUN) build/test/cri_pb2.py ## the image in cri-dockerd; the first time, it is built
	@$(MAKE) --no-print-directory $(NEW_DOCKER)
	@CRI_DOCKERD=$(call go,cri-dockerd) DOCKER=$(NEW_DOCKER)/usr/sbin BATS_TEST_TIMEOUT=200 \
		test/isolated bats $(ENGINES)/cri-dockerd

build/test/critest.oci.tar: $(ENGINES)/critest/images pod/rootfs.bash | need-engines
	@mkdir -p $(@D)
	$(ENGINES)/critest/images $@

CRITEST_REPORTS = build/test/critest

.PHONY: test-critest
test-critest: need-crio go-containerd-2.4 go-cri-o go-cri-tools go-runc build/test/pinns build/test/critest.oci.tar \
	$(IMAGE) build/bench/images/official-glibc.oci.tar build/test/cri_pb2.py ## the runtimes' own validation, with the official image and with this one
	@rm -rf $(CRITEST_REPORTS); mkdir -p $(CRITEST_REPORTS); failed=0; \
	for runtime in containerd crio; do \
		echo "# critest on $$runtime"; \
		RUNTIME=$$runtime REPORTS=$(CRITEST_REPORTS) CRI_TOOLS=$(call go,cri-tools) $(RUNTIMES) \
			test/isolated bats $(ENGINES)/critest || failed=1; \
	done; \
	exit $$failed
