# SPDX-License-Identifier: Apache-2.0

# kustomize reads no file outside of its folder, so the folder gets what it needs.
FLEET = build/kubernetes
FLEET_FILES = $(shell find node/kubernetes -type f) node/pause-node

.PHONY: kubernetes
kubernetes: $(FLEET)/pause.oci.tar.gz ## the image and pause-node for the nodes of a cluster, as build/kubernetes, for kubectl apply -k

$(FLEET)/pause.oci.tar.gz: $(IMAGE) $(FLEET_FILES) node/node.mk
	@$(NEED) gzip:gzip
	rm -rf $(FLEET)
	cp -r node/kubernetes $(FLEET)
	cp node/pause-node $(FLEET)
	gzip -n -9 -c $(IMAGE) >$@
