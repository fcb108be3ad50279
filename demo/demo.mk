# SPDX-License-Identifier: Apache-2.0

build/demo/tiny_service: demo/tiny_service.c Makefile | need-cc
	@mkdir -p build/demo
	$(CC) -Os $(WARNINGS) $< -o $@

DEMO_PROGRAMS = build/pause build/zombie_demo build/pod/loopback build/demo/tiny_service

.PHONY: demo
demo: $(DEMO_PROGRAMS) ## a pod you can watch; with ENGINE=docker or ENGINE=podman, of real containers
	@$(NEED) bash:bash util-linux:nsenter util-linux:unshare
	@demo/run $(ENGINE)
