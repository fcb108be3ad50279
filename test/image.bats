#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The OCI archive of make image: what is in it, that it is the same wherever it is
# built, and what becomes of one that is damaged. What engines make of it is in
# test/engines.

bats_require_minimum_version 1.5.0

PLATFORMS='386 amd64 arm-v7 arm64 loong64 mips64le ppc64le riscv64 s390x'

setup() {
	VERSION=$(cat build/version)
	DATE=$(cat build/date)
	ARCHIVE=$PWD/build/pause.oci.tar
}

# manifests: a line for each image in the archive: the tag, its platform as in
# $PLATFORMS, and the file of its manifest. Unpacks the archive into $BATS_TEST_TMPDIR.
manifests() {
	local name index platform manifest

	tar -xf "$ARCHIVE" -C "$BATS_TEST_TMPDIR"
	jq -r '.manifests[] | "\(.annotations["org.opencontainers.image.ref.name"]) \(.digest)"' \
		"$BATS_TEST_TMPDIR/index.json" | while read -r name index; do
		jq -r '.manifests[] | "\(.platform | [.architecture, .variant // empty] | join("-")) \(.digest)"' \
			"$(blob "$index")" | while read -r platform manifest; do
			echo "${name##*:} $platform $(blob "$manifest")"
		done
	done
}

blob() { echo "$BATS_TEST_TMPDIR/blobs/${1/://}"; }

@test "three tags, each an index over nine platforms, and nothing else" {
	manifests >"$BATS_TEST_TMPDIR/manifests"
	diff <(for tag in "$VERSION" "$VERSION-guard" "$VERSION-log"; do
		for platform in $PLATFORMS; do echo "$tag $platform"; done
	done) <(cut -d ' ' -f 1,2 "$BATS_TEST_TMPDIR/manifests")
	[ "$(jq -r '.manifests[].mediaType' "$BATS_TEST_TMPDIR/index.json" | sort -u)" = application/vnd.oci.image.index.v1+json ]
	# Three indexes; each platform's layer, three times its config and its manifest.
	[ "$(find "$BATS_TEST_TMPDIR/blobs" -type f | wc -l)" -eq $((3 + 9 + 27 + 27)) ]
	(cd "$BATS_TEST_TMPDIR/blobs/sha256" && sha256sum -c --quiet <(for name in *; do echo "$name  $name"; done))
}

@test "in each image /pause and nothing else, by its user and entrypoint" {
	created=$(date -u -d "@$DATE" +%FT%TZ)
	manifests >"$BATS_TEST_TMPDIR/manifests"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/manifests")" -eq 27 ]
	while read -r tag platform manifest; do
		case $tag in
		*-guard) entrypoint='["/pause","--guard"]' ;;
		*-log) entrypoint='["/pause","--log-reaped"]' ;;
		*) entrypoint='["/pause"]' ;;
		esac
		config=$(blob "$(jq -r .config.digest "$manifest")")
		[ "$(jq -c .config "$config")" = "{\"User\":\"65535:65535\",\"Entrypoint\":$entrypoint}" ]
		[ "$(jq -r '"\(.os) " + ([.architecture, .variant // empty] | join("-"))' "$config")" = "linux $platform" ]
		[ "$(jq -r .created "$config")" = "$created" ]
		[ "$(jq -c 'keys - ["variant"]' "$config")" = '["architecture","config","created","os","rootfs"]' ]
		[ "$(jq '.layers | length' "$manifest")" -eq 1 ]
		layer=$(blob "$(jq -r '.layers[0].digest' "$manifest")")
		gzip -dc "$layer" >"$BATS_TEST_TMPDIR/layer"
		[ "sha256:$(sha256sum "$BATS_TEST_TMPDIR/layer" | cut -d ' ' -f 1)" = "$(jq -r '.rootfs.diff_ids[]' "$config")" ]
		[ "$(TZ=UTC tar -tvf "$BATS_TEST_TMPDIR/layer" --full-time | tr -s ' ')" = \
			"-r-xr-xr-x 0/0 $(stat -c %s "build/linux-$platform/pause") $(date -u -d "@$DATE" '+%F %T') pause" ]
		tar -xOf "$BATS_TEST_TMPDIR/layer" pause | cmp - "build/linux-$platform/pause"
		diff <(jq -r '.annotations | to_entries[] | "\(.key) \(.value)"' "$manifest") - <<-END
			org.opencontainers.image.created $created
			org.opencontainers.image.description Holds a pod's namespaces and sees its orphans reaped
			org.opencontainers.image.licenses Apache-2.0
			org.opencontainers.image.title pause
			org.opencontainers.image.version $VERSION
		END
	done <"$BATS_TEST_TMPDIR/manifests"
}

