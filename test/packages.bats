#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Only here: the packages of make deb and make rpm, what is in them and what they do to a machine.
# That they are the same wherever they are built, test/release.bats shows; that a bare Debian builds
# them, make test-packages.

load helpers

# What both kinds of packages install.
FILES='-rw-r--r-- 0:0 /usr/lib/systemd/system/pause-node.service
-rw-r--r-- 0:0 /usr/lib/systemd/system/pause-node.timer
-rwxr-xr-x 0:0 /usr/libexec/pause/init
-rwxr-xr-x 0:0 /usr/libexec/pause/pause
-rwxr-xr-x 0:0 /usr/sbin/pause-node
-rw-r--r-- 0:0 /usr/share/man/man1/pause-init.1.gz
-rw-r--r-- 0:0 /usr/share/man/man1/pause.1.gz
-rw-r--r-- 0:0 /usr/share/man/man8/pause-node.8.gz
-rw-r--r-- 0:0 /usr/share/pause/pause.oci.tar
lrwxrwxrwx 0:0 /usr/bin/catatonit
lrwxrwxrwx 0:0 /usr/bin/dumb-init
lrwxrwxrwx 0:0 /usr/bin/tini
lrwxrwxrwx 0:0 /usr/bin/tini-static
lrwxrwxrwx 0:0 /usr/libexec/podman/catatonit
lrwxrwxrwx 0:0 /usr/share/man/man1/catatonit.1.gz
lrwxrwxrwx 0:0 /usr/share/man/man1/dumb-init.1.gz
lrwxrwxrwx 0:0 /usr/share/man/man1/tini-static.1.gz
lrwxrwxrwx 0:0 /usr/share/man/man1/tini.1.gz'
NAMES=(pause pause-image pause-init-names pause-node)
mapfile -t DEBS <build/packages/debs
mapfile -t RPMS <build/packages/rpms

setup_file() {
	# The make that runs the tests has handed down its own.
	unset MAKEFLAGS MAKELEVEL MFLAGS
	VERSION=$(cat build/version) SOURCE_DATE_EPOCH=$(cat build/date)
	export VERSION SOURCE_DATE_EPOCH
	PACKAGE_VERSION=$(deploy/package-version)
	export PACKAGE_VERSION
	DEBIAN=$(dpkg --print-architecture) RPM=$(rpm --eval '%{_target_cpu}')
	export DEBIAN RPM
}

# deb NAME, rpm_of NAME: the file of this package.
deb() {
	echo build/packages/"$1"_"$PACKAGE_VERSION"_*.deb
}
rpm_of() {
	echo build/packages/"$1-$PACKAGE_VERSION"-1.*.rpm
}

# files_of ROOT: mode, owner and name of each file there, but for what dpkg and rpm write down.
files_of() {
	find "$1" \( -path "$1/var/lib/dpkg" -o -path "$1/var/lib/rpm" -o -path "$1/var/log/dpkg.log" \) -prune -o \
		! -type d -printf '%M %U:%G /%P\n' -o -type d -printf '%M %U:%G /%P/\n' | LC_ALL=C sort -k 3
}

# bare_root: sets root, a folder with a bare Debian.
bare_root() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	run make -s bare-root
	[ "$status" -eq 0 ] || skip "${lines[0]}"
	root=$BATS_TEST_TMPDIR/root
	mkdir -p "$root/dev"
	tar -xf "$output" -C "$root" --exclude=./dev --exclude=./usr/share/locale --exclude=./usr/share/zoneinfo
	: >"$root/dev/null"
}

# is_installed ROOT: what both kinds of packages put there is what was built.
is_installed() {
	cmp build/pause "$1/usr/libexec/pause/pause"
	cmp build/pause-init "$1/usr/libexec/pause/init"
	for name in bin/{catatonit,dumb-init,tini,tini-static} libexec/podman/catatonit; do
		[ "$1/usr/$name" -ef "$1/usr/libexec/pause/init" ]
	done
	cmp node/pause-node "$1/usr/sbin/pause-node"
	cmp node/pause-node.service "$1/usr/lib/systemd/system/pause-node.service"
	cmp node/pause-node.timer "$1/usr/lib/systemd/system/pause-node.timer"
	cmp src/pause.1 <(gzip -dc "$1/usr/share/man/man1/pause.1.gz")
	cmp src/pause-init.1 <(gzip -dc "$1/usr/share/man/man1/pause-init.1.gz")
	cmp src/pause-init.1 <(gzip -dc "$1/usr/share/man/man1/tini.1.gz")
	cmp node/pause-node.8 <(gzip -dc "$1/usr/share/man/man8/pause-node.8.gz")
	cmp build/pause.oci.tar "$1/usr/share/pause/pause.oci.tar"
}

