# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # the tests use them
#
# What the tests of the contract share: they start $PAUSE (build/pause unless
# the environment says otherwise) as PID 1 of a pod or elsewhere, and look at it
# from outside: what it wrote to $OUT and $ERR, how it ended, what /proc shows.

bats_require_minimum_version 1.5.0

PAUSE=${PAUSE:-build/pause}
TERMINATED='Shutting down, got signal: Terminated'
INTERRUPT='Shutting down, got signal: Interrupt'
NOT_FIRST='Warning: pause should be the first process'

# Before a command that has to end by itself: what bats' own limit ends is the test alone,
# which then waits for what the command may still write.
LIMITED=(timeout --kill-after=5 60)

# shellcheck source=pod/pod.bash
. pod/pod.bash

setup() {
	# bats' trace of each command takes longer than the commands where a processor is
	# emulated. Without it a failure names its test, but not the line.
	[ -z "${UNTRACED-}" ] || trap - DEBUG
	OUT=$BATS_TEST_TMPDIR/out
	ERR=$BATS_TEST_TMPDIR/err
	: >"$OUT"
	: >"$ERR"
	JOB='' PID='' POD_LAUNCHER=''
}

teardown() {
	pod_end
	if [ -n "$JOB" ] && [ -e "/proc/$JOB" ]; then
		kill -KILL "$JOB" 2>/dev/null || true
		wait "$JOB" 2>/dev/null || true
	fi
}

# as_init COMMAND...: COMMAND, which is or becomes pause, as PID 1 of a pod.
# Comes back when pause waits. Sets PID, as seen from here, and JOB.
as_init() {
	pod_possible 2>"$ERR" || skip "no pod can be made here: $(tail -n 1 "$ERR")"
	pod_start "$@" >"$OUT" 2>"$ERR" 3>&-
	JOB=$POD_LAUNCHER PID=$POD_PID
	wait_until waits "$PID"
}

# elsewhere COMMAND...: the same, as a PID other than 1.
elsewhere() {
	"$@" >"$OUT" 2>"$ERR" 3>&- &
	JOB=$! PID=$!
	wait_until waits "$PID"
}

# in_pod COMMAND...: COMMAND as a container of the pod, without bats' descriptor.
in_pod() {
	pod_join "$@" 3>&-
}

# ends STATUS [JOB]: pause, or a JOB of the test's own, ends, and its exit status is STATUS.
ends() {
	local job=${2-$JOB} status=0

	wait_until has_ended "$job"
	wait "$job" 2>/dev/null || status=$?
	[ "$job" != "$JOB" ] || JOB='' POD_LAUNCHER=''
	[ "$status" -eq "$1" ] || { echo "exit status $status, not $1" && false; }
}

# says FILE [LINE...]: FILE holds these lines, to the byte, and nothing else.
says() {
	local file=$1

	shift
	if (($#)); then
		diff <(printf '%s\n' "$@") "$file"
	else
		[ ! -s "$file" ] || { cat "$file" && false; }
	fi
}

# has_line FILE LINE: one line of FILE is LINE.
has_line() {
	grep -qxF -- "$2" "$1"
}

# end_pause SIGNAL: pause ends by SIGNAL, with status 0.
end_pause() {
	kill -s "$1" "$PID"
	ends 0
}

# stop_pause SIGNAL: the same, with its last line.
stop_pause() {
	local line=$TERMINATED

	[ "$1" = TERM ] || line=$INTERRUPT
	end_pause "$1"
	[ "$(tail -n 1 "$ERR")" = "$line" ] || { cat "$ERR" && false; }
}

# wakeups: how often PID has gone to sleep and been preempted, and the
# nanoseconds it has run: equal while nobody wakes it.
wakeups() {
	local run

	read -r run _ <"/proc/$PID/schedstat"
	echo "$(status_of "$PID" voluntary_ctxt_switches) $(status_of "$PID" nonvoluntary_ctxt_switches) $run"
}

# pod_is_empty: whether the pod holds pause and nothing else, zombies included.
pod_is_empty() {
	# shellcheck disable=SC2016 # the shell in the pod expands it
	in_pod bash -c 'set -- /proc/[0-9]*; [ "$*" = "/proc/1 /proc/$$" ]'
}

# wrong_tree EDIT [FILE]: makes $TREE anew, these sources with sed(1)'s EDIT of FILE, otherwise
# src/pause.c, which has to change it.
wrong_tree() {
	TREE=$BATS_TEST_TMPDIR/tree
	rm -rf "$TREE"
	tools/copy-sources "$TREE"
	sed -i "$1" "$TREE/${2:-src/pause.c}"
	! cmp -s "${2:-src/pause.c}" "$TREE/${2:-src/pause.c}" || { echo "changes nothing: $1" && false; }
}

# full_pipe FD: opens descriptor FD on a pipe with a name that is full and that nobody reads.
full_pipe() {
	open_fifo "$1"
	dd if=/dev/zero bs=4096 oflag=nonblock of="/proc/self/fd/$1" 2>/dev/null || true
}

# unread_pipe FD: opens descriptor FD on a pipe with a name that nobody has open for reading.
unread_pipe() {
	local fifo

	open_fifo 9
	fifo=$(readlink /proc/self/fd/9)
	eval "exec $1>\"\$fifo\" 9>&-"
}

# open_fifo FD: opens descriptor FD, to read and to write, on a pipe of its own.
open_fifo() {
	local fifo

	fifo=$(mktemp -u "$BATS_TEST_TMPDIR/pipe.XXXXXX")
	mkfifo "$fifo"
	eval "exec $1<>\"\$fifo\""
}
