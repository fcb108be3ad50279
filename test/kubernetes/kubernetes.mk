# SPDX-License-Identifier: Apache-2.0
#
# The image under today's kubelet, which runs static pods on today's containerd and runc.

KUBERNETES = test/kubernetes
KUBERNETES_MODULES = kubernetes containerd-2.4 runc
KUBERNETES_SEEN = build/test/kubernetes

.PHONY: test-kubernetes
test-kubernetes: need-engines $(WHAT_ENGINES_RUN) build/test/cri_pb2.py ## the image as the sandbox of a kubelet's pods
	@rm -rf $(KUBERNETES_SEEN); mkdir -p $(KUBERNETES_SEEN); \
	$(MAKE) --no-print-directory $(KUBERNETES_MODULES:%=go-%) 2>&1 | tee $(KUBERNETES_SEEN)/built >&2; \
	cannot=$$(test/isolated true 2>&1) || cannot=$${cannot:-no namespaces here}; \
	ls $(foreach module,$(KUBERNETES_MODULES),$(call go,$(module))) >/dev/null 2>&1 || \
		cannot=$$(grep -v '^make' $(KUBERNETES_SEEN)/built | tail -n 1); \
	if [ -n "$$cannot" ]; then \
		echo "ok 1 kubernetes # skip $$cannot" | tee $(KUBERNETES_SEEN)/report.tap; \
		exec tools/count-tests 0 $(KUBERNETES_SEEN)/report.tap; \
	fi; \
	failed=0; export BATS_TEST_TIMEOUT=600 ROWS=$(KUBERNETES_SEEN)/rows \
		KUBELET=$(call go,kubernetes)/kubelet CONTAINERD=$(call go,containerd-2.4) RUNC=$(call go,runc); \
	test/isolated bats --report-formatter tap --output $(KUBERNETES_SEEN) $(KUBERNETES) || failed=1; \
	tools/count-tests $$failed $(KUBERNETES_SEEN)/report.tap

.PHONY: docs-kubernetes
docs-kubernetes: ## the table in docs/kubernetes.md, from what `make test-kubernetes` saw
	@tools/count-tests 0 $(KUBERNETES_SEEN)/report.tap 2>/dev/null | grep -q ', 0 failed, 0 skipped' || \
		{ echo "docs-kubernetes: first make test-kubernetes, without a failure" >&2; exit 1; }
	@sed -i -e '/^| test /,/^$$/{/^| ---/r $(KUBERNETES_SEEN)/rows' -e '/^| test /b;/^| ---/b;/^| /d}' docs/kubernetes.md
