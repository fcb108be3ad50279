# SPDX-License-Identifier: Apache-2.0
#
# The image under a real kubelet, which is built of Debian's source and runs static
# pods on containerd.

KUBERNETES = test/kubernetes
KUBELET = $(call once,KUBELET,$(CACHE)/kubelet-$(call checksum,$(BUILD_KUBERNETES))/kubelet)

$(KUBELET): | need-engines
	@[ -n "$(DEBIAN_MIRROR)" ] || { echo "$(NO_MIRROR)" >&2; exit 1; }
	@$(NEED) golang-go:go
	@tools/build-kubernetes $(DEBIAN_MIRROR) $(@D) kubelet

# Reports that pins exist, and still speaks the interface that this kubelet speaks, which
# version 2 no longer does.
PINNING_CONTAINERD = $(CONTAINERDS)/trixie/usr/bin

KUBERNETES_SEEN = build/test/kubernetes

.PHONY: test-kubernetes
test-kubernetes: need-engines $(WHAT_ENGINES_RUN) build/test/cri_pb2.py ## the image as the sandbox of a real kubelet's pods; the first time, the kubelet is built
	@$(call fetched,$(KUBELET) $(CONTAINERDS)/trixie)
	@rm -rf $(KUBERNETES_SEEN); mkdir -p $(KUBERNETES_SEEN)/pinning; \
	cannot=$$(test/isolated true 2>&1) || cannot=$${cannot:-no namespaces here}; \
	[ -n "$(DEBIAN_MIRROR)" ] || cannot="$(NO_MIRROR)"; \
	if [ -n "$$cannot" ]; then \
		echo "ok 1 kubernetes # skip $$cannot" | tee $(KUBERNETES_SEEN)/report.tap; \
		exec tools/count-tests 0 $(KUBERNETES_SEEN)/report.tap; \
	fi; \
	failed=0; export BATS_TEST_TIMEOUT=280 KUBELET=$(KUBELET) ROWS=$(KUBERNETES_SEEN)/rows; \
	test/isolated bats --report-formatter tap --output $(KUBERNETES_SEEN) $(addprefix $(KUBERNETES)/,pods.bats \
		guard.bats termination.bats) || failed=1; \
	CONTAINERD=$(PINNING_CONTAINERD) test/isolated bats --report-formatter tap --output $(KUBERNETES_SEEN)/pinning \
		$(KUBERNETES)/image_collection.bats || failed=1; \
	tools/count-tests $$failed $(KUBERNETES_SEEN)/report.tap $(KUBERNETES_SEEN)/pinning/report.tap

.PHONY: docs-kubernetes
docs-kubernetes: ## the table in docs/kubernetes.md, from what `make test-kubernetes` saw
	@tools/count-tests 0 $(KUBERNETES_SEEN)/report.tap $(KUBERNETES_SEEN)/pinning/report.tap 2>/dev/null | grep -q ', 0 failed, 0 skipped' || \
		{ echo "docs-kubernetes: first make test-kubernetes, without a failure" >&2; exit 1; }
	@sed -i -e '/^| test /,/^$$/{/^| ---/r $(KUBERNETES_SEEN)/rows' -e '/^| test /b;/^| ---/b;/^| /d}' docs/kubernetes.md
