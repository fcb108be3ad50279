# SPDX-License-Identifier: Apache-2.0

# The libc builds, by the command that those who build the official pause know.
OFFICIAL_FLAGS = -Os -Wall -Werror -static

build/test/pause-glibc: src/pause.c Makefile build/version | need-test
	@mkdir -p build/test
	gcc $(OFFICIAL_FLAGS) "-DVERSION=\"$$VERSION\"" $< -o $@

build/test/pause-musl: src/pause.c Makefile build/version | need-test
	@mkdir -p build/test
	musl-gcc $(OFFICIAL_FLAGS) "-DVERSION=\"$$VERSION\"" $< -o $@

build/test/exec_under_filter: LDLIBS = -lseccomp

build/test/%: test/programs/%.c Makefile | need-check
	@mkdir -p build/test
	$(CC) -Os -pthread $(WARNINGS) $< $(LDLIBS) -o $@

build/test/exec_under_filter: | need-test

TEST_PROGRAMS = $(patsubst test/programs/%.c,build/test/%,$(wildcard test/programs/*.c))

# Emulated, a part of the contract: not what strace sees, and no storms.
EMULATED = $(PLATFORMS:%=build/test/linux-%)
EMULATED_CONTRACT = $(addprefix test/contract/,first_process.bats stop.bats arguments.bats version_and_help.bats)

build/test/linux-%: test/platforms/emulated test/platforms/machines.bash build/linux-%/pause | need-test
	@mkdir -p build/test
	test/platforms/emulated $* $@

# Undefined behaviour ends it by SIGILL; nothing is loaded for that.
build/test/pause-ubsan: src/pause.c Makefile build/version | need-test
	@mkdir -p build/test
	gcc $(OFFICIAL_FLAGS) -fsanitize=undefined -fsanitize-undefined-trap-on-error \
		"-DVERSION=\"$$VERSION\"" $< -o $@

# Those that the contract is tested with.
PAUSES = build/pause build/test/pause-glibc build/test/pause-musl build/test/pause-ubsan

build/test/pause-asan: src/pause.c Makefile build/version | need-test
	@mkdir -p build/test
	gcc -Os -Wall -Werror -g -fsanitize=address "-DVERSION=\"$$VERSION\"" $< -o $@

# The signals are pause's, and a debugger in a test is no reason to complain.
ASAN_OPTIONS = detect_leaks=0:handle_segv=0:handle_abort=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0:handle_sigtrap=0

# build/pause in valgrind, whose tool is started by a name that begins with "pause", by which
# pod/pod.bash knows it, and so not by valgrind(1), which would only set these two and exec it.
build/test/pause-valgrind: build/pause | need-test
	@mkdir -p $@.d
	ln -sf "$$(printf '%s\n' /usr/libexec/valgrind/memcheck-*-linux | head -n 1)" $@.d/pause-valgrind
	printf '#!/bin/sh\nexport VALGRIND_LIB=/usr/libexec/valgrind VALGRIND_LAUNCHER=/usr/bin/valgrind\n%s\n' \
		'exec "$(CURDIR)/$@.d/pause-valgrind" --quiet --error-exitcode=99 "$(CURDIR)/$<" "$$@"' >$@
	chmod +x $@

VALGRIND_CONTRACT = $(EMULATED_CONTRACT) $(addprefix test/contract/,guard.bats log_reaped.bats reap.bats stderr.bats)

# The kernel's headers for other processors, by Debian's names; bookworm has none for loong64.
KERNEL_HEADERS = $(filter-out loong64 $(shell dpkg --print-architecture),amd64 arm64 armhf i386 \
	mips64el ppc64el riscv64 s390x)

# What tests fetch from Debian's archive without installing it, in a folder for each
# version of what says what to fetch: $(call checksum,FILES).
CACHE = $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/pause
checksum = $(shell cat $(1) | cksum | cut -d ' ' -f 1)
ARCHIVE_TOOL = tools/debian-archive.bash
KUBERNETES_SOURCE = tools/kubernetes-source.bash $(ARCHIVE_TOOL)
BUILD_KUBERNETES = tools/build-kubernetes $(KUBERNETES_SOURCE)
ARCHIVE_KEYS = debian-archive-keyring:/usr/share/keyrings/debian-archive-keyring.gpg
# apt takes half a second to say it, and so is asked once.
DEBIAN_MIRROR = $(eval DEBIAN_MIRROR := $(shell apt-get indextargets --format '$$(REPO_URI)' 'Created-By: Packages' \
	'Label: Debian' 2>/dev/null | head -n 1))$(DEBIAN_MIRROR)
NO_MIRROR = apt knows no archive of Debian here (apt-get update, if it should)

# Where packages are installed and removed; prints it.
BARE_ROOT = $(CACHE)/bare-root-$(call checksum,test/bare-root).tar
.PHONY: bare-root
bare-root:
	@$(NEED) mmdebstrap:mmdebstrap $(ARCHIVE_KEYS)
	@[ -e $(BARE_ROOT) ] || { [ -n "$(DEBIAN_MIRROR)" ] || { echo "$(NO_MIRROR)" >&2; exit 1; }; \
		test/bare-root $(DEBIAN_MIRROR) $(BARE_ROOT); }
	@echo $(BARE_ROOT)

# Programs of other suites: $(PACKAGES)/PACKAGE/SUITE has a package's files, and
# $(PACKAGES)/root/PACKAGE/SUITE those of what it depends on, too.
PACKAGES = $(CACHE)/packages-$(call checksum,tools/fetch-package $(ARCHIVE_TOOL))

$(PACKAGES)/%:
	@$(NEED) bash:bash $(ARCHIVE_KEYS)
	@[ -n "$(DEBIAN_MIRROR)" ] || { echo "$(NO_MIRROR)" >&2; exit 1; }
	@tools/fetch-package $(patsubst root,--root,$(subst /, ,$*)) $(DEBIAN_MIRROR) $@

.PHONY: need-test
need-test: | need-image need-deb need-rpm need-windows need-wine
	@$(NEED_CC) $(foreach arch,$(KERNEL_HEADERS),linux-libc-dev-$(arch)-cross:/usr/share/doc/linux-libc-dev-$(arch)-cross) \
		qemu-user-static:qemu-aarch64-static bats:bats clang:clang gcc:gcc jq:jq musl-tools:musl-gcc \
		nginx-light:/usr/sbin/nginx lintian:lintian rpmlint:rpmlint man-db:man mandoc:mandoc procps:pgrep \
		bsdutils:script libseccomp-dev:/usr/include/seccomp.h \
		python3-capstone:/usr/lib/python3/dist-packages/capstone seccomp:scmp_sys_resolver valgrind:valgrind \
		redis-server:redis-server strace:strace util-linux:nsenter git:git gnupg:gpg gzip:gzip busybox:busybox tini:tini \
		python3-yaml:/usr/lib/python3/dist-packages/yaml

# What test/contract runs beside pause.
CONTRACT_PROGRAMS = $(filter-out %/exec_under_filter %/refuse_calls,$(TEST_PROGRAMS)) build/zombie_demo

.PHONY: need-check
need-check: | need-cc
	@$(NEED) bash:bash bats:bats bsdutils:script strace:strace util-linux:nsenter

.PHONY: check
check: need-check build/pause $(CONTRACT_PROGRAMS) ## the contract, by build/pause alone: for the build of a package
	@bats test/contract

.PHONY: test
test: $(PAUSES) build/test/pause-asan build/test/pause-valgrind $(EMULATED) $(PLATFORMS:%=build/linux-%/pause) windows $(IMAGE) $(DEBS) $(RPMS) $(TEST_PROGRAMS) $(WINDOWS_TEST_PROGRAMS) $(DEMO_PROGRAMS) build/bench/startup ## every test that this machine can run
	@failed=0; export BATS_TEST_TIMEOUT=200; \
	for pause in $(PAUSES); do \
		echo "# the contract, by $$pause"; \
		PAUSE=$$pause bats test/contract || failed=1; \
	done; \
	echo "# the contract, by build/test/pause-asan"; \
	ASAN_OPTIONS=$(ASAN_OPTIONS) PAUSE=build/test/pause-asan bats --filter-tags '!bare' test/contract || failed=1; \
	echo "# a part of the contract, by build/test/pause-valgrind"; \
	PAUSE=build/test/pause-valgrind bats --filter-tags '!bare,!native,!storm' $(VALGRIND_CONTRACT) || failed=1; \
	for pause in $(EMULATED); do \
		echo "# a part of the contract, by $$pause, emulated"; \
		PAUSE=$$pause bats --filter-tags '!native,!storm' --report-formatter tap --output $$pause.d \
			$(EMULATED_CONTRACT) || failed=1; \
	done; \
	echo "# all but the contract"; \
	bats test/build.bats test/manual.bats test/install.bats test/packages.bats test/release.bats test/platforms \
		test/system_calls.bats test/refused_calls.bats test/image.bats test/windows.bats \
		test/examples/processes.bats test/demo.bats test/bench.bats test/torture.bats test/fuzz.bats test/docs.bats || failed=1; \
	exit $$failed

.PHONY: torture
torture: need-test build/pause build/test/orphans ## storms of orphans, signals and debuggers for SECONDS=120, from SEED=... on
	@test/torture $(or $(SECONDS),120) $(SEED)

build/test/fuzz_arguments: test/fuzz/arguments.c src/pause.c Makefile | need-test
	@$(NEED) libclang-rt-dev:/usr/share/doc/libclang-rt-dev
	@mkdir -p build/test
	clang -std=gnu11 -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all $(WARNINGS) $< -o $@

.PHONY: fuzz
fuzz: build/test/fuzz_arguments ## arguments of any bytes, by libFuzzer, for SECONDS=20
	@$< -max_total_time=$(or $(SECONDS),20) -max_len=2000 -dict=test/fuzz/options.dict -print_final_stats=1 \
		-artifact_prefix=build/test/ >build/test/fuzz.log 2>&1 || { grep -av '^#' build/test/fuzz.log | head -n 40 >&2; exit 1; }
	@sed -n 's/^stat::number_of_executed_units: *\(.*\)/\1 lists of arguments, none answered wrongly/p' build/test/fuzz.log
