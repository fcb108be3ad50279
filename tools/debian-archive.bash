# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Debian's archive, of any suite and architecture, without installing anything:
# apt with a configuration of its own, which checks Debian's signature. To be
# sourced by a bash that has set -e.

ARCHIVE_KEYS=/usr/share/keyrings/debian-archive-keyring.gpg

# archive_into DIR MIRROR WHAT: makes NEW, a folder that archive_keep turns into DIR,
# which must not be there. Where the shell ends before that, NEW is removed, a line on
# stderr says that WHAT cannot be had from MIRROR, and the status is 1.
archive_into() {
	ARCHIVE_DIR=$1 ARCHIVE_FAILURE="${0##*/}: cannot have $3 from $2"
	mkdir -p "${1%/*}"
	NEW=$(mktemp -d "$1.XXXXXX")
	trap archive_at_exit EXIT
	trap 'exit 1' INT TERM
}

archive_at_exit() {
	[ -e "$NEW" ] || return 0
	rm -rf "$NEW"
	echo "$ARCHIVE_FAILURE" >&2
	exit 1
}

archive_keep() {
	rm -rf "$NEW/apt"
	chmod 755 "$NEW"
	mv -T "$NEW" "$ARCHIVE_DIR"
}

# archive_use MIRROR SUITE ARCHITECTURE: from here on archive_apt speaks of that, at the
# URL MIRROR, and of nothing that this machine has or is. It keeps its state in NEW/apt, anew.
archive_use() {
	local option

	ARCHIVE=$NEW/apt
	rm -rf "$ARCHIVE"
	mkdir -p "$ARCHIVE"/{lists,archives}/partial
	: >"$ARCHIVE/status"
	echo "deb [signed-by=$ARCHIVE_KEYS] $1 $2 main" >"$ARCHIVE/sources.list"
	# On the command line, as apt.conf(5) reads a configuration of ours before the machine's.
	ARCHIVE_OPTIONS=(-qq)
	for option in "APT::Architecture=$3" "APT::Architectures=$3" APT::Sandbox::User= \
		APT::Update::Error-Mode=any Acquire::Languages=none "Dir::Cache=$ARCHIVE" \
		Dir::Cache::pkgcache=pkgcache.bin Dir::Etc::preferencesparts=/dev/null \
		"Dir::Etc::sourcelist=$ARCHIVE/sources.list" Dir::Etc::sourceparts=/dev/null \
		"Dir::State=$ARCHIVE" "Dir::State::status=$ARCHIVE/status"; do
		ARCHIVE_OPTIONS+=(-o "$option")
	done
	archive_apt get update
}

# archive_apt get|cache ARGUMENT...: apt-get or apt-cache, of that archive.
archive_apt() {
	"apt-$1" "${ARCHIVE_OPTIONS[@]}" "${@:2}"
}

# archive_unpack ROOT PACKAGE...: unpacks the packages and what they depend on into
# the folder ROOT, which may have some already, without what only people read.
archive_unpack() {
	local root=$1 name

	shift
	mkdir -p "$root"/usr/{bin,sbin,lib,lib64}
	for name in bin sbin lib lib64; do
		ln -s "usr/$name" "$root/$name"
	done
	archive_apt get -y --no-install-recommends --download-only install "$@"
	for name in "$ARCHIVE"/archives/*.deb; do
		dpkg-deb --fsys-tarfile "$name" | tar -x -C "$root" --keep-directory-symlink \
			--exclude=./etc --exclude=./var --exclude=./usr/share/{doc,info,locale,man} --exclude=gconv --exclude='lib*san.*'
	done
}
