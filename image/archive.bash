# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # those who source it read them
#
# Reads an archive of image/archive. To be sourced by bash.

# archive_open FILE: unpacks FILE into a temporary folder, which is removed when
# the shell ends. skopeo compares every blob with its digest on the way. Sets
# LAYOUT, the folder, and NAMES, the tags in their order. Ends the shell with
# status 1 where FILE is no such archive or is damaged.
archive_open() {
	local name

	WORK=$(mktemp -d)
	trap 'rm -rf "$WORK"' EXIT
	trap 'exit 1' INT TERM
	LAYOUT=$WORK/layout
	try "reading $1" tar_names "$1"
	mapfile -t NAMES <"$WORK/names"
	for name in "${NAMES[@]}"; do
		try "reading $name from $1" \
			skopeo --tmpdir "$WORK" copy --quiet --all "oci-archive:$1:$name" "oci:$LAYOUT:$name"
	done
}

tar_names() {
	tar --extract --to-stdout --file "$1" index.json |
		jq --exit-status -r '.manifests[].annotations["org.opencontainers.image.ref.name"]' >"$WORK/names"
}

# try WHAT COMMAND...: COMMAND, whose own message a line about WHAT follows if it
# fails. Then it calls undo, where that is defined, and ends the shell with status 1.
try() {
	local what=$1

	shift
	"$@" || {
		echo "failed: $what" >&2
		! declare -F undo >/dev/null || undo
		exit 1
	}
}
