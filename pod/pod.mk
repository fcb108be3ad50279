# SPDX-License-Identifier: Apache-2.0

build/pod/loopback: pod/loopback.c Makefile | need-cc
	@mkdir -p build/pod
	$(CC) -Os $(WARNINGS) $< -o $@
