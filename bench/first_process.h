// SPDX-License-Identifier: Apache-2.0
/*
 * A program as PID 1 of a PID namespace, for tools that count microseconds or instructions from
 * its exec: a small process that waits for the word to exec, a sign of the moment of exec, and a
 * CPU that the tool shares or leaves. pod/pod.py, which makes every other pod, has none of these:
 * what Python forks takes the exec longer. A call that fails ends the tool, with a line on
 * stderr and status 1. Needs root, or user namespaces.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

struct first_process {
	pid_t pid;
	int may_exec;
	int until_exec;
};

_Noreturn void die(const char *what);

/* What of `text` is a number from 1 to a million; ends with a line and status 2 if it is none. */
long number_of(const char *text);

/* Nanoseconds of CLOCK_MONOTONIC. */
int64_t now(void);

void sleep_millisecond(void);

/*
 * The CPU that measured programs run on is the last that this process may use. Keeps the
 * caller on it, or on another one; returns 0 if there is no other.
 */
int program_cpu(void);
void use_program_cpu(void);
int leave_program_cpu(void);

/* clone(2) into a new PID namespace, and as an ordinary user into a user namespace. */
pid_t clone_first_process(void);

/*
 * Becomes the program argv[0], with /dev/null as its three streams and with the environment
 * that containerd gives a sandbox: PATH, and no more. What a libc does until it is ready
 * depends on how long that is. The program ends when the thread that cloned it does.
 */
_Noreturn void become(char **argv);

/* Makes a process that waits for first_process_exec(), to be the program argv[0] then. */
struct first_process first_process_new(char **argv);

/*
 * Has it exec. Returns when that is past its point of no return, where the kernel closes
 * what is to be closed.
 */
void first_process_exec(const struct first_process *process);

/* The letter of its state by proc(5), or '?' when there is no such process. */
char state_of(pid_t pid);

/*
 * Returns once it has been found asleep 10 times in a row, a millisecond apart. A program that
 * ends before, or does not sleep within 10 seconds, is killed, and the caller ended.
 */
void until_asleep(pid_t pid);

/* Ends the caller if 10 seconds have passed since `start`, and kills the program before. */
void give_up_after(int64_t start, pid_t pid);

/* Kills it, and with it all that is in its namespace. */
void first_process_kill(pid_t pid);