@test "the three tags share a platform's layer, and none is more than 3,072 bytes to pull" {
	manifests >"$BATS_TEST_TMPDIR/manifests"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/manifests")" -eq 27 ]
	make -s image-contents >"$BATS_TEST_TMPDIR/contents"
	while read -r tag platform manifest; do
		pull=$(($(stat -c %s "$manifest") + $(jq '.config.size + .layers[0].size' "$manifest")))
		[ "$pull" -le 3072 ]
		grep -qx "sha256:${manifest##*/} localhost/pause:$tag linux/${platform/-//} $pull $(jq -r .config.digest "$manifest")" \
			"$BATS_TEST_TMPDIR/contents"
		echo "$platform $(jq -r '.layers[0].digest' "$manifest")" >>"$BATS_TEST_TMPDIR/layers"
	done <"$BATS_TEST_TMPDIR/manifests"
	[ "$(sort -u "$BATS_TEST_TMPDIR/layers" | wc -l)" -eq 9 ]
}

@test "the same bytes from another folder, at another time, in another environment, by another user" {
	as_another=()
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" "$BATS_TEST_TMPDIR"
	tools/copy-sources "$BATS_TEST_TMPDIR/one"
	tools/copy-sources "$BATS_TEST_TMPDIR/a folder/of another name"
	mkdir "$BATS_TEST_TMPDIR/include" "$BATS_TEST_TMPDIR/setgid"
	echo '#error what a machine may have' | tee "$BATS_TEST_TMPDIR/include/"{signal,unistd}.h
	chmod 3777 "$BATS_TEST_TMPDIR/setgid"
	if [ "$(id -u)" -eq 0 ]; then
		chown -R nobody "$BATS_TEST_TMPDIR/a folder"
		as_another=(setpriv --reuid nobody --regid nogroup --clear-groups)
	fi
	(umask 022 && make -s -C "$BATS_TEST_TMPDIR/one" image VERSION="$VERSION" SOURCE_DATE_EPOCH="$DATE")
	(umask 077 && env -i PATH="$PATH" HOME=/nonexistent LC_ALL=C.UTF-8 LANGUAGE=tr TZ=Asia/Kathmandu \
		TMPDIR="$BATS_TEST_TMPDIR/setgid" CPATH="$BATS_TEST_TMPDIR/include" CONTAINERS_STORAGE_CONF=/nonexistent \
		BUILDAH_ISOLATION=none REGISTRY_AUTH_FILE=/nonexistent STORAGE_DRIVER=overlay GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.abbrev GIT_CONFIG_VALUE_0=20 \
		TAR_OPTIONS=--owner=daemon GZIP=-1 CPPFLAGS=-DX CFLAGS=-O0 BUILDAH_FORMAT=docker STORAGE_OPTS=vfs.x=y "${as_another[@]}" \
		make -s -j 3 -C "$BATS_TEST_TMPDIR/a folder/of another name" image \
		VERSION="$VERSION" SOURCE_DATE_EPOCH="$DATE")
	cmp "$BATS_TEST_TMPDIR/one/build/pause.oci.tar" "$BATS_TEST_TMPDIR/a folder/of another name/build/pause.oci.tar"
	cmp "$BATS_TEST_TMPDIR/one/build/pause.oci.tar" "$ARCHIVE"
}

