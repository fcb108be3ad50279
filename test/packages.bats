#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Only here: the packages of make deb and make rpm, what is in them and what they do to a machine.
# That they are the same wherever they are built, test/release.bats shows.

load helpers

# As pause calls them, as Debian does, and as RPM does.
PLATFORMS='386 i386 i686
amd64 amd64 x86_64
arm-v7 armhf armv7hl
arm64 arm64 aarch64
loong64 loong64 loongarch64
mips64le mips64el mips64el
ppc64le ppc64el ppc64le
riscv64 riscv64 riscv64
s390x s390x s390x'

FILES='-rwxr-xr-x 0:0 /usr/bin/pause
-rw-r--r-- 0:0 /usr/lib/systemd/system/pause-node.service
-rw-r--r-- 0:0 /usr/lib/systemd/system/pause-node.timer
-rwxr-xr-x 0:0 /usr/libexec/pause/init
-rwxr-xr-x 0:0 /usr/sbin/pause-node
-rw-r--r-- 0:0 /usr/share/man/man1/pause-init.1.gz
-rw-r--r-- 0:0 /usr/share/man/man1/pause.1.gz
-rw-r--r-- 0:0 /usr/share/man/man8/pause-node.8.gz
-rw-r--r-- 0:0 /usr/share/pause/pause.oci.tar'

setup_file() {
	# The make that runs the tests has handed down its own.
	unset MAKEFLAGS MAKELEVEL MFLAGS
	VERSION=$(cat build/version) SOURCE_DATE_EPOCH=$(cat build/date)
	export VERSION SOURCE_DATE_EPOCH
	PACKAGE_VERSION=$(deploy/package-version)
	export PACKAGE_VERSION
	THIS=$(make -s this-platform)
	export THIS
}

# files_of ROOT: mode, owner and name of each file there, but for what dpkg and rpm write down.
files_of() {
	find "$1" \( -path "$1/var/lib/dpkg" -o -path "$1/var/lib/rpm" -o -path "$1/var/log/dpkg.log" \) -prune -o \
		! -type d -printf '%M %U:%G /%P\n' -o -type d -printf '%M %U:%G /%P/\n' | LC_ALL=C sort -k 3
}

# is_installed ROOT PLATFORM: what both packages put there is what was built.
is_installed() {
	cmp "build/linux-$2/pause" "$1/usr/bin/pause"
	cmp "build/linux-$2/pause-init" "$1/usr/libexec/pause/init"
	cmp node/pause-node "$1/usr/sbin/pause-node"
	cmp node/pause-node.service "$1/usr/lib/systemd/system/pause-node.service"
	cmp node/pause-node.timer "$1/usr/lib/systemd/system/pause-node.timer"
	cmp src/pause.1 <(gzip -dc "$1/usr/share/man/man1/pause.1.gz")
	cmp src/pause-init.1 <(gzip -dc "$1/usr/share/man/man1/pause-init.1.gz")
	cmp node/pause-node.8 <(gzip -dc "$1/usr/share/man/man8/pause-node.8.gz")
	cmp build/pause.oci.tar "$1/usr/share/pause/pause.oci.tar"
}

# added BEFORE AFTER FILES: the second list of files_of has FILES that the first has not; that
# has none that the second has not.
added() {
	diff <(diff "$1" "$2" | grep '^[<>].*[^/]$') <(LC_ALL=C sort -k 3 <<<"$3" | sed -n 's/^./> &/p')
}

@test "a bare Debian: installed, run, also as PID 1, and purged without a trace" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	run make -s bare-root
	[ "$status" -eq 0 ] || skip "${lines[0]}"
	root=$BATS_TEST_TMPDIR/root
	mkdir "$root"
	tar -xf "$output" -C "$root" --exclude=./dev --exclude=./usr/share/locale --exclude=./usr/share/zoneinfo
	cp "build/linux-$THIS/pause.deb" "$root/pause.deb"
	files_of "$root" >"$BATS_TEST_TMPDIR/before"

	chroot "$root" dpkg --install /pause.deb
	files_of "$root" >"$BATS_TEST_TMPDIR/after"
	added "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after" "$FILES
