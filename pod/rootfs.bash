# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# A root file system for containers, made of what this machine has installed, so
# that nothing has to be pulled. To be sourced by bash.

# rootfs_make ROOT PROGRAM...: makes ROOT with these programs in /usr/bin, the
# libraries that they are linked with, and root as the one user. PROGRAM is a
# command, also one of /usr/sbin, or a path.
rootfs_make() {
	local root=$1 program library

	shift
	mkdir -p "$root"/{etc,tmp,usr/bin}
	echo 'root:x:0:0:root:/:/bin/bash' >"$root/etc/passwd"
	echo 'root:x:0:' >"$root/etc/group"
	for program; do
		program=$(PATH=$PATH:/usr/sbin:/sbin type -P "$program") || return
		cp "$program" "$root/usr/bin/" || return
		while read -r library; do
			mkdir -p "$root${library%/*}" && cp -L "$library" "$root$library" || return
		done < <(ldd "$program" 2>/dev/null | grep -o '/[^ ]*')
	done
}
