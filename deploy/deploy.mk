# SPDX-License-Identifier: Apache-2.0
#
# What goes onto a node: make install, the packages, and what a release page has.

# Where things are installed, by the names of the GNU Coding Standards.
PREFIX = /usr/local
prefix = $(PREFIX)
exec_prefix = $(prefix)
bindir = $(exec_prefix)/bin
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
	@for directory in $(foreach directory,bindir sbindir libexecdir datadir mandir unitdir,'$(subst ','\'',$($(directory)))'); do \
		case $$directory in /*) ;; *) \
			echo "install where? a folder begins with a /, as in prefix=/usr/local, and not: '$$directory'" >&2; exit 1 ;; esac; \
	done

# -D makes the folders that are not there, and leaves the modes of those that are.
.PHONY: install install-image uninstall
install: need-directories $(PROGRAMS)/pause $(PROGRAMS)/pause-init ## pause, pause-init, pause-node, its units and manual pages, below PREFIX=/usr/local; DESTDIR=
	$(INSTALL_PROGRAM) -DT $(PROGRAMS)/pause $(call to,$(bindir)/pause)
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
	rm -f $(call to,$(bindir)/pause) $(call to,$(libexecdir)/pause/init) $(call to,$(sbindir)/pause-node) \
		$(call to,$(unitdir)/pause-node.service) $(call to,$(unitdir)/pause-node.timer) \
		$(call to,$(mandir)/man1/pause.1) $(call to,$(mandir)/man1/pause-init.1) $(call to,$(mandir)/man8/pause-node.8) \
		$(call to,$(datadir)/pause/pause.oci.tar)
	for directory in $(call to,$(libexecdir)/pause) $(call to,$(datadir)/pause); do \
		[ ! -d "$$directory" ] || rmdir --ignore-fail-on-non-empty "$$directory" || exit; \
	done

# The packages, by the platform, and by the names that they have elsewhere in build/packages.
DEBS = $(PLATFORMS:%=build/linux-%/pause.deb)
RPMS = $(PLATFORMS:%=build/linux-%/pause.rpm)
WHAT_IS_PACKAGED = $(IMAGE) CHANGELOG.md src/pause.1 src/pause-init.1 \
	deploy/deploy.mk deploy/packages.bash deploy/package-version deploy/changes $(wildcard node/pause-node*)

# Before anything is built.
.PHONY: need-package-version
need-package-version:
	@deploy/package-version >/dev/null

.PHONY: need-deb need-rpm
need-deb: | need-image
	@$(NEED) debhelper:dh dpkg-dev:dpkg-architecture

need-rpm: | need-image
	@$(NEED) rpm:rpmbuild

$(DEBS): build/linux-%/pause.deb: build/linux-%/pause build/linux-%/pause-init deploy/deb $(wildcard deploy/debian/*) $(WHAT_IS_PACKAGED) | need-deb
	+deploy/deb $* $@

$(RPMS): build/linux-%/pause.rpm: build/linux-%/pause build/linux-%/pause-init deploy/rpm LICENSE $(WHAT_IS_PACKAGED) | need-rpm
	+deploy/rpm $* $@

# $(call collect_packages,FILES,EXTENSION,COMMAND), which prints the name of the package in a file.
define collect_packages
	@mkdir -p build/packages
	@rm -f build/packages/*.$(2)
	@for file in $(1); do \
		package=build/packages/$$($(3) $$file) && cp -p $$file $$package && echo $$package || exit; \
	done
endef

.PHONY: deb rpm
deb: need-package-version $(DEBS) ## a Debian package for each platform, in build/packages
	$(call collect_packages,$(filter build/%,$^),deb,dpkg-deb --show --showformat '$${Package}_$${Version}_$${Architecture}.deb')

rpm: need-package-version $(RPMS) ## an RPM package for each platform, there
	$(call collect_packages,$(filter build/%,$^),rpm,rpm --query --queryformat '%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm' --package)

.PHONY: release
release: | need-deb need-rpm need-platforms need-windows ## with VERSION=1.2.3, all that its page has, as build/release/VERSION; KEY=... signs it
	@$(NEED) git:git gzip:gzip $(if $(KEY),gnupg:gpg)
	+@deploy/release $(PLATFORMS)
