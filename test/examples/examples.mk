# SPDX-License-Identifier: Apache-2.0
#
# examples/kubernetes in a real API, as old as Debian's source of it, and beside the types
# of the newest. What their processes do is a part of make test; examples/compose is one of
# the engines' tests.

EXAMPLES = test/examples

API = $(call once,API,$(CACHE)/kubernetes-$(call checksum,$(BUILD_KUBERNETES)))
# Where kubectl is today's, and Jenkins' Java is packaged.
KUBECTL = $(PACKAGES)/kubectl/forky
JAVA = $(PACKAGES)/root/openjdk-21-jre-headless/trixie
# Kubernetes' own client for JavaScript, which has the types of release 1.36.
TYPES_PACKAGE = @kubernetes/client-node@2.0.1
TYPES_INTEGRITY = sha512-evJgmEtgArEYlj6DNkMGjK41IrFK/hEwb5lWVxx0VRBWybQpnvi+2TtA19mLgVfRHfqX5yjHObX6e9W7LEZBjw==
TYPES = $(call once,TYPES,$(CACHE)/types-$(call checksum,$(EXAMPLES)/fetch-types $(EXAMPLES)/examples.mk))

$(API)/kube-%: | need-examples
	@[ -n "$(DEBIAN_MIRROR)" ] || { echo "$(NO_MIRROR)" >&2; exit 1; }
	@$(NEED) golang-go:go
	@tools/build-kubernetes $(DEBIAN_MIRROR) $(@D) kube-apiserver kube-controller-manager kube-scheduler

$(TYPES):
	@$(NEED) npm:npm openssl:openssl
	@$(EXAMPLES)/fetch-types $(TYPES_PACKAGE) $(TYPES_INTEGRITY) $@

.PHONY: need-examples
need-examples: | need-test
	@$(NEED) $(ARCHIVE_KEYS) etcd-server:etcd node-typescript:tsc openssl:openssl

# What npm cannot have is a skipped test, as its registry is not Debian's archive.
.PHONY: test-examples
test-examples: need-examples build/pause ## examples/kubernetes: in a real API, and beside the newest one's types
	@$(call fetched,$(API)/kube-apiserver $(KUBECTL) $(JAVA))
	@if [ -z "$(DEBIAN_MIRROR)" ]; then \
		echo "ok 1 the manifests # skip $(NO_MIRROR)"; \
	elif cannot=$$(test/isolated true 2>&1); then \
		$(MAKE) -s $(TYPES) || true; \
		PATH=$(KUBECTL)/usr/bin:$$PATH TYPES=$(TYPES) bats $(EXAMPLES)/types.bats || failed=1; \
		BATS_TEST_TIMEOUT=400 KUBERNETES=$(API) JAVA=$(JAVA) test/isolated env PATH=$(KUBECTL)/usr/bin:$$PATH \
			bats $(EXAMPLES)/api.bats || failed=1; \
	else \
		echo "ok 1 the manifests # skip $$cannot"; \
	fi; \
	exit $${failed-0}