-rw-r--r-- 0:0 /usr/share/doc/pause/changelog.gz
-rw-r--r-- 0:0 /usr/share/doc/pause/copyright
-rw-r--r-- 0:0 /usr/share/lintian/overrides/pause"
	[ "$(chroot "$root" dpkg-query --show --showformat '${Status} ${Version}' pause)" = \
		"install ok installed $PACKAGE_VERSION" ]
	[ -z "$(chroot "$root" dpkg --verify pause)" ]
	is_installed "$root" "$THIS"
	[ "$(chroot "$root" /usr/bin/pause -v)" = "pause.c $VERSION" ]
	as_init chroot "$root" /usr/bin/pause
	stop_pause TERM
	says "$ERR" "$TERMINATED"

	chroot "$root" dpkg --purge pause
	files_of "$root" | diff "$BATS_TEST_TMPDIR/before" -
}

@test "each Debian package: its architecture, the program of it, one script, no dependency" {
	while read -r platform debian _; do
		package=build/linux-$platform/pause.deb
		diff <(dpkg-deb --show --showformat '${Package} ${Version} ${Architecture} ${Depends}${Pre-Depends}${Recommends}\n' \
			"$package") <(echo "pause $PACKAGE_VERSION $debian ")
		[ "$(dpkg-deb --ctrl-tarfile "$package" | tar -t)" = "./
./control
./md5sums
./prerm" ]
		dpkg-deb --extract "$package" "$BATS_TEST_TMPDIR/$platform"
		is_installed "$BATS_TEST_TMPDIR/$platform" "$platform"
		[ "$(gzip -dc "$BATS_TEST_TMPDIR/$platform/usr/share/doc/pause/changelog.gz" | head -n 1)" = \
			"pause ($PACKAGE_VERSION) unstable; urgency=medium" ]
	done <<<"$PLATFORMS"
}

# lintian leaves files in TMPDIR. Of each kind one, as it takes its time: of this machine, of another byte order, at a fixed address.
@test "lintian and rpmlint find nothing but what is meant, and what Debian's rpmlint has no settings for" {
	run --separate-stderr env TMPDIR="$BATS_TEST_TMPDIR" lintian --display-info --pedantic --show-overrides "build/linux-$THIS/pause.deb" \
		build/linux-{s390x,mips64le}/pause.deb
	# What it is told, and why: the program is static, and engines want a unit.
	diff <(grep -v '^N: ' <<<"$output" | cut -d ' ' -f 1-3 | sort | uniq -c | sed 's/^ *//') - <<-'END'
		3 O: pause: maintainer-script-calls-systemctl
		4 O: pause: shared-library-lacks-prerequisites
		2 O: pause: statically-linked-binary
		30 O: pause: systemd-service-file-refers-to-unusual-wantedby-target
	END
	run --separate-stderr rpmlint build/linux-*/pause.rpm
	# Static, and on mips64el at a fixed address; without an address; signed by way of SHA256SUMS,
	# if at all; its name comes last; units are in /usr/lib. Debian's rpmlint knows no license, and wants manual pages to be
	# bzip2's, and groups, which rpm has given up.
	[ "$(sed -n 's/^pause[^ ]* [EW]: \([^ ]*\).*/\1/p' <<<"$output" | sort -u | xargs)" = "invalid-license\
 manpage-not-compressed no-group-tag no-manual-page-for-binary no-signature no-url-tag non-coherent-filename\
 only-non-binary-in-usr-lib position-independent-executable-suggested statically-linked-binary" ]
}

@test "each RPM package: installed below an empty root, and removed without a trace" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	root=$BATS_TEST_TMPDIR/root
	mkdir "$root"
	today=$(LC_ALL=C date --utc --date="@$SOURCE_DATE_EPOCH" '+%a %b %d %Y')
	rpm=(rpm --root "$root" --dbpath /var/lib/rpm) # Debian's looks into root's home otherwise
	while read -r platform _ arch; do
		package=build/linux-$platform/pause.rpm
		[ "$(rpm --query --queryformat '%{NAME} %{VERSION}-%{RELEASE} %{ARCH} %{LICENSE} %{BUILDHOST} %{BUILDTIME}' \
			--package "$package")" = "pause $PACKAGE_VERSION-1 $arch Apache-2.0 localhost $SOURCE_DATE_EPOCH" ]
		[ "$(rpm --query --requires --package "$package" | grep -v '^rpmlib(')" = /bin/sh ]
		[ "$(rpm --query --scripts --package "$package" | grep -c 'scriptlet')" -eq 1 ]
		[ "$(rpm --query --changelog --package "$package" | head -n 1)" = \
			"* $today The pause authors <maintainers@pause.invalid> - $PACKAGE_VERSION-1" ]
		# The root has no shell, and most packages are of another processor.
		"${rpm[@]}" --install --nodeps --ignorearch "$package"
		files_of "$root" | added /dev/null - "$FILES
-rw-r--r-- 0:0 /usr/share/licenses/pause/LICENSE"
		"${rpm[@]}" --verify --nodeps pause
		is_installed "$root" "$platform"
		[ "$platform" != "$THIS" ] || [ "$(chroot "$root" /usr/bin/pause -v)" = "pause.c $VERSION" ]
		"${rpm[@]}" --erase pause
		files_of "$root" | added /dev/null - ''
	done <<<"$PLATFORMS"
}

