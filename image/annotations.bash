# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # image/archive and image/windows use them
#
# The metadata of the images: CREATED, their date as OCI writes it; ANNOTATIONS, each of which
# is a key, after "org.opencontainers.image.", and a value; and INIT_DESCRIPTION, that of
# pause-init. VERSION and SOURCE_DATE_EPOCH come from the environment. To be sourced by bash.

CREATED=$(date --utc --date="@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)
ANNOTATIONS=(
	created="$CREATED"
	description="Holds a pod's namespaces and sees its orphans reaped"
	licenses=Apache-2.0
	title=pause
	version="$VERSION"
)
INIT_DESCRIPTION='The init of one container: forwards signals and reaps orphans'