# added BEFORE AFTER FILES: the second list of files_of has FILES that the first has not; that
# has none that the second has not.
added() {
	diff <(diff "$1" "$2" | grep '^[<>].*[^/]$') <(LC_ALL=C sort -k 3 <<<"$3" | sed -n 's/^./> &/p')
}

@test "a bare Debian: installed, run, also as PID 1, and purged without a trace" {
	bare_root
	mkdir "$root/packages"
	cp "${DEBS[@]}" "$root/packages"
	files_of "$root" >"$BATS_TEST_TMPDIR/before"

	chroot "$root" sh -c 'dpkg --install /packages/*'
	# What deb-systemd-helper remembers of the units.
	files_of "$root" | grep -v '/var/lib/systemd/.*/pause-node[.]' >"$BATS_TEST_TMPDIR/after"
	added "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after" "$FILES
$(printf -- '-rw-r--r-- 0:0 /usr/share/doc/%s\n' {pause,pause-image,pause-init-names,pause-node}/{changelog.gz,copyright})
-rw-r--r-- 0:0 /usr/share/lintian/overrides/pause
-rw-r--r-- 0:0 /usr/share/lintian/overrides/pause-node"
	for name in "${NAMES[@]}"; do
		[ "$(chroot "$root" dpkg-query --show --showformat '${Status} ${Version}' "$name")" = \
			"install ok installed $PACKAGE_VERSION" ]
		[ -z "$(chroot "$root" dpkg --verify "$name")" ]
	done
	is_installed "$root"
	[ "$(chroot "$root" /usr/libexec/pause/pause -v)" = "pause.c $VERSION" ]
	[ "$(chroot "$root" tini --version)" = "tini version $VERSION" ]
	as_init chroot "$root" /usr/libexec/pause/pause
	stop_pause TERM
	says "$ERR" "$TERMINATED"

	chroot "$root" dpkg --purge "${NAMES[@]}"
	files_of "$root" | diff "$BATS_TEST_TMPDIR/before" -
}

@test "the Debian packages: what they depend on and replace; their scripts; one version of what belongs together" {
	diff <(for name in "${NAMES[@]}"; do
		dpkg-deb --show --showformat '${Package} ${Version} ${Architecture}: ${Depends} / ${Conflicts} / ${Provides} / ${Replaces}\n' \
			"$(deb "$name")"
		dpkg-deb --ctrl-tarfile "$(deb "$name")" | tar -t | sed -nE '/^.\/(pre|post)/p'
	done) - <<-END
		pause $PACKAGE_VERSION $DEBIAN:  /  /  / 
		pause-image $PACKAGE_VERSION all:  /  /  / 
		pause-init-names $PACKAGE_VERSION all: pause (>= $PACKAGE_VERSION) / catatonit, dumb-init, tini / catatonit, dumb-init, tini / catatonit, dumb-init, tini
		pause-node $PACKAGE_VERSION all: pause-image (= $PACKAGE_VERSION) /  /  / 
		./postinst
		./postrm
		./prerm
	END
	[ "$(dpkg-deb --fsys-tarfile "$(deb pause)" | tar -xO ./usr/share/doc/pause/changelog.gz | gzip -dc | head -n 1)" = \
		"pause ($PACKAGE_VERSION) unstable; urgency=medium" ]
}

