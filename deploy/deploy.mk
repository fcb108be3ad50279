# SPDX-License-Identifier: Apache-2.0
#
# What goes onto a node: make install, the packages, and what a release page has.

# Where things are installed, by the names of the GNU Coding Standards.
PREFIX = /usr/local
prefix = $(PREFIX)
exec_prefix = $(prefix)
sbindir = $(exec_prefix)/sbin
libexecdir = $(exec_prefix)/libexec
datarootdir = $(prefix)/share
datadir = $(datarootdir)
mandir = $(datarootdir)/man
unitdir = $(exec_prefix)/lib/systemd/system
INSTALL = install
INSTALL_PROGRAM = $(INSTALL)
INSTALL_DATA = $(INSTALL) -m 644

# The folder whose pause and pause-init are installed: build, or build/linux-ARCH.
PROGRAMS = build

# $(call to,FOLDER/FILE): where it is installed, for the shell, as a folder may have any name.
to = '$(subst ','\'',$(DESTDIR)$(1))'

.PHONY: need-directories
need-directories:
	@for directory in $(foreach directory,sbindir libexecdir datadir mandir unitdir,'$(subst ','\'',$($(directory)))'); do \
		case $$directory in /*) ;; *) \
			echo "install where? a folder begins with a /, as in prefix=/usr/local, and not: '$$directory'" >&2; exit 1 ;; esac; \
	done

# -D makes the folders that are not there, and leaves the modes of those that are.
.PHONY: install install-image uninstall
install: need-directories $(PROGRAMS)/pause $(PROGRAMS)/pause-init ## pause, pause-init, pause-node, its units and manual pages, below PREFIX=/usr/local; DESTDIR=
	$(INSTALL_PROGRAM) -DT $(PROGRAMS)/pause $(call to,$(libexecdir)/pause/pause)
	$(INSTALL_PROGRAM) -DT $(PROGRAMS)/pause-init $(call to,$(libexecdir)/pause/init)
	$(INSTALL_PROGRAM) -DT node/pause-node $(call to,$(sbindir)/pause-node)
	$(INSTALL_DATA) -DT node/pause-node.service $(call to,$(unitdir)/pause-node.service)
	$(INSTALL_DATA) -DT node/pause-node.timer $(call to,$(unitdir)/pause-node.timer)
	$(INSTALL_DATA) -DT src/pause.1 $(call to,$(mandir)/man1/pause.1)
	$(INSTALL_DATA) -DT src/pause-init.1 $(call to,$(mandir)/man1/pause-init.1)
	$(INSTALL_DATA) -DT node/pause-node.8 $(call to,$(mandir)/man8/pause-node.8)

install-image: need-directories $(IMAGE) ## the OCI archive, which has to be built with clang and buildah
	$(INSTALL_DATA) -DT $(IMAGE) $(call to,$(datadir)/pause/pause.oci.tar)

uninstall: need-directories ## remove what install and install-image have installed there
	rm -f $(call to,$(libexecdir)/pause/pause) $(call to,$(libexecdir)/pause/init) $(call to,$(sbindir)/pause-node) \
		$(call to,$(unitdir)/pause-node.service) $(call to,$(unitdir)/pause-node.timer) \
		$(call to,$(mandir)/man1/pause.1) $(call to,$(mandir)/man1/pause-init.1) $(call to,$(mandir)/man8/pause-node.8) \
		$(call to,$(datadir)/pause/pause.oci.tar)
	for directory in $(call to,$(libexecdir)/pause) $(call to,$(datadir)/pause); do \
		[ ! -d "$$directory" ] || rmdir --ignore-fail-on-non-empty "$$directory" || exit; \
	done

# The packages are made of the source archive, so its files are what they depend on.
WHAT_IS_PACKAGED = Makefile CHANGELOG.md LICENSE build/version build/date \
	$(shell find debian deploy image node pod src test tools -type f -name '[!.]*')
SOURCE_ARCHIVE = build/source/pause-$(VERSION:v%=%).tar.gz

# Before anything is built.
.PHONY: need-package-version
need-package-version:
	@deploy/package-version >/dev/null

.PHONY: need-deb need-rpm
need-deb: | need-image need-platforms need-cc
	@$(NEED) build-essential:/usr/share/build-essential debhelper:dh dpkg-dev:dpkg-buildpackage gzip:gzip

need-rpm: | need-image need-platforms need-cc
	@$(NEED) rpm:rpmbuild gzip:gzip

$(SOURCE_ARCHIVE): $(WHAT_IS_PACKAGED) | need-package-version
	@$(NEED) bash:bash gzip:gzip
	rm -rf $(@D)
	deploy/source $@

# The names of the packages, a line each.
DEBS = build/packages/debs
RPMS = build/packages/rpms

$(DEBS): $(SOURCE_ARCHIVE) | need-deb
	rm -f build/packages/*.deb
	mkdir -p build/packages
	deploy/deb $< build/packages >$@.new
	mv $@.new $@

$(RPMS): $(SOURCE_ARCHIVE) | need-rpm
	rm -f build/packages/*.rpm
	mkdir -p build/packages
	deploy/rpm $< build/packages >$@.new
	mv $@.new $@

.PHONY: deb rpm
deb: need-package-version $(DEBS) ## the Debian packages, by dpkg-buildpackage, in build/packages
	@cat $(DEBS)

rpm: need-package-version $(RPMS) ## the RPM packages, by rpmbuild, there
	@cat $(RPMS)

.PHONY: release
release: | need-deb need-rpm need-windows ## with VERSION=1.2.3, all that its page has, as build/release/VERSION; KEY=..., COSIGN_KEY=... sign it
	@$(NEED) git:git $(if $(KEY),gnupg:gpg) $(if $(COSIGN_KEY),openssl:openssl)
	+@deploy/release $(PLATFORMS)
