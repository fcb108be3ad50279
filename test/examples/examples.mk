# SPDX-License-Identifier: Apache-2.0
#
# examples/kubernetes in the API of today's Kubernetes. What their processes do is a part of make
# test; examples/compose is one of the engines' tests.

EXAMPLES = test/examples

# Jenkins' Java, which Debian 12 does not package.
JAVA = $(PACKAGES)/root/openjdk-21-jre-headless/trixie

.PHONY: test-examples
test-examples: need-test need-control-plane ## examples/kubernetes in a real API
	@$(call fetched,$(JAVA))
	@$(call or_skip,the manifests); \
	$(CONTROL_PLANE) JAVA=$(JAVA) BATS_TEST_TIMEOUT=600 test/isolated bats $(EXAMPLES)/api.bats
