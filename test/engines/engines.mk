# SPDX-License-Identifier: Apache-2.0
#
# The image in real engines: those of Debian's packages, each started by the tests.

ENGINES = test/engines

# Whose containerd is tested beside the one that is installed: 1.6 in bookworm, 1.7
# in trixie, 2.1 in forky.
CONTAINERD_SUITES = trixie forky
CONTAINERDS = $(PACKAGES)/containerd

# Whose docker-compose is: 1.29 in bookworm is of another make than 2.26 in trixie and 2.40
# in forky, which are the plugin of docker(1).
COMPOSE_SUITES = trixie forky
COMPOSES = $(PACKAGES)/docker-compose

.PHONY: need-engines
need-engines: | need-test
	@$(NEED) busybox:busybox containerd:ctr libcap2-bin:capsh patch:patch docker.io:dockerd docker-compose:docker-compose podman:podman runc:runc \
		containernetworking-plugins:/usr/lib/cni/bridge docker-registry:docker-registry \
		iproute2:ip iptables:/usr/sbin/iptables protobuf-compiler:protoc \
		python3-grpcio:/usr/lib/python3/dist-packages/grpc \
		python3-protobuf:/usr/lib/python3/dist-packages/google/protobuf slirp4netns:slirp4netns uidmap:newuidmap

build/test/cri_pb2.py: $(ENGINES)/cri.proto | need-engines
	@mkdir -p $(@D)
	protoc --proto_path=$(<D) --python_out=$(@D) $(<F)

build/test/services.oci.tar: $(ENGINES)/service-images pod/rootfs.bash build/zombie_demo build/test/orphans | need-engines
	@mkdir -p $(@D)
	$(ENGINES)/service-images $@

WHAT_ENGINES_RUN = $(IMAGE) $(DEMO_PROGRAMS) build/test/orphans build/test/services.oci.tar
OTHER_VERSIONS = $(CONTAINERD_SUITES:%=$(CONTAINERDS)/%) $(COMPOSE_SUITES:%=$(COMPOSES)/%)

.PHONY: test-engines
test-engines: need-engines $(WHAT_ENGINES_RUN) build/test/cri_pb2.py ## the image in Docker, containerd, Podman and a registry
	@$(call fetched,$(OTHER_VERSIONS))
	@cannot=$$(test/isolated true 2>&1) || { echo "ok 1 engines # skip $$cannot"; exit 0; }; \
	failed=0; export BATS_TEST_TIMEOUT=200; \
	test/isolated bats $(ENGINES) || failed=1; \
	echo "# Podman, by an ordinary user"; \
	test/isolated $(ENGINES)/as-user bats --filter-tags '!root' $(ENGINES)/podman.bats || failed=1; \
	[ -n "$(DEBIAN_MIRROR)" ] || echo "ok 1 other versions of containerd and docker-compose # skip $(NO_MIRROR)"; \
	for suite in $(if $(DEBIAN_MIRROR),$(CONTAINERD_SUITES)); do \
		echo "# containerd of Debian $$suite"; \
		CONTAINERD=$(CONTAINERDS)/$$suite/usr/bin test/isolated bats --filter-tags '!steps' \
			$(ENGINES)/containerd.bats $(ENGINES)/pause_node_containerd.bats || failed=1; \
	done; \
	for suite in $(if $(DEBIAN_MIRROR),$(COMPOSE_SUITES)); do \
		echo "# docker-compose of Debian $$suite"; \
		COMPOSE=$(COMPOSES)/$$suite/usr/libexec/docker/cli-plugins/docker-compose \
			test/isolated bats $(ENGINES)/compose.bats || failed=1; \
	done; \
	exit $$failed
