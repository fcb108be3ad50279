#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What the name by which pause-init is called changes, and the options of its peers.

# shellcheck disable=SC2094 # a file that a job writes while another one reads

load ../helpers
load init

# launch START NAME [OPTION...] -- COMMAND...: INIT called NAME, in a pod or elsewhere, until COMMAND says ready.
launch() {
	local start=$1 called

	called=$(called "$2")
	: >"$OUT"
	if [ "$start" = pod ]; then
		pod_possible 2>"$ERR" || skip "no pod can be made here: $(tail -n 1 "$ERR")"
		pod_start "$called" "${@:3}" >"$OUT" 2>"$ERR" 3>&-
		JOB=$POD_LAUNCHER PID=$POD_PID
	else
		"$called" "${@:3}" >"$OUT" 2>"$ERR" 3>&- &
		JOB=$! PID=$!
	fi
	wait_until has_line "$OUT" ready
}

# group_script: a command and a child of its group that say which signals they get; SIGTERM ends them.
# shellcheck disable=SC2016 # the inner shell expands it
group_script='sh -c "trap \"echo child USR1\" USR1; trap \"echo child TERM; exit\" TERM; echo child; while :; do sleep 0.1; done" &
	trap "echo command USR1" USR1; trap "echo command TERM; exit 3" TERM
	echo ready; while :; do wait; done'

both_are_ready() {
	[ "$(grep -cxE 'ready|child' "$OUT")" -eq 2 ]
}

@test "any other name: a group of its own, and the command alone gets signals" {
	for name in tini docker-init podman-init init; do
		launch pod $name -- bash -c "$group_script"
		wait_until both_are_ready
		kill -s TERM "$PID"
		ends 3
		run ! grep '^child ' "$OUT"
	done
}

@test "dumb-init: a session of its own, its group gets every signal, and SIGTERM at the end" {
	launch pod dumb-init bash -c "$group_script"
	wait_until both_are_ready
	child=$(pgrep -P "$PID")
	[ "$(ps -o sid= -p "$child")" -eq "$child" ]
	[ "$(readlink "/proc/$PID/cwd")" = / ]
	[ "$(readlink "/proc/$child/cwd")" = "$PWD" ]
	kill -s USR1 "$PID"
	wait_until has_line "$OUT" 'child USR1'
	wait_until has_line "$OUT" 'command USR1'
	kill -s TERM "$PID"
	ends 3
	# At the end, what is left of the group gets SIGTERM.
	# shellcheck disable=SC2016 # the inner shell expands it
	launch elsewhere dumb-init sh -c 'sh -c "trap \"echo left; exit\" TERM; echo ready; while :; do sleep 0.1; done" &
		until [ -e "$0" ]; do sleep 0.1; done; exit 4' "$BATS_TEST_TMPDIR/end"
	touch "$BATS_TEST_TMPDIR/end"
	ends 4
	wait_until has_line "$OUT" left
}

@test "dumb-init: SIGTSTP, SIGTTIN and SIGTTOU stop the group and init, SIGCONT has both go on" {
	for signal in TSTP TTIN TTOU; do
		launch elsewhere dumb-init sh -c 'echo ready; exec sleep 3600'
		child=$(pgrep -P "$PID")
		kill -s $signal "$PID"
		wait_until is_in_state "$PID" T
		wait_until is_in_state "$child" T
		kill -s CONT "$PID"
		wait_until is_in_state "$child" S
		kill -s TERM "$PID"
		ends 143
	done
}

@test "dumb-init -c, and DUMB_INIT_SETSID=0: no session, and the command alone gets signals" {
	launch pod dumb-init -c bash -c "$group_script"
	wait_until both_are_ready
	child=$(pgrep -P "$PID")
	[ "$(ps -o sid= -p "$child")" -ne "$child" ]
	kill -s TERM "$PID"
	ends 3
	run ! grep '^child ' "$OUT"
	DUMB_INIT_SETSID=1 launch elsewhere dumb-init build/test/print_signals 1
	child=$(pgrep -P "$PID")
	[ "$(ps -o sid= -p "$child")" -eq "$child" ]
	kill -s TERM "$PID"
	ends 3
	DUMB_INIT_SETSID=0 launch pod dumb-init bash -c "$group_script"
	wait_until both_are_ready
	kill -s TERM "$PID"
	ends 3
	run ! grep '^child ' "$OUT"
}

