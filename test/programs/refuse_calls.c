// SPDX-License-Identifier: Apache-2.0
/*
 * refuse_calls PROGRAM SCENARIO [every | errors]: runs PROGRAM, which is pause, once for each of
 * its system calls and each result that this one can be given instead of being made; once for
 * each two of them; and once for each error that all calls of a kind have. Prints a line for each
 * run that was not as README.md promises, and a last one that counts.
 *
 *   every   pairs are made of every result, too, and not only of CALLS' errors, 0 and 1: hours
 *   errors  results are errors only; of one that no kernel gives, a libc makes what it likes
 *
 * refuse_calls PROGRAM SCENARIO [CALL=RESULT...]: the one run that such a line names, call by
 * call. CALL is its place among the calls, or for all of a kind their name.
 *
 * refuse_calls: prints the names of the scenarios.
 *
 * Exit status: 0, or 1 if a run was wrong, or 2 with a line on stderr.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

_Noreturn static void cannot(const char *what)
{
	fprintf(stderr, "refuse_calls: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* What depends on the processor. A process may have been killed meanwhile: waitpid(2) tells. */
#if defined __x86_64__

static void skip_call(pid_t pid)
{
	ptrace(PTRACE_POKEUSER, pid, offsetof(struct user, regs.orig_rax), -1L);
}

static void set_result(pid_t pid, long result)
{
	ptrace(PTRACE_POKEUSER, pid, offsetof(struct user, regs.rax), result);
}

#elif defined __aarch64__

static void skip_call(pid_t pid)
{
	int none = -1;
	struct iovec number = {&none, sizeof none};

	ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &number);
}

static void set_result(pid_t pid, long result)
{
	struct user_regs_struct registers;
	struct iovec all = {&registers, sizeof registers};

	if (ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &all) == 0) {
		registers.regs[0] = (unsigned long long)result;
		ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &all);
	}
}

#else

static void skip_call(pid_t pid)
{
	(void)pid;
	errno = ENOTSUP;
	cannot("this processor's registers");
}

static void set_result(pid_t pid, long result)
{
	(void)result;
	skip_call(pid);
}

#endif

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

enum {
	SIGPROCMASK,
	SIGACTION,
	PRCTL,
	CLOSE_RANGE,
	GETPID,
	WAIT4,
	SIGTIMEDWAIT,
	FCNTL,
	WRITE,
	EXIT_GROUP
};

/* With the errors of their manual pages (man-pages 6.03; of wait4, those of waitpid(2)), and
 * with EPERM and ENOSYS, which a seccomp filter or an old kernel has for any. */
static const struct call {
	const char *name;
	long number;
	int errors[12];
} CALLS[] = {
    [SIGPROCMASK] = {"rt_sigprocmask", SYS_rt_sigprocmask, {EPERM, ENOSYS, EFAULT, EINVAL}},
    [SIGACTION] = {"rt_sigaction", SYS_rt_sigaction, {EPERM, ENOSYS, EFAULT, EINVAL}},
    [PRCTL] = {"prctl",
               SYS_prctl,
               {EPERM, ENOSYS, EACCES, EBADF, EBUSY, EFAULT, EINVAL, ENODEV, ENXIO, ERANGE}},
    [CLOSE_RANGE] = {"close_range", SYS_close_range, {EPERM, ENOSYS, EINVAL, EMFILE, ENOMEM}},
    [GETPID] = {"getpid", SYS_getpid, {EPERM, ENOSYS}},
    [WAIT4] = {"wait4", SYS_wait4, {EPERM, ENOSYS, EAGAIN, ECHILD, EINTR, EINVAL, ESRCH}},
    [SIGTIMEDWAIT] = {"rt_sigtimedwait",
                      SYS_rt_sigtimedwait,
                      {EPERM, ENOSYS, EAGAIN, EINTR, EINVAL}},
    [FCNTL] = {"fcntl",
               SYS_fcntl,
               {EPERM, ENOSYS, EACCES, EAGAIN, EBADF, EBUSY, EFAULT, EINTR, EINVAL, EMFILE,
                ENOLCK}},
    [WRITE] = {"write",
               SYS_write,
               {EPERM, ENOSYS, EAGAIN, EBADF, EDQUOT, EFAULT, EFBIG, EINTR, EINVAL, EIO, ENOSPC,
                EPIPE}},
    [EXIT_GROUP] = {"exit_group", SYS_exit_group, {EPERM, ENOSYS}},
};
#define LAST_ERROR EHWPOISON

