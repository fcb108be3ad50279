# SPDX-License-Identifier: Apache-2.0
# The front door: `make help`. Each folder that has targets brings them in its .mk file.

SHELL = /bin/sh
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := build/pause

# In the source archive of a release: what git would say.
-include .release.mk

# A repository that this tree only lies in does not name it. How long git makes a
# commit's name otherwise depends on the user's settings and the size of the clone.
ifeq ($(origin VERSION),undefined)
VERSION := $(or $(shell [ ! -e .git ] || git describe --tags --always --dirty --abbrev=12),HEAD)
endif
export VERSION

# Folders that a compiler would search before ours; flags that lld-link adds to those it is given.
unexport CPATH C_INCLUDE_PATH LINK _LINK_

# $(call once,NAME,VALUE), as the value of NAME: expands VALUE until it is not empty, then keeps it.
once = $(if $(2),$(eval $(1) := $(2)))$(2)

# = and not := from here on: the compiler may only be installed once a recipe runs.
ARCH = $(call once,ARCH,$(firstword $(subst -, ,$(shell $(CC) -dumpmachine 2>/dev/null))))
# gcc has -Oz since version 12.
SMALLEST = $(shell $(CC) -Oz -E -x c /dev/null >/dev/null 2>&1 && echo -Oz || echo -Os)

WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wcast-align -Wcast-qual -Wwrite-strings -Wundef -Wvla -Wformat=2 -Werror

# Distributions default to flags that only make sense with a libc or a debugger: stack
# protector, CET marks, unwind tables, fortified headers, frame pointers. $(CFLAGS) and
# $(LDFLAGS) are left out for the same reason, and so that one source gives one program.
FREESTANDING_INCLUDE = -std=c11 -ffreestanding -nostdinc -isystem src/freestanding \
	-include src/freestanding/start.h
FREESTANDING_CODE = -fPIE -fno-stack-protector -fcf-protection=none -fno-unwind-tables \
	-fno-asynchronous-unwind-tables -fomit-frame-pointer -U_FORTIFY_SOURCE
FREESTANDING_LINK = -nostdlib -Wl,-T,src/freestanding/pause.ld -Wl,--no-dynamic-linker \
	-Wl,--build-id=none -Wl,-z,noexecstack -Wl,--fatal-warnings
FREESTANDING_FILES = $(wildcard src/freestanding/* src/freestanding/*/*)
ARCH_H = '-DARCH_H="arch/$(ARCH).h"'

NEED = tools/need
NEED_CC = $(NEED) $(patsubst cc,gcc,$(firstword $(CC))):$(firstword $(CC)) binutils:ld mawk:awk libc6-dev:/usr/include/stdio.h

.PHONY: help
help: ## say what each target does
	@awk -F ':.*## ' '/^[a-z][^:=]*:.*## / { printf "  %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "VERSION=... sets the version, CC=... the compiler."

build/pause: ## the program for this machine (what `make` alone builds)
build/pause-init: ## the init of one container

build/pause build/pause-init: build/%: build/%.elf tools/strip-section-headers
	tools/strip-section-headers $< $@

# The same programs with their symbols, for a debugger or a disassembler.
build/pause.elf: src/pause.c
build/pause-init.elf: src/init.c src/pause.c
build/pause.elf build/pause-init.elf: $(FREESTANDING_FILES) Makefile src/platforms.mk build/version build/compiler | need-cc
	@test -e src/freestanding/arch/$(ARCH).h || { \
		echo "no src/freestanding/arch/$(ARCH).h: this processor is not supported without a libc" >&2; exit 1; }
	$(CC) $(FREESTANDING_INCLUDE) $(ARCH_H) $(SMALLEST) $(WARNINGS) $(FREESTANDING_CODE) $(NATIVE_$(ARCH)) \
		-static-pie $(FREESTANDING_LINK) "-DVERSION=\"$$VERSION\"" $(firstword $(filter %.c,$^)) -o $@

# Changes when VERSION does, so that what holds it is built anew.
.PHONY: FORCE
build/version: FORCE
	@case $$VERSION in '' | *[!A-Za-z0-9._+~-]*) \
		echo "VERSION may hold letters, digits and . _ + ~ - and is: '$$VERSION'" >&2; exit 1 ;; esac
	@mkdir -p build
	@echo "$$VERSION" | cmp -s - $@ || echo "$$VERSION" >$@