@test "make image prints the digests of the tags; dates are the commit's or SOURCE_DATE_EPOCH's" {
	tools/copy-sources "$BATS_TEST_TMPDIR/tree"
	cd "$BATS_TEST_TMPDIR/tree"
	git init -q
	git add -A
	GIT_COMMITTER_DATE='1234567890 +0100' git -c user.name=a -c user.email=a commit -q -m a
	git tag v7
	env -u SOURCE_DATE_EPOCH -u VERSION make -s image >"$BATS_TEST_TMPDIR/by-git"
	ARCHIVE=$PWD/build/pause.oci.tar
	diff <(cut -d ' ' -f 2 "$BATS_TEST_TMPDIR/by-git") - <<-END
		localhost/pause:v7
		localhost/pause:v7-guard
		localhost/pause:v7-log
	END
	while read -r digest name _ size; do
		skopeo inspect --raw "oci-archive:$ARCHIVE:$name" >index
		[ "sha256:$(sha256sum index | cut -d ' ' -f 1) $(stat -c %s index)" = "$digest $size" ]
		[ "$(skopeo inspect "oci-archive:$ARCHIVE:$name" | jq -r .Created)" = 2009-02-13T23:31:30Z ]
	done <"$BATS_TEST_TMPDIR/by-git"
	make -s image VERSION=v7 SOURCE_DATE_EPOCH=1234567890 | diff "$BATS_TEST_TMPDIR/by-git" -
	make -s image SOURCE_DATE_EPOCH=1 >"$BATS_TEST_TMPDIR/by-epoch"
	[ "$(cut -d ' ' -f 1 "$BATS_TEST_TMPDIR/by-git" "$BATS_TEST_TMPDIR/by-epoch" | sort -u | wc -l)" -eq 6 ]
}

@test "verify-image says whether a digest is reproduced" {
	export VERSION SOURCE_DATE_EPOCH=$DATE
	make -s image-contents >"$BATS_TEST_TMPDIR/contents"
	read -r digest name platform _ < <(grep ' linux/arm/v7 ' "$BATS_TEST_TMPDIR/contents" | tail -n 1)
	run -0 make -s verify-image DIGEST="$digest"
	[ "$output" = "reproduced: $digest is $name, $platform" ]
	id=$(awk -v name="$name" '$2 == name && $3 == "linux/s390x" { print $5 }' "$BATS_TEST_TMPDIR/contents")
	run -0 make -s verify-image DIGEST="$id"
	[ "$output" = "reproduced: $id is $name, linux/s390x" ]
	digest=$(sed -n 's/ .*-guard index .*//p' "$BATS_TEST_TMPDIR/contents")
	run -0 make -s verify-image DIGEST="$digest"
	[ "$output" = "reproduced: $digest is localhost/pause:$VERSION-guard, index" ]
	# It does not look at what was built here.
	SOURCE_DATE_EPOCH=$((DATE + 1)) run -2 make -s verify-image DIGEST="$digest"
	[[ ${lines[0]} == "not reproduced: $digest; $VERSION of "* ]]
	[ "$(grep -c "^sha256:.* localhost/pause:$VERSION.* index " <<<"$output")" -eq 3 ]
	run -2 make -s verify-image DIGEST=sha256:12
	[ "${lines[0]}" = "DIGEST is sha256: and 64 hexadecimal digits, and not: 'sha256:12'" ]
	run -2 make -s verify-image
	[ "${lines[0]}" = "DIGEST is sha256: and 64 hexadecimal digits, and not: ''" ]
}

@test "a version that is no tag, and a date that is none, are named" {
	tools/copy-sources "$BATS_TEST_TMPDIR/tree"
	run -2 make -s -C "$BATS_TEST_TMPDIR/tree" image VERSION=1.0+x~1 SOURCE_DATE_EPOCH=0
	[[ $output == *'VERSION=1.0+x~1'* ]]
	run -2 make -s -C "$BATS_TEST_TMPDIR/tree" image VERSION=1.0 SOURCE_DATE_EPOCH=yesterday
	[[ $output == *SOURCE_DATE_EPOCH*"'yesterday'"* ]] # clang or make, whoever sees it first
	run -2 make -s -C "$BATS_TEST_TMPDIR/tree" build/date SOURCE_DATE_EPOCH=010
	[ "${lines[0]}" = "SOURCE_DATE_EPOCH is seconds since 1970, in at most ten digits, and not: '010'" ]
	[ ! -e "$BATS_TEST_TMPDIR/tree/build/pause.oci.tar" ]
}

