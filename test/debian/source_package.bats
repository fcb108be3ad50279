#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Only here: $ARCHIVE, the source archive of a release, in a bare Debian as in a distribution's builder:
# dpkg-buildpackage with the contracts, lintian, and autopkgtest on what has been built. $ROOTS has build.tar,
# a Debian with what the packages declare to need to be built, and test.tar, with what their tests declare.

bats_require_minimum_version 1.5.0

setup() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	[ -e "$ROOTS/test.tar" ] || skip "no archive of Debian"
	BUILDER=$BATS_FILE_TMPDIR/builder
}

# unpack NAME FOLDER: makes FOLDER the root of a Debian.
unpack() {
	mkdir "$2"
	tar -xf "$ROOTS/$1.tar" -C "$2"
}

# with_mounts ROOT SCRIPT WORD...: bash runs SCRIPT, with ROOT as $1, SCRIPT as $2 and the WORDs after them, in
# namespaces that take all processes and mounts along when SCRIPT ends. The kernel's files are below ROOT.
with_mounts() {
	unshare --mount --pid --fork --kill-child bash -ec '
		mount --bind "$1" "$1"
		mount -t proc proc "$1/proc"
		mount --rbind /sys "$1/sys"
		mount -t devpts -o newinstance,ptmxmode=666,mode=620 devpts "$1/dev/pts"
		mount -t tmpfs -o mode=1777 tmpfs "$1/dev/shm"
		'"$2" with_mounts "$@" 3>&-
}

# build DIR ARGUMENT...: dpkg-buildpackage of the archive, by an ordinary user in DIR of the builder. Not by
# chroot(2), after which a user gets no user namespace: buildah makes one, and so do the tests. A bare Debian
# has no umount(8), so this machine is in /mnt there.
build() {
	mkdir "$BUILDER/$1"
	cp "$ARCHIVE" "$BUILDER/$1/archive"
	# shellcheck disable=SC2016 # the inner shell expands it
	with_mounts "$BUILDER" '
		cd "$1"
		pivot_root . mnt
		cd "/$3"
		tar --no-same-owner -xf archive
		chown -R nobody .
		cd pause-*
		exec setpriv --reuid nobody --regid nogroup --clear-groups env -i PATH=/usr/sbin:/usr/bin HOME=/nonexistent \
			dpkg-buildpackage -us -uc "${@:4}"' "$@"
}

@test "dpkg-buildpackage builds and tests the source archive, with what Build-Depends names and nothing else" {
	unpack build "$BUILDER"
	build one
	ls "$BUILDER"/one/*.deb
}

@test "built again, in another folder: the same packages" {
	build "another folder" --build=binary --build-profiles=nocheck
	[ "$(find "$BUILDER/one" -maxdepth 1 -name '*.deb' | wc -l)" -eq 4 ]
	for package in "$BUILDER"/one/*.deb; do
		cmp "$package" "$BUILDER/another folder/${package##*/}"
	done
}

@test "lintian finds nothing in source and packages but what they say" {
	run -0 --separate-stderr env TMPDIR="$BATS_TEST_TMPDIR" lintian --display-info --pedantic "$BUILDER"/one/*.changes
	[ -z "$output" ]
}

# After chroot(2), the tests of pause-init cannot run: autopkgtest skips them, and ends with status 2.
@test "autopkgtest: the contract by the installed pause, the names, and pause-node with Podman" {
	unpack test "$BATS_TEST_TMPDIR/root"
	# shellcheck disable=SC2016 # the inner shell expands it
	run -2 with_mounts "$BATS_TEST_TMPDIR/root" 'exec env -u TMPDIR autopkgtest "${@:3}" -- chroot "$1"' \
		--output-dir "$BATS_TEST_TMPDIR/results" "$BUILDER"/one/*.changes
	[ "$(grep -c ' PASS$' "$BATS_TEST_TMPDIR/results/summary")" -eq 3 ]
}
