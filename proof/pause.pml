/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pause as PID 1, the kernel's rules about its signals and children, the runtime and
 * somebody in the pod, for the model checker Spin. proof/model runs it, with these:
 *
 *   LOG            --log-reaped
 *   GUARD          --guard
 *   STORM          there are always orphans to come
 *   ALONE          the runtime's SIGTERM does not meet one that is still pending
 *
 * Stderr may be broken at any line.
 *
 * and, to see that the model finds what is wrong, programs that are not pause:
 *
 *   NO_SWEEP       trusts in SIG_IGN, and does not look for what had died before
 *   HANDLER_FIRST  sets a handler for SIGTERM, then blocks it, then waits for it
 *   REAP_ALL       reaps as long as there is something to reap before it looks for SIGTERM
 *   AWAIT_BROKEN   awaits the signals of a broken stderr, too
 *
 * SIGINT is to pause what SIGTERM is, and has no part of its own here.
 *
 * What is assumed of the kernel, each with its source in Linux:
 *
 *   1. A signal to PID 1 of a PID namespace that is neither blocked nor handled is dropped,
 *      from outside too but for SIGKILL and SIGSTOP; a blocked one is queued, even if it is
 *      ignored. (sig_task_ignored() and sig_ignored(), kernel/signal.c)
 *   2. A standard signal that is pending swallows a second one of its kind, with what it
 *      would tell about the sender. (legacy_queue(), kernel/signal.c)
 *   3. rt_sigtimedwait(2) takes one of the signals that it awaits: one that is pending for
 *      the thread before one that is pending for the process, and of the latter SIGTERM before
 *      SIGCHLD, by number. (dequeue_signal() and next_signal(), kernel/signal.c)
 *   4. A child that dies while its parent ignores SIGCHLD leaves no zombie and sends nothing;
 *      otherwise it is a zombie and SIGCHLD is sent. (do_notify_parent(), kernel/signal.c)
 *   5. When a parent dies, PID 1 adopts its children; for a zombie among them rule 4 is
 *      applied again. (reparent_leader(), kernel/exit.c)
 *   6. Setting SIGCHLD to SIG_IGN drops a pending one, and leaves zombies.
 *      (do_sigaction(), kernel/signal.c)
 *   7. A write to a broken stderr raises SIGPIPE, SIGXFSZ or SIGTTOU, one kind here, for the
 *      thread. (pipe_write(), fs/pipe.c; generic_write_check_limits(), fs/read_write.c)
 *   8. A program that can run does so in the end. (Spin's weak fairness)
 */

#define ORPHANS 2

mtype = { alive, zombie, gone };

/* What the kernel knows of PID 1. The disposition of SIGCHLD is inherited through exec. */
bool handled = false, blocked = false, ignored;
bool term_pending = false, term_from_outside = false, chld_pending = false;
bool broken_pending = false; /* for the thread */
bool exited = false;

/* The pod's other processes. */
mtype orphan[ORPHANS] = alive;
bool has_parent[ORPHANS] = true;

/* The runtime has sent a SIGTERM that was not dropped. */
bool told = false;

/* Children that were reaped while a SIGTERM was pending; more than two count as two. */
byte reaped_late = 0;

/* Of the program that has a handler: it has run, and nobody will look. */
bool handler_ran = false;

/* Rule 4, for a child of PID 1. */
inline dies(i)
{
	if
	:: ignored -> orphan[i] = gone
	:: else ->
		orphan[i] = zombie;
		/* Its default action is to ignore it: rule 1. */
		chld_pending = chld_pending || blocked
	fi
}

/* Rules 1 and 2. */
inline send_term(from_outside)
{
	if
	:: exited || (!blocked && !handled) -> skip
	:: !exited && !blocked && handled -> handler_ran = true
	:: !exited && blocked && term_pending -> skip
	:: !exited && blocked && !term_pending ->
		term_pending = true;
		term_from_outside = from_outside
	fi
}

/* A line on stderr. Rule 7. */
inline say()
{
	if
	:: broken_pending = true
	:: skip
	fi
}

#define CAN_BE_REAPED(i) (orphan[i] == zombie && !has_parent[i])

proctype process(byte i)
{
	/* A whole life: its parent ends and it ends, whichever is first. */
	do
	:: atomic { !exited && orphan[i] == alive && !has_parent[i] -> dies(i) }
	:: atomic { !exited && orphan[i] == alive && has_parent[i] -> orphan[i] = zombie }
	:: atomic {
		!exited && has_parent[i] ->
		has_parent[i] = false;
		if
		:: orphan[i] == zombie -> dies(i)
		:: else -> skip
		fi
	}
#ifdef STORM
	:: atomic { !exited && orphan[i] == gone -> orphan[i] = alive; has_parent[i] = true }
#endif
	od
}

#ifdef AWAIT_BROKEN
#define BROKEN_AWAITED broken_pending
#else
#define BROKEN_AWAITED false
#endif

proctype pause()
{
	bool reaped;

#ifdef HANDLER_FIRST
	handled = true;
#endif
	blocked = true;
#ifdef LOG
	ignored = false;
#else
	atomic { ignored = true; chld_pending = false }; /* rule 6 */
#endif

	do
	:: true ->
#ifdef REAP_ALL
again:
#endif
		/* waitpid(-1, WNOHANG): which of them is the kernel's choice. */
		atomic {
			reaped = false;
#ifndef NO_SWEEP
			if
			:: CAN_BE_REAPED(0) -> orphan[0] = gone; reaped = true
			:: CAN_BE_REAPED(1) -> orphan[1] = gone; reaped = true
			:: !CAN_BE_REAPED(0) && !CAN_BE_REAPED(1) -> skip
			fi
#endif
			if
			:: reaped && term_pending && reaped_late < 2 -> reaped_late++
			:: else -> skip
			fi
#ifdef LOG
			if
			:: reaped -> say()
			:: else -> skip
			fi
#endif
		};
#ifdef REAP_ALL
		if
		:: reaped -> goto again
		:: else -> skip
		fi;
#endif
		/* rt_sigtimedwait(2), which does not wait after something was reaped. Rule 3. */
		atomic {
			reaped || BROKEN_AWAITED || term_pending || chld_pending;
			if
			:: BROKEN_AWAITED -> broken_pending = false
			:: !BROKEN_AWAITED && term_pending ->
				term_pending = false;
				reaped_late = 0;
#ifdef GUARD
				if
				:: term_from_outside -> exited = true; break
				:: else -> say()
				fi
#else
				exited = true;
				break
#endif
			:: !BROKEN_AWAITED && !term_pending && chld_pending -> chld_pending = false
			:: else -> skip
			fi
		}
	od
}

#ifdef ALONE
#define MAY_TELL ((blocked || handled) && !term_pending)
#else
#define MAY_TELL (blocked || handled)
#endif

proctype runtime()
{
	atomic { MAY_TELL -> send_term(true); told = true }
}

/* Whoever is in the pod and may signal PID 1, as often as he likes. */
proctype insider()
{
	do
	:: atomic { !exited && !term_pending -> send_term(false) }
	od
}

init
{
	atomic {
		if
		:: ignored = true
		:: ignored = false
		fi;
		run pause();
#ifdef TELL
		run runtime();
#endif
#ifdef INSIDE
		run insider();
#endif
		run process(0);
		run process(1)
	}
}

/* The SIGTERM that was sent leads to the end. */
ltl ends { [] (told -> <> exited) }

/* However many orphans wait, and however stderr is broken, SIGTERM waits for one at most. */
ltl one_at_most { [] (reaped_late <= 1) }

/* Nothing but it does. */
ltl only_from_outside { [] (exited -> told) }

/* Every zombie that is PID 1's is reaped, or goes with the namespace. */
ltl reaped { [] (CAN_BE_REAPED(0) -> <> (orphan[0] == gone || exited)) }
