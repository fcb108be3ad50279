#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# tools/need where something is missing: who is asked to install it, one after the other, and
# that no service starts, now or later. In namespaces, and with an apt-get that installs nothing.

bats_require_minimum_version 1.5.0

load another_user
. pod/pod.bash

setup() {
	HERE=$BATS_TEST_TMPDIR
	mkdir "$HERE/bin" "$HERE/tmp" "$HERE/sbin"
	cp tools/need "$HERE/need"
	# It "installs" each package as a file of that name, and waits while there is a file "wait".
	cat >"$HERE/bin/apt-get" <<-'END'
		#!/bin/bash
		cd "${0%/*}/.." || exit
		case "$*" in
		*update) exit ;;
		*tail) seq 9 && exit 1 ;;
		esac
		echo "begin ${*: -1}" >>log
		[ ! -x script ] || ./script
		sleep 0.1
		for ((i = 0; i < 500; i++)); do [ ! -e wait ] || sleep 0.01; done
		touch "${*: -1}"
		echo "end ${*: -1}" >>log
	END
	chmod 755 "$HERE/bin/apt-get"
	: >"$HERE/log"
}

# machine COMMAND...: COMMAND where root has a /run and a /usr/sbin of its own, and there
# no policy-rc.d.
machine() {
	TMPDIR=$HERE/tmp PATH=$HERE/bin:$PATH unshare --mount bash -c '
		cp -a /usr/sbin/. "$0/sbin" && rm -f "$0/sbin/policy-rc.d"
		mount --bind "$0/sbin" /usr/sbin && mount -t tmpfs none /run && cd "$0" && "$@"' "$HERE" "$@" 3>&-
}

own_machine() {
	[ "$(id -u)" -eq 0 ] || skip "needs root, to install"
	unshare --mount true 2>"$HERE/why" || skip "needs a mount namespace: $(cat "$HERE/why")"
}

@test "several at once: one apt-get at a time, and none for what another one has installed" {
	own_machine
	machine bash -c 'for what in one two one two one; do ./need "$what:$PWD/$what" || touch failed & done; wait'
	[ ! -e "$HERE/failed" ]
	[ "$(wc -l <"$HERE/log")" -eq 4 ]
	[ "$(sort "$HERE/log")" = $'begin one\nbegin two\nend one\nend two' ]
	[ "$(cut -d ' ' -f 1 "$HERE/log" | tr '\n' ' ')" = 'begin end begin end ' ]
}

@test "what is there, but still being installed, is waited for" {
	own_machine
	touch "$HERE/wait"
	# shellcheck disable=SC2016 # for the shell there
	machine bash -c './need "one:$PWD/one" & until [ -s log ]; do sleep 0.01; done
		touch one; ./need "one:$PWD/one" && tail -n 1 log >seen & sleep 0.2; rm wait; wait'
	[ "$(cat "$HERE/seen")" = 'end one' ]
}

@test "SIGKILL leaves nothing but apt-get, which the next one waits for" {
	own_machine
	touch "$HERE/wait"
	# shellcheck disable=SC2016
	machine bash -c './need "one:$PWD/one" & need=$!; until [ -s log ]; do sleep 0.01; done
		kill -KILL $need; wait $need
		ls /usr/sbin/policy-rc.d "$TMPDIR"/* >left 2>/dev/null
		./need "two:$PWD/two" & sleep 0.2; rm wait; wait'
	[ ! -s "$HERE/left" ] || { cat "$HERE/left" && false; }
	[ "$(cat "$HERE/log")" = $'begin one\nend one\nbegin two\nend two' ]
}

@test "an administrator's policy-rc.d stays, even one that comes in the middle" {
	own_machine
	printf '#!/bin/sh\necho mine\n' >"$HERE/policy"
	printf '#!/bin/sh\ncp policy /usr/sbin/policy-rc.d\n' >"$HERE/script"
	chmod +x "$HERE/script"
	machine bash -c './need "one:$PWD/one"; cmp policy /usr/sbin/policy-rc.d && ./need "two:$PWD/two" && cmp policy /usr/sbin/policy-rc.d'
}

@test "no service is started, by sysvinit's scripts or by systemd" {
	own_machine
	# What a package's script runs after its files are there; then the same without tools/need.
	cat >"$HERE/script" <<-'END'
		#!/bin/sh
		invoke-rc.d service start
		mkdir -p /run/systemd/system # as where systemd is PID 1; it cannot be asked here, which fails
		[ ! -x /usr/bin/systemctl ] || systemctl start service || touch asked
		rm -r /run/systemd
	END
	cat >"$HERE/service" <<-END
		#!/bin/sh
		touch "$HERE/started"
	END
	chmod +x "$HERE/script" "$HERE/service"
	machine bash -c '
		for folder in init.d rc1.d rc2.d; do mount -t tmpfs none /etc/$folder || exit; done
		cp service /etc/init.d/ && ln -s ../init.d/service /etc/rc2.d/S01service && ln -s ../init.d/service /etc/rc1.d/K01service
		export RUNLEVEL=2
		./need "one:$PWD/one" && [ ! -e started ] && [ ! -e asked ] || exit
		./script && [ -e started ] && { [ -e asked ] || [ ! -x /usr/bin/systemctl ]; }'
}

@test "what apt-get says last, where it fails" {
	own_machine
	run -1 machine ./need tail:/missing
	[ "$output" = $'5\n6\n7\n8\n9\ncould not be installed: tail' ]
	[ -z "$(ls "$HERE/tmp")" ]
}

@test "an ordinary user: a line that says what to type, and nothing is called" {
	another_user
	chmod 777 "$HERE"
	PATH=$HERE/bin:$PATH run -1 "${ANOTHER[@]}" "$HERE/need" one:/missing two:sh three:no-such-command
	[ "$output" = 'missing; install with: sudo apt-get install -y one three' ]
	PATH=$HERE/bin:$PATH run -0 "${ANOTHER[@]}" "$HERE/need" two:sh one:/
	[ ! -s "$HERE/log" ]
}

@test "where there is no apt-get: the packages' names" {
	mkdir "$HERE/few"
	ln -s "$(command -v sh)" "$HERE/few/sh"
	PATH=$HERE/few run -1 "$HERE/need" one:/missing
	[ "$output" = "missing, by the names of Debian's packages: one" ]
}
