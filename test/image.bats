#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Only here: the OCI archive of make image, what is in it, and what becomes of one that is
# damaged. That it is the same wherever it is built, test/release.bats shows; what engines make of
# it, test/engines. What does not depend on the platform is shown with one of them.

bats_require_minimum_version 1.5.0

PLATFORMS='386 amd64 arm-v7 arm64 loong64 mips64le ppc64le riscv64 s390x'

setup_file() {
	# The make that runs the tests has handed down its own.
	unset MAKEFLAGS MAKELEVEL MFLAGS
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
}

@test "four tags, each an index over nine platforms: one program by its user and entrypoint, at most 3,072 bytes to pull, init 7,168" {
	created=$(date -u -d "@$DATE" +%FT%TZ)
	image/describe "$ARCHIVE" >"$BATS_TEST_TMPDIR/contents"
	build=$PWD/build
	cd "$BATS_TEST_TMPDIR"
	tar -xf "$ARCHIVE"
	jq -r '.manifests[] | "\(.mediaType) \(.annotations["org.opencontainers.image.ref.name"]) \(.digest[7:])"' index.json |
		while read -r type name index; do
			[ "$type" = application/vnd.oci.image.index.v1+json ]
			jq -r --arg tag "${name##*:}" '.manifests[] |
				"\($tag) \(.platform | [.architecture, .variant // empty] | join("-")) \(.digest[7:])"' "blobs/sha256/$index"
		done >manifests
	diff <(for tag in "$VERSION" "$VERSION-guard" "$VERSION-log" "$VERSION-init"; do
		for platform in $PLATFORMS; do echo "$tag $platform"; done
	done) <(cut -d ' ' -f 1,2 manifests)
	cd blobs/sha256
	# Four indexes; each platform's two layers, four times its config and its manifest; nothing else.
	printf '%s\n' * | sed 's/.*/&  &/' >../names
	[ "$(wc -l <../names)" -eq $((4 + 18 + 36 + 36)) ]
	sha256sum --check --quiet ../names
	while read -r tag platform manifest; do
		file=pause title=pause most=3072
		description="Holds a pod's namespaces and sees its orphans reaped"
		case $tag in
		*-init)
			file=init title=pause-init most=7168
			description='The init of one container: forwards signals and reaps orphans'
			entrypoint='["/init"]'
			;;
		*-guard) entrypoint='["/pause","--guard"]' ;;
		*-log) entrypoint='["/pause","--log-reaped"]' ;;
		*) entrypoint='["/pause"]' ;;
		esac
		read -r config size layer more < <(jq -r '[.config.digest[7:], .config.size + .layers[0].size, .layers[].digest[7:]] |
			join(" ")' "$manifest")
		[ -z "$more" ]
		pull=$(($(stat -c %s "$manifest") + size))
		[ "$pull" -le $most ]
		grep -qx "sha256:$manifest pause.invalid/pause:$tag linux/${platform/-//} $pull sha256:$config" ../../contents
		gzip -dc "$layer" >../layer
		program=$build/linux-$platform/$title
		[ "$(TZ=UTC tar -tvf ../layer --full-time | tr -s ' ')" = \
			"-r-xr-xr-x 0/0 $(stat -c %s "$program") $(date -u -d "@$DATE" '+%F %T') $file" ]
		tar -xOf ../layer $file | cmp - "$program"
		diff <(jq -cr '.config, "\(.os) " + ([.architecture, .variant // empty] | join("-")), .created, (keys - ["variant"]),
			.rootfs.diff_ids' "$config") - <<-END
			{"User":"65535:65535","Entrypoint":$entrypoint}
			linux $platform
			$created
			["architecture","config","created","os","rootfs"]
			["sha256:$(sha256sum ../layer | cut -d ' ' -f 1)"]
		END
		diff <(jq -r '.annotations | to_entries[] | "\(.key) \(.value)"' "$manifest") - <<-END
			org.opencontainers.image.created $created
			org.opencontainers.image.description $description
			org.opencontainers.image.licenses Apache-2.0
			org.opencontainers.image.title $title
			org.opencontainers.image.version $VERSION
		END
	done <../../manifests
}

@test "make image prints the digests of the tags; dates are the commit's or SOURCE_DATE_EPOCH's" {
	cd "$ONE"
	by_git=$BATS_FILE_TMPDIR/by-git
	diff <(cut -d ' ' -f 2 "$by_git") - <<-END
		pause.invalid/pause:v7
		pause.invalid/pause:v7-guard
		pause.invalid/pause:v7-log
		pause.invalid/pause:v7-init
	END
	while read -r digest name _ size; do
		skopeo inspect --raw "oci-archive:$PWD/build/pause.oci.tar:$name" >"$BATS_TEST_TMPDIR/index"
		[ "$(sha256sum <"$BATS_TEST_TMPDIR/index") $(stat -c %s "$BATS_TEST_TMPDIR/index")" = "${digest#*:}  - $size" ]
		[ "$(skopeo inspect --override-arch arm --override-variant v7 "oci-archive:$PWD/build/pause.oci.tar:$name" |
			jq -r .Created)" = 2009-02-13T23:31:30Z ]
	done <"$by_git"
	make -s image PLATFORMS=arm-v7 VERSION=v7 SOURCE_DATE_EPOCH=1234567890 | diff "$by_git" -
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
	[ "$output" = "reproduced: $digest is pause.invalid/pause:v7-guard, index" ]
	SOURCE_DATE_EPOCH=1234567891 run -2 "${verify[@]}" DIGEST="$digest"
	[[ ${lines[0]} == "not reproduced: $digest; v7 of "* ]]
	[ "$(grep -c "^sha256:.* pause.invalid/pause:v7.* index " <<<"$output")" -eq 4 ]
	run -2 make -s verify-image DIGEST=sha256:12
	[ "${lines[0]}" = "DIGEST is sha256: and 64 hexadecimal digits, and not: 'sha256:12'" ]
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
	# One byte changed in an index, at which skopeo would not look.
	blob=$(tar -xOf "$ARCHIVE" index.json | jq -r '.manifests[0].digest')
	cp "$ARCHIVE" "$damaged"
	offset=$(tar -tRf "$ARCHIVE" | sed -n "s,^block \([0-9]*\): blobs/${blob/://}$,\1,p")
	printf 'X' | dd of="$damaged" bs=1 seek=$((offset * 512 + 512 + 100)) conv=notrunc status=none
	run -1 image/load "$damaged"
	[[ $output == *"${blob#*:}: FAILED"*"failed: reading $damaged" ]]
	# Names that are not pause's own.
	tar -xf "$ARCHIVE" -C "$BATS_TEST_TMPDIR"
	sed -i 's,pause.invalid/pause:,registry.example/pause:,' "$BATS_TEST_TMPDIR/index.json"
	tar -cf "$damaged" -C "$BATS_TEST_TMPDIR" oci-layout index.json blobs
	run -1 image/load "$damaged"
	[[ $output == *"registry.example/pause:v7"*"failed: reading $damaged" ]]
	# Just before each member, where tar(1) sees nothing wrong, and within the last one.
	blocks=$(tar -tRf "$ARCHIVE" | sed -n 's,^block \([0-9]*\): blobs/sha256/.*,\1,p')
	for length in $(for block in $blocks; do echo $((block * 512)); done) $((${blocks##*$'\n'} * 512 + 700)); do
		head -c "$length" "$ARCHIVE" >"$damaged"
		run -1 image/load "$damaged"
		[[ $output == *"failed: reading $damaged" ]]
	done
	tar -cf "$damaged" README.md
	run -1 image/push "$damaged" localhost
	[[ $output == *"failed: reading $damaged" ]]
	rm "$damaged"
	run -1 image/describe "$damaged"
	[[ $output == *"$damaged: Cannot open: No such file"*"failed: reading $damaged" ]]
}

@test "a Docker that does not answer is named, with its own message" {
	DOCKER_HOST=unix://$BATS_TEST_TMPDIR/nobody run -1 image/load "$ARCHIVE"
	[[ $output == *"$BATS_TEST_TMPDIR/nobody"*$'\nfailed: reaching Docker' ]]
}