# lintian leaves files in TMPDIR.
@test "lintian and rpmlint find nothing, but for what they are told to expect, with reasons" {
	run --separate-stderr env TMPDIR="$BATS_TEST_TMPDIR" lintian --display-info --pedantic --show-overrides "${DEBS[@]}"
	diff <(grep -v '^N: ' <<<"$output" | cut -d ' ' -f 1-3 | sort | uniq -c | sed 's/^ *//') - <<-'END'
		10 O: pause-node: systemd-service-file-refers-to-unusual-wantedby-target
		2 O: pause: shared-library-lacks-prerequisites
		2 O: pause: spare-manual-page
	END
	run -0 --separate-stderr rpmlint --rpmlintrc deploy/pause.rpmlintrc "${RPMS[@]}"
	[[ $output == *'0 errors, 0 warnings'* ]]
}

@test "the RPM packages: installed below a root of their own, and removed without a trace" {
	bare_root
	mkdir "$root/var/lib/rpm" "$root/usr/share/licenses" # of the package filesystem, where rpm is at home
	files_of "$root" >"$BATS_TEST_TMPDIR/before"
	today=$(LC_ALL=C date --utc --date="@$SOURCE_DATE_EPOCH" '+%a %b %d %Y')
	rpm=(rpm --root "$root" --dbpath /var/lib/rpm) # Debian's looks into root's home otherwise
	for name in "${NAMES[@]}"; do
		architecture=noarch
		[ "$name" != pause ] || architecture=$RPM
		[ "$(rpm --query --queryformat '%{NAME} %{VERSION}-%{RELEASE} %{ARCH} %{LICENSE} %{BUILDHOST} %{BUILDTIME}' \
			--package "$(rpm_of "$name")")" = "$name $PACKAGE_VERSION-1 $architecture Apache-2.0 localhost $SOURCE_DATE_EPOCH" ]
		[ "$(rpm --query --changelog --package "$(rpm_of "$name")" | head -n 1)" = \
			"* $today The pause authors <maintainers@pause.invalid> - $PACKAGE_VERSION-1" ]
	done
	# No package of the root is rpm's.
	"${rpm[@]}" --install --nodeps "${RPMS[@]}"
	files_of "$root" >"$BATS_TEST_TMPDIR/after"
	added "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after" "$FILES
$(printf -- '-rw-r--r-- 0:0 /usr/share/licenses/%s/LICENSE\n' pause pause-image pause-node)"
	for name in "${NAMES[@]}"; do
		"${rpm[@]}" --verify --nodeps "$name"
	done
	is_installed "$root"
	[ "$(chroot "$root" /usr/libexec/pause/pause -v)" = "pause.c $VERSION" ]
	mkdir "$root/run/pause-node"
	run -0 "${rpm[@]}" --erase "${NAMES[@]}"
	[[ $output == *'what pause-node gave to an engine may still be there'* ]]
	files_of "$root" | diff "$BATS_TEST_TMPDIR/before" -
}

# requires NAME QUALIFIER: what the RPM package NAME requires, but for rpm's own.
requires() {
	rpm --query --queryformat '[%{REQUIREFLAGS:deptype} %{REQUIRENAME}\n]' --package "$(rpm_of "$1")" |
		sed -n "s/^$2 \([^(]*\)$/\1/p" | sort -u | xargs
}

@test "what the RPM packages require, pause-node also for its script" {
	[ -z "$(requires pause manual)" ]
	[ "$(requires pause-init-names manual)" = pause ]
	[ "$(requires pause-node manual)" = 'coreutils findutils gawk grep pause-image sed tar util-linux' ]
	[ "$(requires pause-node preun)" = 'coreutils findutils gawk grep sed systemd tar util-linux' ]
}

@test "build/packages has this version's, by the names that they have elsewhere" {
	: >build/packages/pause_0_amd64.deb
	: >build/packages/pause-0-1.noarch.rpm
	rm build/packages/debs build/packages/rpms
	run -0 make -s deb rpm
	diff <(printf 'build/packages/%s\n' {pause-{image,init-names,node}_"$PACKAGE_VERSION"_all,pause_"$PACKAGE_VERSION"_"$DEBIAN"}.deb \
		{pause-{image,init-names,node}-"$PACKAGE_VERSION"-1.noarch,pause-"$PACKAGE_VERSION-1.$RPM"}.rpm | sort) <(sort <<<"$output")
	diff <(printf '%s\n' build/packages/*.{deb,rpm} | sort) <(sort <<<"$output")
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
