# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The source of Kubernetes that Debian has. To be sourced by a bash that has set -e.

# shellcheck source=tools/debian-archive.bash
. "${BASH_SOURCE%/*}/debian-archive.bash"

# kubernetes_source MIRROR [PATTERN...]: unpacks the source of Kubernetes from the
# archive at the URL MIRROR, or of it the files whose names match a PATTERN, as
# NEW/kubernetes-VERSION. NEW is that of archive_into. Debian's signature is checked.
kubernetes_source() {
	# Later suites have only what kubectl is built of.
	archive_use "$1" bookworm "$(dpkg --print-architecture)" deb-src
	(cd "$ARCHIVE" && archive_apt get source --download-only kubernetes)
	tar -x -f "$ARCHIVE"/kubernetes_*.orig.tar.gz -C "$NEW" --wildcards "${@:2}"
}
