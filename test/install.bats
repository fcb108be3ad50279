#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# make install, install-image and uninstall.

bats_require_minimum_version 1.5.0

setup() {
	# The make that runs the tests has handed down its own.
	unset MAKEFLAGS MAKELEVEL MFLAGS
	# Quotes are what a shell would stumble on.
	TO="$BATS_TEST_TMPDIR/a folder's \"name"
	INSTALLED="rwxr-xr-x bin/pause
rwxr-xr-x sbin/pause-node
rw-r--r-- share/man/man1/pause.1
rw-r--r-- share/man/man8/pause-node.8"
}

# files_of FOLDER: mode and name of each file in FOLDER, sorted by name.
files_of() {
	find "$1" ! -type d -printf '%M %P\n' | cut -c 2- | LC_ALL=C sort -k 2
}

@test "program, pause-node and manual pages, whatever the umask; and nothing is left" {
	(umask 077 && make -s install DESTDIR="$TO" prefix=/usr)
	[ "$(files_of "$TO/usr")" = "$INSTALLED" ]
	[ "$(find "$TO" -type d -printf '%m\n' | sort -u)" = 755 ]
	cmp build/pause "$TO/usr/bin/pause"
	cmp deploy/pause-node "$TO/usr/sbin/pause-node"
	cmp src/pause.1 "$TO/usr/share/man/man1/pause.1"
	cmp deploy/pause-node.8 "$TO/usr/share/man/man8/pause-node.8"
	[ "$("$TO/usr/bin/pause" -v)" = "pause.c $(cat build/version)" ]

	make -s install-image DESTDIR="$TO" prefix=/usr
	[ "$(stat -c %a "$TO/usr/share/pause/pause.oci.tar")" = 644 ]
	cmp build/pause.oci.tar "$TO/usr/share/pause/pause.oci.tar"

	for _ in once twice; do
		make -s uninstall DESTDIR="$TO" prefix=/usr
		[ -z "$(files_of "$TO")" ]
		[ ! -e "$TO/usr/share/pause" ]
	done
}

@test "below /usr/local, PREFIX or prefix, and each folder by its GNU name" {
	make -s install DESTDIR="$TO/0"
	[ "$(files_of "$TO/0/usr/local")" = "$INSTALLED" ]
	for name in PREFIX prefix; do
		make -s install $name="$TO/$name"
		[ "$(files_of "$TO/$name")" = "$INSTALLED" ]
	done
	rm -r "$TO"
	names=(DESTDIR="$TO" exec_prefix=/e sbindir=/s datarootdir=/r datadir=/d)
	make -s install install-image "${names[@]}"
	[ "$(files_of "$TO" | cut -d ' ' -f 2)" = "d/pause/pause.oci.tar
e/bin/pause
r/man/man1/pause.1
r/man/man8/pause-node.8
s/pause-node" ]
	make -s uninstall "${names[@]}"
	[ -z "$(files_of "$TO")" ]
	make -s install DESTDIR="$TO" bindir=/b mandir=/m
	[ "$(files_of "$TO" | cut -d ' ' -f 2)" = "b/pause
m/man1/pause.1
m/man8/pause-node.8
usr/local/sbin/pause-node" ]
}

@test "it replaces a pause that runs, and leaves alone what is not its own" {
	mkdir -p "$TO/bin" "$TO/share/pause"
	chmod 2775 "$TO/bin"
	echo mine | tee "$TO/bin/other" >"$TO/share/pause/other"
	make -s install install-image prefix="$TO"
	"$TO/bin/pause" 2>/dev/null 3>&- &
	make -s install prefix="$TO"
	kill $!
	wait $!
	[ "$(stat -c %a "$TO/bin")" = 2775 ]
	make -s uninstall prefix="$TO"
	[ "$(files_of "$TO" | cut -d ' ' -f 2)" = "bin/other
share/pause/other" ]
}

@test "a folder that cannot be one, or not be written: a line, and nothing is installed" {
	for wrong in prefix=usr mandir=man datadir=; do
		run -2 make -s install DESTDIR="$TO" $wrong
		[[ ${lines[0]} == "install where? a folder begins with a /, as in prefix=/usr/local, and not: '${wrong#*=}"*"'" ]]
	done
	run -2 make -s uninstall prefix=usr
	: >"$BATS_TEST_TMPDIR/file"
	run -2 make -s install prefix="$BATS_TEST_TMPDIR/file"
	[[ ${lines[0]} == "install: "*"'$BATS_TEST_TMPDIR/file"*": Not a directory" ]]
	[ ! -e "$TO" ]
	# Where not even root can make a folder.
	run -2 make -s install prefix=/sys/pause
	[[ ${lines[0]} == "install: "*"'/sys/pause'"* ]]
}
