# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # those who source it read them
#
# What deploy/source, deploy/deb and deploy/rpm share. To be sourced by a bash that has set -e.

# work_folder: makes WORK, a temporary folder that is removed when the shell ends.
work_folder() {
	WORK=$(mktemp -d)
	trap 'rm -rf "$WORK"' EXIT
	trap 'exit 1' INT TERM
	umask 022
	chmod g-s "$WORK" # $TMPDIR may have that bit, and dpkg-deb refuses a folder with it
}

# package_tool NAME=VALUE... COMMAND...: COMMAND with these variables, and with none of the
# user's and his settings, many of which the tools have. If it fails, its lines are on stderr,
# and the shell ends with status 1.
package_tool() {
	env --ignore-environment "PATH=$PATH" "HOME=$WORK" "TMPDIR=$WORK" LC_ALL=C TZ=UTC "$@" >"$WORK/log" 2>&1 || {
		cat "$WORK/log" >&2
		exit 1
	}
}

# packages_to DIR FILE...: puts these packages into DIR and prints their names there.
packages_to() {
	local dir=$1 file

	shift
	mkdir -p "$dir"
	for file; do
		install -m 644 "$file" "$dir"
		echo "$dir/${file##*/}"
	done
}