@test "build/packages has this version's, by the names that they have elsewhere" {
	mkdir -p build/packages
	: >build/packages/pause_0_amd64.deb
	run -0 make -s deb rpm
	diff <(while read -r _ debian rpm; do
		printf 'build/packages/%s\n' "pause_${PACKAGE_VERSION}_$debian.deb" "pause-$PACKAGE_VERSION-1.$rpm.rpm"
	done <<<"$PLATFORMS" | sort) <(sort <<<"$output")
	diff <(printf '%s\n' build/packages/* | sort) <(sort <<<"$output")
	cmp build/linux-arm-v7/pause.deb "build/packages/pause_${PACKAGE_VERSION}_armhf.deb"
}

@test "the version of a package, in the order in which dpkg and rpm put them" {
	before=0~1
	while read -r VERSION version; do
		[ "$(SOURCE_DATE_EPOCH=1234567890 deploy/package-version)" = "$version" ]
		dpkg --compare-versions "$before" lt "$version"
		[ "$(rpm --eval "%{lua:print(rpm.vercmp(\"$before\", \"$version\"))}")" = -1 ]
		before=$version
	done <<-'TABLE'
		HEAD                             0~20090213233130
		c4ff7e46feab                     0~20090213233130.gc4ff7e46feab
		c4ff7e46feab-dirty               0~20090213233130.gc4ff7e46feab.dirty
		v0.1                             0.1
		v1.2.3-rc1                       1.2.3~rc1
		v1.2.3-rc1-4-gc4ff7e46feab       1.2.3~rc1+4.gc4ff7e46feab
		v1.2.3                           1.2.3
		v1.2.3-dirty                     1.2.3+0.dirty
		v1.2.3-4-gc4ff7e46feab           1.2.3+4.gc4ff7e46feab
		v1.2.3-10-g0123456789ab          1.2.3+10.g0123456789ab
		v1.2.4-alpha.1-amd64             1.2.4~alpha.1.amd64
		1.10                             1.10
	TABLE
}

@test "a version that a package cannot have: a line, before anything is built" {
	tools/copy-sources "$BATS_TEST_TMPDIR/tree"
	refusal='no version of a package, which begins with a digit, as v1.2.3 does after its v, and has no _: VERSION='
	for VERSION in '' release 1_0 v1.2- -dirty; do
		run -1 deploy/package-version
		[ "$output" = "$refusal$VERSION" ]
	done
	for target in deb rpm; do
		run -2 make -s -C "$BATS_TEST_TMPDIR/tree" $target VERSION=1_0
		[ "${lines[0]}" = "${refusal}1_0" ]
	done
	[ ! -e "$BATS_TEST_TMPDIR/tree/build" ]
}
