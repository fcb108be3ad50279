# SPDX-License-Identifier: Apache-2.0

build/bench/startup: bench/startup.c Makefile | need-cc
	@mkdir -p build/bench
	$(CC) -Os $(WARNINGS) $< -o $@

.PHONY: count-startup
count-startup: build/bench/startup build/pause ## instructions and system calls from exec to the wait
	build/bench/startup build/pause
