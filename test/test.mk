# SPDX-License-Identifier: Apache-2.0

# The libc builds, by the command that those who build the official pause know.
SEED_FLAGS = -Os -Wall -Werror -static

build/test/pause-glibc: src/pause.c Makefile build/version | need-test
	@mkdir -p build/test
	gcc $(SEED_FLAGS) "-DVERSION=\"$$VERSION\"" $< -o $@

build/test/pause-musl: src/pause.c Makefile build/version | need-test
	@mkdir -p build/test
	musl-gcc $(SEED_FLAGS) "-DVERSION=\"$$VERSION\"" $< -o $@

build/test/%: test/programs/%.c Makefile | need-test
	@mkdir -p build/test
	$(CC) -Os -pthread $(WARNINGS) $< -o $@

TEST_PROGRAMS = $(patsubst test/programs/%.c,build/test/%,$(wildcard test/programs/*.c))
# Those that the contract is tested with.
PAUSES = build/pause build/test/pause-glibc build/test/pause-musl

.PHONY: need-test
need-test:
	@$(NEED_CC) bats:bats clang:clang gcc:gcc jq:jq musl-tools:musl-gcc nginx-light:/usr/sbin/nginx \
		procps:pgrep bsdutils:script redis-server:redis-server strace:strace util-linux:nsenter \
		docker.io:dockerd containerd:ctr podman:podman runc:runc

.PHONY: test
test: $(PAUSES) $(TEST_PROGRAMS) $(DEMO_PROGRAMS) build/bench/startup ## every test that this machine can run
	@failed=0; export BATS_TEST_TIMEOUT=200; \
	for pause in $(PAUSES); do \
		echo "# the contract, by $$pause"; \
		PAUSE=$$pause bats test/contract || failed=1; \
	done; \
	echo "# the build, the demo and the engines"; \
	bats test/build.bats test/demo.bats test/engines || failed=1; \
	exit $$failed