/* What no kernel gives, for some call or for any. */
static const long ODD[] = {0,     1,     2,       SIGCHLD,  64,
                           1000,  99999, INT_MAX, LONG_MAX, -LAST_ERROR - 1,
                           -4095, -4096, INT_MIN, LONG_MIN};

/* How pause is started, and its children, a letter for each: one that is a zombie before (z),
 * that dies while pause waits (d), or that sends it SIGTERM then (k). At last SIGTERM comes from
 * outside. */
static const struct scenario {
	const char *name;
	const char *arguments[2];
	const char *children;
	int elsewhere; /* not as PID 1 */
} SCENARIOS[] = {
    {"no-option", {NULL}, "", 0},
    {"log-reaped", {"--log-reaped"}, "", 0},
    {"guard", {"--guard"}, "", 0},
    {"log-reaped-and-guard", {"--log-reaped", "--guard"}, "", 0},
    {"unknown-argument", {"--unknown"}, "", 0},
    {"version", {"-v"}, "", 0},
    {"help", {"-h"}, "", 0},
    {"not-the-first-process", {"--guard"}, "", 1},
    {"zombies-before", {NULL}, "zz", 0},
    {"zombie-before-logged", {"--log-reaped"}, "z", 0},
    {"orphan-dies-logged", {"--log-reaped"}, "d", 0},
    {"signal-from-inside", {"--guard"}, "k", 0},
};
#define MOST_CHILDREN 2

/* A result that is made up: for the call at that place, or for all of a kind, where it is < 0. */
struct change {
	int place;
	const struct call *call;
	long result;
};

/* What is seen from outside. */
struct outcome {
	int status;         /* as a shell has it, or RUNNING */
	char text[3][2048]; /* by descriptor */
};
#define RUNNING (-1)
#define CRASHED (-2) /* by an instruction */

/* What README.md promises, as far as a run has come. */
struct promise {
	struct outcome outcome;
	int guard;
	int due;       /* the descriptor that the last line of its text is still to be written to */
	size_t before; /* the length of the text without it */
};

#define MOST_CALLS 256
#define ROOM 1024
#define MORE 10 /* that a made-up result leads to: a line, and another look */
struct run {
	const struct call *calls[MOST_CALLS];
	int made, limit;
	const char *why; /* it was stopped */
	int crashed;
	long cpu; /* milliseconds */
	struct outcome outcome;
	struct promise promise;
};

struct counts {
	long one, two, always, wrong;
	long cpu, calls; /* the most of any run */
};

static char *program;
static const struct scenario *scenario;
static char answer[ROOM]; /* of -v or -h, as a run that nobody disturbed has given it */
static int verbose, every, errors_only;
static volatile pid_t followed;
static volatile sig_atomic_t hangs;

static int is(const struct call *call, int which)
{
	return call == &CALLS[which];
}

static int has(const char *argument)
{
	for (int i = 0; i < COUNT(scenario->arguments) && scenario->arguments[i] != NULL; i++)
		if (strcmp(scenario->arguments[i], argument) == 0)
			return 1;
	return 0;
}

/* Where to put the next line that it owes, which has ROOM. */
static char *owe(struct promise *promise, int fd)
{
	promise->due = fd;
	promise->before = strlen(promise->outcome.text[fd]);
	if (promise->before > sizeof promise->outcome.text[fd] - ROOM)
		promise->before = 0; /* no run of pause says so much */
	return promise->outcome.text[fd] + promise->before;
}

