# SPDX-License-Identifier: Apache-2.0

# The date of the image: without a commit none is known, and 1970 stands for that.
ifeq ($(origin SOURCE_DATE_EPOCH),undefined)
SOURCE_DATE_EPOCH := $(or $(shell [ ! -e .git ] || git log -1 --format=%ct),0)
endif
export SOURCE_DATE_EPOCH

IMAGE = build/pause.oci.tar

# Changes when SOURCE_DATE_EPOCH does. Some tools read 010 as eight, and none the year 5138.
build/date: FORCE
	@case $$SOURCE_DATE_EPOCH in '' | *[!0-9]* | 0?* | ???????????*) \
		echo "SOURCE_DATE_EPOCH is seconds since 1970, in at most ten digits, and not: '$$SOURCE_DATE_EPOCH'" >&2; exit 1 ;; esac
	@mkdir -p build
	@echo "$$SOURCE_DATE_EPOCH" | cmp -s - $@ || echo "$$SOURCE_DATE_EPOCH" >$@

.PHONY: need-image
need-image:
	@$(NEED) bash:bash buildah:buildah jq:jq skopeo:skopeo tar:tar $(if $(WINDOWS_BASE),gzip:gzip python3:python3)

# Changes when WINDOWS_BASE does.
build/windows-base: FORCE
	@mkdir -p build
	@echo "$$WINDOWS_BASE" | cmp -s - $@ || echo "$$WINDOWS_BASE" >$@

$(IMAGE): image/archive image/windows image/windows-layer image/annotations.bash build/version build/date build/windows-base \
	$(PLATFORMS:%=build/linux-%/pause) $(PLATFORMS:%=build/linux-%/pause-init) $(if $(WINDOWS_BASE),build/windows-amd64/pause.exe) | need-image
	image/archive $@ $(PLATFORMS)

.PHONY: image
image: $(IMAGE) ## the image for every platform, as build/pause.oci.tar, and its digests
	@image/describe $< | grep ' index '

.PHONY: image-contents
image-contents: $(IMAGE) ## the digest of each platform's image, and its bytes to pull
	@image/describe $<

.PHONY: verify-image
verify-image: need-image ## with DIGEST=sha256:..., build the image from scratch and compare
	+@image/verify "$${DIGEST-}"

.PHONY: image-docker
image-docker: $(IMAGE) ## load the image into Docker
	@$(NEED) docker.io:docker
	@image/load $<

.PHONY: push
push: need-registry $(IMAGE) ## with REGISTRY=host/path, push the image for all platforms to host/path/pause
	@image/push $(IMAGE) "$$REGISTRY"

.PHONY: need-registry
need-registry:
	@[ -n "$${REGISTRY-}" ] || { echo "push where? REGISTRY=host/path" >&2; exit 1; }
