#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# examples/kubernetes beside the newest API, as Kubernetes' own client for JavaScript
# declares it: $TYPES, which is made of the schema that the API publishes.

load ../helpers
load manifests

setup() {
	[ -d "$TYPES" ] || skip "npm cannot have the types here"
}

# types_write FILE: writes the manifests as TypeScript.
types_write() {
	manifests_all types_print | test/examples/typescript "$TYPES/gen/models/all.js" >"$1"
}

# types_print -f|-k PATH: prints what kubectl is given by that, to be appended to more.
types_print() {
	echo ---
	case $1 in
	-f) cat "$2" ;;
	-k) kubectl kustomize "$2" ;;
	esac
}

# types_check FILE...: what a compiler has to say of them. What the client itself wants of
# other packages is not there.
types_check() {
	tsc --noEmit --strict --skipLibCheck --target es2020 --module nodenext "$@"
}

@test "every key is known there, has a value of its type, and none that is wanted is missing" {
	manifests_copy
	types_write "$BATS_TEST_TMPDIR/right.mts"
	types_check "$BATS_TEST_TMPDIR/right.mts"
}

@test "every slip is found" {
	for slip in "${!SLIPS[@]}"; do
		manifests_copy "$slip"
		types_write "$BATS_TEST_TMPDIR/slip-$slip.mts"
	done
	run ! types_check "$BATS_TEST_TMPDIR"/slip-*.mts
	echo "$output"
	for slip in "${!SLIPS[@]}"; do
		manifests_copy "$slip"
		grep -A 1 "/slip-$slip.mts(" <<<"$output" | grep -qF -- "$SLIP_NAME"
	done
}
