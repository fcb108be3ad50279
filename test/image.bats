#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The OCI archive of make image: what is in it, that it is the same wherever it is
# built, and what becomes of one that is damaged. What engines make of it is in
# test/engines. What does not depend on the platform is shown with one of them.

bats_require_minimum_version 1.5.0

PLATFORMS='386 amd64 arm-v7 arm64 loong64 mips64le ppc64le riscv64 s390x'

load another_user
. pod/pod.bash

setup_file() {
	# The make that runs the tests has handed down its own.
	unset MAKEFLAGS MAKELEVEL MFLAGS
	# ctr(1) tries for ten seconds, in which other tests run.
	{
		status=0
		CONTAINERD_ADDRESS=$BATS_FILE_TMPDIR/nobody image/load build/pause.oci.tar containerd || status=$?
		echo "status $status"
	} >"$BATS_FILE_TMPDIR/containerd" 2>&1 3>&- &
	# For one platform, from a commit.
	export ONE=$BATS_FILE_TMPDIR/one
	tools/copy-sources "$ONE"
	git init -q "$ONE"
	git -C "$ONE" add -A
	GIT_COMMITTER_DATE='1234567890 +0100' git -C "$ONE" -c user.name=a -c user.email=a commit -q -m a
	git -C "$ONE" tag v7
	env -u SOURCE_DATE_EPOCH -u VERSION make -s -C "$ONE" image PLATFORMS=arm-v7 >"$BATS_FILE_TMPDIR/by-git"
}

setup() {
	unset VERSION SOURCE_DATE_EPOCH # of the environment
	VERSION=$(cat build/version)
	DATE=$(cat build/date)
	ARCHIVE=$PWD/build/pause.oci.tar
	BLOBS=$BATS_TEST_TMPDIR/blobs/sha256
}

# unpack: the archive into $BATS_TEST_TMPDIR, and of each image in it a line into $MANIFESTS: the
# tag, its platform as in $PLATFORMS, and the digest of its manifest.
unpack() {
	local name index

	MANIFESTS=$BATS_TEST_TMPDIR/manifests
	tar -xf "$ARCHIVE" -C "$BATS_TEST_TMPDIR"
	jq -r '.manifests[] | "\(.annotations["org.opencontainers.image.ref.name"]) \(.digest[7:])"' \
		"$BATS_TEST_TMPDIR/index.json" | while read -r name index; do
		jq -r --arg tag "${name##*:}" '.manifests[] |
			"\($tag) \(.platform | [.architecture, .variant // empty] | join("-")) \(.digest[7:])"' "$BLOBS/$index"
	done >"$MANIFESTS"
}

@test "three tags, each an index over nine platforms, and nothing else" {
	unpack
	diff <(for tag in "$VERSION" "$VERSION-guard" "$VERSION-log"; do
		for platform in $PLATFORMS; do echo "$tag $platform"; done
	done) <(cut -d ' ' -f 1,2 "$MANIFESTS")
	[ "$(jq -r '.manifests[].mediaType' "$BATS_TEST_TMPDIR/index.json" | sort -u)" = application/vnd.oci.image.index.v1+json ]
	# Three indexes; each platform's layer, three times its config and its manifest.
	[ "$(find "$BATS_TEST_TMPDIR/blobs" -type f | wc -l)" -eq $((3 + 9 + 27 + 27)) ]
	(cd "$BLOBS" && sha256sum -c --quiet <(for name in *; do echo "$name  $name"; done))
}

