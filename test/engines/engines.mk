# SPDX-License-Identifier: Apache-2.0
#
# The image in real engines, each started by the tests: those that are installed, of Debian 12,
# and others beside them.

ENGINES = test/engines

# Debian's containerd: 1.6 in bookworm, 1.7 in trixie. Today's are Go modules, with today's runc.
CONTAINERD_SUITES = trixie
CONTAINERD_VERSIONS = 2.0 2.3 2.4
CONTAINERDS = $(PACKAGES)/containerd

# cri-dockerd wants Docker 23 or newer, and bookworm has 20.10.
NEW_DOCKER = $(PACKAGES)/docker.io/trixie

# Whose docker-compose is: 1.29 in bookworm is of another make than 2.26 in trixie and 2.40
# in forky, which are the plugin of docker(1).
COMPOSE_SUITES = trixie forky
COMPOSES = $(PACKAGES)/docker-compose

# Docker 26 and 28, Podman 5.4 and 5.8 of Debian, each suite in a root file system of its own.
DEBIAN_SUITES = trixie forky
DEBIAN_PACKAGES = aardvark-dns catatonit crun docker-buildx docker-cli docker.io iptables jq libcap2-bin mount netavark nftables podman
DEBIANS = $(call once,DEBIANS,$(CACHE)/debian-$(shell { cat test/bare-root; echo $(DEBIAN_PACKAGES); } | cksum | cut -d ' ' -f 1))

$(DEBIANS)/%.tar:
	@$(NEED) mmdebstrap:mmdebstrap $(ARCHIVE_KEYS)
	@[ -n "$(DEBIAN_MIRROR)" ] || { echo "$(NO_MIRROR)" >&2; exit 1; }
	@echo "installing Docker and Podman of Debian $* (once, kept in $(@D))" >&2
	@test/bare-root $(DEBIAN_MIRROR) $@ $* $(DEBIAN_PACKAGES)

.PHONY: need-engines
need-engines: | need-test
	@$(NEED) busybox:busybox catatonit:catatonit conmon:conmon containerd:ctr libcap2-bin:capsh docker.io:dockerd docker-compose:docker-compose podman:podman runc:runc \
		containernetworking-plugins:/usr/lib/cni/bridge docker-registry:docker-registry \
		iproute2:ip iptables:/usr/sbin/iptables protobuf-compiler:protoc \
		python3-grpcio:/usr/lib/python3/dist-packages/grpc \
		python3-protobuf:/usr/lib/python3/dist-packages/google/protobuf slirp4netns:slirp4netns uidmap:newuidmap

