#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# tools/build-go: what it builds of a module, once, and what it says where it cannot.

bats_require_minimum_version 1.5.0

setup() {
	HERE=$BATS_TEST_TMPDIR
	DIR=$HERE/cache/go/small-1
	mkdir -p "$HERE/small/hello" "$HERE/small/tested" "$HERE/bin"
	cat >"$HERE/small/go.mod" <<-'END'
		module example.invalid/small

		go 1.24

		tool (
			example.invalid/small/hello
			example.invalid/small/tested
		)
	END
	cat >"$HERE/small/hello/hello.go" <<-'END'
		package main

		var word string

		func main() { print("hello ", word) }
	END
	cat >"$HERE/small/tested/tested_test.go" <<-'END'
		package tested

		import "testing"

		func TestNothing(*testing.T) {}
	END
}

# a_go: skips the test where there is no Go that knows tools.
a_go() {
	command -v go >/dev/null || skip "no Go here"
	[[ $(go env GOVERSION) =~ ^go1\.(2[4-9]|[3-9].) ]] || skip "Go is too old here: $(go version)"
}

# a_go_that SCRIPT: a stand-in for go(1) is the first one in PATH.
a_go_that() {
	printf '#!/bin/sh\n%s\n' "$1" >"$HERE/bin/go"
	chmod 755 "$HERE/bin/go"
	PATH=$HERE/bin:$PATH
}

# builds: build-go, of the small module.
builds() {
	tools/build-go "$HERE/small" "$DIR"
}

# cannot REASON: that is its last line, and there is no folder.
cannot() {
	[[ ${lines[-1]} == "build-go: cannot build "$1 ]]
	[ ! -e "$HERE/cache" ] || [ -z "$(ls "$HERE/cache/go")" ]
}

# own_mounts: skips the test where none can be made.
own_mounts() {
	[ "$(id -u)" -eq 0 ] || skip "needs root, to mount"
	unshare --mount true 2>"$HERE/why" || skip "needs a mount namespace: $(cat "$HERE/why")"
}

@test "the programs and the tests that a module calls tools, with flags, and a second run builds nothing" {
	a_go
	mkdir -p "$DIR.killed"
	run -0 tools/build-go "$HERE/small" "$DIR" -ldflags "-X main.word=world"
	[ "${lines[0]}" = "building small (once, kept in $HERE/cache/go)" ]
	[[ ${lines[1]} == 'built small in '*' s' ]]
	[ "$(ls "$DIR")" = $'hello\ntested' ]
	[ "$("$DIR/hello" 2>&1)" = 'hello world' ]
	[[ $("$DIR/tested") == *PASS* ]]
	run -0 builds
	[ -z "$output" ]
	[ "$(ls "$HERE/cache/go")" = small-1 ]
}

@test "two at once build once" {
	a_go
	a_go_that "[ \$1 != build ] || echo built >>$HERE/log; exec $(type -P go) \"\$@\""
	builds 2>"$HERE/first" 3>&- &
	builds
	wait $!
	[ "$(cat "$HERE/log")" = built ]
	[ "$(ls "$HERE/cache/go")" = small-1 ]
}

@test "no Go, or one that is too old" {
	mkdir "$HERE/tools"
	ln -s /usr/bin/* "$HERE/tools"
	rm -f "$HERE/tools/go"
	PATH=$HERE/tools run -1 builds
	[ "${#lines[@]}" -eq 1 ]
	cannot 'small: no Go here; install version 1.21 or newer (golang-go of Debian 13)'
	a_go_that 'case $1 in env) echo go1.19.8 ;; *) echo go version go1.19.8 linux/amd64 ;; esac'
	run -1 builds
	[ "${#lines[@]}" -eq 1 ]
	cannot 'small: go version go1.19.8 linux/amd64 is too old; install version 1.21 or newer (golang-go of Debian 13)'
}

@test "a module proxy that is not reachable" {
	a_go
	export GOMODCACHE=$HERE/modules GOTOOLCHAIN=local
	run -1 env GOPROXY=off tools/build-go test/modules/etcd "$DIR"
	[ "${#lines[@]}" -eq 2 ]
	cannot 'etcd: is the module proxy reachable? GOPROXY is off: *module lookup disabled by GOPROXY=off'
	run -1 env GOPROXY=http://127.0.0.1:1 tools/build-go test/modules/etcd "$DIR"
	[ "${#lines[@]}" -eq 2 ]
	cannot 'etcd: is the module proxy reachable? GOPROXY is http://127.0.0.1:1: *connection refused'
}

@test "a program that does not compile" {
	a_go
	echo 'func main() {}' >>"$HERE/small/hello/hello.go"
	run -1 builds
	[[ $output == *'main redeclared'* ]]
	cannot 'small: go build failed'
}

@test "too little memory, or disk" {
	own_mounts
	a_go_that 'echo go1.26.0'
	sed 's/^MemAvailable:.*/MemAvailable:    5242880 kB/' /proc/meminfo >"$HERE/meminfo"
	# shellcheck disable=SC2016 # the inner shell expands it
	run -1 unshare --mount sh -c 'mount --bind "$0" /proc/meminfo && exec "$@"' "$HERE/meminfo" \
		tools/build-go "$HERE/small" "$DIR"
	[ "${#lines[@]}" -eq 1 ]
	cannot 'small: needs 6 GiB of free memory; 5 GiB are there'
	# shellcheck disable=SC2016 # the inner shell expands it
	run -1 unshare --mount sh -c 'mount -t tmpfs -o size=1m none "$0" && exec "$@"' "$HERE/cache/go" \
		tools/build-go "$HERE/small" "$DIR"
	[ "${#lines[@]}" -eq 1 ]
	cannot "small: needs 12 GiB of free disk in $HERE/cache/go; 0 GiB are there"
}

@test "Ctrl-C leaves nothing" {
	a_go_that "case \$1 in env) echo go1.26.0 ;; list) : >$HERE/lists; exec sleep 1000 ;; esac"
	. pod/pod.bash
	env --default-signal=INT setsid tools/build-go "$HERE/small" "$DIR" 3>&- &
	wait_until test -e "$HERE/lists"
	kill -INT -- "-$!"
	wait $! || status=$?
	[ "$status" -eq 1 ]
	[ -z "$(ls "$HERE/cache/go")" ]
}