# The same for CC.
build/compiler: FORCE
	@mkdir -p build
	@echo "$(CC)" | cmp -s - $@ || echo "$(CC)" >$@

build/zombie_demo: src/zombie_demo.c Makefile | need-cc ## the orphan maker of the demo
	@mkdir -p build
	$(CC) -Os -static $(WARNINGS) $< -o $@

.PHONY: need-cc
need-cc:
	@$(NEED_CC)

C_FILES = $(shell find src pod demo bench proof test -name '*.[ch]')
WINDOWS_C_FILES = $(filter src/windows/% test/windows/%,$(C_FILES))
HOSTED_C_FILES = $(filter-out $(WINDOWS_C_FILES) src/freestanding/% proof/%,$(C_FILES))
# They would take what a system call answers in test/fuzz for all that one can answer.
ANALYSED_FILES = $(filter-out test/fuzz/%,$(HOSTED_C_FILES))
# gcc does not know that a %s in a format comes with a text; clang-tidy and proof/eva do.
ANALYZER = -fanalyzer -Wno-analyzer-null-dereference
PYTHON_FILES = $(shell grep -rlE '^\#!/usr/bin/python3' bench image proof test) $(wildcard bench/*.py pod/*.py)
SHELL_FILES = $(shell grep -rlE '^\#!/bin/(ba)?sh|shellcheck shell=' .ci bench debian demo deploy image node pod proof test tools)
BATS_FILES = $(shell find test -name '*.bats')
# What the tests set, test/helpers.bash reads, and the other way round; and a test is no subshell.
BATS_EXCLUDE = SC2034 SC2153 SC2154 SC2030 SC2031

.PHONY: need-lint
need-lint: | need-cc need-windows
	@$(NEED) clang-format:clang-format clang-tidy:clang-tidy cppcheck:cppcheck shellcheck:shellcheck \
		black:black flake8:flake8 gcc:gcc libseccomp-dev:/usr/include/seccomp.h

# Suppressed for init.c: the members of struct info that only the kernel uses, and the scope of a
# string of the environment, which has to last until execve(2).
.PHONY: lint
lint: need-lint ## the style, and what analysers find: clang-format, clang-tidy, cppcheck, gcc -fanalyzer, shellcheck, black, flake8
	clang-format --dry-run --Werror $(C_FILES)
	printf '%s\n' $(HOSTED_C_FILES) | xargs -P "$$(nproc)" -I FILE clang-tidy --quiet FILE -- -pthread
	clang-tidy --quiet src/pause.c -- $(FREESTANDING_INCLUDE) $(ARCH_H)
	clang-tidy --quiet $(WINDOWS_C_FILES) -- $(WINDOWS_TARGET_amd64) $(WINDOWS_INCLUDE)
	cppcheck --quiet --enable=all --inconclusive --std=c11 --suppress=missingIncludeSystem \
		--suppress=unusedFunction:src/windows/pause.c --suppress=unusedStructMember:src/init.c \
		--suppress=variableScope:src/init.c \
		--error-exitcode=1 $(ANALYSED_FILES) $(WINDOWS_C_FILES)
	for file in $(filter %.c,$(ANALYSED_FILES)); do \
		gcc $(ANALYZER) -Werror -O2 -pthread -c $$file -o /dev/null || exit; done
	shellcheck $(SHELL_FILES)
	shellcheck --shell=bats $(BATS_EXCLUDE:%=--exclude=%) $(BATS_FILES)
	black --quiet --check --line-length 120 $(PYTHON_FILES)
	flake8 --max-line-length 120 --extend-ignore E203 $(PYTHON_FILES)

.PHONY: clean
clean: ## remove all that was built
	rm -rf build

include src/platforms.mk src/windows/windows.mk image/image.mk node/node.mk deploy/deploy.mk pod/pod.mk demo/demo.mk test/windows/windows.mk test/test.mk test/debian/debian.mk test/modules/modules.mk test/engines/engines.mk test/engines/critest.mk test/cluster/cluster.mk test/ansible/ansible.mk test/node/node.mk test/kernels/kernels.mk test/kubernetes/kubernetes.mk test/examples/examples.mk bench/bench.mk proof/proof.mk docs/docs.mk