static void owe_end(struct promise *promise, int status, const char *line)
{
	promise->outcome.status = status;
	snprintf(owe(promise, STDERR_FILENO), ROOM, "%s", line);
}

/* A line that is due is lost if a call for it fails, until it is written, and only then. */
static void heed_output(struct promise *promise, const struct call *call, const long *arguments,
                        long result, int made_up)
{
	const int fd = (int)arguments[0];

	if (fd != promise->due || (is(call, FCNTL) && (int)result >= 0))
		return;
	promise->due = 0;
	if (is(call, FCNTL) || made_up || result <= 0)
		promise->outcome.text[fd][promise->before] = '\0';
	if (fd == STDOUT_FILENO && (is(call, FCNTL) || result != arguments[2]))
		owe_end(promise, 1, "Error: cannot write to stdout\n");
}

/* What README.md promises when that is the result of a call. `sender` is the PID in the pod of
 * who sent SIGTERM, or 0. */
static void heed(struct promise *promise, const struct call *call, const long *arguments,
                 long result, int made_up, int sender)
{
	/* What pause compares, but where it says otherwise. */
	const int number = (int)result;

	if (is(call, FCNTL) || is(call, WRITE)) {
		heed_output(promise, call, arguments, result, made_up);
	} else if (is(call, EXIT_GROUP)) {
		promise->outcome.status = CRASHED;
	} else if (promise->outcome.status != RUNNING) {
		return;
	} else if (is(call, SIGPROCMASK)) {
		if (number < 0) {
			owe_end(promise, 1, "Error: cannot block SIGINT and SIGTERM\n");
		} else if (has("-v") || has("-h")) {
			promise->outcome.status = 0;
			snprintf(owe(promise, STDOUT_FILENO), ROOM, "%s", answer);
		} else if (has("--unknown")) {
			snprintf(owe(promise, STDERR_FILENO), ROOM,
			         "Warning: unknown argument '--unknown'\n");
		}
	} else if (is(call, SIGACTION)) {
		if (result < 0)
			owe_end(promise, 3, "Error: cannot set SIGCHLD\n");
	} else if (is(call, GETPID)) {
		promise->guard = number == 1 && has("--guard");
		if (number != 1)
			snprintf(owe(promise, STDERR_FILENO), ROOM,
			         "Warning: pause should be the first process\n");
	} else if (is(call, WAIT4)) {
		/* Each child ends with its PID as the status. */
		if (number > 0 && has("--log-reaped"))
			snprintf(owe(promise, STDERR_FILENO), ROOM,
			         "waitpid return, pid is: %d, exit status: %d\n", number,
			         made_up ? 0 : number);
	} else if (is(call, SIGTIMEDWAIT)) {
		const int only_looks = arguments[2] != 0;

		if (number == SIGTERM && promise->guard && sender > 0)
			snprintf(owe(promise, STDERR_FILENO), ROOM,
			         "Refused signal: Terminated, from PID: %d\n", sender);
		else if (number == SIGTERM)
			owe_end(promise, 0, "Shutting down, got signal: Terminated\n");
		else if (number < 0 && number != -EINTR && !(number == -EAGAIN && only_looks))
			owe_end(promise, 42, "Error: infinite loop terminated\n");
	}
}

/* Becomes PROGRAM, with its children, which have the PIDs from 2. */
_Noreturn static void become(int out, int err, int cues[][2])
{
	const struct rlimit cpu_seconds = {1, 1};
	char *arguments[COUNT(scenario->arguments) + 2] = {program};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int i = 0; scenario->children[i] != '\0'; i++) {
		const char deed = scenario->children[i];
		const pid_t child = fork();
		siginfo_t info;
		char byte;

		if (child == 0) {
			if (deed != 'z' && read(cues[i][0], &byte, 1) != 1)
				_exit(1);
			if (deed == 'k' && kill(1, SIGTERM) == 0)
				pause();
			_exit(getpid());
		}
		if (deed == 'z')
			waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT);
	}
	memcpy(arguments + 1, scenario->arguments, sizeof scenario->arguments);
	if (dup2(out, STDOUT_FILENO) >= 0 && dup2(err, STDERR_FILENO) >= 0 &&
	    setrlimit(RLIMIT_CPU, &cpu_seconds) == 0 && ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0)
		execv(program, arguments);
	_exit(127);
}