@test "an archive that is damaged, cut off, something else or not there is not loaded" {
	export DOCKER_HOST=unix://$BATS_TEST_TMPDIR/nobody
	damaged=$BATS_TEST_TMPDIR/damaged.tar
	# One byte changed in an index, a manifest, a config and a layer.
	index=$(tar -xOf "$ARCHIVE" index.json | jq -r '.manifests[0].digest')
	manifest=$(tar -xOf "$ARCHIVE" "blobs/${index/://}" | jq -r '.manifests[0].digest')
	for blob in "$index" "$manifest" \
		$(tar -xOf "$ARCHIVE" "blobs/${manifest/://}" | jq -r '.config.digest, .layers[0].digest'); do
		cp "$ARCHIVE" "$damaged"
		offset=$(tar -tRf "$ARCHIVE" | sed -n "s,^block \([0-9]*\): blobs/${blob/://}$,\1,p")
		printf 'X' | dd of="$damaged" bs=1 seek=$((offset * 512 + 512 + 100)) conv=notrunc status=none
		run -1 image/load "$damaged" docker
		[[ $output == *"${blob#*:}: FAILED"*"failed: reading $damaged" ]]
	done
	# Names that are not pause's own.
	tar -xf "$ARCHIVE" -C "$BATS_TEST_TMPDIR"
	sed -i 's,localhost/pause:,registry.example/pause:,' "$BATS_TEST_TMPDIR/index.json"
	tar -cf "$damaged" -C "$BATS_TEST_TMPDIR" oci-layout index.json blobs
	run -1 image/load "$damaged" docker
	[[ $output == *"registry.example/pause:$VERSION"*"failed: reading $damaged" ]]
	# Within each member, and just before it, where tar(1) sees nothing wrong.
	for block in $(tar -tRf "$ARCHIVE" | sed -n 's,^block \([0-9]*\): blobs/sha256/.*,\1,p'); do
		for more in 0 300 700; do
			head -c $((block * 512 + more)) "$ARCHIVE" >"$damaged"
			run -1 image/load "$damaged" docker
			[[ $output == *"failed: reading $damaged" ]]
		done
	done
	tar -cf "$damaged" README.md
	run -1 image/push "$damaged" localhost
	[[ $output == *"failed: reading $damaged" ]]
	rm "$damaged"
	run -1 image/describe "$damaged"
	[[ $output == *"$damaged: Cannot open: No such file"*"failed: reading $damaged" ]]
}

@test "an engine that does not answer or is none is named, with its own message" {
	run -1 image/load "$ARCHIVE" rkt
	[ "$output" = 'an engine is docker, podman or containerd, and not: rkt' ]
	DOCKER_HOST=unix://$BATS_TEST_TMPDIR/nobody run -1 image/load "$ARCHIVE" docker
	[[ $output == *"$BATS_TEST_TMPDIR/nobody"*$'\nfailed: reaching docker' ]]
	CONTAINERD_ADDRESS=$BATS_TEST_TMPDIR/nobody run -1 image/load "$ARCHIVE" containerd
	[[ $output == *"$BATS_TEST_TMPDIR/nobody"*$'\nfailed: reaching containerd' ]]
	printf '[storage]\ndriver = "none"\ngraphroot = "%s/graph"\nrunroot = "%s/run"\n' \
		"$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR" >"$BATS_TEST_TMPDIR/storage.conf"
	CONTAINERS_STORAGE_CONF=$BATS_TEST_TMPDIR/storage.conf run -1 image/load "$ARCHIVE" podman
	[[ $output == *$'\nfailed: reaching podman' ]]
}
