# SPDX-License-Identifier: Apache-2.0

# The libc builds, by the command that those who build the official pause know.
OFFICIAL_FLAGS = -Os -Wall -Werror -static

build/test/pause-glibc build/test/pause-musl: src/pause.c
build/test/pause-init-glibc build/test/pause-init-musl: src/init.c src/pause.c
build/test/pause-glibc build/test/pause-init-glibc: LIBC_CC = gcc
build/test/pause-musl build/test/pause-init-musl: LIBC_CC = musl-gcc
LIBC_BUILDS = $(foreach libc,glibc musl,build/test/pause-$(libc) build/test/pause-init-$(libc))
$(LIBC_BUILDS): Makefile build/version | need-test
	@mkdir -p build/test
	$(LIBC_CC) $(OFFICIAL_FLAGS) "-DVERSION=\"$$VERSION\"" $(firstword $(filter %.c,$^)) -o $@

build/test/exec_under_filter: LDLIBS = -lseccomp
build/test/print_signals: LDLIBS = -static

build/test/%: test/programs/%.c Makefile | need-check
	@mkdir -p build/test
	$(CC) -Os -pthread $(WARNINGS) $< $(LDLIBS) -o $@

build/test/exec_under_filter: | need-check-init

TEST_PROGRAMS = $(patsubst test/programs/%.c,build/test/%,$(wildcard test/programs/*.c))

# Emulated, a part of the contract: not what strace sees, and no storms.
EMULATED = $(PLATFORMS:%=build/test/linux-%)
EMULATED_CONTRACT = $(addprefix test/contract/,first_process.bats stop.bats arguments.bats version_and_help.bats)

build/test/linux-%: test/platforms/emulated test/platforms/machines.bash build/linux-%/pause | need-test
	@mkdir -p build/test
	test/platforms/emulated $* $@

# Built with AddressSanitizer and UBSan, which end the program at the first error.
build/test/pause-sanitized: src/pause.c Makefile build/version | need-test
	@mkdir -p build/test
	gcc -Os -Wall -Werror -g -fsanitize=address,undefined -fno-sanitize-recover=all \
		"-DVERSION=\"$$VERSION\"" $< -o $@

# The signals are pause's, and a debugger in a test is no reason to complain.
ASAN_OPTIONS = detect_leaks=0:handle_segv=0:handle_abort=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0:handle_sigtrap=0

# The kernel's headers for other processors, by Debian's names; bookworm has none for loong64.
KERNEL_HEADERS = $(filter-out loong64 $(shell dpkg --print-architecture),amd64 arm64 armhf i386 \
	mips64el ppc64el riscv64 s390x)

# What tests fetch from Debian's archive without installing it, in a folder for each
# version of what says what to fetch: $(call checksum,FILES).
CACHE = $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/pause
checksum = $(shell cat $(1) | cksum | cut -d ' ' -f 1)
ARCHIVE_TOOL = tools/debian-archive.bash
ARCHIVE_KEYS = debian-archive-keyring:/usr/share/keyrings/debian-archive-keyring.gpg
# apt takes half a second to answer, so make asks once.
DEBIAN_MIRROR = $(call once,DEBIAN_MIRROR,$(shell apt-get indextargets --format '$$(REPO_URI)' 'Created-By: Packages' \
	'Label: Debian' 2>/dev/null | head -n 1))
# $(call fetched,FILES): a recipe line that makes FILES if apt knows an archive. As prerequisites,
# FILES would make every make ask apt.
fetched = [ -z "$(DEBIAN_MIRROR)" ] || $(MAKE) --no-print-directory $(1)
NO_MIRROR = apt knows no archive of Debian here (apt-get update, if it should)

# $(call or_skip,NAME): a part of a recipe that ends it with one skipped test where test/isolated
# does not work.
or_skip = cannot=$$(test/isolated true 2>&1) || { echo "ok 1 $(1) \# skip $$cannot"; exit 0; }

# Where packages are installed and removed; prints it.
BARE_ROOT = $(call once,BARE_ROOT,$(CACHE)/bare-root-$(call checksum,test/bare-root).tar)
.PHONY: bare-root
bare-root:
	@$(NEED) mmdebstrap:mmdebstrap $(ARCHIVE_KEYS)
	@[ -e $(BARE_ROOT) ] || { [ -n "$(DEBIAN_MIRROR)" ] || { echo "$(NO_MIRROR)" >&2; exit 1; }; \
		test/bare-root $(DEBIAN_MIRROR) $(BARE_ROOT); }
	@echo $(BARE_ROOT)

# Programs of other suites: $(PACKAGES)/PACKAGE/SUITE has a package's files, and
# $(PACKAGES)/root/PACKAGE/SUITE those of what it depends on, too.
PACKAGES = $(call once,PACKAGES,$(CACHE)/packages-$(call checksum,tools/fetch-package $(ARCHIVE_TOOL)))

$(PACKAGES)/%:
	@$(NEED) bash:bash $(ARCHIVE_KEYS)
	@[ -n "$(DEBIAN_MIRROR)" ] || { echo "$(NO_MIRROR)" >&2; exit 1; }
	@tools/fetch-package $(patsubst root,--root,$(subst /, ,$*)) $(DEBIAN_MIRROR) $@

.PHONY: need-test
need-test: | need-image need-deb need-rpm need-windows need-wine
	@$(NEED_CC) $(foreach arch,$(KERNEL_HEADERS),linux-libc-dev-$(arch)-cross:/usr/share/doc/linux-libc-dev-$(arch)-cross) \
		qemu-user-static:qemu-aarch64-static bats:bats clang:clang gcc:gcc jq:jq musl-tools:musl-gcc \
		nginx-light:/usr/sbin/nginx lintian:lintian rpmlint:rpmlint man-db:man mandoc:mandoc procps:pgrep python3-pexpect:/usr/lib/python3/dist-packages/pexpect \
		bsdutils:script libseccomp-dev:/usr/include/seccomp.h \
		python3-capstone:/usr/lib/python3/dist-packages/capstone seccomp:scmp_sys_resolver \
		redis-server:redis-server strace:strace util-linux:nsenter git:git gnupg:gpg gzip:gzip openssl:openssl busybox:busybox tini:tini \
		python3-yaml:/usr/lib/python3/dist-packages/yaml $(RUNSC)

# gVisor is packaged for these only.
RUNSC = $(if $(filter amd64 arm64,$(THIS_PLATFORM)),runsc:runsc)

# What test/contract runs beside pause.
CONTRACT_PROGRAMS = $(filter-out %/exec_under_filter,$(TEST_PROGRAMS))

.PHONY: need-check
need-check: | need-cc
	@$(NEED) bash:bash bats:bats bsdutils:script strace:strace util-linux:nsenter

.PHONY: check
check: need-check build/pause $(CONTRACT_PROGRAMS) ## the contract, by build/pause alone: for the build of a package
	@bats test/contract

# What is promised of pause-init, and the part of it that a libc could change.
INIT_TESTS = test/init
INIT_LIBC_TESTS = $(addprefix $(INIT_TESTS)/,ends.bats names.bats signals.bats)

.PHONY: need-check-init
need-check-init: | need-check
	@$(NEED) libseccomp-dev:/usr/include/seccomp.h procps:pgrep \
		python3-pexpect:/usr/lib/python3/dist-packages/pexpect

.PHONY: check-init
check-init: need-check-init build/pause-init $(TEST_PROGRAMS) ## what is promised of pause-init, by build/pause-init alone: for the build of a package
	@bats $(filter-out %/platforms.bats,$(wildcard $(INIT_TESTS)/*.bats))

# The contract runs on the program of the image and, without storms, on build/pause and the
# builds with a libc. The other groups hold everything else and take about equally long.
TEST_GROUPS = pause linux-$(THIS_PLATFORM)/pause init init-glibc init-musl glibc musl sanitized emulated image build packages demo measures
bats-pause: BATS = PAUSE=build/pause bats --filter-tags '!storm' test/contract
bats-linux-$(THIS_PLATFORM)/pause: BATS = PAUSE=build/linux-$(THIS_PLATFORM)/pause bats test/contract test/gvisor.bats
bats-glibc bats-musl: BATS = PAUSE=build/test/pause-$(@:bats-%=%) bats --filter-tags '!storm' test/contract
bats-init: BATS = INIT=build/linux-$(THIS_PLATFORM)/pause-init bats $(INIT_TESTS)
bats-init-glibc bats-init-musl: BATS = INIT=build/test/pause-$(@:bats-%=%) bats --filter-tags '!freestanding' $(INIT_LIBC_TESTS)
bats-sanitized: BATS = ASAN_OPTIONS=$(ASAN_OPTIONS) PAUSE=build/test/pause-sanitized bats --filter-tags '!bare,!storm' test/contract
bats-emulated: BATS = for pause in $(EMULATED); do \
		echo "\# $$pause"; \
		PAUSE=$$pause bats --filter-tags '!native,!storm' --report-formatter tap --output $$pause.d \
			$(EMULATED_CONTRACT) || exit; \
	done
bats-image: BATS = bats test/image.bats test/windows.bats
bats-build: BATS = bats test/build.bats test/build_go.bats test/platforms test/system_calls.bats test/manual.bats test/docs.bats test/fuzz.bats
bats-packages: BATS = bats test/packages.bats test/release.bats test/install.bats test/need.bats
bats-demo: BATS = bats test/demo.bats test/examples/processes.bats
bats-measures: BATS = bats test/bench.bats test/torture.bats

.PHONY: $(TEST_GROUPS:%=bats-%)
$(TEST_GROUPS:%=bats-%):
	@echo "# $@"; export BATS_TEST_TIMEOUT=900; $(BATS)

# Most tests wait more than they compute, so there are more groups at a time than CPUs.
.PHONY: test
test: build/pause build/pause-init $(LIBC_BUILDS) build/test/pause-sanitized $(EMULATED) platforms windows $(IMAGE) $(DEBS) $(RPMS) $(TEST_PROGRAMS) $(WINDOWS_TEST_PROGRAMS) $(DEMO_PROGRAMS) build/bench/startup ## every test that this machine can run
	@$(MAKE) --no-print-directory --keep-going --output-sync=target -j $$(($$(nproc) + 1)) $(TEST_GROUPS:%=bats-%)

.PHONY: torture
torture: need-test build/pause build/test/orphans ## storms of orphans, signals and debuggers for SECONDS=120, from SEED=... on
	@test/torture $(or $(SECONDS),120) $(SEED)

# Dictionaries, as test/fuzz/NAME.dict.
FUZZERS = arguments init_arguments

$(FUZZERS:%=build/test/fuzz_%): build/test/fuzz_%: test/fuzz/%.c test/fuzz/written.h src/pause.c src/init.c Makefile | need-test
	@$(NEED) libclang-rt-dev:/usr/share/doc/libclang-rt-dev
	@mkdir -p build/test
	clang -std=gnu11 -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all $(WARNINGS) $< -o $@

.PHONY: fuzz
fuzz: $(FUZZERS:%=build/test/fuzz_%) ## arguments of any bytes for pause and pause-init, by libFuzzer, each for SECONDS=20
	@for fuzzer in $(FUZZERS); do \
		build/test/fuzz_$$fuzzer -max_total_time=$(or $(SECONDS),20) -max_len=1900 -dict=test/fuzz/$$fuzzer.dict -print_final_stats=1 \
			-artifact_prefix=build/test/ >build/test/fuzz.log 2>&1 || { grep -av '^#' build/test/fuzz.log | head -n 40 >&2; exit 1; }; \
		sed -n "s/^stat::number_of_executed_units: *\(.*\)/$$fuzzer: \1 lists, none answered wrongly/p" build/test/fuzz.log; \
	done