static pid_t start(int out, int err, int cues[][2])
{
	struct clone_args how = {.exit_signal = SIGCHLD};
	int status;
	pid_t pid;

	if (!scenario->elsewhere)
		how.flags = CLONE_NEWPID | (geteuid() == 0 ? 0 : CLONE_NEWUSER);
	pid = (pid_t)syscall(SYS_clone3, &how, sizeof how);
	if (pid == 0)
		become(out, err, cues);
	if (pid < 0)
		cannot("clone3");
	if (waitpid(pid, &status, 0) < 0 || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD) < 0)
		cannot(program);
	return pid;
}

static void stop(struct run *run, const char *why)
{
	run->why = why;
	kill(followed, SIGKILL);
}

static void stop_a_hang(int signal)
{
	(void)signal;
	hangs = 1;
	kill(followed, SIGKILL);
}

/* A wait without end: the next child has its cue, or at last SIGTERM is sent. Returns the PID in
 * the pod of who sends SIGTERM. */
static int give_cue(int cues[][2], int *next)
{
	const char *children = scenario->children;

	while (children[*next] == 'z')
		++*next;
	if (children[*next] == '\0') {
		kill(followed, SIGTERM);
		return 0;
	}
	if (write(cues[*next][1], "", 1) != 1)
		cannot("write");
	return children[(*next)++] == 'k' ? *next + 1 : 0;
}

static int make_up(const struct change *changes, int count, const struct call *call, int place,
                   long *result)
{
	for (int i = 0; i < count; i++)
		if (changes[i].place < 0 ? changes[i].call == call : changes[i].place == place) {
			*result = changes[i].result;
			return 1;
		}
	return 0;
}

static const struct call *call_of(long number)
{
	for (int i = 0; i < COUNT(CALLS); i++)
		if (CALLS[i].number == number)
			return &CALLS[i];
	return NULL;
}

static void show(int place, const struct call *call, long result, int made_up)
{
	printf("%d:%s=%ld%s\n", place, call->name, result, made_up ? " (made up)" : "");
}

/* Lets the process go from call to call until it has ended. Sets fcntl_made_up[FD]. */
static void follow(struct run *run, int cues[][2], const struct change *changes, int count,
                   int *fcntl_made_up)
{
	const struct call *call = NULL;
	struct __ptrace_syscall_info info;
	struct rusage usage;
	long arguments[3] = {0}, signal = 0, result = 0;
	int status, made_up = 0, next = 0, sender = 0;

	while (ptrace(PTRACE_SYSCALL, followed, 0, signal),
	       wait4(followed, &status, 0, &usage) > 0 && WIFSTOPPED(status)) {
		signal = 0;
		if (WSTOPSIG(status) != (SIGTRAP | 0x80)) {
			signal = WSTOPSIG(status);
			/* Of these the kernel lets a PID 1 die, but not while it is traced. */
			if (signal == SIGILL || signal == SIGTRAP || signal == SIGSEGV ||
			    signal == SIGBUS || signal == SIGFPE)
				run->crashed = 1, kill(followed, SIGKILL);
		} else if (ptrace(PTRACE_GET_SYSCALL_INFO, followed, sizeof info, &info) <= 0) {
			continue; /* killed meanwhile */
		} else if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
			call = call_of((long)info.entry.nr);
			if (call == NULL)
				continue; /* as a libc makes some */
			for (int i = 0; i < COUNT(arguments); i++)
				arguments[i] = (long)info.entry.args[i];
			made_up = make_up(changes, count, call, run->made, &result);
			/* A kernel that says the signals are blocked and does not do it drops
			 * SIGTERM for PID 1: nobody could help that. */
			if (made_up && !(is(call, SIGPROCMASK) && (int)result >= 0))
				skip_call(followed);
			if (made_up && is(call, FCNTL))
				fcntl_made_up[arguments[0]] = 1;
			if (!made_up && is(call, SIGTIMEDWAIT) && arguments[2] == 0)
				sender = give_cue(cues, &next);
			run->limit += made_up * MORE;
			run->calls[run->made++] = call;
			if (run->made > run->limit || run->made == MOST_CALLS)
				stop(run, "a busy loop");
		} else if (info.op == PTRACE_SYSCALL_INFO_EXIT && call != NULL) {
			if (made_up)
				set_result(followed, result);
			else
				result = (long)info.exit.rval;
			heed(&run->promise, call, arguments, result, made_up, sender);
			if (verbose)
				show(run->made - 1, call, result, made_up);
		}
	}
	if (run->crashed)
		run->outcome.status = CRASHED;
	else
		run->outcome.status =
		    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	if (WIFSIGNALED(status) && !run->crashed && run->why == NULL)
		run->why = hangs ? "a hang" : "a second of CPU time, or another signal,";
	run->cpu = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
	           (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
}

