/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pause-init as PID 1, its command, orphans, and somebody outside who sends signals, for the model
 * checker Spin. proof/model runs it, with these:
 *
 *   KERNEL         the newer way to reap: SIGCHLD is ignored, and a pidfd tells of the command's
 *                  end. Without, the older one: waitpid(2)
 *   GROUP          -g: the command's process group gets the signals
 *   STORM          there are always orphans to come
 *   ENDS           the command may end by itself. Without, only SIGTERM may end it
 *
 * and, to see that the model finds what is wrong, programs that are not pause-init:
 *
 *   FORK           goes on as soon as there is a child, as tini does: the child makes the group
 *   LATE           blocks signals when the command runs
 *   STAYS_BLOCKED  starts the command with every signal blocked
 *   NO_SWEEP       does not look for what had died before
 *   SWEEP_LATE     looks for that when SIGCHLD is no longer ignored
 *   ONE_EACH       reaps one child for each SIGCHLD
 *   REAP_ALL       reaps as long as there is something to reap before it looks for a signal
 *   NEVER_WAITS    looks for signals without a wait
 *   TOO_EARLY      takes a command that nobody has reaped for one whose end the pidfd tells
 *   BY_NUMBER      sends signals to a process number on the newer way, too
 *
 * and, to see that a rule is needed, another kernel:
 *
 *   ANY_ORDER      without rule 6
 *
 * What is assumed of the kernel, each with its source in Linux:
 *
 *   1. A signal to PID 1 of a PID namespace that is neither blocked nor handled is dropped; a
 *      blocked one is queued, even if it is ignored, but for a child's end: rule 4.
 *      (sig_task_ignored() and sig_ignored(), kernel/signal.c)
 *   2. A standard signal that is pending swallows a second one of its kind.
 *      (legacy_queue(), kernel/signal.c)
 *   3. rt_sigtimedwait(2) takes the pending signal with the lowest number, which SIGCHLD is not
 *      here. (next_signal(), kernel/signal.c)
 *   4. A child that dies while its parent ignores SIGCHLD sends nothing, and the kernel reaps it,
 *      sooner or later, as a debugger may look first; otherwise it is a zombie and SIGCHLD is
 *      sent. (do_notify_parent(), kernel/signal.c; exit_notify(), kernel/exit.c)
 *   5. When a parent dies, PID 1 adopts its children; for a zombie among them rule 4 is
 *      applied again. (reparent_leader(), kernel/exit.c)
 *   6. waitpid(2) takes zombies in the order in which they became children.
 *      (do_wait_thread(), kernel/exit.c)
 *   7. Setting SIGCHLD to SIG_IGN drops a pending one, and leaves zombies.
 *      (do_sigaction(), kernel/signal.c)
 *   8. With CLONE_VFORK, the parent goes on when the child has executed a program or ended.
 *      (kernel_clone(), kernel/fork.c; mm_release())
 *   9. A child starts with its parent's mask and without pending signals, and execve(2) changes
 *      neither. (copy_process(), kernel/fork.c)
 *  10. A pidfd hangs up, and tells how the process has ended, when that has been reaped. From
 *      then on another process may have the number. (pidfd_poll() and pidfs_exit(), fs/pidfs.c)
 *  11. A program that can run does so in the end. (Spin's weak fairness)
 */

#define ORPHANS 2

mtype = { none, alive, zombie, gone };

/* What the kernel knows of PID 1. The disposition of SIGCHLD is inherited through exec. */
bool blocked = false, ignored;
bool pending[2], chld_pending = false;
bool exited = false;

/* The command. Of its two signals, 0 is SIGTERM, which ends it unless it is caught. */
mtype command = none;
bool has_group = false, executed = false, command_blocks = true;
bool catches;
byte end = 0;    /* how it has ended */
byte status = 0; /* how PID 1 says that it has */

/* The other processes. */
mtype orphan[ORPHANS] = alive;
bool has_parent[ORPHANS] = true;
bool elder[ORPHANS]; /* a child of PID 1 before the command was */

/* Where each signal is that was sent, until the command gets it: on its way to PID 1 or
 * there; in PID 1's hands; pending for the command. */
bool sent[2], taken[2], arrived[2];

/* PID 1 may be sent signals. */
bool started = false;

/* For a SIGCHLD of the kernel's PID 1 was woken; it went round with nothing to do, so often, and
 * twice counts for more; a signal was for somebody else. */
bool woken = false;
byte in_vain = 0;
bool astray = false;

/* Rule 4. */
inline tell_of_child()
{
	chld_pending = chld_pending || (blocked && !ignored)
}

inline orphan_dies(i)
{
	if
	:: ignored -> orphan[i] = gone
	:: else -> orphan[i] = zombie; tell_of_child()
	fi
}

inline command_ends(how)
{
	end = how;
	command = zombie;
	tell_of_child()
}

inline command_gets(k)
{
	arrived[k] = false;
	if
	:: k == 0 && !catches -> command_ends(143)
	:: else -> skip
	fi
}

#define OVER (command == zombie || command == gone)
#define REAPABLE(i) (orphan[i] == zombie && !has_parent[i])
#define ANY_PENDING (pending[0] || pending[1] || chld_pending)

proctype process(byte i)
{
	/* A whole life: its parent ends and it ends, whichever is first. */
	do
	:: atomic { !exited && orphan[i] == alive && !has_parent[i] -> orphan_dies(i) }
	:: atomic { !exited && orphan[i] == alive && has_parent[i] -> orphan[i] = zombie }
	:: atomic {
		!exited && has_parent[i] && orphan[i] != gone ->
		has_parent[i] = false;
		elder[i] = command == none;
		if
		:: orphan[i] == zombie -> orphan_dies(i)
		:: else -> skip
		fi
	}
#ifdef STORM
	:: atomic { !exited && orphan[i] == gone -> orphan[i] = alive; has_parent[i] = true }
#endif
	od
}

proctype the_command()
{
	has_group = true;
#ifndef STAYS_BLOCKED
	atomic {
		command_blocks = false;
		if
		:: arrived[0] -> command_gets(0)
		:: else -> skip
		fi;
		if
		:: arrived[1] && !OVER -> command_gets(1)
		:: else -> skip
		fi
	};
#endif
	atomic {
		if
		:: OVER -> skip
		:: !OVER -> executed = true
		:: !OVER -> command_ends(127) /* there is no such program */
		fi
	};
#ifdef ENDS
	atomic {
		if
		:: !OVER -> command_ends(3)
		:: true -> skip
		fi
	}
#endif
}

/* Rule 4: the kernel reaps the command. */
proctype kernel()
{
	atomic { ignored && command == zombie -> command = gone }
}

/* Rules 1 and 2, twice for the first signal. */
proctype sender(byte k)
{
	byte times = 2 - k;

	do
	:: atomic {
		started && !exited && times > 0 ->
		times--;
		if
		:: OVER -> skip
		:: else -> sent[k] = true; pending[k] = pending[k] || blocked
		fi
	}
	:: times == 0 || exited -> break
	od
}

/* kill(2), or pidfd_send_signal(2). */
inline deliver(k)
{
	if
	:: command == gone ->
		taken[k] = false;
#ifdef BY_NUMBER
		astray = true
#endif
	:: command == zombie -> taken[k] = false
#ifdef GROUP
	:: command == alive && !has_group -> skip /* no such process: it is lost */
	:: command == alive && has_group ->
#else
	:: command == alive ->
#endif
		taken[k] = false;
		arrived[k] = true;
		if
		:: command_blocks -> skip
		:: else -> command_gets(k)
		fi
	fi
}

/* rt_sigtimedwait(2), once there is something or it need not wait. Rule 3. Then a step later, the
 * signal goes on. */
inline take_and_forward(did_something)
{
	atomic {
		sig = 2;
		if
		:: pending[0] -> sig = 0
		:: !pending[0] && pending[1] -> sig = 1
		:: !pending[0] && !pending[1] && chld_pending -> chld_pending = false; woken = true
		:: else ->
			if
			:: !(did_something) && in_vain < 2 -> in_vain++
			:: else -> skip
			fi
		fi;
		if
		:: sig < 2 -> pending[sig] = false; sent[sig] = false; taken[sig] = true
		:: else -> skip
		fi
	};
	atomic {
		if
		:: sig < 2 -> deliver(sig)
		:: else -> skip
		fi
	}
}

#ifdef ANY_ORDER
#define MAY_COME(i) REAPABLE(i)
#define COMMANDS_TURN (command == zombie)
#else
#define MAY_COME(i) (REAPABLE(i) && (elder[i] || command != zombie))
#define COMMANDS_TURN (command == zombie && !(REAPABLE(0) && elder[0]) && !(REAPABLE(1) && elder[1]))
#endif

/* waitpid(-1, WNOHANG). Rule 6; which of two orphans is the kernel's choice. */
inline reap()
{
	reaped = false;
	if
	:: MAY_COME(0) -> orphan[0] = gone; reaped = true
	:: MAY_COME(1) -> orphan[1] = gone; reaped = true
	:: COMMANDS_TURN -> command = gone; status = end; exited = true
	:: else -> skip
	fi
}

inline sweep()
{
	do
	:: atomic { reap(); if :: reaped -> skip :: else -> break fi }
	od
}

proctype pause_init()
{
	bool reaped = false;
	byte sig;

#ifdef LATE
	started = true;
#else
	atomic { started = true; blocked = true };
#endif
	atomic { ignored = true; chld_pending = false }; /* rule 7 */
#if !defined(NO_SWEEP) && !defined(SWEEP_LATE)
	sweep();
#endif
#ifndef KERNEL
	ignored = false;
#endif
#ifdef SWEEP_LATE
	sweep();
#endif
	atomic { command = alive; run the_command() };
#ifndef FORK
	executed || OVER; /* rule 8 */
#endif
#ifdef LATE
	blocked = true;
#endif

	do
	:: exited -> break
	:: !exited ->
#ifdef KERNEL
		/* ppoll(2). Rule 10. */
#ifdef TOO_EARLY
#define HANGS_UP OVER
#else
#define HANGS_UP (command == gone)
#endif
		atomic {
#ifndef NEVER_WAITS
			ANY_PENDING || HANGS_UP;
#endif
			if
			:: HANGS_UP && command == gone -> status = end; exited = true
			:: HANGS_UP && command != gone -> status = 42; exited = true
			:: else -> skip
			fi
		};
		if
		:: exited -> skip
		:: else -> take_and_forward(false)
		fi
#else
#ifdef ONE_EACH
		atomic {
			ANY_PENDING;
			if
			:: chld_pending -> chld_pending = false; reap()
			:: else -> reaped = false
			fi
		};
#else
again:
		atomic { reap() };
#ifdef REAP_ALL
		if
		:: reaped -> goto again
		:: else -> skip
		fi;
#endif
#endif
		if
		:: exited -> skip
		:: else ->
#if !defined(NEVER_WAITS) && !defined(ONE_EACH)
			reaped || ANY_PENDING;
#endif
			take_and_forward(reaped)
		fi
#endif
	od
}

init
{
	atomic {
		if
		:: ignored = true
		:: ignored = false
		fi;
		if
		:: catches = true
		:: catches = false
		fi;
		run pause_init();
		run kernel();
		run sender(0);
		run sender(1);
		run process(0);
		run process(1)
	}
}

#define OWED(k) (sent[k] || taken[k] || arrived[k])

/* Each signal reaches the command, unless that ends before. */
ltl arrives { [] ((OWED(0) -> <> (!OWED(0) || OVER)) && (OWED(1) -> <> (!OWED(1) || OVER))) }

/* PID 1 ends when the command has, */
ltl ends { [] (OVER -> <> exited) }

/* not before, and as the command. */
ltl as_the_command { [] (exited -> (command == gone && status == end)) }

/* Every zombie that is PID 1's is reaped, or goes with the namespace. */
ltl reaped { [] (REAPABLE(0) -> <> (orphan[0] == gone || exited)) }

/* No orphan wakes PID 1. */
ltl sleeps { [] !woken }

/* PID 1 does not go round in vain. */
ltl rests { [] (in_vain == 0) }

/* No signal is for another process that has the command's number. */
ltl to_the_command { [] !astray }
