# SPDX-License-Identifier: Apache-2.0
#
# A cluster: today's Kubernetes, with a control plane and three nodes on this machine.

CLUSTER = test/cluster

# The environment of control_plane_start, and that of cluster_start.
CONTROL_PLANE = ETCD=$(call go,etcd) KUBERNETES=$(call go,kubernetes)
CLUSTER_PROGRAMS = $(CONTROL_PLANE) CONTAINERD=$(call go,containerd-2.4) RUNC=$(call go,runc) CRI_TOOLS=$(call go,cri-tools)
WHAT_CLUSTER_RUNS = $(IMAGE) $(OFFICIAL_IMAGE) build/test/services.oci.tar

CLUSTER_BATS = $(CLUSTER_PROGRAMS) PAUSE=build/linux-$(THIS_PLATFORM)/pause OFFICIAL_PAUSE=$(PEERS)/official-glibc \
	BATS_TEST_TIMEOUT=600 test/isolated bats

.PHONY: need-control-plane need-cluster
need-control-plane: go-etcd go-kubernetes
	@$(NEED) iproute2:ip openssl:openssl

need-cluster: need-control-plane go-containerd-2.4 go-runc go-cri-tools $(WHAT_CLUSTER_RUNS)
	@$(NEED) containernetworking-plugins:/usr/lib/cni/bridge iptables:iptables nftables:nft

# Ends with make, even by SIGKILL.
.PHONY: cluster
cluster: need-cluster ## Kubernetes with three nodes to try things in, until Ctrl-C
	@$(CLUSTER_PROGRAMS) exec setpriv --pdeathsig KILL test/isolated $(CLUSTER)/cluster 9</proc

# Each file has a cluster of its own.
.PHONY: test-cluster
test-cluster: need-cluster need-engines kubernetes ## Kubernetes with three nodes: pause, pause-init, and the roll-out of node/kubernetes
	@$(call or_skip,cluster); \
	failed=0; for file in cluster init fleet; do $(CLUSTER_BATS) $(CLUSTER)/$$file.bats || failed=1; done; \
	bats $(CLUSTER)/make_cluster.bats || failed=1; \
	exit $$failed