static void do_run(struct run *run, int limit, const struct change *changes, int count)
{
	int cues[MOST_CHILDREN][2] = {{0}}, pipes[3][2], flags[3], fcntl_made_up[3] = {0};
	const int children = (int)strlen(scenario->children);

	*run = (struct run){.limit = limit, .promise.outcome.status = RUNNING};
	for (int i = 0; i < children; i++)
		if (pipe2(cues[i], O_CLOEXEC) < 0)
			cannot("pipe2");
	for (int fd = 1; fd < 3; fd++) {
		if (pipe2(pipes[fd], O_CLOEXEC) < 0)
			cannot("pipe2");
		fcntl(pipes[fd][0], F_SETFL, O_NONBLOCK);
		flags[fd] = fcntl(pipes[fd][1], F_GETFL);
	}
	hangs = 0;
	followed = start(pipes[STDOUT_FILENO][1], pipes[STDERR_FILENO][1], cues);
	alarm(20);
	follow(run, cues, changes, count, fcntl_made_up);
	alarm(0);
	for (int i = 0; i < children; i++)
		close(cues[i][0]), close(cues[i][1]);
	for (int fd = 1; fd < 3; fd++) {
		char *text = run->outcome.text[fd];
		ssize_t got = 1;

		if (run->why == NULL && fcntl(pipes[fd][1], F_GETFL) != flags[fd] &&
		    !fcntl_made_up[fd])
			run->why = "the flags of a descriptor were not set back";
		/* A made-up O_DIRECT has a pipe give no more than a line at once. */
		for (size_t length = 0; got > 0; length += (size_t)got)
			got = read(pipes[fd][0], text + length,
			           sizeof run->outcome.text[fd] - 1 - length);
		close(pipes[fd][0]), close(pipes[fd][1]);
	}
}

static void print(const char *title, const struct outcome *outcome)
{
	if (outcome->status == RUNNING || outcome->status == CRASHED)
		printf("%s %s", title, outcome->status == RUNNING ? "no end" : "a crash");
	else
		printf("%s status %d", title, outcome->status);
	for (int fd = 1; fd < 3; fd++) {
		fputs(fd == STDOUT_FILENO ? ", stdout \"" : ", stderr \"", stdout);
		for (const char *text = outcome->text[fd]; *text != '\0'; text++)
			*text == '\n' ? fputs("\\n", stdout) : putchar(*text);
		putchar('"');
	}
}

