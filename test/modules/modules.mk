# SPDX-License-Identifier: Apache-2.0
#
# Today's engines and today's Kubernetes: each folder here is a Go module that names the programs
# of one product in one version, as tools. `make go-NAME` builds them once, in the cache.

MODULES = test/modules

# The official pause, which bench/bench.mk builds of its module; here, before the first rule that needs it.
OFFICIAL_IMAGE = build/bench/images/official-glibc.oci.tar

# Go's instructions install it there (https://go.dev/doc/install); a service's PATH may lack the folder.
export PATH := $(PATH):/usr/local/go/bin

# $(call go,NAME): the folder of that module's programs, in the cache.
go = $(CACHE)/go/$(1)-$(shell { cat $(MODULES)/$(1)/go.mod $(MODULES)/$(1)/go.sum tools/build-go; echo '$(GO_FLAGS_$(1))'; } | cksum | cut -d ' ' -f 1)

# $(call versioned,NAME,MODULE,VARIABLE): flags that have VARIABLE say the version of MODULE.
versioned = -ldflags "-s -w -X $(3)=$(shell sed -n 's,.*$(2) \(v[0-9.]*\).*,\1,p' $(MODULES)/$(1)/go.mod | head -n 1)"

# What a product's own Makefile passes. containerd leaves out the snapshotters that want C libraries.
CONTAINERD = github.com/containerd/containerd/v2
GO_FLAGS_containerd-2.0 = -tags no_btrfs,no_devmapper,no_zfs $(call versioned,containerd-2.0,$(CONTAINERD),$(CONTAINERD)/version.Version)
GO_FLAGS_containerd-2.3 = -tags no_btrfs,no_devmapper,no_zfs $(call versioned,containerd-2.3,$(CONTAINERD),$(CONTAINERD)/version.Version)
GO_FLAGS_containerd-2.4 = -tags no_btrfs,no_devmapper,no_zfs $(call versioned,containerd-2.4,$(CONTAINERD),$(CONTAINERD)/version.Version)
GO_FLAGS_cri-dockerd = -ldflags "-s -w"
GO_FLAGS_cri-o = -tags containers_image_openpgp,exclude_graphdriver_btrfs,seccomp -ldflags "-s -w"
GO_FLAGS_cri-tools = $(call versioned,cri-tools,sigs.k8s.io/cri-tools,sigs.k8s.io/cri-tools/pkg/version.Version)
GO_FLAGS_etcd = -ldflags "-s -w"
GO_FLAGS_kubernetes = $(call versioned,kubernetes,k8s.io/kubernetes,k8s.io/component-base/version.gitVersion)
GO_FLAGS_runc = -tags seccomp -ldflags "-s -w"

# runc enters namespaces by C; it and CRI-O filter system calls by libseccomp.
GO_ENVIRONMENT = CGO_ENABLED=0
go-runc go-cri-o: GO_ENVIRONMENT = CGO_ENABLED=1
go-runc go-cri-o: | need-runc
.PHONY: need-runc
need-runc: | need-cc
	@$(NEED) libseccomp-dev:/usr/include/seccomp.h pkg-config:pkg-config

.PHONY: need-go
need-go:
	@$(NEED) bash:bash golang-go:go jq:jq

GO_MODULES = $(patsubst $(MODULES)/%/go.mod,%,$(wildcard $(MODULES)/*/go.mod))
.PHONY: $(GO_MODULES:%=go-%)
$(GO_MODULES:%=go-%): go-%: | need-go
	@[ -e $(call go,$*) ] || $(GO_ENVIRONMENT) tools/build-go $(MODULES)/$* $(call go,$*) $(GO_FLAGS_$*)