@test "-r: a signal goes on as another one, or not at all" {
	for name in dumb-init tini; do
		launch pod $name -r 15:2 --rewrite 10:0 -r12:1 build/test/print_signals 2
		kill -s USR1 "$PID"
		kill -s USR2 "$PID"
		wait_until has_line "$OUT" 1
		kill -s TERM "$PID"
		got 1 2
	done
}

@test "-p SIGNAL: when init's parent ends, the command gets it" {
	for signal in USR1 SIGUSR1; do
		: >"$OUT"
		# shellcheck disable=SC2016 # the inner shell expands it
		bash -c '"$0" -p "$2" build/test/print_signals 1 & until grep -q ready "$1" || ! kill -0 $!; do sleep 0.1; done' \
			"$INIT" "$OUT" "$signal" >"$OUT" 2>"$ERR" 3>&-
		wait_until has_line "$OUT" 10
	done
}

@test "catatonit: descriptors above 2 are closed, / is the folder, and LISTEN_PID is the command's" {
	exec 7>"$BATS_TEST_TMPDIR/kept"
	# shellcheck disable=SC2016 # the inner shell expands it
	LISTEN_FDS=1 launch elsewhere catatonit sh -c 'ls -l /proc/$$/fd | grep -c kept; echo ready; exec build/test/print_signals 1'
	has_line "$OUT" 1
	[ "$(readlink "/proc/$PID/cwd")" = / ]
	run ! ls "/proc/$PID/fd/7"
	run ! grep . <(readlink "/proc/$PID"/fd/[3-9])
	kill -s TERM "$PID"
	wait_until has_line "$OUT" 15
	ends 3
	exec 7>&-
	# As socket activation sets it: for the process that is executed.
	run -0 sh -c 'LISTEN_PID=$$ exec "$0" sh -c "echo \$\$ \$LISTEN_PID"' "$(called catatonit)"
	[ "${output% *}" = "${output#* }" ]
	run -0 env LISTEN_PID=1 "$(called catatonit)" sh -c 'echo $LISTEN_PID'
	[ "$output" = 1 ]
}

@test "catatonit: of two LISTEN_PIDs the first is the command's, as no program sees the other one" {
	run -0 python3 -c 'if True:
		import ctypes, os, sys
		def texts(*words): return (ctypes.c_char_p * (len(words) + 1))(*map(str.encode, words))
		names_me = f"LISTEN_PID={os.getpid()}"
		command = "echo $$ $PPID; xargs -0 -n 1 </proc/$$/environ"
		ctypes.CDLL(None).execve(sys.argv[1].encode(), texts(sys.argv[1], "sh", "-c", command), texts(names_me, names_me))
	' "$(called catatonit)"
	read -r own init <<<"${lines[0]}"
	diff <(printf '%s\n' "${lines[@]:1}") <(printf 'LISTEN_PID=%s\n' "$own" "$init")
}

@test "-P is pause: no command, and it ends with status 0 on SIGTERM" {
	for name in catatonit pause-init; do
		pod_possible 2>"$ERR" || skip "no pod can be made here: $(tail -n 1 "$ERR")"
		pod_start "$(called $name)" -P >"$OUT" 2>"$ERR" 3>&-
		JOB=$POD_LAUNCHER PID=$POD_PID
		wait_until is_in_state "$PID" S
		[ "$(readlink "/proc/$PID/cwd")" = / ]
		in_pod build/test/orphans exits 3 >"$BATS_TEST_TMPDIR/pids"
		wait_until pod_is_empty
		stop_pause TERM
		run ! grep Warning "$ERR"
	done
}
