#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Only here: make install, install-image and uninstall.

bats_require_minimum_version 1.5.0

setup() {
	# The make that runs the tests has handed down its own.
	unset MAKEFLAGS MAKELEVEL MFLAGS
	# Quotes are what a shell would stumble on.
	TO="$BATS_TEST_TMPDIR/a folder's \"name"
}

# files_of FOLDER: mode and name of each file in FOLDER, sorted by name.
files_of() {
	find "$1" ! -type d -printf '%M %P\n' | cut -c 2- | LC_ALL=C sort -k 2
}

@test "program, pause-node, its units, manual pages and image, whatever the umask; and nothing is left" {
	(umask 077 && make -s install install-image DESTDIR="$TO")
	[ "$(files_of "$TO/usr/local")" = "rw-r--r-- lib/systemd/system/pause-node.service
rw-r--r-- lib/systemd/system/pause-node.timer
rwxr-xr-x libexec/pause/init
rwxr-xr-x libexec/pause/pause
rwxr-xr-x sbin/pause-node
rw-r--r-- share/man/man1/pause-init.1
rw-r--r-- share/man/man1/pause.1
rw-r--r-- share/man/man8/pause-node.8
rw-r--r-- share/pause/pause.oci.tar" ]
	[ "$(find "$TO" -type d -printf '%m\n' | sort -u)" = 755 ]
	cmp build/pause "$TO/usr/local/libexec/pause/pause"
	cmp build/pause-init "$TO/usr/local/libexec/pause/init"
	cmp node/pause-node "$TO/usr/local/sbin/pause-node"
	cmp src/pause.1 "$TO/usr/local/share/man/man1/pause.1"
	cmp src/pause-init.1 "$TO/usr/local/share/man/man1/pause-init.1"
	cmp node/pause-node.8 "$TO/usr/local/share/man/man8/pause-node.8"
	cmp build/pause.oci.tar "$TO/usr/local/share/pause/pause.oci.tar"
	for _ in once twice; do
		make -s uninstall DESTDIR="$TO"
		[ -z "$(files_of "$TO")" ]
		[ ! -e "$TO/usr/local/share/pause" ]
		[ ! -e "$TO/usr/local/libexec/pause" ]
	done
}

@test "each folder by its GNU name; PREFIX is prefix" {
	names=(DESTDIR="$TO" PREFIX=/p exec_prefix=/e sbindir=/s datadir=/d)
	make -s install install-image "${names[@]}"
	[ "$(files_of "$TO" | cut -d ' ' -f 2)" = "d/pause/pause.oci.tar
e/lib/systemd/system/pause-node.service
e/lib/systemd/system/pause-node.timer
e/libexec/pause/init
e/libexec/pause/pause
p/share/man/man1/pause-init.1
p/share/man/man1/pause.1
p/share/man/man8/pause-node.8
s/pause-node" ]
	make -s uninstall "${names[@]}"
	[ -z "$(files_of "$TO")" ]
	make -s install install-image DESTDIR="$TO" prefix=/usr libexecdir=/l datarootdir=/r mandir=/m
	[ "$(files_of "$TO" | cut -d ' ' -f 2)" = "l/pause/init
l/pause/pause
m/man1/pause-init.1
m/man1/pause.1
m/man8/pause-node.8
r/pause/pause.oci.tar
usr/lib/systemd/system/pause-node.service
usr/lib/systemd/system/pause-node.timer
usr/sbin/pause-node" ]
}

@test "it replaces a pause that runs, and leaves alone what is not its own" {
	mkdir -p "$TO/libexec/pause" "$TO/share/pause"
	chmod 2775 "$TO/libexec"
	echo mine | tee "$TO/libexec/other" "$TO/libexec/pause/other" >"$TO/share/pause/other"
	make -s install install-image prefix="$TO"
	"$TO/libexec/pause/pause" 2>/dev/null 3>&- &
	make -s install prefix="$TO"
	kill $!
	wait $!
	[ "$(stat -c %a "$TO/libexec")" = 2775 ]
	make -s uninstall prefix="$TO"
	[ "$(files_of "$TO" | cut -d ' ' -f 2)" = "libexec/other
libexec/pause/other
share/pause/other" ]
}

@test "a folder that cannot be one, or not be written: a line, and nothing is installed" {
	for wrong in prefix=usr mandir=man datadir=; do
		run -2 make -s install DESTDIR="$TO" $wrong
		[[ ${lines[0]} == "install where? a folder begins with a /, as in prefix=/usr/local, and not: '${wrong#*=}"*"'" ]]
	done
	: >"$BATS_TEST_TMPDIR/file"
	run -2 make -s install prefix="$BATS_TEST_TMPDIR/file"
	[[ ${lines[0]} == "install: "*"'$BATS_TEST_TMPDIR/file"*": Not a directory" ]]
	[ ! -e "$TO" ]
}
