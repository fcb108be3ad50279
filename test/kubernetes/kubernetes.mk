# SPDX-License-Identifier: Apache-2.0
#
# The image under a real kubelet, which is built of Debian's source and runs static
# pods on containerd.

KUBERNETES = test/kubernetes
KUBELET = $(CACHE)/kubelet-$(call checksum,$(KUBERNETES)/fetch $(KUBERNETES_SOURCE))

$(KUBELET)/kubelet: | need-engines
	@[ -n "$(DEBIAN_MIRROR)" ] || { echo "$(NO_MIRROR)" >&2; exit 1; }
	@$(NEED) golang-go:go
	@$(KUBERNETES)/fetch $(DEBIAN_MIRROR) $(@D)
