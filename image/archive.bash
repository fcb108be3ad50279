# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # those who source it read them
#
# Reads an archive of image/archive. To be sourced by bash.

# archive_open FILE: unpacks FILE into a temporary folder, which is removed when
# the shell ends, and compares every blob with its digest: skopeo would not do so
# with an index. Sets LAYOUT, the folder, and NAMES, the tags in their order. Ends
# the shell with status 1 where FILE is no such archive or is damaged.
archive_open() {
	WORK=$(mktemp -d)
	trap 'rm -rf "$WORK"' EXIT
	trap 'exit 1' INT TERM
	export TMPDIR=$WORK
	LAYOUT=$WORK/layout
	try "reading $1" archive_read "$1"
	mapfile -t NAMES <"$WORK/names"
}

archive_read() {
	mkdir "$LAYOUT" && tar --extract --force-local --file "$1" --directory "$LAYOUT" || return
	# A name of somebody else's is not one to load, or to remove.
	jq --exit-status -r '.manifests[].annotations["org.opencontainers.image.ref.name"] |
		if test("^pause[.]invalid/pause:[A-Za-z0-9._-]+$") then . else error("tag \(.)") end' \
		"$LAYOUT/index.json" >"$WORK/names" || return
	(cd "$LAYOUT/blobs/sha256" && sha256sum --quiet --check < <(printf '%s\n' * | sed 's/.*/&  &/') && all_there)
}

# all_there: status 1 unless what the indexes and manifests in this folder name is here, too: to
# tar(1), an archive that is cut off between two members is whole.
# shellcheck disable=SC2086 # the digests are words
all_there() {
	local indexes manifests blobs

	# An image for one platform only has a manifest where others have an index.
	indexes=$(jq -r '.manifests[].digest' "$LAYOUT/index.json") &&
		manifests=$(jq -r '.manifests // [{ digest: input_filename }] | .[].digest' ${indexes//sha256:/}) &&
		blobs=$(jq -r '.config.digest, .layers[].digest' ${manifests//sha256:/}) &&
		ls ${blobs//sha256:/} >/dev/null
}

# try WHAT COMMAND...: COMMAND, whose own message a line about WHAT follows if it
# fails. Then it ends the shell with status 1.
try() {
	local what=$1

	shift
	"$@" || {
		echo "failed: $what" >&2
		exit 1
	}
}
