#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# A terminal, with its keys and a shell's job control. python3-pexpect makes the terminal.

load ../helpers
load init

# on_terminal COMMAND: the Python on stdin, with `t`, a terminal on which COMMAND runs, and
#   is_foreground(NAME)  waits until the process group that has the terminal is led by NAME
#   state(PID, STATES)   waits until PID is in one of these states of /proc/PID/stat
on_terminal() {
	"${LIMITED[@]}" python3 -c "$(
		cat <<-'END'
			import os, pexpect, sys, time
			def until(what, condition):
			    end = time.monotonic() + 20
			    while not condition():
			        if time.monotonic() > end:
			            sys.exit("waited in vain: " + what)
			        time.sleep(0.02)
			def of(pid, name):
			    try:
			        with open(f"/proc/{pid}/{name}") as file:
			            return file.read()
			    except OSError:
			        return ""
			def is_foreground(name):
			    until(name, lambda: of(os.tcgetpgrp(t.fileno()), "comm").strip() == name)
			    return os.tcgetpgrp(t.fileno())
			def state(pid, states):
			    until(f"{pid} {states}", lambda: of(pid, "stat").rpartition(") ")[2][:1] in states.split())
			t = pexpect.spawn(sys.argv[1], timeout=20, encoding="utf-8", dimensions=(24, 200))
		END
		cat
	)" "$1"
}

SHELL_ON_TERMINAL="bash --norc --noprofile -i"

@test "below a shell, Ctrl-C ends the command: 130" {
	for name in tini catatonit dumb-init; do
		on_terminal "$SHELL_ON_TERMINAL" <<-END
			t.sendline("$(called $name) sleep 3600")
			if "$name" == "dumb-init":
			    is_foreground("dumb-init")
			    t.sendintr()
			else:
			    is_foreground("sleep")
			    t.sendintr()
			t.sendline("echo =\$?=")
			t.expect_exact("=130=")
		END
	done
}

@test "dumb-init as the leader of a session: the command gets the terminal, and no SIGHUP of the change" {
	on_terminal "$(called dumb-init) sleep 3600" <<-'END'
		is_foreground("sleep")
		t.sendintr()
		t.expect(pexpect.EOF)
		t.close()
		assert t.exitstatus == 130, t.exitstatus
	END
}

@test "Ctrl-Z stops the command and init, a job of the shell; fg and bg have both go on" {
	for options in '' -w; do
		on_terminal "$SHELL_ON_TERMINAL" <<-END
			t.sendline("PS1=ready'> '")
			t.expect_exact("ready> ")
			t.sendline("$PWD/$INIT $options sleep 3600")
			sleep = is_foreground("sleep")
			init = int(of(sleep, "stat").split()[3])
			t.send("\x1a")
			state(sleep, "T")
			state(init, "T")
			t.expect("Stopped")
			t.sendline("bg")
			state(sleep, "S")
			state(init, "S")
			# A shell does not tell a job that runs when it gets the terminal: init passes the key on.
			t.sendline("fg")
			is_foreground("pause-init")
			t.send("\x1a")
			state(sleep, "T")
			t.expect("Stopped")
			t.sendline("fg")
			is_foreground("sleep")
			state(sleep, "S")
			t.sendintr()
			t.sendline("echo =\$?=")
			t.expect_exact("=130=")
		END
	done
}

@test "as PID 1 on a terminal, Ctrl-C is the command's, and so is what is typed" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	on_terminal "unshare --fork --pid --mount-proc $PWD/$INIT sh -c 'trap \"echo caught; exit 9\" INT; read -r line; echo \"<\$line>\"; while :; do sleep 0.1; done'" <<-'END'
		t.sendline("typed")
		t.expect_exact("<typed>")
		t.sendintr()
		t.expect_exact("caught")
		t.expect(pexpect.EOF)
		t.close()
		assert t.exitstatus == 9, t.exitstatus
	END
}

@test "in the background of a shell, it takes no terminal away" {
	on_terminal "$SHELL_ON_TERMINAL" <<-END
		t.sendline("PS1=ready'> '")
		t.expect_exact("ready> ")
		t.sendline("$PWD/$INIT sleep 3600 & sleep 0.5; echo =here=; kill %1; wait %1; echo =\$?=")
		t.expect_exact("=here=")
		t.expect_exact("=143=")
	END
}