# CRI-O makes namespaces by a program in C, whose source is in its module.
build/test/pinns: $(MODULES)/cri-o/go.mod | need-go need-cc
	@mkdir -p $(@D)
	source=$$(tools/go-source $(<D) github.com/cri-o/cri-o) && $(CC) -Os -static "$$source"/pinns/src/*.c -o $@

build/test/cri_pb2.py: $(ENGINES)/cri.proto | need-engines
	@mkdir -p $(@D)
	protoc --proto_path=$(<D) --python_out=$(@D) $(<F)

build/test/services.oci.tar: $(ENGINES)/service-images pod/rootfs.bash build/zombie_demo build/test/orphans | need-engines
	@mkdir -p $(@D)
	$(ENGINES)/service-images $@

WHAT_ENGINES_RUN = $(IMAGE) $(DEMO_PROGRAMS) build/test/orphans build/test/services.oci.tar
OTHER_VERSIONS = $(CONTAINERD_SUITES:%=$(CONTAINERDS)/%) $(COMPOSE_SUITES:%=$(COMPOSES)/%) $(DEBIAN_SUITES:%=$(DEBIANS)/%.tar) $(NEW_DOCKER)

# Each group of tests has a machine of its own, test/isolated. A group that WANTS what cannot be had
# here is one skipped test.
INSTALLED_GROUPS = compose containerd demo docker podman registry
VERSION_GROUPS = $(CONTAINERD_VERSIONS:%=containerd-%)
SUITE_GROUPS = containerd-trixie $(COMPOSE_SUITES:%=compose-%) $(DEBIAN_SUITES:%=docker-%) $(DEBIAN_SUITES:%=podman-%)
MODULE_GROUPS = crio cri_dockerd
# Without 2.0, whose configuration and commands pause-node uses as those of 2.3.
PAUSE_NODE_VERSIONS = 2.4 2.3
PAUSE_NODE_GROUPS = pause_node $(PAUSE_NODE_VERSIONS:%=pause_node-%) $(CONTAINERD_SUITES:%=pause_node-%)
# The longest first, so that no CPU waits for the last one.
ENGINE_GROUPS = $(PAUSE_NODE_GROUPS) isolated $(INSTALLED_GROUPS) podman_user $(VERSION_GROUPS) $(MODULE_GROUPS) $(SUITE_GROUPS)

# $(@:engines-podman-%=%) and the like: what the group has beside the name of its test.
$(INSTALLED_GROUPS:%=engines-%): RUN = test/isolated bats $(@:engines-%=$(ENGINES)/%.bats)
CONTAINERD_TESTS = test/isolated bats $(WITHOUT) $(ENGINES)/containerd.bats $(ENGINES)/default_name.bats \
	$(ENGINES)/documented.bats $(ENGINES)/hostile_registry.bats
engines-containerd: RUN = $(CONTAINERD_TESTS)
engines-podman: RUN = UNDER_TEST=podman test/isolated bats $(WITHOUT) $(ENGINES)/podman.bats $(ENGINES)/hostile_registry.bats
engines-isolated: RUN = bats test/isolated.bats
engines-podman_user: RUN = test/isolated $(ENGINES)/as-user bats --filter-tags '!root' $(ENGINES)/podman.bats

$(VERSION_GROUPS:%=engines-%): WANTS = go-runc $(@:engines-%=go-%)
$(VERSION_GROUPS:%=engines-%): RUN = CONTAINERD=$(call go,$(@:engines-%=%)) RUNC=$(call go,runc) \
	$(CONTAINERD_TESTS)

# The environment of crio_configure.
CRIO = CRIO=$(call go,cri-o) RUNC=$(call go,runc) PINNS=build/test/pinns
engines-crio: WANTS = go-cri-o go-cri-tools go-runc build/test/pinns $(OFFICIAL_IMAGE)
engines-crio: RUN = $(CRIO) CRI_TOOLS=$(call go,cri-tools) UNDER_TEST=crio test/isolated bats $(ENGINES)/crio.bats $(PAUSE_NODE)/crio.bats $(ENGINES)/hostile_registry.bats
engines-cri_dockerd: WANTS = go-cri-dockerd $(NEW_DOCKER) $(OFFICIAL_IMAGE)
engines-cri_dockerd: RUN = CRI_DOCKERD=$(call go,cri-dockerd) DOCKER=$(NEW_DOCKER)/usr/sbin UNDER_TEST=cri_dockerd test/isolated bats $(WITHOUT) \
	$(ENGINES)/cri_dockerd.bats $(PAUSE_NODE)/cri_dockerd.bats $(ENGINES)/hostile_registry.bats

engines-containerd-trixie: WANTS = $(CONTAINERDS)/trixie
engines-containerd-trixie: RUN = CONTAINERD=$(WANTS)/usr/bin $(CONTAINERD_TESTS)
engines-compose-%: WANTS = $(COMPOSES)/$(@:engines-compose-%=%)
engines-compose-%: RUN = COMPOSE=$(WANTS)/usr/libexec/docker/cli-plugins/docker-compose test/isolated bats $(ENGINES)/compose.bats
engines-docker-% engines-podman-%: WANTS = $(DEBIANS)/$(lastword $(subst -, ,$@)).tar
engines-podman-%: WANTS += $(OFFICIAL_IMAGE)
engines-docker-%: RUN = test/isolated $(ENGINES)/with-debian $(firstword $(WANTS)) bats $(ENGINES)/docker.bats $(ENGINES)/docker_image_store.bats
engines-podman-%: RUN = UNDER_TEST=podman test/isolated $(ENGINES)/with-debian $(firstword $(WANTS)) bats $(WITHOUT) $(ENGINES)/podman.bats \
	$(PAUSE_NODE)/podman.bats $(ENGINES)/hostile_registry.bats
# To Docker, a name that resolves to 127.0.0.0/8 is a registry without HTTPS (dockerd(8), --insecure-registry).
engines-cri_dockerd: WITHOUT = --filter-tags '!https'
# What the version of that engine does not have yet.
engines-containerd engines-containerd-trixie: WITHOUT = --filter-tags '!containerd2'
engines-containerd-2.0: WITHOUT = --filter-tags '!config4'
engines-podman engines-podman-forky: WITHOUT = --filter-tags '!user'
engines-podman-trixie: WITHOUT = --filter-tags '!podman5,!user'
engines-pause_node: WITHOUT = --filter-tags '!podman5,!containerd2'
engines-pause_node-trixie engines-pause_node-2.3: WITHOUT = --filter-tags '!ends'

# pause-node with each containerd; crictl says what the runtime says. At both ends of the range only:
# what does not depend on the version, how an engine is found, what is refused, and what happens to a
# pause-node that is killed.
PAUSE_NODE = $(ENGINES)/pause_node
PAUSE_NODE_RUN = CRI_TOOLS=$(call go,cri-tools) test/isolated bats $(WITHOUT) $(PAUSE_NODE)/containerd.bats
PAUSE_NODE_REST = $(addprefix $(PAUSE_NODE)/,engines.bats killed.bats refused.bats)
$(PAUSE_NODE_GROUPS:%=engines-%): WANTS = go-cri-tools $(OFFICIAL_IMAGE)
engines-pause_node: RUN = $(PAUSE_NODE_RUN) $(PAUSE_NODE_REST) $(PAUSE_NODE)/podman.bats
$(PAUSE_NODE_VERSIONS:%=engines-pause_node-%): WANTS += go-runc $(@:engines-pause_node-%=go-containerd-%)
$(PAUSE_NODE_VERSIONS:%=engines-pause_node-%): RUN = CONTAINERD=$(call go,$(@:engines-pause_node-%=containerd-%)) \
	RUNC=$(call go,runc) $(PAUSE_NODE_RUN) $(if $(filter %-2.4,$@),$(PAUSE_NODE_REST))
engines-pause_node-trixie: WANTS += $(CONTAINERDS)/trixie
engines-pause_node-trixie: RUN = CONTAINERD=$(CONTAINERDS)/trixie/usr/bin $(PAUSE_NODE_RUN)

.PHONY: $(ENGINE_GROUPS:%=engines-%)
$(ENGINE_GROUPS:%=engines-%): need-engines $(WHAT_ENGINES_RUN) build/test/cri_pb2.py
	@echo "# $@"; \
	cannot=$$($(if $(WANTS),$(MAKE) -s $(WANTS) 2>&1 >/dev/null)) || { \
		echo "ok 1 $@ # skip $$(echo "$$cannot" | grep -v '^make' | tail -n 1)"; exit 0; }; \
	unset MAKEFLAGS MAKELEVEL MFLAGS; export BATS_TEST_TIMEOUT=600; \
	$(RUN)

# A group for each CPU, as an engine has seconds to answer. What is built, is built one after the other.
.PHONY: test-engines
test-engines: need-engines $(WHAT_ENGINES_RUN) build/test/cri_pb2.py ## the image in containerd, CRI-O, Docker, Podman and a registry
	@$(call fetched,$(OTHER_VERSIONS))
	@$(MAKE) --no-print-directory --keep-going go-runc go-cri-o go-cri-dockerd go-cri-tools $(VERSION_GROUPS:%=go-%) \
		build/test/pinns $(OFFICIAL_IMAGE) || true
	@$(call or_skip,engines); \
	$(MAKE) --no-print-directory --keep-going --output-sync=target -j $$(nproc) $(ENGINE_GROUPS:%=engines-%)
