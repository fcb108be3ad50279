# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # the tests use them
#
# The manifests of examples/kubernetes with a key of Ceph filled in, and slips in them. To be
# sourced by bash.

# manifests_copy [SLIP]: makes $MANIFESTS anew, with a slip: one of ${!SLIPS[@]}.
manifests_copy() {
	local file edit

	MANIFESTS=$BATS_TEST_TMPDIR/kubernetes
	rm -rf "$MANIFESTS"
	cp -r examples/kubernetes "$MANIFESTS"
	sed 's/^userKey=/&made-up/' "$MANIFESTS/jenkins/base/ceph.env.template" >"$MANIFESTS/jenkins/base/ceph.env"
	[ -n "${1-}" ] || return 0
	IFS='|' read -r file edit SLIP_NAME <<<"${SLIPS[$1]}"
	sed -i "$edit" "$MANIFESTS/$file"
	! cmp -s "$MANIFESTS/$file" "examples/kubernetes/$file" || { echo "changes nothing: $edit" && false; }
}

# manifests_all COMMAND...: COMMAND with each of what kubectl is given: -k or -f, and the path.
manifests_all() {
	"$@" -f "$MANIFESTS/shared-process-namespace.yaml" &&
		"$@" -k "$MANIFESTS/jenkins/dynamic" &&
		"$@" -k "$MANIFESTS/jenkins/static"
}

# Each is a file, an edit of it for sed(1), and the word that an error message has to contain:
# SLIP_NAME after manifests_copy.
SLIPS=(
	'shared-process-namespace.yaml|s/shareProcessNamespace/sharedProcessNamespace/|sharedProcessNamespace'
	'jenkins/base/deployment.yaml|s,apps/v1,extensions/v1beta1,|Deployment'
	'jenkins/base/deployment.yaml|/^  selector:/,/^      app:/d|selector'
	'jenkins/base/deployment.yaml|s/startupProbe/startProbe/|startProbe'
	'jenkins/base/deployment.yaml|s/containerPort: 8080/containerPort: http/|string'
	'jenkins/base/service.yaml|s/targetPort: http/targetport: http/|targetport'
	'jenkins/dynamic/storage-class.yaml|s/provisioner: /provisoner: /|provisoner'
	'jenkins/dynamic/persistent-volume-claim.yaml|s/accessModes/accesModes/|accesModes'
	'jenkins/static/persistent-volume.yaml|s/volumeHandle/volumeHandel/|volumeHandel'
	'jenkins/static/persistent-volume-claim.yaml|s/volumeName/volume/|volume'
)
