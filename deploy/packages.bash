# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # those who source it read them
#
# What deploy/deb and deploy/rpm share. To be sourced by a bash that has set -e.

MAINTAINER=$(sed -n 's/^Maintainer: //p' deploy/debian/control)

# package_stage PLATFORM: makes WORK, a temporary folder that is removed when the shell ends,
# and ROOT in it, which has what a package of PLATFORM puts onto a machine. Sets PACKAGE_VERSION,
# and TRIPLE, as clang calls PLATFORM.
package_stage() {
	TRIPLE=$(make --silent "platform-flags/$1")
	TRIPLE=${TRIPLE#*--target=}
	TRIPLE=${TRIPLE%% *}
	PACKAGE_VERSION=$(deploy/package-version)
	WORK=$(mktemp -d)
	trap 'rm -rf "$WORK"' EXIT
	trap 'exit 1' INT TERM
	umask 022
	chmod g-s "$WORK" # $TMPDIR may have that bit, and dpkg-deb refuses a folder with it
	ROOT=$WORK/root
	make --silent install install-image DESTDIR="$ROOT" prefix=/usr PROGRAMS="build/linux-$1"
}

# package_tool NAME=VALUE... COMMAND...: COMMAND with these variables, and with none of the
# user's and his settings, many of which the tools have. If it fails, its lines are on stderr,
# and the shell ends with status 1.
package_tool() {
	env --ignore-environment "PATH=$PATH" "HOME=$WORK" "TMPDIR=$WORK" LC_ALL=C TZ=UTC \
		"SOURCE_DATE_EPOCH=$SOURCE_DATE_EPOCH" "$@" >"$WORK/log" 2>&1 || {
		cat "$WORK/log" >&2
		exit 1
	}
}

# changes_as PREFIX: what has changed, a line for each change, after PREFIX.
changes_as() {
	{ deploy/changes "$VERSION" || deploy/changes Unreleased || true; } | awk -v prefix="$1" '
		/^- / { if (change != "") print prefix change; change = substr($0, 3); next }
		change != "" { sub(/^ */, ""); change = change " " $0 }
		END { print prefix (change == "" ? "Nothing that users notice." : change) }'
}
