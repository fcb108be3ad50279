# SPDX-License-Identifier: Apache-2.0
#
# critest, the validation suite of the container runtime interface.

CRITEST = $(ENGINES)/critest
CRITEST_SEEN = build/test/critest
CRITEST_PROGRAMS = CRI_TOOLS=$(call go,cri-tools) CONTAINERD=$(call go,containerd-2.4) $(CRIO)

build/test/critest.oci.tar: $(CRITEST)/images pod/rootfs.bash | need-engines
	@mkdir -p $(@D)
	$(CRITEST)/images $@

WHAT_CRITEST_RUNS = go-containerd-2.4 go-cri-o go-cri-tools go-runc build/test/pinns build/test/critest.oci.tar $(IMAGE) \
	$(OFFICIAL_IMAGE) build/test/cri_pb2.py

.PHONY: test-critest
test-critest: need-engines $(WHAT_CRITEST_RUNS) ## the runtimes' validation suite, with the official image and with ours
	@$(call or_skip,critest); \
	rm -rf $(CRITEST_SEEN); mkdir -p $(CRITEST_SEEN); failed=0; \
	for runtime in containerd crio; do \
		echo "# critest on $$runtime"; \
		RUNTIME=$$runtime REPORTS=$(CRITEST_SEEN) $(CRITEST_PROGRAMS) test/isolated bats $(CRITEST) || failed=1; \
	done; \
	exit $$failed
