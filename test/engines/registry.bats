#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The image in a registry, for every platform: pushed, pulled, and refused.

load ../helpers
load engines
load cri

setup() {
	# shellcheck source=pod/pod.bash
	. pod/pod.bash
	REGISTRY=127.0.0.1:5000
	OUT=$BATS_TEST_TMPDIR/out
	REGISTRY_PID='' CONTAINERD_PID=''
	TAG=$(cat build/version)
	# What skopeo says of this registry and this user, and not the machine's.
	export HOME=$BATS_TEST_TMPDIR REGISTRY_AUTH_FILE=$BATS_TEST_TMPDIR/auth.json
	mkdir -p "$HOME/.config/containers"
	printf '[[registry]]\nlocation = "%s"\ninsecure = true\n' "$REGISTRY" \
		>"$HOME/.config/containers/registries.conf"
}

teardown() {
	[ -z "$CONTAINERD_PID" ] || containerd_end "$BATS_TEST_TMPDIR"
	[ -z "$REGISTRY_PID" ] || daemon_end "$REGISTRY_PID"
}

# digest TAG: that of the index of that tag in the archive.
digest() {
	image_digest "pause.invalid/pause:$1"
}

# digest_of FILE: that of a manifest.
digest_of() {
	echo "sha256:$(sha256sum "$1" | cut -d ' ' -f 1)"
}

@test "the index and every platform can be pulled by the digests of the archive" {
	local tag from

	registry_start "$BATS_TEST_TMPDIR" "$REGISTRY" || skip "$CANNOT"
	run -0 make -s push "REGISTRY=$REGISTRY/some/path"
	[ "${#lines[@]}" -eq 4 ]
	for tag in "$TAG" "$TAG-guard" "$TAG-log" "$TAG-init"; do
		[[ $output == *"$REGISTRY/some/path/pause:$tag $(digest "$tag")"* ]]
		from=docker://$REGISTRY/some/path/pause:$tag
		# What the index names, down to the layers, by digests that skopeo compares.
		skopeo copy --quiet --all "$from" "dir:$BATS_TEST_TMPDIR/$tag"
		[ "$(digest_of "$BATS_TEST_TMPDIR/$tag/manifest.json")" = "$(digest "$tag")" ]
		[ "$(find "$BATS_TEST_TMPDIR/$tag" -name '*.manifest.json' | wc -l)" -eq 9 ]
	done

	# The same without make, from the archive alone.
	skopeo copy --quiet --all --preserve-digests "oci-archive:build/pause.oci.tar:pause.invalid/pause:$TAG" \
		"docker://$REGISTRY/other/pause:$TAG"
	skopeo inspect --raw "docker://$REGISTRY/other/pause:$TAG" >"$OUT"
	[ "$(digest_of "$OUT")" = "$(digest "$TAG")" ]
}

@test "containerd, with the file of docs/engines.md, pulls it and runs it" {
	registry_start "$BATS_TEST_TMPDIR" "$REGISTRY" || skip "$CANNOT"
	make -s push "REGISTRY=$REGISTRY"
	PAUSE_IMAGE=$REGISTRY/pause:$TAG containerd_documented "$BATS_TEST_TMPDIR" 2
	containerd_run "$BATS_TEST_TMPDIR" || skip "$CANNOT"
	SANDBOX=$(cri RuntimeService/RunPodSandbox "{ \"config\": $(sandbox_config a-pod) }" | jq -r .pod_sandbox_id)
	PID=$(sandbox_pid)
	wait_until runs_ours
	[ "$(cri ImageService/ImageStatus "{ \"image\": { \"image\": \"$REGISTRY/pause:$TAG\" } }" |
		jq -r '.image.repo_digests[]')" = "$REGISTRY/pause@$(digest "$TAG")" ]
}

@test "a registry that refuses, and one that is not there" {
	run -2 make -s push "REGISTRY=$REGISTRY"
	[[ $output == *'connection refused'* ]]
	[[ $output == *"failed: pushing $REGISTRY/pause:$TAG"* ]]
	# It knows of no user.
	: >"$BATS_TEST_TMPDIR/htpasswd"
	registry_start "$BATS_TEST_TMPDIR" "$REGISTRY" "auth: { htpasswd: { realm: here, path: $BATS_TEST_TMPDIR/htpasswd } }" || skip "$CANNOT"
	run -2 make -s push "REGISTRY=$REGISTRY"
	[[ $output == *'authentication required'* ]]
	[[ $output == *"failed: pushing $REGISTRY/pause:$TAG"* ]]
	[ -z "$(find "$BATS_TEST_TMPDIR/registry" -type f 2>/dev/null)" ]
	run -2 make -s push
	[[ $output == *'push where? REGISTRY=host/path'* ]]
}
