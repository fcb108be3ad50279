#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Only here: make release, what it refuses and what is in a release; and that whatever is made of
# these sources, program, image or package, is the same wherever it is made.

load helpers
load another_user

setup_file() {
	# The make that runs the tests has handed down its own.
	unset MAKEFLAGS MAKELEVEL MFLAGS VERSION SOURCE_DATE_EPOCH KEY COSIGN_KEY
	export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
	DEBIAN=$(dpkg --print-architecture) RPM=$(rpm --eval '%{_target_cpu}')
	export DEBIAN RPM
	export CLONE=$BATS_FILE_TMPDIR/clone GNUPGHOME=$BATS_FILE_TMPDIR/gnupg
	tools/copy-sources "$CLONE"
	sed -i '/^## .Unreleased/,$d' "$CLONE/CHANGELOG.md"
	printf '## [1.2.3] - 2009-02-13\n\n- One, of\n  two lines.\n\n- Two.\n\n## [1.2.30] - 2009-02-12\n\n- Three.\n' >>"$CLONE/CHANGELOG.md"
	git init -q "$CLONE"
	git -C "$CLONE" add -A
	commit '1234567890 +0100'
	git -C "$CLONE" tag 1.2.2 # by mistake: it is 1.2.3
}

# gpg-agent would outlive the tests.
teardown_file() {
	[ ! -e "$GNUPGHOME" ] || { gpgconf --kill all && wait_until no_agent; }
}

no_agent() {
	! pgrep -f "gpg-agent .*$GNUPGHOME" >/dev/null
}

commit() {
	GIT_AUTHOR_DATE=$1 GIT_COMMITTER_DATE=$1 git -C "$CLONE" -c user.name=a -c user.email=a commit -q --allow-empty -a -m a
}

# refuses VERSION LINE: it does so, and nothing is built.
refuses() {
	cd "$CLONE" || return
	VERSION=$1 run -1 deploy/release amd64
	[ "$output" = "$2" ] || { echo "$output" && false; }
	[ ! -e build ]
}

@test "what is no release is refused, before anything is built" {
	for version in 1.2 v1.2.3-dirty 1.2.3-4-gc4ff7e46feab; do
		refuses "$version" "a release is 1.2.3 or 1.2.3-rc1, with or without a v before it, and not: VERSION=$version"
	done
	refuses 1.2.4 'CHANGELOG.md says nothing of 1.2.4'
	KEY=nobody@pause.invalid refuses 1.2.3 'gpg has no secret key: KEY=nobody@pause.invalid'
	COSIGN_KEY=/dev/null refuses 1.2.3 'openssl reads no private key: COSIGN_KEY=/dev/null'

	echo >>"$CLONE/README.md"
	refuses 1.2.3 'a release has what is committed, and this is not: README.md'
	git -C "$CLONE" checkout -q README.md
	: >"$CLONE/src/forgotten.h"
	refuses 1.2.3 'a release has what is committed, and this is not: src/forgotten.h'
	rm "$CLONE/src/forgotten.h"

	first=$(git -C "$CLONE" rev-parse HEAD)
	sed -i 's/^## .1.2.3/## [Unreleased]\n\n- Four.\n\n&/' "$CLONE/CHANGELOG.md"
	commit '1234567891 +0100'
	refuses 1.2.3 'CHANGELOG.md has changes under Unreleased; they belong under 1.2.3'
	refuses 1.2.2 "1.2.2 is the tag of another commit: ${first:0:12}"
	git -C "$CLONE" reset -q --hard "$first"
	WINDOWS_BASE=oci:x refuses 1.2.3 'a base of Windows may not be in a release: WINDOWS_BASE=oci:x'

	cd "$BATS_TEST_DIRNAME/.."
	tools/copy-sources "$BATS_TEST_TMPDIR/no clone"
	run -2 make -s -C "$BATS_TEST_TMPDIR/no clone" release VERSION=1.2.3
	[ "${lines[0]}" = 'a release is made from a clone of the repository' ]
}

# modes_in CLONE: of each file of the release there.
modes_in() {
	(cd "$1/build/release/v1.2.3" && stat -c '%a %n' -- *)
}