@test "in each image /pause and nothing else, by its user and entrypoint; at most 3,072 bytes to pull" {
	created=$(date -u -d "@$DATE" +%FT%TZ)
	unpack
	[ "$(wc -l <"$MANIFESTS")" -eq 27 ]
	image/describe "$ARCHIVE" >"$BATS_TEST_TMPDIR/contents"
	while read -r tag platform manifest; do
		case $tag in
		*-guard) entrypoint='["/pause","--guard"]' ;;
		*-log) entrypoint='["/pause","--log-reaped"]' ;;
		*) entrypoint='["/pause"]' ;;
		esac
		read -r layers config size layer < <(jq -r '[.layers[].digest[7:]] as $layers |
			"\($layers | length) \(.config.digest[7:]) \(.config.size + .layers[0].size) \($layers[0])"' "$BLOBS/$manifest")
		[ "$layers" -eq 1 ]
		pull=$(($(stat -c %s "$BLOBS/$manifest") + size))
		[ "$pull" -le 3072 ]
		grep -qx "sha256:$manifest localhost/pause:$tag linux/${platform/-//} $pull sha256:$config" "$BATS_TEST_TMPDIR/contents"
		# One of the platform, for its three tags.
		if [ ! -e "$BATS_TEST_TMPDIR/$platform" ]; then
			gzip -dc "$BLOBS/$layer" >"$BATS_TEST_TMPDIR/layer"
			sha256sum "$BATS_TEST_TMPDIR/layer" | sed "s/ .*/ $layer/" >"$BATS_TEST_TMPDIR/$platform"
			[ "$(TZ=UTC tar -tvf "$BATS_TEST_TMPDIR/layer" --full-time | tr -s ' ')" = \
				"-r-xr-xr-x 0/0 $(stat -c %s "build/linux-$platform/pause") $(date -u -d "@$DATE" '+%F %T') pause" ]
			tar -xOf "$BATS_TEST_TMPDIR/layer" pause | cmp - "build/linux-$platform/pause"
		fi
		read -r uncompressed first <"$BATS_TEST_TMPDIR/$platform"
		[ "$layer" = "$first" ]
		diff <(jq -cr '.config, "\(.os) " + ([.architecture, .variant // empty] | join("-")), .created, (keys - ["variant"]),
			.rootfs.diff_ids' "$BLOBS/$config") - <<-END
			{"User":"65535:65535","Entrypoint":$entrypoint}
			linux $platform
			$created
			["architecture","config","created","os","rootfs"]
			["sha256:$uncompressed"]
		END
		diff <(jq -r '.annotations | to_entries[] | "\(.key) \(.value)"' "$BLOBS/$manifest") - <<-END
			org.opencontainers.image.created $created
			org.opencontainers.image.description Holds a pod's namespaces and sees its orphans reaped
			org.opencontainers.image.licenses Apache-2.0
			org.opencontainers.image.title pause
			org.opencontainers.image.version $VERSION
		END
	done <"$MANIFESTS"
}

@test "the same bytes from another folder, at another time, in another environment, by another user" {
	another_user
	# buildah wants user namespaces for him.
	user_namespaces || ANOTHER=()
	tree="$BATS_TEST_TMPDIR/a folder/of another name"
	tools/copy-sources "$tree"
	mkdir "$BATS_TEST_TMPDIR/include" "$BATS_TEST_TMPDIR/setgid"
	echo '#error what a machine may have' | tee "$BATS_TEST_TMPDIR/include/"{signal,unistd}.h
	chmod 3777 "$BATS_TEST_TMPDIR/setgid"
	[ ${#ANOTHER[@]} -eq 0 ] || chown -R nobody "$BATS_TEST_TMPDIR/a folder"
	(umask 077 && env -i PATH="$PATH" HOME=/nonexistent LC_ALL=C.UTF-8 LANGUAGE=tr TZ=Asia/Kathmandu \
		TMPDIR="$BATS_TEST_TMPDIR/setgid" CPATH="$BATS_TEST_TMPDIR/include" CONTAINERS_STORAGE_CONF=/nonexistent \
		BUILDAH_ISOLATION=none REGISTRY_AUTH_FILE=/nonexistent STORAGE_DRIVER=overlay GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.abbrev GIT_CONFIG_VALUE_0=20 \
		TAR_OPTIONS=--owner=daemon GZIP=-1 CPPFLAGS=-DX CFLAGS=-O0 BUILDAH_FORMAT=docker STORAGE_OPTS=vfs.x=y "${ANOTHER[@]}" \
		make -s -j 3 -C "$tree" image VERSION="$VERSION" SOURCE_DATE_EPOCH="$DATE")
	cmp "$tree/build/pause.oci.tar" "$ARCHIVE"
	[ "$(id -u)" -ne 0 ] || [ ${#ANOTHER[@]} -gt 0 ] || skip "the same, but for another user: $NO_USER_NAMESPACES"
}

@test "make image prints the digests of the tags; dates are the commit's or SOURCE_DATE_EPOCH's" {
	cd "$ONE"
	by_git=$BATS_FILE_TMPDIR/by-git
	diff <(cut -d ' ' -f 2 "$by_git") - <<-END
		localhost/pause:v7
		localhost/pause:v7-guard
		localhost/pause:v7-log
	END
	while read -r digest name _ size; do
		skopeo inspect --raw "oci-archive:$PWD/build/pause.oci.tar:$name" >"$BATS_TEST_TMPDIR/index"
		[ "sha256:$(sha256sum "$BATS_TEST_TMPDIR/index" | cut -d ' ' -f 1) $(stat -c %s "$BATS_TEST_TMPDIR/index")" = "$digest $size" ]
		[ "$(skopeo inspect --override-arch arm --override-variant v7 "oci-archive:$PWD/build/pause.oci.tar:$name" |
			jq -r .Created)" = 2009-02-13T23:31:30Z ]
	done <"$by_git"
	make -s image PLATFORMS=arm-v7 VERSION=v7 SOURCE_DATE_EPOCH=1234567890 | diff "$by_git" -
	cp -a "$ONE" "$BATS_TEST_TMPDIR/tree"
	make -s -C "$BATS_TEST_TMPDIR/tree" image PLATFORMS=arm-v7 SOURCE_DATE_EPOCH=1 >"$BATS_TEST_TMPDIR/by-epoch"
	[ "$(cut -d ' ' -f 1 "$by_git" "$BATS_TEST_TMPDIR/by-epoch" | sort -u | wc -l)" -eq 6 ]
}

@test "verify-image says whether a digest is reproduced" {
	cd "$ONE"
	verify=(make -s verify-image PLATFORMS=arm-v7)
	image/describe build/pause.oci.tar >"$BATS_TEST_TMPDIR/contents"
	read -r _ name _ _ id < <(grep ' linux/arm/v7 ' "$BATS_TEST_TMPDIR/contents" | tail -n 1)
	run -0 "${verify[@]}" DIGEST="$id"
	[ "$output" = "reproduced: $id is $name, linux/arm/v7" ]
	digest=$(sed -n 's/ .*-guard index .*//p' "$BATS_TEST_TMPDIR/contents")
	# It does not look at what was built here.
	cp build/pause.oci.tar "$BATS_TEST_TMPDIR/pause.oci.tar"
	echo >build/pause.oci.tar
	run -0 "${verify[@]}" DIGEST="$digest"
	mv "$BATS_TEST_TMPDIR/pause.oci.tar" build/pause.oci.tar
	[ "$output" = "reproduced: $digest is localhost/pause:v7-guard, index" ]
	SOURCE_DATE_EPOCH=1234567891 run -2 "${verify[@]}" DIGEST="$digest"
	[[ ${lines[0]} == "not reproduced: $digest; v7 of "* ]]
	[ "$(grep -c "^sha256:.* localhost/pause:v7.* index " <<<"$output")" -eq 3 ]
	for digest in sha256:12 ''; do
		run -2 make -s verify-image DIGEST="$digest"
		[ "${lines[0]}" = "DIGEST is sha256: and 64 hexadecimal digits, and not: '$digest'" ]
	done
}

@test "a version that is no tag, and a date that is none, are named" {
	tools/copy-sources "$BATS_TEST_TMPDIR/tree"
	run -2 make -s -C "$BATS_TEST_TMPDIR/tree" image PLATFORMS=amd64 VERSION=1.0+x~1 SOURCE_DATE_EPOCH=0
	[[ $output == *'VERSION=1.0+x~1'* ]]
	run -2 make -s -C "$BATS_TEST_TMPDIR/tree" image VERSION=1.0 SOURCE_DATE_EPOCH=yesterday
	[[ $output == *SOURCE_DATE_EPOCH*"'yesterday'"* ]] # clang or make, whoever sees it first
	run -2 make -s -C "$BATS_TEST_TMPDIR/tree" build/date SOURCE_DATE_EPOCH=010
	[ "${lines[0]}" = "SOURCE_DATE_EPOCH is seconds since 1970, in at most ten digits, and not: '010'" ]
	[ ! -e "$BATS_TEST_TMPDIR/tree/build/pause.oci.tar" ]
}

@test "an archive that is damaged, cut off, something else or not there is not loaded" {
	export DOCKER_HOST=unix://$BATS_TEST_TMPDIR/nobody
	damaged=$BATS_TEST_TMPDIR/damaged.tar ARCHIVE=$ONE/build/pause.oci.tar
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
	[[ $output == *"registry.example/pause:v7"*"failed: reading $damaged" ]]
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
	printf '[storage]\ndriver = "none"\ngraphroot = "%s/graph"\nrunroot = "%s/run"\n' \
		"$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR" >"$BATS_TEST_TMPDIR/storage.conf"
	CONTAINERS_STORAGE_CONF=$BATS_TEST_TMPDIR/storage.conf run -1 image/load "$ARCHIVE" podman
	[[ $output == *$'\nfailed: reaching podman' ]]
	wait_until grep -q '^status' "$BATS_FILE_TMPDIR/containerd"
	[[ $(cat "$BATS_FILE_TMPDIR/containerd") == *"$BATS_FILE_TMPDIR/nobody"*$'\nfailed: reaching containerd\nstatus 1' ]]
}
