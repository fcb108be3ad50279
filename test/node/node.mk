# SPDX-License-Identifier: Apache-2.0
#
# The image on a real node: a Debian 13 with systemd, control groups of version 2 and AppArmor, as
# a virtual machine.

NODE_TESTS = test/node
NODE_MACHINE = $(call once,NODE_MACHINE,$(CACHE)/node-$(call checksum,$(NODE_TESTS)/fetch $(ARCHIVE_TOOL)))
NODE_PROGRAMS = $(addprefix $(call go,containerd-2.4)/,containerd containerd-shim-runc-v2 ctr) \
	$(call go,cri-tools)/crictl $(call go,kubernetes)/kubelet $(call go,runc)/runc \
	$(DEBIANS)/forky.tar
NODE_SEEN = build/test/node

.PHONY: need-node
need-node:
	@$(NEED) bash:bash e2fsprogs:/sbin/mke2fs mmdebstrap:mmdebstrap qemu-system-x86:qemu-system-x86_64 tar:tar util-linux:setpriv \
		$(ARCHIVE_KEYS)

$(NODE_MACHINE): | need-node
	@[ -n "$(DEBIAN_MIRROR)" ] || { echo "$(NO_MIRROR)" >&2; exit 1; }
	@$(NODE_TESTS)/fetch $(DEBIAN_MIRROR) $@

NODE_CANNOT = $(if $(filter amd64,$(THIS_PLATFORM)),$(if $(DEBIAN_MIRROR)$(wildcard $(NODE_MACHINE)),,$(NO_MIRROR)),its machine is an amd64)

.PHONY: test-node
test-node: need-node $(IMAGE) $(OFFICIAL_IMAGE) build/linux-amd64/pause $(DEBS) build/test/services.oci.tar go-containerd-2.4 go-cri-tools go-kubernetes go-runc ## the image on a Debian 13 with systemd, under QEMU
	@$(if $(NODE_CANNOT),,$(MAKE) --no-print-directory $(NODE_MACHINE) $(DEBIANS)/forky.tar)
	@mkdir -p $(NODE_SEEN); failed=0; \
	if [ -n "$(NODE_CANNOT)" ]; then \
		echo "ok 1 node # skip $(NODE_CANNOT)" | tee $(NODE_SEEN)/tap; \
	else \
		$(NODE_TESTS)/boot $(NODE_MACHINE) $(NODE_PROGRAMS) || failed=1; \
	fi; \
	tools/count-tests $$failed $(NODE_SEEN)/tap