/* Whether the run was as promised. If not, prints a line. */
static int judge(const struct run *run, const struct change *changes, int count)
{
	const struct outcome *seen = &run->outcome, *promised = &run->promise.outcome;

	if (run->why == NULL && seen->status == promised->status &&
	    strcmp(seen->text[1], promised->text[1]) == 0 &&
	    strcmp(seen->text[2], promised->text[2]) == 0)
		return 1;
	printf("%s %s", program, scenario->name);
	for (int i = 0; i < count; i++)
		if (changes[i].place < 0)
			printf(" %s=%ld", changes[i].call->name, changes[i].result);
		else
			printf(" %d:%s=%ld", changes[i].place,
			       changes[i].place < run->made ? run->calls[changes[i].place]->name
			                                    : "none",
			       changes[i].result);
	printf(": %s after %d calls:", run->why != NULL ? run->why : "another end", run->made);
	print("", seen);
	print("; promised:", promised);
	putchar('\n');
	return 0;
}

static void try(struct run *run, int limit, const struct change *changes, int count,
                struct counts *counts)
{
	do_run(run, limit, changes, count);
	counts->wrong += !judge(run, changes, count);
	counts->cpu = run->cpu > counts->cpu ? run->cpu : counts->cpu;
	counts->calls = run->made > counts->calls ? run->made : counts->calls;
}

/* What a call is made to answer: so many of them in pairs, too. */
struct results {
	int in_pairs, all;
	long of[COUNT(CALLS->errors) + COUNT(ODD) + LAST_ERROR];
};

/* The result that a call has anyway; and a SIGINT would need a sender, too. */
static long left_out(const struct call *call)
{
	return is(call, SIGPROCMASK)    ? 0
	       : is(call, GETPID)       ? 1
	       : is(call, SIGTIMEDWAIT) ? SIGINT
	                                : -EPERM;
}

static struct results results_of(const struct call *call)
{
	struct results results = {0};

	for (int i = 0; i < COUNT(call->errors) && call->errors[i] != 0; i++)
		results.of[results.all++] = -call->errors[i];
	results.in_pairs = results.all + (errors_only ? 0 : 2);
	for (int i = 0; i < COUNT(ODD) && !errors_only; i++)
		if (ODD[i] != left_out(call))
			results.of[results.all++] = ODD[i];
	for (int error = 1; error <= LAST_ERROR; error++)
		results.of[results.all++] = -error;
	if (every)
		results.in_pairs = results.all;
	return results;
}

#define ENOUGH 3 /* runs of a worker that are wrong */

/* One result is made up; or that one and, in the run that it leads to, another one after it. */
static void work_on(const struct change *first, int in_pairs, int limit, struct counts *counts)
{
	struct change changes[2] = {*first};
	struct run run, pair;

	try(&run, limit, changes, 1, counts);
	if (!in_pairs)
		counts->one++;
	for (int place = first->place + 1; in_pairs && place < run.made; place++) {
		const struct results results = results_of(run.calls[place]);

		for (int i = 0; i < results.in_pairs && counts->wrong < ENOUGH; i++) {
			changes[1] = (struct change){place, run.calls[place], results.of[i]};
			try(&pair, limit, changes, 2, counts);
			counts->two++;
		}
	}
}

/* The part of one of the workers. */
static void work(int worker, int workers, const struct run *untouched, struct counts *counts)
{
	struct run run;
	int turn = 0;

	for (int in_pairs = 0; in_pairs < 2; in_pairs++)
		for (int place = 0; place < untouched->made; place++) {
			const struct call *call = untouched->calls[place];
			const struct results results = results_of(call);

			for (int i = 0; i < (in_pairs ? results.in_pairs : results.all); i++) {
				const struct change first = {place, call, results.of[i]};

				if (turn++ % workers == worker && counts->wrong < ENOUGH)
					work_on(&first, in_pairs, untouched->made, counts);
			}
		}
	for (int kind = worker; kind < COUNT(CALLS); kind += workers)
		for (int error = 1; error <= LAST_ERROR && counts->wrong < ENOUGH; error++) {
			const struct change change = {-1, &CALLS[kind], -error};

			/* Where every wait is interrupted, there is none, and no rest. */
			if (kind == SIGTIMEDWAIT && error == EINTR)
				continue;
			try(&run, untouched->made, &change, 1, counts);
			counts->always++;
		}
}