# What the next tests look into.
@test "it is built, says of which files it is, and KEY and COSIGN_KEY sign it" {
	# Nothing of this is to get into it.
	mkdir -p "$CLONE/build/release/v1.2.3"
	: >"$CLONE/build/release/v1.2.3/older"
	git -C "$CLONE" config core.autocrlf true
	git -C "$CLONE" config tar.umask 0002
	mkdir -m 700 "$GNUPGHOME"
	for user in one two; do
		gpg --batch --quiet --passphrase '' --quick-generate-key $user@pause.invalid 3>&-
	done
	for name in key another; do
		openssl ecparam -name prime256v1 -genkey -noout -out "$BATS_FILE_TMPDIR/$name"
		openssl pkey -in "$BATS_FILE_TMPDIR/$name" -pubout -out "$BATS_FILE_TMPDIR/$name.pub"
	done
	run -0 --separate-stderr make -s -C "$CLONE" release VERSION=v1.2.3 KEY=two@pause.invalid \
		COSIGN_KEY="$BATS_FILE_TMPDIR/key" 3>&-
	cd "$CLONE"
	platforms=(386 amd64 arm-v7 arm64 loong64 mips64le ppc64le riscv64 s390x)
	diff <(printf '%s\n' "644 pause-1.2.3-1.$RPM.rpm" "644 pause_1.2.3_$DEBIAN.deb" "644 pause-1.2.3.tar.gz" \
		"644 pause-"{image,init-names,node}{-1.2.3-1.noarch.rpm,_1.2.3_all.deb} \
		"${platforms[@]/#/755 pause-linux-}" "${platforms[@]/#/755 pause-init-linux-}" \
		"755 pause-windows-"{amd64,arm64}.exe "755 pause-node" "644 pause."{oci.tar,signatures.oci.tar,spdx.json} \
		"644 release-notes.md" "644 SHA256SUMS"{,.asc} | sort) <(modes_in . | sort)
	[ "$output" = "$(printf '%s\n' build/release/v1.2.3/*)" ]
	[ -z "$(git status --porcelain)" ]
	cd build/release/v1.2.3
	dpkg-deb --fsys-tarfile pause-image_1.2.3_all.deb | tar -xO ./usr/share/pause/pause.oci.tar | cmp - pause.oci.tar
	rpm2archive - <pause-image-1.2.3-1.noarch.rpm | tar -xzO ./usr/share/pause/pause.oci.tar | cmp - pause.oci.tar
	sha256sum --check --strict --quiet SHA256SUMS
	[ "$(wc -l <SHA256SUMS)" -eq 33 ]
	run -0 gpg --status-fd 1 --verify SHA256SUMS.asc SHA256SUMS
	[[ $output == *'GOODSIG '*' two@pause.invalid'* ]]
}

@test "each digest of the image has a signature by COSIGN_KEY, in cosign's form" {
	image=$CLONE/build/release/v1.2.3/pause.oci.tar layout=$BATS_TEST_TMPDIR/layout
	mkdir "$layout"
	tar -xf "${image%.oci.tar}.signatures.oci.tar" -C "$layout"
	# All that it has is under its digest.
	(cd "$layout/blobs/sha256" && sha256sum --quiet --check < <(printf '%s\n' * | sed 's/.*/&  &/'))
	blob() { echo "$layout/blobs/${1/://}"; }
	while read -r digest _; do
		manifest=$(blob "$(jq -r --arg tag "${digest/:/-}.sig" \
			'.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == $tag).digest' "$layout/index.json")")
		payload=$(blob "$(jq -r '.layers[].digest' "$manifest")")
		jq -r '.layers[].annotations["dev.cosignproject.cosign/signature"]' "$manifest" | base64 -d >"$BATS_TEST_TMPDIR/signature"
		[ "$(jq -r '.critical | .image["docker-manifest-digest"], .identity["docker-reference"], .type' "$payload")" = \
			"$digest"$'\npause.invalid/pause\ncosign container image signature' ]
		openssl dgst -sha256 -verify "$BATS_FILE_TMPDIR/key.pub" -signature "$BATS_TEST_TMPDIR/signature" "$payload"
		name=${digest/:/-}.sig
		run -1 openssl dgst -sha256 -verify "$BATS_FILE_TMPDIR/another.pub" -signature "$BATS_TEST_TMPDIR/signature" "$payload"
	done < <(image/describe "$image" | tee "$BATS_TEST_TMPDIR/described")
	[ "$(wc -l <"$BATS_TEST_TMPDIR/described")" -eq "$(jq '.manifests | length' "$layout/index.json")" ]
	# skopeo reads the form.
	skopeo inspect --raw "oci-archive:${image%.oci.tar}.signatures.oci.tar:$name" | cmp - "$manifest"
}

