#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# critest, the validation suite of the container runtime interface, on $RUNTIME, containerd or crio:
# with the official pause as the sandbox image and with ours, at the same time.
# In the folder $REPORTS it leaves a report of each, and a line of docs/kubernetes.md in the file rows.

load ../../helpers

setup_file() {
	local job jobs=() column

	column official pause.invalid/pause:official-glibc build/bench/peers/official-glibc build/bench/images/official-glibc.oci.tar
	column ours "pause.invalid/pause:$(cat build/version)" "build/linux-$(dpkg --print-architecture)/pause" build/pause.oci.tar
	for job in "${jobs[@]}"; do
		wait "$job" || return
	done
	for column in official ours; do
		specs $column failed skipped
	done | sort -u | sed "s/^/# $RUNTIME: /" >&3
	echo "| $(version) | $(counts official) | $(counts ours) |" | tee -a "$REPORTS/rows" | sed 's/^/# /' >&3
}

# column NAME IMAGE PROGRAM ARCHIVE: starts that critest, on a machine of its own.
column() {
	test/isolated test/engines/critest/on-runtime "$RUNTIME" "$2" "$3" "$4" "$REPORTS/$RUNTIME-$1.json" 3>&- &
	jobs+=($!)
}

# specs COLUMN STATE...: the specs in these states, passed, skipped (by themselves, and not because
# they were not to run), or failed, which is any other: the state and the name of each, sorted.
specs() {
	jq -r '.[0].SpecReports[] | select(.LeafNodeType == "It" and (.State != "skipped" or .Failure != null))
		| .State |= (select(IN("passed", "skipped")) // "failed") | select(.State | IN($ARGS.positional[]))
		| [.State, .ContainerHierarchyTexts[], .LeafNodeText] | join(" ")' \
		"$REPORTS/$RUNTIME-$1.json" --args -- "${@:2}" | sort
}

# counts COLUMN: what became of its specs.
counts() {
	echo "$(specs "$1" passed | wc -l) passed, $(specs "$1" failed | wc -l) failed, $(specs "$1" skipped | wc -l) skipped"
}

version() {
	PATH=$CONTAINERD:$CRIO:$PATH $RUNTIME --version | awk -v name="$RUNTIME" '{ print name, $3; exit }'
}

@test "every spec that passes with the official image passes with ours" {
	# Without specs, there is nothing to compare.
	[ "$(specs official passed | wc -l)" -ge 100 ]
	lost=$(comm -23 <(specs official passed) <(specs ours passed))
	[ -z "$lost" ] || { echo "$lost" && false; }
}
