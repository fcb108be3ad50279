# SPDX-License-Identifier: Apache-2.0
#
# The source package in a bare Debian, of today's suite, beside that of `make test`.

DEBIAN_TESTS = test/debian
DEBIAN_SUITE = trixie
DEBIAN_ROOTS = $(call once,DEBIAN_ROOTS,$(CACHE)/roots-$(DEBIAN_SUITE)-$(call \
	checksum,test/bare-root $(DEBIAN_TESTS)/dependencies debian/control debian/tests/control))

$(DEBIAN_ROOTS)/%.tar:
	@$(NEED) mmdebstrap:mmdebstrap $(ARCHIVE_KEYS)
	@[ -n "$(DEBIAN_MIRROR)" ] || { echo "$(NO_MIRROR)" >&2; exit 1; }
	@test/bare-root $(DEBIAN_MIRROR) $@ $(DEBIAN_SUITE) $$($(DEBIAN_TESTS)/dependencies $*)

.PHONY: test-packages
test-packages: $(SOURCE_ARCHIVE) ## the source package in a bare Debian 13: dpkg-buildpackage, lintian, autopkgtest
	@$(NEED) bats:bats autopkgtest:autopkgtest lintian:lintian
	@$(call fetched,$(DEBIAN_ROOTS)/build.tar $(DEBIAN_ROOTS)/test.tar)
	@ARCHIVE=$< ROOTS=$(DEBIAN_ROOTS) bats $(DEBIAN_TESTS)