@test "two are the same, byte for byte: another folder, time, user, umask, environment and settings" {
	another_user
	# buildah wants user namespaces for him.
	user_namespaces || ANOTHER=()
	tree="$BATS_TEST_TMPDIR/a folder/of another name"
	git clone -q "$CLONE" "$tree"
	mkdir "$BATS_TEST_TMPDIR/"{include,home,setgid}
	chmod 3777 "$BATS_TEST_TMPDIR/setgid"
	[ ${#ANOTHER[@]} -eq 0 ] || chown -R nobody "$BATS_TEST_TMPDIR/a folder"
	echo '#error what a machine may have' | tee "$BATS_TEST_TMPDIR/include/"{signal,unistd,windows}.h
	printf '%%packager somebody\n%%vendor somebody\n%%_binary_payload w1.gzdio\n' >"$BATS_TEST_TMPDIR/home/.rpmmacros"
	(umask 077 && env -i PATH="$PATH" HOME="$BATS_TEST_TMPDIR/home" LC_ALL=C.UTF-8 LANGUAGE=tr TZ=Asia/Kathmandu \
		TMPDIR="$BATS_TEST_TMPDIR/setgid" SOURCE_DATE_EPOCH=1 \
		CPATH="$BATS_TEST_TMPDIR/include" CPPFLAGS=-DX CFLAGS=-O0 LINK=/stack:65536 _LINK_=/stack:65536 \
		GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.abbrev GIT_CONFIG_VALUE_0=20 \
		GZIP=-1 XZ_OPT=-0 TAR_OPTIONS=--owner=daemon \
		BUILDAH_FORMAT=docker BUILDAH_ISOLATION=none STORAGE_DRIVER=overlay STORAGE_OPTS=vfs.x=y \
		CONTAINERS_STORAGE_CONF=/nonexistent REGISTRY_AUTH_FILE=/nonexistent \
		DEB_BUILD_OPTIONS=nodoc DPKG_DEB_COMPRESSOR_LEVEL=1 DH_VERBOSE=1 DEBEMAIL=a@b DEB_HOST_ARCH=hurd-i386 \
		"${ANOTHER[@]}" make -s -j 3 -C "$tree" release VERSION=v1.2.3)
	diff -r --exclude=SHA256SUMS.asc --exclude=pause.signatures.oci.tar "$CLONE/build/release/v1.2.3" "$tree/build/release/v1.2.3"
	diff <(modes_in "$CLONE" | grep -v -e '\.asc$' -e '\.signatures\.') <(modes_in "$tree")
	[ -z "$(ls -A "$BATS_TEST_TMPDIR/setgid")" ]
	[ "$(id -u)" -ne 0 ] || [ ${#ANOTHER[@]} -gt 0 ] || skip "the same, but for another user: $NO_USER_NAMESPACES"
}

@test "the source archive has what is committed, and makes the same programs under the same version" {
	cd "$BATS_TEST_TMPDIR"
	tar -xf "$CLONE/build/release/v1.2.3/pause-1.2.3.tar.gz"
	diff <(cd pause-1.2.3 && find . ! -type d | cut -c 3- | LC_ALL=C sort) \
		<({ git -C "$CLONE" ls-files && printf '%s\n' .release.mk debian/changelog pause.spec; } | LC_ALL=C sort)
	git -C "$CLONE" show HEAD:Makefile | cmp - pause-1.2.3/Makefile
	[ "$(find pause-1.2.3 ! -type l -printf '%TY-%Tm-%Td %m\n' | sort -u)" = "2009-02-13 644
2009-02-13 755" ]
	make -s -C pause-1.2.3 build/linux-arm-v7/pause
	cmp pause-1.2.3/build/linux-arm-v7/pause "$CLONE/build/release/v1.2.3/pause-linux-arm-v7"
	[ "$(cat pause-1.2.3/build/version)" = v1.2.3 ]
	make -s -C pause-1.2.3 build/version build/date VERSION=other
	[ "$(cat pause-1.2.3/build/version pause-1.2.3/build/date)" = "other
1234567890" ]
}

@test "the notes: what CHANGELOG.md says of the version, and the digests of the image" {
	cd "$CLONE"
	image/describe build/release/v1.2.3/pause.oci.tar >"$BATS_TEST_TMPDIR/digests"
	[ "$(grep -c ' index ' "$BATS_TEST_TMPDIR/digests")" -eq 4 ]
	diff build/release/v1.2.3/release-notes.md <(
		printf -- '- One, of\n  two lines.\n\n- Two.\n\n| tag in pause.oci.tar | digest of its index |\n| --- | --- |\n'
		sed -n 's/^\(sha256:[0-9a-f]*\) \(pause[.]invalid[^ ]*v1.2.3[^ ]*\) index .*/| `\2` | `\1` |/p' "$BATS_TEST_TMPDIR/digests"
	)
}

@test "the bill of materials: SPDX 2.3, each file with its checksums, nothing else inside" {
	cd "$CLONE/build/release/v1.2.3"
	sbom=pause.spdx.json
	[ "$(jq -r '"\(.spdxVersion) \(.dataLicense) \(.SPDXID) \(.name) \(.creationInfo.created)"' $sbom)" = \
		'SPDX-2.3 CC0-1.0 SPDXRef-DOCUMENT pause-v1.2.3 2009-02-13T23:31:30Z' ]
	jq -e '.documentNamespace | test("^https://spdx.org/spdxdocs/pause-v1.2.3-[0-9a-f]{64}$")' $sbom
	for algorithm in SHA1 SHA256; do
		jq -r --arg algorithm $algorithm '.files[] | .fileName as $name | .checksums[] | select(.algorithm == $algorithm) |
			"\(.checksumValue)  \($name)"' $sbom >"$BATS_TEST_TMPDIR/$algorithm"
		"${algorithm,,}sum" --check --strict --quiet "$BATS_TEST_TMPDIR/$algorithm"
		diff <(sed 's/.*  //' "$BATS_TEST_TMPDIR/$algorithm" | sort) \
			<(find . -type f ! -name 'SHA256SUMS*' ! -name '*.signatures.*' ! -name $sbom | sort)
	done
	# Each relationship is between two things that the document has, by names that SPDX takes.
	jq -r '.. | .SPDXID? // empty' $sbom | sort >"$BATS_TEST_TMPDIR/ids"
	[ -z "$(uniq -d "$BATS_TEST_TMPDIR/ids")" ]
	run ! grep -vxE 'SPDXRef-[A-Za-z0-9.-]+' "$BATS_TEST_TMPDIR/ids"
	jq -r '.relationships[] | .spdxElementId, .relatedSpdxElement' $sbom | sort -u | diff "$BATS_TEST_TMPDIR/ids" -
	# The verification code, as SPDX 2.3, 7.9, has it.
	[ "$(jq -r '.packages[0].packageVerificationCode.packageVerificationCodeValue' $sbom)" = \
		"$(cut -d ' ' -f 1 "$BATS_TEST_TMPDIR/SHA1" | sort | tr -d '\n' | sha1sum | cut -d ' ' -f 1)" ]
	# What is inside of what; all else is a tool, with its version here.
	diff <(jq -r '.relationships[] | select(.relationshipType == "CONTAINS" and .relatedSpdxElement == "SPDXRef-File-pause-linux-arm-v7") |
		.spdxElementId' $sbom | sort) - <<-'END'
		SPDXRef-File-pause.oci.tar
		SPDXRef-Package-pause
	END
	[ "$(jq -r '.packages[] | select(.name == "lld-19").versionInfo' $sbom)" = \
		"$(dpkg-query --show --showformat '${Version}' lld-19)" ]
	diff <(jq -r '.packages[1:][].SPDXID' $sbom | sort) \
		<(jq -r '.relationships[] | select(.relationshipType == "BUILD_TOOL_OF").spdxElementId' $sbom | sort)
}
