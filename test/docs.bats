#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The documents: links lead somewhere, and commands are run by a test.

load helpers

setup_file() {
	export DOCUMENTS
	DOCUMENTS=$(git ls-files '*.md' 2>/dev/null || find . -name '*.md' -not -path './build/*')
}

# anchors FILE: those that its headings have, as forges make them.
anchors() {
	sed -n 's/^#\{1,\} //p' "$1" | tr '[:upper:]' '[:lower:]' | sed 's/[^a-z0-9 _-]//g; s/ /-/g'
}

@test "every relative link leads to a file, and to a heading in it" {
	local document link target broken=0

	for document in $DOCUMENTS; do
		while read -r link; do
			target=$document
			[[ $link == '#'* ]] || target=$(dirname "$document")/${link%%#*}
			[ -e "$target" ] || { echo "$document: no such file: $link" && broken=1; }
			[[ $link != *#* ]] || [[ $target != *.md ]] || anchors "$target" | grep -qxF -- "${link#*#}" ||
				{ echo "$document: no such heading: $link" && broken=1; }
		done < <(sed 's/`[^`]*`//g' "$document" | grep -oE '\]\([^)]+\)' | sed 's/^](//; s/)$//' | grep -v '://')
	done
	[ $broken -eq 0 ]
}

# documented_commands FILE: each command of its blocks for a shell, without comments; but not
# of those that begin with a comment "# not run by a test: WHY".
documented_commands() {
	awk '
		/^ *```sh$/ { inside = 1; first = 1; next }
		/^ *```/ { inside = 0 }
		inside && first { skipped = /# not run by a test: ./; first = 0 }
		inside && !skipped && !/^ *#/ && !/^$/' "$1" |
		sed -e ':a' -e '/\\$/{N;s/ *\\\n */ /;ba' -e '}' -e 's/ \{2,\}# .*//; s/ # .*//'
}

# Which test runs a command: its pattern, the file of the test, and what that has in it.
RUN_BY='
make | .ci/run | make
make demo | test/demo.bats | make -s
make image | test/image.bats | make -s image
make windows | test/windows.bats | make -s windows
make image WINDOWS_BASE=* | test/windows.bats | WINDOWS_BASE=
make image-docker | test/engines/engines.bash | make -s image-docker
make image-podman | test/engines/podman.bats | make -s image-podman
make image-containerd | test/engines/cri.bash | make -s image-containerd
make image-contents | test/image.bats | image-contents
make push REGISTRY=registry.example/path | test/engines/registry.bats | make -s push
make verify-image DIGEST=* | test/image.bats | verify-image
unshare --fork --pid --mount-proc build/pause | pod/pod.bash | unshare
gcc -Os -Wall -Werror -static src/pause.c -o pause | test/test.mk | OFFICIAL_FLAGS = -Os -Wall -Werror -static
make test | .ci/run | make test
make test-* | .ci/run | make test-
make lint | .ci/run | make lint
make proof | .ci/run | make proof
make torture | .ci/run | make torture
make fuzz | .ci/run | make fuzz
make mutants | .ci/run | make mutants
make bench | test/bench.bats | bench/run
docker run -d --name pod --ipc shareable * | test/engines/docker.bats | docker run -d --name pod
docker run -d --pid container:pod * | test/engines/docker.bats | --pid "$pod" --network "$pod" --ipc "$pod"
docker stop pod | test/engines/docker.bats | docker stop pod
docker build -t pause-me . | test/engines/docker.bats | docker build
docker inspect -f * | test/engines/docker.bats | docker inspect -f
ctr -n k8s.io images import pause.oci.tar | test/engines/pause_node_containerd.bats | ctr -n k8s.io images import build/pause.oci.tar
ctr -n k8s.io images label * | test/engines/pause_node_containerd.bats | io.cri-containerd.pinned=pinned
ctr -n k8s.io images ls name==* | deploy/pause-node | images ls "name==
podman pod create --name pod * | test/engines/podman.bats | podman pod create
podman run -d --pod pod * | test/engines/podman.bats | podman run -d
podman pod stop pod | test/engines/podman.bats | podman pod stop
podman image inspect * | test/engines/pause_node.bats | podman image inspect
skopeo copy --all --preserve-digests oci-archive:* | test/engines/registry.bats | skopeo copy
pause-node * | test/engines/pause_node_containerd.bats | node 0 install
for pid in *sha256sum /proc/* | test/engines/pause_node_containerd.bats | cmp "/proc/
make install | test/install.bats | make -s install DESTDIR
make install DESTDIR=* prefix=/usr | test/install.bats | make -s install DESTDIR="$TO" prefix=/usr
make install-image | test/install.bats | make -s install-image
make uninstall | test/install.bats | make -s uninstall
make deb | test/packages.bats | make -s deb rpm
make rpm | test/packages.bats | make -s deb rpm
make check | test/test.mk | bats test/contract
dpkg --install build/packages/pause_*_amd64.deb | test/packages.bats | dpkg --install
dpkg --verify pause | test/packages.bats | dpkg --verify pause
rpm --verify pause | test/packages.bats | --verify --nodeps pause
cmp /usr/bin/pause build/linux-amd64/pause | test/packages.bats | cmp
git tag v1.2.3 | test/release.bats | tag
make release VERSION=v1.2.3* | test/release.bats | release VERSION=v1.2.3
gpg --verify SHA256SUMS.asc SHA256SUMS | test/release.bats | gpg --verify SHA256SUMS.asc SHA256SUMS
sha256sum --check SHA256SUMS | test/release.bats | sha256sum
diff build/release/v1.2.3/SHA256SUMS * | test/release.bats | diff
export COMPOSE_FILE=* | test/engines/compose.bats | COMPOSE_FILE
docker compose up --detach | test/engines/compose.bats | up
docker compose down | test/engines/compose.bats | down
kubectl apply -f examples/kubernetes/shared-process-namespace.yaml | test/examples/api.bats | kubectl apply -f "$MANIFESTS/shared-process-namespace.yaml"
cp examples/kubernetes/jenkins/base/ceph.env.template * | test/examples/manifests.bash | ceph.env
kubectl apply -k examples/kubernetes/jenkins/dynamic | test/examples/api.bats | kubectl apply -k "$MANIFESTS/jenkins/dynamic"
kubectl apply -k examples/kubernetes/jenkins/static | test/examples/api.bats | kubectl apply -k "$MANIFESTS/jenkins/static"
sha256sum build/linux-amd64/pause | test/engines/pause_node_containerd.bats | build/linux-amd64/pause
'

@test "every command in a document is run by a test, or says why none does" {
	local document command pattern file text known unknown=0

	for document in $DOCUMENTS; do
		while read -r command; do
			known=
			while IFS='|' read -r pattern file text; do
				# shellcheck disable=SC2053 # a pattern
				if [ -n "$pattern" ] && [[ $command == ${pattern% } ]]; then
					known=yes
					file=${file# } text=${text# }
					grep -qF -- "$text" "${file% }" || { echo "$file does not have: $text" && unknown=1; }
				fi
			done <<<"$RUN_BY"
			[ -n "$known" ] || { echo "$document: $command" && unknown=1; }
		done < <(documented_commands "$document")
	done
	[ $unknown -eq 0 ]
}