static int all_runs(const struct run *untouched)
{
	const int workers = (int)sysconf(_SC_NPROCESSORS_ONLN);
	struct counts *counts = mmap(NULL, (size_t)workers * sizeof *counts, PROT_READ | PROT_WRITE,
	                             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct counts sum = {0};

	if (counts == MAP_FAILED)
		cannot("mmap");
	fflush(stdout);
	for (int i = 0; i < workers; i++)
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			work(i, workers, untouched, &counts[i]);
			exit(0);
		}
	for (int i = 0, status; i < workers; i++)
		if (wait(&status) < 0 || status != 0)
			sum.wrong++;
	for (int i = 0; i < workers; i++) {
		sum.one += counts[i].one;
		sum.two += counts[i].two;
		sum.always += counts[i].always;
		sum.wrong += counts[i].wrong;
		sum.cpu = counts[i].cpu > sum.cpu ? counts[i].cpu : sum.cpu;
		sum.calls = counts[i].calls > sum.calls ? counts[i].calls : sum.calls;
	}
	printf("%ld runs: %ld with one result made up, %ld with two, %ld with all of a kind; %ld "
	       "wrong; at most %ld calls (untouched %d), %ld ms of CPU time (untouched %ld)\n",
	       sum.one + sum.two + sum.always, sum.one, sum.two, sum.always, sum.wrong, sum.calls,
	       untouched->made, sum.cpu, untouched->cpu);
	return sum.wrong > 0;
}

static struct change change_from(const char *text)
{
	struct change change = {.place = -1};
	const char *result = strchr(text, '=');

	if (result != NULL && isdigit((unsigned char)*text))
		change.place = (int)strtol(text, NULL, 10);
	for (int i = 0; i < COUNT(CALLS) && result != NULL; i++)
		if (strncmp(text, CALLS[i].name, (size_t)(result - text)) == 0)
			change.call = &CALLS[i];
	if (change.place < 0 && change.call == NULL) {
		errno = EINVAL;
		cannot(text);
	}
	change.result = strtol(result + 1, NULL, 10);
	return change;
}

int main(int argc, char **argv)
{
	struct change changes[2];
	struct run untouched, run;

	for (int i = 0; i < COUNT(SCENARIOS); i++)
		if (argc == 1)
			puts(SCENARIOS[i].name);
		else if (argc > 2 && strcmp(argv[2], SCENARIOS[i].name) == 0)
			scenario = &SCENARIOS[i];
	if (argc == 1)
		return 0;
	if (scenario == NULL || argc > 3 + COUNT(changes)) {
		fputs("Usage: refuse_calls PROGRAM SCENARIO [every | errors | CALL=RESULT...]\n",
		      stderr);
		return 2;
	}
	program = argv[1];
	setvbuf(stdout, NULL, _IOLBF, 0); /* the workers' lines stay whole */
	signal(SIGALRM, stop_a_hang);
	if (has("-v") || has("-h")) {
		do_run(&untouched, MOST_CALLS, NULL, 0);
		memcpy(answer, untouched.outcome.text[STDOUT_FILENO], sizeof answer - 1);
	}
	do_run(&untouched, MOST_CALLS, NULL, 0);
	if (!judge(&untouched, NULL, 0))
		return 1;
	every = argc == 4 && strcmp(argv[3], "every") == 0;
	errors_only = argc == 4 && strcmp(argv[3], "errors") == 0;
	if (argc == 3 || every || errors_only)
		return all_runs(&untouched);

	for (int i = 3; i < argc; i++)
		changes[i - 3] = change_from(argv[i]);
	verbose = 1;
	do_run(&run, untouched.made, changes, argc - 3);
	return !judge(&run, changes, argc - 3);
}
